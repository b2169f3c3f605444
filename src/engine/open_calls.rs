//! Fold of what the journal holds as unfinished: calls without an end, answered calls without a
//! recording. What a start after a crash has to put right.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind};
use crate::ids::{AgentId, CallId, ConfigVersion, QueueId, Seq};
use crate::now::Wall;

/// An unfinished call as the journal knows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenCall {
    pub answered: Option<Wall>,
    pub recorded: bool,
    pub ended: bool,
    pub queue: Option<(QueueId, Wall)>,
    pub talk: Option<(QueueId, AgentId, Wall)>,
    pub last: Wall,
}

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OpenCalls {
    calls: BTreeMap<CallId, OpenCall>,
    pub config_version: ConfigVersion,
    pub as_of_seq: Seq,
    /// Agents signed in when the journal ended: they sign in again, the state was the server's.
    pub agents: BTreeSet<AgentId>,
}

/// What is to be said of a call the server stopped under.
pub(super) struct Interrupted {
    pub call: CallId,
    pub queue: Option<(QueueId, u64)>,
    pub talk: Option<(QueueId, AgentId, u64)>,
    pub duration_ms: u64,
}

impl OpenCalls {
    pub fn calls(&self) -> impl Iterator<Item = (&CallId, &OpenCall)> {
        self.calls.iter()
    }

    /// Answered calls whose recording is neither archived nor given up.
    pub fn unarchived(&self) -> impl Iterator<Item = (CallId, Wall)> {
        self.calls
            .iter()
            .filter(|(_, open)| open.recorded)
            .filter_map(|(call, open)| Some((*call, open.answered?)))
    }

    /// Answered calls the server stopped under.
    pub fn cut_off(&self) -> impl Iterator<Item = CallId> {
        self.calls.iter().filter(|(_, open)| !open.ended && open.answered.is_some()).map(|(call, _)| *call)
    }

    /// The call was still up at `at`: its sound tells, where the journal had nothing to say for long.
    pub fn sounded_until(&mut self, call: CallId, at: Wall) {
        if let Some(open) = self.calls.get_mut(&call) {
            open.last = open.last.max(at);
        }
    }

    pub fn apply(&mut self, event: &Event) {
        self.as_of_seq = event.seq;
        match &event.kind {
            EventKind::ConfigPublished { version, .. } => self.config_version = *version,
            EventKind::AgentSignedIn { agent, .. } => {
                self.agents.insert(agent.clone());
            }
            EventKind::AgentSignedOut { agent } => {
                self.agents.remove(agent);
            }
            kind => {
                if let Some(call) = event.call {
                    self.apply_to_call(call, event.wall, kind);
                }
            }
        }
    }

    fn apply_to_call(&mut self, call: CallId, wall: Wall, kind: &EventKind) {
        if let EventKind::CallArrived { .. } = kind {
            let open = OpenCall {
                answered: None,
                recorded: false,
                ended: false,
                queue: None,
                talk: None,
                last: wall,
            };
            self.calls.insert(call, open);
        }
        let Some(open) = self.calls.get_mut(&call) else { return };
        open.last = open.last.max(wall);
        match kind {
            EventKind::CallAnswered { recorded, .. } => {
                open.answered = Some(wall);
                open.recorded = *recorded;
            }
            EventKind::QueueEntered { queue, .. } => open.queue = Some((queue.clone(), wall)),
            EventKind::QueueLeft { .. } => open.queue = None,
            EventKind::TalkStarted { queue, agent } => {
                open.talk = Some((queue.clone(), agent.clone(), wall));
            }
            EventKind::TalkEnded { .. } => open.talk = None,
            EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => open.ended = true,
            // A failed one stays open: its spool is kept and every start tries again.
            EventKind::RecordingArchived { .. } => open.recorded = false,
            _ => {}
        }
        if open.ended && !open.recorded {
            self.calls.remove(&call);
        }
    }

    pub(super) fn interrupted(&self) -> Vec<Interrupted> {
        let between = |from: Wall, to: Wall| u64::try_from(to.0.saturating_sub(from.0)).unwrap_or(0);
        self.calls
            .iter()
            .filter(|(_, open)| !open.ended)
            .map(|(call, open)| Interrupted {
                call: *call,
                queue: open.queue.clone().map(|(queue, since)| (queue, between(since, open.last))),
                talk: open
                    .talk
                    .clone()
                    .map(|(queue, agent, since)| (queue, agent, between(since, open.last))),
                duration_ms: open.answered.map_or(0, |answered| between(answered, open.last)),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BootId, EntryId, NodeId, WorkerId};
    use crate::sealed::Sealed;

    #[test]
    fn a_call_cut_off_while_nothing_happened_lasted_until_its_last_sound() {
        let call = CallId { node: NodeId(1), boot: BootId(1), n: 1 };
        let mut open = OpenCalls::default();
        let caller = Sealed::from_hex("").unwrap();
        open.apply_to_call(
            call,
            Wall(1_000),
            &EventKind::CallArrived { entry: EntryId::new("95599"), caller },
        );
        let codec = "PCMA".to_owned();
        let answered = EventKind::CallAnswered { worker: WorkerId(0), codec, recorded: true };
        open.apply_to_call(call, Wall(1_500), &answered);
        assert_eq!(open.cut_off().collect::<Vec<_>>(), [call]);
        open.sounded_until(call, Wall(9_750));
        open.sounded_until(call, Wall(2_000));
        let told = open.interrupted();
        assert_eq!(told.iter().map(|one| one.duration_ms).collect::<Vec<_>>(), [8_250]);
    }
}
