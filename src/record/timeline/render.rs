//! Placed stretches to samples, one second at a time.

use std::sync::Arc;

use super::{Piece, RATE, Report, Sound};
use crate::media::command::Codec;
use crate::media::g711;

/// Where the bytes are.
#[derive(Debug)]
pub(super) struct Sources {
    pub store: Vec<u8>,
    /// `None`: the prompt is nowhere to be found.
    pub clips: Vec<Option<Arc<[u8]>>>,
    /// Of the caller's leg: what prompts were encoded with.
    pub codec: Codec,
}

impl Sources {
    fn bytes(&self, sound: Sound) -> (&[u8], &'static [i16; 256]) {
        let (bytes, from, codec) = match sound {
            Sound::Voice { from, codec } => (Some(&self.store[..]), from, codec),
            Sound::Prompt { prompt, offset } => {
                let clip = usize::try_from(prompt).ok().and_then(|n| self.clips.get(n));
                (clip.and_then(Option::as_deref), offset, self.codec)
            }
        };
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        (bytes.and_then(|b| b.get(from..)).unwrap_or_default(), g711::decoder(codec))
    }

    fn is_lost(&self, sound: Sound) -> bool {
        match sound {
            Sound::Voice { .. } => false,
            Sound::Prompt { prompt, .. } => {
                usize::try_from(prompt).ok().and_then(|n| self.clips.get(n)).is_none_or(Option::is_none)
            }
        }
    }
}

/// A finished recording: ask for its samples.
#[derive(Debug)]
pub struct Recording {
    pub report: Report,
    /// Caller, and what the caller heard.
    channels: [Vec<Piece>; 2],
    sources: Sources,
    masks: Vec<(u32, u32)>,
    length: u32,
}

pub(super) fn assemble(
    mut channels: [Vec<Piece>; 2],
    sources: Sources,
    masks: Vec<(u32, u32)>,
    (length, unresolved): (u32, u64),
) -> Recording {
    for pieces in &mut channels {
        untangle(pieces);
    }
    let ms = |samples: u64| samples * 1_000 / u64::from(RATE);
    let lost = channels[1].iter().filter(|piece| sources.is_lost(piece.sound));
    let lost: u64 = lost.map(|piece| u64::from(piece.end - piece.start)).sum();
    let report = Report {
        length_ms: ms(u64::from(length)),
        missing_ms: ms(gaps(&channels[0], &masks, length) + lost + unresolved),
        masked_ms: ms(masks.iter().map(|(from, to)| u64::from(to - from)).sum()),
    };
    Recording { report, channels, sources, masks, length }
}

/// In order and without overlap: where two meet, the later one is heard.
fn untangle(pieces: &mut [Piece]) {
    pieces.sort_by_key(|piece| piece.start);
    for i in 1..pieces.len() {
        let next = pieces[i].start;
        let before = &mut pieces[i - 1];
        before.end = before.end.min(next);
    }
}

/// Samples neither covered nor masked.
fn gaps(pieces: &[Piece], masks: &[(u32, u32)], length: u32) -> u64 {
    let unmasked = |from: u32, to: u32| {
        let masked = masks.iter().map(|(a, b)| u64::from((*b).min(to).saturating_sub((*a).max(from))));
        u64::from(to.saturating_sub(from)).saturating_sub(masked.sum())
    };
    let mut covered = 0;
    let mut missing = 0;
    for piece in pieces {
        missing += unmasked(covered, piece.start.min(length));
        covered = covered.max(piece.end).min(length);
    }
    missing + unmasked(covered, length)
}

impl Recording {
    /// Samples of each channel.
    pub fn samples(&self) -> u32 {
        self.length
    }

    /// Gives the samples to `sink`, left and right in turn, at most one second at a time.
    pub fn write<E>(&self, mut sink: impl FnMut(&[i16]) -> Result<(), E>) -> Result<(), E> {
        let mut buffer = vec![0_i16; RATE as usize * 2];
        let mut cursors = [0, 0];
        let mut from = 0;
        while from < self.length {
            let to = (from + RATE).min(self.length);
            let chunk = &mut buffer[..(to - from) as usize * 2];
            chunk.fill(0);
            for (channel, cursor) in cursors.iter_mut().enumerate() {
                self.render(channel, cursor, (from, to), chunk);
            }
            self.silence_masked((from, to), chunk);
            sink(chunk)?;
            from = to;
        }
        Ok(())
    }

    fn render(&self, channel: usize, cursor: &mut usize, (from, to): (u32, u32), chunk: &mut [i16]) {
        while let Some(piece) = self.channels[channel].get(*cursor) {
            if piece.start >= to {
                return;
            }
            let (start, end) = (piece.start.max(from), piece.end.min(to));
            if start < end {
                let (bytes, table) = self.sources.bytes(piece.sound);
                let bytes = bytes.get((start - piece.start) as usize..).unwrap_or_default();
                let first = (start - from) as usize;
                let frames = chunk[first * 2..(end - from) as usize * 2].as_chunks_mut::<2>().0;
                for (frame, byte) in frames.iter_mut().zip(bytes) {
                    frame[channel] = table[usize::from(*byte)];
                }
            }
            if piece.end > to {
                return;
            }
            *cursor += 1;
        }
    }

    fn silence_masked(&self, (from, to): (u32, u32), chunk: &mut [i16]) {
        for (a, b) in &self.masks {
            let (a, b) = ((*a).clamp(from, to), (*b).clamp(from, to));
            let frames =
                chunk[(a - from) as usize * 2..(b.max(a) - from) as usize * 2].as_chunks_mut::<2>().0;
            frames.iter_mut().for_each(|frame| frame[0] = 0);
        }
    }
}
