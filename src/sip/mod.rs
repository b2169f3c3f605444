//! SIP (RFC 3261 with 6026, 3581, 7616, 5626 flows) without IO: bytes and time in, bytes and events out.
//!
//! Does not know calls, queues or menus; does not open sockets.
//!
//! A message goes up through `grammar` (text), `stack/receive` (what it belongs to), `transaction`
//! (repetition and loss), `dialog` and `registrar` (what it means), and comes out as a
//! [`api::SipEvent`]; orders of the engine go down the same way. [`stack::Stack`] is the only door.

pub mod api;
pub mod digest;
pub mod framing;
pub mod grammar;
pub mod registrar;
pub mod stack;
pub mod transaction;

mod deadlines;
mod dialog;
mod echo;
mod tokens;
mod wire;
