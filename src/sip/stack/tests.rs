//! The stack from outside: messages written by hand, and two stacks on a network that loses packets.

mod bench;
mod incoming;
mod network;
mod outgoing;
mod paths;
mod refusals;
mod registering;
mod two_stacks;

use std::collections::BTreeSet;

use super::Stack;

/// Every arm of the transaction tables is reached through the public face, by these scenarios.
#[test]
fn every_transition_is_taken() {
    let mut hit: BTreeSet<&'static str> = BTreeSet::new();
    for scenario in incoming::SCENARIOS.iter().chain(outgoing::SCENARIOS) {
        hit.extend(scenario());
    }
    let all: BTreeSet<&'static str> = Stack::all_transitions().iter().copied().collect();
    let missed: Vec<&&str> = all.difference(&hit).collect();
    assert!(missed.is_empty(), "never taken: {missed:?}");
    assert!(hit.is_subset(&all));
}
