//! Media workers with their spools, and what of their reports is a transport figure.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context;

use super::{House, Input, Patient};
use crate::ids::{BootId, CallId, WorkerId};
use crate::io::media_worker::tap::Spool;
use crate::io::media_worker::{self, WorkerConfig};
use crate::io::spool::{SpoolDirectory, SpoolWriter};
use crate::media::command::{Command, MediaEvent, SpoolRef};
use crate::now::Mono;
use crate::record::block::Packet;
use crate::record::spool::Entry;

/// Orders that may wait for a worker.
const ORDERS: usize = 4_096;
/// Legs one worker carries at most; a measured worker keeps its slots up to about 2,000.
const MAX_LEGS: usize = 4_000;

impl Spool for SpoolWriter {
    fn push(&mut self, entry: &Entry) {
        SpoolWriter::push(self, entry);
    }

    fn push_received(&mut self, packet: &Packet<'_>) {
        SpoolWriter::push_received(self, packet);
    }

    fn flush(&mut self, now: Mono) -> std::io::Result<()> {
        SpoolWriter::flush(self, now)
    }

    fn end_call(&mut self, call: CallId) -> Vec<SpoolRef> {
        SpoolWriter::end_call(self, call)
    }

    fn finish(&mut self, now: Mono) -> std::io::Result<()> {
        SpoolWriter::finish(self, now)
    }
}

pub(super) type Worker = (SyncSender<Command>, JoinHandle<()>);

/// All workers of the configuration.
pub(super) fn spawn(house: &House, spool: &Arc<SpoolDirectory>, boot: BootId) -> anyhow::Result<Vec<Worker>> {
    (0..house.config.media.workers).map(|n| one(house, spool, boot, WorkerId(n))).collect()
}

fn one(house: &House, spool: &Arc<SpoolDirectory>, boot: BootId, worker: WorkerId) -> anyhow::Result<Worker> {
    let (config, clock) = (&house.config, house.control.clock);
    let spool = SpoolWriter::open(Arc::clone(spool), worker, config.node, boot, clock.now())
        .with_context(|| format!("the spool under {} cannot be written", spool.path().display()))?;
    let (orders, taken) = sync_channel(ORDERS);
    let worker_config = WorkerConfig {
        worker,
        bind: config.media.bind,
        max_legs: MAX_LEGS,
        clock,
        counters: Arc::clone(&house.counters),
    };
    let mut inputs = Patient::new(house.control.inputs.clone());
    let metrics = Arc::clone(&house.metrics);
    let on_event = move |event: MediaEvent| {
        match &event {
            MediaEvent::Closed { stats, .. } => metrics.leg(stats),
            MediaEvent::Lateness { worst_us, .. } => return metrics.lateness(worker, *worst_us),
            _ => {}
        }
        inputs.send(Input::Media { worker, event });
    };
    let thread = media_worker::spawn(worker_config, taken, Box::new(spool), on_event)
        .context("a media worker cannot be started")?;
    Ok((orders, thread))
}
