//! Menus with ways bent at random: whom the proof accepts never strand a caller on any walk, in any
//! situation. The walks know nothing of masks and orders.

use proptest::prelude::*;

use crate::ids::Key;
use crate::menu::Program;
use crate::menu::api::Input;
use crate::menu::interpreter::query::Query;
use crate::menu::interpreter::state::{Exit, Phase, Reason, State};
use crate::menu::interpreter::step;
use crate::menu::length::Measured;
use crate::menu::model::{Condition, Target};
use crate::menu::prove::prove;
use crate::menu::prove::silence::asked_for;
use crate::menu::testing::hotline;

/// Every way of the hotline, in a fixed order.
fn ways(program: &mut Program) -> Vec<&mut Target> {
    let mut all: Vec<&mut Target> = Vec::new();
    for menu in &mut program.menus {
        all.extend(menu.choices.iter_mut().map(|choice| &mut choice.target));
        all.extend(menu.information.iter_mut().map(|node| &mut node.target));
        all.extend(menu.collects.iter_mut().map(|node| &mut node.target));
        for branch in &mut menu.branches {
            all.extend(branch.whens.iter_mut().map(|row| &mut row.target));
            if branch.otherwise != Target::Stay {
                all.push(&mut branch.otherwise);
            }
        }
        for node in &mut menu.lookups {
            all.extend(node.whens.iter_mut().map(|row| &mut row.target));
            all.extend([&mut node.target, &mut node.failed]);
        }
        for node in &mut menu.verifies {
            all.extend([&mut node.target, &mut node.failed]);
        }
        all.extend(menu.surveys.iter_mut().map(|node| &mut node.target));
    }
    all
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Repeat),
        Just(Target::Back),
        Just(Target::Top),
        Just(Target::End),
        Just(Target::Person),
        Just(Target::Elderly),
        (0u16..4).prop_map(Target::Menu),
        (0u16..4).prop_map(Target::Queue),
        (0u16..2).prop_map(Target::Information),
        Just(Target::Collect(0)),
        Just(Target::Branch(0)),
        Just(Target::Lookup(0)),
        Just(Target::Survey(0)),
        Just(Target::Complaint(0)),
        Just(Target::Callback(None)),
        Just(Target::Message(None)),
    ]
}

/// A moment of the calendar, plans in force, and answers of all else as they come.
struct World<'p> {
    program: &'p Program,
    class: usize,
    plans: Vec<usize>,
    answers: std::iter::Cycle<std::vec::IntoIter<u8>>,
}

impl World<'_> {
    fn answer(&mut self, query: Query<'_>) -> u8 {
        let class = &self.program.calendar[self.class];
        let plan = |plan: u8| self.plans.contains(&usize::from(plan));
        match query {
            Query::Open(schedule) => u8::from(class.open.contains(schedule)),
            Query::Holds(Condition::Open(schedule)) => u8::from(class.open.contains(schedule)),
            Query::Holds(Condition::Holiday) => u8::from(class.holiday),
            Query::Plan(ix) => u8::from(plan(ix)),
            Query::Holds(Condition::Plan(ix)) => u8::from(plan(*ix)),
            query => self.answers.next().unwrap() % query.answers(self.program),
        }
    }

    /// Nobody is rostered, or a plan says that something may stand in for people.
    fn without_people(&self) -> bool {
        let class = &self.program.calendar[self.class];
        let works = |hours: &Option<String>| hours.as_ref().is_none_or(|name| class.open.contains(name));
        !self.program.staffing.iter().any(|queue| works(&queue.hours))
            || self.plans.iter().any(|plan| self.program.plans[*plan].instead_of_people)
    }

    fn step(&mut self, state: State, input: &Input) -> State {
        step::step(self.program, state, input, &mut Vec::new())
    }

    /// What happens by itself next; a system of the bank may also never answer.
    fn by_itself(&mut self, state: State) -> State {
        match Query::of(self.program, &state) {
            Some(query) if !state.awaits_system() || self.answers.next().unwrap() % 4 > 0 => {
                let answer = self.answer(query);
                self.step(state, &Input::Chosen(answer))
            }
            Some(_) | None if state.is_playing() => self.step(state, &Input::PlayDone),
            Some(_) | None => self.step(state, &Input::Timeout),
        }
    }

    fn is_right(&self, state: &State) -> bool {
        match state.phase {
            Phase::Ended(Exit::Person(_)) => true,
            Phase::Ended(Exit::Message | Exit::Callback) | Phase::Callback { reason: Reason::Closed, .. } => {
                self.without_people()
            }
            _ => false,
        }
    }

    /// One key, then nothing but what is said and answered leads to a person.
    fn key_leads_to_person(&mut self, mut state: State) -> bool {
        let mut pressed = 0;
        for _ in 0..200 {
            let key = if state.collects() { Key::Star } else { Key::Digit(0) };
            let point = matches!(state.phase, Phase::Collect { .. }) && pressed == 1;
            if self.is_right(&state) {
                return true;
            }
            if state.has_ended() {
                return false;
            }
            if !state.keeps(key) && (pressed == 0 || point) {
                pressed += 1;
                state = self.step(state, &Input::Key(key));
            } else if state.is_playing() || Query::of(self.program, &state).is_some() {
                state = self.by_itself(state);
            } else {
                return false;
            }
        }
        false
    }

    fn silence_leads_to_person(&mut self, mut state: State) -> bool {
        for _ in 0..400 {
            if state.has_ended() {
                return self.is_right(&state);
            }
            state = self.by_itself(state);
        }
        false
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proved_strands_nobody(
        bends in prop::collection::vec((any::<prop::sample::Index>(), target()), 0..3),
        walks in prop::collection::vec(
            (0usize..3, prop::sample::subsequence(vec![0usize, 1], 0..=2), 0u8..2,
             prop::collection::vec(0u8..15, 0..40), prop::collection::vec(any::<u8>(), 1..40)),
            40,
        ),
    ) {
        let mut program = Program::clone(&hotline());
        for (which, target) in bends {
            let mut ways = ways(&mut program);
            let which = which.index(ways.len());
            *ways[which] = target;
        }
        let proof = prove(&program, &Measured::new());
        for (class, plans, language, deeds, answers) in walks {
            let mut world = World { program: &program, class, plans, answers: answers.into_iter().cycle() };
            let mut state = step::start(&program, 0, language, &mut Vec::new());
            for deed in deeds {
                state = match deed {
                    0..12 => {
                        let key = Key::ALL[usize::from(deed)];
                        if state.keeps(key) { world.by_itself(state) } else { world.step(state, &Input::Key(key)) }
                    }
                    _ => world.by_itself(state),
                };
            }
            if state.has_ended() {
                continue;
            }
            let key = world.key_leads_to_person(state);
            prop_assert!(key || !proof.holds(), "no key from {state:?}");
            let silence = asked_for(&state) || world.silence_leads_to_person(state);
            prop_assert!(silence || !proof.holds(), "silence from {state:?}");
        }
    }
}
