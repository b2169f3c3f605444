//! What must not go on for ever: ways that lead to one another without anything being heard, and
//! verifications that begin again when their attempts are used up (CBA-32).

use crate::menu::interpreter::state::{Phase, Said, State, Task};
use crate::menu::model::MenuIx;
use crate::menu::prove::graph::{Edge, Graph};
use crate::menu::prove::situation::{Lot, Mask};
use crate::menu::prove::{ATTEMPTS_LIMITED, DECIDES_FOR_EVER, Failure};

/// Ways that lead to one another until the interpreter gives up and leads to a person.
pub(super) fn decisions(graph: &Graph<'_>, lot: &Lot<'_>, reached: &[Mask]) -> Option<Failure> {
    let help = "Let one of them lead to something that is heard.";
    let occurs = |edge: &&Edge| reached[edge.from as usize] & lot.mask(edge.when) != 0;
    let edge = graph.lost.iter().find(occurs)?;
    let lane = (reached[edge.from as usize] & lot.mask(edge.when)).trailing_zeros() as usize;
    Some(Failure::at(graph, lot, (edge.from as usize, lane), (&DECIDES_FOR_EVER, help), |path| {
        format!("one way leads to another and to nothing that is heard after: {path}")
    }))
}

/// Attempts that are used up and yet begin again, without a menu in between.
pub(super) fn attempts(graph: &Graph<'_>, lot: &Lot<'_>, reached: &[Mask]) -> Option<Failure> {
    let help = "Let `failed` lead to a person.";
    for (at, (state, reached)) in graph.states.iter().zip(reached).enumerate() {
        let (Phase::Said(Said::Locked(node) | Said::VerifyFailed(node)), true) = (state.phase, *reached != 0)
        else {
            continue;
        };
        if begins_again(graph, at, (state.menu, node)) {
            let lane = reached.trailing_zeros() as usize;
            return Some(Failure::at(graph, lot, (at, lane), (&ATTEMPTS_LIMITED, help), |path| {
                format!("a verification begins again when its attempts are used up, after: {path}")
            }));
        }
    }
    None
}

fn begins_again(graph: &Graph<'_>, at: usize, verification: (MenuIx, u16)) -> bool {
    let is_it = |state: &State| match state.task {
        Task::Verify { node, .. } => (state.menu, node) == verification,
        Task::None | Task::Complaint { .. } => false,
    };
    let mut seen = vec![at as u32];
    let mut next = 0;
    while let Some(at) = seen.get(next) {
        for edge in graph.silent_edges(*at as usize) {
            let state = &graph.states[edge.to as usize];
            if is_it(state) {
                return true;
            }
            let by_itself = !matches!(state.phase, Phase::Menu { .. } | Phase::Collect { .. });
            if by_itself && !seen.contains(&edge.to) {
                seen.push(edge.to);
            }
        }
        next += 1;
    }
    false
}
