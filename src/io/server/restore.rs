//! What a start finds: the journal's folds, and calls whose recordings are still to be made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;

use crate::engine::{Memory, OpenCalls};
use crate::ids::CallId;
use crate::io::finaliser::{FinaliseJob, Finaliser, recover};
use crate::io::journal::Opened;
use crate::io::spool::{Places, SpoolDirectory, SpoolReader};
use crate::media::command::{PromptTable, SpoolRef};
use crate::now::Wall;
use crate::sip::registrar::Binding;
use crate::stats::Stats;

/// Snapshot plus tail: the state of every fold at the journal's end.
pub(super) fn memory(opened: Opened) -> anyhow::Result<Memory> {
    if let Some(torn) = &opened.torn {
        tracing::warn!(
            file = torn.file,
            bytes = torn.bytes,
            "the journal's last line was cut short by the stop; it is kept beside the segment"
        );
    }
    let mut memory = Memory::default();
    if let Some((seq, bytes)) = opened.snapshot {
        let (stats, open, bindings): (Stats, OpenCalls, Vec<Binding>) =
            serde_json::from_slice(&bytes).context("the snapshot of the figures cannot be read")?;
        memory = Memory { seq, stats, open, bindings };
    }
    for event in opened.tail {
        let event = event?;
        memory.stats.apply(&event);
        memory.open.apply(&event);
        memory.seq = event.seq;
    }
    Ok(memory)
}

/// How long the calls lasted that the server stopped under: until the last sound in the spool.
pub(super) fn date_cut_off(open: &mut OpenCalls, spool: &SpoolDirectory, found: &BTreeMap<CallId, Places>) {
    let reader = SpoolReader::new(spool.path(), spool.key().clone());
    for call in open.cut_off().collect::<Vec<_>>() {
        let last = found.get(&call).and_then(|places| places.last());
        let Some((worker, place)) = last else { continue };
        // The last block is enough: a call of an hour has tens of thousands.
        let offsets = place.offsets.last().copied().into_iter().collect();
        let last = vec![(*worker, SpoolRef { segment: place.segment, offsets })];
        match reader.visit(call, &last, |_| {}) {
            Ok(report) => {
                let until = report.began.map(|began| began + report.length());
                until.into_iter().for_each(|at| open.sounded_until(call, at));
            }
            Err(error) => {
                tracing::warn!(%call, %error, "how long the call lasted is told by the journal only")
            }
        }
    }
}

/// Recordings of calls that ended, or were cut off, before they were archived.
pub(super) fn submit_unfinished(
    open: &OpenCalls,
    spool: &SpoolDirectory,
    found: BTreeMap<CallId, Places>,
    finaliser: &Finaliser,
) {
    let answered: BTreeMap<CallId, Wall> = open.unarchived().collect();
    let wanted: BTreeSet<CallId> = answered.keys().copied().collect();
    let mut found = found;
    for call in &wanted {
        if !found.contains_key(call) {
            tracing::warn!(%call, "the server had stopped before anything of this call was in the spool");
            found.insert(*call, Places::new());
        }
    }
    let prompts = Arc::new(PromptTable::default());
    let jobs = recover(spool, found, &answered, |call| !wanted.contains(&call), &prompts);
    if !jobs.is_empty() {
        tracing::info!(calls = jobs.len(), "recordings are made of calls the server had stopped under");
    }
    for job in jobs {
        submit(finaliser, job);
    }
}

fn submit(finaliser: &Finaliser, job: FinaliseJob) {
    if let Err(job) = finaliser.submit(job) {
        tracing::error!(call = %job.call, "too many recordings wait; the next start makes this one");
    }
}
