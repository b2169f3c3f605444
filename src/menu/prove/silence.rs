//! A caller who does nothing ends at a person, in every situation, and so much time later.

use crate::menu::interpreter::state::{CallbackStage, Phase, Said, State, Task};
use crate::menu::prove::graph::Graph;
use crate::menu::prove::person::{Counts, arrived};
use crate::menu::prove::reach::{describe, path};
use crate::menu::prove::situation::{Lot, Mask};
use crate::menu::prove::{Failure, INSTEAD_OF_PERSON, ROSTERED, SILENCE_ENDS_AT_PERSON};

/// No time at all leads there.
pub(super) const NEVER: u32 = u32::MAX;

/// Milliseconds until a silent caller stands in a queue, by state and situation of a lot.
pub(super) struct Times {
    all: Vec<u32>,
    lanes: usize,
}

impl Times {
    /// By situation, from this state.
    pub fn of(&self, at: usize) -> &[u32] {
        &self.all[at * self.lanes..(at + 1) * self.lanes]
    }
}

/// `order`: what comes of doing nothing first, so that one round settles all but loops.
pub(super) fn times(graph: &Graph<'_>, lot: &Lot<'_>, order: &[u32], counts: Counts) -> Times {
    let lanes = lot.situations.len();
    let mut times = Times { all: vec![NEVER; graph.states.len() * lanes], lanes };
    let mut way = vec![0; lanes];
    let mut changed = true;
    while changed {
        changed = false;
        for at in order {
            let at = *at as usize;
            let goal = arrived(&graph.states[at], lot, counts);
            longest(graph, lot, (at, goal), &times, &mut way);
            let known = &mut times.all[at * lanes..(at + 1) * lanes];
            changed |= *known != *way;
            known.copy_from_slice(&way);
        }
    }
    times
}

/// The longest of the silent ways on; never, if one of them never ends at a person.
fn longest(graph: &Graph<'_>, lot: &Lot<'_>, (at, goal): (usize, Mask), times: &Times, way: &mut [u32]) {
    let mut some = goal;
    way.fill(0);
    for edge in graph.silent_edges(at) {
        let mask = lot.mask(edge.when);
        some |= mask;
        let rest = times.of(edge.to as usize);
        if mask == lot.all() {
            for (way, rest) in way.iter_mut().zip(rest) {
                *way = (*way).max(rest.saturating_add(edge.ms));
            }
        } else {
            for (lane, (way, rest)) in way.iter_mut().zip(rest).enumerate() {
                if mask >> lane & 1 == 1 {
                    *way = (*way).max(rest.saturating_add(edge.ms));
                }
            }
        }
    }
    for (lane, way) in way.iter_mut().enumerate() {
        if some >> lane & 1 == 0 {
            *way = NEVER;
        }
    }
}

/// What was asked for by a key and need not end at a person: farewell, survey, complaint, callback,
/// another number.
pub(super) fn asked_for(state: &State) -> bool {
    match state.phase {
        Phase::Farewell
        | Phase::TransferOut(_)
        | Phase::Survey { .. }
        | Phase::Said(Said::SurveyThanks(_))
        | Phase::Complaint(_)
        | Phase::Callback { stage: CallbackStage::Refused | CallbackStage::Thanks, .. }
        | Phase::Callback { stage: CallbackStage::Typed, .. }
        | Phase::Callback { stage: CallbackStage::Enter { .. }, .. }
        | Phase::Ended(_) => true,
        _ => matches!(state.task, Task::Complaint { .. }),
    }
}

/// Where silence does not end at a person: the counter-examples.
pub(super) fn judge(
    graph: &Graph<'_>,
    lot: &Lot<'_>,
    order: &[u32],
    reached: &[Mask],
    times: &Times,
) -> Vec<Failure> {
    let missing = |times: &Times, at: usize| -> Mask {
        // What digits led to was keyed in; a pause before the last of them is a state before.
        let state = &graph.states[at];
        if reached[at] == 0 || state.is_judging_digits() || asked_for(state) {
            return 0;
        }
        let never = times.of(at).iter().enumerate().filter(|(_, time)| **time == NEVER);
        reached[at] & never.fold(0, |mask, (lane, _)| mask | 1 << lane)
    };
    let all = 0..graph.states.len();
    if all.clone().all(|at| missing(times, at) == 0) {
        return Vec::new();
    }
    let anything = self::times(graph, lot, order, Counts::Anything);
    // Said of the last point before it goes wrong; a loop has none, there of the first one met.
    let place = |missing: &dyn Fn(usize) -> Mask| {
        let wrong = |at: usize| missing(at) & ends_elsewhere(graph, lot, at);
        let last = all.clone().find_map(|at| Some(at).zip(first(wrong(at))));
        last.or_else(|| all.clone().find_map(|at| Some(at).zip(first(missing(at)))))
    };
    let never = place(&|at| missing(&anything, at));
    let mut failures = Vec::new();
    if let Some(place) = never {
        let help = "Let it lead back to the choices, to a menu or to a person.";
        failures.push(Failure::at(graph, lot, place, (&SILENCE_ENDS_AT_PERSON, help), |path| {
            format!("a caller who presses nothing more never gets to a person after: {path}")
        }));
    }
    let instead = |at| missing(times, at) & !missing(&anything, at);
    if let Some(place) = place(&instead) {
        failures.push(Failure::at(graph, lot, place, (&INSTEAD_OF_PERSON, ROSTERED), |path| {
            format!("a caller who presses nothing more gets a callback or a message after: {path}")
        }));
    }
    failures
}

/// Situations in which a silent way leads straight to where no person is.
fn ends_elsewhere(graph: &Graph<'_>, lot: &Lot<'_>, at: usize) -> Mask {
    let elsewhere = graph.silent_edges(at).filter(|edge| asked_for(&graph.states[edge.to as usize]));
    elsewhere.fold(0, |mask, edge| mask | lot.mask(edge.when))
}

fn first(mask: Mask) -> Option<usize> {
    (mask != 0).then(|| mask.trailing_zeros() as usize)
}

/// The longest a silent caller takes, counted from the transition before, and how to get there.
pub(super) fn worst(graph: &Graph<'_>, lot: &Lot<'_>, reached: &[Mask], times: &Times) -> (u32, Vec<String>) {
    let mut worst = None;
    let mut most = 0;
    for (number, edge) in graph.edges.iter().enumerate() {
        let mask = lot.mask(edge.when) & reached[edge.from as usize];
        for (lane, rest) in times.of(edge.to as usize).iter().enumerate() {
            let time = rest.saturating_add(edge.ms);
            if mask >> lane & 1 == 1 && *rest != NEVER && time > most {
                (most, worst) = (time, Some((number, lane)));
            }
        }
    }
    let Some((number, lane)) = worst else { return (0, Vec::new()) };
    let edge = &graph.edges[number];
    let mut path = path(graph, lot, lane, edge.from as usize);
    path.push(describe(graph, edge));
    path.extend(Some(lot.situations[lane].name.clone()).filter(|name| !name.is_empty()));
    (most, path)
}

/// The longest a caller takes who does nothing from the answer on.
pub(super) fn from_answer(graph: &Graph<'_>, times: &Times) -> u32 {
    let starts = graph.starts.iter();
    let each = starts.flat_map(|(at, ms)| {
        times.of(*at as usize).iter().filter(|t| **t != NEVER).map(move |t| t.saturating_add(*ms))
    });
    each.max().unwrap_or(0)
}
