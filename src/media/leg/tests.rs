//! Legs as the outside sees them.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::ids::PromptHash;
use crate::media::FRAME_BYTES;
use crate::media::command::{AtEnd, Clip, PlayItem};

const CALLER: &str = "192.0.2.1:4000";
const AGENT: &str = "192.0.2.2:4000";

fn negotiated(remote: &str, codec: Codec) -> Negotiated {
    Negotiated {
        remote: remote.parse().unwrap(),
        codec,
        payload_type: codec.payload_type(),
        dtmf: Some(101),
        peer_receives: true,
        peer_sends: true,
    }
}

fn leg(remote: &str, codec: Codec) -> Leg {
    Leg::new(Mono(0), 7, Some(negotiated(remote, codec)), Speech::On)
}

fn tick(n: u64) -> Mono {
    Mono::from_millis(n * 20)
}

fn voice(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
    packet(payload_type, sequence, u32::from(sequence) * 160, payload)
}

fn packet(payload_type: u8, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let header = rtp::Header { marker: false, payload_type, sequence, timestamp, ssrc: 99 };
    [&rtp::write(&header)[..], payload].concat()
}

fn receive<'a>(leg: &mut Leg, n: u64, from: &str, datagram: &'a [u8]) -> ReceiveOutcome<'a> {
    leg.receive(tick(n), from.parse().unwrap(), datagram)
}

fn recording(outcome: ReceiveOutcome<'_>) -> Option<Recording> {
    match outcome {
        ReceiveOutcome::Voice(voice) => Some(voice.recording),
        ReceiveOutcome::Key(_) | ReceiveOutcome::Nothing | ReceiveOutcome::Dropped(_) => None,
    }
}

fn clip(bytes: &[u8]) -> PlayItem {
    PlayItem::Clip(Clip { hash: PromptHash([1; 32]), pcmu: bytes.into(), pcma: bytes.into() })
}

fn list(items: Vec<PlayItem>) -> Player {
    Player::new(PlayId(5), items, AtEnd::Silence)
}

#[test]
fn packets_go_out_one_a_tick_in_sequence() {
    let mut leg = leg(CALLER, Codec::Pcma);
    let mut sent = vec![];
    for n in 0..3 {
        let frame = leg.next_frame(tick(n)).unwrap();
        assert_eq!(frame.to, CALLER.parse().unwrap());
        let (header, payload) = rtp::parse(frame.packet).unwrap();
        assert_eq!(payload, [0xD5; FRAME_BYTES]);
        sent.push(header);
    }
    // Two ticks were missed: time goes on, sequence does not.
    let after = rtp::parse(leg.next_frame(tick(5)).unwrap().packet).unwrap().0;
    assert!(sent[0].marker && !sent[1].marker);
    assert_eq!(sent[2].sequence.wrapping_sub(sent[0].sequence), 2);
    assert_eq!(sent[2].timestamp.wrapping_sub(sent[0].timestamp), 320);
    assert_eq!(after.sequence.wrapping_sub(sent[2].sequence), 1);
    assert_eq!(after.timestamp.wrapping_sub(sent[2].timestamp), 480);
    assert_eq!(leg.stats().sent, 4);
}

#[test]
fn a_muted_leg_sends_when_it_is_told_what() {
    let mut leg = Leg::new(Mono(0), 7, Some(negotiated(AGENT, Codec::Pcmu)), Speech::Muted);
    assert_eq!(leg.next_frame(tick(0)), None);
    leg.play(tick(1), list(vec![clip(&[3; 160])]), Masking::Open);
    let frame = leg.next_frame(tick(1)).unwrap();
    assert_eq!(frame.packet[12..], [3; 160]);
}

