//! Calls of ours, message by message.

use super::bench::*;
use crate::ids::DeviceId;
use crate::sealed::Redacted;
use crate::sip::api::*;

pub const SCENARIOS: &[fn() -> Hits] = &[
    answered_at_once_and_hung_up,
    rung_answered_and_hung_up,
    refused,
    refused_after_ringing,
    never_answered,
    cancelled_while_ringing,
    cancel_never_answered,
    connection_refused,
    connection_lost_on_the_way,
];

const CONTACT: &str = "Contact: <sip:agent1@198.51.100.8:15080>\r\n";

fn to(target: Target) -> Outgoing {
    Outgoing {
        target,
        from_user: Redacted("13800138000".to_owned()),
        from_display: "Queue \"cards\"".to_owned(),
        sdp: b"v=0\r\n".to_vec(),
        headers: vec![("X-Hotline-Call", "1-7-42\r\nInjected: yes".to_owned())],
    }
}

/// Calls a device; returns the dialog and the INVITE.
fn call(bench: &mut Bench, device: &str) -> (DialogId, String) {
    bench.flow = udp(STATIC);
    let target = Target::Device(DeviceId::new(device));
    let dialog = bench.act(|stack, now| stack.invite(now, to(target)));
    (dialog, bench.take_sent().pop().unwrap_or_default())
}

fn answered_at_once_and_hung_up() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    assert!(invite.starts_with("INVITE sip:agent1@198.51.100.8:15080 SIP/2.0\r\n"), "{invite}");
    assert_eq!(header(&invite, "X-Hotline-Call"), "1-7-42  Injected: yes", "no line of its own");
    assert!(
        header(&invite, "From").starts_with("\"Queue \\\"cards\\\"\" <sip:13800138000@192.0.2.1:5060>;tag=")
    );
    bench.advance(1600);
    assert_eq!(bench.lines().len(), 2, "timer A");
    let ok = response(&invite, 200, "there", CONTACT);
    let ack = bench.ask(&ok);
    assert!(ack.starts_with("ACK sip:agent1@198.51.100.8:15080 SIP/2.0\r\n"), "{ack}");
    assert_eq!(header(&ack, "CSeq"), "1 ACK");
    assert_ne!(header(&ack, "Via"), header(&invite, "Via"), "a branch of its own");
    assert_eq!(bench.take_events(), [SipEvent::Answered { dialog, sdp: vec![] }]);
    assert_eq!(bench.ask(&ok), ack, "the same ACK to the same 200");
    // Another branch of a fork: acknowledged and hung up.
    bench.receive(&response(&invite, 200, "fork", "Contact: <sip:other@198.51.100.30:5062>\r\n"));
    let lines = bench.lines();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("ACK sip:other@198.51.100.30:5062 "));
    assert!(lines[1].starts_with("BYE sip:other@198.51.100.30:5062 "));
    bench.act(|stack, now| stack.bye(now, dialog));
    let bye = bench.take_sent().pop().unwrap();
    bench.advance(600);
    bench.receive(&response(&bye, 100, "", ""));
    bench.receive(&response(&bye, 100, "", ""));
    bench.advance(5000);
    bench.receive(&response(&bye, 200, "", ""));
    bench.receive(&response(&bye, 200, "", ""));
    assert!(bench.take_events().is_empty());
    bench.finish()
}

#[test]
fn a_call_of_ours_is_answered() {
    answered_at_once_and_hung_up();
}

