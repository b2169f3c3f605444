//! Calls to us, message by message.

use super::bench::*;
use crate::ids::Key;
use crate::sip::api::*;

pub const SCENARIOS: &[fn() -> Hits] = &[
    answered_and_hung_up_by_the_peer,
    refused_with_lost_ack,
    refusal_never_acknowledged,
    two_hundred_never_acknowledged,
    cancelled_by_the_caller,
    connection_lost_while_ringing,
    connection_lost_around_final_responses,
    updates_wait_for_the_engine,
];

/// A call that is answered; the peer knows our tag then.
pub fn answered(bench: &mut Bench, peer: &mut Peer) -> DialogId {
    bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 200);
    let ok = bench.take_sent().pop().unwrap();
    assert_eq!(code(&ok), 200);
    peer.learn(&ok);
    bench.receive(&peer.request("ACK", "ack", "", ""));
    assert_eq!(bench.take_events(), [SipEvent::Acked { dialog, sdp: vec![] }]);
    dialog
}

fn answered_and_hung_up_by_the_peer() -> Hits {
    let mut bench = Bench::new();
    let mut peer = Peer::new("a");
    let invite = peer.request("INVITE", "inv", "Record-Route: <sip:proxy.example;lr>\r\n", "v=0");
    bench.receive(&invite);
    assert_eq!(bench.lines(), ["SIP/2.0 100 Trying"]);
    match bench.take_events().as_slice() {
        [SipEvent::Invite { dialog, dialled, caller, device: None, sdp, .. }] => {
            assert_eq!((dialled.reveal().as_str(), caller.reveal().as_str()), ("95588", "13800138000"));
            assert_eq!(sdp, b"v=0");
            bench.reply(*dialog, 180);
            bench.receive(&invite);
            let again = bench.take_sent();
            assert_eq!(again.len(), 2);
            assert_eq!(again[0], again[1], "a retransmitted INVITE gets the same 180");
            assert_eq!(header(&again[0], "Record-Route"), "<sip:proxy.example;lr>");
            bench.reply(*dialog, 200);
            peer.learn(&again[0]);
        }
        other => panic!("{other:?}"),
    }
    bench.receive(&invite);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"], "the INVITE is absorbed, the 200 has its own timer");
    bench.advance(1600);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK", "SIP/2.0 200 OK"], "after 0.5 s and 1.5 s");
    bench.receive(&peer.request("ACK", "inv", "", ""));
    bench.receive(&peer.request("ACK", "ack", "", ""));
    assert_eq!(bench.take_events().len(), 1, "one Acked, whatever the branch of the ACK");
    bench.advance(10_000);
    assert!(bench.lines().is_empty());
    let bye = peer.next("BYE", "", "");
    bench.receive(&bye);
    bench.receive(&bye);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK", "SIP/2.0 200 OK"]);
    assert!(matches!(bench.take_events().as_slice(), [SipEvent::Ended { .. }]), "once");
    bench.finish()
}

#[test]
fn peers_hang_up() {
    answered_and_hung_up_by_the_peer();
}

fn refused_with_lost_ack() -> Hits {
    let mut bench = Bench::new();
    let mut peer = Peer::new("b");
    let invite = peer.request("INVITE", "inv", "", "v=0");
    bench.receive(&invite);
    let dialog = bench.invited();
    let reply = Reply { code: 503, retry_after: true, ..Reply::default() };
    bench.act(|stack, now| stack.respond(now, dialog, reply));
    let refusal = bench.take_sent().pop().unwrap();
    assert_eq!(header(&refusal, "Retry-After"), "7");
    bench.receive(&invite);
    bench.advance(600);
    assert_eq!(bench.lines().len(), 2, "to the INVITE, and by timer G");
    peer.learn(&refusal);
    bench.receive(&peer.request("ACK", "inv", "", ""));
    bench.receive(&peer.request("ACK", "inv", "", ""));
    bench.advance(4000);
    assert!(bench.lines().is_empty());
    assert!(bench.take_events().is_empty());
    bench.finish()
}

#[test]
fn refusals_are_repeated_until_acknowledged() {
    refused_with_lost_ack();
}

fn refusal_never_acknowledged() -> Hits {
    let mut bench = Bench::new();
    bench.receive(&Peer::new("c").request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 486);
    bench.advance(40_000);
    assert!(bench.stack.is_idle());
    bench.finish()
}

