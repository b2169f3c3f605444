//! Makes the RTP packets of one stream: sound, or the events of a key being pressed.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::{Connection, Impairment, KeyStyle};
use crate::ids::Key;
use crate::media::g711;
use crate::phone::message::random;
use crate::phone::signal::{FRAME, Player, Signal, key_frame};

/// Packets while a key is down (100 ms), repetitions of its end (RFC 4733 §2.5.1.4), pause after.
const DOWN: u32 = 5;
const ENDS: u32 = 3;
const PAUSE: u32 = 3;
/// Packets of sound until a gateway has recognised a tone and sends events in its place.
const RECOGNISED: u32 = 2;
/// Keys waiting to be pressed; more are dropped.
const KEYS: usize = 64;

/// A key to be pressed; `done` hears when it is over.
pub(super) struct Press {
    key: Key,
    style: KeyStyle,
    tick: u32,
    start: u32,
    done: Option<oneshot::Sender<()>>,
}

impl Press {
    pub fn new(key: Key, style: KeyStyle, done: oneshot::Sender<()>) -> Press {
        Press { key, style, tick: 0, start: 0, done: Some(done) }
    }
}

pub(super) struct Sender {
    player: Player,
    keys: VecDeque<Press>,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    fresh: bool,
    packet: Vec<u8>,
    impairment: Impairment,
}

impl Sender {
    pub fn new(signal: Signal, impairment: Impairment) -> Sender {
        let seed = random();
        let [a, b, c, d, e, f, g, h] = seed.to_le_bytes();
        Sender {
            player: Player::new(signal),
            keys: VecDeque::new(),
            sequence: u16::from_le_bytes([a, b]),
            timestamp: u32::from_le_bytes([c, d, e, f]),
            ssrc: u32::from_le_bytes([f, g, h, a]),
            fresh: true,
            packet: Vec::with_capacity(12 + FRAME),
            impairment,
        }
    }

    pub fn play(&mut self, signal: Signal) {
        self.player = Player::new(signal);
    }

    pub fn press(&mut self, press: Press) {
        if self.keys.len() < KEYS {
            self.keys.push_back(press);
        }
    }

    /// The packet of this 20 ms; `None` if nothing is to be sent or the packet is lost on purpose.
    pub fn next(&mut self, connection: &Connection) -> Option<&[u8]> {
        let frame = self.player.frame();
        let timestamp = self.timestamp;
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        self.packet.clear();
        match self.key_packet(connection, timestamp) {
            KeyPart::Event { payload_type, start, payload, marker } => {
                self.header(payload_type, marker, start);
                self.packet.extend(payload);
            }
            KeyPart::Sound(tones) => self.sound(connection, timestamp, tones.as_slice()),
            KeyPart::None => self.sound(connection, timestamp, &frame),
        }
        self.sequence = self.sequence.wrapping_add(1);
        (connection.sends && !self.unlucky()).then_some(self.packet.as_slice())
    }

    fn sound(&mut self, connection: &Connection, timestamp: u32, frame: &[i16]) {
        let marker = std::mem::take(&mut self.fresh);
        self.header(connection.codec.payload_type(), marker, timestamp);
        self.packet.extend(frame.iter().map(|sample| g711::encode(connection.codec, *sample)));
    }

    fn header(&mut self, payload_type: u8, marker: bool, timestamp: u32) {
        self.packet.extend([0x80, payload_type | if marker { 0x80 } else { 0 }]);
        self.packet.extend(self.sequence.to_be_bytes());
        self.packet.extend(timestamp.to_be_bytes());
        self.packet.extend(self.ssrc.to_be_bytes());
    }

