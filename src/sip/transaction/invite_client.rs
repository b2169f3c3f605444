//! INVITE client transaction: our INVITE until its final response (RFC 3261 §17.1.1, RFC 6026 §7.2).

use std::time::Duration;

use super::Action::*;
use super::Clock::*;
use super::{GIVE_UP, Kind, Step, T1, Transport};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Calling,
    Proceeding,
    /// Final response other than 2xx; its retransmissions are acknowledged.
    Completed,
    /// 2xx; its retransmissions, also of other branches of a fork, go to the user (RFC 6026).
    Accepted,
    Terminated,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    Start,
    /// 1xx
    Provisional,
    /// 2xx
    Success,
    /// 300–699
    Failure,
    Timer(Timer),
    TransportError,
    /// No final response within 64*T1 of our CANCEL (RFC 3261 §9.1).
    Abandon,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Retransmits the INVITE, doubling from T1.
    A,
    /// Gives up without any response.
    B,
    /// Absorbs retransmitted final responses.
    D,
    /// Waits for further 2xx (RFC 6026).
    M,
}

super::transitions! { "invite client", 0;
    Started = "Calling, start",
    ResentByA = "Calling, timer A",
    GivenUpByB = "Calling, timer B -> Terminated",
    CallingProvisional = "Calling, 1xx -> Proceeding",
    CallingSuccess = "Calling, 2xx -> Accepted",
    CallingFailure = "Calling, 3xx-6xx -> Completed",
    CallingTransport = "Calling, transport error -> Terminated",
    ProceedingProvisional = "Proceeding, 1xx",
    ProceedingSuccess = "Proceeding, 2xx -> Accepted",
    ProceedingFailure = "Proceeding, 3xx-6xx -> Completed",
    ProceedingTransport = "Proceeding, transport error -> Terminated",
    ProceedingAbandoned = "Proceeding, CANCEL unanswered -> Terminated",
    CompletedFailure = "Completed, 3xx-6xx again",
    CompletedTransport = "Completed, transport error -> Terminated",
    EndedByD = "Completed, timer D -> Terminated",
    AcceptedSuccess = "Accepted, 2xx again",
    EndedByM = "Accepted, timer M -> Terminated",
}

pub struct InviteClient;

impl Kind for InviteClient {
    type State = State;
    type Input = Input;
    type Timer = Timer;
    type Transition = Transition;
    const FIRST: State = State::Calling;
    const TERMINATED: State = State::Terminated;

    fn step(state: State, input: Input) -> Step<Self> {
        use Input as I;
        use State::*;
        use Timer::{A, B, D, M};
        use Transition as X;
        match (state, input) {
            // §17.1.1.2
            (Calling, I::Start) => Step::new(Calling, &[Transmit], &[Start(A), Start(B)], X::Started),
            (Calling, I::Timer(A)) => Step::new(Calling, &[Retransmit], &[Again(A)], X::ResentByA),
            (Calling, I::Timer(B)) => Step::new(Terminated, &[TimedOut], &[], X::GivenUpByB),
            (Calling, I::Provisional) => {
                Step::new(Proceeding, &[Deliver], &[Stop(A), Stop(B)], X::CallingProvisional)
            }
            (Proceeding, I::Provisional) => Step::new(Proceeding, &[Deliver], &[], X::ProceedingProvisional),
            // RFC 6026 §7.2: 2xx leads to Accepted, no longer to Terminated.
            (Calling, I::Success) => {
                Step::new(Accepted, &[Deliver], &[Stop(A), Stop(B), Start(M)], X::CallingSuccess)
            }
            (Proceeding, I::Success) => Step::new(Accepted, &[Deliver], &[Start(M)], X::ProceedingSuccess),
            // §17.1.1.2, ACK by §17.1.1.3
            (Calling, I::Failure) => {
                let clocks = &[Stop(A), Stop(B), Start(D)];
                Step::new(Completed, &[Acknowledge, Deliver], clocks, X::CallingFailure)
            }
            (Proceeding, I::Failure) => {
                Step::new(Completed, &[Acknowledge, Deliver], &[Start(D)], X::ProceedingFailure)
            }
            (Completed, I::Failure) => Step::new(Completed, &[Acknowledge], &[], X::CompletedFailure),
            (Completed, I::Timer(D)) => Step::new(Terminated, &[], &[], X::EndedByD),
            // §17.1.4
            (Calling, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::CallingTransport)
            }
            (Proceeding, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::ProceedingTransport)
            }
            (Completed, I::TransportError) => Step::new(Terminated, &[], &[], X::CompletedTransport),
            // §9.1
            (Proceeding, I::Abandon) => Step::new(Terminated, &[TimedOut], &[], X::ProceedingAbandoned),
            // RFC 6026 §7.2
            (Accepted, I::Success) => Step::new(Accepted, &[Deliver], &[], X::AcceptedSuccess),
            (Accepted, I::Timer(M)) => Step::new(Terminated, &[], &[], X::EndedByM),
            // Late provisionals, and inputs that cannot come in these states.
            (Calling, I::Timer(D | M) | I::Abandon)
            | (Proceeding, I::Start | I::Timer(A | B | D | M))
            | (Completed, I::Start | I::Provisional | I::Success | I::Timer(A | B | M) | I::Abandon)
            | (
                Accepted,
                I::Start | I::Provisional | I::Failure | I::Timer(A | B | D) | I::TransportError | I::Abandon,
            )
            | (
                Terminated,
                I::Start
                | I::Provisional
                | I::Success
                | I::Failure
                | I::Timer(A | B | D | M)
                | I::TransportError
                | I::Abandon,
            ) => Step::ignored(state),
        }
    }

    fn interval(timer: Timer, transport: Transport) -> Option<Duration> {
        match timer {
            Timer::A => transport.only_unreliable(T1),
            Timer::B | Timer::M => Some(GIVE_UP),
            Timer::D => transport.zero_if_reliable(GIVE_UP),
        }
    }

    fn longer(_: Timer, _: State, last: Duration) -> Duration {
        last * 2
    }

    fn fired(timer: Timer) -> Input {
        Input::Timer(timer)
    }
}
