//! When reports are sent, and what they must remember between them (RFC 3550 §6.2, §6.4).

use std::net::SocketAddr;
use std::time::Duration;

use crate::media::outbound::Outbound;
use crate::media::receive_stats::ReceiveStats;
use crate::media::{FRAME_BYTES, rtcp};
use crate::now::{Mono, Now};

/// Between two reports (§6.2: the recommended least).
const INTERVAL: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub struct Reports {
    next: Mono,
    cname: [u8; rtcp::CNAME_BYTES],
    /// Packets sent when the last report was written.
    sent_before: u64,
    /// The peer's last sender report: the middle of its time, and when it came.
    last_sr: Option<(u32, Mono)>,
    /// Where the peer's reports come from.
    from: Option<SocketAddr>,
}

impl Reports {
    /// The first report is due after part of an interval, told by `seed`, so that legs opened
    /// together do not report together.
    pub fn new(now: Mono, seed: u64) -> Self {
        let mut cname = [0; rtcp::CNAME_BYTES];
        // RFC 7022 §4.2: random and short-lived. Multiplied, so that it tells nothing of the seed
        // from which SSRC and sequence numbers come.
        let digits =
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        for (n, out) in cname.iter_mut().enumerate() {
            *out = b"0123456789abcdef"[(digits >> (4 * n)) as usize & 15];
        }
        let first = INTERVAL / 2 + Duration::from_millis(digits % 2500);
        Reports { next: now + first, cname, sent_before: 0, last_sr: None, from: None }
    }

    /// The peer reported.
    pub fn heard(&mut self, now: Mono, from: SocketAddr, incoming: &rtcp::Incoming) {
        self.from = Some(from);
        if let Some(middle) = incoming.ntp_middle {
            self.last_sr = Some((middle, now));
        }
    }

    /// The peer was given another address.
    pub fn forget_address(&mut self) {
        self.from = None;
    }

    /// Where reports go: where the peer's come from, else one port above `rtp`.
    pub fn destination(&self, rtp: SocketAddr) -> Option<SocketAddr> {
        let above = || Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
        self.from.or_else(above)
    }

    pub fn is_due(&self, now: Mono) -> bool {
        now >= self.next
    }

    /// The report due now.
    pub fn write(
        &mut self,
        now: Now,
        outbound: &Outbound,
        inbound: &mut ReceiveStats,
        out: &mut [u8; rtcp::MAX_BYTES],
    ) -> usize {
        self.next = now.mono + INTERVAL;
        let sent = outbound.sent();
        let is_sender = sent > std::mem::replace(&mut self.sent_before, sent);
        let sender = rtcp::Sender {
            ntp: rtcp::ntp(now.wall),
            timestamp: outbound.timestamp(),
            packets: sent as u32,
            bytes: (sent as u32).wrapping_mul(FRAME_BYTES as u32),
        };
        let (last_sr, delay) = match self.last_sr {
            Some((middle, came)) => (middle, units_of_65536(now.mono.since(came))),
            None => (0, 0),
        };
        let report = rtcp::Report {
            ssrc: outbound.ssrc(),
            cname: self.cname,
            sender: is_sender.then_some(sender),
            block: inbound.block(),
            last_sr,
            delay,
        };
        rtcp::write(&report, out)
    }
}

fn units_of_65536(time: Duration) -> u32 {
    u32::try_from((time.as_micros() << 16) / 1_000_000).unwrap_or(u32::MAX)
}
