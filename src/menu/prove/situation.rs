//! Situations that occur: a calendar class and the plans in force. Those in which everything these
//! menus ask of calendar and plans is answered alike are one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::menu::interpreter::query::Query;
use crate::menu::model::{Condition, PlanIx, Program};
use crate::menu::view::CalendarClass;

/// Situations looked at at once: a bit for each.
pub(super) const LANES: usize = 64;
/// One bit for each situation of a lot.
pub(super) type Mask = u64;

/// Something the situation determines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked<'p> {
    Open(&'p str),
    Holiday,
    Plan(PlanIx),
}

impl<'p> Asked<'p> {
    /// `None` for what is not of calendar and plans: any answer may come.
    pub fn of(query: Query<'p>) -> Option<Self> {
        match query {
            Query::Open(schedule) => Some(Asked::Open(schedule)),
            Query::Plan(plan) => Some(Asked::Plan(plan)),
            Query::Holds(Condition::Open(schedule)) => Some(Asked::Open(schedule)),
            Query::Holds(Condition::Holiday) => Some(Asked::Holiday),
            Query::Holds(Condition::Plan(plan)) => Some(Asked::Plan(*plan)),
            Query::Holds(_)
            | Query::Digits
            | Query::Elderly
            | Query::CallbackShown
            | Query::CallbackTyped
            | Query::MayVerify
            | Query::Lookup
            | Query::Verify
            | Query::Variable(_) => None,
        }
    }
}

/// Everything these menus ask of calendar and plans.
#[derive(Default)]
pub(super) struct Questions<'p> {
    all: Vec<Asked<'p>>,
}

impl<'p> Questions<'p> {
    pub fn number(&mut self, asked: Asked<'p>) -> u16 {
        let at = self.all.iter().position(|known| *known == asked).unwrap_or_else(|| {
            self.all.push(asked);
            self.all.len() - 1
        });
        // As many as there are schedules and plans, far below.
        at as u16
    }
}

/// In which situations a transition happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct When(u16);

impl When {
    pub const ALWAYS: When = When(0);

    pub fn answered(question: u16, yes: bool) -> When {
        When(1 + 2 * question + u16::from(yes))
    }
}

/// A moment and the plans in force then.
#[derive(Clone, Debug)]
pub(super) struct Situation {
    /// By question; `None` = either answer may come, the calendar is not known.
    answers: Vec<Option<bool>>,
    /// A callback or a message may stand in for a person: nobody is rostered, or a plan says so.
    pub without_people: bool,
    /// For people, such as `Sunday 3 May 2026 03:00, plan surge in force`.
    pub name: String,
}

/// All situations that occur, and those of them that differ.
pub(super) fn situations(program: &Program, questions: &Questions<'_>) -> (usize, Vec<Situation>) {
    let classes: Vec<Option<&CalendarClass>> = match program.calendar.as_slice() {
        [] => vec![None],
        classes => classes.iter().map(Some).collect(),
    };
    let sets = plan_sets(program);
    let mut alike: BTreeMap<(Vec<Option<bool>>, bool), Situation> = BTreeMap::new();
    let mut order = Vec::new();
    for plans in &sets {
        for class in &classes {
            let situation = situation(program, questions, (*class, plans));
            let key = (situation.answers.clone(), situation.without_people);
            if let Entry::Vacant(new) = alike.entry(key.clone()) {
                new.insert(situation);
                order.push(key);
            }
        }
    }
    let differing = order.into_iter().filter_map(|key| alike.remove(&key)).collect();
    (classes.len() * sets.len(), differing)
}

/// No plan, each alone, all of them.
fn plan_sets(program: &Program) -> Vec<Vec<usize>> {
    let count = program.plans.len();
    let mut sets = vec![Vec::new()];
    sets.extend((0..count).map(|plan| vec![plan]));
    if count > 1 {
        sets.push((0..count).collect());
    }
    sets
}

fn situation(
    program: &Program,
    questions: &Questions<'_>,
    (class, plans): (Option<&CalendarClass>, &[usize]),
) -> Situation {
    let answer = |asked: &Asked<'_>| match asked {
        Asked::Open(schedule) => class.map(|class| class.open.contains(*schedule)),
        Asked::Holiday => class.map(|class| class.holiday),
        Asked::Plan(plan) => Some(plans.contains(&usize::from(*plan))),
    };
    let mut names: Vec<String> = class.map(|class| class.example.clone()).into_iter().collect();
    let in_force = || plans.iter().filter_map(|plan| program.plans.get(*plan));
    names.extend(in_force().map(|plan| format!("plan {} in force", plan.name)));
    Situation {
        answers: questions.all.iter().map(answer).collect(),
        without_people: !is_rostered(program, class) || in_force().any(|plan| plan.instead_of_people),
        name: names.join(", "),
    }
}

/// Are people at work for any queue of these menus? Unknown hours may be over.
fn is_rostered(program: &Program, class: Option<&CalendarClass>) -> bool {
    let mut hours = program.staffing.iter().map(|staffing| staffing.hours.as_deref());
    match class {
        Some(class) => hours.any(|hours| hours.is_none_or(|schedule| class.open.contains(schedule))),
        None => hours.any(|hours| hours.is_none()),
    }
}

/// Up to [`LANES`] situations looked at together.
pub(super) struct Lot<'s> {
    pub situations: &'s [Situation],
    /// By [`When`].
    masks: Vec<Mask>,
}

impl<'s> Lot<'s> {
    pub fn new(situations: &'s [Situation], questions: &Questions<'_>) -> Self {
        let bits = |holds: &dyn Fn(&Situation) -> bool| {
            let numbered = situations.iter().enumerate();
            numbered.filter(|(_, s)| holds(s)).fold(0, |mask, (bit, _)| mask | 1 << bit)
        };
        let mut masks = vec![bits(&|_| true)];
        for question in 0..questions.all.len() {
            for wanted in [false, true] {
                let answer = |s: &Situation| s.answers.get(question).copied().flatten();
                masks.push(bits(&|s| answer(s).is_none_or(|answer| answer == wanted)));
            }
        }
        Lot { situations, masks }
    }

    pub fn all(&self) -> Mask {
        self.masks[0]
    }

    pub fn mask(&self, when: When) -> Mask {
        self.masks[usize::from(when.0)]
    }

    pub fn without_people(&self) -> Mask {
        let numbered = self.situations.iter().enumerate();
        numbered.filter(|(_, s)| s.without_people).fold(0, |mask, (bit, _)| mask | 1 << bit)
    }
}
