//! Puts received RTP on a time line of samples, by time stamps; holes are silence.

use tokio::time::Instant;

use super::{AudioStats, HEARD_LIMIT};
use crate::media::command::Codec;
use crate::media::g711;

/// A jump of more than this in time stamps is a new stream, not a hole.
const JUMP: i64 = 80_000;

#[derive(Clone, Copy)]
struct Anchor {
    ssrc: u32,
    timestamp: u32,
    at: usize,
    /// Extended highest sequence number and the first, for the count of losses.
    first: i64,
    highest: i64,
    received: i64,
}

#[derive(Default)]
pub(super) struct Receiver {
    samples: Vec<i16>,
    anchor: Option<Anchor>,
    began: Option<Instant>,
    last: Option<Instant>,
    lost_before: i64,
    last_event: Option<u32>,
    stats: AudioStats,
}

impl Receiver {
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    pub fn stats(&self) -> AudioStats {
        let lost = self.lost_before + self.anchor.map_or(0, |a| a.highest - a.first + 1 - a.received);
        AudioStats { lost: u64::try_from(lost).unwrap_or(0), ..self.stats }
    }

    pub fn count_report(&mut self) {
        self.stats.rtcp_received += 1;
    }

    pub fn take(&mut self, packet: &[u8], dtmf: Option<u8>, now: Instant) {
        let Some(rtp) = parse(packet) else { return };
        self.stats.received += 1;
        if let Some(last) = self.last.replace(now) {
            let gap = u64::try_from((now - last).as_millis()).unwrap_or(u64::MAX);
            self.stats.max_gap_ms = self.stats.max_gap_ms.max(gap);
        }
        self.count(&rtp, now);
        match rtp.payload_type {
            0 => self.place(&rtp, &g711::samples(Codec::Pcmu, rtp.payload)),
            8 => self.place(&rtp, &g711::samples(Codec::Pcma, rtp.payload)),
            pt if Some(pt) == dtmf && self.last_event != Some(rtp.timestamp) => {
                self.last_event = Some(rtp.timestamp);
                self.stats.keys_received += 1;
            }
            _ => {}
        }
    }

    /// Sequence numbers, and a new anchor when the stream begins anew.
    fn count(&mut self, rtp: &Rtp, now: Instant) {
        let began = *self.began.get_or_insert(now);
        let sequence = i64::from(rtp.sequence);
        match &mut self.anchor {
            Some(a)
                if a.ssrc == rtp.ssrc && jump(rtp.timestamp, a).abs() <= JUMP + self.samples.len() as i64 =>
            {
                let ahead = i64::from(rtp.sequence.wrapping_sub(a.highest.rem_euclid(65_536) as u16) as i16);
                a.highest = a.highest.max(a.highest + ahead);
                a.received += 1;
            }
            old => {
                self.lost_before += old.map_or(0, |a| a.highest - a.first + 1 - a.received);
                let elapsed = (now - began).as_millis() as usize * 8;
                let at = self.samples.len().max(elapsed.min(HEARD_LIMIT));
                *old = Some(Anchor {
                    ssrc: rtp.ssrc,
                    timestamp: rtp.timestamp,
                    at,
                    first: sequence,
                    highest: sequence,
                    received: 1,
                });
            }
        }
    }

    fn place(&mut self, rtp: &Rtp, sound: &[i16]) {
        let Some(anchor) = &self.anchor else { return };
        let at = anchor.at as i64 + jump(rtp.timestamp, anchor);
        let Ok(at) = usize::try_from(at) else { return };
        let end = at + sound.len();
        if end > HEARD_LIMIT {
            return;
        }
        if self.samples.len() < end {
            self.samples.resize(end, 0);
        }
        self.samples[at..end].copy_from_slice(sound);
    }
}

/// Samples from the anchor to `timestamp`.
fn jump(timestamp: u32, anchor: &Anchor) -> i64 {
    i64::from(timestamp.wrapping_sub(anchor.timestamp) as i32)
}

struct Rtp<'a> {
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload: &'a [u8],
}

/// RFC 3550 §5.1.
fn parse(packet: &[u8]) -> Option<Rtp<'_>> {
    let head: &[u8; 12] = packet.first_chunk()?;
    if head[0] >> 6 != 2 {
        return None;
    }
    let mut start = 12 + 4 * usize::from(head[0] & 0x0f);
    if head[0] & 0x10 != 0 {
        let words = packet.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    let padding = if head[0] & 0x20 != 0 { usize::from(*packet.last()?) } else { 0 };
    let payload = packet.get(start..packet.len().checked_sub(padding)?)?;
    Some(Rtp {
        payload_type: head[1] & 0x7f,
        sequence: u16::from_be_bytes([head[2], head[3]]),
        timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16, timestamp: u32, fill: u8) -> Vec<u8> {
        let mut packet = vec![0x80, 0];
        packet.extend(sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.extend([fill; 160]);
        packet
    }

    #[test]
    fn holes_are_silence_and_late_packets_find_their_place() {
        let mut receiver = Receiver::default();
        let now = Instant::now();
        let base = u32::MAX - 100;
        for (n, fill) in [(0u32, 0x80), (3, 0x80), (1, 0x80)] {
            receiver.take(
                &packet(1, 65_535u16.wrapping_add(n as u16), base.wrapping_add(n * 160), fill),
                None,
                now,
            );
        }
        let loud: Vec<bool> = receiver.samples().chunks(160).map(|c| c[0] != 0).collect();
        assert_eq!(loud, [true, true, false, true]);
        assert_eq!(receiver.stats().lost, 1);
        receiver.take(&packet(2, 9, 5, 0x80), None, now);
        assert_eq!(receiver.samples().len(), 800, "a new source continues the line");
        assert_eq!(receiver.stats().lost, 1);
    }

    #[test]
    fn bad_packets_are_ignored() {
        let mut receiver = Receiver::default();
        for bad in [&[][..], &[0x80; 5], &[0x40; 40], &[0xbf; 12], &[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255]]
        {
            receiver.take(bad, None, Instant::now());
        }
        assert_eq!(receiver.stats(), AudioStats::default());
    }
}
