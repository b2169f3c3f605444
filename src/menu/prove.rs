//! The proof: the real interpreter walked through every state it can be in.
//!
//! Shown for every state, in every situation of calendar and plans that occurs: a person is at most
//! one key away, whatever else the world outside answers; and a caller who does nothing at all ends
//! at a person, never at a hang-up or in a loop. A callback or a message stands in for a person only
//! where nobody is rostered or a plan says so. What fails is a finding with the path that leads there.

mod announced;
mod circles;
mod graph;
mod listen;
mod person;
mod reach;
mod silence;
mod situation;
mod words;

use std::time::Duration;

use crate::config::finding::Severity;
use crate::ids::{EntryId, MenuId, QueueId};
use crate::menu::length::{Lengths, Measured};
use crate::menu::model::Program;
use crate::menu::prove::graph::Graph;
use crate::menu::prove::person::Counts;
use crate::menu::prove::situation::Lot;
use crate::menu::report::Rule;

pub const PERSON_WITHIN_KEYS: Rule = Rule {
    id: "person-within-keys",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "From any point one key leads to a person.",
};
pub const SILENCE_ENDS_AT_PERSON: Rule = Rule {
    id: "silence-ends-at-person",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Who presses nothing is put through to a person, never hung up on, never kept in a loop.",
};
pub const TOO_MANY_STATES: Rule = Rule {
    id: "too-many-states",
    source: "",
    severity: Severity::Error,
    explanation: "Menus so large that they cannot be proved cannot be published.",
};

pub const PERSON_IN_EVERY_SITUATION: Rule = Rule {
    id: "person-in-every-situation",
    source: "CBA-8",
    severity: Severity::Error,
    explanation: "Every hour of every day, holidays and emergencies included, a person is one key away.",
};
pub const INSTEAD_OF_PERSON: Rule = Rule {
    id: "instead-of-person",
    source: "CBA-8",
    severity: Severity::Error,
    explanation: "A callback or a message stands in for a person only while nobody is rostered at all, or while a plan in force says so.",
};
pub const PERSON_ANNOUNCED: Rule = Rule {
    id: "person-announced",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Within 30 s from the answer a caller has heard how to reach a person.",
};

pub const DECIDES_FOR_EVER: Rule = Rule {
    id: "decides-for-ever",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Conditions that lead to one another must come to something that is heard.",
};
pub const ATTEMPTS_LIMITED: Rule = Rule {
    id: "attempts-limited",
    source: "CBA-32",
    severity: Severity::Error,
    explanation: "Attempts to be verified are limited: when they are used up a person takes over.",
};

/// Rules that are proved and not read off the texts, for explanations.
pub const RULES: [&Rule; 8] = [
    &PERSON_WITHIN_KEYS,
    &SILENCE_ENDS_AT_PERSON,
    &PERSON_IN_EVERY_SITUATION,
    &INSTEAD_OF_PERSON,
    &PERSON_ANNOUNCED,
    &DECIDES_FOR_EVER,
    &ATTEMPTS_LIMITED,
    &TOO_MANY_STATES,
];

/// What to do where people are at work and callers do not get to them.
const ROSTERED: &str = "Let when_closed of the queue lead to a queue in which people are rostered then, or let a plan say instead_of_people.";

/// Keys to a person, from anywhere.
pub const MOST_KEYS: u32 = 1;

/// What the walk showed.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof {
    pub states: usize,
    pub transitions: usize,
    /// Situations that occur: calendar classes times sets of plans in force.
    pub situations: usize,
    /// Those of them in which anything these menus ask is answered differently.
    pub differing: usize,
    /// Most keys needed to a person, over all states; `u32::MAX` if some key leads to none.
    pub worst_keys: u32,
    /// Longest a silent caller takes to stand in a queue, from any point and after any input.
    pub worst_silence: Duration,
    /// How to get where that takes longest, in words.
    pub worst_path: Vec<String>,
    /// Longest a caller takes who does nothing from the answer on.
    pub silent_from_answer: Duration,
    pub menus: Vec<MenuRow>,
    pub failures: Vec<Failure>,
}