fn two_hundred_never_acknowledged() -> Hits {
    let mut bench = Bench::new();
    bench.receive(&Peer::new("d").request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 200);
    bench.take_sent();
    bench.advance(33_000);
    assert_eq!(bench.take_events(), [SipEvent::NeverAcked { dialog }]);
    let lines = bench.lines();
    // 0.5, 1.5, 3.5, then each 4 s until 32 s.
    assert_eq!(lines.iter().filter(|line| *line == "SIP/2.0 200 OK").count(), 10);
    assert!(lines.iter().any(|line| line.starts_with("BYE ")));
    bench.finish()
}

#[test]
fn an_answer_nobody_acknowledges_ends_the_call() {
    two_hundred_never_acknowledged();
}

fn cancelled_by_the_caller() -> Hits {
    let mut bench = Bench::new();
    let peer = Peer::new("e");
    bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 180);
    let ringing = bench.take_sent().pop().unwrap();
    let cancel = peer.request("CANCEL", "inv", "", "");
    bench.receive(&cancel);
    let sent = bench.take_sent();
    assert_eq!(sent.iter().map(|text| code(text)).collect::<Vec<_>>(), [200, 487]);
    assert!(sent.iter().all(|text| to_tag(text) == to_tag(&ringing)), "one tag");
    assert_eq!(bench.take_events(), [SipEvent::Cancelled { dialog }]);
    bench.receive(&cancel);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
    bench.reply(dialog, 200);
    assert!(bench.lines().is_empty(), "too late");
    assert_eq!(code(&bench.ask(&peer.request("CANCEL", "other", "", ""))), 481);
    bench.finish()
}

#[test]
fn callers_give_up() {
    cancelled_by_the_caller();
}

#[test]
fn a_cancel_behind_the_answer_changes_nothing() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("f");
    let dialog = answered(&mut bench, &mut peer);
    peer.to_tag.clear();
    assert_eq!(code(&bench.ask(&peer.request("CANCEL", "inv", "", ""))), 200);
    assert!(bench.take_events().is_empty());
    bench.act(|stack, now| stack.bye(now, dialog));
    assert!(bench.lines()[0].starts_with("BYE sip:13800138000@198.51.100.7:5070 "));
}

fn connection_lost_while_ringing() -> Hits {
    let mut bench = Bench::new();
    bench.flow = tcp(1, "198.51.100.7:40001");
    let peer = Peer { transport: "TCP", ..Peer::new("g") };
    bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    let flow = bench.flow;
    bench.act(|stack, now| stack.flow_closed(now, flow));
    assert!(bench.take_events().is_empty(), "the caller may still be there");
    bench.take_ways();
    bench.reply(dialog, 180);
    assert_eq!(bench.take_ways(), [(address(PEER), true)], "to the listener named by Via");
    bench.act(|stack, now| stack.flow_closed(now, tcp(0, PEER)));
    assert_eq!(bench.take_events(), [SipEvent::Cancelled { dialog }], "not there either");
    bench.finish()
}

#[test]
fn a_connection_may_close_before_the_answer() {
    connection_lost_while_ringing();
}

fn connection_lost_around_final_responses() -> Hits {
    let mut bench = Bench::new();
    let hang_up = |bench: &mut Bench| {
        let flow = bench.flow;
        bench.act(|stack, now| stack.flow_closed(now, flow));
        bench.act(|stack, now| stack.flow_closed(now, tcp(0, PEER)));
    };
    bench.flow = tcp(1, "198.51.100.7:40001");
    let mut peer = Peer { transport: "TCP", ..Peer::new("h") };
    bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 486);
    hang_up(&mut bench);
    let mut peer2 = Peer { call_id: "h2".into(), ..peer.clone() };
    bench.flow = tcp(2, "198.51.100.7:40002");
    answered(&mut bench, &mut peer2);
    // An UPDATE that waits, unanswered and with 100, and an OPTIONS that is answered.
    for provisional in [false, true] {
        bench.flow = tcp(3, "198.51.100.7:40003");
        bench.receive(&peer2.next("UPDATE", "", "v=0"));
        let events = bench.take_events();
        let [SipEvent::Reoffer { dialog, .. }] = events.as_slice() else { panic!("{events:?}") };
        if provisional {
            bench.reply(*dialog, 100);
        }
        hang_up(&mut bench);
        bench.reply(*dialog, 200);
    }
    bench.flow = tcp(4, "198.51.100.7:40004");
    peer.to_tag.clear();
    // Over a connection the answered transaction is over at once, so it is closed before any timer.
    bench.receive(&peer.request("OPTIONS", "opt", "", ""));
    hang_up(&mut bench);
    bench.flow = udp(PEER);
    bench.receive(&peer2.next("BYE", "", ""));
    bench.finish()
}

