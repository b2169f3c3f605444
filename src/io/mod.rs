//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod crypto;
pub mod handle;
pub mod people;
pub mod secret_files;
pub mod sip_framing;
pub mod sip_tcp;
pub mod sip_udp;
pub mod tokens;
pub mod transport_metrics;
