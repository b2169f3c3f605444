//! Sound without words, made by ourselves: hold audio and the tone before a message.

use std::f32::consts::TAU;

use super::RATE;

/// What a waiting caller hears between announcements.
pub const HOLD: &str = "system.hold";
/// What a caller hears before leaving a message.
pub const BEEP: &str = "system.beep";

/// Kind of what waiting callers hear.
pub const KIND_HOLD: &str = "hold";
/// Kind of signals.
pub const KIND_TONE: &str = "tone";

/// The sound made for a kind that needs no words.
pub fn of_kind(kind: &str) -> Option<Vec<f32>> {
    match kind {
        KIND_HOLD => Some(hold()),
        KIND_TONE => Some(beep()),
        _ => None,
    }
}

/// Seconds a note of the hold melody takes until the next one begins.
const STEP: f32 = 0.75;
/// The melody: two calm phrases over a pentatonic scale, in semitones from A4; `None` is a rest.
const MELODY: [Option<i8>; 16] = [
    Some(-9),
    Some(-5),
    Some(-2),
    Some(3),
    Some(0),
    None,
    Some(-2),
    Some(-5),
    Some(-9),
    Some(-7),
    Some(-5),
    Some(-2),
    Some(-7),
    None,
    Some(-12),
    None,
];
/// Under it, one low note every four steps.
const BASS: [i8; 4] = [-21, -24, -16, -14];

/// Hold audio of 12 s that repeats without a seam: what rings beyond the end sounds at the beginning.
pub fn hold() -> Vec<f32> {
    let step = (STEP * RATE as f32) as usize;
    let mut loop_ = vec![0.0; step * MELODY.len()];
    for (i, note) in MELODY.iter().enumerate() {
        if let Some(semitones) = note {
            ring(&mut loop_, i * step, *semitones, 0.16);
        }
    }
    for (i, semitones) in BASS.iter().enumerate() {
        ring(&mut loop_, i * 4 * step, *semitones, 0.12);
    }
    loop_
}

/// Adds one struck, fading note with two overtones, wrapping round at the end of the loop.
fn ring(sound: &mut [f32], start: usize, semitones: i8, loudness: f32) {
    let hz = 440.0 * (f32::from(semitones) / 12.0).exp2();
    let length = (3.0 * RATE as f32) as usize;
    for i in 0..length {
        let t = i as f32 / RATE as f32;
        let attack = (t / 0.03).min(1.0);
        let release = ((length - i) as f32 / (0.1 * RATE as f32)).min(1.0);
        let envelope = loudness * attack * release * (-t / 0.7).exp();
        let wave =
            (TAU * hz * t).sin() + 0.35 * (TAU * 2.0 * hz * t).sin() + 0.12 * (TAU * 3.0 * hz * t).sin();
        let at = (start + i) % sound.len();
        sound[at] += envelope * wave;
    }
}

/// 0.4 s of 1,000 Hz, which is no frequency of a telephone key, with soft edges.
pub fn beep() -> Vec<f32> {
    let length = (0.4 * RATE as f32) as usize;
    let edge = 0.01 * RATE as f32;
    let wave = |i: usize| {
        let soft = (i as f32 / edge).min((length - i) as f32 / edge).min(1.0);
        0.3 * soft * (TAU * 1_000.0 * i as f32 / RATE as f32).sin()
    };
    (0..length).map(wave).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hold_audio_is_calm_never_clips_and_has_no_seam() {
        let hold = hold();
        assert_eq!(hold.len(), 12 * RATE as usize);
        assert!(hold.iter().all(|s| s.abs() < 0.6));
        let jump = (hold[0] - hold[hold.len() - 1]).abs();
        let largest = hold.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(jump <= largest, "the seam ({jump}) is no louder than the melody ({largest})");
        let second = RATE as usize;
        for (i, chunk) in hold.chunks(second).enumerate() {
            let power = chunk.iter().map(|s| s * s).sum::<f32>() / second as f32;
            assert!(power > 1e-5, "never dead air: second {i} has {power}");
        }
    }

    #[test]
    fn the_tone_begins_and_ends_softly() {
        let beep = beep();
        assert_eq!(beep.len(), 3_200);
        assert!(beep[0].abs() < 0.01 && beep[beep.len() - 1].abs() < 0.03);
    }
}
