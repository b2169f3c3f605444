//! Sender and receiver reports with a CNAME (RFC 3550 §6): written, and read as far as needed.
//!
//! `rtc-rtcp` allocates for every packet and reads far more kinds than are used, in the thread that
//! carries a thousand calls; two fixed layouts read by checked slices are less that can go wrong.
//! It is the second opinion in the tests.

use crate::media::receive_stats::Block;
use crate::now::Wall;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;

/// Bytes of the longest report written here: sender report, one block, CNAME.
pub const MAX_BYTES: usize = 80;
/// Length of our CNAMEs.
pub const CNAME_BYTES: usize = 16;

/// A report to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Report {
    pub ssrc: u32,
    pub cname: [u8; CNAME_BYTES],
    /// `None` for one who has sent nothing since the last report.
    pub sender: Option<Sender>,
    pub block: Option<Block>,
    /// Middle of the NTP time of the peer's last sender report, 0 if there was none.
    pub last_sr: u32,
    /// Since that report, in 1/65536 s.
    pub delay: u32,
}

/// What a sender says about itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sender {
    pub ntp: u64,
    pub timestamp: u32,
    pub packets: u32,
    pub bytes: u32,
}

/// What was read from the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incoming {
    pub ssrc: u32,
    /// Middle of the NTP time, if it was a sender report.
    pub ntp_middle: Option<u32>,
}

/// NTP time (RFC 5905) of a wall-clock time.
pub fn ntp(wall: Wall) -> u64 {
    const SECONDS_1900_TO_1970: u64 = 2_208_988_800;
    let ms = u64::try_from(wall.0).unwrap_or(0);
    ((ms / 1000 + SECONDS_1900_TO_1970) << 32) | (((ms % 1000) << 32) / 1000)
}

/// Writes a compound packet into `out`; its length.
pub fn write(report: &Report, out: &mut [u8; MAX_BYTES]) -> usize {
    let mut writer = Writer { out, at: 0 };
    let (packet_type, own_words) =
        if report.sender.is_some() { (SENDER_REPORT, 5) } else { (RECEIVER_REPORT, 0) };
    let (blocks, block_words) = if report.block.is_some() { (1, 6) } else { (0, 0) };
    writer.header(blocks, packet_type, 1 + own_words + block_words);
    writer.word(report.ssrc);
    if let Some(sender) = &report.sender {
        writer.word((sender.ntp >> 32) as u32);
        writer.word(sender.ntp as u32);
        writer.word(sender.timestamp);
        writer.word(sender.packets);
        writer.word(sender.bytes);
    }
    if let Some(block) = &report.block {
        writer.word(block.ssrc);
        writer.word(u32::from(block.fraction_lost) << 24 | (block.lost & 0xFF_FFFF));
        writer.word(block.highest_sequence);
        writer.word(block.jitter);
        writer.word(report.last_sr);
        writer.word(report.delay);
    }
    // One chunk: SSRC, CNAME item (type, length, text), at least one zero to the next word.
    writer.header(1, SOURCE_DESCRIPTION, 6);
    writer.word(report.ssrc);
    writer.bytes(&[1, CNAME_BYTES as u8]);
    writer.bytes(&report.cname);
    writer.bytes(&[0, 0]);
    writer.at
}

struct Writer<'a> {
    out: &'a mut [u8; MAX_BYTES],
    at: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.out[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn header(&mut self, count: u8, packet_type: u8, words: u8) {
        self.bytes(&[0x80 | count, packet_type, 0, words]);
    }
}

/// Reads a compound packet; `None` if it is none (appendix A.2: version 2 throughout, begins with
/// a report, lengths add up).
pub fn read(packet: &[u8]) -> Option<Incoming> {
    let mut rest = packet;
    let mut first = None;
    while !rest.is_empty() {
        let ([flags, packet_type, l0, l1], _) = rest.split_first_chunk::<4>()?;
        let length = 4 + 4 * usize::from(u16::from_be_bytes([*l0, *l1]));
        let body = rest.get(4..length)?;
        if flags >> 6 != 2 {
            return None;
        }
        if first.is_none() {
            first = Some(read_report(*packet_type, body)?);
        }
        rest = rest.get(length..)?;
    }
    first
}

fn read_report(packet_type: u8, body: &[u8]) -> Option<Incoming> {
    let (ssrc, rest) = body.split_first_chunk::<4>()?;
    let ntp_middle = match packet_type {
        SENDER_REPORT => {
            let ([_, _, a, b, c, d, _, _], _) = rest.split_first_chunk::<8>()?;
            Some(u32::from_be_bytes([*a, *b, *c, *d]))
        }
        RECEIVER_REPORT => None,
        _ => return None,
    };
    Some(Incoming { ssrc: u32::from_be_bytes(*ssrc), ntp_middle })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rtc_rtcp::packet::{marshal, unmarshal};
    use rtc_rtcp::reception_report::ReceptionReport;
    use rtc_rtcp::sender_report::SenderReport;
    use rtc_rtcp::source_description::SourceDescription;

    fn report() -> Report {
        let sender = Sender { ntp: 0x0102_0304_0506_0708, timestamp: 9, packets: 10, bytes: 1600 };
        let block = Block { ssrc: 7, fraction_lost: 3, lost: 70_000, highest_sequence: 65_540, jitter: 11 };
        Report {
            ssrc: 5,
            cname: *b"0123456789abcdef",
            sender: Some(sender),
            block: Some(block),
            last_sr: 12,
            delay: 13,
        }
    }

    #[test]
    fn another_implementation_reads_what_we_write() {
        let mut out = [0; MAX_BYTES];
        let length = write(&report(), &mut out);
        assert_eq!(length, MAX_BYTES);
        let packets = unmarshal(&mut &out[..length]).unwrap();
        let theirs = packets[0].as_any().downcast_ref::<SenderReport>().unwrap();
        assert_eq!((theirs.ssrc, theirs.ntp_time), (5, 0x0102_0304_0506_0708));
        assert_eq!((theirs.rtp_time, theirs.packet_count, theirs.octet_count), (9, 10, 1600));
        let block = ReceptionReport {
            ssrc: 7,
            fraction_lost: 3,
            total_lost: 70_000,
            last_sequence_number: 65_540,
            jitter: 11,
            last_sender_report: 12,
            delay: 13,
        };
        assert_eq!(theirs.reports, [block]);
        let names = packets[1].as_any().downcast_ref::<SourceDescription>().unwrap();
        assert_eq!(&names.chunks[0].items[0].text[..], b"0123456789abcdef");
    }

    #[test]
    fn a_listener_reports_without_sending() {
        let mut out = [0; MAX_BYTES];
        let length = write(&Report { sender: None, block: None, ..report() }, &mut out);
        assert_eq!(unmarshal(&mut &out[..length]).unwrap().len(), 2);
        assert_eq!(read(&out[..length]), Some(Incoming { ssrc: 5, ntp_middle: None }));
    }

    #[test]
    fn we_read_what_another_implementation_writes() {
        let theirs = SenderReport { ssrc: 77, ntp_time: 0x0102_0304_0506_0708, ..Default::default() };
        let bytes = marshal(&[Box::new(theirs)]).unwrap();
        assert_eq!(read(&bytes), Some(Incoming { ssrc: 77, ntp_middle: Some(0x0304_0506) }));
        assert_eq!(read(&bytes[..bytes.len() - 1]), None, "cut short");
    }

    #[test]
    fn ntp_counts_from_1900() {
        assert_eq!(ntp(Wall(500)), 2_208_988_800 << 32 | 1 << 31);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
