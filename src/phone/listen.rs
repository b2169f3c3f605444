//! What was in a sound: a known prompt, a tone.
//!
//! A prompt counts as heard when its normalised correlation with what came is at least 0.8 over at
//! least 95 % of its length. The search is two-staged: envelopes (20 ms steps) find the places worth
//! looking at, the samples themselves decide.

use std::f64::consts::TAU;

use super::signal::RATE;

/// Least correlation of a block that counts as heard.
pub const LEAST_SCORE: f64 = 0.8;
/// Least share of a prompt's length that must be heard.
pub const LEAST_COVERAGE: f64 = 0.95;

/// Samples of one step of the envelope.
const STEP: usize = 160;
/// Samples of one block whose correlation is looked at by itself.
const BLOCK: usize = 1_600;
/// Samples of the loudest stretch that settles the exact place.
const ANCHOR: usize = 800;
/// Below this RMS a block is silence (about −50 dBFS).
const SILENCE: f64 = 100.0;
/// Spread of an envelope against its level below which it has no shape.
const FLAT: f64 = 0.25;
/// Least likeness of two shapes that is worth a closer look.
const ALIKE: f64 = 0.6;
/// Frames that a receiver's jitter buffer may have dropped or put in: whole packets only.
const SLIPS: [isize; 5] = [0, 160, -160, 320, -320];

/// Where a prompt was found in a sound, and how well.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Match {
    /// Sample of the sound at which the prompt begins.
    pub offset: usize,
    /// Normalised correlation over the whole prompt, −1 to 1.
    pub score: f64,
    /// Share of the prompt's length whose own correlation is at least [`LEAST_SCORE`].
    pub coverage: f64,
}

impl Match {
    /// The criterion for "this prompt was heard".
    pub fn is_heard(&self) -> bool {
        self.score >= LEAST_SCORE && self.coverage >= LEAST_COVERAGE
    }
}

/// The best place of `prompt` in `heard`; a default match if either is empty or silent.
pub fn correlation(heard: &[i16], prompt: &[i16]) -> Match {
    let Some(anchor) = loudest(prompt) else { return Match::default() };
    let mut best = Match::default();
    for place in candidates(heard, prompt) {
        let offset = exact_place(heard, prompt, anchor, place);
        let found = compare(heard, prompt, offset);
        if found.score > best.score {
            best = found;
        }
        if best.is_heard() {
            break;
        }
    }
    best
}

/// Root mean square of samples.
pub fn rms(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    (energy(samples) / samples.len() as f64).sqrt()
}

fn energy(samples: &[i16]) -> f64 {
    dot(samples, samples)
}

fn envelope(samples: &[i16]) -> Vec<f64> {
    samples.chunks(STEP).map(rms).collect()
}

/// Start of the loudest [`ANCHOR`] samples; `None` for silence.
fn loudest(prompt: &[i16]) -> Option<usize> {
    let width = ANCHOR.min(prompt.len());
    let starts = (0..=prompt.len() - width).step_by(STEP);
    let loudness = |start: usize| rms(&prompt[start..start + width]);
    let best = starts.max_by(|a, b| loudness(*a).total_cmp(&loudness(*b)))?;
    (width > 0 && loudness(best) >= SILENCE).then_some(best)
}

/// Steps of the sound at which the prompt may begin, most likely first; at most ten.
fn candidates(heard: &[i16], prompt: &[i16]) -> Vec<usize> {
    let pattern = envelope(prompt);
    let mut sound = envelope(heard);
    sound.resize(sound.len() + pattern.len() / 2, 0.0);
    if sound.len() < pattern.len() || heard.is_empty() {
        return Vec::new();
    }
    let mean = pattern.iter().sum::<f64>() / pattern.len() as f64;
    let centred: Vec<f64> = pattern.iter().map(|p| p - mean).collect();
    let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
    let (centred_norm, plain_norm) = (norm(&centred), norm(&pattern));
    let mut by_shape = Vec::new();
    let mut by_level = Vec::new();
    for (start, window) in sound.windows(pattern.len()).enumerate() {
        let Overlap { sum, squares, product } = overlap(window, &pattern);
        let spread = (squares - sum * sum / window.len() as f64).max(0.0).sqrt();
        by_shape.push(((product - mean * sum) / (centred_norm * spread).max(1.0), start));
        by_level.push((product / (plain_norm * squares.sqrt()).max(1.0), start));
    }
    // A tone has no shape; only its level tells where it is.
    if centred_norm < FLAT * plain_norm {
        return peaks(by_level, 4).into_iter().map(|(_, start)| start).collect();
    }
    let likely = |(score, _): &(f64, usize)| *score >= ALIKE;
    peaks(by_shape, 8).into_iter().filter(likely).map(|(_, start)| start).collect()
}

/// Sums over two envelopes of one length.
#[derive(Default)]
struct Overlap {
    sum: f64,
    squares: f64,
    product: f64,
}

/// An indexed loop, like that of [`dot`]: tests listen in real time without optimisation, where it is
/// several times as fast as iterators.
fn overlap(window: &[f64], pattern: &[f64]) -> Overlap {
    let mut all = Overlap::default();
    let mut at = 0;
    while at < window.len() && at < pattern.len() {
        let here = window[at];
        all.sum += here;
        all.squares += here * here;
        all.product += here * pattern[at];
        at += 1;
    }
    all
}

