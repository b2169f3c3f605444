//! Sound, frame in and frame out: RTP, keys, prompts, bridging, taps. No sockets, no clock.
//!
//! [`leg::Leg`] is one side of a call: packets go in with their source and time, one packet of
//! 20 ms comes out a tick, and [`leg::Leg::poll`] tells what happened. Everything else here is a
//! part of it that can be read and tested alone.

pub mod bridge;
pub mod capture;
pub mod command;
pub mod dtmf;
pub mod g711;
pub mod hold_back;
pub mod leg;
pub mod mask;
pub mod outbound;
pub mod player;
pub mod ports;
pub mod receive_stats;
pub mod reports;
pub mod rtcp;
pub mod rtp;
pub mod source;
pub mod watch;

use std::time::Duration;

/// Bytes (and samples) of one frame of G.711.
pub const FRAME_BYTES: usize = 160;

/// Sound of one frame.
pub const FRAME: Duration = Duration::from_millis(20);
