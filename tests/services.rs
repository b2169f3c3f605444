//! What callers do by themselves and the engine must get right to the moment: promises, questions to
//! the bank, other numbers, locks, plans, lists.

#[path = "sim/bench.rs"]
mod bench;
#[path = "sim/full.rs"]
mod full;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bench::Bench;
use hotline::engine::command::{Command, Reply, Request};
use hotline::engine::{AlarmState, CallerBook, Input, Memory};
use hotline::event::{Actor, Alarm, EventKind, Outcome, TransferEnd};
use hotline::ids::*;
use hotline::media::command::Clip;
use hotline::menu::api::CallerList;
use hotline::menu::ask::{Answer, Failure};
use hotline::sealed::{Hasher, Redacted};

const TRUNK: &str = "127.0.0.8:5060";
const SECOND_TRUNK: &str = "127.0.0.9:5060";

fn bench() -> Bench {
    Bench::with(full::published(), Memory::default())
}

fn call(n: u32) -> CallId {
    CallId { node: NodeId(1), boot: BootId(1), n }
}

fn clip(name: &str) -> Clip {
    full::published().prompts.exact("en-US", name).expect("a prompt").clone()
}

fn heard(bench: &Bench, name: &str) -> bool {
    let clip = clip(name);
    bench.told.plays.iter().any(|play| play.contains(&clip))
}

fn order(bench: &mut Bench, command: Command) -> Reply {
    bench.tell(Input::Request(Request { id: 1, actor: Actor::Peer { uid: 7 }, command }));
    bench.told.replies.pop().expect("a reply")
}

fn entered(queue: &'static str) -> impl Fn(&EventKind) -> bool {
    move |kind| matches!(kind, EventKind::QueueEntered { queue: q, .. } if q.as_str() == queue)
}

fn said(field: &str, value: &str) -> Result<Answer, Failure> {
    Ok(Answer { fields: BTreeMap::from([(field.to_owned(), Redacted(value.to_owned()))]) })
}

/// The newest question is answered so.
fn answer(bench: &mut Bench, result: Result<Answer, Failure>) {
    let (call, id, _) = bench.told.questions.last().expect("a question").clone();
    bench.tell(Input::Answered { call, id, result });
}

fn promised(kind: &EventKind) -> bool {
    matches!(kind, EventKind::CallbackPromised { .. })
}

#[test]
fn hb_callback_is_told_only_when_the_disk_has_it() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "31");
    assert_eq!((bench.happened(promised), &bench.told.promises[..]), (1, &[call(1)][..]));
    assert!(!heard(&bench, "system.callback.thanks"), "nothing is told before");
    bench.keys(1, "0");
    assert!(!heard(&bench, "system.callback.thanks"));
    bench.tell(Input::Kept { call: call(1) });
    assert!(heard(&bench, "system.callback.thanks"));
    let ended = |kind: &EventKind| matches!(kind, EventKind::CallEnded { outcome: Outcome::Callback, .. });
    assert_eq!(bench.happened(ended), 1, "{:?}", bench.events);
}

#[test]
fn a_disk_that_is_slow_or_fails_gives_a_person_instead_of_a_promise() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "31");
    bench.pass(Duration::from_millis(2_900));
    assert_eq!(bench.happened(entered("general")), 0);
    bench.pass(Duration::from_millis(200));
    assert_eq!(bench.happened(entered("general")), 1);
    bench.tell(Input::Kept { call: call(1) });
    assert!(!heard(&bench, "system.callback.thanks"), "too late");

    bench.ring(2);
    let state = AlarmState::Raised { detail: "disk full".into() };
    bench.tell(Input::Alarm { alarm: Alarm::Journal, state });
    bench.keys(2, "31");
    assert_eq!(bench.happened(entered("general")), 2, "at once");
}

