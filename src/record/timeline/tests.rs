//! Recordings out of synthetic packets: every sample must stand where it belongs.

use super::*;
use crate::ids::{BootId, NodeId};
use crate::media::g711;
use crate::record::spool::Entry;

const CALL: CallId = CallId { node: NodeId(1), boot: BootId(1), n: 1 };
/// Time zero of the recordings below.
const ZERO: u64 = 5_000;

fn leg(n: u16) -> LegId {
    LegId { call: CALL, n }
}

fn at(ms: u64) -> Mono {
    Mono::from_millis(ZERO + ms)
}

/// Payload of the `n`th frame of a leg: no two alike nearby.
fn payload(leg: u16, n: u16) -> Vec<u8> {
    (0..160_u32).map(|i| ((u32::from(n) * 7 + i * 3 + u32::from(leg) * 101) % 251) as u8).collect()
}

/// The `n`th frame of a leg; sequence numbers and time stamps wrap around early.
fn received(l: u16, n: u16, arrival: u64) -> Entry {
    Entry::Received {
        leg: leg(l),
        at: at(arrival),
        sequence: 65_530_u16.wrapping_add(n),
        timestamp: (u32::MAX - 500).wrapping_add(u32::from(n) * 160),
        codec: Codec::Pcma,
        payload: payload(l, n),
    }
}

fn sent(frames: u16, ms: u64, source: Source) -> Entry {
    Entry::Sent { leg: leg(0), at: at(ms), frames, source }
}

fn clip(fill: u8, length: usize) -> Clip {
    Clip {
        hash: PromptHash([fill; 32]),
        pcmu: vec![0; length].into(),
        pcma: (0..length).map(|i| ((i + usize::from(fill)) % 256) as u8).collect(),
    }
}

struct Pcm {
    left: Vec<i16>,
    right: Vec<i16>,
    report: Report,
}

fn record(entries: &[Entry], clips: &[Clip]) -> Pcm {
    let mut timeline = Timeline::new(CALL);
    let mut bytes = Vec::new();
    entries.iter().for_each(|entry| crate::record::block::encode(&mut bytes, entry));
    for item in crate::record::block::decode(CALL, &bytes) {
        timeline.feed(&item.unwrap());
    }
    let recording = timeline.finish(|hash| clips.iter().find(|clip| clip.hash == hash).cloned());
    let mut pcm = Pcm { left: Vec::new(), right: Vec::new(), report: recording.report };
    let written = recording.write(|chunk| {
        pcm.left.extend(chunk.iter().step_by(2));
        pcm.right.extend(chunk.iter().skip(1).step_by(2));
        Ok::<(), ()>(())
    });
    written.unwrap();
    assert_eq!(pcm.left.len(), recording.samples() as usize);
    pcm
}

fn linear(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|b| g711::decoder(Codec::Pcma)[usize::from(*b)]).collect()
}

fn frame(channel: &[i16], n: usize) -> &[i16] {
    &channel[n * 160..(n + 1) * 160]
}

fn opened() -> Entry {
    Entry::LegOpened { leg: leg(0), at: at(0) }
}

fn closed(ms: u64) -> Entry {
    Entry::LegClosed { leg: leg(0), at: at(ms) }
}

#[test]
fn every_received_frame_stands_at_its_place_in_spite_of_jitter_loss_and_order() {
    let mut entries = vec![opened()];
    let mut arrivals: Vec<(u64, u16)> = (0..500_u16)
        .filter(|n| n % 50 != 17)
        .map(|n| (u64::from(n) * 20 + if n == 0 { 0 } else { u64::from(n * 13 % 70) }, n))
        .collect();
    arrivals.sort();
    entries.extend(arrivals.iter().map(|(arrival, n)| received(0, *n, *arrival)));
    entries.push(closed(10_000));
    let pcm = record(&entries, &[]);
    assert_eq!(pcm.report, Report { length_ms: 10_000, missing_ms: 200, masked_ms: 0 });
    for n in 0..500_u16 {
        let expected = if n % 50 == 17 { vec![0; 160] } else { linear(&payload(0, n)) };
        assert_eq!(frame(&pcm.left, usize::from(n)), expected, "frame {n}");
    }
    assert!(pcm.right.iter().all(|s| *s == 0));
}