/// The `count` highest places that are no neighbours of a higher one.
fn peaks(mut scored: Vec<(f64, usize)>, count: usize) -> Vec<(f64, usize)> {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<(f64, usize)> = Vec::new();
    for (score, start) in scored.into_iter().take(count * 16) {
        if chosen.len() < count && chosen.iter().all(|(_, other)| start.abs_diff(*other) > 1) {
            chosen.push((score, start));
        }
    }
    chosen
}

/// The sample at which the prompt begins, near `step`, by its loudest stretch.
fn exact_place(heard: &[i16], prompt: &[i16], anchor: usize, step: usize) -> isize {
    let width = ANCHOR.min(prompt.len() - anchor);
    let piece = &prompt[anchor..anchor + width];
    let middle = signed(step * STEP + anchor);
    let reach = signed(STEP) + 40;
    let from = usize::try_from(middle - reach).unwrap_or(0).min(heard.len());
    let to = usize::try_from(middle + reach).unwrap_or(0).saturating_add(width).min(heard.len());
    let near = &heard[from..to.max(from)];
    // The energy of every window out of running sums: one pass instead of one a place.
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    sums.extend(near.iter().map(|s| {
        sum += f64::from(*s) * f64::from(*s);
        sum
    }));
    let scored = near.windows(width).enumerate().map(|(at, sound)| {
        let energy = sums[at + width] - sums[at];
        (dot(sound, piece) / energy.max(0.0).sqrt().max(1.0), signed(from + at) - signed(anchor))
    });
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(signed(step * STEP), |(_, at)| at)
}

/// Block by block: how alike the sound from `offset` on and the prompt are.
fn compare(heard: &[i16], prompt: &[i16], offset: isize) -> Match {
    let (mut dot_sum, mut heard_sum, mut prompt_sum) = (0.0, 0.0, 0.0);
    let mut covered = 0;
    let mut slip = 0;
    for (n, block) in prompt.chunks(BLOCK).enumerate() {
        let at = offset + signed(n * BLOCK);
        let piece = |shift: isize| window(heard, at + shift, block.len());
        if rms(block) < SILENCE {
            covered += if rms(piece(slip)) < 2.0 * SILENCE { block.len() } else { 0 };
            continue;
        }
        if normalised(piece(slip), block) < LEAST_SCORE {
            let better = SLIPS.iter().map(|s| slip + s).find(|s| normalised(piece(*s), block) >= LEAST_SCORE);
            slip = better.unwrap_or(slip);
        }
        let sound = piece(slip);
        dot_sum += dot(sound, block);
        heard_sum += energy(sound);
        prompt_sum += energy(block);
        covered += if normalised(sound, block) >= LEAST_SCORE { block.len() } else { 0 };
    }
    Match {
        offset: usize::try_from(offset).unwrap_or(0),
        score: dot_sum / (heard_sum * prompt_sum).sqrt().max(1.0),
        coverage: covered as f64 / prompt.len().max(1) as f64,
    }
}

/// Samples `at..at + width` as far as they exist: the part before the beginning or after the end
/// is left out, which [`dot`] takes as silence only at the end, so a negative start is empty.
fn window(samples: &[i16], at: isize, width: usize) -> &[i16] {
    let Ok(start) = usize::try_from(at) else { return &[] };
    let end = (start + width).min(samples.len());
    samples.get(start..end).unwrap_or(&[])
}

fn dot(a: &[i16], b: &[i16]) -> f64 {
    let mut sum = 0;
    let mut at = 0;
    while at < a.len() && at < b.len() {
        sum += (a[at] as i32 * b[at] as i32) as i64;
        at += 1;
    }
    sum as f64
}

fn normalised(a: &[i16], b: &[i16]) -> f64 {
    dot(a, b) / (energy(a) * energy(b)).sqrt().max(1.0)
}

fn signed(n: usize) -> isize {
    isize::try_from(n).unwrap_or(isize::MAX / 2)
}

/// Share (0–1) of the energy of `samples` that lies at `hz` (Goertzel).
pub fn tone_share(samples: &[i16], hz: f64) -> f64 {
    let total = energy(samples);
    if total < 1.0 {
        return 0.0;
    }
    2.0 * goertzel(samples, hz) / (total * samples.len() as f64)
}

/// Squared magnitude of the spectrum of `samples` at `hz`.
pub(super) fn goertzel(samples: &[i16], hz: f64) -> f64 {
    let turn = 2.0 * (TAU * hz / RATE).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + turn * last - before;
        before = last;
        last = next;
    }
    last * last + before * before - turn * last * before
}

/// For how many seconds, in blocks of 50 ms, at least half of the sound's energy is at `hz`.
pub fn tone_seconds(samples: &[i16], hz: f64) -> f64 {
    const WIDTH: usize = 400;
    let holds = |block: &&[i16]| rms(block) >= SILENCE && tone_share(block, hz) >= 0.5;
    samples.chunks_exact(WIDTH).filter(holds).count() as f64 * WIDTH as f64 / RATE
}

#[cfg(test)]
#[path = "listen_tests.rs"]
pub(super) mod tests;