#[test]
fn a_number_is_rung_back_only_where_permitted_and_not_too_often() {
    let mut bench = bench();
    for n in 1..=4 {
        bench.ring(n);
        bench.keys(n.into(), "3213900000001#1");
        bench.tell(Input::Kept { call: call(n.into()) });
    }
    assert_eq!(bench.happened(promised), 3, "the fourth one of a day is refused");
    assert!(heard(&bench, "system.callback.refused"));
    bench.told.plays.clear();
    bench.ring(5);
    bench.keys(5, "320085212345678#1");
    assert_eq!(bench.happened(promised), 3);
    assert!(heard(&bench, "system.callback.refused"), "not a permitted prefix");
}

#[test]
fn cba_25_a_system_of_the_bank_that_never_answers_leads_to_a_person() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "2");
    assert_eq!(bench.told.questions.len(), 1);
    bench.pass(Duration::from_secs(14));
    assert_eq!(bench.happened(entered("general")), 0);
    bench.pass(Duration::from_secs(2));
    assert!(heard(&bench, "system.lookup.failed"), "the caller is told");
    assert_eq!(bench.happened(entered("general")), 1);
}

#[test]
fn an_answer_that_comes_when_the_caller_has_gone_on_changes_nothing() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "20");
    assert_eq!(bench.happened(entered("general")), 1, "0 does not wait for the answer");
    let events = bench.events.len();
    answer(&mut bench, said("balance", "1.00"));
    assert_eq!(bench.events.len(), events);
}

#[test]
fn cba_32_wrong_secrets_lock_the_identity_over_calls_and_over_a_restart() {
    let mut bench = bench();
    for n in 1..=3 {
        bench.ring(n);
        bench.keys(n.into(), "1");
        for _ in 0..2 {
            let asked = bench.told.questions.len();
            bench.keys(n.into(), "1234#9999#");
            if bench.told.questions.len() > asked {
                answer(&mut bench, said("result", "wrong"));
            }
        }
    }
    let failed = |result: &'static str| move |kind: &EventKind| matches!(kind, EventKind::VerificationFailed { result: r, .. } if r == result);
    assert_eq!(bench.happened(failed("wrong")), 5, "{:?}", bench.events);
    assert!(bench.happened(failed("locked")) > 0, "the sixth is not even asked");
    bench.tell(Input::TakeSnapshot);
    let (seq, bytes) = bench.told.snapshot.take().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("1234#") && !text.contains("\"1234\""), "no identity stands in a snapshot");

    let memory = Memory::from_snapshot(seq, &bytes).expect("a snapshot of this version");
    let mut again = Bench::with(full::published(), memory);
    again.ring(1);
    again.keys(1, "11234#9999#");
    assert_eq!(again.told.questions.len(), 0, "still locked");
    assert!(heard(&again, "system.verify.locked"));
    again.ring(2);
    again.keys(2, "14321#9999#");
    assert_eq!(again.told.questions.len(), 1, "and nobody else");
}

#[test]
fn cba_32_the_agents_telephone_shows_what_the_caller_was_verified_as() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "11234#9999#");
    let (_, _, question) = bench.told.questions.last().unwrap();
    let names: Vec<&str> = question.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["customer", "pin"]);
    answer(&mut bench, said("result", "verified"));
    bench.keys(1, "0");
    let told = |kind: &EventKind| matches!(kind, EventKind::HandedOver { verified: Some(level), .. } if level == "verified");
    assert_eq!(bench.happened(told), 1, "{:?}", bench.events);
    let invite = bench.sent.iter().find(|message| message.starts_with("INVITE")).expect("an agent is rung");
    assert!(invite.contains("X-Hotline-Verified: verified\r\n"), "{invite}");
    assert!(invite.contains("/ verified\""), "{invite}");
}

#[test]
fn a_call_is_sent_on_through_the_next_trunk_if_the_first_fails() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "6");
    bench.respond(TRUNK, 503);
    bench.respond(SECOND_TRUNK, 200);
    assert_eq!(bench.happened(|kind| matches!(kind, EventKind::TransferStarted { .. })), 1);
    bench.pass(Duration::from_secs(40));
    assert_eq!(bench.happened(|kind| matches!(kind, EventKind::TransferEnded { .. })), 0, "they talk");
    bench.tell(Input::Drain { deadline: bench.now() });
    let lost = |kind: &EventKind| {
        matches!(kind, EventKind::TransferEnded { end: TransferEnd::Answered, talked_ms: 40_000, .. })
    };
    assert_eq!(bench.happened(lost), 1, "{:?}", bench.events);
    assert!(bench.drained, "no leg is left");
}

