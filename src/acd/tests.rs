//! What a page of queue script does not show: reasons, restarts, size. Scripts: `tests/acd/`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::api::*;
use super::router::Router;
use crate::event::{AgentState, OverflowTarget, Why};
use crate::ids::*;
use crate::now::Mono;

pub(super) fn queue(id: &str) -> QueueConfig {
    QueueConfig {
        id: id.into(),
        skills: BTreeMap::new(),
        strategy: StrategyKind::LongestIdle,
        priority: 5,
        ring_time: Duration::from_secs(15),
        wrap_up: Duration::ZERO,
        service_target: ServiceTarget { percent: 80, within: Duration::from_secs(20) },
        limit: None,
        max_wait: None,
        overflow: OverflowTarget::Message,
        announce_every: None,
        hold_audio: "hold".to_owned(),
    }
}

fn profile(id: &str, card: u8, queues: &[&str]) -> AgentProfile {
    AgentProfile {
        id: id.into(),
        skills: BTreeMap::from([("card".into(), card)]),
        queues: queues.iter().map(|q| (*q).into()).collect(),
        languages: Vec::new(),
    }
}

pub(super) fn sign_in(id: &str, queues: &[&str]) -> Input {
    Input::SignIn { agent: profile(id, 5, queues), device: DeviceId::new(format!("desk-{id}")) }
}

fn call(n: u32) -> CallId {
    CallId { node: NodeId(1), boot: BootId(1), n }
}

fn outputs(router: &mut Router) -> Vec<Output> {
    std::iter::from_fn(|| router.poll_output()).collect()
}

fn offer(outputs: &[Output]) -> Option<(&AgentId, &Why)> {
    outputs.iter().find_map(|o| match o {
        Output::Offer { agent, why, .. } => Some((agent, why)),
        _ => None,
    })
}

#[test]
fn an_offer_says_who_else_was_looked_at_and_why_not() {
    let mut router = Router::new();
    let skilled = QueueConfig { skills: BTreeMap::from([("card".into(), 3)]), ..queue("card-loss") };
    router.configure(Mono(0), vec![skilled]);
    let who = [("1001", 5), ("1002", 3), ("1003", 2), ("1004", 9)];
    for (s, (id, card)) in who.iter().enumerate() {
        let agent = profile(id, *card, &["card-loss"]);
        let now = Mono::from_millis(s as u64 * 1_000);
        router.handle(now, Input::SignIn { agent, device: (*id).into() });
    }
    router.handle(Mono::from_millis(4_000), Input::NotReady { agent: "1004".into(), reason: "lunch".into() });
    outputs(&mut router);
    router.handle(Mono::from_millis(41_000), Input::Enter { call: call(1), queue: "card-loss".into() });
    let seen = outputs(&mut router);
    let (agent, why) = offer(&seen).expect("somebody is rung");
    assert_eq!(agent.as_str(), "1001");
    assert_eq!(why.strategy, "longest idle");
    assert_eq!(why.candidates, ["1001 idle 41 s", "1002 idle 40 s"]);
    assert_eq!(why.excluded, ["1003 lacks card>=3", "1004 not ready: lunch"]);

    router.handle_timeout(Mono::from_millis(56_000));
    let seen = outputs(&mut router);
    let (agent, why) = offer(&seen).expect("the next one is rung");
    assert_eq!(agent.as_str(), "1002");
    assert_eq!(why.candidates, ["1002 idle 55 s"]);
    assert_eq!(why.excluded[0], "1001 missed this call");
}

#[test]
fn sign_ins_survive_a_restart() {
    let mut router = Router::new();
    router.configure(Mono(0), vec![queue("general")]);
    for id in ["1001", "1002", "1003"] {
        router.handle(Mono(0), sign_in(id, &["general"]));
    }
    router.handle(Mono(0), Input::NotReady { agent: "1002".into(), reason: "lunch".into() });
    router.handle(Mono(0), Input::Enter { call: call(1), queue: "general".into() });
    router.handle(Mono(0), Input::OfferAnswered { call: call(1), agent: "1001".into() });
    router.handle(Mono(0), Input::NotReady { agent: "1001".into(), reason: "shift ends".into() });
    let stored = serde_json::to_string(&router.snapshot()).unwrap();

    let mut again = Router::new();
    again.configure(Mono(0), vec![queue("general")]);
    again.restore(Mono(0), serde_json::from_str(&stored).unwrap());
    let states: Vec<(String, AgentState)> =
        again.agents(Mono(0)).into_iter().map(|a| (a.agent.to_string(), a.state)).collect();
    let not_ready = |reason: &str| AgentState::NotReady { reason: reason.to_owned() };
    let expected =
        [("1001", not_ready("shift ends")), ("1002", not_ready("lunch")), ("1003", AgentState::Ready)];
    assert_eq!(states, expected.map(|(id, state)| (id.to_owned(), state)));
    assert_eq!(outputs(&mut again).len(), 3, "each is told");
    assert_eq!(again.check_invariants(Mono(0)), Vec::<String>::new());
}

#[test]
fn an_unanswered_phone_ends_the_circle_of_offers() {
    let mut router = Router::new();
    router.configure(Mono(0), vec![queue("general")]);
    router.handle(Mono(0), sign_in("1001", &["general"]));
    router.handle(Mono(0), Input::Enter { call: call(1), queue: "general".into() });
    for _ in 0..2 {
        let seen = outputs(&mut router);
        assert_eq!(offer(&seen).map(|o| o.0.as_str()), Some("1001"));
        let end = crate::event::OfferEnd::Unreachable;
        router.handle(Mono(0), Input::OfferFailed { call: call(1), agent: "1001".into(), end });
    }
    let seen = outputs(&mut router);
    assert_eq!(offer(&seen), None, "the second miss in a row sets the agent not ready");
    let reason = super::agent::MISSED.to_owned();
    let state = AgentState::NotReady { reason };
    assert!(seen.contains(&Output::AgentState { agent: "1001".into(), state }));
    assert_eq!(router.queues(Mono(0))[0].waiting, 1, "the caller waits on");
}

/// A thousand agents and ten thousand callers: every answered call is the oldest one waiting.
#[test]
fn a_long_line_is_served_in_order() {
    let mut router = Router::new();
    router.configure(Mono(0), vec![queue("general")]);
    for n in 0..10_000 {
        router.handle(Mono(u64::from(n)), Input::Enter { call: call(n), queue: "general".into() });
    }
    let now = Mono::from_millis(1);
    for n in 0..1_000 {
        router.handle(now, sign_in(&format!("{n}"), &["general"]));
    }
    let offered: Vec<u32> = outputs(&mut router)
        .iter()
        .filter_map(|o| match o {
            Output::Offer { call, .. } => Some(call.n),
            _ => None,
        })
        .collect();
    assert_eq!(offered, (0..1_000).collect::<Vec<u32>>());
    assert_eq!(router.check_invariants(now), Vec::<String>::new());
}
