//! A person is one key away: from every state, in every situation, whatever else the world answers.
//!
//! The key is that of the table of keys: 0, or `*` while digits are keyed in (`**` where `*` is the
//! point of an amount). Pressed and then nothing more, it must lead into a queue without anything
//! left to be answered.

use crate::ids::Key;
use crate::menu::interpreter::state::{Exit, Phase, Reason, State};
use crate::menu::prove::graph::{Cause, Edge, Graph};
use crate::menu::prove::situation::{Lot, Mask};
use crate::menu::prove::{Failure, INSTEAD_OF_PERSON, PERSON_IN_EVERY_SITUATION, PERSON_WITHIN_KEYS};

/// Who stands where in how many situations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// People, and callback or message where they may stand in for people.
    Allowed,
    /// Callback and message everywhere: tells why a proof failed.
    Anything,
}

/// Situations in which this state is where a caller should end.
pub(super) fn arrived(state: &State, lot: &Lot<'_>, counts: Counts) -> Mask {
    let instead = match counts {
        Counts::Allowed => lot.without_people(),
        Counts::Anything => lot.all(),
    };
    match state.phase {
        Phase::Ended(Exit::Person(_)) => lot.all(),
        Phase::Ended(Exit::Message | Exit::Callback) => instead,
        _ => 0,
    }
}

/// Situations in which nothing more need be done: a callback that is offered because nobody is at
/// work need only be accepted.
fn offered(state: &State, lot: &Lot<'_>, counts: Counts) -> Mask {
    match state.phase {
        Phase::Callback { reason: Reason::Closed, .. } => match counts {
            Counts::Allowed => lot.without_people(),
            Counts::Anything => lot.all(),
        },
        _ => arrived(state, lot, counts),
    }
}

/// By state: the situations in which a person is at most a key away, and those in which none is needed.
pub(super) struct Keys {
    pub one: Vec<Mask>,
    pub none: Vec<Mask>,
}

pub(super) fn keys(graph: &Graph<'_>, lot: &Lot<'_>, order: &[u32], counts: Counts) -> Keys {
    let mut keys = Keys { one: vec![0; graph.states.len()], none: vec![0; graph.states.len()] };
    settle(order, &mut keys.none, |at, none| {
        let state = &graph.states[at];
        offered(state, lot, counts) | if waits(graph, at) { 0 } else { every(graph, lot, at, none) }
    });
    let none = &keys.none;
    settle(order, &mut keys.one, |at, one| {
        let state = &graph.states[at];
        let edges = graph.edges_of(at);
        let key = if state.collects() { Key::Star } else { Key::Digit(0) };
        let pressed = |edges: &[Edge]| {
            let edge = edges.iter().find(|edge| edge.cause == Cause::Key(key));
            edge.map(|edge| edge.to as usize)
        };
        none[at]
            | match pressed(edges) {
                Some(to) if none[to] == 0 && key == Key::Star => {
                    // The point of an amount: once more.
                    pressed(graph.edges_of(to)).map_or(0, |to| none[to])
                }
                Some(to) => none[to],
                // Kept until what happens by itself has happened.
                None => every(graph, lot, at, one),
            }
    });
    keys
}

/// Does it go on only when the caller has let some time pass?
fn waits(graph: &Graph<'_>, at: usize) -> bool {
    !graph.states[at].awaits_system() && graph.edges_of(at).iter().any(|edge| edge.cause == Cause::Timeout)
}

/// Situations in which everything that can happen by itself leads where it should.
fn every(graph: &Graph<'_>, lot: &Lot<'_>, at: usize, good: &[Mask]) -> Mask {
    let (mut some, mut all) = (0, lot.all());
    for edge in graph.silent_edges(at) {
        let mask = lot.mask(edge.when);
        some |= mask;
        all &= good[edge.to as usize] | !mask;
    }
    some & all
}

/// Repeats until nothing changes; masks only grow, so this ends.
fn settle(order: &[u32], masks: &mut [Mask], value: impl Fn(usize, &[Mask]) -> Mask) {
    let mut changed = true;
    while changed {
        changed = false;
        for at in order {
            let at = *at as usize;
            let now = value(at, masks) | masks[at];
            changed |= now != masks[at];
            masks[at] = now;
        }
    }
}

/// A state and a situation of it from which no key leads to a person.
pub(super) fn judge(
    graph: &Graph<'_>,
    lot: &Lot<'_>,
    order: &[u32],
    reached: &[Mask],
    keys: &Keys,
) -> Vec<Failure> {
    // While digits are looked at nobody can press anything: what comes of them was keyed in.
    let missing = |at: usize| match graph.states[at].has_ended() || graph.states[at].is_judging_digits() {
        true => 0,
        false => reached[at] & !keys.one[at],
    };
    if (0..graph.states.len()).all(|at| missing(at) == 0) {
        return Vec::new();
    }
    let anything = self::keys(graph, lot, order, Counts::Anything);
    let mut failures = Vec::new();
    let mut report = |rule, which: &dyn Fn(usize) -> Mask, said: &str, help| {
        let Some(at) = (0..graph.states.len()).find(|at| which(*at) != 0) else { return };
        let bit = which(at).trailing_zeros() as usize;
        failures
            .push(Failure::at(graph, lot, (at, bit), (rule, help), |path| format!("{said} after: {path}")));
    };
    let instead = |at: usize| missing(at) & anything.one[at];
    let never = |at: usize| missing(at) & !anything.one[at];
    let everywhere = |at: usize| if never(at) == reached[at] { never(at) } else { 0 };
    let somewhere = |at: usize| if never(at) == reached[at] { 0 } else { never(at) };
    let table = "Every point must lead to a person by one key; see person = \"QUEUE\".";
    report(&PERSON_WITHIN_KEYS, &everywhere, "no key leads to a person", table);
    let hole = "Give the queue hours in which people are rostered, or let when_closed lead to a queue that has them.";
    report(&PERSON_IN_EVERY_SITUATION, &somewhere, "no key leads to a person", hole);
    report(
        &INSTEAD_OF_PERSON,
        &instead,
        "a caller who asks for a person gets a callback or a message",
        super::ROSTERED,
    );
    failures
}
