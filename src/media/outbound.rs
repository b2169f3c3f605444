//! The stream we send: one packet a tick, built in place (RFC 3550 §5.1).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::media::rtp::{self, HEADER_BYTES};
use crate::media::{FRAME, FRAME_BYTES};
use crate::now::Mono;

/// Bytes of a packet of 20 ms.
pub const PACKET_BYTES: usize = HEADER_BYTES + FRAME_BYTES;

#[derive(Clone, Debug)]
pub struct Outbound {
    packet: [u8; PACKET_BYTES],
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    /// When the last tick was.
    ticked: Option<Mono>,
    marker: Marker,
    sent: u64,
}

/// The first packet after silence says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Marker {
    Due,
    Not,
}

impl Outbound {
    /// SSRC, first sequence number and first time stamp come from `seed` (§5.1: unpredictable).
    pub fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        Outbound {
            packet: [0; PACKET_BYTES],
            ssrc: random.next_u32(),
            sequence: random.next_u32() as u16,
            timestamp: random.next_u32(),
            ticked: None,
            marker: Marker::Due,
            sent: 0,
        }
    }

    /// The tick at `at`: time goes on, whether a packet is sent or not.
    pub fn tick(&mut self, at: Mono) {
        let frame = FRAME.as_nanos() as u64;
        let passed = match self.ticked.replace(at) {
            Some(before) => ((at.since(before).as_nanos() as u64 + frame / 2) / frame).max(1),
            None => 0,
        };
        self.timestamp = self.timestamp.wrapping_add((passed as u32).wrapping_mul(FRAME_BYTES as u32));
    }

    /// Where the sound of this tick is put.
    pub fn payload(&mut self) -> &mut [u8; FRAME_BYTES] {
        let (_, payload) =
            self.packet.split_last_chunk_mut::<FRAME_BYTES>().expect("the packet is longer than a frame");
        payload
    }

    /// Nothing is sent in this tick.
    pub fn pause(&mut self) {
        self.marker = Marker::Due;
    }

    /// The packet of this tick, to be sent.
    pub fn packet(&mut self, payload_type: u8) -> &[u8; PACKET_BYTES] {
        self.sequence = self.sequence.wrapping_add(1);
        self.sent += 1;
        let header = rtp::write(&rtp::Header {
            marker: self.marker == Marker::Due,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        });
        self.marker = Marker::Not;
        self.packet[..HEADER_BYTES].copy_from_slice(&header);
        &self.packet
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Time stamp of the last tick.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }
}
