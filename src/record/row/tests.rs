//! Rows out of the events of whole calls.

use super::*;
use crate::event::{Actor, LegStats, OverflowTarget, SCHEMA};
use crate::ids::{BootId, Key, NodeId, WorkerId};
use crate::now::Mono;
use crate::sealed::{CallKey, Sealer};

const CALL: CallId = CallId { node: NodeId(1), boot: BootId(1), n: 1 };

fn event(seq: u64, kind: EventKind) -> Event {
    Event {
        schema: SCHEMA,
        seq: Seq(seq),
        node: NodeId(1),
        boot: BootId(1),
        mono: Mono(seq),
        wall: Wall(i64::try_from(seq).unwrap() * 1_000),
        actor: Actor::Server,
        call: Some(CALL),
        config_version: ConfigVersion(3),
        plans: Vec::new(),
        drill: false,
        kind,
    }
}

fn arrived() -> EventKind {
    let mut sealer = Sealer::new(CallKey { call: CALL, bytes: [1; 32] }, BootId(1));
    EventKind::CallArrived { entry: "95588".into(), caller: sealer.seal("13800138000") }
}

fn answered() -> EventKind {
    EventKind::CallAnswered { worker: WorkerId(0), codec: "PCMA".into(), recorded: true }
}

fn ended(outcome: Outcome) -> EventKind {
    EventKind::CallEnded { outcome, by: EndedBy::Caller, duration_ms: 4_000, caller_leg: LegStats::default() }
}

fn fold(kinds: impl IntoIterator<Item = EventKind>) -> Rows {
    let mut rows = Rows::default();
    for (seq, kind) in (1..).zip(kinds) {
        rows.apply(&event(seq, kind));
    }
    rows
}

#[test]
fn a_call_with_overflow_agent_and_recording_becomes_one_row() {
    let overflowed = LeftQueue::Overflowed { to: OverflowTarget::Queue("general".into()) };
    let left = |queue: &str, left| EventKind::QueueLeft {
        queue: queue.into(),
        left,
        waited_ms: 7,
        agent: None,
        reason: None,
    };
    let mut rows = fold([
        arrived(),
        answered(),
        EventKind::LanguageSet { language: "zh-CN".into() },
        EventKind::MenuEntered { menu: "main".into() },
        EventKind::KeyPressed { menu: "main".into(), key: Key::Digit(1) },
        EventKind::MenuEntered { menu: "cards".into() },
        EventKind::KeyPressed { menu: "cards".into(), key: Key::Digit(0) },
        EventKind::AgentRequested { menu: "cards".into(), since_answer_ms: 5_000 },
        left("cards", overflowed.clone()),
        EventKind::QueueEntered { queue: "general".into(), waiting: 1 },
        left("general", LeftQueue::Answered),
        EventKind::TalkStarted { queue: "general".into(), agent: "1001".into() },
        EventKind::TalkEnded {
            queue: "general".into(),
            agent: "1001".into(),
            talked_ms: 900,
            by: EndedBy::Caller,
        },
        ended(Outcome::Agent),
    ]);
    let row = rows.drain_changed().remove(0);
    assert!(!row.is_closed(), "its recording is still expected");
    assert_eq!(row.menu_path, [MenuId::from("main"), "cards".into()]);
    assert_eq!((row.keys.as_str(), row.requested_ms), ("10", Some(5_000)));
    assert_eq!(row.visits.len(), 2);
    assert_eq!(row.visits[0].left, Some(overflowed));
    assert_eq!((row.visits[1].waited_ms, row.visits[1].entered_at), (Some(7), Wall(10_000)));
    assert_eq!(row.agents, [AgentId::from("1001")]);
    assert_eq!((row.talked_ms, row.duration_ms, row.outcome), (900, 4_000, Some(Outcome::Agent)));

    let archived =
        Archived { file: "f".into(), sha256: "0".into(), length_ms: 1, missing_ms: 2, masked_ms: 3 };
    rows.apply(&event(
        15,
        EventKind::RecordingArchived {
            file: "f".into(),
            sha256: "0".into(),
            length_ms: 1,
            missing_ms: 2,
            masked_ms: 3,
        },
    ));
    let row = rows.drain_changed().remove(0);
    assert_eq!(row.recording, RecordingState::Archived(archived));
    assert_eq!((row.first_seq, row.last_seq), (Seq(1), Seq(15)));
    assert!(rows.get(CALL).is_none(), "closed rows leave memory");
    assert!(rows.drain_changed().is_empty());
}

