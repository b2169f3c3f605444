//! What one stream lost and how unevenly it came (RFC 3550 §6.4.1, appendix A.1, A.3, A.8).

use crate::event::LegStats;
use crate::media::rtp;
use crate::now::Mono;

/// A forward jump up to this far is loss, a longer one a sender that began anew.
const MAX_DROPOUT: u16 = 3000;
/// Packets remembered to tell late ones from repeated ones.
const WINDOW: u16 = 64;

/// How a packet stands to those before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// New: the next one, one after a gap, or one overtaken by others.
    New,
    /// Seen before, too late to tell, or the first of a jump that may be a stray packet.
    Refused,
}

/// Figures for one reception report block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Block {
    pub ssrc: u32,
    /// Part of 256 lost since the last block.
    pub fraction_lost: u8,
    pub lost: u32,
    pub highest_sequence: u32,
    /// In samples of 125 µs.
    pub jitter: u32,
}

#[derive(Clone, Debug, Default)]
pub struct ReceiveStats {
    stream: Option<Stream>,
    /// Of streams that ended before (the peer changed its SSRC or began anew).
    earlier: LegStats,
}

#[derive(Clone, Debug)]
struct Stream {
    ssrc: u32,
    first: u32,
    highest: u32,
    received: u64,
    /// Bit n: the packet n before the highest has come.
    window: u64,
    /// Where a stream that began anew would go on.
    jumped_to: Option<u16>,
    /// Transit time of the last voice packet, in samples.
    transit: Option<u32>,
    /// Sixteen times the jitter in samples.
    jitter: u32,
    reported_expected: u64,
    reported_received: u64,
}

impl ReceiveStats {
    /// A packet of the peer came at `now`. `is_voice`: its time stamp tells when it was spoken;
    /// that of a telephone-event stands still while the key is down.
    pub fn record(&mut self, now: Mono, header: &rtp::Header, is_voice: IsVoice) -> Arrival {
        let arrival = match &mut self.stream {
            Some(stream) if stream.ssrc == header.ssrc => stream.place(header.sequence),
            Some(_) | None => Place::Restart,
        };
        match arrival {
            Place::New => {}
            Place::Refused => return Arrival::Refused,
            Place::Restart => self.restart(header),
        }
        if let Some(stream) = &mut self.stream {
            stream.received += 1;
            if is_voice == IsVoice::Yes {
                stream.update_jitter(now, header.timestamp);
            }
        }
        Arrival::New
    }

    fn restart(&mut self, header: &rtp::Header) {
        let (received, lost) = (self.received(), self.lost());
        self.earlier = LegStats { received, lost, ..self.earlier };
        let sequence = u32::from(header.sequence);
        self.stream = Some(Stream {
            ssrc: header.ssrc,
            first: sequence,
            highest: sequence,
            received: 0,
            window: 1,
            jumped_to: None,
            transit: None,
            jitter: 0,
            reported_expected: 0,
            reported_received: 0,
        });
    }

    pub fn received(&self) -> u64 {
        self.earlier.received + self.stream.as_ref().map_or(0, |stream| stream.received)
    }

    pub fn lost(&self) -> u64 {
        let lost = |stream: &Stream| stream.expected().saturating_sub(stream.received);
        self.earlier.lost + self.stream.as_ref().map_or(0, lost)
    }

    pub fn jitter_us(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| (stream.jitter >> 4).saturating_mul(125))
    }

    /// The block of the next report, counted from the last one; `None` before the first packet.
    pub fn block(&mut self) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let expected = stream.expected();
        let expected_now = expected.saturating_sub(stream.reported_expected);
        let received_now = stream.received.saturating_sub(stream.reported_received);
        let lost_now = expected_now.saturating_sub(received_now);
        stream.reported_expected = expected;
        stream.reported_received = stream.received;
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost: u8::try_from((lost_now * 256).checked_div(expected_now).unwrap_or(0))
                .unwrap_or(255),
            lost: u32::try_from(expected.saturating_sub(stream.received))
                .map_or(0x7F_FFFF, |n| n.min(0x7F_FFFF)),
            highest_sequence: stream.highest,
            jitter: stream.jitter >> 4,
        })
    }
}

/// Whether a packet carries voice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IsVoice {
    Yes,
    No,
}

enum Place {
    New,
    Refused,
    Restart,
}

impl Stream {
    fn expected(&self) -> u64 {
        u64::from(self.highest.wrapping_sub(self.first)) + 1
    }

