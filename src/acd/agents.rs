//! What agents do: sign in and out, be ready or not, talk, hold, finish notes.
//!
//! Every change of an agent goes through [`Router::change`], which keeps the requirement classes
//! in step and reports the new state.

use std::collections::{BTreeMap, BTreeSet};

use super::agent::{Afterwards, Agent, DEVICE_TAKEN, Duty};
use super::api::{AgentProfile, Output};
use super::class::Class;
use super::offers::Notice;
use super::queue::Queue;
use super::router::Router;
use super::timers::Timer;
use crate::event::{AgentState, OfferEnd};
use crate::ids::{AgentId, DeviceId, QueueId};
use crate::now::Mono;

/// Longest reason kept for being not ready, in characters.
const REASON: usize = 64;

impl Router {
    /// Signs in, ready. Whoever was signed in at this telephone is signed out; if they still talk,
    /// the newcomer is not ready until they say so. Signing in twice renews skills and telephone.
    pub(super) fn sign_in(&mut self, now: Mono, profile: AgentProfile, device: DeviceId) {
        let id = profile.id.clone();
        let before = self.agents.values().find(|a| a.device == device && a.profile.id != id);
        let taken = before.is_some_and(Agent::is_talking);
        if let Some(before) = before.map(|a| a.profile.id.clone()) {
            self.sign_out(now, &before);
        }
        self.withdraw(now, &id);
        let duty = match taken {
            true => Duty::NotReady { reason: DEVICE_TAKEN.to_owned() },
            false => Duty::Ready,
        };
        if !self.agents.contains_key(&id) {
            let mut agent = Agent::new(profile, device, now);
            agent.duty = duty;
            self.add_agent(agent);
            return;
        }
        self.change(now, &id, |agent| {
            agent.profile = profile;
            agent.device = device;
            agent.afterwards = Afterwards::Stay;
            if matches!(agent.duty, Duty::NotReady { .. } | Duty::Ready | Duty::Offered { .. }) {
                agent.duty = duty;
                agent.idle_since = now;
                agent.misses = 0;
            }
        });
    }

    pub(super) fn sign_out(&mut self, now: Mono, id: &AgentId) {
        self.withdraw(now, id);
        let Some(agent) = self.agents.get_mut(id) else { return };
        if agent.is_talking() {
            agent.afterwards = Afterwards::SignOut;
            return;
        }
        self.finish_work(now, id);
        self.remove_agent(id);
    }

    pub(super) fn not_ready(&mut self, now: Mono, id: &AgentId, reason: &str) {
        let reason: String = reason.chars().take(REASON).collect();
        self.withdraw(now, id);
        let Some(agent) = self.agents.get_mut(id) else { return };
        if agent.is_talking() {
            agent.afterwards = Afterwards::NotReady { reason };
            return;
        }
        self.finish_work(now, id);
        self.change(now, id, |agent| agent.duty = Duty::NotReady { reason });
    }

