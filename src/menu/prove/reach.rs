//! Which states occur in which situations, and an example of how to get there.

use std::collections::VecDeque;

use crate::ids::Key;
use crate::menu::interpreter::query::Query;
use crate::menu::interpreter::state::State;
use crate::menu::prove::graph::{Cause, Edge, Graph};
use crate::menu::prove::situation::{Lot, Mask};

/// By state: the situations in which it can be reached.
pub(super) fn reached(graph: &Graph<'_>, lot: &Lot<'_>) -> Vec<Mask> {
    let mut reached = vec![0; graph.states.len()];
    for (start, _) in &graph.starts {
        reached[*start as usize] = lot.all();
    }
    // Edges lie in the order in which states were first met, so most is done the first time round.
    let mut changed = true;
    while changed {
        changed = false;
        for edge in &graph.edges {
            let come = reached[edge.from as usize] & lot.mask(edge.when);
            let known = &mut reached[edge.to as usize];
            changed |= come & !*known != 0 && edge.to < edge.from;
            *known |= come;
        }
    }
    reached
}

/// A shortest way from the answer to this state in the situation of this bit, in words.
pub(super) fn path(graph: &Graph<'_>, lot: &Lot<'_>, bit: usize, to: usize) -> Vec<String> {
    let mut by: Vec<Option<Edge>> = vec![None; graph.states.len()];
    let mut seen = vec![false; graph.states.len()];
    let mut queue: VecDeque<u32> = graph.starts.iter().map(|(start, _)| *start).collect();
    for start in &queue {
        seen[*start as usize] = true;
    }
    while let Some(at) = queue.pop_front() {
        if at as usize == to {
            break;
        }
        for edge in graph.edges_of(at as usize) {
            if lot.mask(edge.when) >> bit & 1 == 1 && !seen[edge.to as usize] {
                seen[edge.to as usize] = true;
                by[edge.to as usize] = Some(*edge);
                queue.push_back(edge.to);
            }
        }
    }
    let mut path = Vec::new();
    let mut at = to;
    while let Some(edge) = by[at] {
        path.push(describe(graph, &edge));
        at = edge.from as usize;
    }
    let start = &graph.states[at];
    let entry = &graph.program.main(start.main).entry;
    path.push(format!("entry {entry} in {}", graph.program.language(start.language)));
    path.reverse();
    counted(path)
}

/// A digit after another is so many digits.
fn counted(path: Vec<String>) -> Vec<String> {
    let digits = path.chunk_by(|a, b| a == DIGIT && b == DIGIT);
    digits
        .flat_map(|run| match run {
            [first, _, ..] if first == DIGIT => vec![format!("{} digits", run.len())],
            _ => run.to_vec(),
        })
        .collect()
}

const DIGIT: &str = "a digit";

/// A transition in words.
pub(super) fn describe(graph: &Graph<'_>, edge: &Edge) -> String {
    let from = &graph.states[edge.from as usize];
    let menu = &graph.program.menu(from.menu).id;
    match edge.cause {
        Cause::Key(Key::Digit(_)) if from.collects() => DIGIT.to_owned(),
        Cause::Key(key) => format!("key {key} in {menu}"),
        Cause::PlayDone => "all heard".to_owned(),
        Cause::Timeout => "silence".to_owned(),
        Cause::Unsaid => "a value cannot be said".to_owned(),
        Cause::Chosen(answer) => answered(graph, from, answer),
    }
}

fn answered(graph: &Graph<'_>, from: &State, answer: u8) -> String {
    let said = |yes: &str, no: &str| if answer == 1 { yes.to_owned() } else { no.to_owned() };
    let program = graph.program;
    match Query::of(program, from) {
        Some(Query::Digits) => said("digits fit", "digits do not fit"),
        Some(Query::Holds(condition)) => {
            let condition = super::words::condition(program, condition);
            said(&condition, &format!("not {condition}"))
        }
        Some(Query::Open(schedule)) => said(&format!("{schedule} is open"), &format!("{schedule} is closed")),
        Some(Query::Plan(plan)) => {
            let name = program.plans.get(usize::from(plan)).map_or("", |plan| plan.name.as_str());
            said(&format!("plan {name} in force"), &format!("plan {name} not in force"))
        }
        Some(Query::Elderly) => said("an elderly caller", "not an elderly caller"),
        Some(Query::CallbackShown | Query::CallbackTyped) => {
            said("the number may be rung back", "the number may not be rung back")
        }
        Some(Query::MayVerify) => said("verification allowed", "verification locked"),
        Some(Query::Lookup) => said("the look-up is answered", "the look-up fails"),
        Some(Query::Verify) => match answer {
            1 => "verified".to_owned(),
            2 => "wrong secret".to_owned(),
            3 => "locked".to_owned(),
            _ => "verification fails".to_owned(),
        },
        Some(Query::Variable(variable)) => {
            let variable = program.variables.get(usize::from(variable));
            let name = variable.map_or("", |variable| variable.name.as_str());
            let value = usize::from(answer).checked_sub(1).and_then(|at| variable?.values.get(at));
            format!("{name} is {}", value.map_or("something else", String::as_str))
        }
        None => "answered".to_owned(),
    }
}
