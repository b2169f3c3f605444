//! Random journals for the tests of figures: any event after any other, over few names, so that
//! everything meets everything.

use proptest::prelude::*;

use super::queues::Left;
use crate::event::*;
use crate::ids::*;
use crate::now::{Mono, Wall};
use crate::sealed::Sealed;

pub(super) fn call(n: u32) -> CallId {
    CallId { node: NodeId(1), boot: BootId(1), n }
}

/// One event; `after_ms` since the one before.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    pub call: u32,
    pub after_ms: u64,
    pub drill: bool,
    pub plan: bool,
    pub kind: EventKind,
}

/// A journal that begins at a plausible time of day.
pub(super) fn journal(beats: &[Beat]) -> Vec<Event> {
    let (mut mono, mut wall) = (Mono(0), Wall(1_790_000_123_456));
    let mut events = Vec::new();
    for (seq, beat) in (1..).zip(beats) {
        let after = std::time::Duration::from_millis(beat.after_ms);
        (mono, wall) = (mono + after, wall + after);
        events.push(Event {
            schema: SCHEMA,
            seq: Seq(seq),
            node: NodeId(1),
            boot: BootId(1),
            mono,
            wall,
            actor: Actor::Server,
            call: Some(call(beat.call)),
            config_version: ConfigVersion(3),
            plans: if beat.plan { vec!["surge".into()] } else { Vec::new() },
            drill: beat.drill,
            kind: beat.kind.clone(),
        });
    }
    events
}

pub(super) fn any_beats() -> impl Strategy<Value = Vec<Beat>> {
    let beat = (0u32..8, 0u64..120_000, prop::bool::weighted(0.1), prop::bool::weighted(0.2), any_kind())
        .prop_map(|(call, after_ms, drill, plan, kind)| Beat { call, after_ms, drill, plan, kind });
    prop::collection::vec(beat, 0..250)
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        4 => any_call_event(),
        6 => any_queue_event(),
        2 => any_menu_event(),
        2 => any_service_event(),
        3 => any_other_event()
    ]
}

fn any_call_event() -> impl Strategy<Value = EventKind> {
    let outcome = prop::sample::select(vec![Outcome::Agent, Outcome::SelfService, Outcome::Refused]);
    let refusal = prop::sample::select(vec![Refusal::UnknownEntry, Refusal::Draining]);
    let arrived = |n: u8| EventKind::CallArrived {
        entry: EntryId::new(format!("9558{n}")),
        caller: Sealed::from_hex("00").unwrap(),
    };
    let answered = |recorded| EventKind::CallAnswered { worker: WorkerId(0), codec: "PCMA".into(), recorded };
    let ended = |outcome| EventKind::CallEnded {
        outcome,
        by: EndedBy::Caller,
        duration_ms: 1,
        caller_leg: LegStats::default(),
    };
    prop_oneof![
        3 => (0u8..2).prop_map(arrived),
        1 => refusal.prop_map(|reason| EventKind::CallRefused { reason, code: 503 }),
        2 => any::<bool>().prop_map(answered),
        2 => outcome.prop_map(ended),
        1 => Just(EventKind::CallInterrupted { duration_ms: 1 }),
        1 => Just(EventKind::MessageLeft { queue: None, length_ms: 1 }),
    ]
}

fn any_queue() -> impl Strategy<Value = QueueId> {
    prop::sample::select(vec![QueueId::new("general"), QueueId::new("card-loss")])
}

pub(super) fn any_left() -> impl Strategy<Value = LeftQueue> {
    prop::sample::select(vec![
        LeftQueue::Answered,
        LeftQueue::Answered,
        LeftQueue::Abandoned,
        LeftQueue::Overflowed { to: OverflowTarget::Message },
        LeftQueue::Callback,
    ])
}

fn any_queue_event() -> impl Strategy<Value = EventKind> {
    let end = prop::sample::select(vec![OfferEnd::Answered, OfferEnd::NoAnswer]);
    let reason = prop::option::of(prop::sample::select(vec![OverflowReason::Full, OverflowReason::Closed]));
    prop_oneof![
        4 => any_queue().prop_map(|queue| EventKind::QueueEntered { queue, waiting: 1 }),
        4 => (any_queue(), any_left(), 0u64..60_000, reason).prop_map(|(queue, left, waited_ms, reason)| {
            let reason = reason.filter(|_| Left::from(&left) == Left::Overflowed);
            EventKind::QueueLeft { queue, left, waited_ms, agent: None, reason }
        }),
        1 => (any_queue(), end).prop_map(|(queue, end)| EventKind::OfferEnded {
            queue,
            agent: "1001".into(),
            end,
            rang_ms: 1
        }),
    ]
}

