//! Transport figures of all workers. Plain atomics: they never enter the journal.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts since the start of the process, apart from `legs`, which goes up and down.
#[derive(Debug, Default)]
pub struct MediaCounters {
    /// RTP packets of our peers.
    pub received: AtomicU64,
    /// RTP packets sent.
    pub sent: AtomicU64,
    /// Packets of our peers that never came.
    pub lost: AtomicU64,
    /// Packets dropped because they were not from the leg's peer.
    pub foreign: AtomicU64,
    /// Packets dropped because they were broken, repeated or far out of sequence.
    pub malformed: AtomicU64,
    /// Packets the system refused to send.
    pub unsent: AtomicU64,
    /// Failed attempts to write the spool.
    pub spool_errors: AtomicU64,
    /// Entries that are lost to recordings because the spool failed for too long.
    pub spool_dropped: AtomicU64,
    /// Frames not sent because the worker was too far behind.
    pub skipped_frames: AtomicU64,
    /// Sum of the jitter of received streams in µs, one addend a leg each 5 s …
    pub jitter_us_sum: AtomicU64,
    /// … and the number of addends.
    pub jitter_reports: AtomicU64,
    /// Open legs.
    pub legs: AtomicU64,
}

/// What happened within a slot: added to the shared counters once, at its end.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub received: u64,
    pub sent: u64,
    pub foreign: u64,
    pub malformed: u64,
    pub unsent: u64,
}

impl Tally {
    pub fn pour(&mut self, counters: &MediaCounters) {
        let Tally { received, sent, foreign, malformed, unsent } = std::mem::take(self);
        let pairs = [
            (&counters.received, received),
            (&counters.sent, sent),
            (&counters.foreign, foreign),
            (&counters.malformed, malformed),
            (&counters.unsent, unsent),
        ];
        for (counter, count) in pairs {
            if count > 0 {
                counter.fetch_add(count, Relaxed);
            }
        }
    }
}
