//! Finds keys pressed as tones (ITU-T Q.23, Q.24) in a sound: the proof that no secret key can be
//! read back from a recording. Errs towards hearing a key rather than missing one.

use super::listen::{goertzel, rms};
use crate::ids::Key;

const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const PAD: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Samples of one analysis block, and how far the next is.
const BLOCK: usize = 205;
const HOP: usize = 80;
/// Both tones together must hold this share of the energy.
const PURITY: f64 = 0.6;
/// Neither tone may be stronger than the other by more than this factor (8 dB).
const TWIST: f64 = 6.3;
/// Shortest tone that counts: 24 ms more than one block.
const LEAST_BLOCKS: usize = 3;

/// A key found in a sound.
#[derive(Clone, Copy, PartialEq)]
pub struct DecodedKey {
    pub key: Key,
    /// Sample at which its tone begins.
    pub at: usize,
}

/// Every key whose tones are in `samples`, in order.
pub fn decode_keys(samples: &[i16]) -> Vec<DecodedKey> {
    let mut found = Vec::new();
    let mut current: Option<(char, usize, usize)> = None;
    let mut start = 0;
    while start + BLOCK <= samples.len() {
        let tone = key_of(&samples[start..start + BLOCK]);
        current = match (tone, current) {
            (Some(c), Some((last, at, count))) if c == last => Some((c, at, count + 1)),
            (Some(c), _) => Some((c, start, 1)),
            (None, _) => None,
        };
        if let Some((c, at, LEAST_BLOCKS)) = current {
            found.extend(Key::from_char(c).map(|key| DecodedKey { key, at }));
        }
        start += HOP;
    }
    found
}

fn key_of(block: &[i16]) -> Option<char> {
    let level = rms(block);
    if level < 40.0 {
        return None;
    }
    let total = level * level * block.len() as f64 * block.len() as f64 / 2.0;
    let strongest = |tones: &[f64; 4]| {
        let powers = tones.map(|hz| goertzel(block, hz));
        let best = (0..4).max_by(|a, b| powers[*a].total_cmp(&powers[*b]))?;
        let others = (0..4).filter(|i| *i != best).map(|i| powers[i]).fold(0.0, f64::max);
        (powers[best] > 4.0 * others).then_some((best, powers[best]))
    };
    let (row, low) = strongest(&ROWS)?;
    let (column, high) = strongest(&COLUMNS)?;
    let balanced = low < TWIST * high && high < TWIST * low;
    ((low + high) / total >= PURITY && balanced).then_some(PAD[row][column])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::signal::{FRAME, key_frame, tone};

    fn keyed(keys: &str) -> Vec<i16> {
        let mut sound = vec![0i16; 8_000];
        for key in keys.chars().filter_map(Key::from_char) {
            sound.extend((0..4).flat_map(|n| key_frame(key, n * FRAME)));
            sound.extend(vec![0i16; 480]);
        }
        sound
    }

    fn text(sound: &[i16]) -> String {
        decode_keys(sound).iter().map(|k| k.key.as_char()).collect()
    }

    #[test]
    fn every_key_is_found_once_and_where_it_was() {
        let sound = keyed("0123456789*#55");
        assert_eq!(text(&sound), "0123456789*#55");
        assert!(decode_keys(&sound)[0].at.abs_diff(8_000) < 250);
    }

    #[test]
    fn keys_are_found_under_noise_and_not_in_single_tones() {
        let noisy: Vec<i16> =
            keyed("739").iter().enumerate().map(|(i, s)| s + ((i * 7_919) % 601) as i16 - 300).collect();
        assert_eq!(text(&noisy), "739");
        assert_eq!(text(&tone(770.0, 0.4, 1.0)), "");
        assert_eq!(text(&tone(1_336.0, 0.4, 1.0)), "");
        assert_eq!(text(&[0; 8_000]), "");
    }
}
