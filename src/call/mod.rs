//! A caller's visit from INVITE to the last packet, as phases. Pure.
//!
//! Does not know transactions, sockets, menus' contents, routing or media: the engine tells it
//! what they did and does what it says.

pub mod announce;
mod arms;
mod message;
mod phase;
mod promise;
mod talk;
#[cfg(test)]
mod tests;
mod transfer;

use std::time::Duration;

use crate::event::{
    EndedBy, EventKind, KeyedAnswer, LeftQueue, Outcome, OverflowReason, OverflowTarget, Refusal, TransferEnd,
};
use crate::ids::{AgentId, DeviceId, Key, Language, MenuId, QueueId};
use crate::now::Mono;
use crate::sealed::{CallerNumber, Redacted, Sealed};

pub use arms::{Arm, Arms};
pub use phase::Phase;
pub use promise::Promise;
use transfer::not_transferred;

/// Longest message a caller may leave.
pub const MESSAGE_LIMIT: Duration = Duration::from_secs(180);
/// Shorter than this, what was said is no message.
pub const MESSAGE_LEAST: Duration = Duration::from_secs(1);

/// What happened to the call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// The caller's leg has its sockets and the recording has begun.
    Opened,
    /// There is no media for this call.
    OpenFailed(Refusal),
    /// The caller hung up, cancelled, or the dialog is gone.
    CallerGone,
    /// Signalling or media of the caller failed.
    CallerFailed,
    /// The menus are done with the visit.
    MenuDone {
        exit: MenuExit,
        language: Language,
    },
    Queued {
        queue: QueueId,
        waiting: u32,
    },
    /// Routing sends the caller on.
    Overflow {
        to: OverflowTarget,
        reason: OverflowReason,
    },
    Announce {
        position: u32,
        estimate: Option<Duration>,
    },
    /// An agent is being rung.
    Offered {
        agent: AgentId,
        device: DeviceId,
    },
    /// The ringing is over without a talk.
    OfferOver,
    /// The agent picked up and routing connects them.
    Connect {
        agent: AgentId,
    },
    AgentGone,
    AgentHolds,
    AgentResumes,
    /// A key outside the menus.
    Key(Key),
    /// What the last [`Action::Hear`] asked for has been heard.
    Played,
    /// [`MESSAGE_LIMIT`] is over.
    MessageLimit,
    /// The caller wants to be rung back; the menus go on once it is promised.
    CallbackWanted {
        queue: QueueId,
        number: Sealed<CallerNumber>,
    },
    /// What [`Action::Promise`] asked for is on the disk for good,
    Kept,
    /// or was not in time.
    NotKept,
    /// Somebody picked up at the number the call is sent on to,
    TransferAnswered,
    /// nobody did,
    TransferFailed(TransferEnd),
    /// or they hung up again.
    CalleeGone,
    /// Result of a star code.
    StaffDone(StaffResult),
    /// The server stops: its deadline for running calls is over.
    Stop,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MenuExit {
    Queue(QueueId),
    Message(Option<QueueId>),
    Complaint(Complaint),
    Transfer(Transfer),
    End,
}

/// A complaint about to be spoken, with what was keyed in before (CBA-41).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    pub menu: MenuId,
    pub node: String,
    pub queue: Option<QueueId>,
    pub answers: Vec<KeyedAnswer>,
}

/// Where a call is sent on to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    pub number: Redacted<String>,
    /// The same for the journal.
    pub sealed: Sealed<CallerNumber>,
    /// Takes the caller if nobody answers there.
    pub otherwise: QueueId,
}

/// What a member of staff hears after a star code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StaffResult {
    SignedIn,
    SignedOut,
    Ready,
    NotReady,
    /// An emergency plan is in force,
    PlanStarted,
    /// waits for a second person,
    PlanProposed,
    /// or is over.
    PlanEnded,
    Refused,
}

/// Something the caller is to hear; the engine knows the prompts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Tune {
    /// "All our agents are busy", then hold audio.
    Welcome,
    /// Position and honest estimate, then hold audio.
    Position {
        position: u32,
        estimate: Option<Duration>,
    },
    /// The choices while waiting, then hold audio.
    Choices,
    Hold,
    /// The agent's work number (HB-id).
    AgentNumber(AgentId),
    /// What to do, then the tone.
    MessageIntro,
    /// Silence while the caller speaks.
    Listen,
    MessageThanks,
    /// Nobody answers at the other number; a person follows.
    TransferFailed,
    Staff(StaffResult),
    /// Nothing could be recorded any more or the like: an excuse, then the end.
    Sorry,
}

/// What the engine has to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Send 200 with our session description.
    Answer,
    Refuse(Refusal),
    StartMenu,
    /// Carry out the star code that was dialled.
    StartStaff,
    EnterQueue(QueueId),
    LeaveQueue(LeftQueue),
    Hear(Tune),
    StartMessageLimit,
    /// Say [`Input::Kept`] when everything so far is on the disk for good, or [`Input::NotKept`].
    Promise,
    /// The promise is kept: the menus go on where they were.
    ResumeMenu,
    /// Ring this number; say [`Input::TransferAnswered`] or [`Input::TransferFailed`].
    Dial(Redacted<String>),
    Bridge(Joined),
    /// Dialog and leg of the agent, or of whoever is rung at another number, end: CANCEL while
    /// ringing, else BYE.
    EndPeer,
    /// Routing: the agent's talk is over.
    ReleaseAgent(AgentId),
    HoldAgent(AgentId),
    ResumeAgent(AgentId),
    /// BYE to the caller.
    HangUp,
    /// Close all legs and finish the recording.
    CloseMedia,
    Fact(EventKind),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Joined {
    Together,
    Apart,
}

