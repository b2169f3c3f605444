//! The oracle: callers who ring the published interpreter, and ears that judge what they hear.
//!
//! Nothing of the checker is used here, neither its rules nor its proof nor its lengths: a mistake
//! there must not hide itself. What the standard asks is written a second time, from
//! the caller's side: who wants a person gets one, who does nothing gets one, nobody is sold
//! anything first, everything is said in every language, options come before keys.

mod behaviour;
pub mod caller;
mod ears;
mod lexicon;
mod nodes;
mod people;
mod speech;
pub mod walk;
pub mod world;

use std::sync::Arc;

use hotline::config::finding::Severity;
use hotline::menu::{Program, Sources};

pub use behaviour::{Care, Memory};
pub use lexicon::SLOGANS;

use nodes::Nodes;
use speech::Seconds;

/// A hotline that callers can ring.
pub struct Subject {
    pub program: Arc<Program>,
    pub sources: Sources,
    pub nodes: Nodes,
    pub seconds: Seconds,
}

impl Subject {
    pub fn new(program: Arc<Program>, sources: Sources) -> Subject {
        let nodes = Nodes::of(&sources.files);
        let seconds = Seconds::of(&program);
        Subject { program, sources, nodes, seconds }
    }
}

/// A requirement that is not kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Requirement id.
    pub id: &'static str,
    pub severity: Severity,
    /// Not near a limit, where two honest estimates of seconds may differ.
    pub sure: bool,
    pub what: String,
}

impl Fault {
    pub fn error(id: &'static str, what: String) -> Fault {
        Fault { id, severity: Severity::Error, sure: true, what }
    }

    pub fn warning(id: &'static str, what: String) -> Fault {
        Fault { id, severity: Severity::Warning, sure: true, what }
    }
}

/// Everything that callers in every situation find wrong.
pub fn faults(subject: &Subject, memory: &Memory) -> Vec<Fault> {
    let behaviour = memory.of(subject);
    let mut faults = behaviour.faults.clone();
    faults.extend(ears::faults(subject, &behaviour.heard));
    faults.extend(speech::faults(subject));
    let mut once: Vec<Fault> = Vec::new();
    for fault in faults {
        if !once.contains(&fault) {
            once.push(fault);
        }
    }
    once
}
