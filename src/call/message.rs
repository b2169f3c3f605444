//! Leaving a message: a part of the recording, marked by its event.

use super::{Action, Call, Complaint, MESSAGE_LEAST, Phase, Tune, millis};
use crate::event::{EventKind, Outcome};
use crate::ids::Key;
use crate::now::Mono;

impl Call {
    pub(super) fn start_message(&mut self) -> Vec<Action> {
        self.phase = Phase::MessageIntro;
        vec![Action::Hear(Tune::MessageIntro)]
    }

    pub(super) fn start_recording(&mut self, now: Mono) -> Vec<Action> {
        self.phase = Phase::Recording { since: now };
        vec![Action::Hear(Tune::Listen), Action::StartMessageLimit]
    }

    /// `#` ends what is being spoken as it ends what is being keyed; `0` and `*` lead back to people.
    pub(super) fn message_key(&mut self, now: Mono, key: Key) -> Vec<Action> {
        match (key, self.phase.clone()) {
            (Key::Pound, Phase::Recording { .. }) => self.end_message(now),
            (Key::Pound, _) => self.start_message(),
            (Key::Digit(0) | Key::Star, phase) => {
                let Some(queue) = self.queue.clone() else { return Vec::new() };
                // What was already said stays a message: nothing a caller gave us is lost.
                let mut actions = match phase {
                    Phase::Recording { since } => self.message_left(now, since),
                    _ => Vec::new(),
                };
                actions.extend(self.enter(queue));
                actions
            }
            (Key::Digit(_), _) => Vec::new(),
        }
    }

    pub(super) fn end_message(&mut self, now: Mono) -> Vec<Action> {
        let Phase::Recording { since } = self.phase else { return Vec::new() };
        let complaint = self.complaint.is_some();
        let mut actions = self.message_left(now, since);
        if complaint && !actions.is_empty() {
            actions.extend(self.promise_complaint());
            return actions;
        }
        let outcome = if actions.is_empty() { self.reached } else { Outcome::Message };
        self.phase = Phase::Farewell { outcome };
        actions.push(Action::Hear(Tune::MessageThanks));
        actions
    }

    pub(super) fn message_left(&mut self, now: Mono, since: Mono) -> Vec<Action> {
        let spoken = now.since(since);
        if spoken < MESSAGE_LEAST {
            return Vec::new();
        }
        let length_ms = millis(spoken);
        let left = match self.complaint.take() {
            Some(Complaint { menu, node, queue, answers }) => {
                EventKind::ComplaintTaken { menu, node, queue, answers, length_ms }
            }
            None => EventKind::MessageLeft { queue: self.queue.clone(), length_ms },
        };
        vec![Action::Fact(left)]
    }
}
