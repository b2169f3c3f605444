//! A recording out of a call's spooled entries: two channels of 16-bit samples at 8 kHz.
//!
//! Left is the caller as received, each packet placed by its RTP time stamp ([`place`]); right is
//! all that the caller heard, out of the references of what was sent. Where nothing was received
//! there is silence, and the report says how much. G.711 bytes are kept and decoded a second at a
//! time, so that a call of four hours needs its packets in memory and not its samples.

mod place;
mod render;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

pub use render::Recording;

use super::block::{Item, Packet};
use super::spool::{Entry, Source};
use crate::ids::{CallId, LegId, PromptHash};
use crate::media::command::{Clip, Codec};
use crate::now::Mono;
use place::{FRAME, Placement};

/// Samples a second of each channel.
pub const RATE: u32 = 8_000;
/// A recording never grows beyond this (36 h): a WAV file ends at 4 GiB.
const LONGEST: u32 = 36 * 3_600 * RATE;
/// Frames sent within this (10 ms) of the end of those before follow them without a gap.
const SNAP: i64 = 80;
/// A reference to a peer's packet means one received within this time of its being sent.
const PEER_AGE_MS: u64 = 5_000;
/// A peer's packet may be written so long after it was sent on: voice waits before it is recorded.
const PEER_LATER: Duration = Duration::from_secs(1);

/// What a recording came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    pub length_ms: u64,
    /// Sound of the caller never received, and sound sent whose source cannot be found.
    pub missing_ms: u64,
    /// Sound of the caller silenced on purpose.
    pub masked_ms: u64,
}

/// A stretch of one channel and where its sound comes from; positions in samples.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    end: u32,
    sound: Sound,
}

#[derive(Clone, Copy, Debug)]
enum Sound {
    /// Bytes of the store from `from` on.
    Voice { from: u32, codec: Codec },
    /// Bytes of prompt number `prompt` from `offset` on.
    Prompt { prompt: u32, offset: u32 },
}

/// A packet kept for references.
#[derive(Clone, Copy, Debug)]
struct Voice {
    at: Mono,
    from: u32,
    length: u16,
    codec: Codec,
}

/// What is known of one leg.
#[derive(Debug, Default)]
struct Track {
    voices: Vec<Voice>,
    /// Newest packet of each RTP sequence number, plus one; empty until a packet comes.
    newest: Vec<u32>,
    masked_since: Option<Mono>,
    masks: Vec<(Mono, Mono)>,
}

impl Track {
    fn keep(&mut self, sequence: u16, voice: Voice) {
        if self.newest.is_empty() {
            self.newest = vec![0; 65_536];
        }
        self.voices.push(voice);
        if let Some(newest) = self.newest.get_mut(usize::from(sequence)) {
            *newest = u32::try_from(self.voices.len()).unwrap_or(0);
        }
    }

    fn find(&self, sequence: u16, at: Mono) -> Option<Voice> {
        let newest = *self.newest.get(usize::from(sequence))?;
        let voice = *self.voices.get(usize::try_from(newest.checked_sub(1)?).ok()?)?;
        let apart = at.since(voice.at).max(voice.at.since(at));
        (apart.as_millis() <= u128::from(PEER_AGE_MS)).then_some(voice)
    }

