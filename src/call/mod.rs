//! A caller's visit from INVITE to the last packet, as phases. Pure.
//!
//! Does not know transactions, sockets, menus' contents, routing or media: the engine tells it
//! what they did and does what it says.

mod arms;
mod message;
mod phase;
mod talk;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::event::{EndedBy, EventKind, LeftQueue, Outcome, OverflowReason, OverflowTarget, Refusal};
use crate::ids::{AgentId, DeviceId, Key, Language, QueueId};
use crate::now::Mono;

pub use arms::{Arm, Arms};
pub use phase::Phase;

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
    /// Result of a star code.
    StaffDone(StaffResult),
    /// The server stops: its deadline for running calls is over.
    Stop,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MenuExit {
    Queue(QueueId),
    Message(Option<QueueId>),
    End,
}

/// What a member of staff hears after a star code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StaffResult {
    SignedIn,
    SignedOut,
    Ready,
    NotReady,
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
    Bridge(Joined),
    /// Agent's dialog and leg end: CANCEL while ringing, else BYE.
    EndAgent,
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
                actions.extend(offered.map(|_| Action::EndAgent));
                actions
            }
            Phase::Connecting { agent } => vec![Action::EndAgent, Action::ReleaseAgent(agent)],
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
            Phase::Opening
            | Phase::Menu
            | Phase::Entering
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
