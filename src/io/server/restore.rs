//! What a start finds: the journal's folds, and calls whose recordings are still to be made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::engine::{Input, Memory, OpenCalls, Opener, PeopleSettings, Plans};
use crate::ids::{CallId, PlanId, PromptHash};
use crate::io::finaliser::{FinaliseJob, Finaliser, recover};
use crate::io::journal::{Opened, read_all};
use crate::io::keys::KeyTable;
use crate::io::spool::{Places, ReadReport, SpoolDirectory, SpoolReader};
use crate::io::versions::Versions;
use crate::media::command::{PromptTable, SpoolRef};
use crate::now::Wall;

/// Snapshot plus tail: the state of every fold at the journal's end. Without a snapshot that this
/// version can use, the whole journal.
pub(super) fn memory(
    opened: Opened,
    journal: &Path,
    settings: &PeopleSettings,
    keys: &mut KeyTable,
) -> anyhow::Result<Memory> {
    if let Some(torn) = &opened.torn {
        tracing::warn!(
            file = torn.file,
            bytes = torn.bytes,
            "the journal's last line was cut short by the stop; it is kept beside the segment"
        );
    }
    let (mut memory, tail) = match opened.snapshot {
        None => (Memory::default(), opened.tail),
        Some((seq, bytes)) => match Memory::from_snapshot(seq, &bytes) {
            Some(memory) => (memory, opened.tail),
            None => {
                tracing::info!(
                    "the snapshot is of another version; the figures are made from the whole journal"
                );
                (Memory::default(), read_all(journal)?)
            }
        },
    };
    // A table that cannot be read shows as soon as a call is taken.
    let mut key = |call| keys.get(call).ok().flatten();
    let mut opener = Opener { settings, key: &mut key };
    for event in tail {
        memory.apply(&event?, &mut opener);
    }
    Ok(memory)
}

/// Sound recorded by telephone for plans that are in force or proposed.
pub(super) fn announcements(plans: &Plans, versions: &Versions) -> Input {
    let clip = |(plan, hash): (&PlanId, PromptHash)| {
        let clip = versions.prompt_by_hash(hash);
        if clip.is_none() {
            tracing::error!(%plan, "its announcement recorded by telephone is gone; record it again");
        }
        Some((plan.clone(), clip?))
    };
    Input::Announcements(plans.recordings().filter_map(clip).collect())
}

/// When the calls that were cut off were last heard: their spools know it better than the journal.
pub(super) fn hear_last_sounds(
    open: &mut OpenCalls,
    spool: &SpoolDirectory,
    found: &BTreeMap<CallId, Places>,
) {
    let reader = SpoolReader::new(spool.path(), spool.key().clone());
    for call in open.unended().collect::<Vec<_>>() {
        let Some((worker, place)) = found.get(&call).and_then(|places| places.last()) else { continue };
        let Some(&offset) = place.offsets.last() else { continue };
        let last = SpoolRef { segment: place.segment, offsets: vec![offset] };
        // What cannot be read is told when its recording is made.
        if let Ok(ReadReport { began: Some(began), extent: Some((from, to)), .. }) =
            reader.visit(call, &vec![(*worker, last)], |_| {})
        {
            open.heard(call, began + to.since(from));
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
    let (mut found, unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
        found.into_iter().partition(|(call, _)| open.knows(*call));
    if !unknown.is_empty() {
        // They may have been answered in the last moments before a power cut.
        tracing::error!(
            calls = unknown.len(),
            "the journal does not know calls that are in the spool; their sound is kept there"
        );
    }
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
