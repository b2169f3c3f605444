//! Tests of `listen`: prompts are made of chirps, so that every stretch is unlike every other.

use super::*;
use crate::media::command::Codec;
use crate::media::g711;
use crate::phone::signal::tone;

/// Speech-like sound of `seconds`: syllables of changing pitch and loudness with pauses, from `seed`.
pub(in crate::phone) fn speech(seed: u64, seconds: f64) -> Vec<i16> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut sound = Vec::new();
    while (sound.len() as f64) < seconds * RATE {
        let length = (800.0 + 1_600.0 * next()) as usize;
        let (low, high, level) =
            (120.0 + 200.0 * next(), 600.0 + 1_800.0 * next(), 2_000.0 + 8_000.0 * next());
        let bend = 0.2 * next();
        for i in 0..length {
            let t = i as f64 / RATE;
            let rise = 1.0 + bend * i as f64 / length as f64;
            let hump = (std::f64::consts::PI * i as f64 / length as f64).sin();
            sound.push(
                (hump * level * ((TAU * low * rise * t).sin() + 0.6 * (TAU * high * rise * t).sin()) / 1.6)
                    as i16,
            );
        }
        sound.extend(vec![0; (400.0 + 1_200.0 * next()) as usize]);
    }
    sound.truncate((seconds * RATE) as usize);
    sound
}

fn noise(sound: &[i16], amplitude: i16) -> Vec<i16> {
    let wide = 2 * usize::try_from(amplitude).unwrap() + 1;
    sound.iter().enumerate().map(|(i, s)| s.saturating_add((i * 7_919 % wide) as i16 - amplitude)).collect()
}

#[test]
fn a_prompt_is_found_where_it_was_played() {
    let prompt = speech(1, 5.0);
    for shift in [0, 1, 79, 8_000, 12_345] {
        let mut heard = vec![0; shift];
        heard.extend(&prompt);
        heard.extend(vec![0; 4_000]);
        let coded = g711::samples(Codec::Pcmu, &g711::bytes(Codec::Pcmu, &heard));
        let found = correlation(&noise(&coded, 100), &prompt);
        assert!(found.is_heard(), "{found:?}");
        assert!(found.offset.abs_diff(shift) <= 1, "{found:?} instead of {shift}");
    }
}

#[test]
fn other_prompts_are_not() {
    let mut heard = vec![0; 3_000];
    heard.extend(speech(1, 6.0));
    for other in 2..8 {
        let found = correlation(&heard, &speech(other, 4.0));
        assert!(found.score < 0.5 && !found.is_heard(), "{found:?}");
    }
}

#[test]
fn a_prompt_cut_short_is_covered_in_part() {
    let prompt = speech(3, 6.0);
    let mut heard = vec![0; 500];
    heard.extend(&prompt[..24_000]);
    heard.extend(vec![0; 40_000]);
    let found = correlation(&heard, &prompt);
    assert!((0.4..0.75).contains(&found.coverage) && !found.is_heard(), "{found:?}");
    assert!(found.offset.abs_diff(500) <= 1);
}

#[test]
fn frames_slipped_by_a_jitter_buffer_do_not_hide_it() {
    let prompt = speech(4, 6.0);
    let mut heard = prompt[..20_000].to_vec();
    heard.extend(vec![0; 160]);
    heard.extend(&prompt[20_000..]);
    let found = correlation(&heard, &prompt);
    assert!(found.is_heard(), "{found:?}");
}

#[test]
fn nothing_is_found_in_nothing() {
    assert_eq!(correlation(&[], &speech(1, 1.0)), Match::default());
    assert_eq!(correlation(&speech(1, 1.0), &[]), Match::default());
    assert_eq!(correlation(&[0; 8_000], &[0; 800]), Match::default(), "silence is no prompt");
    assert!(!correlation(&[0; 8_000], &speech(1, 0.5)).is_heard());
}

#[test]
fn tones_are_told_apart() {
    let sound = noise(&tone(440.0, 0.3, 2.0), 500);
    assert!(tone_seconds(&sound, 440.0) >= 1.9);
    assert!(tone_seconds(&sound, 620.0) < 0.1);
    assert!(tone_seconds(&speech(1, 3.0), 440.0) < 0.5);
    assert!(correlation(&sound, &tone(440.0, 0.3, 0.5)).is_heard(), "a tone is a prompt too");
}
