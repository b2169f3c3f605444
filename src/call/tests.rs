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

fn number() -> Sealed<CallerNumber> {
    Sealed::from_hex("00").unwrap()
}

fn in_menu() -> Call {
    let mut call = Call::new(Visitor::Customer);
    call.handle(at(0), Input::Opened);
    call
}

fn leave(call: &mut Call, ms: u64, exit: MenuExit) -> Vec<Action> {
    call.handle(at(ms), Input::MenuDone { exit, language: Language::new("en-US") })
}

fn complaining() -> Call {
    let mut call = in_menu();
    let complaint = Complaint {
        menu: MenuId::new("complaints"),
        node: "voice".into(),
        queue: Some(QueueId::new("complaints")),
        answers: Vec::new(),
    };
    assert_eq!(leave(&mut call, 10, MenuExit::Complaint(complaint)), [Action::Hear(Tune::MessageIntro)]);
    call.handle(at(1_000), Input::Played);
    call
}

fn dialling() -> Call {
    let mut call = in_menu();
    let transfer =
        Transfer { number: Redacted("021".into()), sealed: number(), otherwise: QueueId::new("general") };
    let actions = leave(&mut call, 10, MenuExit::Transfer(transfer));
    assert!(matches!(&actions[0], Action::Fact(EventKind::TransferStarted { .. })));
    assert_eq!(actions[1..], [Action::Hear(Tune::Hold), Action::Dial(Redacted("021".into()))]);
    call
}

