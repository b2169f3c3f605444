//! Non-INVITE client transaction: our BYE, CANCEL or OPTIONS until its final response (RFC 3261 §17.1.2).

use std::time::Duration;

use super::Action::*;
use super::Clock::*;
use super::{GIVE_UP, Kind, Step, T1, T2, T4, Transport};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    Start,
    /// 1xx
    Provisional,
    /// 200–699
    Final,
    Timer(Timer),
    TransportError,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Retransmits the request, doubling from T1 to T2; each T2 once a 1xx came.
    E,
    /// Gives up.
    F,
    /// Absorbs retransmitted responses.
    K,
}

super::transitions! { "non-invite client", 2;
    Started = "Trying, start",
    TryingResentByE = "Trying, timer E",
    TryingGivenUpByF = "Trying, timer F -> Terminated",
    TryingProvisional = "Trying, 1xx -> Proceeding",
    TryingFinal = "Trying, final -> Completed",
    TryingTransport = "Trying, transport error -> Terminated",
    ProceedingResentByE = "Proceeding, timer E",
    ProceedingGivenUpByF = "Proceeding, timer F -> Terminated",
    ProceedingProvisional = "Proceeding, 1xx",
    ProceedingFinal = "Proceeding, final -> Completed",
    ProceedingTransport = "Proceeding, transport error -> Terminated",
    CompletedFinal = "Completed, final again",
    EndedByK = "Completed, timer K -> Terminated",
}

pub struct NonInviteClient;

impl Kind for NonInviteClient {
    type State = State;
    type Input = Input;
    type Timer = Timer;
    type Transition = Transition;
    const FIRST: State = State::Trying;
    const TERMINATED: State = State::Terminated;

    fn step(state: State, input: Input) -> Step<Self> {
        use Input as I;
        use State::*;
        use Timer::{E, F, K};
        use Transition as X;
        match (state, input) {
            // §17.1.2.2
            (Trying, I::Start) => Step::new(Trying, &[Transmit], &[Start(E), Start(F)], X::Started),
            (Trying, I::Timer(E)) => Step::new(Trying, &[Retransmit], &[Again(E)], X::TryingResentByE),
            (Trying, I::Timer(F)) => Step::new(Terminated, &[TimedOut], &[], X::TryingGivenUpByF),
            (Trying, I::Provisional) => Step::new(Proceeding, &[Deliver], &[], X::TryingProvisional),
            (Trying, I::Final) => {
                Step::new(Completed, &[Deliver], &[Stop(E), Stop(F), Start(K)], X::TryingFinal)
            }
            (Proceeding, I::Timer(E)) => {
                Step::new(Proceeding, &[Retransmit], &[Again(E)], X::ProceedingResentByE)
            }
            (Proceeding, I::Timer(F)) => Step::new(Terminated, &[TimedOut], &[], X::ProceedingGivenUpByF),
            (Proceeding, I::Provisional) => Step::new(Proceeding, &[Deliver], &[], X::ProceedingProvisional),
            (Proceeding, I::Final) => {
                Step::new(Completed, &[Deliver], &[Stop(E), Stop(F), Start(K)], X::ProceedingFinal)
            }
            // §17.1.4
            (Trying, I::TransportError) => Step::new(Terminated, &[TransportFailed], &[], X::TryingTransport),
            (Proceeding, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::ProceedingTransport)
            }
            // §17.1.2.2: buffers further responses
            (Completed, I::Final) => Step::new(Completed, &[], &[], X::CompletedFinal),
            (Completed, I::Timer(K)) => Step::new(Terminated, &[], &[], X::EndedByK),
            // Late provisionals, and inputs that cannot come in these states.
            (Trying, I::Timer(K))
            | (Proceeding, I::Start | I::Timer(K))
            | (Completed, I::Start | I::Provisional | I::Timer(E | F) | I::TransportError)
            | (Terminated, I::Start | I::Provisional | I::Final | I::Timer(E | F | K) | I::TransportError) => {
                Step::ignored(state)
            }
        }
    }

    fn interval(timer: Timer, transport: Transport) -> Option<Duration> {
        match timer {
            Timer::E => transport.only_unreliable(T1),
            Timer::F => Some(GIVE_UP),
            Timer::K => transport.zero_if_reliable(T4),
        }
    }

    fn longer(_: Timer, state: State, last: Duration) -> Duration {
        match state {
            State::Proceeding => T2,
            State::Trying | State::Completed | State::Terminated => (last * 2).min(T2),
        }
    }

    fn fired(timer: Timer) -> Input {
        Input::Timer(timer)
    }
}
