//! What the menus ask of the house and is answered at once: calendar, plans, callers, queues.

use super::Engine;
use crate::event::AgentState;
use crate::ids::{CallId, QueueId};
use crate::menu::api::{Atom, CallerList};
use crate::sealed::Redacted;

/// Digits of a telephone number, international or with a leading +.
const NUMBER: std::ops::RangeInclusive<usize> = 3..=20;

impl Engine {
    /// 1 = yes, 0 = no.
    pub(super) fn answer_atom(&self, id: CallId, atom: &Atom) -> u8 {
        let Some(live) = self.calls.get(&id) else { return 0 };
        let now = self.journal.now;
        let calendar = live.published.as_ref().and_then(|published| published.calendar.as_ref());
        u8::from(match atom {
            Atom::DigitsFit => return live.menus.visit.as_ref().map_or(0, |visit| visit.answer(atom)),
            // Without a calendar nobody is ever away.
            Atom::Open(schedule) => calendar.is_none_or(|calendar| calendar.is_open(schedule, now.wall)),
            Atom::Holiday => calendar.is_some_and(|calendar| calendar.is_holiday(now.wall)),
            Atom::Caller(list) => {
                let on_list = self.house.callers.is_on(live.caller.hash, *list);
                let rang = || self.folds.people.language(live.caller.hash, now.wall).is_some();
                on_list || (*list == CallerList::Known && rang())
            }
            Atom::Plan(plan) => self.folds.plans.is_in_force(plan),
            Atom::Waiting { queue, above } => self.queue(queue).is_some_and(|(waiting, _)| waiting > *above),
            Atom::Estimate { queue, above } => {
                let estimate = self.queue(queue).and_then(|(_, estimate)| estimate);
                estimate.is_some_and(|seconds| seconds > above.as_secs_f64())
            }
            Atom::Ready { queue, below } => self.ready_agents(queue) < usize::try_from(*below).unwrap_or(0),
            Atom::CallbackAllowed(number) => self.may_ring_back(id, number),
            Atom::MayVerify(identity) => {
                let hash = self.settings.people.hasher.identity(identity.reveal());
                self.folds.people.may_verify(hash, now.wall)
            }
        })
    }

    /// Callers waiting, and the estimate for a newcomer in seconds.
    fn queue(&self, id: &QueueId) -> Option<(u32, Option<f64>)> {
        let views = self.router.queues(self.journal.now.mono);
        let view = views.into_iter().find(|view| view.queue == *id)?;
        Some((view.waiting, view.estimated_wait_s))
    }

    fn ready_agents(&self, queue: &QueueId) -> usize {
        let views = self.router.agents(self.journal.now.mono);
        views.iter().filter(|view| view.state == AgentState::Ready && view.queues.contains(queue)).count()
    }

    fn may_ring_back(&self, id: CallId, number: &Redacted<String>) -> bool {
        let Some(published) = self.calls.get(&id).and_then(|live| live.published.as_ref()) else {
            return false;
        };
        let settings = &published.callback;
        let number = number.reveal();
        let hash = self.settings.people.hasher.number(number);
        let promised = self.folds.people.callbacks(hash, self.journal.now.wall);
        is_number(number)
            && settings.prefixes.iter().any(|prefix| number.starts_with(prefix.as_str()))
            && promised < usize::try_from(settings.per_number_a_day).unwrap_or(usize::MAX)
    }
}

/// Digits, perhaps after a +; anything else in a From header is no number to ring back.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    NUMBER.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
