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
pub mod control;
pub mod crypto;
pub mod gate;
pub mod handle;
pub mod people;
pub mod secret_files;
pub mod signals;
pub mod sip_framing;
pub mod sip_tcp;
pub mod sip_udp;
pub mod tokens;
pub mod transport_metrics;
pub mod prompts;
pub mod watch;
