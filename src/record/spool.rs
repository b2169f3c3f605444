//! What a spool holds: the received streams packet by packet, and references to what was sent.
//!
//! Entries of one call are collected into blocks of about 100 ms; see `io/spool.rs` for the file.

use crate::ids::{LegId, PromptHash};
use crate::media::command::Codec;
use crate::now::Mono;

/// One thing that happened to the sound of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// The leg's timeline begins. The caller leg's `at` is time zero of the recording.
    LegOpened {
        leg: LegId,
        at: Mono,
    },
    /// A voice packet as it came in. Telephone-events and masked packets are never spooled.
    Received {
        leg: LegId,
        at: Mono,
        sequence: u16,
        timestamp: u32,
        codec: Codec,
        payload: Vec<u8>,
    },
    /// From `at` on, `frames` frames of 20 ms were sent to the leg, one each 20 ms.
    Sent {
        leg: LegId,
        at: Mono,
        frames: u16,
        source: Source,
    },
    /// Received sound is masked from `at` on (secret being keyed), or no longer.
    Masked {
        leg: LegId,
        at: Mono,
        on: bool,
    },
    LegClosed {
        leg: LegId,
        at: Mono,
    },
    /// All legs are closed; the last entry of a call.
    CallEnded {
        at: Mono,
    },
}

/// Where sent sound came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Silence frames were sent.
    Silence,
    /// Bytes `offset ..` (G.711: one byte a sample) of this prompt, 160 a frame.
    Prompt { hash: PromptHash, offset: u32 },
    /// What the other leg sent: its packets from RTP sequence `sequence` on, one a frame.
    Peer { leg: LegId, sequence: u16 },
}
