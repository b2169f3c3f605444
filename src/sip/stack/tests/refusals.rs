//! What is answered without the engine, or dropped.

use proptest::prelude::*;

use super::bench::*;
use crate::sip::api::*;

/// The code an out-of-dialog request gets.
fn refused(message: &str) -> u16 {
    let mut bench = Bench::new();
    let answer = bench.ask(message);
    assert!(bench.take_events().is_empty(), "{message}");
    code(&answer)
}

#[test]
fn requests_nobody_serves_are_answered() {
    let plain = |method: &str| Peer::new("x").request(method, "b", "", "");
    assert_eq!(refused(&plain("SUBSCRIBE")), 405);
    assert_eq!(refused(&plain("FOO")), 501);
    assert_eq!(refused(&plain("BYE")), 481);
    assert_eq!(refused(&plain("INFO")), 481);
    let with = |headers: &str, body: &str| Peer::new("x").request("INVITE", "b", headers, body);
    assert_eq!(refused(&with("Require: 100rel, timer\r\n", "")), 420);
    assert_eq!(refused(&with("Content-Type: text/plain\r\n", "hello")), 415);
    assert_eq!(refused(&with("", "").replace("Max-Forwards: 70", "Max-Forwards: 0")), 483);
    assert_eq!(refused(&with("", "").replace("INVITE sip:", "INVITE im:")), 416);
    assert_eq!(refused(&with("", "").replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia")), 505);
    assert_eq!(refused(&with("", "").replace("Contact:", "X-Contact:")), 400);
    assert_eq!(refused(&with("", "").replace("CSeq: 1 INVITE", "CSeq: 1 BYE")), 400);
    assert_eq!(refused(&with("", "").replace("CSeq: 1 ", "CSeq: 4294967296 ")), 400);
    assert_eq!(refused(&with("From: <sip:again@x>\r\n", "")), 400, "two From");
    assert_eq!(refused(&with("", "").replace("Content-Length: 0", "Content-Length: 99")), 400);
    assert_eq!(refused(&with("", "").replace("Content-Length: 0", "Content-Length: -9")), 400);
    let mut bench = Bench::new();
    let unsupported = bench.ask(&with("Require: 100rel, timer\r\n", ""));
    assert_eq!(header(&unsupported, "Unsupported"), "100rel, timer");
}

#[test]
fn options_are_answered() {
    let mut bench = Bench::new();
    let options =
        Peer::new("x").request("OPTIONS", "b", "", "").replace("Max-Forwards: 70", "Max-Forwards: 0");
    let answer = bench.ask(&options);
    assert_eq!(code(&answer), 200);
    assert!(header(&answer, "Allow").contains("INVITE"));
    assert!(header(&answer, "Accept").contains("application/sdp"));
    assert!(!to_tag(&answer).is_empty());
    bench.finish();
}

#[test]
fn what_cannot_be_answered_is_dropped_and_counted() {
    let no_via = Peer::new("x").request("INVITE", "b", "", "").replace("Via:", "Nonvia:");
    let ack = Peer::new("x").request("ACK", "b", "", "").replace("CSeq: 1 ACK", "CSeq: x");
    let stray = response(&Peer::new("x").request("INVITE", "b", "", ""), 200, "t", "");
    for message in ["hello", "\u{0}\u{1}", "INVITE\r\n\r\n", "SIP/2.0 999 x\r\n\r\n", &no_via, &ack, &stray] {
        let mut bench = Bench::new();
        bench.receive(message);
        assert!(bench.take_sent().is_empty(), "{message}");
        assert_eq!(bench.rejected(), 1, "{message}");
    }
    let mut bench = Bench::new();
    bench.receive("\r\n\r\n");
    assert_eq!(bench.rejected(), 0, "a keep-alive is nothing wrong");
}

#[test]
fn the_same_request_over_two_paths_is_served_once() {
    let mut bench = Bench::new();
    let peer = Peer::new("x");
    bench.receive(&peer.request("INVITE", "path1", "", "v=0"));
    let answer = bench.ask(&peer.request("INVITE", "path2", "", "v=0"));
    assert_eq!(code(&answer), 482);
    assert_eq!(bench.take_events().len(), 1);
}

#[test]
fn senders_of_rfc_2543_are_served_too() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("x");
    let old = |text: String| text.replace("branch=z9hG4bK", "branch=");
    let invite = old(peer.request("INVITE", "1", "", "v=0"));
    bench.receive(&invite);
    bench.receive(&invite);
    let dialog = bench.invited();
    bench.reply(dialog, 486);
    peer.learn(&bench.take_sent().pop().unwrap());
    bench.receive(&old(peer.request("ACK", "1", "", "")));
    bench.advance(6000);
    assert!(bench.stack.is_idle());
}

#[test]
fn full_tables_refuse_without_growing() {
    let mut settings = config("192.0.2.1:5060", 1);
    settings.limits.dialogs = 2;
    settings.limits.transactions = 4;
    let mut bench = Bench::with(settings);
    for n in 0..2 {
        bench.receive(&Peer::new(&format!("c{n}")).request("INVITE", &format!("b{n}"), "", "v=0"));
    }
    let full = Peer::new("c9").request("INVITE", "b9", "", "v=0");
    let (first, again) = (bench.ask(&full), bench.ask(&full));
    assert_eq!(code(&first), 503);
    assert_eq!(header(&first, "Retry-After"), "7");
    assert_eq!(first, again, "the same tag without any memory");
    bench.ask(&Peer::new("o1").request("OPTIONS", "o1", "", ""));
    bench.ask(&Peer::new("o2").request("OPTIONS", "o2", "", ""));
    assert_eq!(code(&bench.ask(&Peer::new("o3").request("OPTIONS", "o3", "", ""))), 503);
    assert_eq!(bench.stack.counts().0, 4);
    let cancel = Peer::new("o5").request("CANCEL", "o5", "", "");
    assert_eq!(code(&bench.ask(&cancel)), 503, "what cancels nothing takes no room either");
    let bye = Peer { to_tag: "x".into(), ..Peer::new("o4") }.request("BYE", "o4", "", "");
    assert_eq!(code(&bench.ask(&bye)), 481, "within dialogs there is a reserve");
}

#[test]
fn a_draining_server_refuses_by_itself() {
    let mut bench = Bench::new();
    bench.stack.set_refusing(Some(503));
    let answer = bench.ask(&Peer::new("x").request("INVITE", "b", "", "v=0"));
    assert_eq!((code(&answer), header(&answer, "Retry-After")), (503, "7"));
    assert!(bench.take_events().is_empty());
    bench.stack.set_refusing(None);
    bench.receive(&Peer::new("y").request("INVITE", "c", "", "v=0"));
    assert_eq!(bench.take_events().len(), 1);
}

#[test]
fn counters_name_no_method_a_stranger_makes_up() {
    let mut bench = Bench::new();
    bench.receive(&Peer::new("x").request("XYZZY", "b", "", ""));
    assert!(bench.counts.contains(&Count::Request { method: "OTHER".to_owned() }));
}

proptest! {
    /// Whatever comes in, nothing breaks and everything ends.
    #[test]
    fn arbitrary_bytes_do_no_harm(
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..5),
    ) {
        let mut bench = Bench::new();
        for bytes in messages {
            bench.act(|stack, now| stack.handle_message(now, udp(PEER), &bytes));
        }
        bench.take_events();
    }

    /// Messages that are nearly right, too.
    #[test]
    fn damaged_messages_do_no_harm(
        method in "INVITE|ACK|BYE|CANCEL|OPTIONS|REGISTER|INFO|UPDATE",
        at in 0usize..500,
        insert in proptest::collection::vec(any::<u8>(), 0..20),
        cut in 0usize..20,
        tagged in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        let mut peer = Peer::new("x");
        bench.receive(&peer.request("INVITE", "inv", "", "v=0"));
        let dialog = bench.invited();
        bench.reply(dialog, 200);
        if tagged {
            peer.learn(&bench.take_sent().pop().unwrap());
        }
        let mut bytes = peer.next(&method, "Authorization: Digest a=b\r\nRoute: <sip:a;lr>\r\n", "v=0").into_bytes();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert);
        bench.act(|stack, now| stack.handle_message(now, udp(PEER), &bytes));
        bench.act(|stack, now| stack.bye(now, dialog));
        bench.advance(100_000);
    }
}
