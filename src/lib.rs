//! A telephone hotline in one program. See `ARCHITECTURE.md` for the map and the invariants.

pub mod acd;
pub mod call;
pub mod cli;
pub mod config;
pub mod engine;
pub mod event;
pub mod ids;
pub mod io;
pub mod media;
pub mod menu;
pub mod now;
pub mod phone;
pub mod record;
pub mod sdp;
pub mod sealed;
pub mod sim;
pub mod sip;
pub mod stats;