#[test]
fn a_reserved_leg_waits_for_its_peer() {
    let mut leg = Leg::new(Mono(0), 7, None, Speech::On);
    let early = voice(0, 1, &[1; 160]);
    assert_eq!(receive(&mut leg, 0, AGENT, &early), ReceiveOutcome::Dropped(Dropped::Foreign));
    assert_eq!(leg.next_frame(tick(0)), None);
    leg.update(tick(1), negotiated(AGENT, Codec::Pcmu));
    assert!(leg.next_frame(tick(1)).is_some());
    assert!(recording(receive(&mut leg, 1, AGENT, &early)).is_some());
    assert_eq!(leg.poll(tick(1)), Some(Notice::FirstPacket));
    assert_eq!(leg.poll(tick(1)), None);
}

#[test]
fn a_list_is_told_done_when_it_was_heard() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    leg.play(tick(0), list(vec![clip(&[3; 320])]), Masking::Open);
    for n in 0..2 {
        assert!(matches!(leg.next_frame(tick(n)).unwrap().heard, Heard::Prompt { .. }));
        assert_eq!(leg.poll(tick(n)), None);
    }
    assert_eq!(leg.next_frame(tick(2)).unwrap().heard, Heard::Silence);
    assert_eq!(leg.poll(tick(2)), Some(Notice::PlayDone(PlayId(5))));
    assert_eq!(leg.poll(tick(2)), None);
}

#[test]
fn on_hold_nothing_is_sent_and_silence_is_no_fault() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    let held = Negotiated { peer_receives: false, peer_sends: false, ..negotiated(CALLER, Codec::Pcmu) };
    leg.update(tick(0), held);
    leg.play(tick(0), list(vec![clip(&[3; 160])]), Masking::Open);
    assert_eq!(leg.next_frame(tick(0)), None);
    assert_eq!(leg.next_frame(tick(1)), None);
    assert_eq!(leg.poll(tick(1)), Some(Notice::PlayDone(PlayId(5))), "the visit goes on");
    assert_eq!(leg.poll(Mono::from_millis(100_000)), None);
    leg.update(Mono::from_millis(100_000), negotiated(CALLER, Codec::Pcmu));
    assert_eq!(leg.poll(Mono::from_millis(129_000)), None);
    assert_eq!(leg.poll(Mono::from_millis(130_000)), Some(Notice::NoMedia { for_ms: 30_000 }));
    assert!(leg.next_frame(Mono::from_millis(130_000)).is_some());
}

#[test]
fn reports_keep_a_silent_leg_alive() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    let mut peer = Leg::new(Mono(0), 8, Some(negotiated(AGENT, Codec::Pcmu)), Speech::On);
    let mut out = [0; rtcp::MAX_BYTES];
    let mut reports = 0;
    for second in 0..60 {
        let now = Now { mono: Mono::from_millis(second * 1000), ..Now::default() };
        if let Some((to, length)) = peer.report(now, &mut out) {
            assert_eq!(to.port(), 4001);
            leg.receive_report(now.mono, "192.0.2.1:4001".parse().unwrap(), &out[..length]).unwrap();
            reports += 1;
        }
        assert_eq!(leg.poll(now.mono), None);
    }
    assert!((11..=12).contains(&reports), "each 5 s: {reports}");
    let stranger = "203.0.113.1:4001".parse().unwrap();
    assert_eq!(leg.receive_report(Mono(0), stranger, &out), Err(Dropped::Foreign));
}

#[test]
fn a_secret_is_never_handed_to_the_recording() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    let say =
        |leg: &mut Leg, n: u64| recording(receive(leg, n, CALLER, &voice(0, n as u16, &[1; 160]))).unwrap();
    assert_eq!(say(&mut leg, 1), Recording::Allowed);
    leg.play(tick(2), list(vec![]), Masking::Secret);
    assert_eq!(say(&mut leg, 2), Recording::Masked);
    assert_eq!(leg.poll(tick(2)), Some(Notice::FirstPacket));
    assert_eq!(leg.poll(tick(2)), Some(Notice::Masked(true)));
    let event = packet(101, 100, 16_000, &[4, 0x8A, 3, 0x20]);
    assert_eq!(receive(&mut leg, 100, CALLER, &event), ReceiveOutcome::Key(Some(Key::Digit(4))));
    leg.play(tick(101), list(vec![]), Masking::Open);
    assert_eq!(say(&mut leg, 101), Recording::Masked);
    assert_eq!(say(&mut leg, 115), Recording::Masked, "300 ms");
    assert_eq!(say(&mut leg, 116), Recording::Allowed);
    assert_eq!(leg.poll(tick(116)), Some(Notice::Masked(false)));
}

