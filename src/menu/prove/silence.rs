//! A caller who does nothing ends at a person, and so much time later.

use std::cmp::Reverse;
use std::time::Duration;

use crate::menu::interpreter::state::{Phase, State};
use crate::menu::length::Lengths;
use crate::menu::prove::graph::{Graph, is_with_person};
use crate::menu::prove::{Failure, SILENCE_ENDS_AT_PERSON};

/// How far a state's time is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    No,
    /// On the way being followed: meeting it again is a loop.
    OnWay,
    Yes,
}

/// By state: time until a silent caller stands in a queue; `None` if never.
pub(super) fn times(graph: &Graph<'_>, lengths: &Lengths) -> Vec<Option<Duration>> {
    let arrived = |state| is_with_person(state).then_some(Duration::ZERO);
    let mut times: Vec<Option<Duration>> = graph.states.iter().map(arrived).collect();
    let ended = |state: &State| if state.has_ended() { Known::Yes } else { Known::No };
    let mut known: Vec<Known> = graph.states.iter().map(ended).collect();
    let mut way = Vec::new();
    for at in 0..graph.states.len() {
        way.push(at);
        while let Some(&top) = way.last() {
            if known[top] != Known::Yes {
                known[top] = Known::OnWay;
                let next = graph.silent_edges(top).map(|edge| edge.to as usize);
                if let Some(next) = next.into_iter().find(|to| known[*to] == Known::No) {
                    way.push(next);
                    continue;
                }
                times[top] = longest(graph, lengths, top, &times);
                known[top] = Known::Yes;
            }
            way.pop();
        }
    }
    times
}

/// The longest of the silent ways on; never, if one of them never ends at a person.
fn longest(graph: &Graph<'_>, lengths: &Lengths, at: usize, times: &[Option<Duration>]) -> Option<Duration> {
    let ways: Vec<Option<Duration>> = graph
        .silent_edges(at)
        .map(|edge| Some(times[edge.to as usize]? + graph.takes(edge, lengths)))
        .collect();
    ways.into_iter().collect::<Option<Vec<Duration>>>()?.into_iter().max()
}

/// Where silence does not end at a person: the counter-example.
pub(super) fn judge(graph: &Graph<'_>, times: &[Option<Duration>]) -> Option<Failure> {
    // Farewell and message were asked for by a key.
    let excused = |state: &State| state.has_ended() || state.phase == Phase::Farewell;
    let at = (0..graph.states.len()).find(|at| times[*at].is_none() && !excused(&graph.states[*at]))?;
    Some(Failure {
        rule: &SILENCE_ENDS_AT_PERSON,
        menu: graph.menu_of(at),
        message: format!(
            "a caller who presses nothing more never gets to a person after: {}",
            graph.path(at).join(", ")
        ),
        help: "Let it lead back to the choices, to a menu or to a person.",
    })
}

/// The longest a silent caller takes, counted from the transition before, and how to get there.
pub(super) fn worst(
    graph: &Graph<'_>,
    lengths: &Lengths,
    times: &[Option<Duration>],
) -> (Duration, Vec<String>) {
    let total = |ix: usize| {
        let edge = &graph.edges[ix];
        times[edge.to as usize].map(|rest| rest + graph.takes(edge, lengths))
    };
    let all = (0..graph.edges.len()).filter_map(|ix| Some((total(ix)?, Reverse(ix))));
    let Some((time, Reverse(ix))) = all.max() else { return (Duration::ZERO, Vec::new()) };
    let edge = &graph.edges[ix];
    let mut path = graph.path(edge.from as usize);
    path.push(graph.describe(edge));
    (time, path)
}
