//! Every figure of the page against counting by hand, over random journals.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::exposition::{Live, LiveQueue, render};
use super::interval::Window;
use super::queues::{Left, Overflowed};
use super::service_level::{Target, ratio};
use super::story::{any_beats, journal};
use super::*;
use crate::event::*;
use crate::ids::*;
use crate::now::Wall;

fn fold(events: &[Event]) -> Stats {
    let mut stats = Stats::new();
    stats.set_targets([(QueueId::new("general"), Target::new(90, 10_000))]);
    for event in events {
        stats.apply(event);
    }
    stats
}

fn live() -> Live {
    let queue = |name: &str| LiveQueue { queue: name.into(), oldest_wait_s: 1.5, estimated_wait_s: None };
    Live {
        queues: vec![queue("general"), queue("never-used")],
        agent_queues: BTreeMap::from([("1001".into(), vec!["general".into()])]),
        journal_seq: Seq(7),
        views: vec![("index".to_owned(), Seq(5))],
    }
}

/// `name{labels}` → value.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').map(|(k, v)| (k.to_owned(), v.parse().unwrap())).unwrap())
        .collect()
}

/// A page to compare with what was counted by hand.
struct Shown(BTreeMap<String, f64>);

impl Shown {
    #[track_caller]
    fn is(&self, name: &str, by_hand: f64) {
        let shown = self.0.get(name).copied().unwrap_or(0.0);
        let same = shown == by_hand || (shown.is_nan() && by_hand.is_nan()) || (shown - by_hand).abs() < 1e-6;
        assert!(same, "{name}: page {shown}, by hand {by_hand}");
    }

    #[track_caller]
    fn counts(&self, name: &str, by_hand: usize) {
        self.is(name, by_hand as f64);
    }
}

fn count(events: &[Event], wanted: impl Fn(&EventKind) -> bool) -> usize {
    events.iter().filter(|e| wanted(&e.kind)).count()
}

/// How a caller left, when, after which wait, and why if they overflowed.
struct Leaving {
    left: Left,
    at: Wall,
    waited_ms: u64,
    reason: Option<OverflowReason>,
}

/// Replays one queue call by call: who left it and who still waits.
fn visits(events: &[Event], queue: &str) -> (usize, Vec<Leaving>, Vec<Wall>) {
    let (mut entries, mut leavings, mut waiting) = (0, Vec::new(), Vec::new());
    let calls: BTreeSet<CallId> = events.iter().filter_map(|e| e.call).collect();
    for call in calls {
        let mut since = None;
        for event in events.iter().filter(|e| e.call == Some(call)) {
            match &event.kind {
                EventKind::QueueEntered { queue: q, .. } if q.as_str() == queue => {
                    entries += usize::from(since.is_none());
                    since = Some(event.wall);
                }
                EventKind::QueueLeft { queue: q, left, waited_ms, reason, .. } if q.as_str() == queue => {
                    entries += usize::from(since.take().is_none());
                    let (left, reason) = (Left::from(left), *reason);
                    leavings.push(Leaving { left, at: event.wall, waited_ms: *waited_ms, reason });
                }
                EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => {
                    if let Some(since) = since.take() {
                        let waited_ms = u64::try_from(event.wall.0 - since.0).unwrap();
                        leavings.push(Leaving { left: Left::Lost, at: event.wall, waited_ms, reason: None });
                    }
                }
                _ => {}
            }
        }
        waiting.extend(since);
    }
    (entries, leavings, waiting)
}

