//! One worker: its legs, its spool, its counters. Driven by a clock from outside.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::WorkerConfig;
use super::counters::{MediaCounters, Tally};
use super::line::Lines;
use super::tap::{Spool, Tap};
use crate::ids::WorkerId;
use crate::io::rtp_socket::{Batch, Network};
use crate::media::command::MediaEvent;
use crate::now::Mono;

/// Whether the worker goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flow {
    Continue,
    Stop,
}

pub(super) struct Worker<N: Network, E> {
    pub(super) id: WorkerId,
    pub(super) max_legs: usize,
    pub(super) network: N,
    pub(super) lines: Lines<N::Socket>,
    pub(super) tap: Tap,
    pub(super) tell: E,
    pub(super) counters: Arc<MediaCounters>,
    pub(super) tally: Tally,
    pub(super) batch: Batch,
}

impl<N: Network, E: FnMut(MediaEvent)> Worker<N, E> {
    pub fn new(config: WorkerConfig, network: N, spool: Box<dyn Spool + Send>, tell: E) -> Self {
        Worker {
            id: config.worker,
            max_legs: config.max_legs,
            network,
            lines: Lines::new(),
            tap: Tap::new(spool, Arc::clone(&config.counters)),
            tell,
            counters: config.counters,
            tally: Tally::default(),
            batch: Batch::default(),
        }
    }

    pub fn id(&self) -> WorkerId {
        self.id
    }

    /// Nothing to do until the next order.
    pub fn is_idle(&self) -> bool {
        self.lines.len() == 0 && self.tap.is_idle()
    }

    /// Writes the spool, each 100 ms.
    pub fn flush_if_due(&mut self, now: Mono) {
        if self.tap.is_due(now) {
            self.flush(now);
        }
    }

    pub fn tell_lateness(&mut self, worst: Duration) {
        let worst_us = u32::try_from(worst.as_micros()).unwrap_or(u32::MAX);
        (self.tell)(MediaEvent::Lateness { worker: self.id, worst_us });
    }

    /// Whole ticks were left out, for every leg.
    pub fn count_skipped(&self, ticks: u64) {
        if ticks > 0 {
            self.counters.skipped_frames.fetch_add(ticks * self.lines.len() as u64, Relaxed);
        }
    }

    /// The last write. Legs still open are closed as interrupted by the next start.
    pub fn stop(&mut self, now: Mono) {
        for line in self.lines.all() {
            if let Some(tape) = &mut line.tape {
                tape.held.release_all(|kept| self.tap.received(line.id, kept));
            }
        }
        self.cut_tapes();
        self.tap.finish(now, self.id, &mut self.tell);
    }

    fn flush(&mut self, now: Mono) {
        self.cut_tapes();
        self.tap.flush(now, self.id, &mut self.tell);
    }

    fn cut_tapes(&mut self) {
        for line in self.lines.all() {
            if let Some(tape) = &mut line.tape {
                self.tap.sent(tape.cut(line.id));
            }
        }
    }
}
