//! What a phone says into the line: silence, a tone, keys as tones, or recorded sound.

use std::f64::consts::TAU;
use std::sync::Arc;

use crate::ids::Key;

/// Samples of one RTP packet: 20 ms at 8,000 Hz.
pub const FRAME: usize = 160;
/// Samples a second.
pub const RATE: f64 = 8_000.0;

/// A source of sound.
#[derive(Clone, Default)]
pub enum Signal {
    #[default]
    Silence,
    /// A sine; `level` is the share of full scale (0–1).
    Tone { hz: f64, level: f64 },
    /// Recorded sound, once, then silence.
    Samples(Arc<[i16]>),
    /// Recorded sound again and again.
    Loop(Arc<[i16]>),
}

impl Signal {
    /// A tone loud enough to be found beside speech, quiet enough not to clip.
    pub fn tone(hz: f64) -> Signal {
        Signal::Tone { hz, level: 0.3 }
    }

    /// The two frequencies of a key (ITU-T Q.23), for as long as it is the signal.
    pub fn key_tone(key: Key) -> [f64; 2] {
        const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
        const COLUMNS: [f64; 3] = [1_209.0, 1_336.0, 1_477.0];
        let (row, column) = match key {
            Key::Digit(0) => (3, 1),
            Key::Digit(d) => (usize::from(d.clamp(1, 9) - 1) / 3, usize::from(d.clamp(1, 9) - 1) % 3),
            Key::Star => (3, 0),
            Key::Pound => (3, 2),
        };
        [ROWS[row], COLUMNS[column]]
    }
}

/// Plays a [`Signal`] frame by frame.
pub(super) struct Player {
    signal: Signal,
    at: usize,
}

impl Player {
    pub fn new(signal: Signal) -> Player {
        Player { signal, at: 0 }
    }

    pub fn frame(&mut self) -> [i16; FRAME] {
        let start = self.at;
        self.at = self.at.wrapping_add(FRAME);
        let mut frame = [0; FRAME];
        match &self.signal {
            Signal::Silence => {}
            Signal::Tone { hz, level } => fill_tones(&mut frame, start, &[*hz], *level),
            Signal::Samples(samples) => {
                for (i, sample) in frame.iter_mut().enumerate() {
                    *sample = samples.get(start + i).copied().unwrap_or(0);
                }
            }
            Signal::Loop(samples) if samples.is_empty() => {}
            Signal::Loop(samples) => {
                for (i, sample) in frame.iter_mut().enumerate() {
                    *sample = samples[(start + i) % samples.len()];
                }
            }
        }
        frame
    }
}

/// The tones of `key` for one frame that begins `start` samples into the key.
pub(super) fn key_frame(key: Key, start: usize) -> [i16; FRAME] {
    let mut frame = [0; FRAME];
    fill_tones(&mut frame, start, &Signal::key_tone(key), 0.25);
    frame
}

/// Adds sines of equal level to `frame`, in phase with sample number `start`.
pub(super) fn fill_tones(frame: &mut [i16], start: usize, hz: &[f64], level: f64) {
    for (i, sample) in frame.iter_mut().enumerate() {
        let t = (start + i) as f64 / RATE;
        let sum: f64 = hz.iter().map(|f| (TAU * f * t).sin()).sum();
        *sample = (sum * level * 32_000.0).clamp(-32_000.0, 32_000.0) as i16;
    }
}

/// `seconds` of a sine, for tests and as recorded sound.
pub fn tone(hz: f64, level: f64, seconds: f64) -> Vec<i16> {
    let mut samples = vec![0; (seconds * RATE) as usize];
    fill_tones(&mut samples, 0, &[hz], level);
    samples
}

/// `seconds` of the two tones of a key.
pub fn key_tone(key: Key, seconds: f64) -> Vec<i16> {
    let mut samples = vec![0; (seconds * RATE) as usize];
    fill_tones(&mut samples, 0, &Signal::key_tone(key), 0.25);
    samples
}
