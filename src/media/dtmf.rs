//! Keys as telephone-events (RFC 4733), each press counted once.
//!
//! A press is told by the RTP time stamp of its beginning and its event code; all its packets,
//! repeated ends included, carry both. So loss, reordering and repetition change nothing as long
//! as one packet of the press arrives, be it only an end.

use crate::ids::Key;
use crate::media::rtp;

/// Presses remembered, against packets that arrive late.
const REMEMBERED: usize = 8;

/// A press this long may be at the end of its segment (RFC 4733 §2.5.1.3; the field ends at
/// 0xFFFF, some senders stop at a whole packet before).
const LONG: u16 = 0xF000;

/// What one telephone-event packet meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Read {
    /// A press not seen before; `None` also for codes that are no keys of a telephone.
    pub pressed: Option<Key>,
    pub phase: Phase,
}

/// Where in a press a packet stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// The key is down.
    Down,
    /// The key was released.
    Up,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Press {
    timestamp: u32,
    code: u8,
    duration: u16,
    phase: Phase,
}

/// Counts presses of one stream.
#[derive(Clone, Debug, Default)]
pub struct KeyReader {
    seen: [Option<Press>; REMEMBERED],
    /// Where the newest press stands in `seen`.
    newest: usize,
}

impl KeyReader {
    /// Reads one packet; `None` if its payload is no telephone-event.
    pub fn read(&mut self, header: &rtp::Header, payload: &[u8]) -> Option<Read> {
        let ([code, flags, d0, d1], _) = payload.split_first_chunk::<4>()?;
        let press = Press {
            timestamp: header.timestamp,
            code: *code,
            duration: u16::from_be_bytes([*d0, *d1]),
            phase: if flags & 0x80 != 0 { Phase::Up } else { Phase::Down },
        };
        let known =
            self.seen.iter_mut().flatten().find(|p| p.timestamp == press.timestamp && p.code == press.code);
        if let Some(known) = known {
            known.duration = known.duration.max(press.duration);
            if press.phase == Phase::Up {
                known.phase = Phase::Up;
            }
            return Some(Read { pressed: None, phase: known.phase });
        }
        if let Some(newest) = self.seen.get_mut(self.newest).and_then(Option::as_mut)
            && !header.marker
            && is_next_segment(newest, &press)
        {
            *newest = press;
            return Some(Read { pressed: None, phase: press.phase });
        }
        self.newest = (self.newest + 1) % REMEMBERED;
        self.seen[self.newest] = Some(press);
        Some(Read { pressed: Key::from_event_code(press.code), phase: press.phase })
    }
}

/// RFC 4733 §2.5.1.3: a press longer than the duration field goes on as a new segment whose time
/// stamp is the end of the one before; it has no marker bit.
fn is_next_segment(before: &Press, next: &Press) -> bool {
    let advanced = next.timestamp.wrapping_sub(before.timestamp);
    before.code == next.code
        && before.phase == Phase::Down
        && before.duration >= LONG
        && advanced >= u32::from(before.duration)
        && advanced <= 0xFFFF
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Packet = (rtp::Header, [u8; 4]);

    fn packet(timestamp: u32, code: u8, duration: u16, phase: Phase) -> Packet {
        let header = rtp::Header { marker: false, payload_type: 101, sequence: 0, timestamp, ssrc: 1 };
        let [d0, d1] = duration.to_be_bytes();
        (header, [code, if phase == Phase::Up { 0x8A } else { 0x0A }, d0, d1])
    }

    /// As a phone sends a press of 100 ms: five updates, three ends.
    fn press(timestamp: u32, code: u8) -> Vec<Packet> {
        let down = (1..=5).map(|n| packet(timestamp, code, n * 160, Phase::Down));
        down.chain((0..3).map(|_| packet(timestamp, code, 800, Phase::Up))).collect()
    }

    fn keys(packets: &[Packet]) -> String {
        let mut reader = KeyReader::default();
        let pressed = packets.iter().filter_map(|(header, payload)| reader.read(header, payload)?.pressed);
        pressed.map(Key::as_char).collect()
    }

    proptest! {
        #[test]
        fn each_press_counts_once_whatever_the_network_does(
            codes in prop::collection::vec(0u8..12, 1..20),
            fate in prop::collection::vec((0u32..100, 0usize..3, any::<bool>()), 160),
            lost_percent in 0u32..=5,
        ) {
            let mut arriving = Vec::new();
            let mut expected = String::new();
            for (n, code) in codes.iter().enumerate() {
                let mut some_arrived = false;
                for (k, one) in press(n as u32 * 2400, *code).into_iter().enumerate() {
                    let (dice, later, twice) = fate[(n * 8 + k) % fate.len()];
                    if dice < lost_percent {
                        continue;
                    }
                    some_arrived = true;
                    // Overtaken by at most two packets: still between the presses around it.
                    for _ in 0..=usize::from(twice) {
                        arriving.push((n * 8 + k + later, one));
                    }
                }
                if some_arrived {
                    expected.push(Key::from_event_code(*code).unwrap().as_char());
                }
            }
            // Packets of neighbouring presses are 200 ms apart, so order of presses is kept here.
            arriving.sort_by_key(|(order, (header, _))| (header.timestamp, *order));
            let packets: Vec<Packet> = arriving.into_iter().map(|(_, one)| one).collect();
            prop_assert_eq!(keys(&packets), expected);
        }
    }

    #[test]
    fn an_end_alone_is_a_press() {
        assert_eq!(keys(&press(0, 5)[7..]), "5");
    }

    #[test]
    fn the_same_key_twice_is_two_presses() {
        assert_eq!(keys(&[press(0, 5), press(1600, 5)].concat()), "55");
        let (first, second) = (&press(0, 5)[..2], press(1600, 5));
        assert_eq!(keys(&[first, &second].concat()), "55", "ends of the first lost");
    }

    #[test]
    fn a_late_packet_of_an_earlier_press_is_no_press() {
        let (first, second) = (press(0, 1), press(1600, 2));
        assert_eq!(keys(&[&first[..6], &second[..3], &first[6..], &second[3..]].concat()), "12");
    }

    #[test]
    fn a_key_held_for_half_a_minute_is_one_press() {
        let mut packets = vec![];
        let mut start = 0u32;
        for _ in 0..3 {
            packets.extend((1..=409).map(|n| packet(start, 3, (n * 160u32).min(0xFFFF) as u16, Phase::Down)));
            packets.push(packet(start, 3, 0xFFFF, Phase::Down));
            start += 0xFFFF;
        }
        packets.push(packet(start, 3, 160, Phase::Up));
        assert_eq!(keys(&packets), "3");
        packets.retain(|(_, payload)| payload[2] != 0xFF);
        assert_eq!(keys(&packets), "3", "the packets at the borders lost");
    }

    #[test]
    fn other_events_and_short_payloads_are_no_keys() {
        assert_eq!(keys(&press(0, 16)), "", "flash");
        let (header, _) = packet(0, 1, 160, Phase::Down);
        assert_eq!(KeyReader::default().read(&header, &[1, 2, 3]), None);
    }
}