fn ended_transfer(action: &Action) -> (TransferEnd, u64, u64, EndedBy) {
    match action {
        Action::Fact(EventKind::TransferEnded { end, rang_ms, talked_ms, by }) => {
            (*end, *rang_ms, *talked_ms, *by)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_callback_is_written_for_good_before_the_menus_go_on() {
    let mut call = in_menu();
    let wanted = Input::CallbackWanted { queue: QueueId::new("general"), number: number() };
    let actions = call.handle(at(100), wanted);
    assert!(matches!(&actions[..], [Action::Fact(EventKind::CallbackPromised { .. }), Action::Promise]));
    assert_eq!(call.handle(at(110), Input::Played), [], "nothing is heard meanwhile");
    assert_eq!(call.handle(at(120), Input::Kept), [Action::ResumeMenu]);
    assert_eq!(leave(&mut call, 5_000, MenuExit::End), [Action::HangUp, Action::CloseMedia]);
    assert_eq!(outcome(&call), (Outcome::Callback, EndedBy::Server));
}

#[test]
fn a_callback_that_cannot_be_written_becomes_a_person() {
    let mut call = in_menu();
    call.handle(at(100), Input::CallbackWanted { queue: QueueId::new("general"), number: number() });
    assert_eq!(call.handle(at(3_100), Input::NotKept), [Action::EnterQueue(QueueId::new("general"))]);
    assert_eq!(call.handle(at(3_200), Input::Kept), [], "too late");
}

#[test]
fn whoever_hangs_up_after_asking_for_a_callback_is_rung_back() {
    let mut call = in_menu();
    call.handle(at(100), Input::CallbackWanted { queue: QueueId::new("general"), number: number() });
    call.handle(at(110), Input::CallerGone);
    assert_eq!(outcome(&call), (Outcome::Callback, EndedBy::Caller));
}

#[test]
fn a_complaint_is_thanked_for_when_it_is_written_for_good() {
    let mut call = complaining();
    let actions = call.handle(at(9_000), Input::Key(Key::Pound));
    assert!(matches!(&actions[0], Action::Fact(EventKind::ComplaintTaken { length_ms: 8_000, .. })));
    assert_eq!(actions[1..], [Action::Hear(Tune::Listen), Action::Promise]);
    assert_eq!(call.handle(at(9_050), Input::Kept), [Action::Hear(Tune::MessageThanks)]);
    call.handle(at(12_000), Input::Played);
    assert_eq!(outcome(&call), (Outcome::Complaint, EndedBy::Server));
}

#[test]
fn a_complaint_that_cannot_be_written_goes_to_a_person() {
    let mut call = complaining();
    call.handle(at(9_000), Input::MessageLimit);
    assert_eq!(call.handle(at(12_000), Input::NotKept), [Action::EnterQueue(QueueId::new("complaints"))]);
}

#[test]
fn a_complaint_without_words_is_none_and_one_cut_off_is_kept() {
    let mut call = complaining();
    let actions = call.handle(at(1_500), Input::Key(Key::Pound));
    assert_eq!(actions, [Action::Hear(Tune::MessageThanks)]);
    let mut call = complaining();
    let actions = call.handle(at(5_000), Input::CallerGone);
    assert!(matches!(&actions[0], Action::Fact(EventKind::ComplaintTaken { .. })));
    assert_eq!(outcome(&call), (Outcome::Complaint, EndedBy::Caller));
}

#[test]
fn a_person_asked_for_in_the_middle_of_a_complaint_does_not_lose_it() {
    let mut call = complaining();
    let actions = call.handle(at(5_000), Input::Key(Key::Digit(0)));
    assert!(matches!(&actions[0], Action::Fact(EventKind::ComplaintTaken { .. })));
    assert_eq!(actions[1], Action::EnterQueue(QueueId::new("complaints")));
    call.handle(at(5_000), Input::Queued { queue: QueueId::new("complaints"), waiting: 1 });
    call.handle(at(6_000), Input::Key(Key::Star));
    call.handle(at(9_000), Input::Played);
    let actions = call.handle(at(15_000), Input::Key(Key::Pound));
    assert!(matches!(&actions[0], Action::Fact(EventKind::MessageLeft { .. })), "one complaint only");
}

#[test]
fn a_call_sent_on_is_a_talk_until_one_of_them_hangs_up() {
    for (input, by) in [(Input::CalleeGone, EndedBy::Callee), (Input::CallerGone, EndedBy::Caller)] {
        let mut call = dialling();
        assert_eq!(call.handle(at(4_010), Input::TransferAnswered), [Action::Bridge(Joined::Together)]);
        let actions = call.handle(at(64_010), input);
        assert_eq!(ended_transfer(&actions[0]), (TransferEnd::Answered, 4_000, 60_000, by));
        assert_eq!(actions[1], Action::EndPeer);
        assert_eq!(outcome(&call), (Outcome::Transferred, by));
    }
}

#[test]
fn where_nobody_answers_the_caller_is_told_and_goes_to_a_person() {
    let mut call = dialling();
    let actions = call.handle(at(30_010), Input::TransferFailed(TransferEnd::NoAnswer));
    assert_eq!(ended_transfer(&actions[0]), (TransferEnd::NoAnswer, 30_000, 0, EndedBy::Server));
    assert_eq!(actions[1..], [Action::EndPeer, Action::Hear(Tune::TransferFailed)]);
    let mut again = call.clone();
    for (call, input) in [(&mut call, Input::Played), (&mut again, Input::Key(Key::Digit(0)))] {
        assert_eq!(call.handle(at(33_000), input), [Action::EnterQueue(QueueId::new("general"))]);
    }
}

#[test]
fn a_person_can_be_asked_for_and_the_call_given_up_while_another_number_rings() {
    let mut call = dialling();
    let actions = call.handle(at(2_010), Input::Key(Key::Star));
    assert_eq!(ended_transfer(&actions[0]), (TransferEnd::CallerGone, 2_000, 0, EndedBy::Caller));
    assert_eq!(actions[1..], [Action::EndPeer, Action::EnterQueue(QueueId::new("general"))]);
    for (input, end) in [(Input::CallerGone, TransferEnd::CallerGone), (Input::Stop, TransferEnd::Lost)] {
        let mut call = dialling();
        let actions = call.handle(at(2_010), input);
        assert_eq!(ended_transfer(&actions[0]).0, end);
        assert_eq!(actions[1], Action::EndPeer);
    }
}
