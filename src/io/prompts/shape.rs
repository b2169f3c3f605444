//! Sound to telephone sound: 8,000 Hz, band-limited, silence trimmed, one loudness for all prompts.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::RATE;
use super::wav::{Sound, WavError};

/// Silence kept before the first and after the last sound.
const MARGIN_MS: usize = 50;
/// What is quieter than this (-46 dB of full scale) at the edges is silence.
const SILENCE: f32 = 0.005;
/// Peak of every prompt: -4 dB of full scale, so that G.711 never clips.
const PEAK: f32 = 0.63;

/// Converts the rate; the filter of the conversion removes what 8,000 Hz cannot carry.
pub fn resample(sound: Sound) -> Result<Vec<f32>, WavError> {
    if sound.rate == RATE {
        return Ok(sound.samples);
    }
    let rate = sound.rate;
    let failed = |why: String| WavError::Resample(rate, why);
    let frames = sound.samples.len();
    let mut resampler = Fft::<f32>::new(rate as usize, RATE as usize, 1024, 1, FixedSync::Both)
        .map_err(|e| failed(e.to_string()))?;
    let input = SequentialSlice::new(&sound.samples, 1, frames).map_err(|e| failed(e.to_string()))?;
    let output = resampler.process_all(&input, frames, None).map_err(|e| failed(e.to_string()))?;
    Ok(output.take_data())
}

/// Cuts silence at both ends down to 50 ms; sound that is all silence stays as it is.
pub fn trim(samples: Vec<f32>) -> Vec<f32> {
    let loud = |s: &f32| s.abs() > SILENCE;
    let (Some(first), Some(last)) = (samples.iter().position(loud), samples.iter().rposition(loud)) else {
        return samples;
    };
    let margin = MARGIN_MS * RATE as usize / 1000;
    let mut kept = vec![0.0; margin.saturating_sub(first)];
    kept.extend(&samples[first.saturating_sub(margin)..(last + 1 + margin).min(samples.len())]);
    kept.extend(vec![0.0; (last + 1 + margin).saturating_sub(samples.len())]);
    kept
}

/// Scales to the common peak; silence stays silence.
pub fn normalise(mut samples: Vec<f32>) -> Vec<f32> {
    let peak = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    if peak > SILENCE {
        let gain = PEAK / peak;
        samples.iter_mut().for_each(|s| *s *= gain);
    }
    samples
}

pub fn to_i16(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|s| (s.clamp(-1.0, 1.0) * 32_767.0).round() as i16).collect()
}

/// All of it, for what a synthesiser made.
pub fn telephone(sound: Sound) -> Result<Vec<i16>, WavError> {
    Ok(to_i16(&normalise(trim(resample(sound)?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hz: f32, seconds: f32) -> Vec<f32> {
        let n = (rate as f32 * seconds) as usize;
        (0..n).map(|i| 0.5 * (std::f32::consts::TAU * hz * i as f32 / rate as f32).sin()).collect()
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32
    }

    #[test]
    fn speech_band_passes_and_what_would_alias_is_removed() {
        let pass = resample(Sound { rate: 22_050, samples: tone(22_050, 1_000.0, 1.0) }).unwrap();
        assert_eq!(pass.len(), 8_000);
        assert!((power(&pass) - 0.125).abs() < 0.01, "{}", power(&pass));
        let stop = resample(Sound { rate: 22_050, samples: tone(22_050, 6_000.0, 1.0) }).unwrap();
        assert!(power(&stop[200..7_800]) < 1e-6, "{}", power(&stop));
    }

    #[test]
    fn every_usual_rate_keeps_the_length() {
        for rate in [8_000, 11_025, 16_000, 24_000, 44_100, 48_000] {
            let made = resample(Sound { rate, samples: tone(rate, 440.0, 0.5) }).unwrap();
            assert!(made.len().abs_diff(4_000) <= 1, "{rate}: {}", made.len());
        }
    }

    #[test]
    fn fifty_milliseconds_of_silence_stay_at_each_end() {
        let sound = tone(RATE, 440.0, 0.1);
        for pad in [0, 100, 8_000] {
            let padded = [vec![0.0; pad], sound.clone(), vec![0.0; pad]].concat();
            let kept = trim(padded);
            assert!(kept.len().abs_diff(sound.len() + 800) < 10, "{pad}: {}", kept.len());
            assert!(kept[..390].iter().all(|s| s.abs() <= SILENCE));
        }
        assert_eq!(trim(vec![0.0; 100]).len(), 100);
    }

    #[test]
    fn all_prompts_are_equally_loud() {
        let peak = |s: Vec<f32>| s.iter().fold(0.0_f32, |p, s| p.max(s.abs()));
        assert!((peak(normalise(vec![0.1, -0.2])) - PEAK).abs() < 1e-6);
        assert!((peak(normalise(vec![1.0, -0.2])) - PEAK).abs() < 1e-6);
        assert_eq!(peak(normalise(vec![0.0; 4])), 0.0);
    }
}
