//! One row a call: the fold of its events that the index stores.
//!
//! Rows of calls that are over leave memory once they were drained; a later event about one (its
//! recording was archived late) asks for the row back ([`Rows::missing`]).

mod services;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{EndedBy, Event, EventKind, LeftQueue, Outcome, Refusal};
use crate::ids::{AgentId, CallId, ConfigVersion, EntryId, Language, MenuId, QueueId, Seq};
use crate::now::Wall;
use crate::sealed::{CallerNumber, Sealed};

pub use services::{Callback, ComplaintMade, Services};

/// Most entries of each list of a row; a caller who wanders longer is cut short in the index
/// only, the journal has all.
const LISTED: usize = 200;

/// What the index knows of a call. Durations in milliseconds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CallRow {
    pub call: CallId,
    pub entry: Option<EntryId>,
    /// Number the call came from, sealed under the call's key.
    pub caller: Option<Sealed<CallerNumber>>,
    pub arrived_at: Wall,
    pub answered_at: Option<Wall>,
    pub ended_at: Option<Wall>,
    pub language: Option<Language>,
    /// Menus in the order they were entered.
    pub menu_path: Vec<MenuId>,
    /// Keys that steps without secrets consumed.
    pub keys: String,
    /// From the answer to asking for a person.
    pub requested_ms: Option<u64>,
    pub visits: Vec<QueueVisit>,
    /// Who talked to the caller, in order.
    pub agents: Vec<AgentId>,
    pub talked_ms: u64,
    pub outcome: Option<Outcome>,
    pub refusal: Option<Refusal>,
    pub ended_by: Option<EndedBy>,
    /// From the answer.
    pub duration_ms: u64,
    pub message_ms: Option<u64>,
    pub services: Services,
    pub recording: RecordingState,
    pub drill: bool,
    pub config_version: ConfigVersion,
    pub first_seq: Seq,
    pub last_seq: Seq,
}

/// One stay in a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueVisit {
    pub queue: QueueId,
    pub entered_at: Wall,
    pub waited_ms: Option<u64>,
    pub left: Option<LeftQueue>,
}

/// What became of the recording.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Never answered, or exempt.
    #[default]
    None,
    /// Being recorded, or waiting to be archived.
    Expected,
    Archived(Archived),
    /// Could not be archived (so far), and why.
    Failed(String),
}

/// A finished recording.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Archived {
    /// Relative to the archive's root.
    pub file: String,
    pub sha256: String,
    pub length_ms: u64,
    pub missing_ms: u64,
    pub masked_ms: u64,
}

impl CallRow {
    fn new(call: CallId, event: &Event) -> Self {
        CallRow {
            call,
            entry: None,
            caller: None,
            arrived_at: event.wall,
            answered_at: None,
            ended_at: None,
            language: None,
            menu_path: Vec::new(),
            keys: String::new(),
            requested_ms: None,
            visits: Vec::new(),
            agents: Vec::new(),
            talked_ms: 0,
            outcome: None,
            refusal: None,
            ended_by: None,
            duration_ms: 0,
            message_ms: None,
            services: Services::default(),
            recording: RecordingState::None,
            drill: event.drill,
            config_version: event.config_version,
            first_seq: event.seq,
            last_seq: event.seq,
        }
    }

    /// Nothing more is expected to happen to it.
    pub fn is_closed(&self) -> bool {
        self.ended_at.is_some() && self.recording != RecordingState::Expected
    }

    fn apply(&mut self, event: &Event) {
        self.last_seq = event.seq;
        match &event.kind {
            EventKind::CallArrived { entry, caller } => {
                self.entry = Some(entry.clone());
                self.caller = Some(caller.clone());
            }
            EventKind::CallRefused { reason, .. } => {
                self.refusal = Some(*reason);
                self.outcome = Some(Outcome::Refused);
                self.ended_at = Some(event.wall);
            }
            EventKind::CallAnswered { recorded, .. } => {
                self.answered_at = Some(event.wall);
                if *recorded {
                    self.recording = RecordingState::Expected;
                }
            }
            EventKind::CallEnded { outcome, by, duration_ms, .. } => {
                self.outcome = Some(*outcome);
                self.ended_by = Some(*by);
                self.duration_ms = *duration_ms;
                self.ended_at = Some(event.wall);
            }
            EventKind::CallInterrupted { duration_ms } => {
                self.outcome = Some(Outcome::Interrupted);
                self.ended_by = Some(EndedBy::Server);
                self.duration_ms = *duration_ms;
                let answered = self.answered_at.map(|at| at + Duration::from_millis(*duration_ms));
                self.ended_at = Some(answered.unwrap_or(self.arrived_at));
            }
            EventKind::RecordingArchived { file, sha256, length_ms, missing_ms, masked_ms } => {
                self.recording = RecordingState::Archived(Archived {
                    file: file.clone(),
                    sha256: sha256.clone(),
                    length_ms: *length_ms,
                    missing_ms: *missing_ms,
                    masked_ms: *masked_ms,
                });
            }
            EventKind::RecordingFailed { reason } => {
                self.recording = RecordingState::Failed(reason.clone());
            }
            _ => self.apply_visit(event),
        }
    }