#[test]
fn a_number_that_nobody_answers_is_given_up_after_30_seconds() {
    let mut bench = bench();
    bench.ring(1);
    bench.keys(1, "6");
    bench.respond(TRUNK, 180);
    bench.pass(Duration::from_secs(29));
    assert_eq!(bench.sent("CANCEL"), 0);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.sent("CANCEL"), 1);
    let ended =
        |kind: &EventKind| matches!(kind, EventKind::TransferEnded { end: TransferEnd::NoAnswer, .. });
    assert_eq!(bench.happened(ended), 1);
    assert!(heard(&bench, "system.transfer_failed"));
    assert_eq!(bench.happened(entered("general")), 1, "a person follows");
}

#[test]
fn cba_24_a_plan_is_in_force_at_once_and_over_a_restart_until_its_time_is_over() {
    let mut bench = bench();
    bench.ring(1);
    let plan = || PlanId::new("storm");
    let (by, reason) = (|| "the manager".to_owned(), || "a storm".to_owned());
    let unknown = Command::StartPlan { plan: PlanId::new("flood"), by: by(), reason: reason() };
    assert!(matches!(order(&mut bench, unknown), Reply::Refused(why) if why.contains("storm")));
    let nameless = Command::StartPlan { plan: plan(), by: " ".into(), reason: reason() };
    assert!(matches!(order(&mut bench, nameless), Reply::Refused(_)));
    let start = Command::StartPlan { plan: plan(), by: by(), reason: reason() };
    assert_eq!(order(&mut bench, start), Reply::Done);
    bench.ring(2);
    assert!(heard(&bench, "plan.storm"), "new callers hear it");
    bench.tell(Input::TakeSnapshot);
    let (seq, bytes) = bench.told.snapshot.take().unwrap();

    let memory = Memory::from_snapshot(seq, &bytes).expect("a snapshot of this version");
    let mut again = Bench::with(full::published(), memory);
    let Reply::Plans(plans) = order(&mut again, Command::Plans) else { panic!("plans") };
    let run = plans[0].in_force.clone().expect("still in force");
    assert_eq!((run.by, run.reason), (by(), reason()));
    again.pass(Duration::from_secs(3_599));
    assert_eq!(again.happened(|kind| matches!(kind, EventKind::PlanStopped { .. })), 0);
    again.pass(Duration::from_secs(1));
    assert_eq!(again.happened(|kind| matches!(kind, EventKind::PlanStopped { .. })), 1);
    let stop = Command::StopPlan { plan: plan(), by: by(), reason: reason() };
    assert!(matches!(order(&mut again, stop), Reply::Refused(_)), "it is over already");
}

#[test]
fn hb_elder_callers_on_the_list_hear_slow_speech() {
    let mut bench = bench();
    let hasher = Hasher::new(&[9; 32]);
    let mut book = CallerBook::default();
    book.insert(hasher.number("13800000001"), CallerList::Elderly);
    bench.tell(Input::Callers(Arc::new(book)));
    let slow = full::published().prompts.exact("en-US+slow", "main.greeting").expect("a prompt").clone();
    bench.ring(2);
    assert!(!bench.told.plays.iter().any(|play| play.contains(&slow)), "another caller");
    bench.ring(1);
    assert!(bench.told.plays.iter().any(|play| play.contains(&slow)), "{:?}", bench.told.plays);
    assert_eq!(bench.happened(|kind| matches!(kind, EventKind::ElderlyCare)), 1);
    bench.keys(2, "0");
    let told = |kind: &EventKind| matches!(kind, EventKind::HandedOver { elderly: true, .. });
    assert_eq!(bench.happened(told), 1, "the second call of the bench is theirs");
}
