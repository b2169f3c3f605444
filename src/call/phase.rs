//! The phases of a visit and the table of what each input does in each.

use super::{Action, Arm, Call, Input, MenuExit, Promise, Tune, Visitor};
use crate::event::{EndedBy, EventKind, LeftQueue, Outcome, OverflowTarget, Refusal};
use crate::ids::{AgentId, DeviceId, Key, QueueId};
use crate::now::Mono;

/// Where a visit stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// INVITE came; sockets and spool are being opened. Not answered yet.
    Opening,
    Menu,
    /// What the caller is about to be promised is being written for good; they hear of it after that.
    Keeping {
        promise: Promise,
    },
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
    /// Another number is rung for the caller, who hears hold audio.
    Dialling {
        otherwise: QueueId,
        since: Mono,
    },
    /// The caller talks with whoever answered there.
    Transferred {
        since: Mono,
        rang_ms: u64,
    },
    /// The caller is told that nobody answers there.
    NotTransferred {
        otherwise: QueueId,
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
            Phase::Keeping { promise: Promise::Callback { .. } } => "callback",
            Phase::Keeping { promise: Promise::Complaint } => "message",
            Phase::Dialling { .. } | Phase::Transferred { .. } | Phase::NotTransferred { .. } => "transfer",
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
    pub(super) fn step(&mut self, now: Mono, input: Input) -> (Arm, Vec<Action>) {
        use Input as I;
        use Phase as P;
        match (self.phase.clone(), input) {
            (P::Opening, I::Opened) => (Arm::Opened, self.answer(now)),
            (P::Opening, I::OpenFailed(why)) => (Arm::NotOpened, self.refuse(now, why)),
            (P::Opening, I::CallerGone | I::CallerFailed) => {
                (Arm::GivenUpEarly, self.finish(now, Outcome::Cancelled, EndedBy::Caller))
            }
            (_, I::CallerGone) => (Arm::HungUp, self.finish(now, self.outcome_if_gone(now), EndedBy::Caller)),
            (_, I::CallerFailed) => (Arm::CallerLost, self.finish(now, Outcome::Failed, EndedBy::Server)),
            (_, I::Stop) => (Arm::Stopped, self.finish(now, Outcome::Interrupted, EndedBy::Server)),
            (P::Menu, I::MenuDone { exit, language }) => {
                self.language = Some(language);
                (Arm::MenuLeft, self.leave_menu(now, exit))
            }
            (P::Entering, I::Queued { queue, waiting }) => (Arm::Queued, self.wait(queue, waiting)),
            (P::Entering, I::Overflow { to, .. }) => (Arm::TurnedAway, self.overflow(to)),
            (P::Waiting { .. }, I::Overflow { to, .. }) => (Arm::SentOn, self.overflow(to)),
            (P::Waiting { .. }, I::Announce { position, estimate }) => {
                (Arm::Told, vec![Action::Hear(Tune::Position { position, estimate })])
            }
            (P::Waiting { .. }, I::Offered { agent, device }) => {
                self.phase = P::Waiting { offered: Some((agent, device)) };
                (Arm::Rung, Vec::new())
            }
            (P::Waiting { offered: Some(_) }, I::OfferOver) => {
                self.phase = P::Waiting { offered: None };
                (Arm::NotTaken, vec![Action::EndPeer])
            }
            (P::Waiting { .. }, I::Key(Key::Digit(0))) => (Arm::AskedWhat, vec![Action::Hear(Tune::Choices)]),
            (P::Waiting { offered }, I::Key(Key::Star)) => {
                (Arm::LeftForMessage, self.leave_for_message(offered.is_some()))
            }
            (P::Waiting { .. }, I::Connect { agent }) => (Arm::PickedUp, self.connect(agent)),
            (P::Connecting { agent }, I::Played) => (Arm::NumberHeard, self.start_talk(now, agent)),
            (P::Connecting { .. }, I::AgentGone) => (Arm::AgentLeftEarly, self.agent_left(now)),
            (P::Talking { .. }, I::AgentGone) => (Arm::AgentLeft, self.agent_left(now)),
            (P::Holding { .. }, I::AgentGone) => (Arm::AgentLeftHolding, self.agent_left(now)),
            (P::Talking { agent, since }, I::AgentHolds) => {
                (Arm::PutOnHold, self.hold_talk(now, agent, since))
            }
            (P::Holding { agent, since, held }, I::AgentResumes) => {
                (Arm::TakenBack, self.resume_talk(now, agent, since, held))
            }
            (P::MessageIntro, I::Played) => (Arm::MessageBegins, self.start_recording(now)),
            (P::MessageIntro, I::Key(key)) => (Arm::KeyInIntro, self.message_key(now, key)),
            (P::Recording { .. }, I::Key(key)) => (Arm::KeyInMessage, self.message_key(now, key)),
            (P::Recording { .. }, I::MessageLimit) => (Arm::MessageFull, self.end_message(now)),
            (P::Staff, I::StaffDone(result)) => {
                self.phase = P::Farewell { outcome: Outcome::Staff };
                (Arm::StaffTold, vec![Action::Hear(Tune::Staff(result))])
            }
            (P::Farewell { outcome }, I::Played) => {
                (Arm::FarewellHeard, self.finish(now, outcome, EndedBy::Server))
            }
            (phase, input) => self.step_aside(now, phase, input),
        }
    }

    /// The rest of the table: promises and other numbers.
    fn step_aside(&mut self, now: Mono, phase: Phase, input: Input) -> (Arm, Vec<Action>) {
        use Input as I;
        use Phase as P;
        match (phase, input) {
            (P::Menu, I::CallbackWanted { queue, number }) => {
                (Arm::CallbackWanted, self.promise_callback(queue, number))
            }
            (P::Keeping { promise: Promise::Callback { .. } }, I::Kept) => {
                self.phase = P::Menu;
                (Arm::CallbackKept, vec![Action::ResumeMenu])
            }
            (P::Keeping { promise: Promise::Callback { queue } }, I::NotKept) => {
                (Arm::CallbackNotKept, self.enter(queue))
            }
            (P::Keeping { promise: Promise::Complaint }, I::Kept) => {
                self.phase = P::Farewell { outcome: Outcome::Complaint };
                (Arm::ComplaintKept, vec![Action::Hear(Tune::MessageThanks)])
            }
            (P::Keeping { promise: Promise::Complaint }, I::NotKept) => {
                (Arm::ComplaintNotKept, self.complaint_not_kept())
            }
            (P::Dialling { since, .. }, I::TransferAnswered) => {
                (Arm::TransferTaken, self.transferred(now, since))
            }
            (P::Dialling { otherwise, since }, I::TransferFailed(end)) => {
                (Arm::TransferNotTaken, self.transfer_failed(now, (otherwise, since), end))
            }
            (P::Dialling { otherwise, since }, I::Key(Key::Digit(0) | Key::Star)) => {
                (Arm::TransferGivenUp, self.give_up_transfer(now, otherwise, since))
            }
            (P::NotTransferred { otherwise }, I::Played) => (Arm::ToldNobodyAnswers, self.enter(otherwise)),
            (P::NotTransferred { otherwise }, I::Key(Key::Digit(0) | Key::Star)) => {
                (Arm::NotToldNobodyAnswers, self.enter(otherwise))
            }
            (P::Transferred { .. }, I::CalleeGone) => {
                (Arm::CalleeLeft, self.finish(now, Outcome::Transferred, EndedBy::Callee))
            }
            (_, _) => (Arm::Meaningless, Vec::new()),
        }
    }

    fn refuse(&mut self, now: Mono, why: Refusal) -> Vec<Action> {
        let mut actions = vec![Action::Refuse(why)];
        actions.extend(self.finish(now, Outcome::Refused, EndedBy::Caller));
        actions
    }

    fn wait(&mut self, queue: QueueId, waiting: u32) -> Vec<Action> {
        self.phase = Phase::Waiting { offered: None };
        self.reached = Outcome::Abandoned;
        self.queue = Some(queue.clone());
        vec![Action::Fact(EventKind::QueueEntered { queue, waiting }), Action::Hear(Tune::Welcome)]
    }

    fn connect(&mut self, agent: AgentId) -> Vec<Action> {
        self.phase = Phase::Connecting { agent: agent.clone() };
        self.reached = Outcome::Agent;
        vec![Action::Hear(Tune::AgentNumber(agent))]
    }

    fn agent_left(&mut self, now: Mono) -> Vec<Action> {
        self.finish(now, Outcome::Agent, EndedBy::Agent)
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
            MenuExit::Complaint(complaint) => {
                self.queue.clone_from(&complaint.queue);
                self.complaint = Some(complaint);
                self.start_message()
            }
            MenuExit::Transfer(transfer) => self.start_transfer(now, transfer),
            MenuExit::End => self.finish(now, self.reached, EndedBy::Server),
        }
    }

    pub(super) fn enter(&mut self, queue: QueueId) -> Vec<Action> {
        self.phase = Phase::Entering;
        self.queue = Some(queue.clone());
        self.reached = Outcome::Abandoned;
        vec![Action::EnterQueue(queue)]
    }

    fn overflow(&mut self, to: OverflowTarget) -> Vec<Action> {
        match to {
            OverflowTarget::Queue(queue) => self.enter(queue),
            // A queue promises no callbacks yet: a message is the promise we can keep.
            OverflowTarget::Message | OverflowTarget::Callback => self.start_message(),
        }
    }

    fn leave_for_message(&mut self, ringing: bool) -> Vec<Action> {
        let mut actions = vec![Action::LeaveQueue(LeftQueue::Message)];
        if ringing {
            actions.push(Action::EndPeer);
        }
        actions.extend(self.start_message());
        actions
    }

    /// What hanging up now makes of the visit.
    fn outcome_if_gone(&self, now: Mono) -> Outcome {
        match self.phase {
            Phase::Recording { since } if now.since(since) >= super::MESSAGE_LEAST => {
                if self.complaint.is_some() { Outcome::Complaint } else { Outcome::Message }
            }
            Phase::Farewell { outcome } => outcome,
            _ => self.reached,
        }
    }
}