    /// Ready by their own word or by the end of wrap-up; during a talk, takes back what was to
    /// follow it.
    pub(super) fn ready(&mut self, now: Mono, id: &AgentId) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        match agent.duty {
            Duty::Talking(_) | Duty::Hold(_) => agent.afterwards = Afterwards::Stay,
            Duty::Ready | Duty::Offered { .. } => {}
            Duty::NotReady { .. } | Duty::WrapUp(_) => {
                agent.misses = 0;
                self.finish_work(now, id);
                self.change(now, id, |agent| {
                    agent.idle_since = now;
                    agent.duty = Duty::Ready;
                });
            }
        }
    }

    pub(super) fn released(&mut self, now: Mono, id: &AgentId) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        let (Duty::Talking(work) | Duty::Hold(work)) = agent.duty.clone() else { return };
        match std::mem::replace(&mut agent.afterwards, Afterwards::Stay) {
            Afterwards::SignOut => {
                self.finish_work(now, id);
                self.remove_agent(id);
            }
            Afterwards::NotReady { reason } => {
                self.finish_work(now, id);
                self.change(now, id, |agent| agent.duty = Duty::NotReady { reason });
            }
            Afterwards::Stay if work.wrap_up.is_zero() => {
                self.finish_work(now, id);
                self.change(now, id, |agent| {
                    agent.idle_since = now;
                    agent.duty = Duty::Ready;
                });
            }
            Afterwards::Stay => {
                self.timers.set(Timer::WrapUp(id.clone()), now + work.wrap_up);
                self.change(now, id, |agent| agent.duty = Duty::WrapUp(work));
            }
        }
    }

    pub(super) fn held(&mut self, now: Mono, id: &AgentId) {
        if let Some(Duty::Talking(work)) = self.agents.get(id).map(|a| a.duty.clone()) {
            self.change(now, id, |agent| agent.duty = Duty::Hold(work));
        }
    }

    pub(super) fn resumed(&mut self, now: Mono, id: &AgentId) {
        if let Some(Duty::Hold(work)) = self.agents.get(id).map(|a| a.duty.clone()) {
            self.change(now, id, |agent| agent.duty = Duty::Talking(work));
        }
    }

    /// An agent whose offer went away without fault of theirs keeps their turn.
    pub(super) fn become_ready(&mut self, now: Mono, id: &AgentId) {
        self.change(now, id, |agent| agent.duty = Duty::Ready);
    }

    /// Takes a running offer away from an agent, who then needs another duty; the caller waits on
    /// at their place.
    fn withdraw(&mut self, now: Mono, id: &AgentId) {
        let Some(Duty::Offered { call }) = self.agents.get(id).map(|a| a.duty.clone()) else { return };
        self.end_offer(now, call, Notice::Cancel, OfferEnd::Withdrawn);
        self.back_to_line(now, call);
    }

    /// Handling a call is over, wrap-up included: the queue's pace learns from it.
    fn finish_work(&mut self, now: Mono, id: &AgentId) {
        self.timers.cancel(&Timer::WrapUp(id.clone()));
        let Some(agent) = self.agents.get(id) else { return };
        if let Duty::Talking(work) | Duty::Hold(work) | Duty::WrapUp(work) = &agent.duty
            && let Some(queue) = self.queues.get_mut(&work.queue)
        {
            queue.pace.learn(now.since(work.started));
        }
    }

    /// Changes an agent: out of the classes, the change, back into them, and the news of it.
    pub(super) fn change(&mut self, now: Mono, id: &AgentId, change: impl FnOnce(&mut Agent)) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        let before = agent.state();
        unlist(&mut self.queues, agent);
        change(agent);
        list(&mut self.queues, agent);
        let state = agent.state();
        if state != before {
            agent.since = now;
            self.outputs.push_back(Output::AgentState { agent: id.clone(), state });
        }
        if agent.is_ready() {
            self.unsettled.agents.push(id.clone());
        }
    }

    pub(super) fn add_agent(&mut self, mut agent: Agent) {
        let id = agent.profile.id.clone();
        list(&mut self.queues, &mut agent);
        self.outputs.push_back(Output::AgentState { agent: id.clone(), state: agent.state() });
        self.unsettled.agents.push(id.clone());
        self.agents.insert(id, agent);
    }

    fn remove_agent(&mut self, id: &AgentId) {
        let Some(agent) = self.agents.remove(id) else { return };
        unlist(&mut self.queues, &agent);
        self.outputs.push_back(Output::AgentState { agent: id.clone(), state: AgentState::LoggedOut });
    }

    /// Sorts every agent into the classes anew, after new settings.
    pub(super) fn sort_in_agents(&mut self) {
        for queue in self.queues.values_mut() {
            queue.class = Class::new(queue.config.skills.clone(), queue.config.strategy);
        }
        for agent in self.agents.values_mut() {
            list(&mut self.queues, agent);
        }
    }
}

/// Finds the queues an agent can serve and puts them into their classes.
fn list(queues: &mut BTreeMap<QueueId, Queue>, agent: &mut Agent) {
    let wanted: BTreeSet<QueueId> = agent.profile.queues.iter().cloned().collect();
    let (mut serves, mut lacks) = (Vec::new(), Vec::new());
    for id in wanted {
        match queues.get(&id).map(|queue| queue.class.lack(&agent.profile)) {
            Some(None) => serves.push(id),
            Some(Some(_)) => lacks.push(id),
            None => {}
        }
    }
    agent.serves = serves;
    agent.lacks = lacks;
    for id in &agent.serves {
        if let Some(queue) = queues.get_mut(id) {
            queue.class.add(agent);
        }
    }
    for id in &agent.lacks {
        if let Some(queue) = queues.get_mut(id) {
            queue.class.lacking.insert(agent.profile.id.clone());
        }
    }
}

/// Undoes [`list`].
fn unlist(queues: &mut BTreeMap<QueueId, Queue>, agent: &Agent) {
    for id in &agent.serves {
        if let Some(queue) = queues.get_mut(id) {
            queue.class.remove(agent);
        }
    }
    for id in &agent.lacks {
        if let Some(queue) = queues.get_mut(id) {
            queue.class.lacking.remove(&agent.profile.id);
        }
    }
}