fn check_queue(shown: &Shown, events: &[Event], now: Wall, queue: &str, within_ms: u64) {
    let (entries, leavings, waiting) = visits(events, queue);
    let q = format!("queue=\"{queue}\"");
    let by = |left: Left| leavings.iter().filter(|l| l.left == left).count();
    shown.counts(&format!("hotline_queue_offered_total{{{q}}}"), entries);
    shown.counts(&format!("hotline_queue_answered_total{{{q}}}"), by(Left::Answered));
    shown.counts(&format!("hotline_queue_abandoned_total{{{q}}}"), by(Left::Abandoned));
    let promised = |kind: &EventKind| matches!(kind, EventKind::CallbackPromised { queue: q, .. } if q.as_str() == queue);
    shown.counts(&format!("hotline_queue_callbacks_total{{{q}}}"), count(events, promised));
    shown.counts(&format!("hotline_queue_waiting{{{q}}}"), waiting.len());
    for reason in [Overflowed::Full, Overflowed::Closed, Overflowed::Unknown] {
        let sent =
            leavings.iter().filter(|l| l.left == Left::Overflowed && Overflowed::from(l.reason) == reason);
        let name = format!("hotline_queue_overflowed_total{{{q},reason=\"{}\"}}", reason.label());
        shown.counts(&name, sent.count());
    }
    for left in [Left::Answered, Left::Abandoned, Left::Overflowed, Left::Callback, Left::Lost] {
        let waits: Vec<u64> = leavings.iter().filter(|l| l.left == left).map(|l| l.waited_ms).collect();
        let labels = format!("{q},outcome=\"{}\"", left.label());
        for bound in [1, 20, 60, 1_800] {
            let below = waits.iter().filter(|ms| **ms <= bound * 1_000).count();
            shown.counts(&format!("hotline_queue_wait_seconds_bucket{{{labels},le=\"{bound}\"}}"), below);
        }
        shown.counts(&format!("hotline_queue_wait_seconds_bucket{{{labels},le=\"+Inf\"}}"), waits.len());
        let sum = waits.iter().sum::<u64>() as f64 / 1_000.0;
        shown.is(&format!("hotline_queue_wait_seconds_sum{{{labels}}}"), sum);
    }
    if entries > 0 || queue == "general" {
        check_promises(shown, &leavings, &waiting, (now, &q, within_ms)); // else the queue is unknown
    }
}

fn check_promises(
    shown: &Shown,
    leavings: &[Leaving],
    waiting: &[Wall],
    (now, q, within_ms): (Wall, &str, u64),
) {
    let figures = |leavings: &[&Leaving]| {
        let answered = leavings.iter().filter(|l| l.left == Left::Answered);
        let met = answered.clone().filter(|l| l.waited_ms <= within_ms).count() as u64;
        let short = leavings.iter().filter(|l| l.left == Left::Abandoned && l.waited_ms < 5_000).count();
        (met, leavings.len() as u64, short as u64, answered.count() as u64)
    };
    let (met, all, short, answered) = figures(&leavings.iter().collect::<Vec<_>>());
    let denominators =
        [("offered", all), ("offered_less_short_abandons", all - short), ("answered", answered)];
    for (definition, counted) in denominators {
        let labels = format!("{q},definition=\"{definition}\"");
        shown.is(&format!("hotline_service_level_met_total{{{labels}}}"), met as f64);
        shown.is(&format!("hotline_service_level_counted_total{{{labels}}}"), counted as f64);
    }
    let late =
        waiting.iter().filter(|since| now.0 - since.0 > i64::try_from(within_ms).unwrap()).count() as u64;
    for window in Window::ALL {
        let recent: Vec<&Leaving> = leavings.iter().filter(|l| window.covers(l.at, now)).collect();
        let (met, all, short, answered) = figures(&recent);
        let w = format!("{q},window=\"{}\"", window.label());
        shown.is(&format!("hotline_connect_ratio{{{w}}}"), ratio(answered, all));
        let level =
            |definition: &str| format!("hotline_service_level_ratio{{{w},definition=\"{definition}\"}}");
        shown.is(&level("offered"), ratio(met, all + late));
        shown.is(&level("offered_less_short_abandons"), ratio(met, all + late - short));
        shown.is(&level("answered"), ratio(met, answered));
    }
}

