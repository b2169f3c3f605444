//! Which way messages take: flows, contacts, routes, connections; and whose flow it is.

use super::bench::*;
use super::incoming::answered;
use crate::ids::DeviceId;
use crate::sip::api::*;

#[test]
fn devices_are_known_by_where_they_speak_from() {
    let mut bench = Bench::new();
    for (flow, from, device) in
        [(STATIC, "whoever", Some("desk")), (PEER, "desk", None), ("198.51.100.8:15081", "desk", None)]
    {
        bench.flow = udp(flow);
        let invite = Peer::new(flow).request("INVITE", &flow.replace([':', '.'], ""), "", "v=0");
        bench.receive(&invite.replace("sip:13800138000@198.51.100.7", &format!("sip:{from}@192.0.2.1")));
        match bench.take_events().as_slice() {
            [SipEvent::Invite { device: found, .. }] => {
                assert_eq!(found.as_ref().map(DeviceId::as_str), device, "{flow} {from}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_peer_behind_a_translator_is_reached_over_its_flow() {
    let mut bench = Bench::new();
    bench.flow = udp("203.0.113.5:31234");
    let peer = Peer::new("p");
    let invite = peer.request("INVITE", "inv", "", "v=0").replace(";branch", ";rport;branch");
    bench.receive(&invite);
    let dialog = bench.invited();
    bench.take_sent();
    bench.reply(dialog, 200);
    let ok = bench.take_sent().pop().unwrap();
    assert!(header(&ok, "Via").ends_with(";received=203.0.113.5;rport=31234"), "{ok}");
    let mut peer = peer;
    peer.learn(&ok);
    bench.receive(&peer.request("ACK", "ack", "", ""));
    bench.take_ways();
    bench.act(|stack, now| stack.bye(now, dialog));
    assert_eq!(bench.take_ways(), [(address("203.0.113.5:31234"), false)]);
}

#[test]
fn a_call_outlives_its_connection() {
    for (n, reconnects) in [(1, false), (2, true)] {
        let mut bench = Bench::new();
        let mut peer = Peer { transport: "TCP", ..Peer::new("r") };
        bench.flow = tcp(n, &format!("198.51.100.7:4000{n}"));
        let dialog = answered(&mut bench, &mut peer);
        let flow = bench.flow;
        bench.act(|stack, now| stack.flow_closed(now, flow));
        let mut way = (address(PEER), true);
        if reconnects {
            bench.flow = tcp(9, "198.51.100.7:40009");
            bench.receive(&peer.next("OPTIONS", "", ""));
            way = (address("198.51.100.7:40009"), false);
        }
        bench.take_ways();
        bench.act(|stack, now| stack.bye(now, dialog));
        assert_eq!(bench.take_ways(), [way], "the named listener, or the connection last used");
    }
}

#[test]
fn a_peer_behind_proxies_is_reached_by_its_route() {
    let mut bench = Bench::new();
    let mut peer = Peer::new("q");
    let routes = "Record-Route: <sip:198.51.100.50:5050;lr>, <sip:198.51.100.51;lr>\r\n";
    bench.receive(&peer.request("INVITE", "inv", routes, "v=0"));
    let dialog = bench.invited();
    bench.reply(dialog, 200);
    peer.learn(&bench.take_sent().pop().unwrap());
    bench.receive(&peer.request("ACK", "ack", "", ""));
    bench.take_ways();
    bench.act(|stack, now| stack.probe(now, dialog));
    let probe = bench.take_sent().pop().unwrap();
    let routes: Vec<&str> = probe.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
    assert_eq!(routes, ["<sip:198.51.100.50:5050;lr>", "<sip:198.51.100.51;lr>"]);
    assert!(probe.starts_with("OPTIONS sip:13800138000@198.51.100.7:5070 "));
    bench.act(|stack, now| stack.bye(now, dialog));
    assert_eq!(bench.take_ways(), [(address("198.51.100.50:5050"), false)]);
}
