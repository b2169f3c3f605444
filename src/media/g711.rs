//! G.711 in both laws (ITU-T G.711), sample by sample and between each other by table.

use crate::media::command::Codec;

/// Added before µ-law's logarithm is taken.
const BIAS: i32 = 132;
/// Largest magnitude µ-law expresses.
const CLIP: i32 = 32_635;

/// One µ-law byte for one linear sample.
pub const fn encode_pcmu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (sample as i32).abs();
    let biased = if magnitude > CLIP { CLIP } else { magnitude } + BIAS;
    let exponent = 24 - (biased as u32).leading_zeros();
    let mantissa = (biased >> (exponent + 3)) & 0x0F;
    !(sign | (exponent as u8) << 4 | mantissa as u8)
}

/// The linear sample of one µ-law byte.
pub const fn decode_pcmu(byte: u8) -> i16 {
    let bits = !byte;
    let exponent = (bits >> 4) & 7;
    let magnitude = ((((bits & 0x0F) as i32) << 3) + BIAS) << exponent;
    let magnitude = (magnitude - BIAS) as i16;
    if bits & 0x80 != 0 { -magnitude } else { magnitude }
}

/// One A-law byte for one linear sample.
pub const fn encode_pcma(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0, !sample) } else { (0x80, sample) };
    let mut bits = (magnitude >> 4) as u8 as u16 | ((magnitude >> 4) as u16 & 0x700);
    if bits > 15 {
        let exponent = 12 - bits.leading_zeros() as u16;
        bits = ((bits >> (exponent - 1)) & 0x0F) | exponent << 4;
    }
    (bits as u8 | sign) ^ 0x55
}

/// The linear sample of one A-law byte.
pub const fn decode_pcma(byte: u8) -> i16 {
    let bits = (byte ^ 0x55) & 0x7F;
    let exponent = bits >> 4;
    let mut magnitude = ((bits & 0x0F) as i16) << 4 | 8;
    if exponent > 0 {
        magnitude = (magnitude + 256) << (exponent - 1);
    }
    if byte & 0x80 != 0 { magnitude } else { -magnitude }
}

/// One byte of `codec` for one linear sample.
pub const fn encode(codec: Codec, sample: i16) -> u8 {
    match codec {
        Codec::Pcmu => encode_pcmu(sample),
        Codec::Pcma => encode_pcma(sample),
    }
}

/// The linear sample of one byte of `codec`.
pub const fn decode(codec: Codec, byte: u8) -> i16 {
    match codec {
        Codec::Pcmu => decode_pcmu(byte),
        Codec::Pcma => decode_pcma(byte),
    }
}

/// The byte of a silent sample.
pub const fn silence(codec: Codec) -> u8 {
    match codec {
        Codec::Pcmu => 0xFF,
        Codec::Pcma => 0xD5,
    }
}

const fn between(from: Codec, to: Codec) -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = encode(to, decode(from, byte as u8));
        byte += 1;
    }
    table
}

static PCMU_TO_PCMA: [u8; 256] = between(Codec::Pcmu, Codec::Pcma);
static PCMA_TO_PCMU: [u8; 256] = between(Codec::Pcma, Codec::Pcmu);

const fn linear(codec: Codec) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = decode(codec, byte as u8);
        byte += 1;
    }
    table
}

static PCMU_LINEAR: [i16; 256] = linear(Codec::Pcmu);
static PCMA_LINEAR: [i16; 256] = linear(Codec::Pcma);

/// The linear sample of each byte.
pub fn decoder(codec: Codec) -> &'static [i16; 256] {
    match codec {
        Codec::Pcmu => &PCMU_LINEAR,
        Codec::Pcma => &PCMA_LINEAR,
    }
}

/// The linear samples of bytes.
pub fn samples(codec: Codec, bytes: &[u8]) -> Vec<i16> {
    let table = decoder(codec);
    bytes.iter().map(|byte| table[usize::from(*byte)]).collect()
}

