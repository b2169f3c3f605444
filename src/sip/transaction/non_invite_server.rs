//! Non-INVITE server transaction: any other request to us until it is answered (RFC 3261 §17.2.2).

use std::time::Duration;

use super::Action::*;
use super::Clock::*;
use super::{GIVE_UP, Kind, Step, Transport};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// The request again.
    Request,
    /// The user sends 1xx (RFC 4320 §4.1 lets it be a late 100 only),
    Provisional,
    /// or 200–699.
    Final,
    Timer(Timer),
    TransportError,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Repeats the final response to retransmitted requests until then.
    J,
}

super::transitions! { "non-invite server", 3;
    TryingRequest = "Trying, request again",
    TryingProvisional = "Trying, 1xx from user -> Proceeding",
    TryingFinal = "Trying, final from user -> Completed",
    TryingTransport = "Trying, transport error -> Terminated",
    ProceedingRequest = "Proceeding, request again",
    ProceedingProvisional = "Proceeding, 1xx from user",
    ProceedingFinal = "Proceeding, final from user -> Completed",
    ProceedingTransport = "Proceeding, transport error -> Terminated",
    CompletedRequest = "Completed, request again",
    CompletedTransport = "Completed, transport error -> Terminated",
    EndedByJ = "Completed, timer J -> Terminated",
}

pub struct NonInviteServer;

impl Kind for NonInviteServer {
    type State = State;
    type Input = Input;
    type Timer = Timer;
    type Transition = Transition;
    const FIRST: State = State::Trying;
    const TERMINATED: State = State::Terminated;

    fn step(state: State, input: Input) -> Step<Self> {
        use Input as I;
        use State::*;
        use Timer::J;
        use Transition as X;
        match (state, input) {
            // §17.2.2: discarded until there is a response
            (Trying, I::Request) => Step::new(Trying, &[], &[], X::TryingRequest),
            (Trying, I::Provisional) => Step::new(Proceeding, &[Transmit], &[], X::TryingProvisional),
            (Trying, I::Final) => Step::new(Completed, &[Transmit], &[Start(J)], X::TryingFinal),
            (Proceeding, I::Request) => Step::new(Proceeding, &[Retransmit], &[], X::ProceedingRequest),
            (Proceeding, I::Provisional) => Step::new(Proceeding, &[Transmit], &[], X::ProceedingProvisional),
            (Proceeding, I::Final) => Step::new(Completed, &[Transmit], &[Start(J)], X::ProceedingFinal),
            (Completed, I::Request) => Step::new(Completed, &[Retransmit], &[], X::CompletedRequest),
            (Completed, I::Timer(J)) => Step::new(Terminated, &[], &[], X::EndedByJ),
            // §17.2.4
            (Trying, I::TransportError) => Step::new(Terminated, &[TransportFailed], &[], X::TryingTransport),
            (Proceeding, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::ProceedingTransport)
            }
            (Completed, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::CompletedTransport)
            }
            // A second final response, and inputs that cannot come in these states.
            (Trying | Proceeding, I::Timer(J))
            | (Completed, I::Provisional | I::Final)
            | (Terminated, I::Request | I::Provisional | I::Final | I::Timer(J) | I::TransportError) => {
                Step::ignored(state)
            }
        }
    }

    fn interval(timer: Timer, transport: Transport) -> Option<Duration> {
        match timer {
            Timer::J => transport.zero_if_reliable(GIVE_UP),
        }
    }

    fn longer(_: Timer, _: State, last: Duration) -> Duration {
        last
    }

    fn fired(timer: Timer) -> Input {
        Input::Timer(timer)
    }
}
