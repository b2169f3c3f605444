//! The router: who waits, who answers, who is offered to whom, and when something is due.
//!
//! Use: `handle` what happened, then take every `poll_output`; sleep until `poll_timeout`, then
//! `handle_timeout`. After each of them everything that can be matched is matched.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::agent::Agent;
use super::api::{AgentView, Input, Output, QueueConfig, QueueView};
use super::caller::Caller;
use super::journeys::Journeys;
use super::line::Place;
use super::queue::Queue;
use super::timers::{Timer, Timers};
use crate::event::OverflowReason;
use crate::ids::{AgentId, CallId, QueueId};
use crate::now::Mono;

#[derive(Clone, Debug, Default)]
pub struct Router {
    pub(super) queues: BTreeMap<QueueId, Queue>,
    /// Those signed in.
    pub(super) agents: BTreeMap<AgentId, Agent>,
    /// Those in a queue, offered or not.
    pub(super) callers: BTreeMap<CallId, Caller>,
    pub(super) journeys: Journeys,
    pub(super) timers: Timers,
    pub(super) outputs: VecDeque<Output>,
    pub(super) next_place: Place,
    pub(super) unsettled: Unsettled,
}

/// Who must be looked at before the present input is done with.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsettled {
    pub agents: Vec<AgentId>,
    pub callers: Vec<CallId>,
}

impl Router {
    pub fn new() -> Self {
        Router::default()
    }

    /// Puts queues in force. Callers keep their places; those of a queue that is gone are sent to
    /// leave a message. Running offers keep the ring time they began with.
    pub fn configure(&mut self, now: Mono, queues: Vec<QueueConfig>) {
        let wanted: BTreeMap<QueueId, QueueConfig> = queues.into_iter().map(|q| (q.id.clone(), q)).collect();
        let gone: Vec<QueueId> = self.queues.keys().filter(|id| !wanted.contains_key(id)).cloned().collect();
        for id in gone {
            self.close(now, &id);
        }
        for (id, config) in wanted {
            match self.queues.get_mut(&id) {
                Some(queue) => queue.reconfigure(config),
                None => {
                    self.queues.insert(id, Queue::new(config));
                }
            }
        }
        self.sort_in_agents();
        self.retime_callers(now);
        let ready = self.agents.values().filter(|a| a.is_ready()).map(|a| a.profile.id.clone());
        self.unsettled.agents.extend(ready);
        self.settle(now);
    }

    /// Takes in what happened. What makes no sense in the present state (an answer to an offer that
    /// is over, a call that waits nowhere) changes nothing.
    pub fn handle(&mut self, now: Mono, input: Input) {
        match input {
            Input::Enter { call, queue } => self.enter(now, call, queue),
            Input::Leave { call, left } => self.leave(now, call, left),
            Input::SignIn { agent, device } => self.sign_in(now, agent, device),
            Input::SignOut { agent } => self.sign_out(now, &agent),
            Input::NotReady { agent, reason } => self.not_ready(now, &agent, &reason),
            Input::Ready { agent } => self.ready(now, &agent),
            Input::OfferAnswered { call, agent } => self.offer_answered(now, call, &agent),
            Input::OfferFailed { call, agent, end } => self.offer_failed(now, call, &agent, end),
            Input::Released { agent } => self.released(now, &agent),
            Input::Held { agent } => self.held(now, &agent),
            Input::Resumed { agent } => self.resumed(now, &agent),
        }
        self.settle(now);
    }

    /// Does everything that is due at `now`.
    pub fn handle_timeout(&mut self, now: Mono) {
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                Timer::Ring(agent) => self.ring_over(now, &agent),
                Timer::WrapUp(agent) => self.ready(now, &agent),
                Timer::MaxWait(call) => self.waited_too_long(now, call),
                Timer::Announce(call) => self.announce(now, call),
            }
            self.settle(now);
        }
    }

    /// When `handle_timeout` is next due.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.timers.next()
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Nobody waits, rings, talks or finishes notes, and everything was taken out.
    pub fn is_idle(&self) -> bool {
        self.callers.is_empty()
            && self.timers.next().is_none()
            && self.outputs.is_empty()
            && !self.is_anyone_talking()
    }

    /// Talks, or has put the caller on hold: orders wait until it is over.
    pub fn is_talking(&self, agent: &AgentId) -> bool {
        self.agents.get(agent).is_some_and(Agent::is_talking)
    }

    fn is_anyone_talking(&self) -> bool {
        self.agents.values().any(Agent::is_talking)
    }

    /// Every queue, by name.
    pub fn queues(&self, now: Mono) -> Vec<QueueView> {
        self.queues
            .iter()
            .map(|(id, queue)| QueueView {
                queue: id.clone(),
                waiting: queue.waiting(),
                oldest_wait_s: self.oldest_wait(now, queue).as_secs_f64(),
                estimated_wait_s: queue.estimate_for_newcomer().map(|d| d.as_secs_f64()),
            })
            .collect()
    }

    fn oldest_wait(&self, now: Mono, queue: &Queue) -> Duration {
        let first = queue.line.first().and_then(|(_, call)| self.callers.get(&call));
        first.map_or(Duration::ZERO, |caller| now.since(caller.entered))
    }

    /// Every agent who is signed in, by work number.
    pub fn agents(&self, now: Mono) -> Vec<AgentView> {
        self.agents
            .values()
            .map(|agent| AgentView {
                agent: agent.profile.id.clone(),
                device: Some(agent.device.clone()),
                state: agent.state(),
                queues: agent.serves.clone(),
                since_s: now.since(agent.since).as_secs_f64(),
            })
            .collect()
    }

    /// A queue is no more: its callers may leave a message.
    fn close(&mut self, now: Mono, id: &QueueId) {
        if let Some(queue) = self.queues.get_mut(id) {
            queue.config.overflow = crate::event::OverflowTarget::Message;
            let calls: Vec<CallId> = queue.line.iter().map(|(_, call)| call).collect();
            for call in calls {
                self.overflow(now, call, OverflowReason::Closed);
            }
        }
        self.queues.remove(id);
    }
}
