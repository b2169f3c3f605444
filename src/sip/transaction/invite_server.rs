//! INVITE server transaction: an INVITE to us until its final response is acknowledged
//! (RFC 3261 §17.2.1, RFC 6026 §7.1).

use std::time::Duration;

use super::Action::*;
use super::Clock::*;
use super::{GIVE_UP, Kind, Step, T1, T2, T4, Transport};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Proceeding,
    /// Final response other than 2xx sent, ACK awaited.
    Completed,
    /// ACK came; further ones are absorbed.
    Confirmed,
    /// 2xx sent: the user retransmits it, the transaction absorbs INVITEs (RFC 6026).
    Accepted,
    Terminated,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// The INVITE again.
    Request,
    Ack,
    /// The user sends 1xx,
    Provisional,
    /// 2xx (also again),
    Success,
    /// or 300–699.
    Failure,
    Timer(Timer),
    TransportError,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Retransmits the final response, doubling from T1 to T2.
    G,
    /// Gives up waiting for ACK.
    H,
    /// Absorbs retransmitted ACKs.
    I,
    /// Absorbs retransmitted INVITEs after 2xx (RFC 6026).
    L,
}

super::transitions! { "invite server", 1;
    ProceedingRequest = "Proceeding, INVITE again",
    ProceedingProvisional = "Proceeding, 1xx from user",
    ProceedingSuccess = "Proceeding, 2xx from user -> Accepted",
    ProceedingFailure = "Proceeding, 3xx-6xx from user -> Completed",
    ProceedingTransport = "Proceeding, transport error -> Terminated",
    CompletedRequest = "Completed, INVITE again",
    CompletedAck = "Completed, ACK -> Confirmed",
    ResentByG = "Completed, timer G",
    GivenUpByH = "Completed, timer H -> Terminated",
    CompletedTransport = "Completed, transport error -> Terminated",
    ConfirmedAck = "Confirmed, ACK again",
    EndedByI = "Confirmed, timer I -> Terminated",
    AcceptedRequest = "Accepted, INVITE again",
    AcceptedAck = "Accepted, ACK to user",
    AcceptedSuccess = "Accepted, 2xx again from user",
    EndedByL = "Accepted, timer L -> Terminated",
}

pub struct InviteServer;

impl Kind for InviteServer {
    type State = State;
    type Input = Input;
    type Timer = Timer;
    type Transition = Transition;
    const FIRST: State = State::Proceeding;
    const TERMINATED: State = State::Terminated;

    fn step(state: State, input: Input) -> Step<Self> {
        use Input as I;
        use State::*;
        use Timer as T;
        use Transition as X;
        match (state, input) {
            // §17.2.1
            (Proceeding, I::Request) => Step::new(Proceeding, &[Retransmit], &[], X::ProceedingRequest),
            (Proceeding, I::Provisional) => Step::new(Proceeding, &[Transmit], &[], X::ProceedingProvisional),
            (Proceeding, I::Failure) => {
                Step::new(Completed, &[Transmit], &[Start(T::G), Start(T::H)], X::ProceedingFailure)
            }
            // RFC 6026 §7.1
            (Proceeding, I::Success) => {
                Step::new(Accepted, &[Transmit], &[Start(T::L)], X::ProceedingSuccess)
            }
            (Proceeding, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::ProceedingTransport)
            }
            // §17.2.1
            (Completed, I::Request) => Step::new(Completed, &[Retransmit], &[], X::CompletedRequest),
            (Completed, I::Timer(T::G)) => Step::new(Completed, &[Retransmit], &[Again(T::G)], X::ResentByG),
            (Completed, I::Timer(T::H)) => Step::new(Terminated, &[TimedOut], &[], X::GivenUpByH),
            (Completed, I::Ack) => {
                Step::new(Confirmed, &[], &[Stop(T::G), Stop(T::H), Start(T::I)], X::CompletedAck)
            }
            // §17.2.4
            (Completed, I::TransportError) => {
                Step::new(Terminated, &[TransportFailed], &[], X::CompletedTransport)
            }
            // §17.2.1
            (Confirmed, I::Ack) => Step::new(Confirmed, &[], &[], X::ConfirmedAck),
            (Confirmed, I::Timer(T::I)) => Step::new(Terminated, &[], &[], X::EndedByI),
            // RFC 6026 §7.1: retransmissions are absorbed, the user repeats its 2xx by itself.
            (Accepted, I::Request) => Step::new(Accepted, &[], &[], X::AcceptedRequest),
            (Accepted, I::Ack) => Step::new(Accepted, &[Deliver], &[], X::AcceptedAck),
            (Accepted, I::Success) => Step::new(Accepted, &[Retransmit], &[], X::AcceptedSuccess),
            (Accepted, I::Timer(T::L)) => Step::new(Terminated, &[], &[], X::EndedByL),
            // A second final response, and inputs that cannot come in these states.
            (Proceeding, I::Ack | I::Timer(T::G | T::H | T::I | T::L))
            | (Completed, I::Provisional | I::Success | I::Failure | I::Timer(T::I | T::L))
            | (
                Confirmed,
                I::Request
                | I::Provisional
                | I::Success
                | I::Failure
                | I::Timer(T::G | T::H | T::L)
                | I::TransportError,
            )
            | (Accepted, I::Provisional | I::Failure | I::Timer(T::G | T::H | T::I) | I::TransportError)
            | (
                Terminated,
                I::Request
                | I::Ack
                | I::Provisional
                | I::Success
                | I::Failure
                | I::Timer(T::G | T::H | T::I | T::L)
                | I::TransportError,
            ) => Step::ignored(state),
        }
    }

    fn interval(timer: Timer, transport: Transport) -> Option<Duration> {
        match timer {
            Timer::G => transport.only_unreliable(T1),
            Timer::H | Timer::L => Some(GIVE_UP),
            Timer::I => transport.zero_if_reliable(T4),
        }
    }

    fn longer(_: Timer, _: State, last: Duration) -> Duration {
        (last * 2).min(T2)
    }

    fn fired(timer: Timer) -> Input {
        Input::Timer(timer)
    }
}
