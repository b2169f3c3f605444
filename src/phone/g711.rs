//! G.711 (ITU-T), written for the phone alone: an error in the server's tables is heard, not shared.

use crate::media::command::Codec;

const MU_BIAS: i32 = 132;
const MU_CLIP: i32 = 32_635;

/// One µ-law byte as a linear sample.
pub fn decode_mu(byte: u8) -> i16 {
    let code = i32::from(!byte);
    let magnitude = (((code & 0x0f) << 3) + MU_BIAS) << ((code >> 4) & 0x07);
    let sample = if code & 0x80 == 0 { magnitude - MU_BIAS } else { MU_BIAS - magnitude };
    clamp(sample)
}

/// A linear sample as µ-law.
pub fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(MU_CLIP) + MU_BIAS;
    let exponent = (magnitude >> 7).ilog2();
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !byte(sign | (i32::try_from(exponent).unwrap_or(7) << 4) | mantissa)
}

/// One A-law byte as a linear sample.
pub fn decode_a(byte: u8) -> i16 {
    let code = i32::from(byte ^ 0x55);
    let (exponent, mantissa) = ((code >> 4) & 0x07, (code & 0x0f) << 4);
    let magnitude = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    clamp(if code & 0x80 == 0 { -magnitude } else { magnitude })
}

/// A linear sample as A-law.
pub fn encode_a(sample: i16) -> u8 {
    let positive = sample >= 0;
    let magnitude = i32::from(if positive { sample } else { !sample });
    let code = if magnitude < 256 {
        magnitude >> 4
    } else {
        let exponent = i32::try_from(magnitude.ilog2()).unwrap_or(14) - 7;
        (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)
    };
    byte(code ^ 0x55 ^ if positive { 0x80 } else { 0 })
}

/// Linear samples of G.711 bytes.
pub fn decode(codec: Codec, bytes: &[u8]) -> Vec<i16> {
    let one = match codec {
        Codec::Pcmu => decode_mu,
        Codec::Pcma => decode_a,
    };
    bytes.iter().map(|b| one(*b)).collect()
}

/// G.711 bytes of linear samples.
pub fn encode(codec: Codec, samples: &[i16]) -> Vec<u8> {
    let one = match codec {
        Codec::Pcmu => encode_mu,
        Codec::Pcma => encode_a,
    };
    samples.iter().map(|s| one(*s)).collect()
}

fn byte(code: i32) -> u8 {
    u8::try_from(code & 0xff).unwrap_or(0)
}

fn clamp(sample: i32) -> i16 {
    i16::try_from(sample.clamp(i32::from(i16::MIN), i32::from(i16::MAX))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_a_round_trip() {
        for code in 0..=255u8 {
            assert_eq!(encode_a(decode_a(code)), code, "A-law {code:#x}");
            if code != 0x7f {
                assert_eq!(encode_mu(decode_mu(code)), code, "µ-law {code:#x}");
            }
        }
        assert_eq!(
            (decode_mu(0x7f), encode_mu(0)),
            (0, 0xff),
            "µ-law has two zeros; we send the positive one"
        );
    }

    #[test]
    fn known_points_of_the_curves() {
        assert_eq!((decode_mu(0x00), decode_mu(0x80)), (-32_124, 32_124));
        assert_eq!((decode_a(0x2a), decode_a(0xaa)), (-32_256, 32_256));
        assert_eq!((encode_mu(i16::MIN), encode_mu(i16::MAX)), (0x00, 0x80));
        assert_eq!((encode_a(i16::MIN), encode_a(i16::MAX)), (0x2a, 0xaa));
    }
}
