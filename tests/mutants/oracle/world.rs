//! Situations in which callers ring: hours, plans, who rings, what the bank's systems answer.

use std::collections::{BTreeMap, BTreeSet};

use hotline::ids::{EntryId, Language, QueueId};
use hotline::menu::api::Atom;
use hotline::menu::view::{CalendarClass, Views};

use super::Subject;

/// Which queues there are and when people are rostered for them; `None` = nothing is known.
pub struct Staff(Option<BTreeMap<QueueId, Option<String>>>);

impl Staff {
    pub fn of(views: &Views) -> Staff {
        let hours = |queues: &BTreeMap<QueueId, hotline::menu::view::QueueView>| {
            queues.iter().map(|(id, view)| (id.clone(), view.hours.clone())).collect()
        };
        Staff(views.queues.as_ref().map(hours))
    }

    /// Are people there for this queue?
    pub fn is_rostered(&self, queue: &QueueId, class: &CalendarClass) -> bool {
        let Some(all) = &self.0 else { return true };
        match all.get(queue) {
            None => false,
            Some(None) => true,
            Some(Some(hours)) => class.open.contains(hours),
        }
    }
}

/// One situation.
#[derive(Clone, Debug)]
pub struct World {
    pub entry: EntryId,
    pub language: Option<Language>,
    pub class: CalendarClass,
    /// Names of the plans in force.
    pub plans: BTreeSet<String>,
    /// The answer to every other question about caller and queues.
    pub answer: bool,
}

impl World {
    pub fn answer(&self, atom: &Atom) -> u8 {
        let yes = match atom {
            Atom::DigitsFit => true,
            Atom::Open(schedule) => self.class.open.contains(schedule),
            Atom::Holiday => self.class.holiday,
            Atom::Plan(plan) => self.plans.contains(plan.as_str()),
            _ => self.answer,
        };
        u8::from(yes)
    }
}

/// The usual one first; then every entry, language, hour and plan.
pub fn worlds(subject: &Subject) -> Vec<World> {
    let views = &subject.sources.views;
    let classes = match &views.calendar {
        Some(calendar) => calendar.classes.clone(),
        None => vec![CalendarClass::default()],
    };
    let mut plans = vec![BTreeSet::new()];
    plans.extend(views.plans.iter().map(|plan| BTreeSet::from([plan.name.to_string()])));
    let entries: Vec<EntryId> = subject.program.mains().map(|(entry, _)| entry.clone()).collect();
    let mut worlds = Vec::new();
    for class in &classes {
        for plans in &plans {
            for answer in [false, true] {
                for entry in &entries {
                    let (class, plans, entry) = (class.clone(), plans.clone(), entry.clone());
                    worlds.push(World { entry, language: None, class, plans, answer });
                }
            }
        }
    }
    // Nothing asks in a hotline without hours, plans and conditions.
    let asks = views.calendar.is_some() || !views.plans.is_empty();
    worlds.retain(|world| asks || !world.answer);
    worlds
}