fn rung_answered_and_hung_up() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 100, "", ""));
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.receive(&response(&invite, 183, "there", CONTACT));
    let codes: Vec<u16> = bench
        .take_events()
        .iter()
        .map(|event| if let SipEvent::Progress { code, .. } = event { *code } else { 0 })
        .collect();
    assert_eq!(codes, [180, 183]);
    bench.advance(40_000);
    assert!(bench.lines().is_empty(), "it may ring as long as the engine likes");
    let routes = "Record-Route: <sip:198.51.100.60;lr>\r\nRecord-Route: <sip:198.51.100.61;lr>\r\n";
    let ack = bench.ask(&response(&invite, 200, "there", &format!("{CONTACT}{routes}")));
    assert_eq!(header(&ack, "Route"), "<sip:198.51.100.61;lr>", "reversed");
    assert_eq!(bench.take_events(), [SipEvent::Answered { dialog, sdp: vec![] }]);
    let mut peer = Peer::new(header(&invite, "Call-ID"));
    peer.tag = "there";
    peer.to_tag = header(&invite, "From").split("tag=").nth(1).unwrap().to_owned();
    bench.receive(&peer.next("BYE", "", ""));
    assert_eq!(bench.take_events(), [SipEvent::Ended { dialog }]);
    bench.act(|stack, now| stack.bye(now, dialog));
    bench.finish()
}

#[test]
fn a_call_of_ours_rings() {
    rung_answered_and_hung_up();
}

fn refused() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    let busy = response(&invite, 486, "there", "");
    let ack = bench.ask(&busy);
    assert_eq!(header(&ack, "Via"), header(&invite, "Via"), "the INVITE's own branch");
    assert_eq!(to_tag(&ack), "there");
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 486 }]);
    assert_eq!(bench.ask(&busy), ack);
    assert!(bench.take_events().is_empty());
    bench.finish()
}

#[test]
fn a_call_of_ours_is_refused() {
    refused();
}

fn refused_after_ringing() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.receive(&response(&invite, 603, "there", ""));
    assert_eq!(bench.take_events().last(), Some(&SipEvent::Failed { dialog, code: 603 }));
    bench.finish()
}

fn never_answered() -> Hits {
    let mut bench = Bench::new();
    let (dialog, _) = call(&mut bench, "desk");
    bench.advance(33_000);
    assert_eq!(bench.lines().len(), 6, "at 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s");
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 408 }]);
    bench.finish()
}

#[test]
fn silence_is_a_failure() {
    never_answered();
}

fn cancelled_while_ringing() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    bench.act(|stack, now| stack.cancel(now, dialog));
    assert!(bench.lines().is_empty(), "nothing before a provisional response");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    let cancel = bench.take_sent().pop().unwrap();
    assert!(cancel.starts_with("CANCEL sip:agent1@198.51.100.8:15080 SIP/2.0\r\n"));
    assert_eq!(header(&cancel, "Via"), header(&invite, "Via"));
    assert_eq!(header(&cancel, "CSeq"), "1 CANCEL");
    bench.receive(&response(&cancel, 200, "there", ""));
    bench.receive(&response(&invite, 487, "there", ""));
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 487 }]);
    assert!(bench.lines()[0].starts_with("ACK "));
    bench.finish()
}

#[test]
fn a_call_of_ours_is_taken_back() {
    cancelled_while_ringing();
}

#[test]
fn an_answer_that_crosses_the_cancel_is_hung_up() {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.act(|stack, now| stack.bye(now, dialog));
    assert!(bench.lines()[0].starts_with("CANCEL "));
    bench.take_events();
    bench.receive(&response(&invite, 200, "there", CONTACT));
    let lines = bench.lines();
    assert!(lines[0].starts_with("ACK ") && lines[1].starts_with("BYE "), "{lines:?}");
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 487 }]);
    bench.finish();
}

fn cancel_never_answered() -> Hits {
    let mut bench = Bench::new();
    let (dialog, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.take_events();
    bench.act(|stack, now| stack.cancel(now, dialog));
    let cancel = bench.take_sent().pop().unwrap();
    bench.receive(&response(&cancel, 100, "", ""));
    bench.advance(33_000);
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 487 }]);
    // And one that is heard of not at all.
    let (_, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.receive(&response(&invite, 200, "there", CONTACT));
    let (dialog, invite) = call(&mut bench, "desk");
    bench.receive(&response(&invite, 180, "there", CONTACT));
    bench.act(|stack, now| stack.cancel(now, dialog));
    bench.advance(33_000);
    bench.act(|stack, now| stack.bye(now, DialogId(2)));
    bench.finish()
}

#[test]
fn a_cancel_without_effect_is_given_up() {
    cancel_never_answered();
}

