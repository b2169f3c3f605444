//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod crypto;
pub mod handle;
pub mod people;
pub mod secret_files;
pub mod tokens;
pub mod transport_metrics;
