//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod clock;
pub mod handle;
pub mod media_worker;
pub mod rtp_socket;
