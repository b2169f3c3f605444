//! Linear samples to G.711 (ITU-T G.711): µ-law and A-law, one byte a sample.

/// µ-law (table 2a): 14 bits, bias 33, all bits inverted.
pub fn to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (i32::from(sample).abs() >> 2).min(8_158) + 33;
    // 33..=8191: the highest set bit (5..=12) is the segment.
    let segment = 26 - magnitude.leading_zeros();
    let mantissa = (magnitude >> (segment + 1)) & 0x0f;
    !(sign | ((segment as u8) << 4) | mantissa as u8)
}

/// A-law (table 1a): 13 bits, even bits inverted.
pub fn to_alaw(sample: i16) -> u8 {
    let (sign, magnitude) = match i32::from(sample) >> 3 {
        positive @ 0.. => (0x80, positive),
        negative => (0, !negative),
    };
    let magnitude = magnitude.min(4_095);
    let code = match magnitude {
        0..=31 => magnitude >> 1,
        _ => {
            let segment = 27 - magnitude.leading_zeros();
            ((segment as i32) << 4) | ((magnitude >> segment) & 0x0f)
        }
    };
    (sign | code as u8) ^ 0x55
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_the_recommendation() {
        // Zero, full scale both ways, and the first step of each law.
        assert_eq!(to_ulaw(0), 0xff);
        assert_eq!(to_ulaw(i16::MAX), 0x80);
        assert_eq!(to_ulaw(i16::MIN), 0x00);
        assert_eq!(to_alaw(0), 0xd5);
        assert_eq!(to_alaw(-1), 0x55);
        assert_eq!(to_alaw(i16::MAX), 0xaa);
        assert_eq!(to_alaw(i16::MIN), 0x2a);
    }

    #[test]
    fn louder_never_encodes_as_softer() {
        let level_u = |s: i16| !to_ulaw(s) & 0x7f;
        let level_a = |s: i16| (to_alaw(s) ^ 0x55) & 0x7f;
        for s in 1..i16::MAX {
            assert!(level_u(s) >= level_u(s - 1), "µ-law at {s}");
            assert!(level_a(s) >= level_a(s - 1), "A-law at {s}");
            assert_eq!(level_u(s), level_u(-s), "µ-law is symmetric at {s}");
        }
    }
}