fn updates_wait_for_the_engine() -> Hits {
    let mut bench = Bench::new();
    let mut peer = Peer::new("i");
    let dialog = answered(&mut bench, &mut peer);
    let update = peer.next("UPDATE", "", "v=0");
    bench.receive(&update);
    bench.receive(&update);
    assert!(bench.lines().is_empty());
    assert_eq!(bench.take_events(), [SipEvent::Reoffer { dialog, sdp: b"v=0".to_vec() }], "once");
    let clash = bench.ask(&peer.next("INVITE", "", "v=0"));
    assert_eq!(code(&clash), 500);
    assert!(has_header(&clash, "Retry-After"));
    bench.receive(&peer.request("ACK", &format!("ni{}", peer.cseq), "", ""));
    bench.reply(dialog, 100);
    bench.reply(dialog, 180);
    bench.receive(&update);
    assert_eq!(bench.lines(), ["SIP/2.0 100 Trying", "SIP/2.0 100 Trying", "SIP/2.0 100 Trying"]);
    bench.reply(dialog, 488);
    assert_eq!(bench.lines(), ["SIP/2.0 488 Not Acceptable Here"]);
    assert_eq!(code(&bench.ask(&peer.next("UPDATE", "", ""))), 200, "no offer, no question");
    bench.receive(&peer.next("BYE", "", ""));
    assert_eq!(bench.take_events(), [SipEvent::Ended { dialog }]);
    bench.finish()
}

#[test]
fn updates_are_the_engines_to_answer() {
    updates_wait_for_the_engine();
}

#[test]
fn a_reinvite_is_answered_and_acknowledged() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("j");
    let dialog = answered(&mut bench, &mut peer);
    let moved = "Contact: <sip:elsewhere@198.51.100.99:5099>";
    for (answer, target) in [(488, "13800138000@198.51.100.7:5070"), (200, "elsewhere@198.51.100.99:5099")] {
        let invite = peer.next("INVITE", "", "v=1");
        let invite = invite.replace(&format!("Contact: <sip:13800138000@{PEER}>"), moved);
        bench.receive(&invite);
        assert_eq!(bench.take_events(), [SipEvent::Reoffer { dialog, sdp: b"v=1".to_vec() }]);
        bench.take_sent();
        bench.reply(dialog, answer);
        let sent = bench.take_sent().pop().unwrap();
        assert_eq!(code(&sent), answer);
        bench.receive(&peer.request("ACK", &format!("nj{}", peer.cseq), "", ""));
        bench.act(|stack, now| stack.probe(now, dialog));
        let probe = bench.take_sent().pop().unwrap();
        assert_eq!(probe.lines().next(), Some(format!("OPTIONS sip:{target} SIP/2.0").as_str()));
        bench.receive(&response(&probe, 200, "", ""));
        let acked = SipEvent::Acked { dialog, sdp: vec![] };
        let answered = SipEvent::ProbeAnswered { dialog };
        let expected = if answer == 200 { vec![acked, answered] } else { vec![answered] };
        assert_eq!(bench.take_events(), expected);
    }
    // An INVITE without an offer: ours goes with the 200, the answer comes with the ACK.
    bench.receive(&peer.next("INVITE", "", ""));
    assert_eq!(bench.take_events(), [SipEvent::Reoffer { dialog, sdp: vec![] }]);
    bench.reply(dialog, 200);
    bench.receive(&peer.request("ACK", "late", "", "v=2"));
    assert_eq!(bench.take_events(), [SipEvent::Acked { dialog, sdp: b"v=2".to_vec() }]);
    // Cancelled before the engine answers: the session stays.
    bench.receive(&peer.next("INVITE", "", "v=3"));
    bench.take_sent();
    bench.receive(&peer.request("CANCEL", &format!("nj{}", peer.cseq), "", ""));
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    bench.receive(&peer.request("ACK", &format!("nj{}", peer.cseq), "", ""));
    bench.receive(&peer.next("BYE", "", ""));
    bench.finish();
}

#[test]
fn hanging_up_before_the_ack_waits_for_it() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("k");
    bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 200);
    peer.learn(&bench.take_sent().pop().unwrap());
    bench.act(|stack, now| stack.bye(now, dialog));
    assert!(bench.lines().is_empty());
    bench.receive(&peer.request("ACK", "ack", "", ""));
    let bye = bench.take_sent().pop().unwrap();
    assert!(bye.starts_with("BYE "));
    // Theirs crosses ours.
    assert_eq!(code(&bench.ask(&peer.next("BYE", "", ""))), 200);
    assert_eq!(code(&bench.ask(&peer.next("INFO", "", ""))), 481);
    bench.receive(&response(&bye, 200, "", ""));
    assert_eq!(bench.stack.counts().1, 0);
    assert!(bench.take_events().is_empty(), "whoever hangs up hears nothing more");
    bench.finish();
}

