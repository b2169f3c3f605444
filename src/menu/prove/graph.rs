//! Every state of the interpreter and every transition between them.

use std::collections::HashMap;
use std::time::Duration;

use crate::ids::{Key, MenuId};
use crate::menu::api::Input;
use crate::menu::interpreter::effect::Effect;
use crate::menu::interpreter::state::{Exit, Phase, State, Step};
use crate::menu::interpreter::step;
use crate::menu::length::Lengths;
use crate::menu::model::Program;

/// Beyond this the menus are refused as unprovable.
const MOST_STATES: usize = 2_000_000;

/// Everything that can happen to a visit.
const INPUTS: [Input; 16] = [
    Input::Key(Key::Digit(0)),
    Input::Key(Key::Digit(1)),
    Input::Key(Key::Digit(2)),
    Input::Key(Key::Digit(3)),
    Input::Key(Key::Digit(4)),
    Input::Key(Key::Digit(5)),
    Input::Key(Key::Digit(6)),
    Input::Key(Key::Digit(7)),
    Input::Key(Key::Digit(8)),
    Input::Key(Key::Digit(9)),
    Input::Key(Key::Star),
    Input::Key(Key::Pound),
    Input::PlayDone,
    Input::Timeout,
    Input::Chosen(0),
    Input::Chosen(1),
];

/// One transition.
pub(super) struct Edge {
    pub from: u32,
    input: u8,
    pub to: u32,
    /// Range in [`Graph::effects`].
    effects: (u32, u32),
}

impl Edge {
    pub fn input(&self) -> &'static Input {
        &INPUTS[usize::from(self.input)]
    }

    pub fn is_key(&self) -> bool {
        matches!(self.input(), Input::Key(_))
    }
}

pub(super) struct Graph<'p> {
    pub program: &'p Program,
    pub states: Vec<State>,
    /// Sorted by `from`; what changes nothing is left out.
    pub edges: Vec<Edge>,
    /// By state: where its edges begin; one more at the end.
    first: Vec<u32>,
    /// Effects that take time, of all edges.
    effects: Vec<Effect>,
    /// The edge a state was first reached by; `None` for starts.
    reached_by: Vec<Option<u32>>,
    gave_up: bool,
}

impl<'p> Graph<'p> {
    pub fn walk(program: &'p Program) -> Self {
        let mut graph = Graph {
            program,
            states: Vec::new(),
            edges: Vec::new(),
            first: Vec::new(),
            effects: Vec::new(),
            reached_by: Vec::new(),
            gave_up: false,
        };
        let mut index: HashMap<State, u32> = HashMap::new();
        let mut out = Vec::new();
        for main in 0..program.mains.len() {
            for language in 0..program.languages().len() {
                out.clear();
                let state = step::start(program, main as u16, language as u8, &mut out);
                graph.add(&mut index, state, None);
            }
        }
        let mut at = 0;
        while at < graph.states.len() {
            if graph.states.len() > MOST_STATES {
                graph.gave_up = true;
                break;
            }
            graph.expand(at, &mut index, &mut out);
            at += 1;
        }
        graph.first.push(graph.edges.len() as u32);
        graph
    }

    fn add(&mut self, index: &mut HashMap<State, u32>, state: State, by: Option<u32>) -> u32 {
        *index.entry(state).or_insert_with(|| {
            self.states.push(state);
            self.reached_by.push(by);
            (self.states.len() - 1) as u32
        })
    }

    fn expand(&mut self, at: usize, index: &mut HashMap<State, u32>, out: &mut Vec<Effect>) {
        self.first.push(self.edges.len() as u32);
        let state = self.states[at];
        for (number, input) in INPUTS.iter().enumerate() {
            out.clear();
            let next = step::step(self.program, state, input, out);
            if next == state && out.is_empty() {
                continue;
            }
            let edge = self.edges.len() as u32;
            let to = self.add(index, next, Some(edge));
            let begin = self.effects.len() as u32;
            let slow = out.iter().filter(|effect| matches!(effect, Effect::Play { .. } | Effect::Wait(_)));
            self.effects.extend(slow);
            let effects = (begin, self.effects.len() as u32);
            self.edges.push(Edge { from: at as u32, input: number as u8, to, effects });
        }
    }

    /// The menu of some state, if there are too many to look at.
    pub fn gave_up(&self) -> Option<MenuId> {
        let last = self.states.last().filter(|_| self.gave_up)?;
        Some(self.program.menu(last.menu).id.clone())
    }

    pub fn edges_of(&self, state: usize) -> &[Edge] {
        &self.edges[self.first[state] as usize..self.first[state + 1] as usize]
    }

    /// What happens to somebody who does nothing: the end of playing, of a wait, either answer.
    pub fn silent_edges(&self, at: usize) -> impl Iterator<Item = &Edge> {
        self.edges_of(at).iter().filter(|edge| !edge.is_key())
    }

    /// What is heard and waited for because of a transition.
    pub fn takes(&self, edge: &Edge, lengths: &Lengths) -> Duration {
        let (begin, end) = edge.effects;
        let effects = &self.effects[begin as usize..end as usize];
        effects.iter().map(|effect| lengths.of_effect(self.program, effect)).sum()
    }

    pub fn menu_of(&self, at: usize) -> MenuId {
        self.program.menu(self.states[at].menu).id.clone()
    }

    /// How a state is reached from the answer, in words.
    pub fn path(&self, at: usize) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = at;
        while let Some(edge) = self.reached_by[at].and_then(|edge| self.edges.get(edge as usize)) {
            path.push(self.describe(edge));
            at = edge.from as usize;
        }
        let start = &self.states[at];
        let entry = &self.program.main(start.main).entry;
        path.push(format!("entry {entry} in {}", self.program.language(start.language)));
        path.reverse();
        path
    }

    pub fn describe(&self, edge: &Edge) -> String {
        let from = &self.states[edge.from as usize];
        let menu = &self.program.menu(from.menu).id;
        let collecting = matches!(from.phase, Phase::Collect { .. });
        match edge.input() {
            Input::Key(Key::Digit(_)) if collecting => "a digit".to_owned(),
            Input::Key(key) => format!("key {key} in {menu}"),
            Input::PlayDone => "all heard".to_owned(),
            Input::Timeout => "silence".to_owned(),
            Input::Chosen(1) => "digits fit".to_owned(),
            Input::Chosen(_) => "digits do not fit".to_owned(),
        }
    }
}

/// Is the answer of the world outside awaited?
pub(super) fn is_asking(state: &State) -> bool {
    matches!(state.phase, Phase::Collect { step: Step::Asking, .. })
}

pub(super) fn is_with_person(state: &State) -> bool {
    matches!(state.phase, Phase::Ended(Exit::Person(_)))
}
