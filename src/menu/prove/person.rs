//! A person is so many keys away, from every state and whatever the world outside answers.

use crate::menu::prove::graph::{Edge, Graph, is_asking, is_with_person};
use crate::menu::prove::{Failure, MOST_KEYS, PERSON_WITHIN_KEYS};

const NEVER: u32 = u32::MAX;

/// Most keys needed over all states, and the counter-example if that is too many.
pub(super) fn keys(graph: &Graph<'_>) -> (u32, Option<Failure>) {
    let arrived = |state| if is_with_person(state) { 0 } else { NEVER };
    let mut keys: Vec<u32> = graph.states.iter().map(arrived).collect();
    // Values only fall from "never", so this ends.
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..graph.states.len()).rev() {
            let best = best(graph, at, &keys);
            if best < keys[at] {
                keys[at] = best;
                changed = true;
            }
        }
    }
    let open = keys.iter().enumerate().filter(|(at, _)| !graph.states[*at].has_ended());
    let Some((at, &worst)) = open.max_by_key(|(at, keys)| (**keys, std::cmp::Reverse(*at))) else {
        return (0, None);
    };
    let failure = (worst > MOST_KEYS).then(|| {
        let distance =
            if worst == NEVER { "no key leads".to_owned() } else { format!("only {worst} keys lead") };
        Failure {
            rule: &PERSON_WITHIN_KEYS,
            menu: graph.menu_of(at),
            message: format!("{distance} to a person after: {}", graph.path(at).join(", ")),
            help: "Every point must lead to a person by one key; see person = \"QUEUE\".",
        }
    });
    (worst, failure)
}

fn best(graph: &Graph<'_>, at: usize, keys: &[u32]) -> u32 {
    let edges = graph.edges_of(at);
    if is_asking(&graph.states[at]) {
        // Not the caller's choice: the worst answer counts.
        return edges.iter().map(|edge| keys[edge.to as usize]).max().unwrap_or(NEVER);
    }
    let cost = |edge: &Edge| keys[edge.to as usize].saturating_add(u32::from(edge.is_key()));
    edges.iter().map(cost).min().unwrap_or(NEVER).min(keys[at])
}
