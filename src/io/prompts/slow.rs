//! Slower speech at the same pitch, for callers who need more time (HB-elder): overlap-add that looks
//! for the best fit (WSOLA; Verhelst and Roelands, 1993).
//!
//! Windows are taken from the sound at a slower pace than they are laid down. Each is shifted a little
//! so that its waves continue those of the window before, which keeps the pitch and leaves no clicks.

use super::RATE;

/// The speed of slow speech: 80 %, so the sound becomes 1.25 times as long.
const NUMERATOR: usize = 5;
const DENOMINATOR: usize = 4;
/// Length of a window: 30 ms, two to six periods of a voice.
const WINDOW: usize = 30 * RATE as usize / 1000;
/// Windows are laid down half a window apart.
const HOP: usize = WINDOW / 2;
/// How far a window may be shifted: 8 ms, one period of a deep voice.
const SHIFT: usize = 8 * RATE as usize / 1000;
/// First looks at every so many shifts and samples, then around the best.
const COARSE: usize = 4;

/// The same words in 1.25 times the time. What is shorter than a few windows stays as it is.
pub fn slow(samples: &[i16]) -> Vec<i16> {
    if samples.len() < WINDOW * 3 {
        return samples.to_vec();
    }
    let length = samples.len() * NUMERATOR / DENOMINATOR;
    let mut sum = vec![0.0_f32; length + WINDOW];
    let mut weight = vec![0.0_f32; length + WINDOW];
    let window = hann();
    let last = samples.len() - WINDOW;
    let mut from = 0;
    for at in (0..length).step_by(HOP) {
        if at > 0 {
            let wanted = (at * DENOMINATOR / NUMERATOR).min(last);
            // The window that would follow by itself in the sound.
            let next = (from + HOP).min(last);
            from = best(samples, &samples[next..next + WINDOW], wanted);
        }
        for (n, weighting) in window.iter().enumerate() {
            sum[at + n] += f32::from(samples[from + n]) * weighting;
            weight[at + n] += weighting;
        }
    }
    let sample = |(sum, weight): (&f32, &f32)| (sum / weight.max(1e-6)).round() as i16;
    sum.iter().zip(&weight).take(length).map(sample).collect()
}

/// Start of the window near `wanted` that is most like `like`.
fn best(samples: &[i16], like: &[i16], wanted: usize) -> usize {
    let (first, last) = (wanted.saturating_sub(SHIFT), (wanted + SHIFT).min(samples.len() - WINDOW));
    let near = most_like(samples, like, (first..=last).step_by(COARSE), COARSE).unwrap_or(wanted);
    let (first, last) = (near.saturating_sub(COARSE - 1).max(first), (near + COARSE - 1).min(last));
    most_like(samples, like, first..=last, 1).unwrap_or(near)
}

fn most_like(
    samples: &[i16],
    like: &[i16],
    starts: impl Iterator<Item = usize>,
    every: usize,
) -> Option<usize> {
    let rated = starts.map(|start| (likeness(&samples[start..start + WINDOW], like, every), start));
    // Of equals, as in silence, the first.
    rated.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, start)| start)
}

/// Normalised correlation: loud windows have no advantage over fitting ones.
fn likeness(a: &[i16], b: &[i16], every: usize) -> f32 {
    let (mut product, mut energy) = (0_i64, 1_i64);
    for (a, b) in a.iter().zip(b).step_by(every) {
        product += i64::from(*a) * i64::from(*b);
        energy += i64::from(*a) * i64::from(*a);
    }
    product as f32 / (energy as f32).sqrt()
}

fn hann() -> [f32; WINDOW] {
    let turn = std::f32::consts::TAU / WINDOW as f32;
    std::array::from_fn(|n| 0.5 - 0.5 * ((n as f32 + 0.5) * turn).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, seconds: f32) -> Vec<i16> {
        let samples = (RATE as f32 * seconds) as usize;
        let at = |n: usize| (n as f32 / RATE as f32 * hz * std::f32::consts::TAU).sin() * 12_000.0;
        (0..samples).map(|n| at(n) as i16).collect()
    }

    /// Rising zero crossings a second.
    fn frequency(samples: &[i16]) -> f32 {
        let crossings = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        crossings as f32 * RATE as f32 / samples.len() as f32
    }

    #[test]
    fn hb_elder_a_tone_becomes_longer_and_keeps_its_pitch_and_loudness() {
        for hz in [110.0, 220.0, 440.0, 1_000.0, 2_500.0] {
            let usual = tone(hz, 2.0);
            let slowly = slow(&usual);
            assert_eq!(slowly.len(), usual.len() * 5 / 4, "{hz} Hz");
            let ratio = frequency(&slowly) / frequency(&usual);
            assert!((0.99..1.01).contains(&ratio), "{hz} Hz became {} Hz", frequency(&slowly));
            let peak = |samples: &[i16]| samples.iter().map(|s| i32::from(*s).abs()).max().unwrap();
            let middle = &slowly[WINDOW..slowly.len() - WINDOW];
            assert!((11_000..=12_100).contains(&peak(middle)), "{hz} Hz at {}", peak(middle));
            // No window is laid down against the waves of the one before.
            let quietest = middle.chunks(WINDOW * 2).map(peak).min().unwrap();
            assert!(quietest > 10_000, "{hz} Hz fades to {quietest}");
        }
    }

    #[test]
    fn words_keep_their_order_and_pauses_grow_with_them() {
        let mut samples = tone(300.0, 0.5);
        samples.extend(vec![0; 4_000]);
        samples.extend(tone(600.0, 0.5));
        let slowly = slow(&samples);
        let part = |from: usize, to: usize| &slowly[from * slowly.len() / 30..to * slowly.len() / 30];
        assert!((295.0..305.0).contains(&frequency(part(1, 9))), "{}", frequency(part(1, 9)));
        assert!(part(12, 18).iter().all(|s| s.abs() < 300), "the pause");
        assert!((590.0..610.0).contains(&frequency(part(21, 29))), "{}", frequency(part(21, 29)));
    }

    #[test]
    fn silence_and_shreds_are_no_trouble() {
        assert!(slow(&[]).is_empty());
        assert_eq!(slow(&[5; 100]), [5; 100]);
        assert!(slow(&vec![0; 8_000]).iter().all(|s| *s == 0));
        let loud = slow(&vec![i16::MIN; 8_000]);
        assert!(loud.iter().all(|s| *s < -32_000), "nothing wraps around");
        let max: Vec<i16> = (0..8_000).map(|n| if n % 7 < 3 { i16::MAX } else { i16::MIN }).collect();
        assert_eq!(slow(&max).len(), 10_000);
    }
}
