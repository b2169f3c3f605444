//! Everything around the hotline: the shell that archives and verifies, supervisors, and what
//! goes wrong in a house in the course of a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::network::{below, between};
use crate::engine::command::{Command, Request};
use crate::engine::{AlarmState, CallerBook, Input, Output, Verdict};
use crate::event::{Actor, AgentState, Alarm, EventKind};
use crate::ids::{AgentId, CallId, DeviceId, PlanId, WorkerId};
use crate::media::command::MediaEvent;
use crate::menu::api::CallerList;
use crate::menu::ask::{Answer, Failure, Question};
use crate::now::Mono;
use crate::sealed::{Hasher, Redacted};

#[derive(Default)]
pub(super) struct Office {
    due: BTreeMap<(Mono, u64), Input>,
    n: u64,
    /// Call of each caller's number.
    pub calls: BTreeMap<String, CallId>,
}

/// Of the hashes of callers' numbers.
pub(super) const HASH_KEY: [u8; 32] = [9; 32];

/// Lists of callers: every so many of them is known for something.
fn book() -> CallerBook {
    let hasher = Hasher::new(&HASH_KEY);
    let mut book = CallerBook::default();
    for n in 0..2_000 {
        let list = match n % 40 {
            0 => CallerList::Elderly,
            1 => CallerList::Vip,
            2 => CallerList::Blocked,
            _ => continue,
        };
        book.insert(hasher.number(&format!("1380000{n:04}")), list);
    }
    book
}

/// What the bank's system says, or why it says nothing.
fn answer(rng: &mut ChaCha20Rng, question: &Question) -> Result<Answer, Failure> {
    let fields = |name: &str, value: &str| {
        let fields = BTreeMap::from([(name.to_owned(), Redacted(value.to_owned()))]);
        Ok(Answer { fields })
    };
    match (question.path.as_str(), below(rng, 10)) {
        (_, 0) => Err(Failure::Unreachable),
        ("/verify", 1) => fields("result", "locked"),
        ("/verify", 2..=5) => fields("result", "wrong"),
        ("/verify", _) => fields("result", "verified"),
        (_, 1) => fields("balance", "a lot"),
        (_, 2) => Err(Failure::TimedOut),
        _ => fields("balance", "1234.56"),
    }
}

pub(super) fn order(command: Command) -> Input {
    Input::Request(Request { id: 0, actor: Actor::Server, command })
}

impl Office {
    pub fn at(&mut self, at: Mono, input: Input) {
        self.n += 1;
        self.due.insert((at, self.n), input);
    }

    pub fn next(&self) -> Option<Mono> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    pub fn due(&mut self, now: Mono) -> Option<Input> {
        let (&key, _) = self.due.first_key_value().filter(|((at, _), _)| *at <= now)?;
        self.due.remove(&key)
    }

    /// The troubles of a day that takes `over`.
    pub fn plan(&mut self, over: Duration) {
        let part = |thousandths: u32| Mono(0) + over * thousandths / 1000;
        let alarm = |alarm, state| Input::Alarm { alarm, state };
        let raised = |detail: &str| AlarmState::Raised { detail: detail.to_owned() };
        self.at(part(500), alarm(Alarm::Journal, raised("the disk is slow")));
        self.at(part(525), alarm(Alarm::Journal, AlarmState::Cleared));
        let spool = |failing| Input::Media {
            worker: WorkerId(0),
            event: MediaEvent::SpoolFailing { worker: WorkerId(0), failing },
        };
        self.at(part(550), spool(true));
        self.at(part(560), spool(false));
        let words = || ("the manager".to_owned(), "a storm".to_owned());
        let ((by, reason), plan) = (words(), || PlanId::new("storm"));
        self.at(part(600), order(Command::StartPlan { plan: plan(), by, reason }));
        let (by, reason) = words();
        self.at(part(700), order(Command::StopPlan { plan: plan(), by, reason }));
        self.at(part(1), Input::Callers(Arc::new(book())));
        self.at(part(350), Input::PublishRefused { findings: 2 });
        self.at(part(360), Input::TakeSnapshot);
        self.at(part(370), Input::RenderMetrics { id: 1, views: Vec::new() });
        for command in [Command::Status, Command::Agents, Command::Queues, Command::Calls, Command::Plans] {
            self.at(part(380), order(command));
        }
        let agent = || AgentId::new("1001");
        self.at(part(400), order(Command::SignOut { agent: agent() }));
        let sign_in = Command::SignIn { agent: agent(), device: DeviceId::new("desk1001") };
        self.at(part(430), order(sign_in));
        self.at(part(970), Input::Drain { deadline: part(970) + Duration::from_secs(40) });
    }

    /// The shell and the supervisors do their part.
    pub fn see(&mut self, now: Mono, rng: &mut ChaCha20Rng, output: &Output) {
        match output {
            Output::StoreKey { key, number } => {
                self.calls.insert(number.reveal().clone(), key.call);
            }
            Output::Finalise(order) => {
                let result = EventKind::RecordingArchived {
                    file: format!("{}.wav", order.call),
                    sha256: String::new(),
                    length_ms: 0,
                    missing_ms: 0,
                    masked_ms: 0,
                };
                let soon = now + between(rng, 10, 400);
                self.at(soon, Input::Archived { call: order.call, result });
            }
            Output::VerifySecret { call, agent, secret } => {
                let right = secret.reveal() == agent.as_str();
                let verdict = if right { Verdict::Right } else { Verdict::Wrong };
                self.at(now + between(rng, 50, 400), Input::SecretVerified { call: *call, verdict });
            }
            // One answer in forty never comes.
            Output::Ask { call, id, question } if below(rng, 40) > 0 => {
                let answered = Input::Answered { call: *call, id: *id, result: answer(rng, question) };
                self.at(now + between(rng, 20, 4_000), answered);
            }
            Output::Promise { call } => {
                // And the disk is very slow at times.
                let late = if below(rng, 6) == 0 { 5_000 } else { 60 };
                self.at(now + between(rng, late / 6, late), Input::Kept { call: *call });
            }
            // A supervisor asks whoever missed calls to go on.
            Output::Event(event) => {
                if let EventKind::AgentStateChanged { agent, state: AgentState::NotReady { .. } } =
                    &event.kind
                {
                    let later = now + between(rng, 5_000, 30_000);
                    self.at(later, order(Command::Ready { agent: agent.clone() }));
                }
            }
            _ => {}
        }
    }
}
