//! The phases of a visit and the table of what each input does in each.

use super::{Action, Call, Input, Joined, MenuExit, Tune, Visitor};
use crate::event::{EndedBy, EventKind, LeftQueue, Outcome, OverflowTarget};
use crate::ids::{AgentId, DeviceId, Key};
use crate::now::Mono;

/// Where a visit stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// INVITE came; sockets and spool are being opened. Not answered yet.
    Opening,
    Menu,
    /// Routing has been asked to take the caller and answers in the same turn.
    Entering,
    /// In a queue; `offered` while an agent's telephone rings.
    Waiting {
        offered: Option<(AgentId, DeviceId)>,
    },
    /// The agent picked up; the caller hears the work number.
    Connecting {
        agent: AgentId,
    },
    Talking {
        agent: AgentId,
        since: Mono,
    },
    /// The agent has put the caller on hold: hold audio, never the consultation (HB-mute).
    Holding {
        agent: AgentId,
        since: Mono,
        held: Mono,
    },
    MessageIntro,
    /// The caller speaks a message.
    Recording {
        since: Mono,
    },
    Staff,
    /// Last words are played, then the call ends as this.
    Farewell {
        outcome: Outcome,
    },
    Ending,
}

impl Phase {
    /// Word of the phase for people (`hotline calls`, API).
    pub fn word(&self) -> &'static str {
        match self {
            Phase::Opening => "ringing",
            Phase::Menu => "menu",
            Phase::Entering | Phase::Waiting { offered: None } => "waiting",
            Phase::Waiting { offered: Some(_) } => "offered",
            Phase::Connecting { .. } | Phase::Talking { .. } => "talking",
            Phase::Holding { .. } => "hold",
            Phase::MessageIntro | Phase::Recording { .. } => "message",
            Phase::Staff => "staff",
            Phase::Farewell { .. } | Phase::Ending => "ending",
        }
    }

    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Phase::Waiting { offered: Some((agent, _)) }
            | Phase::Connecting { agent }
            | Phase::Talking { agent, .. }
            | Phase::Holding { agent, .. } => Some(agent),
            _ => None,
        }
    }
}

