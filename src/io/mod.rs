//! The shell: sockets, files, databases, threads, clocks. Holds no business decision.

pub mod append;
pub mod clock;
pub mod control;
pub mod crypto;
pub mod engine_loop;
pub mod gate;
pub mod finaliser;
pub mod handle;
pub mod journal;
pub mod keys;
pub mod media_worker;
pub mod outbox;
pub mod people;
pub mod prompts;
pub mod rtp_socket;
pub mod secret_files;
pub mod secrets;
pub mod signals;
pub mod sip_framing;
pub mod sip_tcp;
pub mod sip_udp;
pub mod spool;
pub mod sync;
pub mod tokens;
pub mod transport_metrics;
pub mod watch;
