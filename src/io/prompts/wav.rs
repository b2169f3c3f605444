//! WAV files to sound and back: what operations record with any tool becomes one channel of samples.

use std::io::Cursor;
use std::time::Duration;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::{MAX_SECONDS, RATE};

/// One channel; samples from -1 to 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Sound {
    pub rate: u32,
    pub samples: Vec<f32>,
}

impl Sound {
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate.max(1)))
    }
}

/// Why audio cannot be used; every text tells what to do.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    #[error("not a WAV file ({0}); save it as WAV, PCM, 8 or 16 bits")]
    NotWav(#[from] hound::Error),
    #[error("{0} bits in {1} channels cannot be read; save it as PCM, 8 or 16 bits, mono or stereo")]
    Unsupported(u16, u16),
    #[error("a rate of {0} Hz is outside 4,000–192,000 Hz; save it at 8,000 Hz or more")]
    Rate(u32),
    #[error("the audio is empty; record it again")]
    Empty,
    #[error("the audio is longer than {MAX_SECONDS} s; make it shorter, callers do not listen that long")]
    TooLong,
    #[error("the rate of {0} Hz cannot be converted ({1}); save it at 8,000 Hz")]
    Resample(u32, String),
}

/// Reads PCM of 8 or 16 bits, one or two channels, any usual rate; two channels are averaged.
pub fn decode(bytes: &[u8]) -> Result<Sound, WavError> {
    let mut reader = WavReader::new(Cursor::new(bytes))?;
    let spec = reader.spec();
    let usable = spec.sample_format == SampleFormat::Int
        && matches!(spec.bits_per_sample, 8 | 16)
        && matches!(spec.channels, 1 | 2);
    if !usable {
        return Err(WavError::Unsupported(spec.bits_per_sample, spec.channels));
    }
    if !(4_000..=192_000).contains(&spec.sample_rate) {
        return Err(WavError::Rate(spec.sample_rate));
    }
    if reader.duration() > spec.sample_rate.saturating_mul(MAX_SECONDS) {
        return Err(WavError::TooLong);
    }
    let full = if spec.bits_per_sample == 8 { 128.0 } else { 32_768.0 };
    let interleaved = reader.samples::<i16>().map(|s| s.map(|s| f32::from(s) / full));
    let interleaved = interleaved.collect::<Result<Vec<f32>, _>>()?;
    let samples = match spec.channels {
        1 => interleaved,
        _ => interleaved.chunks_exact(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect(),
    };
    match samples.is_empty() {
        true => Err(WavError::Empty),
        false => Ok(Sound { rate: spec.sample_rate, samples }),
    }
}

/// A WAV file as the product keeps them: 8,000 Hz, one channel, 16 bits.
pub fn encode(samples: &[i16]) -> Result<Vec<u8>, WavError> {
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut writer = WavWriter::new(&mut file, spec)?;
    for sample in samples {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}

/// A synthesiser that writes to a pipe cannot know the length when it writes the header and puts
/// a huge number there. Sets it to what really came.
pub fn mend_length(bytes: &mut Vec<u8>) {
    let mut at = 12;
    while let Some(header) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let rest = bytes.len() - at - 8;
        if &header[..4] == b"data" {
            if length > rest {
                let whole = rest & !3;
                bytes.truncate(at + 8 + whole);
                let whole = u32::try_from(whole).unwrap_or(u32::MAX);
                bytes[at + 4..at + 8].copy_from_slice(&whole.to_le_bytes());
            }
            return;
        }
        at = at.saturating_add(8).saturating_add(length).saturating_add(length & 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stereo_8_bit() -> Vec<u8> {
        let spec = WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 8,
            sample_format: SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut file, spec).unwrap();
        for sample in [64_i8, 0, -128, -128] {
            writer.write_sample(sample).unwrap();
        }
        writer.finalize().unwrap();
        file.into_inner()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        let sound = decode(&encode(&samples).unwrap()).unwrap();
        assert_eq!(sound.rate, 8_000);
        let back: Vec<i16> = sound.samples.iter().map(|s| (s * 32_768.0) as i16).collect();
        assert_eq!(back, samples);
    }

    #[test]
    fn two_channels_of_8_bits_become_one() {
        let sound = decode(&stereo_8_bit()).unwrap();
        assert_eq!(sound, Sound { rate: 16_000, samples: vec![0.25, -1.0] });
    }

    #[test]
    fn what_is_no_sound_is_an_error_and_never_a_panic() {
        assert!(matches!(decode(b"RIFF"), Err(WavError::NotWav(_))));
        assert!(matches!(decode(&encode(&[]).unwrap()), Err(WavError::Empty)));
        let good = encode(&[5; 100]).unwrap();
        for cut in 0..good.len() {
            assert!(decode(&good[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_streamed_header_gets_its_true_length() {
        let whole = encode(&[7; 100]).unwrap();
        let mut streamed = whole.clone();
        streamed[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert!(decode(&streamed).is_err());
        mend_length(&mut streamed);
        assert_eq!(decode(&streamed).unwrap(), decode(&whole).unwrap());
        let mut untouched = whole.clone();
        mend_length(&mut untouched);
        assert_eq!(untouched, whole);
        for cut in 0..whole.len() {
            mend_length(&mut whole[..cut].to_vec());
        }
    }
}