fn check_calls(shown: &Shown, events: &[Event]) {
    let mut active = 0;
    let mut ended: BTreeMap<String, usize> = BTreeMap::new();
    let calls: BTreeSet<CallId> = events.iter().filter_map(|e| e.call).collect();
    for call in calls {
        let mut open: Option<String> = None;
        for event in events.iter().filter(|e| e.call == Some(call)) {
            let over = match &event.kind {
                EventKind::CallArrived { entry, .. } => {
                    open = Some(entry.to_string());
                    continue;
                }
                EventKind::CallRefused { reason: Refusal::UnknownEntry, .. } => {
                    open = None;
                    Some((String::new(), "refused"))
                }
                EventKind::CallRefused { .. } => Some((open.take().unwrap_or_default(), "refused")),
                EventKind::CallEnded { outcome, .. } => {
                    open.take().map(|entry| (entry, super::calls::outcome_label(*outcome)))
                }
                EventKind::CallInterrupted { .. } => open.take().map(|entry| (entry, "interrupted")),
                _ => None,
            };
            if let Some((entry, outcome)) = over {
                *ended.entry(format!("entry=\"{entry}\",outcome=\"{outcome}\"")).or_default() += 1;
            }
        }
        active += usize::from(open.is_some());
    }
    shown.counts("hotline_calls_active", active);
    let shown_ended: f64 =
        shown.0.iter().filter(|(k, _)| k.starts_with("hotline_calls_total{")).map(|(_, v)| v).sum();
    assert_eq!(shown_ended, ended.values().sum::<usize>() as f64);
    for (labels, n) in ended {
        shown.counts(&format!("hotline_calls_total{{{labels}}}"), n);
    }
    let messages = count(events, |k| matches!(k, EventKind::MessageLeft { .. }));
    shown.counts("hotline_messages_total", messages);
}

fn check_menus(shown: &Shown, events: &[Event]) {
    for menu in ["main", "cards"] {
        let m = format!("menu=\"{menu}\"");
        let visits = count(events, |k| matches!(k, EventKind::MenuEntered { menu: x } if x.as_str() == menu));
        shown.counts(&format!("hotline_menu_visits_total{{{m}}}"), visits);
        for key in Key::ALL {
            let pressed = |k: &EventKind| matches!(k, EventKind::KeyPressed { menu: x, key: y } if x.as_str() == menu && *y == key);
            shown.counts(&format!("hotline_menu_choices_total{{{m},key=\"{key}\"}}"), count(events, pressed));
        }
        for (error, label) in [(MenuError::Silence, "silence"), (MenuError::WrongKey, "wrong_key")] {
            let failed = |k: &EventKind| matches!(k, EventKind::MenuFailed { menu: x, error: y } if x.as_str() == menu && *y == error);
            shown
                .counts(&format!("hotline_menu_errors_total{{{m},kind=\"{label}\"}}"), count(events, failed));
        }
    }
    let within = |s: u64| {
        count(
            events,
            |k| matches!(k, EventKind::AgentRequested { since_answer_ms, .. } if *since_answer_ms <= s * 1_000),
        )
    };
    shown.counts("hotline_seconds_to_agent_request_bucket{le=\"30\"}", within(30));
    shown.counts("hotline_seconds_to_agent_request_count", within(1_000));
}

/// CBA-21: satisfied are keys 1 and 2 of the question `satisfaction`.
fn check_services(shown: &Shown, events: &[Event], now: Wall) {
    let complaints = count(events, |k| matches!(k, EventKind::ComplaintTaken { .. }));
    shown.counts("hotline_complaints_total", complaints);
    let answers = events.iter().flat_map(|event| match &event.kind {
        EventKind::SurveyAnswered { answers, .. } => answers.iter().map(|a| (event.wall, a)).collect(),
        _ => Vec::new(),
    });
    let answers: Vec<_> = answers.collect();
    for (question, key) in [("satisfaction", 1), ("satisfaction", 5), ("solved", 2)] {
        let pressed = answers.iter().filter(|(_, a)| a.question == question && a.key == key).count();
        let labels = format!("question=\"{question}\",key=\"{key}\"");
        shown.counts(&format!("hotline_survey_answers_total{{{labels}}}"), pressed);
    }
    for window in Window::ALL {
        let asked: Vec<u8> = answers
            .iter()
            .filter(|(at, a)| window.covers(*at, now) && a.question == "satisfaction")
            .map(|(_, a)| a.key)
            .collect();
        let satisfied = asked.iter().filter(|key| **key <= 2).count();
        let name = format!("hotline_satisfaction_ratio{{queue=\"\",window=\"{}\"}}", window.label());
        shown.is(&name, ratio(satisfied as u64, asked.len() as u64));
    }
    let timed_out =
        |k: &EventKind| matches!(k, EventKind::LookupMade { result, .. } if result == "timed_out");
    shown.counts("hotline_lookups_total{result=\"timed_out\"}", count(events, timed_out));
    let wrong =
        |k: &EventKind| matches!(k, EventKind::VerificationFailed { result, .. } if result == "wrong");
    shown.counts("hotline_verifications_total{result=\"wrong\"}", count(events, wrong));
    let answered = |k: &EventKind| matches!(k, EventKind::TransferEnded { end: TransferEnd::Answered, .. });
    shown.counts("hotline_transfers_total{end=\"answered\"}", count(events, answered));
}