#[test]
fn the_tone_of_a_key_typed_ahead_is_masked_too() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    let mut kept = vec![];
    for n in 1..=20u16 {
        // The key is down from packet 5 to 9 and its tone is in the voice packets as well.
        if (5..10).contains(&n) {
            let flags = if n == 9 { 0x8A } else { 0x0A };
            receive(&mut leg, u64::from(n), CALLER, &packet(101, n * 2, 800, &[7, flags, 0, 160]));
        }
        let outcome = recording(receive(&mut leg, u64::from(n), CALLER, &voice(0, n * 2 + 1, &[1; 160])));
        if outcome == Some(Recording::Allowed) {
            kept.push(n);
        }
    }
    assert_eq!(kept, [1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
}

#[test]
fn repeated_foreign_and_broken_datagrams_are_dropped() {
    let mut leg = leg(CALLER, Codec::Pcmu);
    let first = voice(0, 1, &[1; 160]);
    assert!(recording(receive(&mut leg, 0, CALLER, &first)).is_some());
    let dropped = ReceiveOutcome::Dropped;
    assert_eq!(receive(&mut leg, 0, CALLER, &first), dropped(Dropped::Repeated));
    assert_eq!(receive(&mut leg, 0, AGENT, &voice(0, 2, &[1; 160])), dropped(Dropped::Foreign));
    assert_eq!(receive(&mut leg, 0, CALLER, &first[..7]), dropped(Dropped::Malformed));
    assert_eq!(receive(&mut leg, 0, CALLER, &voice(101, 3, &[1])), dropped(Dropped::Malformed));
    assert_eq!(receive(&mut leg, 0, CALLER, &voice(13, 4, &[1])), ReceiveOutcome::Nothing);
}

#[test]
fn two_legs_hear_each_other_in_their_own_laws() {
    let (mut a, mut b) = (leg(CALLER, Codec::Pcmu), leg(AGENT, Codec::Pcma));
    a.listen();
    b.listen();
    let mut heard = vec![];
    for n in 0..8u16 {
        let at = u64::from(n);
        let from_a = voice(0, n, &[0x90; 160]);
        if let ReceiveOutcome::Voice(spoken) = receive(&mut a, at, CALLER, &from_a) {
            b.hear(&spoken);
        }
        let frame = b.next_frame(tick(at)).unwrap();
        if frame.heard != Heard::Silence {
            let expected = g711::encode_pcma(g711::decode_pcmu(0x90));
            assert_eq!(frame.packet[12..], [expected; 160]);
        }
        heard.push(frame.heard);
    }
    let peer = |sequence| Heard::Peer { sequence };
    assert_eq!(heard[..2], [Heard::Silence, Heard::Silence]);
    assert_eq!(heard[2..], [peer(0), peer(1), peer(2), peer(3), peer(4), peer(5)]);
    b.stop_listening();
    assert_eq!(b.next_frame(tick(9)).unwrap().heard, Heard::Silence);
}

proptest! {
    #[test]
    fn any_datagram_is_survived(
        datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40),
    ) {
        let mut leg = leg(CALLER, Codec::Pcmu);
        leg.listen();
        for (n, mut datagram) in datagrams.into_iter().enumerate() {
            // Most pass as RTP of the peer.
            if let Some(first) = datagram.first_mut() {
                *first = 0x80 | (*first & 0x3F);
            }
            let at = tick(n as u64);
            if let ReceiveOutcome::Voice(voice) = leg.receive(at, CALLER.parse().unwrap(), &datagram) {
                let mut other = leg.clone();
                other.hear(&voice);
                other.next_frame(at + Duration::from_millis(20));
            }
            let _ = leg.receive_report(at, CALLER.parse().unwrap(), &datagram);
            prop_assert!(leg.next_frame(at).is_some());
        }
    }
}
