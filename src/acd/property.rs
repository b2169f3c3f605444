//! Random inputs in random order: nothing panics, every promise holds after each, and each `Queued`
//! has exactly one `Left`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;

use super::api::*;
use super::router::Router;
use crate::event::{LeftQueue, OfferEnd, OverflowTarget};
use crate::ids::*;
use crate::now::Mono;

#[derive(Clone, Debug)]
enum Step {
    Input(Input),
    /// Answers whatever is being offered at this index, as a well-behaved engine would.
    AnswerAny(usize),
    FailAny(usize, OfferEnd),
    Pass(u64),
    PassToTimeout,
    Configure(Vec<QueueConfig>),
}

fn call(n: u32) -> CallId {
    CallId { node: NodeId(1), boot: BootId(1), n }
}

fn queue_name(n: u32) -> QueueId {
    QueueId::new(format!("q{n}"))
}

fn any_call() -> impl Strategy<Value = CallId> {
    (0u32..12).prop_map(call)
}

fn any_agent() -> impl Strategy<Value = AgentId> {
    (0u32..5).prop_map(|n| AgentId::new(format!("10{n}")))
}

/// One name more than there are queues, so that unknown ones occur.
fn any_queue() -> impl Strategy<Value = QueueId> {
    (0u32..4).prop_map(queue_name)
}

fn seconds(range: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_secs)
}

fn any_target() -> impl Strategy<Value = OverflowTarget> {
    prop_oneof![
        Just(OverflowTarget::Message),
        Just(OverflowTarget::Callback),
        any_queue().prop_map(OverflowTarget::Queue),
    ]
}

fn any_config(n: u32) -> impl Strategy<Value = QueueConfig> {
    let times =
        (seconds(0..20), seconds(0..20), prop::option::of(seconds(0..90)), prop::option::of(seconds(0..40)));
    (times, 0u8..4, 0u8..3, prop::option::of(0u32..6), any_target()).prop_map(
        move |((ring_time, wrap_up, max_wait, announce_every), skill, priority, limit, overflow)| {
            QueueConfig {
                id: queue_name(n),
                skills: BTreeMap::from([(Skill::new("card"), skill)]),
                strategy: StrategyKind::LongestIdle,
                priority,
                ring_time,
                wrap_up,
                service_target: ServiceTarget { percent: 80, within: Duration::from_secs(20) },
                limit,
                max_wait,
                overflow,
                announce_every,
                hold_audio: "hold".to_owned(),
            }
        },
    )
}

fn any_queues() -> impl Strategy<Value = Vec<QueueConfig>> {
    (any_config(0), any_config(1), any_config(2), 0usize..8).prop_map(|(a, b, c, gone)| {
        let mut all = vec![a, b, c];
        if gone < all.len() {
            all.remove(gone);
        }
        all
    })
}

fn any_profile() -> impl Strategy<Value = AgentProfile> {
    (any_agent(), 0u8..5, prop::collection::vec(any_queue(), 0..4)).prop_map(|(id, card, queues)| {
        AgentProfile {
            id,
            skills: BTreeMap::from([(Skill::new("card"), card)]),
            queues,
            languages: Vec::new(),
        }
    })
}

fn any_end() -> impl Strategy<Value = OfferEnd> {
    prop_oneof![Just(OfferEnd::Rejected), Just(OfferEnd::Unreachable), Just(OfferEnd::NoAnswer)]
}

fn any_left() -> impl Strategy<Value = LeftQueue> {
    prop_oneof![Just(LeftQueue::Abandoned), Just(LeftQueue::Message), Just(LeftQueue::Lost)]
}

fn any_input() -> impl Strategy<Value = Input> {
    let device = (0u32..4).prop_map(|n| DeviceId::new(format!("d{n}")));
    prop_oneof![
        6 => (any_call(), any_queue()).prop_map(|(call, queue)| Input::Enter { call, queue }),
        2 => (any_call(), any_left()).prop_map(|(call, left)| Input::Leave { call, left }),
        3 => (any_profile(), device).prop_map(|(agent, device)| Input::SignIn { agent, device }),
        1 => any_agent().prop_map(|agent| Input::SignOut { agent }),
        1 => any_agent().prop_map(|agent| Input::NotReady { agent, reason: "lunch".to_owned() }),
        2 => any_agent().prop_map(|agent| Input::Ready { agent }),
        1 => (any_call(), any_agent()).prop_map(|(call, agent)| Input::OfferAnswered { call, agent }),
        1 => (any_call(), any_agent(), any_end())
            .prop_map(|(call, agent, end)| Input::OfferFailed { call, agent, end }),
        4 => any_agent().prop_map(|agent| Input::Released { agent }),
        1 => any_agent().prop_map(|agent| Input::Held { agent }),
        1 => any_agent().prop_map(|agent| Input::Resumed { agent }),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => any_input().prop_map(Step::Input),
        5 => any::<usize>().prop_map(Step::AnswerAny),
        2 => (any::<usize>(), any_end()).prop_map(|(n, end)| Step::FailAny(n, end)),
        3 => (0u64..30_000).prop_map(Step::Pass),
        3 => Just(Step::PassToTimeout),
        1 => any_queues().prop_map(Step::Configure),
    ]
}

/// What the outside has heard so far.
#[derive(Default)]
struct Ledger {
    queued: BTreeSet<CallId>,
    /// Running offers.
    offers: BTreeMap<CallId, AgentId>,
    on_the_way: BTreeMap<CallId, OverflowTarget>,
}

