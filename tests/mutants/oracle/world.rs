//! Situations in which callers ring: hours, plans, who rings, what the bank's systems answer.

use std::collections::{BTreeMap, BTreeSet};

use hotline::ids::{EntryId, Language, QueueId};
use hotline::menu::api::{Atom, CallerList};
use hotline::menu::ask::{Answer, Failure, Question};
use hotline::menu::view::CalendarClass;
use hotline::sealed::Redacted;

use super::Subject;
use super::behaviour::Care;

/// How the bank's systems do today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum System {
    /// Answers with the so-manieth value of each field.
    Answers(usize),
    /// Says so of whoever is to be verified.
    Says(&'static str),
    Fails,
    /// Nothing ever comes back.
    Silent,
}

/// One situation.
#[derive(Clone, Debug)]
pub struct World {
    pub entry: EntryId,
    pub language: Option<Language>,
    pub class: CalendarClass,
    /// Names of the plans in force.
    pub plans: BTreeSet<String>,
    pub list: Option<CallerList>,
    /// The answers to questions about queues, in turn.
    pub queues: [bool; 2],
    /// May be rung back.
    pub callback: bool,
    pub shows_number: bool,
    pub system: System,
}

/// Something asked of the world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    Atom(Atom),
    System,
    /// The number rung from.
    Number,
    /// Whether people are rostered anywhere.
    People,
    /// The language spoken from the answer on.
    Language,
}

impl World {
    pub fn answer(&self, atom: &Atom) -> bool {
        match atom {
            Atom::DigitsFit | Atom::MayVerify(_) => true,
            Atom::Open(schedule) => self.class.open.contains(schedule),
            Atom::Holiday => self.class.holiday,
            Atom::Plan(plan) => self.plans.contains(plan.as_str()),
            Atom::Caller(list) => self.list == Some(*list),
            Atom::Waiting { .. } | Atom::Estimate { .. } | Atom::Ready { .. } => self.queues[0],
            Atom::CallbackAllowed(_) => self.callback,
        }
    }

    /// What comes back; `None` = nothing.
    pub fn system(&self, subject: &Subject, _: &Question) -> Option<Result<Answer, Failure>> {
        let (number, result) = match self.system {
            System::Answers(number) => (number, "verified"),
            System::Says(result) => (0, result),
            System::Fails => return Some(Err(Failure::Unreachable)),
            System::Silent => return None,
        };
        let value = |values: &Vec<String>| values.get(number.min(values.len().saturating_sub(1))).cloned();
        let fields = subject.nodes.fields.iter();
        let mut fields: BTreeMap<String, Redacted<String>> =
            fields.filter_map(|(name, values)| Some((name.clone(), Redacted(value(values)?)))).collect();
        fields.insert("result".to_owned(), Redacted(result.to_owned()));
        Some(Ok(Answer { fields }))
    }

    /// Are people there for this queue?
    pub fn is_rostered(&self, subject: &Subject, queue: &QueueId) -> bool {
        let Some(all) = &subject.sources.views.queues else { return true };
        match all.get(queue) {
            None => false,
            Some(view) => view.hours.as_ref().is_none_or(|hours| self.class.open.contains(hours)),
        }
    }

    /// May a callback or a message stand in for a person?
    pub fn is_without_people(&self, subject: &Subject) -> bool {
        let nobody = !subject.program.queues().iter().any(|queue| self.is_rostered(subject, queue));
        let plans = &subject.sources.views.plans;
        nobody || plans.iter().any(|plan| plan.instead_of_people && self.plans.contains(plan.name.as_str()))
    }

    /// Is this answered alike in both?
    pub fn agrees(&self, other: &World, asked: &Asked) -> bool {
        match asked {
            Asked::Atom(Atom::Waiting { .. } | Atom::Estimate { .. } | Atom::Ready { .. }) => {
                self.queues == other.queues
            }
            Asked::Atom(atom) => self.answer(atom) == other.answer(atom),
            Asked::System => self.system == other.system,
            Asked::Number => self.shows_number == other.shows_number,
            Asked::People => true,
            Asked::Language => self.language == other.language,
        }
    }

    /// For people who read what was found.
    pub fn shown(&self) -> String {
        let World { class, plans, list, queues, callback, system, .. } = self;
        let shown = self.shows_number;
        format!("{} {plans:?} {list:?} {queues:?} {callback} {shown} {system:?}", class.example)
    }
}

/// The usual one first; then every entry, hour and plan; then everything else, one thing changed.
pub fn worlds(subject: &Subject, care: Care) -> Vec<World> {
    let views = &subject.sources.views;
    let mut classes = match &views.calendar {
        Some(calendar) => calendar.classes.clone(),
        None => vec![CalendarClass::default()],
    };
    // The usual hour is one in which most is open.
    classes.sort_by_key(|class| (class.holiday, std::cmp::Reverse(class.open.len())));
    let names: Vec<String> = views.plans.iter().map(|plan| plan.name.to_string()).collect();
    let mut plans = vec![BTreeSet::new()];
    plans.extend(names.iter().map(|name| BTreeSet::from([name.clone()])));
    // Several at once, too: nobody promised that only one is.
    plans.extend((2..=names.len()).map(|most| names.iter().take(most).cloned().collect()));
    let mut worlds = Vec::new();
    for (entry, _) in subject.program.mains() {
        let usual = |class: &CalendarClass, plans: &BTreeSet<String>| World {
            entry: entry.clone(),
            language: None,
            class: class.clone(),
            plans: plans.clone(),
            list: None,
            queues: [false, false],
            callback: true,
            shows_number: true,
            system: System::Answers(0),
        };
        for plans in &plans {
            let all = if plans.is_empty() || care == Care::Thorough { classes.len() } else { 1 };
            worlds.extend(classes.iter().take(all).map(|class| usual(class, plans)));
        }
        let lists = [CallerList::Known, CallerList::Vip, CallerList::Blocked, CallerList::Elderly];
        let most = subject.nodes.fields.values().map(Vec::len).max().unwrap_or(0);
        let systems = [System::Says("wrong"), System::Says("locked"), System::Fails, System::Silent];
        let systems: Vec<System> = (1..most).map(System::Answers).chain(systems).collect();
        for language in subject.program.languages().iter().skip(1) {
            let languages = classes.iter().map(|class| usual(class, &BTreeSet::new()));
            worlds.extend(languages.map(|world| World { language: Some(language.clone()), ..world }));
        }
        let combined = if care == Care::Thorough { classes.len() } else { 1 };
        for class in classes.iter().take(combined) {
            let plain = usual(class, &BTreeSet::new());
            worlds.extend(lists.map(|list| World { list: Some(list), ..plain.clone() }));
            // Busy, and busy now and then.
            let busy = [[true, true], [false, true], [true, false]];
            worlds.extend(busy.map(|queues| World { queues, ..plain.clone() }));
            for system in &systems {
                worlds.push(World { system: *system, ..plain.clone() });
                if care == Care::Thorough {
                    worlds.push(World { system: *system, list: Some(CallerList::Vip), ..plain.clone() });
                }
            }
        }
        for class in &classes {
            let plain = usual(class, &BTreeSet::new());
            worlds.push(World { callback: false, ..plain.clone() });
            worlds.push(World { shows_number: false, ..plain });
        }
    }
    worlds
}
