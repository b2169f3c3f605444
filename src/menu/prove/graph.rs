//! Every state of the interpreter and every transition between them, walked once for all
//! situations: a transition that depends on the calendar or a plan says on what.

use rustc_hash::FxHashMap;

use crate::ids::{Key, MenuId};
use crate::menu::api::{Input, Pace};
use crate::menu::interpreter::effect::Effect;
use crate::menu::interpreter::heard::{Heard, Part};
use crate::menu::interpreter::query::Query;
use crate::menu::interpreter::state::{Phase, Rows, Said, State};
use crate::menu::interpreter::step;
use crate::menu::length::Lengths;
use crate::menu::model::{LanguageIx, Program};
use crate::menu::prove::situation::{Asked, Questions, When};

/// Beyond this the menus are refused as unprovable.
const MOST_STATES: usize = 2_000_000;

/// What a caller can do, and what happens by itself. Keys that lead to people come first: of keys
/// that do the same only the first is kept.
const INPUTS: [Input; 14] = [
    Input::Key(Key::Digit(0)),
    Input::Key(Key::Star),
    Input::Key(Key::Pound),
    Input::Key(Key::Digit(1)),
    Input::Key(Key::Digit(2)),
    Input::Key(Key::Digit(3)),
    Input::Key(Key::Digit(4)),
    Input::Key(Key::Digit(5)),
    Input::Key(Key::Digit(6)),
    Input::Key(Key::Digit(7)),
    Input::Key(Key::Digit(8)),
    Input::Key(Key::Digit(9)),
    Input::PlayDone,
    Input::Timeout,
];

/// Why a transition happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cause {
    Key(Key),
    PlayDone,
    Timeout,
    Chosen(u8),
    /// A value to be spoken is missing or nonsense.
    Unsaid,
}

impl Cause {
    /// `None` for what no input does.
    pub fn input(self) -> Option<Input> {
        Some(match self {
            Cause::Key(key) => Input::Key(key),
            Cause::PlayDone => Input::PlayDone,
            Cause::Timeout => Input::Timeout,
            Cause::Chosen(answer) => Input::Chosen(answer),
            Cause::Unsaid => return None,
        })
    }
}

/// One transition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub from: u32,
    pub to: u32,
    /// What is heard and waited for because of it.
    pub ms: u32,
    pub cause: Cause,
    pub when: When,
}

impl Edge {
    pub fn is_key(&self) -> bool {
        matches!(self.cause, Cause::Key(_))
    }
}

/// A state and its transitions.
#[derive(Clone, Copy)]
struct Node {
    /// Where its edges begin.
    first: u32,
    /// What plays has values in it.
    speaks: bool,
}

pub(super) struct Graph<'p> {
    pub program: &'p Program,
    pub states: Vec<State>,
    /// Those visits begin in, and the time the first words take.
    pub starts: Vec<(u32, u32)>,
    /// Sorted by `from`; what changes nothing is left out.
    pub edges: Vec<Edge>,
    pub questions: Questions<'p>,
    /// Edges at whose end ways had led to one another for too long.
    pub lost: Vec<Edge>,
    nodes: Vec<Node>,
    index: FxHashMap<State, u32>,
    times: Times<'p>,
    gave_up: bool,
}

impl<'p> Graph<'p> {
    pub fn walk(program: &'p Program, lengths: &'p Lengths) -> Self {
        let mut graph = Graph {
            program,
            states: Vec::new(),
            starts: Vec::new(),
            edges: Vec::new(),
            questions: Questions::default(),
            lost: Vec::new(),
            nodes: Vec::new(),
            index: FxHashMap::default(),
            times: Times { program, lengths, known: FxHashMap::default() },
            gave_up: false,
        };
        let mut out = Vec::new();
        for main in 0..program.mains.len() {
            for language in 0..program.languages().len() {
                out.clear();
                let state = step::start(program, main as u16, language as u8, &mut out);
                let (ms, speaks) = graph.times.of(&out);
                let start = graph.add(state, speaks);
                graph.starts.push((start, ms));
            }
        }
        let mut at = 0;
        while at < graph.states.len() {
            if graph.states.len() > MOST_STATES {
                graph.gave_up = true;
                break;
            }
            graph.expand(at as u32, &mut out);
            at += 1;
        }
        graph.index = FxHashMap::default();
        graph
    }

    fn add(&mut self, state: State, speaks: bool) -> u32 {
        *self.index.entry(state).or_insert_with(|| {
            self.states.push(state);
            self.nodes.push(Node { first: 0, speaks });
            (self.states.len() - 1) as u32
        })
    }

    fn expand(&mut self, at: u32, out: &mut Vec<Effect>) {
        let state = self.states[at as usize];
        let query = Query::of(self.program, &state);
        let Node { first, speaks } = &mut self.nodes[at as usize];
        *first = self.edges.len() as u32;
        let speaks = *speaks;
        // While the world outside is asked, keys are kept and nothing plays.
        if query.is_none() || state.awaits_system() {
            for input in &INPUTS {
                let cause = match input {
                    Input::Key(key) if state.keeps(*key) => continue,
                    Input::Key(key) => Cause::Key(*key),
                    Input::Timeout => Cause::Timeout,
                    Input::PlayDone | Input::Chosen(_) => Cause::PlayDone,
                };
                out.clear();
                let next = step::step(self.program, state, input, out);
                self.edge(at, next, (cause, When::ALWAYS), out);
            }
        }
        if let Some(query) = query {
            let asked = Asked::of(query).map(|asked| self.questions.number(asked));
            for answer in 0..query.answers(self.program) {
                out.clear();
                let next = step::step(self.program, state, &Input::Chosen(answer), out);
                let when = asked.map_or(When::ALWAYS, |number| When::answered(number, answer == 1));
                self.edge(at, next, (Cause::Chosen(answer), when), out);
            }
        }
        if speaks {
            out.clear();
            let next = step::fault(self.program, state, out);
            self.edge(at, next, (Cause::Unsaid, When::ALWAYS), out);
        }
    }

