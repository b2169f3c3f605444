//! The whole engine on a virtual clock: a lossy network with blackouts, callers who hang up
//! anywhere, agents who do not answer, telephones without manners. One seed gives one day, and a
//! day leaves nothing behind.

#[path = "sim/bench.rs"]
mod bench;
#[path = "sim/full.rs"]
mod full;

use std::collections::BTreeSet;
use std::time::Duration;

use bench::{Bench, Workers};
use hotline::call::Arms;
use hotline::engine::{AlarmState, Input, Memory};
use hotline::event::{Alarm, Event, EventKind, LeftQueue, OfferEnd, Outcome, Refusal, TransferEnd};
use hotline::ids::Key;
use hotline::now::Mono;
use hotline::sim::{Params, Report, Weather, World};
use hotline::sip::stack::Stack;

/// Arms the hotline itself cannot take, and its telephones do: it answers every request but INVITE
/// within the turn in which it came, so none waits in Trying or Proceeding; and on connections
/// timers D and J are zero (RFC 3261 §17.1.1.2, §17.2.2), so Completed is over within its turn.
const TELEPHONES_ONLY: &[&str] = &[
    "invite client: Completed, transport error -> Terminated",
    "non-invite server: Trying, request again",
    "non-invite server: Trying, 1xx from user -> Proceeding",
    "non-invite server: Trying, transport error -> Terminated",
    "non-invite server: Proceeding, request again",
    "non-invite server: Proceeding, 1xx from user",
    "non-invite server: Proceeding, final from user -> Completed",
    "non-invite server: Proceeding, transport error -> Terminated",
    "non-invite server: Completed, transport error -> Terminated",
];

fn params(seed: u64, calls: u32) -> Params {
    Params {
        seed,
        calls,
        over: Duration::from_secs(600),
        agents: 12,
        weather: Weather { lost: 20, doubled: 10, broken: 40, delay: Duration::from_millis(40) },
        worker_dies: None,
    }
}

fn day(seed: u64, calls: u32) -> Report {
    World::new(params(seed, calls), full::published()).run()
}

fn count(report: &Report, wanted: impl Fn(&EventKind) -> bool) -> usize {
    report.events.iter().filter(|event| wanted(&event.kind)).count()
}

/// Nothing is left and no promise was broken.
fn check(report: &Report) {
    assert_eq!(report.violations, [] as [String; 0], "and left: {:#?}", report.leftovers);
    assert_eq!(report.leftovers, [] as [String; 0]);
}

#[test]
fn a_thousand_calls_end_with_no_leg_timer_or_port_left() {
    let report = day(1, 1_000);
    check(&report);
    let left = |wanted: fn(&LeftQueue) -> bool| {
        count(&report, |kind| matches!(kind, EventKind::QueueLeft { left, .. } if wanted(left)))
    };
    assert!(left(|l| *l == LeftQueue::Answered) > 50, "agents answered");
    assert!(left(|l| *l == LeftQueue::Abandoned) > 10, "callers gave up");
    assert!(left(|l| matches!(l, LeftQueue::Overflowed { .. })) > 0, "queues overflowed");
    assert!(count(&report, |kind| matches!(kind, EventKind::MessageLeft { .. })) > 0, "messages were left");
    assert!(report.datagrams_lost > 100, "the network lost {}", report.datagrams_lost);
    for refusal in [Refusal::UnknownEntry, Refusal::BadOffer, Refusal::StorageAlarm, Refusal::Draining] {
        let refused =
            |kind: &EventKind| matches!(kind, EventKind::CallRefused { reason, .. } if *reason == refusal);
        assert!(count(&report, refused) > 0, "{refusal:?}");
    }
    for end in [OfferEnd::NoAnswer, OfferEnd::Rejected, OfferEnd::Unreachable, OfferEnd::CallerGone] {
        let ended = |kind: &EventKind| matches!(kind, EventKind::OfferEnded { end: e, .. } if *e == end);
        assert!(count(&report, ended) > 0, "{end:?}");
    }
    services_happened(&report);
    assert!(
        count(&report, |kind| matches!(kind, EventKind::DeviceRegistered { .. })) > 0,
        "devices registered"
    );
    assert!(count(&report, |kind| matches!(kind, EventKind::SignInRefused { .. })) > 0, "a wrong secret");
}

/// Callers did by themselves all that the menus offer.
fn services_happened(report: &Report) {
    use EventKind as K;
    let happened = |what: &str, wanted: fn(&EventKind) -> bool, least: usize| {
        let n = count(report, wanted);
        assert!(n >= least, "{what}: {n}");
    };
    happened("callbacks", |k| matches!(k, K::CallbackPromised { .. }), 5);
    happened("complaints", |k| matches!(k, K::ComplaintTaken { .. }), 5);
    happened("surveys", |k| matches!(k, K::SurveyAnswered { .. }), 5);
    happened("look-ups", |k| matches!(k, K::LookupMade { .. }), 5);
    happened("verified", |k| matches!(k, K::CallerVerified { .. }), 5);
    happened("wrong secrets", |k| matches!(k, K::VerificationFailed { result, .. } if result == "wrong"), 5);
    happened("locked", |k| matches!(k, K::VerificationFailed { result, .. } if result == "locked"), 1);
    happened("transfers", |k| matches!(k, K::TransferStarted { .. }), 5);
    happened("elderly", |k| matches!(k, K::ElderlyCare), 5);
    happened("plan announced", |k| matches!(k, K::PlanAnnounced { .. }), 5);
    happened("handed over", |k| matches!(k, K::HandedOver { .. }), 2);
    for end in [TransferEnd::Answered, TransferEnd::NoAnswer, TransferEnd::Rejected, TransferEnd::CallerGone]
    {
        let ended = |kind: &EventKind| matches!(kind, K::TransferEnded { end: e, .. } if *e == end);
        assert!(count(report, ended) > 0, "{end:?}");
    }
    for outcome in [Outcome::Callback, Outcome::Complaint, Outcome::Transferred] {
        let ended = |kind: &EventKind| matches!(kind, K::CallEnded { outcome: o, .. } if *o == outcome);
        assert!(count(report, ended) > 0, "{outcome:?}");
    }
    let in_force = report.events.iter().filter(|event| !event.plans.is_empty()).count();
    assert!(in_force > 100, "events name the plan in force: {in_force}");
}

