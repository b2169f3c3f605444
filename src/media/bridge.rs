//! What one leg hears of another: a short buffer that evens out arrival.
//!
//! Samples stand at their RTP time stamp in a ring of silence, so order, loss and packets of other
//! lengths than 20 ms need no cases of their own: what did not come is silent, what comes too late
//! is dropped. Playing begins with about 60 ms in store; beyond 100 ms the oldest are dropped.

use crate::media::FRAME_BYTES;
use crate::media::command::Codec;
use crate::media::g711;
use crate::media::player::Heard;

/// Samples the ring holds; a power of two beyond [`LIMIT`].
const RING: usize = 1024;
/// Samples in store when playing begins.
const TARGET: i32 = 480;
/// Samples in store at most.
const LIMIT: i32 = 800;
/// Frames waited for [`TARGET`]: a short word is played, too.
const PATIENCE: u8 = 3;
/// A packet this far from the place of playing (1 s) belongs to a clock that was set anew.
const RESET: i32 = 8000;
/// Packets whose place is remembered; the ring holds ten of 10 ms.
const PACKETS: usize = 16;

#[derive(Clone, Copy, Debug, Default)]
struct Packet {
    timestamp: u32,
    length: u32,
    sequence: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Empty,
    /// Waiting until enough is in store.
    Filling {
        frames: u8,
    },
    Playing,
}

#[derive(Clone, Debug)]
pub struct Fifo {
    /// The law of the leg that listens.
    codec: Codec,
    samples: [u8; RING],
    /// Time stamp of the next sample to play, and of the end of what is in store.
    play: u32,
    end: u32,
    state: State,
    packets: [Packet; PACKETS],
    newest: usize,
}

impl Fifo {
    pub fn new(codec: Codec) -> Self {
        Fifo {
            codec,
            samples: [g711::silence(codec); RING],
            play: 0,
            end: 0,
            state: State::Empty,
            packets: [Packet::default(); PACKETS],
            newest: 0,
        }
    }

    /// A voice packet of the leg that speaks.
    pub fn push(&mut self, from: Codec, sequence: u16, timestamp: u32, payload: &[u8]) {
        let Ok(length) = i32::try_from(payload.len()) else { return };
        if length == 0 || length > LIMIT {
            return;
        }
        let mut ahead = timestamp.wrapping_sub(self.play) as i32;
        if self.state == State::Empty || ahead.unsigned_abs() > RESET as u32 {
            self.restart(timestamp);
            ahead = 0;
        } else if ahead < 0 && matches!(self.state, State::Filling { .. }) && self.stored() - ahead <= LIMIT {
            // The first packet was overtaken and nothing has been played yet.
            self.play = timestamp;
            ahead = 0;
        }
        let late = usize::try_from(-ahead).unwrap_or(0);
        let Some(payload) = payload.get(late..).filter(|rest| !rest.is_empty()) else { return };
        let excess = ahead + length - LIMIT;
        if excess > 0 {
            // Whole frames, so that sound stays in step with the packets it came in.
            let frames = (excess as u32).div_ceil(FRAME_BYTES as u32);
            self.skip(frames * FRAME_BYTES as u32);
        }
        let place = timestamp.wrapping_add(late as u32);
        self.write(from, place, payload);
        let end = timestamp.wrapping_add(length as u32);
        if end.wrapping_sub(self.end) as i32 > 0 {
            self.end = end;
        }
        self.newest = (self.newest + 1) % PACKETS;
        self.packets[self.newest] = Packet { timestamp, length: length as u32, sequence };
    }

    /// The next 20 ms into `out`.
    pub fn pull(&mut self, out: &mut [u8; FRAME_BYTES]) -> Heard {
        let stored = self.stored();
        self.state = match self.state {
            State::Filling { frames } if stored < TARGET && frames < PATIENCE => {
                State::Filling { frames: frames + 1 }
            }
            State::Filling { .. } => State::Playing,
            State::Playing if stored <= 0 => State::Empty,
            unchanged @ (State::Playing | State::Empty) => unchanged,
        };
        if self.state != State::Playing {
            out.fill(g711::silence(self.codec));
            return Heard::Silence;
        }
        let at = self.play as usize % RING;
        let until_end = FRAME_BYTES.min(RING - at);
        out[..until_end].copy_from_slice(&self.samples[at..at + until_end]);
        out[until_end..].copy_from_slice(&self.samples[..FRAME_BYTES - until_end]);
        let heard = match self.packet_at(self.play) {
            Some(packet) => Heard::Peer { sequence: packet.sequence },
            None => Heard::Silence,
        };
        self.skip(FRAME_BYTES as u32);
        heard
    }

    fn packet_at(&self, timestamp: u32) -> Option<&Packet> {
        self.packets.iter().find(|packet| timestamp.wrapping_sub(packet.timestamp) < packet.length)
    }

    fn stored(&self) -> i32 {
        self.end.wrapping_sub(self.play) as i32
    }

    fn restart(&mut self, timestamp: u32) {
        *self = Fifo::new(self.codec);
        self.play = timestamp;
        self.end = timestamp;
        self.state = State::Filling { frames: 0 };
    }