fn any_menu_event() -> impl Strategy<Value = EventKind> {
    let menu = || prop::sample::select(vec![MenuId::new("main"), MenuId::new("cards")]);
    let key = prop::sample::select(Key::ALL.to_vec());
    let error = prop::sample::select(vec![MenuError::Silence, MenuError::WrongKey]);
    prop_oneof![
        menu().prop_map(|menu| EventKind::MenuEntered { menu }),
        (menu(), key).prop_map(|(menu, key)| EventKind::KeyPressed { menu, key }),
        (menu(), error).prop_map(|(menu, error)| EventKind::MenuFailed { menu, error }),
        (menu(), 0u64..200_000)
            .prop_map(|(menu, since_answer_ms)| EventKind::AgentRequested { menu, since_answer_ms }),
    ]
}

fn any_service_event() -> impl Strategy<Value = EventKind> {
    let menu = || MenuId::new("main");
    let node = || "node".to_owned();
    let answer = (prop::sample::select(vec!["satisfaction", "solved"]), 1u8..6)
        .prop_map(|(question, key)| SurveyAnswer { question: question.into(), key });
    let surveyed = move |answers| EventKind::SurveyAnswered { menu: menu(), node: node(), answers };
    let result = || prop::sample::select(vec!["answered", "wrong", "timed_out"]).prop_map(str::to_owned);
    let looked_up = move |result| EventKind::LookupMade { menu: menu(), node: node(), result, took_ms: 1 };
    let failed = move |result| EventKind::VerificationFailed {
        menu: menu(),
        node: node(),
        result,
        identity: Sealed::from_hex("00").unwrap(),
    };
    let end = prop::sample::select(vec![TransferEnd::Answered, TransferEnd::NoAnswer]);
    let complaint = EventKind::ComplaintTaken {
        menu: menu(),
        node: node(),
        queue: None,
        answers: Vec::new(),
        length_ms: 1,
    };
    prop_oneof![
        2 => any_queue().prop_map(|queue| EventKind::CallbackPromised {
            queue,
            number: Sealed::from_hex("00").unwrap()
        }),
        2 => prop::collection::vec(answer, 0..3).prop_map(surveyed),
        1 => result().prop_map(looked_up),
        1 => result().prop_map(failed),
        1 => end.prop_map(|end| EventKind::TransferEnded {
            end,
            rang_ms: 1,
            talked_ms: 1,
            by: EndedBy::Caller
        }),
        1 => Just(complaint),
    ]
}

fn any_other_event() -> impl Strategy<Value = EventKind> {
    let alarm = || prop::sample::select(vec![Alarm::Journal, Alarm::Spool]);
    let agent = || prop::sample::select(vec![AgentId::new("1001"), AgentId::new("1002")]);
    let lunch = AgentState::NotReady { reason: "lunch".into() };
    let state = prop::sample::select(vec![
        AgentState::LoggedOut,
        lunch,
        AgentState::Ready,
        AgentState::Offered,
        AgentState::Talking,
        AgentState::WrapUp,
    ]);
    let archived = |(missing_ms, masked_ms)| EventKind::RecordingArchived {
        file: String::new(),
        sha256: String::new(),
        length_ms: 1,
        missing_ms,
        masked_ms,
    };
    prop_oneof![
        2 => (0u64..5_000, 0u64..5_000).prop_map(archived),
        1 => Just(EventKind::RecordingFailed { reason: String::new() }),
        1 => alarm().prop_map(|alarm| EventKind::AlarmRaised { alarm, detail: String::new() }),
        1 => alarm().prop_map(|alarm| EventKind::AlarmCleared { alarm, turned_away: 0 }),
        6 => (agent(), state).prop_map(|(agent, state)| EventKind::AgentStateChanged { agent, state }),
        2 => (any_queue(), agent(), 0u64..90_000).prop_map(|(queue, agent, talked_ms)| EventKind::TalkEnded {
            queue,
            agent,
            talked_ms,
            by: EndedBy::Caller
        }),
        1 => Just(EventKind::ConfigRefused { findings: 2 }),
        1 => Just(EventKind::ConfigPublished {
            version: ConfigVersion(9),
            by: String::new(),
            reason: String::new(),
            digest: String::new()
        }),
    ]
}