/// How the visit ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    pub outcome: Outcome,
    pub by: EndedBy,
    /// When it ended for the caller.
    pub at: Mono,
}

/// Whether a caller or a member of staff rings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visitor {
    Customer,
    Staff,
}

/// One caller's visit.
#[derive(Clone, Debug)]
pub struct Call {
    visitor: Visitor,
    phase: Phase,
    answered: Option<Mono>,
    language: Option<Language>,
    /// The queue last entered: where a message belongs, and where `0` leads back to.
    queue: Option<QueueId>,
    /// The best the visit has come to; what it ends as if the caller simply hangs up.
    reached: Outcome,
    /// What the next message is.
    complaint: Option<Complaint>,
    ended: Option<Ended>,
    arm: Option<Arm>,
}

impl Call {
    pub fn new(visitor: Visitor) -> Self {
        let reached = match visitor {
            Visitor::Customer => Outcome::SelfService,
            Visitor::Staff => Outcome::Staff,
        };
        Call {
            visitor,
            phase: Phase::Opening,
            answered: None,
            language: None,
            queue: None,
            reached,
            complaint: None,
            ended: None,
            arm: None,
        }
    }

    /// The arm of the table the last input took; none after the end.
    pub fn arm(&self) -> Option<Arm> {
        self.arm
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    pub fn answered(&self) -> Option<Mono> {
        self.answered
    }

    pub fn ended(&self) -> Option<Ended> {
        self.ended
    }

    pub fn language(&self) -> Option<&Language> {
        self.language.as_ref()
    }

    pub fn queue(&self) -> Option<&QueueId> {
        self.queue.as_ref()
    }

    /// The agent rung or talked to.
    pub fn agent(&self) -> Option<&AgentId> {
        self.phase.agent()
    }

    /// Milliseconds from the answer to the end; 0 if never answered.
    pub fn duration_ms(&self) -> u64 {
        match (self.answered, self.ended) {
            (Some(from), Some(ended)) => millis(ended.at.since(from)),
            _ => 0,
        }
    }

    /// Milliseconds since the answer.
    pub fn since_answer_ms(&self, now: Mono) -> u64 {
        self.answered.map_or(0, |at| millis(now.since(at)))
    }

    /// Take an input; what is to be done comes back in order.
    pub fn handle(&mut self, now: Mono, input: Input) -> Vec<Action> {
        self.arm = None;
        if self.ended.is_some() {
            return Vec::new();
        }
        let (arm, actions) = self.step(now, input);
        self.arm = Some(arm);
        actions
    }

    /// The caller is to be gone: leave the phase properly, then close everything.
    fn finish(&mut self, now: Mono, outcome: Outcome, by: EndedBy) -> Vec<Action> {
        let mut actions = self.leave_phase(now, by);
        self.ended = Some(Ended { outcome, by, at: now });
        self.phase = Phase::Ending;
        if by != EndedBy::Caller {
            actions.push(Action::HangUp);
        }
        actions.push(Action::CloseMedia);
        actions
    }

    /// What ending here means for queue, agent and message.
    fn leave_phase(&mut self, now: Mono, by: EndedBy) -> Vec<Action> {
        match std::mem::replace(&mut self.phase, Phase::Ending) {
            Phase::Waiting { offered } => {
                let left = if by == EndedBy::Caller { LeftQueue::Abandoned } else { LeftQueue::Lost };
                let mut actions = vec![Action::LeaveQueue(left)];
                actions.extend(offered.map(|_| Action::EndPeer));
                actions
            }
            Phase::Connecting { agent } => vec![Action::EndPeer, Action::ReleaseAgent(agent)],
            Phase::Talking { agent, since } => self.talk_ended(now, agent, since, by),
            Phase::Holding { agent, since, held } => {
                let mut actions = vec![Action::Fact(EventKind::HoldEnded {
                    agent: agent.clone(),
                    held_ms: millis(now.since(held)),
                })];
                actions.extend(self.talk_ended(now, agent, since, by));
                actions
            }
            Phase::Recording { since } => self.message_left(now, since),
            Phase::Dialling { since, .. } => {
                let end = if by == EndedBy::Caller { TransferEnd::CallerGone } else { TransferEnd::Lost };
                vec![not_transferred(now, since, end, by), Action::EndPeer]
            }
            Phase::Transferred { since, rang_ms } => {
                let talked_ms = millis(now.since(since));
                let end = TransferEnd::Answered;
                let ended = EventKind::TransferEnded { end, rang_ms, talked_ms, by };
                vec![Action::Fact(ended), Action::EndPeer]
            }
            Phase::Opening
            | Phase::Menu
            | Phase::Keeping { .. }
            | Phase::Entering
            | Phase::NotTransferred { .. }
            | Phase::MessageIntro
            | Phase::Staff
            | Phase::Farewell { .. }
            | Phase::Ending => Vec::new(),
        }
    }
}

fn millis(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}