/// The bytes of linear samples.
pub fn bytes(codec: Codec, samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|sample| encode(codec, *sample)).collect()
}

/// Copies `from` into `to`, byte for byte, in another law if need be. The shorter of both counts.
pub fn transcode(from: (Codec, &[u8]), to: (Codec, &mut [u8])) {
    let table = match (from.0, to.0) {
        (Codec::Pcmu, Codec::Pcma) => &PCMU_TO_PCMA,
        (Codec::Pcma, Codec::Pcmu) => &PCMA_TO_PCMU,
        (Codec::Pcmu, Codec::Pcmu) | (Codec::Pcma, Codec::Pcma) => {
            let length = from.1.len().min(to.1.len());
            to.1[..length].copy_from_slice(&from.1[..length]);
            return;
        }
    };
    for (out, byte) in to.1.iter_mut().zip(from.1) {
        *out = table[usize::from(*byte)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];

    #[test]
    fn known_points_of_the_standard() {
        for (sample, byte) in [(0, 0xFF), (32_124, 0x80), (-32_124, 0x00), (8, 0xFE), (-8, 0x7E)] {
            assert_eq!(encode_pcmu(sample), byte, "{sample}");
            assert_eq!(decode_pcmu(byte), sample, "{byte:#x}");
        }
        for (sample, byte) in [(8, 0xD5), (-8, 0x55), (32_256, 0xAA), (-32_256, 0x2A), (24, 0xD4)] {
            assert_eq!(encode_pcma(sample), byte, "{sample}");
            assert_eq!(decode_pcma(byte), sample, "{byte:#x}");
        }
        assert_eq!(decode_pcmu(0x7F), 0, "negative zero");
    }

    /// What stands in the recommendation itself, at both ends of each law.
    #[test]
    fn full_scale_is_cut_and_both_laws_are_symmetric() {
        assert_eq!((encode_pcmu(i16::MIN), encode_pcmu(i16::MAX)), (0x00, 0x80));
        assert_eq!((encode_pcma(i16::MIN), encode_pcma(i16::MAX)), (0x2A, 0xAA));
        for codec in BOTH {
            let table = decoder(codec);
            for byte in 0..=255u8 {
                assert_eq!(table[usize::from(byte)], -table[usize::from(byte ^ 0x80)], "{codec:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn every_byte_survives_a_round_trip() {
        for codec in BOTH {
            for byte in 0..=255u8 {
                let sample = decode(codec, byte);
                assert_eq!(decode(codec, encode(codec, sample)), sample, "{codec:?} {byte:#x}");
            }
        }
    }

    #[test]
    fn every_sample_stays_within_half_a_step() {
        for codec in BOTH {
            let mut last = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let back = decode(codec, encode(codec, sample));
                assert!(back >= last, "{codec:?} is monotonic at {sample}");
                last = back;
                let error = (i32::from(sample) - i32::from(back)).abs();
                let step = (i32::from(sample).abs() / 16).max(16);
                assert!(error <= step, "{codec:?} {sample} came back as {back}");
            }
        }
    }

    #[test]
    fn laws_are_exchanged_by_table_with_little_loss() {
        let bytes: Vec<u8> = (0..=255).collect();
        let (mut there, mut back) = ([0; 256], [0; 256]);
        transcode((Codec::Pcmu, &bytes), (Codec::Pcma, &mut there));
        transcode((Codec::Pcma, &there), (Codec::Pcmu, &mut back));
        for (before, after) in bytes.iter().zip(back) {
            let (before, after) = (i32::from(decode_pcmu(*before)), i32::from(decode_pcmu(after)));
            assert!((before - after).abs() <= (before.abs() / 8).max(16), "{before} {after}");
        }
        assert_eq!(encode(Codec::Pcma, decode_pcmu(silence(Codec::Pcmu))), silence(Codec::Pcma));
    }
}