    fn mask(&mut self, at: Mono, on: bool) {
        match (self.masked_since, on) {
            (None, true) => self.masked_since = Some(at),
            (Some(since), false) => {
                self.masks.push((since, at));
                self.masked_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn is_masked(&self, at: Mono) -> bool {
        self.masked_since.is_some_and(|since| since <= at)
            || self.masks.iter().any(|(from, to)| (*from..*to).contains(&at))
    }
}

/// Gathers the entries of one call, in the order they were written.
#[derive(Debug)]
pub struct Timeline {
    call: CallId,
    zero: Option<Mono>,
    last: Mono,
    /// The caller's leg was closed.
    closed: Option<Mono>,
    /// G.711 bytes of every packet.
    store: Vec<u8>,
    tracks: BTreeMap<u16, Track>,
    placement: Placement,
    codec: Codec,
    left: Vec<Piece>,
    right: Vec<Piece>,
    prompts: Vec<PromptHash>,
    sent: Sent,
}

/// What the caller was sent.
#[derive(Debug, Default)]
struct Sent {
    /// End of what was sent last, in samples.
    end: i64,
    /// Samples whose source was not found.
    unresolved: u64,
    /// Frames of a peer, the oldest first, whose packet may still follow.
    open: VecDeque<PeerFrame>,
}

/// A frame that was sent and refers to a peer's packet.
#[derive(Clone, Copy, Debug)]
struct PeerFrame {
    start: i64,
    at: Mono,
    leg: u16,
    sequence: u16,
}

impl Timeline {
    pub fn new(call: CallId) -> Self {
        Timeline {
            call,
            zero: None,
            last: Mono(0),
            closed: None,
            store: Vec::new(),
            tracks: BTreeMap::new(),
            placement: Placement::default(),
            codec: Codec::Pcmu,
            left: Vec::new(),
            right: Vec::new(),
            prompts: Vec::new(),
            sent: Sent::default(),
        }
    }

    pub fn feed(&mut self, item: &Item<'_>) {
        let at = item.at();
        self.last = self.last.max(at);
        self.resolve(|frame| at.since(frame.at) > PEER_LATER);
        let zero = *self.zero.get_or_insert(at);
        match item {
            Item::Packet(packet) => self.received(packet, zero),
            Item::Other(Entry::LegOpened { leg, .. }) if leg.is_caller() => self.zero = Some(at),
            Item::Other(Entry::LegClosed { leg, .. }) if leg.is_caller() => self.closed = Some(at),
            Item::Other(Entry::Sent { leg, frames, source, .. }) if leg.is_caller() => {
                self.sent(position(at, zero), at, *frames, *source);
            }
            Item::Other(Entry::Masked { leg, on, .. }) => {
                self.tracks.entry(leg.n).or_default().mask(at, *on);
            }
            Item::Other(
                Entry::LegOpened { .. }
                | Entry::LegClosed { .. }
                | Entry::Sent { .. }
                | Entry::Received { .. }
                | Entry::CallEnded { .. },
            ) => {}
        }
    }

    fn received(&mut self, packet: &Packet<'_>, zero: Mono) {
        let (Ok(from), Ok(length)) = (u32::try_from(self.store.len()), u16::try_from(packet.payload.len()))
        else {
            return;
        };
        if length == 0 || self.store.len() as u64 > u64::from(LONGEST) * 4 {
            return;
        }
        self.store.extend_from_slice(packet.payload);
        if packet.leg.is_caller() {
            self.codec = packet.codec;
            let arrival = position(packet.at, zero);
            let placed = self.placement.place(arrival, packet.sequence, packet.timestamp, i64::from(length));
            let bridge = placed.bridge.min(i64::from(length));
            if bridge > 0 {
                // The sender's clock is slow: its sound is stretched by some milliseconds of itself.
                let sound = Sound::Voice { from, codec: packet.codec };
                add(&mut self.left, placed.position - bridge, bridge, sound);
            }
            let sound = Sound::Voice { from, codec: packet.codec };
            add(&mut self.left, placed.position, i64::from(length), sound);
            return;
        }
        let voice = Voice { at: packet.at, from, length, codec: packet.codec };
        self.tracks.entry(packet.leg.n).or_default().keep(packet.sequence, voice);
    }

    fn sent(&mut self, position: i64, at: Mono, frames: u16, source: Source) {
        let near = (position - self.sent.end).abs() <= SNAP;
        let start = if near { self.sent.end } else { position };
        let length = i64::from(frames) * FRAME;
        self.sent.end = start + length;
        match source {
            Source::Silence => {}
            Source::Prompt { hash, offset } => {
                let known = self.prompts.iter().rposition(|p| *p == hash);
                let prompt = known.unwrap_or_else(|| {
                    self.prompts.push(hash);
                    self.prompts.len() - 1
                });
                let prompt = u32::try_from(prompt).unwrap_or(u32::MAX);
                add(&mut self.right, start, length, Sound::Prompt { prompt, offset });
            }
            Source::Peer { leg, sequence } => self.sent.open.extend((0..frames).map(|n| PeerFrame {
                start: start + i64::from(n) * FRAME,
                at: Mono(at.0.saturating_add(u64::from(n) * 20_000_000)),
                leg: leg.n,
                sequence: sequence.wrapping_add(n),
            })),
        }
    }

    /// Finds the packets that frames refer to, from the oldest frame on, while `due`.
    fn resolve(&mut self, due: impl Fn(&PeerFrame) -> bool) {
        while let Some(frame) = self.sent.open.front().copied().filter(&due) {
            self.sent.open.pop_front();
            let track = self.tracks.entry(frame.leg).or_default();
            match track.find(frame.sequence, frame.at) {
                Some(voice) => {
                    let sound = Sound::Voice { from: voice.from, codec: voice.codec };
                    add(&mut self.right, frame.start, i64::from(voice.length), sound);
                }
                None if track.is_masked(frame.at) => {}
                None => self.sent.unresolved += FRAME.unsigned_abs(),
            }
        }
    }

    /// The recording, with every prompt it refers to taken from `prompts`.
    pub fn finish(mut self, prompts: impl Fn(PromptHash) -> Option<Clip>) -> Recording {
        self.resolve(|_| true);
        let zero = self.zero.unwrap_or(self.last);
        let end = position(self.closed.unwrap_or(self.last), zero).max(0);
        let length = u32::try_from(end).unwrap_or(LONGEST).min(LONGEST);
        let codec = self.codec;
        let clips = self.prompts.iter().map(|hash| {
            prompts(*hash).map(|clip| match codec {
                Codec::Pcmu => clip.pcmu,
                Codec::Pcma => clip.pcma,
            })
        });
        let clips = clips.collect();
        let last = self.last;
        let caller = self.tracks.entry(LegId::CALLER).or_default();
        caller.mask(last, false);
        let masks = caller.masks.iter().map(|(from, to)| {
            let place = |at| u32::try_from(position(at, zero).max(0)).unwrap_or(LONGEST).min(length);
            (place(*from), place(*to))
        });
        let masks = masks.collect();
        let sources = render::Sources { store: self.store, clips, codec };
        render::assemble([self.left, self.right], sources, masks, (length, self.sent.unresolved))
    }

    pub fn call(&self) -> CallId {
        self.call
    }
}

/// Samples from `zero` to `at`; negative before it.
fn position(at: Mono, zero: Mono) -> i64 {
    let samples = |d: std::time::Duration| i64::try_from(d.as_nanos() / 125_000).unwrap_or(i64::MAX);
    samples(at.since(zero)) - samples(zero.since(at))
}

/// Adds a stretch, without what lies before time zero or beyond the longest recording.
fn add(pieces: &mut Vec<Piece>, start: i64, length: i64, sound: Sound) {
    let cut = (-start).max(0);
    if cut >= length || start >= i64::from(LONGEST) {
        return;
    }
    let skip = u32::try_from(cut).unwrap_or(0);
    let sound = match sound {
        Sound::Voice { from, codec } => Sound::Voice { from: from + skip, codec },
        Sound::Prompt { prompt, offset } => Sound::Prompt { prompt, offset: offset.saturating_add(skip) },
    };
    let end = u32::try_from(start + length).unwrap_or(LONGEST).min(LONGEST);
    pieces.push(Piece { start: u32::try_from(start + cut).unwrap_or(0), end, sound });
}

#[cfg(test)]
mod tests;
