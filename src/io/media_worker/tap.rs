//! What a worker records, and what happens when it cannot be written.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::counters::MediaCounters;
use crate::ids::{CallId, LegId, WorkerId};
use crate::media::capture::Capture;
use crate::media::command::{MediaEvent, SpoolRef};
use crate::media::hold_back::Kept;
use crate::now::Mono;
use crate::record::block::Packet;
use crate::record::spool::Entry;

/// Between two writes: what a crash loses at most.
const INTERVAL: Duration = Duration::from_millis(100);
/// Bytes kept for a spool that cannot be written: some seconds of a full worker.
const MAX_UNWRITTEN: usize = 32 << 20;
/// What an entry takes besides its sound, roughly.
const ENTRY_BYTES: usize = 32;

/// Where a worker's entries go. All calls are made by the worker's thread; none may wait longer
/// than a write to the page cache takes.
pub trait Spool {
    /// Takes an entry into memory.
    fn push(&mut self, entry: &Entry);

    /// The same as an [`Entry::Received`], without copying its sound twice.
    fn push_received(&mut self, packet: &Packet<'_>);

    /// Writes what was pushed. After an error everything is kept and tried again by the next call,
    /// 100 ms later.
    fn flush(&mut self, now: Mono) -> io::Result<()>;

    /// Writes [`Entry::CallEnded`] (it names no call, so it is never pushed) and what is left of the
    /// call; where all its blocks stand. Called once a call, not while the spool fails.
    fn end_call(&mut self, call: CallId) -> Vec<SpoolRef>;

    /// The last call of all: writes and syncs everything.
    fn finish(&mut self, now: Mono) -> io::Result<()>;
}

/// Whether the spool can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Health {
    Good,
    Failing,
}

/// The worker's side of a spool: knows whether it fails, and which calls wait for their end.
pub(super) struct Tap {
    spool: Box<dyn Spool + Send>,
    health: Health,
    /// Bytes pushed since the last successful write.
    unwritten: usize,
    /// Calls with at least one recorded leg.
    recorded: BTreeSet<CallId>,
    /// Calls that are over but for the last write, which fails.
    ending: Vec<CallId>,
    next_flush: Mono,
    /// Legs whose voice is kept for a moment; hardly ever one.
    captures: BTreeMap<LegId, Capture>,
    counters: Arc<MediaCounters>,
}

impl Tap {
    pub fn new(spool: Box<dyn Spool + Send>, counters: Arc<MediaCounters>) -> Self {
        Tap {
            spool,
            health: Health::Good,
            unwritten: 0,
            recorded: BTreeSet::new(),
            ending: Vec::new(),
            next_flush: Mono(0),
            captures: BTreeMap::new(),
            counters,
        }
    }

    /// False while the spool fails: nothing may be answered and silently unrecorded.
    pub fn takes_new_calls(&self) -> bool {
        self.health == Health::Good
    }

    /// The first entry of a leg.
    pub fn open(&mut self, leg: LegId, at: Mono) {
        self.recorded.insert(leg.call);
        self.mark(&Entry::LegOpened { leg, at });
    }

    /// An entry that gives the recording its shape; there are few, so all are kept.
    pub fn mark(&mut self, entry: &Entry) {
        self.unwritten += ENTRY_BYTES;
        self.spool.push(entry);
    }

    /// An entry of sound, if there is one; dropped if the spool has failed for too long.
    pub fn sent(&mut self, entry: Option<Entry>) {
        let Some(entry) = entry else { return };
        if self.unwritten >= MAX_UNWRITTEN {
            self.counters.spool_dropped.fetch_add(1, Relaxed);
            return;
        }
        self.mark(&entry);
    }

    /// The same for a received packet of `leg`.
    pub fn received(&mut self, leg: LegId, kept: Kept<'_>) {
        if !self.captures.is_empty()
            && let Some(capture) = self.captures.get_mut(&leg)
        {
            capture.push(&kept);
        }
        if self.unwritten >= MAX_UNWRITTEN {
            self.counters.spool_dropped.fetch_add(1, Relaxed);
            return;
        }
        let Kept { at, sequence, timestamp, codec, payload } = kept;
        self.unwritten += ENTRY_BYTES + payload.len();
        self.spool.push_received(&Packet { leg, at, sequence, timestamp, codec, payload });
    }

    /// Begins to keep the voice of a recorded leg.
    pub fn capture(&mut self, leg: LegId) {
        self.captures.insert(leg, Capture::default());
    }

    /// What was kept; the capture is over.
    pub fn captured(&mut self, leg: LegId) -> Vec<i16> {
        self.captures.remove(&leg).map(Capture::into_samples).unwrap_or_default()
    }

    /// All legs of the call are closed. Told at once, or when a failing spool has recovered.
    pub fn end_call(&mut self, call: CallId, worker: WorkerId, tell: &mut impl FnMut(MediaEvent)) {
        if !self.recorded.remove(&call) {
            tell(MediaEvent::CallSpooled { call, worker, spool: Vec::new() });
            return;
        }
        match self.health {
            Health::Good => tell(MediaEvent::CallSpooled { call, worker, spool: self.spool.end_call(call) }),
            Health::Failing => self.ending.push(call),
        }
    }

    /// Writes everything for the last time; the places of running calls are found by the next start.
    pub fn finish(&mut self, now: Mono, worker: WorkerId, tell: &mut impl FnMut(MediaEvent)) {
        self.flush(now, worker, tell);
        if let Err(error) = self.spool.finish(now) {
            tracing::error!(worker = worker.0, %error, "the end of the spool could not be written");
        }
    }

    /// Nothing waits to be written.
    pub fn is_idle(&self) -> bool {
        self.unwritten == 0 && self.ending.is_empty() && self.health == Health::Good
    }

    pub fn is_due(&self, now: Mono) -> bool {
        now >= self.next_flush
    }

    /// Writes, and tells about calls that are now complete and about failure and recovery.
    pub fn flush(&mut self, now: Mono, worker: WorkerId, tell: &mut impl FnMut(MediaEvent)) {
        self.next_flush = now + INTERVAL;
        let health = match self.spool.flush(now) {
            Ok(()) => Health::Good,
            Err(error) => {
                self.counters.spool_errors.fetch_add(1, Relaxed);
                if self.health == Health::Good {
                    tracing::error!(worker = worker.0, %error, "the spool cannot be written; new calls are refused");
                }
                Health::Failing
            }
        };
        if std::mem::replace(&mut self.health, health) != health {
            tell(MediaEvent::SpoolFailing { worker, failing: health == Health::Failing });
        }
        if health == Health::Failing {
            return;
        }
        self.unwritten = 0;
        for call in self.ending.drain(..) {
            tell(MediaEvent::CallSpooled { call, worker, spool: self.spool.end_call(call) });
        }
    }
}