    /// Moves the place of playing on; what it leaves becomes silence.
    fn skip(&mut self, count: u32) {
        let silence = g711::silence(self.codec);
        let at = self.play as usize % RING;
        let count_here = (count as usize).min(RING);
        let until_end = count_here.min(RING - at);
        self.samples[at..at + until_end].fill(silence);
        self.samples[..count_here - until_end].fill(silence);
        self.play = self.play.wrapping_add(count);
    }

    fn write(&mut self, from: Codec, timestamp: u32, payload: &[u8]) {
        let at = timestamp as usize % RING;
        let until_end = payload.len().min(RING - at);
        let (first, second) = payload.split_at(until_end);
        g711::transcode((from, first), (self.codec, &mut self.samples[at..at + until_end]));
        g711::transcode((from, second), (self.codec, &mut self.samples[..second.len()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MU: Codec = Codec::Pcmu;

    fn push(fifo: &mut Fifo, n: u16) {
        fifo.push(MU, n, u32::from(n) * 160, &[n as u8; 160]);
    }

    fn pull(fifo: &mut Fifo) -> (Heard, u8) {
        let mut out = [0; FRAME_BYTES];
        let heard = fifo.pull(&mut out);
        assert!(out.iter().all(|b| *b == out[0]), "one packet, one frame");
        (heard, out[0])
    }

    fn peer(n: u16) -> (Heard, u8) {
        (Heard::Peer { sequence: n }, n as u8)
    }

    const SILENCE: (Heard, u8) = (Heard::Silence, 0xFF);

    #[test]
    fn sixty_milliseconds_are_stored_before_playing() {
        let mut fifo = Fifo::new(MU);
        let mut heard = vec![];
        for n in 1..=6 {
            push(&mut fifo, n);
            heard.push(pull(&mut fifo));
        }
        assert_eq!(heard, [SILENCE, SILENCE, peer(1), peer(2), peer(3), peer(4)]);
    }

    #[test]
    fn order_is_restored_and_loss_is_silence() {
        let mut fifo = Fifo::new(MU);
        for n in [3, 2, 1, 5] {
            push(&mut fifo, n);
        }
        let heard: Vec<_> = (0..6).map(|_| pull(&mut fifo)).collect();
        assert_eq!(heard, [peer(1), peer(2), peer(3), SILENCE, peer(5), SILENCE]);
        push(&mut fifo, 4);
        assert_eq!((0..4).map(|_| pull(&mut fifo)).last(), Some(peer(4)), "a new word after the pause");
    }

    #[test]
    fn a_burst_keeps_the_newest_hundred_milliseconds() {
        let mut fifo = Fifo::new(MU);
        for n in 1..=12 {
            push(&mut fifo, n);
        }
        let heard: Vec<_> = (0..6).map(|_| pull(&mut fifo)).collect();
        assert_eq!(heard, [peer(8), peer(9), peer(10), peer(11), peer(12), SILENCE]);
    }

    #[test]
    fn a_single_packet_is_played_after_all() {
        let mut fifo = Fifo::new(MU);
        push(&mut fifo, 1);
        let heard: Vec<_> = (0..5).map(|_| pull(&mut fifo)).collect();
        assert_eq!(heard, [SILENCE, SILENCE, SILENCE, peer(1), SILENCE]);
    }

    #[test]
    fn the_law_of_the_listener_is_spoken() {
        let mut fifo = Fifo::new(Codec::Pcma);
        for n in 0..3 {
            fifo.push(MU, n, u32::from(n) * 160, &[0x80; 160]);
        }
        let mut out = [0; FRAME_BYTES];
        fifo.pull(&mut out);
        let expected = g711::encode_pcma(g711::decode_pcmu(0x80));
        assert_eq!(out, [expected; FRAME_BYTES]);
    }

    #[test]
    fn packets_of_ten_and_of_thirty_milliseconds_sound_the_same() {
        for length in [80, 240] {
            let sound: Vec<u8> = (0..1440).map(|n| (n % 251) as u8).collect();
            let mut fifo = Fifo::new(MU);
            let (mut sent, mut heard) = (0, Vec::new());
            while heard.len() < 1280 {
                while sent + length <= sound.len().min(heard.len() + 720) {
                    fifo.push(MU, (sent / length) as u16, sent as u32, &sound[sent..sent + length]);
                    sent += length;
                }
                let mut out = [0; FRAME_BYTES];
                if fifo.pull(&mut out) != Heard::Silence {
                    heard.extend(out);
                }
            }
            assert!(heard == sound[..heard.len()], "{length}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_delay_stays_bounded(
            packets in prop::collection::vec((any::<u16>(), any::<u32>(), 0usize..1000), 0..60),
            pulls in prop::collection::vec(any::<bool>(), 60),
        ) {
            let mut fifo = Fifo::new(MU);
            let mut out = [0; FRAME_BYTES];
            for ((sequence, timestamp, length), pulled) in packets.iter().zip(pulls) {
                fifo.push(MU, *sequence, *timestamp, &vec![1; *length]);
                prop_assert!(fifo.stored() <= LIMIT);
                if pulled {
                    fifo.pull(&mut out);
                }
            }
        }
    }
}
