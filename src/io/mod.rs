//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod clock;
pub mod handle;
pub mod media_worker;
pub mod rtp_socket;
pub mod append;
pub mod handle;
pub mod journal;
pub mod keys;
pub mod secrets;
pub mod spool;
