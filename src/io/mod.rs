//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod control;
pub mod crypto;
pub mod gate;
pub mod handle;
pub mod http;
pub mod people;
pub mod secret_files;
pub mod signals;
pub mod sip_framing;
pub mod sip_tcp;
pub mod sip_udp;
pub mod tokens;
pub mod transport_metrics;
