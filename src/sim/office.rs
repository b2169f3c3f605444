//! Everything around the hotline: the shell that archives and verifies, supervisors, and what
//! goes wrong in a house in the course of a day.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::network::between;
use crate::engine::command::{Command, Request};
use crate::engine::{AlarmState, Input, Output, Verdict};
use crate::event::{Actor, AgentState, Alarm, EventKind};
use crate::ids::{AgentId, CallId, DeviceId, WorkerId};
use crate::media::command::MediaEvent;
use crate::now::Mono;

#[derive(Default)]
pub(super) struct Office {
    due: BTreeMap<(Mono, u64), Input>,
    n: u64,
    /// Call of each caller's number.
    pub calls: BTreeMap<String, CallId>,
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
        self.at(part(350), Input::PublishRefused { findings: 2 });
        self.at(part(360), Input::TakeSnapshot);
        self.at(part(370), Input::RenderMetrics { id: 1, views: Vec::new() });
        for command in [Command::Status, Command::Agents, Command::Queues, Command::Calls] {
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
