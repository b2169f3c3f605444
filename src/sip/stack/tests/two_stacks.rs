//! Whole calls between two stacks, whatever the network loses.

use super::network::*;
use crate::sip::api::*;

const SEEDS: u64 = 40;

fn networks() -> impl Iterator<Item = Network> {
    let lossy = (0..SEEDS).map(|seed| Network::new(seed, Over::Udp { loss_per_cent: 25 }));
    lossy.chain([Network::new(0, Over::Udp { loss_per_cent: 0 }), Network::new(0, Over::Tcp)])
}

fn invited(event: &SipEvent) -> Option<DialogId> {
    if let SipEvent::Invite { dialog, .. } = event { Some(*dialog) } else { None }
}

fn answered(event: &SipEvent) -> Option<DialogId> {
    if let SipEvent::Answered { dialog, .. } = event { Some(*dialog) } else { None }
}

fn reply(network: &mut Network, dialog: DialogId, code: u16) {
    let sdp = if code < 300 { b"v=0\r\n".to_vec() } else { vec![] };
    network.act(PHONE, |stack, now| stack.respond(now, dialog, Reply { code, sdp, ..Reply::default() }));
}

/// A call from the hotline to the telephone, answered; none if the network lost too much.
fn talking(network: &mut Network) -> Option<(DialogId, DialogId)> {
    network.call(HOTLINE);
    let theirs = network.wait(PHONE, invited)?;
    reply(network, theirs, 180);
    network.run(2_000);
    reply(network, theirs, 200);
    let ours = network.wait(HOTLINE, answered)?;
    network.wait(PHONE, |event| matches!(event, SipEvent::Acked { .. }).then_some(()))?;
    Some((ours, theirs))
}

/// Events that end a dialog; exactly one is allowed on each side.
fn endings(events: &[SipEvent]) -> usize {
    let ends = |event: &&SipEvent| {
        matches!(
            event,
            SipEvent::Ended { .. }
                | SipEvent::Failed { .. }
                | SipEvent::Cancelled { .. }
                | SipEvent::NeverAcked { .. }
        )
    };
    events.iter().filter(ends).count()
}

#[test]
fn a_call_is_answered_and_hung_up_by_either_side() {
    let mut complete = 0;
    for (n, mut network) in networks().enumerate() {
        let Some((ours, theirs)) = talking(&mut network) else { continue };
        complete += 1;
        let (side, dialog) = if n % 2 == 0 { (HOTLINE, ours) } else { (PHONE, theirs) };
        network.act(side, |stack, now| stack.bye(now, dialog));
        let events = network.finish();
        assert_eq!(endings(&events[side]), 0, "run {n}: whoever hangs up hears nothing");
        // With 25 % loss eleven transmissions of BYE may all be lost: one run in four million.
        assert_eq!(endings(&events[1 - side]), 1, "run {n}: {:?}", events[1 - side]);
    }
    assert!(complete > 38, "{complete}");
}

#[test]
fn a_call_is_cancelled_at_any_moment() {
    for after in [0, 10, 40, 200, 900] {
        for mut network in networks() {
            let ours = network.call(HOTLINE);
            network.run(after);
            network.act(HOTLINE, |stack, now| stack.cancel(now, ours));
            if let Some(theirs) = network.wait(PHONE, invited) {
                reply(&mut network, theirs, 180);
            }
            let events = network.finish();
            assert_eq!(endings(&events[HOTLINE]), 1, "after {after}: {:?}", events[HOTLINE]);
            assert!(endings(&events[PHONE]) <= 1, "after {after}: {:?}", events[PHONE]);
        }
    }
}

#[test]
fn a_cancel_may_cross_the_answer() {
    for mut network in networks() {
        let ours = network.call(HOTLINE);
        let Some(theirs) = network.wait(PHONE, invited) else { continue };
        reply(&mut network, theirs, 180);
        network.run(300);
        network.act(HOTLINE, |stack, now| stack.cancel(now, ours));
        reply(&mut network, theirs, 200);
        let events = network.finish();
        let answered = events[HOTLINE].iter().filter_map(answered).count();
        assert_eq!(answered, 0);
        assert_eq!(endings(&events[HOTLINE]), 1, "{:?}", events[HOTLINE]);
    }
}

#[test]
fn refusals_arrive() {
    for mut network in networks() {
        network.call(HOTLINE);
        let Some(theirs) = network.wait(PHONE, invited) else { continue };
        reply(&mut network, theirs, 486);
        let events = network.finish();
        assert_eq!(endings(&events[HOTLINE]), 1);
        assert_eq!(endings(&events[PHONE]), 0);
    }
}

#[test]
fn both_may_hang_up_at_once() {
    for mut network in networks() {
        let Some((ours, theirs)) = talking(&mut network) else { continue };
        network.act(HOTLINE, |stack, now| stack.bye(now, ours));
        network.act(PHONE, |stack, now| stack.bye(now, theirs));
        let events = network.finish();
        assert_eq!(endings(&events[HOTLINE]) + endings(&events[PHONE]), 0);
    }
}

#[test]
fn probes_are_answered_while_the_peer_is_there() {
    for mut network in networks() {
        let Some((ours, theirs)) = talking(&mut network) else { continue };
        network.act(HOTLINE, |stack, now| stack.probe(now, ours));
        let answered = |event: &SipEvent| matches!(event, SipEvent::ProbeAnswered { .. }).then_some(());
        assert!(network.wait(HOTLINE, answered).is_some());
        network.act(PHONE, |stack, now| stack.bye(now, theirs));
        network.finish();
    }
}

#[test]
fn the_same_seed_gives_the_same_call() {
    let run = || {
        let mut network = Network::new(5, Over::Udp { loss_per_cent: 25 });
        let talking = talking(&mut network);
        if let Some((ours, _)) = talking {
            network.act(HOTLINE, |stack, now| stack.bye(now, ours));
        }
        while network.step() {}
        (network.now, network.events)
    };
    assert_eq!(run(), run());
}