#[test]
fn what_the_caller_heard_is_prompts_silence_and_the_peer() {
    let welcome = clip(3, 160 * 10 - 50);
    let mut entries = vec![opened(), received(0, 0, 0)];
    entries.push(sent(4, 0, Source::Silence));
    entries.push(sent(6, 80, Source::Prompt { hash: welcome.hash, offset: 0 }));
    entries.push(sent(4, 200, Source::Prompt { hash: welcome.hash, offset: 960 }));
    for n in 0..10_u16 {
        if n != 4 {
            entries.push(received(1, n, 1_000 + u64::from(n) * 20));
        }
    }
    entries.push(sent(10, 1_010, Source::Peer { leg: leg(1), sequence: 65_530 }));
    entries.push(closed(1_400));
    let pcm = record(&entries, std::slice::from_ref(&welcome));
    let prompt = linear(&welcome.pcma);
    assert_eq!(pcm.right[640..640 + prompt.len()], prompt);
    assert!(pcm.right[640 + prompt.len()..1_010 * 8].iter().all(|s| *s == 0));
    for n in 0..10_u16 {
        let start = 1_010 * 8 + usize::from(n) * 160;
        let expected = if n == 4 { vec![0; 160] } else { linear(&payload(1, n)) };
        assert_eq!(pcm.right[start..start + 160], expected, "peer frame {n}");
    }
    assert_eq!(pcm.report.missing_ms, 1_400 - 20 + 20, "all of the caller but a frame; a frame of the peer");
}

#[test]
fn slots_a_little_off_leave_no_gap_and_do_not_add_up() {
    let prompt = clip(9, 160 * 400);
    let mut entries = vec![opened()];
    for n in 0..400_u32 {
        let late = u64::from(n % 3);
        let source = Source::Prompt { hash: prompt.hash, offset: n * 160 };
        entries.push(sent(1, u64::from(n) * 20 + late, source));
    }
    entries.push(closed(8_000));
    let pcm = record(&entries, std::slice::from_ref(&prompt));
    // No packet told the codec of the caller: prompts are then taken in the default one.
    let mu = g711::decoder(Codec::Pcmu)[0];
    assert!(pcm.right.iter().all(|s| *s == mu));
}

#[test]
fn masked_stretches_are_silent_and_not_missing() {
    let mut entries = vec![opened()];
    for n in 0..100_u16 {
        if n == 30 {
            entries.push(Entry::Masked { leg: leg(0), at: at(600), on: true });
        }
        if n == 60 {
            entries.push(Entry::Masked { leg: leg(0), at: at(1_200), on: false });
        }
        entries.push(received(0, n, u64::from(n) * 20));
    }
    entries.push(Entry::Masked { leg: leg(0), at: at(1_900), on: true });
    entries.push(closed(2_000));
    let pcm = record(&entries, &[]);
    assert!(pcm.left[600 * 8..1_200 * 8].iter().all(|s| *s == 0), "even if packets were there");
    assert_eq!(frame(&pcm.left, 29), linear(&payload(0, 29)));
    assert_eq!(frame(&pcm.left, 60), linear(&payload(0, 60)));
    assert_eq!(pcm.report, Report { length_ms: 2_000, missing_ms: 0, masked_ms: 700 });
}

#[test]
fn a_peer_whose_packets_are_written_after_they_were_sent_on_is_heard_whole() {
    let peer = |n: u16| Source::Peer { leg: leg(1), sequence: 65_530_u16.wrapping_add(n) };
    let mut entries = vec![opened()];
    for n in 0..200_u16 {
        let came = u64::from(n) * 20;
        entries.push(received(0, n, came));
        // Sent on 50 ms after it came; written 60 ms after it came, with the time it came.
        entries.push(sent(1, came + 50, peer(n)));
        entries.push(received(1, n, came));
    }
    entries.push(closed(4_000));
    let pcm = record(&entries, &[]);
    assert_eq!(pcm.report, Report { length_ms: 4_000, missing_ms: 0, masked_ms: 0 });
    for n in [0, 1, 100, 196] {
        assert_eq!(pcm.right[400 + n * 160..][..160], linear(&payload(1, n as u16)), "frame {n}");
    }
}

#[test]
fn a_prompt_that_is_nowhere_is_missing() {
    let entries =
        [opened(), sent(50, 0, Source::Prompt { hash: PromptHash([1; 32]), offset: 0 }), closed(1_000)];
    assert_eq!(record(&entries, &[]).report.missing_ms, 2_000);
}

#[test]
fn a_call_cut_short_ends_with_its_last_entry_and_an_empty_one_is_empty() {
    let entries: Vec<Entry> =
        std::iter::once(opened()).chain((0..50).map(|n| received(0, n, u64::from(n) * 20))).collect();
    let pcm = record(&entries, &[]);
    assert_eq!(pcm.report.length_ms, 980);
    assert_eq!(record(&[], &[]).report, Report::default());
    assert_eq!(record(&[opened(), closed(0)], &[]).left.len(), 0);
}

#[test]
fn sound_from_before_the_beginning_is_cut() {
    let mut early = received(0, 0, 0);
    if let Entry::Received { at, .. } = &mut early {
        *at = Mono::from_millis(ZERO - 10);
    }
    let pcm = record(&[opened(), early, closed(100)], &[]);
    assert_eq!(pcm.left[..80], linear(&payload(0, 0))[80..]);
}