fn check_rest(shown: &Shown, events: &[Event]) {
    let missing: u64 = events
        .iter()
        .map(|e| match e.kind {
            EventKind::RecordingArchived { missing_ms, .. } => missing_ms,
            _ => 0,
        })
        .sum();
    shown.is("hotline_recording_gap_seconds_total{reason=\"missing\"}", missing as f64 / 1_000.0);
    let archived = count(events, |k| matches!(k, EventKind::RecordingArchived { .. }));
    shown.counts("hotline_recordings_total{result=\"archived\"}", archived);
    let last_alarm = events.iter().rev().find_map(|e| match &e.kind {
        EventKind::AlarmRaised { alarm: Alarm::Journal, .. } => Some(1.0),
        EventKind::AlarmCleared { alarm: Alarm::Journal, .. } => Some(0.0),
        _ => None,
    });
    shown.is("hotline_alarm{alarm=\"journal\"}", last_alarm.unwrap_or(0.0));
    let mut states = BTreeMap::new();
    for event in events {
        if let EventKind::AgentStateChanged { agent, state } = &event.kind {
            states.insert(agent.as_str(), state.clone());
        }
    }
    let ready: Vec<&str> = states.iter().filter(|(_, s)| **s == AgentState::Ready).map(|(a, _)| *a).collect();
    shown.counts("hotline_agents{state=\"ready\",queue=\"\"}", ready.len());
    shown.counts("hotline_agents{state=\"ready\",queue=\"general\"}", usize::from(ready.contains(&"1001")));
    let talks = count(events, |k| matches!(k, EventKind::TalkEnded { .. }));
    let handled: f64 = shown
        .0
        .iter()
        .filter(|(k, _)| k.starts_with("hotline_queue_handle_seconds_count"))
        .map(|(_, v)| v)
        .sum();
    assert!(handled <= talks as f64 && handled + 2.0 >= talks as f64, "all but those in wrap-up");
    let plan = events.last().is_some_and(|e| !e.plans.is_empty());
    shown.counts("hotline_plan_active{plan=\"surge\"}", usize::from(plan));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_page_equals_counting_by_hand(beats in any_beats(), later_ms in 0u64..400_000) {
        let events = journal(&beats);
        let stats = fold(&events);
        let real: Vec<Event> = events.iter().filter(|e| !e.drill).cloned().collect();
        let last = events.last().map_or(Wall(0), |e| e.wall);
        let now = last + std::time::Duration::from_millis(later_ms);
        let shown = Shown(samples(&render(&stats, now, &live())));
        check_queue(&shown, &real, now, "general", 10_000);
        check_queue(&shown, &real, now, "card-loss", 20_000);
        check_calls(&shown, &real);
        check_menus(&shown, &real);
        check_services(&shown, &real, now);
        check_rest(&shown, &real);
        shown.counts("hotline_view_as_of_seq{view=\"statistics\"}", events.len());
    }

    /// Start = last snapshot + tail, and a tail may overlap the snapshot.
    #[test]
    fn a_snapshot_and_the_tail_make_the_whole(beats in any_beats(), cut in 0.0f64..1.0) {
        let events = journal(&beats);
        let cut = (events.len() as f64 * cut) as usize;
        let stored = serde_json::to_string(&fold(&events[..cut])).unwrap();
        let mut again: Stats = serde_json::from_str(&stored).unwrap();
        for event in &events[cut.saturating_sub(3)..] {
            again.apply(event);
        }
        prop_assert_eq!(again, fold(&events));
    }
}

