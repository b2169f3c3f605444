//! What callers do: enter, wait, hear their position, leave, be sent on.

use std::collections::BTreeSet;
use std::time::Duration;

use super::api::Output;
use super::caller::Caller;
use super::offers::Notice;
use super::router::Router;
use super::timers::Timer;
use crate::event::{LeftQueue, OfferEnd, OverflowReason, OverflowTarget};
use crate::ids::{CallId, QueueId};
use crate::now::Mono;

impl Router {
    pub(super) fn enter(&mut self, now: Mono, call: CallId, queue: QueueId) {
        if self.callers.contains_key(&call) {
            return; // a caller waits in one queue at a time
        }
        let mut visited = self.journeys.take(call);
        visited.insert(queue.clone());
        match self.queues.get(&queue) {
            None => self.send_on(call, queue, visited, (Duration::ZERO, OverflowReason::Closed)),
            Some(q) if q.is_full() => {
                self.send_on(call, queue, visited, (Duration::ZERO, OverflowReason::Full));
            }
            Some(_) => self.admit(now, call, queue, visited),
        }
    }

    fn admit(&mut self, now: Mono, call: CallId, id: QueueId, visited: BTreeSet<QueueId>) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        let place = self.next_place;
        self.next_place += 1;
        queue.line.join(place, call);
        queue.unoffered.insert(place, call);
        self.outputs.push_back(Output::Queued { call, queue: id.clone(), waiting: queue.waiting() });
        if let Some(max_wait) = queue.config.max_wait {
            self.timers.set(Timer::MaxWait(call), now + max_wait);
        }
        let announces = queue.announce_every().is_some();
        let caller = Caller {
            queue: id,
            place,
            entered: now,
            offer: None,
            tried: BTreeSet::new(),
            visited,
            overdue: false,
        };
        self.callers.insert(call, caller);
        if announces {
            self.announce(now, call);
        }
        self.unsettled.callers.push(call);
    }

    pub(super) fn leave(&mut self, now: Mono, call: CallId, left: LeftQueue) {
        self.journeys.take(call);
        let Some(caller) = self.take_out(now, call, OfferEnd::CallerGone) else { return };
        let waited = now.since(caller.entered);
        self.outputs.push_back(Output::Left {
            call,
            queue: caller.queue,
            left,
            waited,
            agent: None,
            reason: None,
        });
    }

    /// Tells a caller where they stand, and sets the time of the next telling.
    pub(super) fn announce(&mut self, now: Mono, call: CallId) {
        let Some(caller) = self.callers.get(&call) else { return };
        let Some(queue) = self.queues.get(&caller.queue) else { return };
        if let Some(position) = queue.line.position(caller.place) {
            let estimate = queue.estimate(position);
            let queue = caller.queue.clone();
            self.outputs.push_back(Output::Announce { call, queue, position, estimate });
        }
        if let Some(every) = queue.announce_every() {
            self.timers.set(Timer::Announce(call), now + every);
        }
    }

    /// The longest wait is over. Somebody being rung may still answer.
    pub(super) fn waited_too_long(&mut self, now: Mono, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        if caller.offer.is_some() {
            caller.overdue = true;
            return;
        }
        self.overflow_waited(now, call);
    }

    /// Sends a caller on who waited too long, saying whether anybody could have come.
    pub(super) fn overflow_waited(&mut self, now: Mono, call: CallId) {
        let queue = self.callers.get(&call).and_then(|c| self.queues.get(&c.queue));
        let reason = match queue {
            Some(queue) if !queue.class.is_staffed() => OverflowReason::NoAgentSignedIn,
            _ => OverflowReason::WaitedTooLong,
        };
        self.overflow(now, call, reason);
    }

    /// Takes a caller out of their queue and names where they go.
    pub(super) fn overflow(&mut self, now: Mono, call: CallId, reason: OverflowReason) {
        let Some(caller) = self.take_out(now, call, OfferEnd::Withdrawn) else { return };
        let waited = now.since(caller.entered);
        self.send_on(call, caller.queue, caller.visited, (waited, reason));
    }

    fn send_on(
        &mut self,
        call: CallId,
        queue: QueueId,
        visited: BTreeSet<QueueId>,
        (waited, reason): (Duration, OverflowReason),
    ) {
        let to = self.overflow_target(&queue, &visited);
        let left = LeftQueue::Overflowed { to: to.clone() };
        self.outputs.push_back(Output::Left { call, queue, left, waited, agent: None, reason: Some(reason) });
        if matches!(to, OverflowTarget::Queue(_)) {
            self.journeys.remember(call, visited);
        }
        self.outputs.push_back(Output::Overflow { call, to, reason });
    }

    /// Never a queue that was seen before or does not exist: then a message.
    fn overflow_target(&self, queue: &QueueId, visited: &BTreeSet<QueueId>) -> OverflowTarget {
        match self.queues.get(queue).map(|q| &q.config.overflow) {
            Some(OverflowTarget::Queue(next))
                if visited.contains(next) || !self.queues.contains_key(next) =>
            {
                OverflowTarget::Message
            }
            Some(target) => target.clone(),
            None => OverflowTarget::Message,
        }
    }

    /// Removes a caller from line, timers and offer; who was rung for them is ready again.
    pub(super) fn take_out(&mut self, now: Mono, call: CallId, end: OfferEnd) -> Option<Caller> {
        if let Some(agent) = self.end_offer(now, call, Notice::Cancel, end) {
            self.become_ready(now, &agent);
        }
        let caller = self.callers.remove(&call)?;
        self.timers.cancel(&Timer::MaxWait(call));
        self.timers.cancel(&Timer::Announce(call));
        if let Some(queue) = self.queues.get_mut(&caller.queue) {
            queue.line.leave(caller.place);
            queue.unoffered.remove(&caller.place);
        }
        Some(caller)
    }

    /// After new settings: deadlines count from the entrance, announcements from now.
    pub(super) fn retime_callers(&mut self, now: Mono) {
        for (call, caller) in &self.callers {
            let Some(queue) = self.queues.get(&caller.queue) else { continue };
            let max_wait = Timer::MaxWait(*call);
            match queue.config.max_wait {
                Some(wait) if !caller.overdue => self.timers.set(max_wait, caller.entered + wait),
                _ => self.timers.cancel(&max_wait),
            }
            let announce = Timer::Announce(*call);
            match queue.announce_every() {
                Some(every) => {
                    let due = self.timers.due(&announce).map_or(now + every, |at| at.min(now + every));
                    self.timers.set(announce, due);
                }
                None => self.timers.cancel(&announce),
            }
        }
    }
}
