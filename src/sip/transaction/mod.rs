//! The four transaction machines (RFC 3261 §17, RFC 6026): a table each, and the little engine that runs them.
//!
//! A machine knows states, timers and orders; it holds no message. Tables of live transactions
//! are in `server.rs` and `client.rs`.

pub mod client;
pub mod hits;
pub mod invite_client;
pub mod invite_server;
pub mod non_invite_client;
pub mod non_invite_server;
pub mod server;

use std::time::Duration;

use crate::now::Mono;
use hits::Hits;

/// Estimate of the round trip (RFC 3261 §17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);
/// Longest interval between retransmissions of a non-INVITE request or an INVITE response.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message can stay in the network.
pub const T4: Duration = Duration::from_secs(5);
/// 64*T1: when a transaction is given up.
pub const GIVE_UP: Duration = Duration::from_secs(32);

/// Whether the transport retransmits by itself; if so, most timers do not run or are zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    Unreliable,
    Reliable,
}

impl Transport {
    /// `interval` on UDP; the timer does not run at all on TCP.
    fn only_unreliable(self, interval: Duration) -> Option<Duration> {
        (self == Transport::Unreliable).then_some(interval)
    }

    /// `interval` on UDP; at once on TCP.
    fn zero_if_reliable(self, interval: Duration) -> Option<Duration> {
        Some(if self == Transport::Unreliable { interval } else { Duration::ZERO })
    }
}

/// What a machine orders besides its own timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Put the newest message of this transaction on the wire.
    Transmit,
    /// Put it on the wire once more.
    Retransmit,
    /// Acknowledge a final response other than 2xx.
    Acknowledge,
    /// What came in concerns the transaction user.
    Deliver,
    /// Tell the user that no answer (client) or no ACK (server) came in time.
    TimedOut,
    /// Tell the user that the transport failed.
    TransportFailed,
}

/// What a transition does to timers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock<T> {
    Start(T),
    /// Start again with the next longer interval.
    Again(T),
    Stop(T),
}

/// Row of a transition table: where it leads, what it orders, which arm it was.
pub struct Step<K: Kind> {
    next: K::State,
    actions: &'static [Action],
    clocks: &'static [Clock<K::Timer>],
    arm: Option<K::Transition>,
}

impl<K: Kind> Step<K> {
    fn new(
        next: K::State,
        actions: &'static [Action],
        clocks: &'static [Clock<K::Timer>],
        arm: K::Transition,
    ) -> Step<K> {
        Step { next, actions, clocks, arm: Some(arm) }
    }

    /// The input means nothing in this state.
    fn ignored(state: K::State) -> Step<K> {
        Step { next: state, actions: &[], clocks: &[], arm: None }
    }
}

/// One of the four machines.
pub trait Kind: Sized {
    type State: Copy + PartialEq;
    type Input: Copy;
    type Timer: Copy + PartialEq + 'static;
    type Transition: Arm;
    const FIRST: Self::State;
    const TERMINATED: Self::State;

    fn step(state: Self::State, input: Self::Input) -> Step<Self>;
    /// First interval of a timer; none if it does not run on this transport.
    fn interval(timer: Self::Timer, transport: Transport) -> Option<Duration>;
    /// Interval after `last`, for timers that run again.
    fn longer(timer: Self::Timer, state: Self::State, last: Duration) -> Duration;
    fn fired(timer: Self::Timer) -> Self::Input;
}

/// A transition of one of the machines.
pub trait Arm: Copy {
    /// Which machine, 0 to 3.
    const MACHINE: usize;
    fn index(self) -> usize;
    fn name(self) -> &'static str;
}

#[derive(Clone, Copy)]
struct Running<T> {
    timer: T,
    interval: Duration,
    at: Mono,
}

/// A machine at work.
pub struct Machine<K: Kind> {
    state: K::State,
    transport: Transport,
    timers: [Option<Running<K::Timer>>; 3],
}

impl<K: Kind> Machine<K> {
    pub fn new(transport: Transport) -> Machine<K> {
        Machine { state: K::FIRST, transport, timers: [None; 3] }
    }

    pub fn state(&self) -> K::State {
        self.state
    }

    pub fn is_terminated(&self) -> bool {
        self.state == K::TERMINATED
    }

    /// One step of the table; the caller carries out the actions.
    pub fn handle(&mut self, now: Mono, input: K::Input, hits: &mut Hits) -> &'static [Action] {
        let step = K::step(self.state, input);
        if let Some(arm) = step.arm {
            hits.record(arm);
        }
        for clock in step.clocks {
            match *clock {
                Clock::Start(timer) => self.start(now, timer, K::interval(timer, self.transport)),
                // The interval of the timer that has just fired is still in its slot.
                Clock::Again(timer) => {
                    let last = self.slot(timer).map(|running| running.interval);
                    let last = last.or(K::interval(timer, self.transport));
                    self.start(now, timer, last.map(|last| K::longer(timer, step.next, last)));
                }
                Clock::Stop(timer) => self.start(now, timer, None),
            }
        }
        self.state = step.next;
        if self.is_terminated() {
            self.timers = [None; 3];
        }
        step.actions
    }

    /// Takes the next timer that is due; it has fired. Call until none.
    pub fn due(&mut self, now: Mono) -> Option<K::Input> {
        let due = self.timers.iter_mut().flatten().filter(|running| running.at <= now);
        let first = due.min_by_key(|running| running.at)?;
        // Kept for its interval; does not fire again unless started.
        first.at = Mono(u64::MAX);
        Some(K::fired(first.timer))
    }

    /// The least of the deadlines.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.timers.iter().flatten().map(|running| running.at).filter(|at| *at != Mono(u64::MAX)).min()
    }

    fn slot(&self, timer: K::Timer) -> Option<Running<K::Timer>> {
        self.timers.iter().flatten().find(|running| running.timer == timer).copied()
    }

    fn start(&mut self, now: Mono, timer: K::Timer, interval: Option<Duration>) {
        for slot in &mut self.timers {
            if slot.is_some_and(|running| running.timer == timer) {
                *slot = None;
            }
        }
        let Some(interval) = interval else { return };
        if let Some(free) = self.timers.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(Running { timer, interval, at: now + interval });
        }
    }
}

/// Declares the transitions of a machine, each with the name a coverage report shows.
macro_rules! transitions {
    ($machine:literal, $index:literal; $($name:ident = $text:literal,)*) => {
        /// The arms of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Transition { $($name),* }

        impl Transition {
            pub const ALL: &'static [Transition] = &[$(Transition::$name),*];
            pub const NAMES: &'static [&'static str] = &[$(concat!($machine, ": ", $text)),*];
        }

        impl super::Arm for Transition {
            const MACHINE: usize = $index;
            fn index(self) -> usize {
                self as usize
            }
            fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }
    };
}
use transitions;

#[cfg(test)]
mod tests;
