//! Offers: bringing a waiting caller and a ready agent together, and what becomes of it (HB-ring).
//!
//! A call is offered to one agent at a time. An agent who misses it gets it again only when every
//! other ready agent missed it too; an agent who comes free prefers callers they have not missed.

use std::collections::BTreeMap;

use super::agent::{Afterwards, Duty, MISSED, MISSES, Work};
use super::api::Output;
use super::line::Place;
use super::router::Router;
use super::timers::Timer;
use crate::event::{LeftQueue, OfferEnd};
use crate::ids::{AgentId, CallId};
use crate::now::Mono;

/// Agents passed over because they missed this call, before one of them is tried again.
const AGENTS_PASSED: usize = 64;
/// Callers at the head of a queue passed over because this agent missed them.
const CALLERS_PASSED: usize = 8;

/// Must the engine stop the telephone?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Notice {
    Cancel,
    /// The engine itself reported the end.
    Known,
}

/// Whom to look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Round {
    /// Pairs in which the agent did not miss the call.
    First,
    /// Any pair: everybody else was tried.
    Again,
}

impl Router {
    /// Matches whoever changed. Before an input no ready agent stands beside a caller they could
    /// serve, so only those who changed need be looked at; callers first, because their queue's
    /// strategy ranks the agents.
    pub(super) fn settle(&mut self, now: Mono) {
        let mut callers = std::mem::take(&mut self.unsettled.callers);
        let mut agents = std::mem::take(&mut self.unsettled.agents);
        callers.sort_by_key(|call| self.callers.get(call).map(|c| c.place));
        agents.sort_by_key(|id| self.agents.get(id).map(|a| a.idle_since));
        for round in [Round::First, Round::Again] {
            for call in &callers {
                self.place_caller(now, *call, round);
            }
            for agent in &agents {
                self.place_agent(now, agent, round);
            }
        }
    }

    fn place_caller(&mut self, now: Mono, call: CallId, round: Round) {
        let Some(caller) = self.callers.get(&call).filter(|c| c.offer.is_none()) else { return };
        let Some(queue) = self.queues.get(&caller.queue) else { return };
        let mut ready = queue.class.ready.iter().map(|(_, agent)| agent);
        let chosen = match round {
            Round::First => ready.take(AGENTS_PASSED).find(|agent| !caller.tried.contains(*agent)),
            Round::Again => ready.next(),
        };
        if let Some(agent) = chosen.cloned() {
            self.offer(now, call, &agent);
        }
    }

    /// The best caller for an agent who came free: by the queue's priority, then by arrival.
    fn place_agent(&mut self, now: Mono, id: &AgentId, round: Round) {
        let Some(agent) = self.agents.get(id).filter(|a| a.is_ready()) else { return };
        let queues = agent.serves.iter().filter_map(|q| self.queues.get(q));
        let firsts = queues.filter_map(|queue| {
            let (place, call) = self.next_for(&queue.unoffered, id, round)?;
            Some((queue.config.priority, place, call))
        });
        if let Some((_, _, call)) = firsts.min() {
            self.offer(now, call, id);
        }
    }

    /// The caller of one queue whom this agent would take.
    fn next_for(
        &self,
        waiting: &BTreeMap<Place, CallId>,
        agent: &AgentId,
        round: Round,
    ) -> Option<(Place, CallId)> {
        let missed = |call: &CallId| self.callers.get(call).is_some_and(|c| c.tried.contains(agent));
        let mut waiting = waiting.iter().map(|(place, call)| (*place, *call));
        match round {
            Round::First => waiting.take(CALLERS_PASSED).find(|(_, call)| !missed(call)),
            Round::Again => waiting.next(),
        }
    }

    fn offer(&mut self, now: Mono, call: CallId, id: &AgentId) {
        let why = self.explain(now, call, id);
        let (Some(caller), Some(agent)) = (self.callers.get_mut(&call), self.agents.get(id)) else { return };
        let Some(queue) = self.queues.get_mut(&caller.queue) else { return };
        if caller.tried.contains(id) {
            caller.tried.clear(); // everybody was tried: a new round
        }
        caller.offer = Some((id.clone(), now));
        queue.unoffered.remove(&caller.place);
        let ring_time = queue.config.ring_time;
        self.outputs.push_back(Output::Offer {
            call,
            queue: caller.queue.clone(),
            agent: id.clone(),
            device: agent.device.clone(),
            why,
        });
        self.timers.set(Timer::Ring(id.clone()), now + ring_time);
        self.change(now, id, |agent| agent.duty = Duty::Offered { call });
    }

