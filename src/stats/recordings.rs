//! Recordings: how many were archived or failed, what is missing in them, how many are to come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind};
use crate::ids::CallId;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recordings {
    pub archived: u64,
    pub failed: u64,
    /// Sound never received or lost.
    pub missing_ms: u64,
    /// Silenced on purpose.
    pub masked_ms: u64,
    /// Recorded calls whose recording is not finished, and whether the call is over.
    open: BTreeMap<CallId, bool>,
}

impl Recordings {
    pub fn apply(&mut self, event: &Event) {
        let Some(call) = event.call else { return };
        match &event.kind {
            EventKind::CallAnswered { recorded: true, .. } => {
                self.open.insert(call, false);
            }
            EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => {
                if let Some(over) = self.open.get_mut(&call) {
                    *over = true;
                }
            }
            EventKind::RecordingArchived { missing_ms, masked_ms, .. } => {
                self.open.remove(&call);
                self.archived += 1;
                self.missing_ms += missing_ms;
                self.masked_ms += masked_ms;
            }
            EventKind::RecordingFailed { .. } => {
                self.open.remove(&call);
                self.failed += 1;
            }
            _ => {}
        }
    }

    /// Calls that are over and whose recording is not archived yet.
    pub fn queue(&self) -> usize {
        self.open.values().filter(|over| **over).count()
    }
}