#[test]
fn when_a_media_worker_dies_its_calls_end_and_their_recordings_are_kept_for_the_next_start() {
    let worker_dies = Some(Duration::from_secs(300));
    let report = World::new(Params { worker_dies, ..params(3, 300) }, full::published()).run();
    // Calls whose worker never said where their sound is: not settled, because the next start does it.
    let kept = report.violations.iter().filter(|broken| broken.contains("settled: 0")).count();
    assert_eq!(report.violations.len(), kept, "{:?}", report.violations);
    let answered = |event: &&Event| {
        event.mono > Mono::from_millis(310_000) && matches!(event.kind, EventKind::CallAnswered { .. })
    };
    let refused = |event: &&Event| {
        event.mono > Mono::from_millis(310_000)
            && matches!(event.kind, EventKind::CallRefused { reason: Refusal::NoMediaPort, .. })
    };
    let (answered, refused) =
        (report.events.iter().filter(answered).count(), report.events.iter().filter(refused).count());
    assert!(
        answered > 20 * refused.max(1),
        "the other worker takes new calls: {answered}, {refused} refused"
    );
    assert!(kept > 0, "calls of the dead worker were being recorded");
    let expected =
        [format!("{kept} calls with sound in memory"), format!("{kept} open calls in the journal")];
    assert_eq!(report.leftovers, expected);
}

#[test]
fn the_same_seed_is_the_same_day_and_another_is_not() {
    let (one, again, other) = (day(7, 200), day(7, 200), day(8, 200));
    let text = |report: &Report| serde_json::to_string(&report.events).unwrap();
    assert!(text(&one) == text(&again), "the same seed gives the same journal");
    assert!(text(&one) != text(&other), "another seed gives another");
}

#[test]
fn every_arm_of_the_sip_machines_and_of_a_visit_is_hit_over_a_few_days() {
    let (mut hit, mut hotline, mut visits) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    // Days with enough agents, days with few, and one on which nobody is there.
    for (seed, agents) in [(20, 12), (21, 0), (22, 12), (23, 3), (24, 12), (25, 3)] {
        let (calls, over) = if agents == 0 { (900, 1_500) } else { (600, 600) };
        let params = Params { agents, over: Duration::from_secs(over), ..params(seed, calls) };
        let report = World::new(params, full::published()).run();
        check(&report);
        hit.extend(report.transitions);
        hotline.extend(report.transitions_of_hotline);
        visits.extend(report.visit_arms);
    }
    let all: BTreeSet<&str> = Stack::all_transitions().iter().copied().collect();
    let of_visits: BTreeSet<&str> = Arms::all().iter().copied().collect();
    let missed: Vec<_> = all.difference(&hit).chain(of_visits.difference(&visits)).collect();
    println!(
        "SIP machines: {} of {} arms hit; by the hotline itself {}",
        hit.len(),
        all.len(),
        hotline.len()
    );
    let others: Vec<_> = hit.difference(&hotline).filter(|arm| !TELEPHONES_ONLY.contains(arm)).collect();
    println!("visits: {} of {} arms hit", visits.len(), of_visits.len());
    assert!(missed.is_empty(), "arms no simulated day takes: {missed:#?}");
    assert!(others.is_empty(), "arms only telephones take, and the hotline could: {others:#?}");
}

#[test]
fn a_call_still_being_opened_when_the_journal_fails_is_refused() {
    let mut bench = Bench::with(full::published(), Memory::default());
    bench.workers = Workers::Holding;
    bench.ring(1);
    let state = AlarmState::Raised { detail: "disk full".to_owned() };
    bench.tell(Input::Alarm { alarm: Alarm::Journal, state });
    bench.release();
    assert_eq!(bench.sent("SIP/2.0 200"), 0);
    assert_eq!(bench.sent("SIP/2.0 503"), 1, "{:?}", bench.sent);
    assert_eq!(bench.happened(|kind| matches!(kind, EventKind::CallAnswered { .. })), 0);
}

#[test]
fn a_drain_that_stops_waiting_callers_rings_nobody_for_them_and_ends() {
    let mut bench = Bench::with(full::published(), Memory::default());
    for n in 1..=2 {
        bench.ring(u16::try_from(n).unwrap());
        bench.press(n, Key::Digit(0));
    }
    let entered = |kind: &EventKind| matches!(kind, EventKind::QueueEntered { .. });
    assert_eq!(bench.happened(entered), 2, "{:?}", bench.events);
    assert_eq!(bench.sent("INVITE"), 1, "the agent is rung for the first of them");
    let deadline = bench.now() + Duration::from_secs(2);
    bench.tell(Input::Drain { deadline });
    bench.pass(Duration::from_secs(2));
    let to_agents = bench.sent.iter().filter(|message| message.starts_with("INVITE"));
    let calls: BTreeSet<&str> = to_agents.filter_map(|m| m.split("X-Hotline-Call: ").nth(1)).collect();
    assert_eq!(calls.len(), 1, "nobody is rung for the second one, who is being sent away");
    assert!(bench.drained, "{:?}", bench.events);
}
