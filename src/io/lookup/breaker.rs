//! The circuit breaker: a service that keeps failing is left alone for a while (CBA-25).
//!
//! Pure: time is passed in. Callers need not wait for a time-out each, and the service can recover.
//! Closed, it lets every question through and counts failures in a row. Open, it lets none through.
//! Half open, it lets a single one through, whose outcome decides.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::config::lookups::BreakerSettings;
use crate::now::Mono;

/// Leave to ask; its outcome is to be reported.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// Outcomes of an earlier round say nothing about this one.
    round: u64,
}

/// What an outcome says about the service, not about the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    Well,
    Ill,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Closed {
        /// In a row.
        failures: u16,
    },
    Open {
        until: Mono,
    },
    HalfOpen {
        /// From here on the trial is taken for lost and another may be made.
        lost_at: Mono,
    },
}

#[derive(Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    /// A trial whose outcome is not known after this long never gets one.
    trial: Duration,
    state: State,
    /// Goes up with every change of state.
    round: u64,
}

impl Breaker {
    /// `patience` is the longest that a question takes.
    pub fn new(settings: BreakerSettings, patience: Duration) -> Breaker {
        Breaker { settings, trial: patience + settings.pause, state: State::Closed { failures: 0 }, round: 0 }
    }

    /// Leave for one question; `None` while the service is left alone.
    pub fn admit(&mut self, now: Mono) -> Option<Ticket> {
        match self.state {
            State::Closed { .. } => {}
            State::Open { until } if now < until => return None,
            State::HalfOpen { lost_at } if now < lost_at => return None,
            State::Open { .. } | State::HalfOpen { .. } => {
                self.enter(State::HalfOpen { lost_at: now + self.trial });
            }
        }
        Some(Ticket { round: self.round })
    }

    /// Takes the outcome of an admitted question; one of an earlier round changes nothing.
    pub fn report(&mut self, now: Mono, ticket: Ticket, health: Health) {
        if ticket.round != self.round {
            return;
        }
        let open = State::Open { until: now + self.settings.pause };
        match (self.state, health) {
            (State::Closed { .. }, Health::Well) => self.state = State::Closed { failures: 0 },
            (State::Closed { failures }, Health::Ill) if failures + 1 < self.settings.failures => {
                self.state = State::Closed { failures: failures + 1 };
            }
            (State::Closed { .. } | State::HalfOpen { .. }, Health::Ill) => self.enter(open),
            (State::HalfOpen { .. }, Health::Well) => self.enter(State::Closed { failures: 0 }),
            // No ticket is of the round of an open breaker.
            (State::Open { .. }, Health::Well | Health::Ill) => {}
        }
    }

    /// Does it let every question through?
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.round += 1;
    }
}
