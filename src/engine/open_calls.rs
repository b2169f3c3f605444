//! Fold of what the journal holds as unfinished: calls without an end, answered calls without a
//! recording. What a start after a crash has to put right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{AgentState, Event, EventKind};
use crate::ids::{AgentId, CallId, ConfigVersion, DeviceId, QueueId, Seq};
use crate::now::Wall;

/// An unfinished call as the journal knows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenCall {
    pub answered: Option<Wall>,
    pub recorded: bool,
    pub ended: bool,
    pub queue: Option<(QueueId, Wall)>,
    pub talk: Option<(QueueId, AgentId, Wall)>,
    /// Being sent on to another number since then.
    #[serde(default)]
    pub transfer: Option<Wall>,
    pub last: Wall,
    /// The snapshot it is pinned to, also for what is told of it when it is over.
    #[serde(default)]
    pub config_version: Option<ConfigVersion>,
}

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OpenCalls {
    calls: BTreeMap<CallId, OpenCall>,
    pub config_version: ConfigVersion,
    pub as_of_seq: Seq,
    /// Who is signed in where: calls do not outlive the server, sign-ins do.
    pub seats: BTreeMap<AgentId, Seat>,
    /// The newest call the journal knows: whatever a spool holds beyond it was never told.
    pub newest: Option<CallId>,
}

/// An agent at a telephone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seat {
    pub device: DeviceId,
    /// Why they take no calls; `None` = they do, or will after the call they are in.
    pub not_ready: Option<String>,
}

/// What is to be said of a call the server stopped under.
pub(super) struct Interrupted {
    pub call: CallId,
    pub queue: Option<(QueueId, u64)>,
    pub talk: Option<(QueueId, AgentId, u64)>,
    pub transfer: Option<u64>,
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

    pub fn apply(&mut self, event: &Event) {
        self.as_of_seq = event.seq;
        match &event.kind {
            EventKind::ConfigPublished { version, .. } => self.config_version = *version,
            EventKind::AgentSignedIn { agent, device } => {
                let seat = Seat { device: device.clone(), not_ready: None };
                self.seats.insert(agent.clone(), seat);
            }
            EventKind::AgentSignedOut { agent } => {
                self.seats.remove(agent);
            }
            EventKind::AgentStateChanged { agent, state } => {
                if let Some(seat) = self.seats.get_mut(agent) {
                    seat.not_ready = match state {
                        AgentState::NotReady { reason } => Some(reason.clone()),
                        _ => None,
                    };
                }
            }
            kind => {
                if let Some(call) = event.call {
                    self.apply_to_call(call, event.wall, kind);
                    if let (EventKind::CallArrived { .. }, Some(open)) = (kind, self.calls.get_mut(&call)) {
                        open.config_version = Some(event.config_version);
                    }
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
                transfer: None,
                last: wall,
                config_version: None,
            };
            self.calls.insert(call, open);
            self.newest = self.newest.max(Some(call));
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
            EventKind::TransferStarted { .. } => open.transfer = Some(wall),
            EventKind::TransferEnded { .. } => open.transfer = None,
            EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => open.ended = true,
            // A failed one stays open: its spool is kept and every start tries again.
            EventKind::RecordingArchived { .. } => open.recorded = false,
            _ => {}
        }
        if open.ended && !open.recorded {
            self.calls.remove(&call);
        }
    }

    /// Calls the server stopped under.
    pub fn unended(&self) -> impl Iterator<Item = CallId> {
        self.calls.iter().filter(|(_, open)| !open.ended).map(|(call, _)| *call)
    }

    /// The call was heard until `wall`, later than the journal says.
    pub fn heard(&mut self, call: CallId, wall: Wall) {
        if let Some(open) = self.calls.get_mut(&call) {
            open.last = open.last.max(wall);
        }
    }

    /// The snapshot that a call is pinned to which is not archived yet.
    pub fn version_of(&self, call: CallId) -> Option<ConfigVersion> {
        self.calls.get(&call)?.config_version
    }

    /// False for a call of which no event is left: it may have been answered all the same.
    pub fn knows(&self, call: CallId) -> bool {
        Some(call) <= self.newest
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
                transfer: open.transfer.map(|since| between(since, open.last)),
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
        assert_eq!(open.unended().collect::<Vec<_>>(), [call]);
        open.heard(call, Wall(9_750));
        open.heard(call, Wall(2_000));
        let told = open.interrupted();
        assert_eq!(told.iter().map(|one| one.duration_ms).collect::<Vec<_>>(), [8_250]);
    }
}