    /// Appendix A.1, with a window that also finds repeated packets.
    fn place(&mut self, sequence: u16) -> Place {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        let behind = (self.highest as u16).wrapping_sub(sequence);
        if (1..MAX_DROPOUT).contains(&ahead) {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
            self.window = self.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            self.jumped_to = None;
            return Place::New;
        }
        if behind < WINDOW {
            let bit = 1 << behind;
            let seen = self.window & bit != 0;
            self.window |= bit;
            // A packet from before the first one would make more received than expected.
            let early = u32::from(behind) > self.highest.wrapping_sub(self.first);
            if early && !seen {
                self.first = self.highest.wrapping_sub(u32::from(behind));
            }
            return if seen { Place::Refused } else { Place::New };
        }
        if self.jumped_to == Some(sequence) {
            return Place::Restart;
        }
        self.jumped_to = Some(sequence.wrapping_add(1));
        Place::Refused
    }

    /// Appendix A.8.
    fn update_jitter(&mut self, now: Mono, timestamp: u32) {
        let transit = ((now.0 / 125_000) as u32).wrapping_sub(timestamp);
        if let Some(last) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(last) as i32).unsigned_abs().min(1 << 16);
            self.jitter = self.jitter.saturating_add(difference).saturating_sub((self.jitter + 8) >> 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(sequence: u16) -> rtp::Header {
        rtp::Header {
            marker: false,
            payload_type: 0,
            sequence,
            timestamp: u32::from(sequence) * 160,
            ssrc: 9,
        }
    }

    fn at(packet: u64) -> Mono {
        Mono::from_millis(packet * 20)
    }

    proptest! {
        #[test]
        fn received_and_lost_add_up(
            first: u16,
            arrived in prop::collection::vec((any::<bool>(), 0usize..4, any::<bool>()), 2..300),
        ) {
            let mut order: Vec<(usize, u16)> = Vec::new();
            for (n, (comes, later, twice)) in arrived.iter().enumerate() {
                let sequence = first.wrapping_add(n as u16);
                if *comes || n == 0 || n + 1 == arrived.len() {
                    // The first packet comes first, so that the range is known.
                    order.push((if n == 0 { 0 } else { n + later + 1 }, sequence));
                    if *twice {
                        order.push((n + later + 2, sequence));
                    }
                }
            }
            order.sort_by_key(|(place, _)| *place);
            let mut stats = ReceiveStats::default();
            let mut new = 0;
            for (n, (_, sequence)) in order.iter().enumerate() {
                if stats.record(at(n as u64), &header(*sequence), IsVoice::Yes) == Arrival::New {
                    new += 1;
                }
            }
            let mut distinct: Vec<u16> = order.iter().map(|(_, sequence)| *sequence).collect();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(new, distinct.len(), "each packet once");
            prop_assert_eq!(stats.received(), distinct.len() as u64);
            prop_assert_eq!(stats.lost(), (arrived.len() - distinct.len()) as u64);
        }
    }

    #[test]
    fn a_stray_jump_is_refused_and_a_new_beginning_accepted() {
        let mut stats = ReceiveStats::default();
        let mut record = |sequence| stats.record(at(0), &header(sequence), IsVoice::Yes);
        assert_eq!(record(10), Arrival::New);
        assert_eq!(record(40_000), Arrival::Refused);
        assert_eq!(record(11), Arrival::New);
        assert_eq!(record(40_000), Arrival::Refused);
        assert_eq!(record(40_001), Arrival::New);
        assert_eq!((stats.received(), stats.lost()), (3, 0));
    }

    #[test]
    fn a_report_speaks_of_the_time_since_the_last_one() {
        let mut stats = ReceiveStats::default();
        assert_eq!(stats.block(), None);
        for sequence in [1, 2, 3, 5] {
            stats.record(at(u64::from(sequence)), &header(sequence), IsVoice::Yes);
        }
        let block = stats.block().unwrap();
        assert_eq!((block.fraction_lost, block.lost, block.highest_sequence), (51, 1, 5));
        assert_eq!(block.jitter, 0, "evenly spoken, evenly come");
        assert_eq!(stats.block().unwrap().fraction_lost, 0);
    }

    #[test]
    fn uneven_arrival_is_jitter() {
        let mut stats = ReceiveStats::default();
        for sequence in 0..500u16 {
            let late = if sequence % 2 == 0 { 0 } else { 10 };
            stats.record(Mono::from_millis(u64::from(sequence) * 20 + late), &header(sequence), IsVoice::Yes);
        }
        assert!((9_000..=10_500).contains(&stats.jitter_us()), "{}", stats.jitter_us());
    }
}