#[test]
fn an_unanswered_call_can_be_hung_up_from_both_sides() {
    let mut bench = Bench::new();
    bench.receive(&Peer::new("l").request("INVITE", "inv", "", "v=0"));
    let dialog = bench.invited();
    bench.take_sent();
    bench.act(|stack, now| stack.bye(now, dialog));
    assert_eq!(bench.lines(), ["SIP/2.0 480 Temporarily Unavailable"]);
    let mut peer = Peer::new("l2");
    bench.receive(&peer.request("INVITE", "inv2", "", "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 180);
    peer.learn(&bench.take_sent().pop().unwrap());
    bench.receive(&peer.next("BYE", "", ""));
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    assert_eq!(bench.take_events(), [SipEvent::Ended { dialog }]);
    bench.finish();
}

#[test]
fn keys_come_by_info() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("m");
    let dialog = answered(&mut bench, &mut peer);
    let relay = "Content-Type: application/dtmf-relay\r\n";
    let plain = "Content-Type: application/dtmf\r\n";
    for (headers, body, key) in [
        (relay, "Signal=5\r\nDuration=160", Some(Key::Digit(5))),
        (relay, "Signal= *\r\nDuration= 160", Some(Key::Star)),
        (relay, "signal=11", Some(Key::Pound)),
        (plain, "0", Some(Key::Digit(0))),
        (plain, "#\r\n", Some(Key::Pound)),
        (relay, "Signal=A", None),
        (relay, "Duration=160", None),
    ] {
        let info = peer.next("INFO", headers, body);
        assert_eq!(code(&bench.ask(&info)), 200);
        assert_eq!(code(&bench.ask(&info)), 200);
        let expected: Vec<SipEvent> =
            key.map(|key| SipEvent::InfoDigit { dialog, key }).into_iter().collect();
        assert!(bench.take_events() == expected, "once a press: {body}");
    }
    assert_eq!(code(&bench.ask(&peer.next("INFO", "", ""))), 200);
    assert_eq!(code(&bench.ask(&peer.next("INFO", "Content-Type: text/plain\r\n", "x"))), 415);
}

#[test]
fn numbers_and_tags_of_a_dialog_are_checked() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("n");
    let dialog = answered(&mut bench, &mut peer);
    peer.cseq = 10;
    assert_eq!(code(&bench.ask(&peer.request("OPTIONS", "o1", "", ""))), 200);
    peer.cseq = 9;
    assert_eq!(code(&bench.ask(&peer.request("INFO", "o2", "", ""))), 500, "older than the last");
    peer.cseq = 11;
    assert_eq!(code(&bench.ask(&peer.request("NOTIFY", "o3", "Event: x\r\n", ""))), 405);
    peer.cseq = 12;
    assert_eq!(code(&bench.ask(&peer.request("DANCE", "o4", "", ""))), 501);
    peer.cseq = 13;
    for wrong in [
        Peer { to_tag: "other".into(), ..peer.clone() },
        Peer { tag: "other", ..peer.clone() },
        Peer { call_id: "other".into(), ..peer.clone() },
    ] {
        let bye = wrong.request("BYE", &format!("w{}{}{}", wrong.tag, wrong.to_tag, wrong.call_id), "", "");
        assert_eq!(code(&bench.ask(&bye)), 481);
    }
    assert!(bench.take_events().is_empty());
    bench.act(|stack, now| stack.bye(now, dialog));
    bench.finish();
}

#[test]
fn a_probe_tells_whether_the_peer_is_there() {
    for (answer, expected) in [(200, 1), (405, 1), (481, 2), (0, 1)] {
        let mut bench = Bench::new();
        let mut peer = Peer::new("o");
        let dialog = answered(&mut bench, &mut peer);
        bench.take_sent();
        bench.act(|stack, now| stack.probe(now, dialog));
        let probe = bench.take_sent().pop().unwrap();
        assert!(probe.starts_with("OPTIONS "));
        if answer > 0 {
            bench.receive(&response(&probe, answer, "", ""));
        }
        bench.advance(33_000);
        let events = bench.take_events();
        assert_eq!(events.len(), expected, "{answer}");
        match answer {
            481 => assert_eq!(events, [SipEvent::ProbeFailed { dialog }, SipEvent::Ended { dialog }]),
            0 => assert_eq!(events, [SipEvent::ProbeFailed { dialog }]),
            _ => assert_eq!(events, [SipEvent::ProbeAnswered { dialog }]),
        }
    }
}