#[test]
fn calls_that_end_early_are_closed_at_once() {
    let refused = EventKind::CallRefused { reason: Refusal::TooManyCalls, code: 503 };
    let mut rows = fold([arrived(), refused]);
    let row = rows.drain_changed().remove(0);
    assert_eq!((row.outcome, row.refusal), (Some(Outcome::Refused), Some(Refusal::TooManyCalls)));
    assert!(row.is_closed());
    let mut rows = fold([arrived(), ended(Outcome::Cancelled)]);
    assert!(rows.drain_changed()[0].is_closed());
}

#[test]
fn an_interrupted_call_ends_where_its_sound_ends() {
    let mut rows = fold([arrived(), answered(), EventKind::CallInterrupted { duration_ms: 1_500 }]);
    let row = rows.drain_changed().remove(0);
    assert_eq!((row.outcome, row.ended_at), (Some(Outcome::Interrupted), Some(Wall(3_500))));
}

#[test]
fn a_late_recording_asks_for_its_row_and_known_events_change_nothing() {
    let mut rows = fold([arrived(), answered(), ended(Outcome::SelfService)]);
    rows.apply(&event(4, EventKind::RecordingFailed { reason: "disk full".into() }));
    let failed = rows.drain_changed().remove(0);
    assert!(failed.is_closed());
    let late = event(5, EventKind::RecordingFailed { reason: "again".into() });
    assert_eq!(rows.missing(&late), Some(CALL));
    rows.insert(failed);
    rows.apply(&late);
    let row = rows.drain_changed().remove(0);
    assert_eq!(row.recording, RecordingState::Failed("again".into()));
    assert_eq!(row.outcome, Some(Outcome::SelfService));
    rows.apply(&late);
    assert!(rows.drain_changed().is_empty());
    assert_eq!(rows.missing(&late), None);
}

#[test]
fn snapshots_hold_open_rows_and_lists_are_bounded() {
    let wandering = (0..1_000).map(|_| EventKind::MenuEntered { menu: "main".into() });
    let mut rows = fold([arrived(), answered()].into_iter().chain(wandering));
    rows.drain_changed();
    assert_eq!(rows.get(CALL).unwrap().menu_path.len(), LISTED);
    let stored = serde_json::to_vec(&rows).unwrap();
    assert_eq!(serde_json::from_slice::<Rows>(&stored).unwrap(), rows);
}

#[test]
fn what_a_caller_did_beside_menus_and_queues_stands_in_the_row() {
    let mut sealer = Sealer::new(CallKey { call: CALL, bytes: [1; 32] }, BootId(1));
    let (menu, node) = (MenuId::from("main"), "node".to_owned());
    let number: Sealed<CallerNumber> = sealer.seal("13800138000");
    let answer = |key| crate::event::SurveyAnswer { question: "satisfaction".into(), key };
    let mut rows = fold([
        arrived(),
        answered(),
        EventKind::ElderlyCare,
        EventKind::CallerVerified {
            menu: menu.clone(),
            node: node.clone(),
            level: "verified".into(),
            identity: sealer.seal("6222"),
        },
        EventKind::SurveyAnswered { menu: menu.clone(), node: node.clone(), answers: vec![answer(2)] },
        EventKind::SurveyAnswered { menu: menu.clone(), node: node.clone(), answers: vec![answer(5); 500] },
        EventKind::CallbackPromised { queue: "cards".into(), number: number.clone() },
        EventKind::ComplaintTaken { menu, node, queue: None, answers: Vec::new(), length_ms: 7_000 },
        ended(Outcome::Complaint),
    ]);
    let services = rows.drain_changed().remove(0).services;
    assert!(services.elderly);
    assert_eq!(services.verified.as_deref(), Some("verified"));
    assert_eq!((services.survey.len(), services.survey[0].key), (100, 2), "bounded, the first are kept");
    let callback = Callback { queue: "cards".into(), number, promised_at: Wall(7_000) };
    assert_eq!(services.callback, Some(callback));
    assert_eq!(services.complaint.unwrap().length_ms, 7_000);
    let nothing = serde_json::to_string(&Services::default()).unwrap();
    assert_eq!(nothing, "{}", "what did not happen takes no room");
}
