//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod handle;
pub mod prompts;
pub mod versions;
pub mod watch;
