//! G.711 to linear samples, for reconstructing recordings. Tables are made at compile time.

use crate::media::command::Codec;

/// ITU-T G.711 µ-law: bits inverted; sign, three bits of exponent, four of mantissa; bias 33 in
/// 14-bit samples, here shifted to 16.
const fn mu_law(byte: u8) -> i16 {
    let bits = !byte;
    let magnitude = ((((bits & 0x0f) as i16) << 3) + 0x84) << ((bits >> 4) & 7);
    let sample = magnitude - 0x84;
    if bits & 0x80 != 0 { -sample } else { sample }
}

/// ITU-T G.711 A-law: every second bit inverted; a positive sample has its sign bit set.
const fn a_law(byte: u8) -> i16 {
    let bits = byte ^ 0x55;
    let exponent = (bits >> 4) & 7;
    let mantissa = ((bits & 0x0f) as i16) << 4;
    let magnitude = if exponent == 0 { mantissa + 8 } else { (mantissa + 0x108) << (exponent - 1) };
    if bits & 0x80 != 0 { magnitude } else { -magnitude }
}

const fn table(mu: bool) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        table[byte] = if mu { mu_law(byte as u8) } else { a_law(byte as u8) };
        byte += 1;
    }
    table
}

static MU_LAW: [i16; 256] = table(true);
static A_LAW: [i16; 256] = table(false);

/// The linear 16-bit sample of each byte.
pub fn decoder(codec: Codec) -> &'static [i16; 256] {
    match codec {
        Codec::Pcmu => &MU_LAW,
        Codec::Pcma => &A_LAW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_the_recommendation() {
        let mu = decoder(Codec::Pcmu);
        assert_eq!((mu[0xff], mu[0x7f], mu[0x00], mu[0x80]), (0, 0, -32_124, 32_124));
        let a = decoder(Codec::Pcma);
        assert_eq!((a[0xd5], a[0x55], a[0x2a], a[0xaa]), (8, -8, -32_256, 32_256));
    }

    #[test]
    fn both_laws_are_symmetric_and_monotonic() {
        for (codec, toggle) in [(Codec::Pcmu, 0xff_u8), (Codec::Pcma, 0x55)] {
            let table = decoder(codec);
            let rising: Vec<i16> = (0..128_u8)
                .map(|n| table[usize::from((n | if codec == Codec::Pcma { 0x80 } else { 0 }) ^ toggle)])
                .collect();
            assert!(rising.windows(2).all(|w| w[0] < w[1]), "{codec:?}");
            for byte in 0..=255_u8 {
                assert_eq!(table[usize::from(byte)], -table[usize::from(byte ^ 0x80)]);
            }
        }
    }
}