    /// Ends the offer of a call, whoever is rung; the caller keeps their place. The agent's next
    /// state is for whoever calls this.
    pub(super) fn end_offer(
        &mut self,
        now: Mono,
        call: CallId,
        notice: Notice,
        end: OfferEnd,
    ) -> Option<AgentId> {
        let caller = self.callers.get_mut(&call)?;
        let (agent, began) = caller.offer.take()?;
        let queue = caller.queue.clone();
        if let Some(queue) = self.queues.get_mut(&queue) {
            queue.unoffered.insert(caller.place, call);
        }
        self.timers.cancel(&Timer::Ring(agent.clone()));
        if notice == Notice::Cancel {
            self.outputs.push_back(Output::CancelOffer { call, agent: agent.clone(), end });
        }
        let rang = now.since(began);
        self.outputs.push_back(Output::OfferEnded { call, queue, agent: agent.clone(), end, rang });
        Some(agent)
    }

    pub(super) fn offer_answered(&mut self, now: Mono, call: CallId, id: &AgentId) {
        if !self.agents.get(id).is_some_and(|a| a.is_offered(call)) {
            return; // the offer was over before the answer came
        }
        self.end_offer(now, call, Notice::Known, OfferEnd::Answered);
        let Some(caller) = self.take_out(now, call, OfferEnd::Answered) else { return };
        let wrap_up = self.queues.get(&caller.queue).map(|q| q.config.wrap_up).unwrap_or_default();
        self.outputs.push_back(Output::Connect { call, queue: caller.queue.clone(), agent: id.clone() });
        self.outputs.push_back(Output::Left {
            call,
            queue: caller.queue.clone(),
            left: LeftQueue::Answered,
            waited: now.since(caller.entered),
            agent: Some(id.clone()),
            reason: None,
        });
        let work = Work { call, queue: caller.queue, wrap_up, started: now };
        self.change(now, id, |agent| {
            agent.misses = 0;
            agent.afterwards = Afterwards::Stay;
            agent.duty = Duty::Talking(work);
        });
    }

    /// Whatever the engine calls the end, the agent did not take the call.
    pub(super) fn offer_failed(&mut self, now: Mono, call: CallId, id: &AgentId, end: OfferEnd) {
        if self.agents.get(id).is_some_and(|a| a.is_offered(call)) {
            self.miss(now, call, Notice::Known, end);
        }
    }

    pub(super) fn ring_over(&mut self, now: Mono, id: &AgentId) {
        if let Some(Duty::Offered { call }) = self.agents.get(id).map(|a| a.duty.clone()) {
            self.miss(now, call, Notice::Cancel, OfferEnd::NoAnswer);
        }
    }

    /// An agent did not take an offered call: counted against them, and the call goes on.
    fn miss(&mut self, now: Mono, call: CallId, notice: Notice, end: OfferEnd) {
        let Some(id) = self.end_offer(now, call, notice, end) else { return };
        if let Some(caller) = self.callers.get_mut(&call) {
            caller.tried.insert(id.clone());
        }
        self.change(now, &id, |agent| {
            agent.misses += 1;
            agent.idle_since = now;
            agent.duty = Duty::Ready;
            if agent.misses >= MISSES {
                agent.misses = 0;
                agent.duty = Duty::NotReady { reason: MISSED.to_owned() };
            }
        });
        self.back_to_line(now, call);
    }

    /// A caller whose offer came to nothing waits on, or has waited long enough.
    pub(super) fn back_to_line(&mut self, now: Mono, call: CallId) {
        match self.callers.get(&call) {
            Some(caller) if caller.overdue => self.overflow_waited(now, call),
            Some(_) => self.unsettled.callers.push(call),
            None => {}
        }
    }
}
