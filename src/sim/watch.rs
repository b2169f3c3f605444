//! Watches what the hotline says and does, and finds promises broken.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::engine::Output;
use crate::event::{Alarm, Event, EventKind};
use crate::ids::CallId;
use crate::media::command::Command;
use crate::now::Mono;

/// What has been seen of a call.
#[derive(Clone, Copy, Default, Debug)]
struct Seen {
    arrived: u32,
    answered: u32,
    queued: i32,
    talking: i32,
    held: i32,
    sent_on: i32,
    ended: u32,
    /// Orders about its recording.
    settled: u32,
}

#[derive(Default)]
pub(super) struct Watch {
    pub events: Vec<Event>,
    pub violations: Vec<String>,
    calls: BTreeMap<CallId, Seen>,
    refusing: BTreeSet<Alarm>,
    draining: bool,
    drained: u32,
    /// Calls that wait for the word that a promise is written, and since when.
    promises: BTreeMap<CallId, Mono>,
}

/// After this a caller may hear something else than the promise.
const PATIENCE: Duration = Duration::from_secs(3);

impl Watch {
    pub fn see(&mut self, now: Mono, output: &Output) {
        match output {
            Output::Promise { call } => {
                self.promises.insert(*call, now);
            }
            Output::Media { command: Command::Play { leg, items, .. }, .. } if !items.is_empty() => {
                let since = self.promises.get(&leg.call);
                if since.is_some_and(|since| now.since(*since) < PATIENCE) {
                    self.violations.push(format!("{} is told before it is written", leg.call));
                }
            }
            Output::Event(event) => {
                self.see_event(event);
                self.events.push((**event).clone());
            }
            Output::Finalise(order) => self.settle(order.call, Settled::Kept),
            Output::DiscardSpool { call } => self.settle(*call, Settled::Thrown),
            Output::Drained => {
                self.drained += 1;
                if self.calls.values().any(|seen| seen.ended == 0) {
                    self.violations.push("drained with calls under way".to_owned());
                }
            }
            _ => {}
        }
    }

    /// A promise to this caller is on the disk.
    pub fn kept(&mut self, call: CallId) {
        self.promises.remove(&call);
    }

    fn settle(&mut self, call: CallId, how: Settled) {
        let seen = self.calls.entry(call).or_default();
        seen.settled += 1;
        if (how == Settled::Kept) != (seen.answered > 0) {
            self.violations.push(format!("the recording of {call} is {how:?}: {seen:?}"));
        }
    }

    fn see_event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::AlarmRaised {
                alarm: alarm @ (Alarm::Journal | Alarm::Spool | Alarm::Index), ..
            } => {
                self.refusing.insert(*alarm);
            }
            EventKind::AlarmCleared { alarm, .. } => {
                self.refusing.remove(alarm);
            }
            EventKind::ServerStopping { .. } => self.draining = true,
            kind => {
                if let Some(call) = event.call {
                    self.see_call(call, kind);
                }
            }
        }
    }

    fn see_call(&mut self, call: CallId, kind: &EventKind) {
        let seen = self.calls.entry(call).or_default();
        match kind {
            EventKind::CallArrived { .. } => seen.arrived += 1,
            EventKind::CallAnswered { .. } => {
                seen.answered += 1;
                if self.draining || !self.refusing.is_empty() {
                    self.violations.push(format!("{call} is answered while calls are refused"));
                }
            }
            EventKind::QueueEntered { .. } => seen.queued += 1,
            EventKind::QueueLeft { .. } => seen.queued -= 1,
            EventKind::TalkStarted { .. } => seen.talking += 1,
            EventKind::TalkEnded { .. } => seen.talking -= 1,
            EventKind::HoldStarted { .. } => seen.held += 1,
            EventKind::HoldEnded { .. } => seen.held -= 1,
            EventKind::TransferStarted { .. } => seen.sent_on += 1,
            EventKind::TransferEnded { .. } => seen.sent_on -= 1,
            EventKind::CallEnded { .. } => seen.ended += 1,
            EventKind::RecordingFailed { .. } => seen.settled += 1,
            _ => {}
        }
        let once = seen.arrived == 1 && seen.answered <= 1 && seen.ended <= 1 && seen.settled <= 1;
        let paired =
            [seen.queued, seen.talking, seen.held, seen.sent_on].iter().all(|open| (0..=1).contains(open));
        if !once || !paired {
            self.violations.push(format!("{call} after {kind:?}: {seen:?}"));
        }
    }

    /// After the last input.
    pub fn finish(&mut self) {
        for (call, seen) in &self.calls {
            let balanced = [seen.queued, seen.talking, seen.held, seen.sent_on] == [0; 4];
            let settled = if seen.answered == 1 { seen.settled == 1 } else { seen.settled <= 1 };
            if seen.ended != 1 || !balanced || !settled {
                self.violations.push(format!("{call} at the end of the day: {seen:?}"));
            }
        }
        if self.drained != 1 {
            self.violations.push(format!("drained {} times", self.drained));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Settled {
    Kept,
    Thrown,
}
