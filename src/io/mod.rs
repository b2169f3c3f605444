//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod append;
pub mod finaliser;
pub mod handle;
pub mod index;
pub mod journal;
pub mod keys;
pub mod secrets;
pub mod spool;
