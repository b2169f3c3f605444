//! All timers of routing, and the next deadline: the least of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{AgentId, CallId};
use crate::now::Mono;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Timer {
    /// An offer has rung at this agent for the queue's ring time (HB-ring).
    Ring(AgentId),
    /// This agent's time for finishing notes is over.
    WrapUp(AgentId),
    /// This caller has waited as long as the queue lets anybody wait.
    MaxWait(CallId),
    /// This caller is to be told their position (HB-hold).
    Announce(CallId),
}

/// Each timer runs at most once at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Mono, Timer)>,
    due: BTreeMap<Timer, Mono>,
}

impl Timers {
    /// Starts a timer, or moves it.
    pub fn set(&mut self, timer: Timer, at: Mono) {
        self.cancel(&timer);
        self.by_time.insert((at, timer.clone()));
        self.due.insert(timer, at);
    }

    pub fn cancel(&mut self, timer: &Timer) {
        if let Some((timer, at)) = self.due.remove_entry(timer) {
            self.by_time.remove(&(at, timer));
        }
    }

    pub fn due(&self, timer: &Timer) -> Option<Mono> {
        self.due.get(timer).copied()
    }

    pub fn next(&self) -> Option<Mono> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the earliest timer that is due.
    pub fn expire(&mut self, now: Mono) -> Option<Timer> {
        if self.next()? > now {
            return None;
        }
        let (_, timer) = self.by_time.pop_first()?;
        self.due.remove(&timer);
        Some(timer)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Timer> {
        self.due.keys()
    }
}