#[test]
fn nothing_happened_is_not_a_bad_day() {
    let page = render(&Stats::new(), Wall(0), &live());
    let shown = Shown(samples(&page));
    let level = "hotline_service_level_ratio{queue=\"never-used\",window=\"5m\",definition=\"offered\"}";
    assert!(shown.0[level].is_nan(), "0/0 is no figure");
    assert!(shown.0["hotline_queue_estimated_wait_seconds{queue=\"general\"}"].is_nan());
    assert_eq!(shown.0["hotline_queue_offered_total{queue=\"never-used\"}"], 0.0);
    assert_eq!(shown.0["hotline_view_as_of_seq{view=\"index\"}"], 5.0);
}

#[test]
fn an_old_snapshot_still_loads() {
    let stats: Stats = serde_json::from_str("{\"as_of_seq\":12}").unwrap();
    assert_eq!(stats, Stats { as_of_seq: Seq(12), ..Stats::new() });
}

/// The page passes Prometheus' own checker, where it is installed.
#[test]
fn promtool_finds_nothing() {
    use std::process::{Command, Stdio};
    let Ok(mut child) = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    else {
        eprintln!("promtool is not installed: not checked");
        return;
    };
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut stats = Stats::new();
    while stats.queues.iter().count() < 2 || stats.agents.handle_times().count() < 1 {
        stats = fold(&journal(&any_beats().new_tree(&mut runner).unwrap().current()));
    }
    let page = render(&stats, Wall(1_790_001_000_000), &live());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.trim().is_empty(), "{said}\n{page}");
}

mod handling {
    //! Handle time: talk and wrap-up, whatever the order of the two events at its end.

    use super::super::story::Beat;
    use super::*;

    fn beat(after_ms: u64, kind: EventKind) -> Beat {
        Beat { call: 1, after_ms, drill: false, plan: false, kind }
    }

    fn state(after_ms: u64, state: AgentState) -> Beat {
        beat(after_ms, EventKind::AgentStateChanged { agent: "1001".into(), state })
    }

    fn talk_ended(talked_ms: u64) -> Beat {
        let (queue, agent, by) = ("general".into(), "1001".into(), EndedBy::Agent);
        beat(0, EventKind::TalkEnded { queue, agent, talked_ms, by })
    }

    /// Count and sum of handle times.
    fn handled(beats: &[Beat]) -> (u64, f64) {
        let stats = fold(&journal(beats));
        let mut times = stats.agents.handle_times();
        times.next().map_or((0, 0.0), |(_, _, histogram)| (histogram.count(), histogram.sum_s()))
    }

    #[test]
    fn includes_wrap_up() {
        let (talking, ended) = (state(0, AgentState::Talking), talk_ended(60_000));
        let wrap_up = || state(0, AgentState::WrapUp);
        let before = [talking.clone(), ended.clone(), wrap_up(), state(30_000, AgentState::Ready)];
        assert_eq!(handled(&before), (1, 90.0));
        let after = [talking.clone(), wrap_up(), ended.clone(), state(30_000, AgentState::Ready)];
        assert_eq!(handled(&after), (1, 90.0));
        assert_eq!(handled(&before[..3]), (0, 0.0), "not known before wrap-up ends");
        assert_eq!(handled(&[talking.clone(), ended.clone(), state(0, AgentState::LoggedOut)]), (1, 60.0));
        assert_eq!(handled(&[talking, state(0, AgentState::Ready), ended]), (1, 60.0));
    }

    #[test]
    fn a_restart_ends_what_it_interrupts() {
        let started = beat(0, EventKind::ServerStarted { version: "1.0.0".into() });
        let beats =
            [state(0, AgentState::Talking), talk_ended(60_000), state(0, AgentState::WrapUp), started];
        assert_eq!(handled(&beats), (1, 60.0));
        assert_eq!(fold(&journal(&beats)).agents.doing().count(), 0, "told anew by whoever is signed in");
    }
}