    /// What the key at the head of the queue sends in this tick.
    fn key_packet(&mut self, connection: &Connection, timestamp: u32) -> KeyPart {
        let Some(press) = self.keys.front_mut() else { return KeyPart::None };
        press.tick += 1;
        let tick = press.tick;
        let heard = match press.style {
            KeyStyle::Event | KeyStyle::Info => 0,
            KeyStyle::Gateway => RECOGNISED,
            KeyStyle::Tones => DOWN,
        };
        let event = connection.dtmf.filter(|_| tick > heard && press.style != KeyStyle::Tones);
        let last = DOWN + ENDS + PAUSE;
        if tick == 1 {
            press.start = timestamp;
        }
        let (key, start) = (press.key, press.start);
        if tick >= last {
            let done = self.keys.pop_front().and_then(|p| p.done);
            let _ = done.map(|d| d.send(()));
        }
        match event {
            Some(payload_type) if tick <= DOWN + ENDS => {
                let duration = (tick.min(DOWN) * FRAME as u32) as u16;
                let end = if tick > DOWN { 0x80 } else { 0 };
                let [high, low] = duration.to_be_bytes();
                let payload = [key.event_code(), end | 10, high, low];
                KeyPart::Event { payload_type, start, payload, marker: tick == heard + 1 }
            }
            None if tick <= DOWN => KeyPart::Sound(Box::new(key_frame(key, (tick as usize - 1) * FRAME))),
            _ => KeyPart::Sound(Box::new([0; FRAME])),
        }
    }

    /// A repeatable throw of the dice for loss on purpose (xorshift).
    fn unlucky(&mut self) -> bool {
        if self.impairment.loss <= 0.0 {
            return false;
        }
        let mut x = self.impairment.seed.max(1);
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.impairment.seed = x;
        ((x >> 11) as f64 / (1u64 << 53) as f64) < self.impairment.loss
    }
}

enum KeyPart {
    None,
    Event { payload_type: u8, start: u32, payload: [u8; 4], marker: bool },
    Sound(Box<[i16; FRAME]>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::command::Codec;

    fn connection() -> Connection {
        Connection {
            remote: "127.0.0.1:9".parse().unwrap(),
            codec: Codec::Pcmu,
            dtmf: Some(101),
            sends: true,
        }
    }

    #[test]
    fn a_key_is_one_event_with_three_ends() {
        let mut sender = Sender::new(Signal::Silence, Impairment::default());
        let (done, mut over) = oneshot::channel();
        sender.press(Press::new(Key::Star, KeyStyle::Event, done));
        let packets: Vec<Vec<u8>> = (0..12).map(|_| sender.next(&connection()).unwrap().to_vec()).collect();
        let events: Vec<&Vec<u8>> = packets.iter().filter(|p| p[1] & 0x7f == 101).collect();
        assert_eq!(events.len(), 8);
        assert_eq!(events[0][1] & 0x80, 0x80, "marker on the first");
        assert!(events.iter().all(|e| e[4..8] == events[0][4..8]), "one time stamp for one event");
        let durations: Vec<u16> = events.iter().map(|e| u16::from_be_bytes([e[14], e[15]])).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800, 800]);
        assert_eq!(events.iter().filter(|e| e[13] & 0x80 != 0).count(), 3);
        assert!(over.try_recv().is_ok());
        assert_eq!(packets[11].len(), 12 + FRAME, "sound again afterwards");
    }

    #[test]
    fn a_gateway_lets_the_beginning_of_a_tone_through() {
        let mut sender = Sender::new(Signal::Silence, Impairment::default());
        let (done, _over) = oneshot::channel();
        sender.press(Press::new(Key::Star, KeyStyle::Gateway, done));
        let packets: Vec<Vec<u8>> = (0..12).map(|_| sender.next(&connection()).unwrap().to_vec()).collect();
        let types: Vec<u8> = packets.iter().map(|p| p[1]).collect();
        assert_eq!(types, [0x80, 0, 0xe5, 101, 101, 101, 101, 101, 0, 0, 0, 0]);
        assert_ne!(packets[0][12..], packets[11][12..], "a tone and not silence");
    }

    #[test]
    fn loss_on_purpose_is_repeatable_and_near_its_share() {
        let lost = |seed| {
            let mut sender = Sender::new(Signal::Silence, Impairment { loss: 0.05, seed });
            (0..2_000).map(|_| sender.next(&connection()).is_none()).collect::<Vec<_>>()
        };
        assert_eq!(lost(7), lost(7));
        assert!((60..140).contains(&lost(7).iter().filter(|l| **l).count()));
    }
}