impl Ledger {
    fn take(&mut self, output: Output) {
        match output {
            Output::Queued { call, waiting, .. } => {
                assert!(self.queued.insert(call), "{call} queued twice");
                assert!(waiting > 0, "the caller counts");
            }
            Output::Left { call, left, waited, .. } => {
                let was_queued = self.queued.remove(&call);
                let overflowed = matches!(left, LeftQueue::Overflowed { .. });
                assert!(was_queued || (overflowed && waited.is_zero()), "{call} left without being queued");
                assert!(!self.offers.contains_key(&call), "{call} left under a running offer");
                if let LeftQueue::Overflowed { to } = left {
                    self.on_the_way.insert(call, to);
                }
            }
            Output::Overflow { call, to, .. } => {
                assert_eq!(self.on_the_way.remove(&call), Some(to), "announced by Left just before");
            }
            Output::Offer { call, agent, why, .. } => {
                assert!(self.queued.contains(&call), "{call} offered without waiting");
                assert!(!self.offers.values().any(|a| *a == agent), "{agent} rung twice");
                assert!(self.offers.insert(call, agent.clone()).is_none(), "{call} offered twice");
                assert!(why.candidates[0].starts_with(agent.as_str()), "{why:?}");
                assert!(why.candidates.len() <= 8 && why.excluded.len() <= 8, "{why:?}");
            }
            Output::OfferEnded { call, agent, .. } => {
                assert_eq!(self.offers.remove(&call), Some(agent), "ended as it began");
            }
            Output::CancelOffer { call, agent, .. } => {
                assert_eq!(self.offers.get(&call), Some(&agent), "only what rings is stopped");
            }
            Output::Connect { call, .. } => assert!(self.queued.contains(&call), "Left follows"),
            Output::Announce { call, position, .. } => {
                assert!(self.queued.contains(&call) && position > 0);
            }
            Output::AgentState { .. } => {}
        }
    }
}

fn perform(router: &mut Router, now: &mut Mono, step: Step, ledger: &Ledger) {
    let nth = |n: usize| ledger.offers.iter().nth(n % ledger.offers.len().max(1));
    match step {
        Step::Input(input) => router.handle(*now, input),
        Step::AnswerAny(n) => {
            if let Some((call, agent)) = nth(n) {
                router.handle(*now, Input::OfferAnswered { call: *call, agent: agent.clone() });
            }
        }
        Step::FailAny(n, end) => {
            if let Some((call, agent)) = nth(n) {
                router.handle(*now, Input::OfferFailed { call: *call, agent: agent.clone(), end });
            }
        }
        Step::Pass(ms) => *now += Duration::from_millis(ms),
        Step::PassToTimeout => *now = router.poll_timeout().unwrap_or(*now).max(*now),
        Step::Configure(queues) => router.configure(*now, queues),
    }
    router.handle_timeout(*now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_promise_holds_whatever_happens(
        queues in any_queues(),
        steps in prop::collection::vec(any_step(), 1..150),
    ) {
        let (mut router, mut now, mut ledger) = (Router::new(), Mono::default(), Ledger::default());
        router.configure(now, queues);
        for step in steps {
            perform(&mut router, &mut now, step.clone(), &ledger);
            while let Some(output) = router.poll_output() {
                ledger.take(output);
            }
            prop_assert_eq!(router.check_invariants(now), Vec::<String>::new(), "after {:?}", step);
            prop_assert!(ledger.on_the_way.is_empty(), "every Left {{ Overflowed }} has its Overflow");
            let waiting: u32 = router.queues(now).iter().map(|q| q.waiting).sum();
            prop_assert_eq!(waiting as usize, ledger.queued.len());
        }
        // The end of the world: everybody hangs up and goes home.
        for call in ledger.queued.clone() {
            router.handle(now, Input::Leave { call, left: LeftQueue::Abandoned });
        }
        for view in router.agents(now) {
            router.handle(now, Input::Released { agent: view.agent.clone() });
            router.handle(now, Input::SignOut { agent: view.agent });
        }
        while let Some(output) = router.poll_output() {
            ledger.take(output);
        }
        prop_assert!(ledger.queued.is_empty() && ledger.offers.is_empty());
        prop_assert!(router.is_idle(), "no timer is left behind");
    }

    /// While nothing happens but time, no caller's estimate grows (HB-hold).
    #[test]
    fn an_estimate_never_grows_by_waiting(handle in 1u64..600, waiting in 1u32..30, hours in 0u64..3) {
        let mut router = Router::new();
        let mut now = Mono::default();
        router.configure(now, vec![super::tests::queue("general")]);
        router.handle(now, super::tests::sign_in("1001", &["general"]));
        for n in 0..4 {
            router.handle(now, Input::Enter { call: call(1_000 + n), queue: "general".into() });
            router.handle(now, Input::OfferAnswered { call: call(1_000 + n), agent: "1001".into() });
            now += Duration::from_secs(handle);
            router.handle(now, Input::Released { agent: "1001".into() });
            router.handle(now, Input::Ready { agent: "1001".into() });
        }
        router.handle(now, Input::Enter { call: call(999), queue: "general".into() });
        router.handle(now, Input::OfferAnswered { call: call(999), agent: "1001".into() });
        for n in 0..waiting {
            router.handle(now, Input::Enter { call: call(n), queue: "general".into() });
        }
        let told = router.queues(now)[0].estimated_wait_s;
        prop_assert_eq!(told, Some((handle * u64::from(waiting + 1)) as f64));
        now += Duration::from_secs(hours * 3_600);
        router.handle_timeout(now);
        prop_assert_eq!(router.queues(now)[0].estimated_wait_s, told);
    }
}
