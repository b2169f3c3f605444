//! Sound, frame in and frame out: RTP, keys, prompts, bridging, taps. No sockets, no clock.

pub mod command;