    fn edge(&mut self, from: u32, next: State, (cause, when): (Cause, When), out: &[Effect]) {
        if out.is_empty() && next == self.states[from as usize] {
            return;
        }
        let (ms, speaks) = self.times.of(out);
        let to = self.add(next, speaks);
        let edge = Edge { from, to, ms, cause, when };
        if out.contains(&Effect::Lost) {
            self.lost.push(edge);
        }
        // Keys that lead to the same place are one.
        if edge.is_key() {
            let others = &self.edges[self.nodes[from as usize].first as usize..];
            if others.iter().any(|other| other.to == to && other.ms == ms && other.is_key()) {
                return;
            }
        }
        self.edges.push(edge);
    }

    /// The menu of some state, if there are too many to look at.
    pub fn gave_up(&self) -> Option<MenuId> {
        let last = self.states.last().filter(|_| self.gave_up)?;
        Some(self.program.menu(last.menu).id.clone())
    }

    pub fn edges_of(&self, at: usize) -> &[Edge] {
        let begin = self.nodes[at].first as usize;
        let end = self.nodes.get(at + 1).map_or(self.edges.len(), |next| next.first as usize);
        &self.edges[begin..end]
    }

    /// What happens to somebody who does nothing.
    pub fn silent_edges(&self, at: usize) -> impl Iterator<Item = &Edge> {
        self.edges_of(at).iter().filter(|edge| !edge.is_key())
    }

    /// States in an order in which, apart from loops, what comes of doing nothing comes first.
    pub fn ends_first(&self) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.states.len());
        let mut seen = vec![false; self.states.len()];
        let mut way: Vec<(u32, usize)> = Vec::new();
        for start in 0..self.states.len() as u32 {
            if !std::mem::replace(&mut seen[start as usize], true) {
                way.push((start, 0));
            }
            while let Some((at, place)) = way.last_mut() {
                let next = self.edges_of(*at as usize).get(*place);
                *place += 1;
                match next {
                    Some(edge) if edge.is_key() || seen[edge.to as usize] => {}
                    Some(edge) => {
                        seen[edge.to as usize] = true;
                        let to = edge.to;
                        way.push((to, 0));
                    }
                    None => {
                        order.push(*at);
                        way.pop();
                    }
                }
            }
        }
        order
    }
}

/// Times of what is heard, each counted once.
struct Times<'p> {
    program: &'p Program,
    lengths: &'p Lengths,
    /// Milliseconds, and whether values are spoken.
    known: FxHashMap<(Heard, LanguageIx), (u32, bool)>,
}

impl Times<'_> {
    fn of(&mut self, effects: &[Effect]) -> (u32, bool) {
        let (mut total, mut speaks) = (0u32, false);
        for effect in effects {
            match effect {
                Effect::Wait(time) => total = total.saturating_add(millis(*time)),
                Effect::Play { heard, language, pace, .. } => {
                    let (ms, values) = self.heard(*heard, *language);
                    total = total.saturating_add(match pace {
                        Pace::Usual => ms,
                        Pace::Slow => Lengths::slow(ms),
                    });
                    speaks |= values;
                }
                _ => {}
            }
        }
        (total, speaks)
    }

    fn heard(&mut self, heard: Heard, language: LanguageIx) -> (u32, bool) {
        let Times { program, lengths, .. } = *self;
        *self.known.entry((heard, language)).or_insert_with(|| {
            let parts = heard.parts(program, language);
            let values = parts.iter().any(|part| matches!(part, Part::Value(..) | Part::Typed(_)));
            (millis(lengths.of_heard(program, heard, language)), values)
        })
    }
}

pub(super) fn millis(time: std::time::Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// Name of the node a state is at, if it is at one.
pub(super) fn node_of(program: &Program, state: &State) -> Option<String> {
    let menu = program.menu(state.menu);
    let of = |node: u16| usize::from(node);
    let name = match state.phase {
        Phase::Information(node) => menu.information.get(of(node)).map(|node| &node.name),
        Phase::Collect { node, .. } | Phase::Confirm { node, .. } => {
            menu.collects.get(of(node)).map(|node| &node.name)
        }
        Phase::Deciding { rows: Rows::Branch(node), .. } if menu.on_entry != Some(node) => {
            menu.branches.get(of(node)).map(|node| &node.name)
        }
        Phase::Deciding { rows: Rows::Lookup(node), .. }
        | Phase::Lookup { node, .. }
        | Phase::Reading { node, .. }
        | Phase::Said(Said::LookupFailed(node)) => menu.lookups.get(of(node)).map(|node| &node.name),
        Phase::MayVerify(node)
        | Phase::Verify { node, .. }
        | Phase::Said(Said::VerifyFailed(node) | Said::Locked(node)) => {
            menu.verifies.get(of(node)).map(|node| &node.name)
        }
        Phase::Survey { node, .. } | Phase::Said(Said::SurveyThanks(node)) => {
            menu.surveys.get(of(node)).map(|node| &node.name)
        }
        Phase::Complaint(node) => menu.complaints.get(of(node)).map(|node| &node.name),
        _ => None,
    };
    name.cloned()
}
