//! Visits from the caller's point of view.

use super::*;
use crate::event::EventKind;

fn at(ms: u64) -> Mono {
    Mono::from_millis(ms)
}

fn in_queue() -> Call {
    let mut call = Call::new(Visitor::Customer);
    call.handle(at(0), Input::Opened);
    let exit = MenuExit::Queue(QueueId::new("general"));
    call.handle(at(10), Input::MenuDone { exit, language: Language::new("en-US") });
    call.handle(at(10), Input::Queued { queue: QueueId::new("general"), waiting: 1 });
    call
}

fn talking() -> Call {
    let mut call = in_queue();
    let agent = AgentId::new("1001");
    call.handle(at(20), Input::Offered { agent: agent.clone(), device: DeviceId::new("desk1") });
    let heard = call.handle(at(900), Input::Connect { agent: agent.clone() });
    assert_eq!(heard, [Action::Hear(Tune::AgentNumber(agent))], "HB-id: the number comes first");
    call.handle(at(2_000), Input::Played);
    call
}

fn outcome(call: &Call) -> (Outcome, EndedBy) {
    let ended = call.ended().expect("the visit is over");
    (ended.outcome, ended.by)
}

#[test]
fn nothing_is_answered_before_its_recording_has_begun() {
    let mut call = Call::new(Visitor::Customer);
    assert_eq!(call.handle(at(0), Input::Opened), [Action::Answer, Action::StartMenu]);
    let mut refused = Call::new(Visitor::Customer);
    let actions = refused.handle(at(0), Input::OpenFailed(Refusal::StorageAlarm));
    assert_eq!(actions, [Action::Refuse(Refusal::StorageAlarm), Action::CloseMedia]);
    assert_eq!(outcome(&refused).0, Outcome::Refused);
}

#[test]
fn hanging_up_while_waiting_is_an_abandonment_and_stops_the_ringing() {
    let mut call = in_queue();
    call.handle(at(20), Input::Offered { agent: AgentId::new("1001"), device: DeviceId::new("d") });
    let actions = call.handle(at(500), Input::CallerGone);
    assert_eq!(actions, [Action::LeaveQueue(LeftQueue::Abandoned), Action::EndPeer, Action::CloseMedia]);
    assert_eq!(outcome(&call), (Outcome::Abandoned, EndedBy::Caller));
}

#[test]
fn an_agent_who_hangs_up_ends_the_call_as_served() {
    let mut call = talking();
    let actions = call.handle(at(12_000), Input::AgentGone);
    assert!(matches!(&actions[0], Action::Fact(EventKind::TalkEnded { talked_ms: 10_000, .. })));
    assert!(actions.contains(&Action::ReleaseAgent(AgentId::new("1001"))));
    assert!(actions.contains(&Action::HangUp));
    assert_eq!(outcome(&call), (Outcome::Agent, EndedBy::Agent));
    assert_eq!(call.duration_ms(), 12_000);
}

#[test]
fn a_caller_on_hold_hears_hold_audio_and_never_the_consultation() {
    let mut call = talking();
    let actions = call.handle(at(3_000), Input::AgentHolds);
    assert_eq!(actions[0], Action::Bridge(Joined::Apart));
    assert_eq!(actions[1], Action::Hear(Tune::Hold));
    let actions = call.handle(at(5_000), Input::AgentResumes);
    assert_eq!(actions[0], Action::Bridge(Joined::Together));
    assert!(matches!(&actions[2], Action::Fact(EventKind::HoldEnded { held_ms: 2_000, .. })));
}

#[test]
fn star_leaves_the_queue_for_a_message_and_pound_ends_it() {
    let mut call = in_queue();
    let actions = call.handle(at(100), Input::Key(Key::Star));
    assert_eq!(actions, [Action::LeaveQueue(LeftQueue::Message), Action::Hear(Tune::MessageIntro)]);
    assert_eq!(
        call.handle(at(4_000), Input::Played),
        [Action::Hear(Tune::Listen), Action::StartMessageLimit]
    );
    let actions = call.handle(at(9_000), Input::Key(Key::Pound));
    assert!(matches!(&actions[0], Action::Fact(EventKind::MessageLeft { length_ms: 5_000, .. })));
    call.handle(at(12_000), Input::Played);
    assert_eq!(outcome(&call), (Outcome::Message, EndedBy::Server));
}

#[test]
fn zero_while_leaving_a_message_leads_back_to_people() {
    let mut call = in_queue();
    call.handle(at(100), Input::Overflow { to: OverflowTarget::Message, reason: OverflowReason::Full });
    call.handle(at(4_000), Input::Played);
    let actions = call.handle(at(9_000), Input::Key(Key::Digit(0)));
    assert!(matches!(&actions[0], Action::Fact(EventKind::MessageLeft { .. })), "what was said is kept");
    assert_eq!(actions[1], Action::EnterQueue(QueueId::new("general")));
}

#[test]
fn after_the_end_nothing_happens_any_more() {
    let mut call = talking();
    call.handle(at(3_000), Input::CallerGone);
    for late in [Input::AgentGone, Input::Played, Input::CallerGone, Input::Stop, Input::Opened] {
        assert_eq!(call.handle(at(4_000), late), []);
    }
}
