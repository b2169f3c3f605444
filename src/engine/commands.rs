//! Orders of people: API, control socket, star codes.

use super::command::{CallView, Command, Reply, Request, Status};
use super::live::{StarCode, StarOrder};
use super::plans::Words;
use super::{Engine, Output, Verdict};
use crate::acd::api::Input as AcdInput;
use crate::call::{self, StaffResult};
use crate::event::{Actor, EventKind};
use crate::ids::*;
use crate::sealed::Redacted;

impl Engine {
    pub(super) fn on_request(&mut self, request: Request) {
        let Request { id, actor, command } = request;
        let reply = match command {
            Command::Status => Reply::Status(self.status()),
            Command::Agents => Reply::Agents(self.router.agents(self.journal.now.mono)),
            Command::Queues => Reply::Queues(self.router.queues(self.journal.now.mono)),
            Command::Calls => Reply::Calls(self.call_views()),
            Command::SignIn { agent, device } => done(self.sign_in(actor, &agent, &device)),
            Command::SignOut { agent } => done(self.order_agent(actor, agent, AgentOrder::SignOut)),
            Command::Ready { agent } => done(self.order_agent(actor, agent, AgentOrder::Ready)),
            Command::NotReady { agent, reason } => {
                done(self.order_agent(actor, agent, AgentOrder::NotReady { reason }))
            }
            Command::Plans => Reply::Plans(self.plan_views()),
            Command::StartPlan { plan, by, reason } => {
                self.start_plan(actor, plan, Words { by, reason }).unwrap_or_else(Reply::Refused)
            }
            Command::StopPlan { plan, by, reason } => done(self.stop_plan(actor, plan, Words { by, reason })),
            // The shell turns a drain into one with its deadline.
            Command::Drain | Command::Confirm => Reply::Done,
        };
        self.outputs.push_back(Output::Reply { id, reply });
    }

    fn status(&self) -> Status {
        Status {
            calls: u32::try_from(self.calls.len()).unwrap_or(u32::MAX),
            draining: self.house.draining.is_some(),
            config_version: self.journal.config_version,
            journal_seq: self.journal.seq,
            alarms: self.house.alarms.iter().copied().collect(),
        }
    }

    fn call_views(&self) -> Vec<CallView> {
        let now = self.journal.now.mono;
        let view = |(id, live): (&CallId, &super::Live)| CallView {
            call: *id,
            entry: live.entry.clone(),
            phase: live.call.phase().word().to_owned(),
            queue: live.call.queue().cloned(),
            agent: live.call.agent().cloned(),
            seconds: live.call.answered().map_or(0.0, |at| now.since(at).as_secs_f64()),
        };
        self.calls.iter().map(view).collect()
    }

    fn sign_in(&mut self, actor: Actor, agent: &AgentId, device: &DeviceId) -> Result<(), String> {
        let directory = self.house.directory.clone();
        let Some(profile) = directory.agents.get(agent) else {
            return Err(format!("no agent has the work number {agent}; see `hotline agents list`"));
        };
        if !directory.devices.iter().any(|account| account.id == *device) {
            return Err(format!("no device is named {device}; import it with `hotline devices import`"));
        }
        if self.house.seats.get(device).is_some_and(|seated| seated != agent) {
            return Err(format!("another agent is signed in at {device}; they must sign out first"));
        }
        match self.house.seats.iter().find(|(_, seated)| *seated == agent) {
            Some((at, _)) if at != device => {
                return Err(format!("agent {agent} is signed in at {at}; sign out first"));
            }
            // Again at the same telephone, as after a restart: ready, with the skills of now.
            Some(_) => {}
            None => {
                self.house.seats.insert(device.clone(), agent.clone());
                let signed_in = EventKind::AgentSignedIn { agent: agent.clone(), device: device.clone() };
                self.emit(actor.clone(), None, signed_in);
            }
        }
        let signs_in = AcdInput::SignIn { agent: profile.clone(), device: device.clone() };
        self.order(actor, signs_in, agent.clone());
        Ok(())
    }

    fn order_agent(&mut self, actor: Actor, of: AgentId, order: AgentOrder) -> Result<(), String> {
        if !self.house.seats.values().any(|seated| *seated == of) {
            return Err(format!("agent {of} is not signed in"));
        }
        let agent = of.clone();
        let input = match order {
            AgentOrder::SignOut => AcdInput::SignOut { agent },
            AgentOrder::Ready => AcdInput::Ready { agent },
            AgentOrder::NotReady { reason } => AcdInput::NotReady { agent, reason },
        };
        self.order(actor, input, of);
        Ok(())
    }

