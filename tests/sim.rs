//! The whole engine on a virtual clock: lossy network, callers who hang up anywhere, agents who
//! do not answer. One seed gives one day, and a day leaves nothing behind.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hotline::event::{EventKind, LeftQueue};
use hotline::ids::{CallId, EntryId};
use hotline::sim::{Params, Report, Weather, World};
use hotline::sip::stack::Stack;

fn day(seed: u64, calls: u32) -> Report {
    let params = Params {
        seed,
        calls,
        over: Duration::from_secs(600),
        agents: 12,
        weather: Weather { lost: 20, doubled: 10, delay: Duration::from_millis(40) },
        entry: EntryId::new("95599"),
    };
    World::new(params, support::published()).run()
}

/// Every call in the journal has exactly one beginning and one end.
fn check_ends(report: &Report) {
    let mut begun = BTreeSet::new();
    let mut ended: BTreeMap<CallId, u32> = BTreeMap::new();
    let mut queued: BTreeMap<CallId, i32> = BTreeMap::new();
    for event in &report.events {
        let Some(call) = event.call else { continue };
        match &event.kind {
            EventKind::CallArrived { .. } => assert!(begun.insert(call), "{call} begins twice"),
            EventKind::CallEnded { .. } => *ended.entry(call).or_default() += 1,
            EventKind::QueueEntered { .. } => *queued.entry(call).or_default() += 1,
            EventKind::QueueLeft { .. } => *queued.entry(call).or_default() -= 1,
            _ => {}
        }
    }
    for call in &begun {
        assert_eq!(ended.get(call), Some(&1), "{call} ends once");
        assert_eq!(queued.get(call).copied().unwrap_or(0), 0, "{call} leaves each queue it enters");
    }
}

#[test]
fn a_thousand_calls_end_with_no_leg_timer_or_port_left() {
    let report = day(1, 1_000);
    assert_eq!(report.leftovers, [] as [String; 0]);
    assert_eq!(report.violations, [] as [String; 0]);
    check_ends(&report);
    let left = |wanted: fn(&LeftQueue) -> bool| {
        let is =
            |e: &&hotline::event::Event| matches!(&e.kind, EventKind::QueueLeft { left, .. } if wanted(left));
        report.events.iter().filter(is).count()
    };
    assert!(left(|l| *l == LeftQueue::Answered) > 50, "agents answered");
    assert!(left(|l| *l == LeftQueue::Abandoned) > 10, "callers gave up");
    assert!(left(|l| matches!(l, LeftQueue::Overflowed { .. })) > 0, "queues overflowed");
    let messages = report.events.iter().filter(|e| matches!(e.kind, EventKind::MessageLeft { .. })).count();
    assert!(messages > 0, "messages were left");
    assert!(report.datagrams_lost > 100, "the network lost {}", report.datagrams_lost);
}

#[test]
fn the_same_seed_is_the_same_day_and_another_is_not() {
    let (one, again, other) = (day(7, 200), day(7, 200), day(8, 200));
    let text = |report: &Report| serde_json::to_string(&report.events).unwrap();
    assert!(text(&one) == text(&again), "the same seed gives the same journal");
    assert!(text(&one) != text(&other), "another seed gives another");
}

#[test]
fn every_transition_arm_of_the_sip_machines_is_hit_over_a_few_days() {
    let mut hit = BTreeSet::new();
    for seed in 20..26 {
        hit.extend(day(seed, 400).transitions);
    }
    let all: BTreeSet<&str> = Stack::all_transitions().iter().copied().collect();
    let missed: Vec<_> = all.difference(&hit).collect();
    println!("{} of {} transition arms hit; missed: {missed:?}", hit.len(), all.len());
    assert!(missed.is_empty(), "arms no simulated day takes: {missed:?}");
}