    /// What the caller did between answer and end.
    fn apply_visit(&mut self, event: &Event) {
        match &event.kind {
            EventKind::LanguageSet { language } => self.language = Some(language.clone()),
            EventKind::MenuEntered { menu } => push(&mut self.menu_path, menu.clone()),
            EventKind::KeyPressed { key, .. } if self.keys.len() < LISTED => self.keys.push(key.as_char()),
            EventKind::AgentRequested { since_answer_ms, .. } => {
                self.requested_ms.get_or_insert(*since_answer_ms);
            }
            EventKind::QueueEntered { queue, .. } => {
                let (queue, entered_at) = (queue.clone(), event.wall);
                push(&mut self.visits, QueueVisit { queue, entered_at, waited_ms: None, left: None });
            }
            EventKind::QueueLeft { queue, left, waited_ms, .. } => {
                let open = self.visits.iter_mut().rev().find(|v| v.queue == *queue && v.left.is_none());
                if let Some(visit) = open {
                    visit.waited_ms = Some(*waited_ms);
                    visit.left = Some(left.clone());
                } else {
                    // Overflowed at once: it left a queue it had never entered.
                    let visit = QueueVisit {
                        queue: queue.clone(),
                        entered_at: event.wall,
                        waited_ms: Some(*waited_ms),
                        left: Some(left.clone()),
                    };
                    push(&mut self.visits, visit);
                }
            }
            EventKind::TalkStarted { agent, .. } if self.agents.last() != Some(agent) => {
                push(&mut self.agents, agent.clone());
            }
            EventKind::TalkEnded { talked_ms, .. } => self.talked_ms += talked_ms,
            EventKind::MessageLeft { length_ms, .. } => self.message_ms = Some(*length_ms),
            _ => self.services.apply(event),
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < LISTED {
        list.push(item);
    }
}

/// The rows of calls under way, and those that changed since they were last drained.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Rows {
    open: BTreeMap<CallId, CallRow>,
    #[serde(skip)]
    changed: BTreeSet<CallId>,
    as_of: Seq,
}

impl Rows {
    /// Goes on from stored rows; `as_of` is the last event they know.
    pub fn restore(open: impl IntoIterator<Item = CallRow>, as_of: Seq) -> Self {
        let open = open.into_iter().map(|row| (row.call, row)).collect();
        Rows { open, changed: BTreeSet::new(), as_of }
    }

    /// Number of the last event applied.
    pub fn as_of(&self) -> Seq {
        self.as_of
    }

    /// The call whose stored row must be given back by [`Rows::insert`] before `event` is applied.
    pub fn missing(&self, event: &Event) -> Option<CallId> {
        let call = event.call?;
        let begins = matches!(event.kind, EventKind::CallArrived { .. });
        (!begins && event.seq > self.as_of && !self.open.contains_key(&call)).then_some(call)
    }

    pub fn insert(&mut self, row: CallRow) {
        self.open.insert(row.call, row);
    }

    /// Applies an event; one already known changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.as_of {
            return;
        }
        self.as_of = event.seq;
        let Some(call) = event.call else { return };
        let row = self.open.entry(call).or_insert_with(|| CallRow::new(call, event));
        row.apply(event);
        self.changed.insert(call);
    }

    pub fn get(&self, call: CallId) -> Option<&CallRow> {
        self.open.get(&call)
    }

    /// Calls under way, or whose recording is not archived yet.
    pub fn open(&self) -> impl Iterator<Item = &CallRow> {
        self.open.values().filter(|row| !row.is_closed())
    }

    /// Rows that changed since the last time; those that are closed are forgotten.
    pub fn drain_changed(&mut self) -> Vec<CallRow> {
        let changed = std::mem::take(&mut self.changed);
        let mut rows = Vec::with_capacity(changed.len());
        for call in changed {
            match self.open.get(&call) {
                Some(row) if row.is_closed() => rows.extend(self.open.remove(&call)),
                Some(row) => rows.push(row.clone()),
                None => {}
            }
        }
        rows
    }
}