    /// Carries out an order to an agent; what it changes, at once or at the end of a talk, bears
    /// the name of who gave it.
    pub(super) fn order(&mut self, actor: Actor, order: AcdInput, agent: AgentId) {
        self.house.orders.insert(agent.clone(), actor);
        self.router.handle(self.journal.now.mono, order);
        while let Some(output) = self.router.poll_output() {
            self.on_router_output(output);
        }
        if !self.router.is_talking(&agent) {
            self.house.orders.remove(&agent);
        }
    }

    /// A star code, if a known device dialled one: `*81*WORK*SECRET` signs in, `*82` out,
    /// `*83` ready, `*84` or `*84*REASON` not ready, `*85*WORK*SECRET` records an announcement.
    pub(super) fn star_code(&self, dialled: &str, device: Option<&DeviceId>) -> Option<StarCode> {
        let device = device?.clone();
        let mut parts = dialled.strip_prefix('*')?.split('*');
        let code = parts.next()?;
        let (first, second) = (parts.next(), parts.next());
        let order = match (code, first, second) {
            ("81", Some(work), Some(secret)) => {
                StarOrder::SignIn { agent: AgentId::new(work), secret: Redacted(secret.to_owned()) }
            }
            ("85", Some(work), Some(secret)) => {
                StarOrder::Announce { agent: AgentId::new(work), secret: Redacted(secret.to_owned()) }
            }
            ("82", None, None) => StarOrder::SignOut,
            ("83", None, None) => StarOrder::Ready,
            ("84", reason, None) => StarOrder::NotReady { reason: reason.unwrap_or("star code").to_owned() },
            _ => StarOrder::Unknown,
        };
        Some(StarCode { device, order, announcing: None })
    }

    /// Carry out what a member of staff dialled.
    pub(super) fn start_staff(&mut self, id: CallId) {
        let Some(StarCode { device, order, .. }) = self.calls.get(&id).and_then(|live| live.staff.clone())
        else {
            return;
        };
        let seated = self.house.seats.get(&device).cloned();
        let (order, good) = match order {
            StarOrder::SignIn { agent, secret } | StarOrder::Announce { agent, secret } => {
                return self.outputs.push_back(Output::VerifySecret { call: id, agent, secret });
            }
            StarOrder::SignOut => (AgentOrder::SignOut, StaffResult::SignedOut),
            StarOrder::Ready => (AgentOrder::Ready, StaffResult::Ready),
            StarOrder::NotReady { reason } => (AgentOrder::NotReady { reason }, StaffResult::NotReady),
            StarOrder::Unknown => return self.advance(id, call::Input::StaffDone(StaffResult::Refused)),
        };
        let result = match seated.map(|agent| self.order_agent(Actor::Agent(agent.clone()), agent, order)) {
            Some(Ok(())) => good,
            Some(Err(_)) | None => StaffResult::Refused,
        };
        self.advance(id, call::Input::StaffDone(result));
    }

    pub(super) fn on_secret_verified(&mut self, id: CallId, verdict: Verdict) {
        let Some(StarCode { device, order, .. }) = self.calls.get(&id).and_then(|live| live.staff.clone())
        else {
            return;
        };
        let agent = match order {
            StarOrder::SignIn { agent, .. } => agent,
            StarOrder::Announce { agent, .. } if verdict == Verdict::Right => {
                return self.start_announcing(id, agent);
            }
            StarOrder::Announce { .. } => {
                self.emit(Actor::Server, Some(id), EventKind::SignInRefused { device });
                return self.advance(id, call::Input::StaffDone(StaffResult::Refused));
            }
            StarOrder::SignOut | StarOrder::Ready | StarOrder::NotReady { .. } | StarOrder::Unknown => return,
        };
        let signed_in =
            verdict == Verdict::Right && self.sign_in(Actor::Agent(agent.clone()), &agent, &device).is_ok();
        let result = if signed_in {
            StaffResult::SignedIn
        } else {
            self.emit(Actor::Server, Some(id), EventKind::SignInRefused { device });
            StaffResult::Refused
        };
        self.advance(id, call::Input::StaffDone(result));
    }
}

enum AgentOrder {
    SignOut,
    Ready,
    NotReady { reason: String },
}

fn done(result: Result<(), String>) -> Reply {
    match result {
        Ok(()) => Reply::Done,
        Err(why) => Reply::Refused(why),
    }
}
