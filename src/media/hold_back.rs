//! Voice waits a moment before it is recorded, in case it turns out to be the beginning of a key.
//!
//! A gateway that recognises a key by its tone sends the telephone-event only some 40 ms after the
//! tone began. So received voice is recorded 60 ms late, and what waits is dropped when a key comes.

use std::time::Duration;

use crate::media::command::Codec;
use crate::media::leg::Voice;
use crate::now::Mono;

const WAIT: Duration = Duration::from_millis(60);
/// Packets that wait; a burst pushes the oldest out early.
const PACKETS: usize = 6;
/// 30 ms of sound; longer packets are recorded at once.
const BYTES: usize = 240;

#[derive(Clone, Copy, Debug)]
struct Waiting {
    at: Mono,
    sequence: u16,
    timestamp: u32,
    codec: Codec,
    length: usize,
    bytes: [u8; BYTES],
}

const NOTHING: Waiting =
    Waiting { at: Mono(0), sequence: 0, timestamp: 0, codec: Codec::Pcmu, length: 0, bytes: [0; BYTES] };

/// A voice packet that is to be recorded, as it came at `at`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept<'a> {
    pub at: Mono,
    pub sequence: u16,
    pub timestamp: u32,
    pub codec: Codec,
    pub payload: &'a [u8],
}

#[derive(Clone, Debug)]
pub struct HoldBack {
    ring: [Waiting; PACKETS],
    first: usize,
    count: usize,
}

impl Default for HoldBack {
    fn default() -> Self {
        HoldBack { ring: [NOTHING; PACKETS], first: 0, count: 0 }
    }
}

impl HoldBack {
    /// A voice packet that may be recorded unless a key follows at once.
    pub fn push(&mut self, at: Mono, voice: &Voice<'_>, mut keep: impl FnMut(Kept<'_>)) {
        let (sequence, timestamp, codec) = (voice.sequence, voice.timestamp, voice.codec);
        let length = voice.payload.len();
        if length > BYTES {
            self.release_all(&mut keep);
            keep(Kept { at, sequence, timestamp, codec, payload: voice.payload });
            return;
        }
        if self.count == PACKETS {
            self.release_first(&mut keep);
        }
        let waiting = &mut self.ring[(self.first + self.count) % PACKETS];
        (waiting.at, waiting.sequence, waiting.timestamp) = (at, sequence, timestamp);
        (waiting.codec, waiting.length) = (codec, length);
        waiting.bytes[..length].copy_from_slice(voice.payload);
        self.count += 1;
    }

    /// Lets go what has waited long enough.
    pub fn release(&mut self, now: Mono, mut keep: impl FnMut(Kept<'_>)) {
        while self.count > 0 && now.since(self.ring[self.first].at) >= WAIT {
            self.release_first(&mut keep);
        }
    }

    /// Lets go everything: the leg is closed.
    pub fn release_all(&mut self, mut keep: impl FnMut(Kept<'_>)) {
        while self.count > 0 {
            self.release_first(&mut keep);
        }
    }

    /// A key came: what waits is never recorded. When the oldest of it came, if there was any.
    pub fn drop_all(&mut self) -> Option<Mono> {
        let from = (self.count > 0).then(|| self.ring[self.first].at);
        self.count = 0;
        from
    }

    fn release_first(&mut self, keep: &mut impl FnMut(Kept<'_>)) {
        let waiting = &self.ring[self.first];
        keep(Kept {
            at: waiting.at,
            sequence: waiting.sequence,
            timestamp: waiting.timestamp,
            codec: waiting.codec,
            payload: &waiting.bytes[..waiting.length],
        });
        self.first = (self.first + 1) % PACKETS;
        self.count -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::leg::Recording;

    fn voice(sequence: u16, payload: &[u8]) -> Voice<'_> {
        Voice { sequence, timestamp: 0, codec: Codec::Pcmu, payload, recording: Recording::Allowed }
    }

    #[test]
    fn voice_is_kept_in_order_after_sixty_milliseconds() {
        let mut held = HoldBack::default();
        let mut kept = vec![];
        for n in 0..10u16 {
            let now = Mono::from_millis(u64::from(n) * 20);
            held.release(now, |one| kept.push((one.sequence, one.at.as_millis(), one.payload.to_vec())));
            held.push(now, &voice(n, &[n as u8; 160]), |_| unreachable!("there is room"));
        }
        let expected: Vec<_> = (0..7u16).map(|n| (n, u64::from(n) * 20, vec![n as u8; 160])).collect();
        assert_eq!(kept, expected);
        assert_eq!(held.drop_all(), Some(Mono::from_millis(140)));
        held.release_all(|_| unreachable!("all was dropped"));
    }

    #[test]
    fn bursts_and_long_packets_pass_without_loss_or_disorder() {
        let mut held = HoldBack::default();
        let mut kept = vec![];
        for n in 0..9 {
            held.push(Mono(0), &voice(n, &[0; 160]), |one| kept.push(one.sequence));
        }
        held.push(Mono(0), &voice(9, &[0; 400]), |one| kept.push(one.sequence));
        assert_eq!(kept, (0..10).collect::<Vec<u16>>());
    }
}