impl Call {
    /// The table. Inputs that mean nothing in a phase (late messages of another) are ignored.
    pub(super) fn step(&mut self, now: Mono, input: Input) -> Vec<Action> {
        match (self.phase.clone(), input) {
            (Phase::Opening, Input::Opened) => self.answer(now),
            (Phase::Opening, Input::OpenFailed(why)) => {
                let mut actions = vec![Action::Refuse(why)];
                actions.extend(self.finish(now, Outcome::Refused, EndedBy::Caller));
                actions
            }
            (Phase::Opening, Input::CallerGone | Input::CallerFailed) => {
                self.finish(now, Outcome::Cancelled, EndedBy::Caller)
            }
            (_, Input::CallerGone) => self.finish(now, self.outcome_if_gone(now), EndedBy::Caller),
            (_, Input::CallerFailed) => self.finish(now, Outcome::Failed, EndedBy::Server),
            (_, Input::Stop) => self.finish(now, Outcome::Interrupted, EndedBy::Server),
            (Phase::Menu, Input::MenuDone { exit, language }) => {
                self.language = Some(language);
                self.leave_menu(now, exit)
            }
            (Phase::Entering, Input::Queued { queue, waiting }) => {
                self.phase = Phase::Waiting { offered: None };
                self.reached = Outcome::Abandoned;
                self.queue = Some(queue.clone());
                vec![Action::Fact(EventKind::QueueEntered { queue, waiting }), Action::Hear(Tune::Welcome)]
            }
            (Phase::Entering | Phase::Waiting { .. }, Input::Overflow { to, .. }) => self.overflow(to),
            (Phase::Waiting { .. }, Input::Announce { position, estimate }) => {
                vec![Action::Hear(Tune::Position { position, estimate })]
            }
            (Phase::Waiting { .. }, Input::Offered { agent, device }) => {
                self.phase = Phase::Waiting { offered: Some((agent, device)) };
                Vec::new()
            }
            (Phase::Waiting { offered: Some(_) }, Input::OfferOver) => {
                self.phase = Phase::Waiting { offered: None };
                vec![Action::EndAgent]
            }
            (Phase::Waiting { .. }, Input::Key(Key::Digit(0))) => vec![Action::Hear(Tune::Choices)],
            (Phase::Waiting { offered }, Input::Key(Key::Star)) => self.leave_for_message(offered.is_some()),
            (Phase::Waiting { .. }, Input::Connect { agent }) => {
                self.phase = Phase::Connecting { agent: agent.clone() };
                self.reached = Outcome::Agent;
                vec![Action::Hear(Tune::AgentNumber(agent))]
            }
            (Phase::Connecting { agent }, Input::Played) => self.start_talk(now, agent),
            (Phase::Connecting { .. } | Phase::Talking { .. } | Phase::Holding { .. }, Input::AgentGone) => {
                self.finish(now, Outcome::Agent, EndedBy::Agent)
            }
            (Phase::Talking { agent, since }, Input::AgentHolds) => {
                self.phase = Phase::Holding { agent: agent.clone(), since, held: now };
                vec![
                    Action::Bridge(Joined::Apart),
                    Action::Hear(Tune::Hold),
                    Action::HoldAgent(agent.clone()),
                    Action::Fact(EventKind::HoldStarted { agent }),
                ]
            }
            (Phase::Holding { agent, since, held }, Input::AgentResumes) => {
                self.resume_talk(now, agent, since, held)
            }
            (Phase::MessageIntro, Input::Played) => self.start_recording(now),
            (Phase::MessageIntro | Phase::Recording { .. }, Input::Key(key)) => self.message_key(now, key),
            (Phase::Recording { .. }, Input::MessageLimit) => self.end_message(now),
            (Phase::Staff, Input::StaffDone(result)) => {
                self.phase = Phase::Farewell { outcome: Outcome::Staff };
                vec![Action::Hear(Tune::Staff(result))]
            }
            (Phase::Farewell { outcome }, Input::Played) => self.finish(now, outcome, EndedBy::Server),
            (_, _) => Vec::new(),
        }
    }

    fn answer(&mut self, now: Mono) -> Vec<Action> {
        self.answered = Some(now);
        let start = match self.visitor {
            Visitor::Customer => {
                self.phase = Phase::Menu;
                Action::StartMenu
            }
            Visitor::Staff => {
                self.phase = Phase::Staff;
                Action::StartStaff
            }
        };
        vec![Action::Answer, start]
    }

    fn leave_menu(&mut self, now: Mono, exit: MenuExit) -> Vec<Action> {
        match exit {
            MenuExit::Queue(queue) => self.enter(queue.clone()),
            MenuExit::Message(queue) => {
                self.queue = queue;
                self.start_message()
            }
            MenuExit::End => self.finish(now, Outcome::SelfService, EndedBy::Server),
        }
    }

    pub(super) fn enter(&mut self, queue: crate::ids::QueueId) -> Vec<Action> {
        self.phase = Phase::Entering;
        self.queue = Some(queue.clone());
        self.reached = Outcome::Abandoned;
        vec![Action::EnterQueue(queue)]
    }

    fn overflow(&mut self, to: OverflowTarget) -> Vec<Action> {
        match to {
            OverflowTarget::Queue(queue) => self.enter(queue),
            // Callbacks are not offered yet: a message is the promise we can keep.
            OverflowTarget::Message | OverflowTarget::Callback => self.start_message(),
        }
    }

    fn leave_for_message(&mut self, ringing: bool) -> Vec<Action> {
        let mut actions = vec![Action::LeaveQueue(LeftQueue::Message)];
        if ringing {
            actions.push(Action::EndAgent);
        }
        actions.extend(self.start_message());
        actions
    }

    /// What hanging up now makes of the visit.
    fn outcome_if_gone(&self, now: Mono) -> Outcome {
        match self.phase {
            Phase::Recording { since } if now.since(since) >= super::MESSAGE_LEAST => Outcome::Message,
            Phase::Farewell { outcome } => outcome,
            _ => self.reached,
        }
    }
}
