//! Timers of calls, all in one place: one of a kind a call.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::CallId;
use crate::now::Mono;

/// What a call may be waiting for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Timer {
    /// A key in the menu.
    MenuWait,
    /// The longest message.
    MessageLimit,
    /// The disk, before a promise is told.
    Promise,
    /// Somebody to pick up at another number.
    TransferRings,
    /// A key or a sound from whoever records an announcement.
    Announce,
    /// The media worker's answer to opening or closing.
    Media,
}

impl Timer {
    const ALL: [Timer; 6] = [
        Timer::MenuWait,
        Timer::MessageLimit,
        Timer::Promise,
        Timer::TransferRings,
        Timer::Announce,
        Timer::Media,
    ];
}

#[derive(Default)]
pub(super) struct Timers {
    queue: BTreeSet<(Mono, CallId, Timer)>,
    due: BTreeMap<(CallId, Timer), Mono>,
}

impl Timers {
    pub fn set(&mut self, call: CallId, timer: Timer, at: Mono) {
        self.cancel(call, timer);
        self.due.insert((call, timer), at);
        self.queue.insert((at, call, timer));
    }

    pub fn cancel(&mut self, call: CallId, timer: Timer) {
        if let Some(at) = self.due.remove(&(call, timer)) {
            self.queue.remove(&(at, call, timer));
        }
    }

    pub fn cancel_all(&mut self, call: CallId) {
        for timer in Timer::ALL {
            self.cancel(call, timer);
        }
    }

    /// Takes the first timer that is due.
    pub fn expired(&mut self, now: Mono) -> Option<(CallId, Timer)> {
        let &(at, call, timer) = self.queue.first()?;
        if at > now {
            return None;
        }
        self.cancel(call, timer);
        Some((call, timer))
    }

    pub fn next(&self) -> Option<Mono> {
        self.queue.first().map(|(at, _, _)| *at)
    }

    pub fn iter(&self) -> impl Iterator<Item = (CallId, Timer)> {
        self.queue.iter().map(|(_, call, timer)| (*call, *timer))
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }
}
