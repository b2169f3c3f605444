//! The proof: the real interpreter walked through every state it can be in.
//!
//! Shown for every state: a person is at most so many keys away, whatever the world outside
//! answers; and a caller who does nothing at all ends at a person, never at a hang-up or in a loop.
//! What fails is a finding with the path that leads there.

mod graph;
mod listen;
mod person;
mod silence;

use std::time::Duration;

use crate::config::finding::Severity;
use crate::ids::{EntryId, MenuId, QueueId};
use crate::menu::length::{Lengths, Measured};
use crate::menu::model::Program;
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

/// Keys to a person, from anywhere.
pub const MOST_KEYS: u32 = 1;

/// What the walk showed.
#[derive(Clone, PartialEq, Debug)]
pub struct Proof {
    pub states: usize,
    pub transitions: usize,
    /// Most keys needed to a person, over all states.
    pub worst_keys: u32,
    /// Longest a silent caller takes to stand in a queue, from any point and after any input.
    pub worst_silence: Duration,
    /// How to get where that takes longest, in words.
    pub worst_path: Vec<String>,
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
    /// The same for a caller who does nothing once in this menu.
    pub silent: Duration,
    pub person: QueueId,
}

/// A state from which the standard is not kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    pub rule: &'static Rule,
    pub menu: MenuId,
    pub message: String,
    pub help: &'static str,
}

/// Walks all states. Seconds come from `measured` recordings, else are estimated from the texts.
pub fn prove(program: &Program, measured: &Measured) -> Proof {
    let lengths = Lengths::new(program, measured);
    let graph = graph::Graph::walk(program);
    let mut proof = Proof {
        states: graph.states.len(),
        transitions: graph.edges.len(),
        worst_keys: 0,
        worst_silence: Duration::ZERO,
        worst_path: Vec::new(),
        menus: Vec::new(),
        failures: Vec::new(),
    };
    if let Some(menu) = graph.gave_up() {
        proof.failures.push(Failure {
            rule: &TOO_MANY_STATES,
            menu,
            message: "the menus have too many states to be proved".to_owned(),
            help: "Leave out links between distant menus.",
        });
        return proof;
    }
    let (worst_keys, failure) = person::keys(&graph);
    proof.worst_keys = worst_keys;
    proof.failures.extend(failure);
    let times = silence::times(&graph, &lengths);
    proof.failures.extend(silence::judge(&graph, &times));
    (proof.worst_silence, proof.worst_path) = silence::worst(&graph, &lengths, &times);
    proof.menus = listen::rows(program, &lengths, &graph, &times);
    proof
}

#[cfg(test)]
mod tests;
