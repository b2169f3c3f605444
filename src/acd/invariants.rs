//! What must hold after every input, checked from scratch. Costs a look at everybody: for tests,
//! simulations, and samples in production.

use std::collections::BTreeSet;

use super::agent::{Agent, Duty};
use super::api::QueueConfig;
use super::caller::Caller;
use super::queue::Queue;
use super::router::Router;
use super::timers::Timer;
use crate::ids::{AgentId, CallId, QueueId};
use crate::now::Mono;

impl Router {
    /// Every broken promise, in words; empty = all is well. Call it after `handle_timeout(now)`.
    pub fn check_invariants(&self, now: Mono) -> Vec<String> {
        let mut broken = Vec::new();
        for (id, queue) in &self.queues {
            self.check_queue(id, queue, &mut broken);
        }
        for (call, caller) in &self.callers {
            self.check_caller(*call, caller, &mut broken);
        }
        for (id, agent) in &self.agents {
            self.check_agent(id, agent, &mut broken);
        }
        self.check_timers(now, &mut broken);
        broken
    }

    fn check_queue(&self, id: &QueueId, queue: &Queue, broken: &mut Vec<String>) {
        for (place, call) in queue.line.iter() {
            match self.callers.get(&call) {
                Some(c) if c.queue == *id && c.place == place => {}
                _ => broken.push(format!("call {call} stands in {id} and should not")),
            }
        }
        if let (Some((_, call)), Some((_, agent))) =
            (queue.unoffered.first_key_value(), queue.class.ready.first())
        {
            broken.push(format!("agent {agent} is ready beside call {call}, which waits in {id}"));
        }
        let mut expected = queue.clone();
        expected.class = super::class::Class::new(queue.config.skills.clone(), queue.config.strategy);
        for agent in self.agents.values() {
            if agent.serves.contains(id) {
                expected.class.add(agent);
            }
            if agent.lacks.contains(id) {
                expected.class.lacking.insert(agent.profile.id.clone());
            }
        }
        let (is, should) = (&queue.class, &expected.class);
        let same_people = is.ready == should.ready && is.busy == should.busy && is.lacking == should.lacking;
        if !same_people || is.capacity != should.capacity {
            broken.push(format!("the classes of {id} are out of step with its agents"));
        }
    }

    fn check_caller(&self, call: CallId, caller: &Caller, broken: &mut Vec<String>) {
        let Some(queue) = self.queues.get(&caller.queue) else {
            broken.push(format!("call {call} waits in {}, which is no queue", caller.queue));
            return;
        };
        if queue.line.position(caller.place).is_none() {
            broken.push(format!("call {call} has no place in {}", caller.queue));
        }
        let is_unoffered = queue.unoffered.get(&caller.place) == Some(&call);
        match &caller.offer {
            Some((agent, _)) => {
                let known = self.agents.get(agent).is_some_and(|a| a.is_offered(call));
                broken.extend(
                    (is_unoffered || !known)
                        .then(|| format!("call {call} is offered to {agent}, who does not know it")),
                );
            }
            None if !is_unoffered => broken.push(format!("call {call} waits unseen in {}", caller.queue)),
            None => {}
        }
        self.check_deadlines(call, caller, &queue.config, broken);
    }

    /// Nobody waits without a next deadline where one is due.
    fn check_deadlines(&self, call: CallId, caller: &Caller, config: &QueueConfig, broken: &mut Vec<String>) {
        if config.max_wait.is_some() && !caller.overdue && self.timers.due(&Timer::MaxWait(call)).is_none() {
            broken.push(format!("call {call} has no longest wait"));
        }
        if caller.overdue && caller.offer.is_none() {
            broken.push(format!("call {call} is overdue and nobody is being rung for it"));
        }
        let announces = config.announce_every.is_some_and(|every| !every.is_zero());
        if announces && self.timers.due(&Timer::Announce(call)).is_none() {
            broken.push(format!("call {call} will never hear its position"));
        }
    }

    fn check_agent(&self, id: &AgentId, agent: &Agent, broken: &mut Vec<String>) {
        let rings = self.timers.due(&Timer::Ring(id.clone())).is_some();
        let wraps = self.timers.due(&Timer::WrapUp(id.clone())).is_some();
        let (must_ring, must_wrap) = match &agent.duty {
            Duty::Offered { call } => {
                let offered = self.callers.get(call).and_then(|c| c.offer.as_ref());
                if offered.map(|(agent, _)| agent) != Some(id) {
                    broken.push(format!("agent {id} is rung for call {call}, which is not offered to them"));
                }
                (true, false)
            }
            Duty::WrapUp(_) => (false, true),
            Duty::NotReady { .. } | Duty::Ready | Duty::Talking(_) | Duty::Hold(_) => (false, false),
        };
        if rings != must_ring || wraps != must_wrap {
            broken.push(format!("agent {id} is {:?} with the wrong timers", agent.state()));
        }
        let queues: BTreeSet<&QueueId> = agent.serves.iter().chain(&agent.lacks).collect();
        if queues.iter().any(|q| !self.queues.contains_key(*q)) {
            broken.push(format!("agent {id} serves a queue that is no more"));
        }
    }

    fn check_timers(&self, now: Mono, broken: &mut Vec<String>) {
        if self.timers.next().is_some_and(|at| at <= now) {
            broken.push("something is due and not done".to_owned());
        }
        for timer in self.timers.iter() {
            let lives = match timer {
                Timer::Ring(agent) | Timer::WrapUp(agent) => self.agents.contains_key(agent),
                Timer::MaxWait(call) | Timer::Announce(call) => self.callers.contains_key(call),
            };
            if !lives {
                broken.push(format!("{timer:?} runs for somebody who is gone"));
            }
        }
        if !self.unsettled.agents.is_empty() || !self.unsettled.callers.is_empty() {
            broken.push("somebody was not looked at".to_owned());
        }
    }
}