fn connection_refused() -> Hits {
    let mut bench = Bench::new();
    let target = || Target::Device(DeviceId::new("tcp"));
    let dialog = bench.act(|stack, now| stack.invite(now, to(target())));
    let remote = "198.51.100.9:5090";
    assert_eq!(bench.take_ways(), [(address(remote), true)]);
    bench.act(|stack, now| stack.flow_closed(now, tcp(0, remote)));
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 503 }]);
    bench.finish()
}

#[test]
fn a_refused_connection_is_a_failure() {
    connection_refused();
}

fn connection_lost_on_the_way() -> Hits {
    let mut bench = Bench::new();
    let remote = "198.51.100.9:5090";
    let contact = format!("Contact: <sip:agent2@{remote};transport=tcp>\r\n");
    let start = |bench: &mut Bench, id| {
        let target = Target::Device(DeviceId::new("tcp"));
        let dialog = bench.act(|stack, now| stack.invite(now, to(target)));
        bench.flow = tcp(id, remote);
        (dialog, bench.take_sent().pop().unwrap())
    };
    let close = |bench: &mut Bench| {
        let flow = bench.flow;
        bench.act(|stack, now| stack.flow_closed(now, flow));
    };
    // While it rings.
    let (dialog, invite) = start(&mut bench, 1);
    bench.receive(&response(&invite, 180, "there", &contact));
    bench.take_events();
    close(&mut bench);
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 503 }]);
    // With the refusal just acknowledged.
    let (_, invite) = start(&mut bench, 2);
    bench.receive(&response(&invite, 486, "there", ""));
    close(&mut bench);
    // With a BYE on its way, before and after a provisional response.
    for provisional in [false, true] {
        let (dialog, invite) = start(&mut bench, 3);
        bench.receive(&response(&invite, 200, "there", &contact));
        bench.take_sent();
        bench.act(|stack, now| stack.bye(now, dialog));
        let bye = bench.take_sent().pop().unwrap();
        assert!(header(&bye, "Via").starts_with("SIP/2.0/TCP "));
        if provisional {
            bench.receive(&response(&bye, 100, "", ""));
        }
        close(&mut bench);
        assert_eq!(bench.stack.counts().1, 0);
    }
    // A call goes on without its connection; a new one is opened to hang up.
    let (dialog, invite) = start(&mut bench, 5);
    bench.receive(&response(&invite, 200, "there", &contact));
    bench.take_events();
    close(&mut bench);
    assert!(bench.take_events().is_empty());
    bench.take_ways();
    bench.act(|stack, now| stack.bye(now, dialog));
    assert_eq!(bench.take_ways(), [(address(remote), true)]);
    // Nobody answers it.
    bench.finish()
}

#[test]
fn connections_may_close_at_any_time() {
    connection_lost_on_the_way();
}

#[test]
fn unreachable_devices_fail_at_once() {
    let mut bench = Bench::new();
    for device in ["1001", "nobody"] {
        let (dialog, invite) = call(&mut bench, device);
        assert!(invite.is_empty());
        assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 480 }]);
    }
    bench.finish();
}

#[test]
fn a_number_goes_through_the_gateway() {
    let mut bench = Bench::new();
    let number = Redacted("+86 10 8800".to_owned());
    let gateway = address("198.51.100.40:5080");
    bench.act(|stack, now| stack.invite(now, to(Target::Gateway { number, gateway })));
    let invite = bench.take_sent().pop().unwrap();
    assert!(invite.starts_with("INVITE sip:+86%2010%208800@198.51.100.40:5080 SIP/2.0\r\n"), "{invite}");
}

#[test]
fn what_is_full_fails_at_once() {
    let mut settings = config("192.0.2.1:5060", 1);
    settings.limits.dialogs = 1;
    let mut bench = Bench::with(settings);
    let (_, invite) = call(&mut bench, "desk");
    assert!(!invite.is_empty());
    let (dialog, invite) = call(&mut bench, "desk");
    assert!(invite.is_empty());
    assert_eq!(bench.take_events(), [SipEvent::Failed { dialog, code: 503 }]);
}