impl Proof {
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

/// How far a menu is from a person.
#[derive(Clone, PartialEq, Debug)]
pub struct MenuRow {
    pub entry: EntryId,
    pub menu: MenuId,
    /// Keys from the answer into the menu and on to a person, e.g. `1 0`.
    pub keys: String,
    /// From the answer to standing in the queue, for a caller who listens until each key was told.
    pub listening: Duration,
    /// The same for a caller who does nothing once in this menu, in the slowest situation.
    pub silent: Duration,
    pub person: QueueId,
}

/// A state from which the standard is not kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    pub rule: &'static Rule,
    pub menu: MenuId,
    /// Node of the menu, if it is at one.
    pub node: Option<String>,
    /// With the way there, and when it happens.
    pub message: String,
    pub help: &'static str,
}

impl Failure {
    /// At a state, in a situation of a lot; `message` is told the way there.
    fn at(
        graph: &Graph<'_>,
        lot: &Lot<'_>,
        (at, lane): (usize, usize),
        (rule, help): (&'static Rule, &'static str),
        message: impl FnOnce(&str) -> String,
    ) -> Self {
        let state = &graph.states[at];
        let mut message = message(&reach::path(graph, lot, lane, at).join(", "));
        if let Some(situation) = lot.situations.get(lane).filter(|situation| !situation.name.is_empty()) {
            message.push_str(&format!(" ({})", situation.name));
        }
        Failure {
            rule,
            menu: graph.program.menu(state.menu).id.clone(),
            node: graph::node_of(graph.program, state),
            message,
            help,
        }
    }
}

/// Walks all states in all situations. Seconds come from `measured` recordings, else are estimated
/// from the texts.
pub fn prove(program: &Program, measured: &Measured) -> Proof {
    let lengths = Lengths::new(program, measured);
    let graph = Graph::walk(program, &lengths);
    let mut proof = Proof {
        states: graph.states.len(),
        transitions: graph.edges.len(),
        situations: 0,
        differing: 0,
        worst_keys: 0,
        worst_silence: Duration::ZERO,
        worst_path: Vec::new(),
        silent_from_answer: Duration::ZERO,
        menus: Vec::new(),
        failures: Vec::new(),
    };
    if let Some(menu) = graph.gave_up() {
        proof.failures.push(Failure {
            rule: &TOO_MANY_STATES,
            menu,
            node: None,
            message: "the menus have too many states to be proved".to_owned(),
            help: "Leave out links between distant menus.",
        });
        return proof;
    }
    let (occurring, differing) = situation::situations(program, &graph.questions);
    (proof.situations, proof.differing) = (occurring, differing.len());
    let order = graph.ends_first();
    let mut silent = listen::Silent::default();
    for lot in differing.chunks(situation::LANES) {
        let lot = Lot::new(lot, &graph.questions);
        prove_lot(&graph, &lot, &order, (&mut proof, &mut silent));
        proof.failures.extend(announced::judge(&graph, &lot, &lengths));
    }
    let mut seen = Vec::new();
    proof.failures.retain(|failure| {
        let new = !seen.contains(&(failure.rule.id, failure.menu.clone()));
        seen.push((failure.rule.id, failure.menu.clone()));
        new
    });
    proof.menus = listen::rows(program, &lengths, &silent);
    proof
}

/// What holds in up to 64 situations.
fn prove_lot(
    graph: &Graph<'_>,
    lot: &Lot<'_>,
    order: &[u32],
    (proof, silent): (&mut Proof, &mut listen::Silent),
) {
    let reached = reach::reached(graph, lot);
    let keys = person::keys(graph, lot, order, Counts::Allowed);
    let failures = person::judge(graph, lot, order, &reached, &keys);
    proof.worst_keys = match failures.is_empty() {
        true => proof.worst_keys.max(MOST_KEYS),
        false => u32::MAX,
    };
    proof.failures.extend(failures);
    proof.failures.extend(circles::decisions(graph, lot, &reached));
    proof.failures.extend(circles::attempts(graph, lot, &reached));
    let times = silence::times(graph, lot, order, Counts::Allowed);
    proof.failures.extend(silence::judge(graph, lot, order, &reached, &times));
    let (worst, path) = silence::worst(graph, lot, &reached, &times);
    let worst = Duration::from_millis(worst.into());
    if worst > proof.worst_silence {
        (proof.worst_silence, proof.worst_path) = (worst, path);
    }
    let from_answer = Duration::from_millis(silence::from_answer(graph, &times).into());
    proof.silent_from_answer = proof.silent_from_answer.max(from_answer);
    silent.take(graph, &reached, &times);
}

#[cfg(test)]
mod tests;
