//! SIP (RFC 3261 with 6026, 3581, 7616, 5626 flows) without IO: bytes and time in, bytes and events out.
//!
//! Does not know calls, queues or menus; does not open sockets.

pub mod api;
