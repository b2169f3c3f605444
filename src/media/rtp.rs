//! The RTP header, read and written in place (RFC 3550 §5.1).
//!
//! Fifty packets a second and leg come through here, so nothing is allocated: the payload is a
//! slice of the datagram. `rtc-rtp` owns its header lists and payload (`Vec`, `Bytes`), which costs
//! an allocation and a copy a packet; it serves as the second opinion in the tests instead.

/// Length of a header without contributing sources and extension.
pub const HEADER_BYTES: usize = 12;

/// The fixed part of the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

/// Header and payload; `None` if this is no RTP packet, or RTCP that came to the wrong port.
pub fn parse(packet: &[u8]) -> Option<(Header, &[u8])> {
    let (fixed, rest) = packet.split_first_chunk::<HEADER_BYTES>()?;
    let [first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
    if first >> 6 != 2 || is_rtcp(second) {
        return None;
    }
    let mut payload = rest.get(usize::from(first & 0x0F) * 4..)?;
    if first & 0x10 != 0 {
        let ([_, _, l0, l1], _) = payload.split_first_chunk::<4>()?;
        payload = payload.get(4 + usize::from(u16::from_be_bytes([*l0, *l1])) * 4..)?;
    }
    if first & 0x20 != 0 {
        let padding = usize::from(*payload.last()?);
        payload = payload.get(..payload.len().checked_sub(padding.max(1))?)?;
    }
    let header = Header {
        marker: second & 0x80 != 0,
        payload_type: second & 0x7F,
        sequence: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
    };
    Some((header, payload))
}

/// Second octets 192–223 are RTCP packet types (RFC 5761 §4).
fn is_rtcp(second: u8) -> bool {
    (192..=223).contains(&second)
}

/// The twelve bytes before the payload.
pub fn write(header: &Header) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    out[0] = 0x80;
    out[1] = (header.payload_type & 0x7F) | if header.marker { 0x80 } else { 0 };
    out[2..4].copy_from_slice(&header.sequence.to_be_bytes());
    out[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
    out[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;
    use rtc_shared::marshal::Marshal;

    fn theirs(header: Header, csrc: Vec<u32>, payload: Vec<u8>) -> rtc_rtp::Packet {
        rtc_rtp::Packet {
            header: rtc_rtp::Header {
                version: 2,
                marker: header.marker,
                payload_type: header.payload_type,
                sequence_number: header.sequence,
                timestamp: header.timestamp,
                ssrc: header.ssrc,
                csrc,
                ..Default::default()
            },
            payload: Bytes::from(payload),
        }
    }

    proptest! {
        #[test]
        fn reads_what_another_implementation_writes(
            marker: bool, payload_type in 0u8..64, sequence: u16, timestamp: u32, ssrc: u32,
            csrc in prop::collection::vec(any::<u32>(), 0..15),
            payload in prop::collection::vec(any::<u8>(), 0..320),
        ) {
            let header = Header { marker, payload_type, sequence, timestamp, ssrc };
            let packet = theirs(header, csrc, payload.clone()).marshal().unwrap();
            let (ours, rest) = parse(&packet).unwrap();
            prop_assert_eq!(ours, header);
            prop_assert_eq!(rest, &payload[..]);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Some((_, payload)) = parse(&bytes) {
                prop_assert!(payload.len() + HEADER_BYTES <= bytes.len());
            }
        }

        #[test]
        fn reads_back_what_it_writes(
            marker: bool, payload_type in 0u8..64, sequence: u16, timestamp: u32, ssrc: u32,
        ) {
            let header = Header { marker, payload_type, sequence, timestamp, ssrc };
            let bytes = write(&header);
            prop_assert_eq!(parse(&bytes), Some((header, &[][..])));
        }
    }

    #[test]
    fn extension_and_padding_are_not_payload() {
        let header = Header { marker: false, payload_type: 0, sequence: 1, timestamp: 2, ssrc: 3 };
        let mut packet = write(&header).to_vec();
        packet[0] |= 0x30;
        packet.extend_from_slice(&[0xBE, 0xDE, 0, 1, 9, 9, 9, 9]);
        packet.extend_from_slice(&[7, 8, 0, 2]);
        assert_eq!(parse(&packet).unwrap().1, &[7, 8]);
        *packet.last_mut().unwrap() = 200;
        assert_eq!(parse(&packet), None, "padding longer than the packet");
    }

    #[test]
    fn rtcp_and_other_versions_are_no_rtp() {
        let mut packet = [0x80; 20];
        packet[1] = 200;
        assert_eq!(parse(&packet), None);
        assert_eq!(parse(&[0x40; 20]), None);
        assert_eq!(parse(&[0x80; 11]), None);
    }
}
