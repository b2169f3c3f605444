//! Where a received packet belongs on the timeline: by its RTP time stamp, anchored to arrival.

/// Samples of 20 ms and of the tolerances below, at 8 kHz.
pub const FRAME: i64 = 160;
/// A break of time stamps this far from arrival (200 ms) begins a new anchor.
const JUMP: i64 = 1_600;
/// So far (2 s) from arrival no network delays a packet: the anchor is wrong.
const LOST: i64 = 16_000;
/// Sender's clock, or the first packet's delay, corrected in steps of more than this (10 ms).
const DRIFT: i64 = 80;
/// Packets over which the least delay is looked for (5 s).
const WINDOW: u32 = 250;

/// What placing a packet came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// In samples from time zero.
    pub position: i64,
    /// Samples to be bridged before this packet because its sender's clock is slow.
    pub bridge: i64,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    position: i64,
    timestamp: u32,
    sequence: u16,
    length: i64,
}

/// Places the packets of one received stream.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    anchor: Option<Anchor>,
    least_delay: Option<i64>,
    seen: u32,
}

impl Placement {
    /// `arrival` and `length` in samples.
    pub fn place(&mut self, arrival: i64, sequence: u16, timestamp: u32, length: i64) -> Placed {
        let Some(anchor) = self.anchor else {
            return self.begin(arrival, sequence, timestamp, length);
        };
        let steps = i64::from(sequence.wrapping_sub(anchor.sequence).cast_signed());
        let elapsed = i64::from(timestamp.wrapping_sub(anchor.timestamp).cast_signed());
        let position = anchor.position + elapsed;
        let off = (arrival - position).abs();
        let continuous = elapsed == steps * anchor.length;
        if off > LOST || (off > JUMP && !continuous) {
            return self.begin(arrival, sequence, timestamp, length);
        }
        let bridge = self.correct(arrival - position);
        let position = position + bridge;
        // A packet that was overtaken is placed, but does not take the anchor back.
        if steps > 0 || bridge != 0 {
            self.anchor = Some(Anchor { position, timestamp, sequence, length });
        }
        Placed { position, bridge: bridge.max(0) }
    }

    fn begin(&mut self, arrival: i64, sequence: u16, timestamp: u32, length: i64) -> Placed {
        self.anchor = Some(Anchor { position: arrival, timestamp, sequence, length });
        (self.least_delay, self.seen) = (None, 0);
        Placed { position: arrival, bridge: 0 }
    }

    /// The least delay of a window is the path without its jitter; when that has moved, the two
    /// clocks have drifted apart (or the first packet was late), and the stream is moved.
    fn correct(&mut self, delay: i64) -> i64 {
        let least = self.least_delay.map_or(delay, |least| least.min(delay));
        self.least_delay = Some(least);
        self.seen += 1;
        if self.seen < WINDOW {
            return 0;
        }
        (self.least_delay, self.seen) = (None, 0);
        if least.abs() > DRIFT { least } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places packets of 20 ms with the arrival each has; gives how far each is from its due place.
    fn errors(arrivals: impl Iterator<Item = (u16, i64)>) -> Vec<i64> {
        let mut placement = Placement::default();
        let mut last = 0;
        arrivals
            .map(|(n, arrival)| {
                let timestamp = 4_000_000_000_u32.wrapping_add(u32::from(n) * 160);
                let placed = placement.place(arrival, 65_500_u16.wrapping_add(n), timestamp, FRAME);
                last = placed.position;
                last - i64::from(n) * FRAME
            })
            .collect()
    }

    #[test]
    fn jitter_and_wrapping_numbers_change_nothing() {
        let jitter = |n: u16| if n == 0 { 0 } else { i64::from(n) * 37 % 480 };
        let errors = errors((0..3_000).map(|n| (n, i64::from(n) * FRAME + jitter(n))));
        assert!(errors.iter().all(|e| *e == 0));
    }

    #[test]
    fn a_stall_of_the_network_changes_nothing() {
        let errors = errors((0..1_000).map(|n| {
            let due = i64::from(n) * FRAME;
            (n, if (400..430).contains(&n) { 430 * FRAME } else { due })
        }));
        assert!(errors.iter().all(|e| *e == 0));
    }

    #[test]
    fn a_late_first_packet_is_made_good_within_seconds() {
        let errors = errors((0..1_000).map(|n| (n, i64::from(n) * FRAME + if n == 0 { 400 } else { 0 })));
        assert_eq!((errors[0], errors[999]), (400, 0));
    }

    #[test]
    fn an_hour_of_drift_stays_within_20_ms() {
        for parts_per_million in [-150, 150] {
            let mut placement = Placement::default();
            for n in 0..180_000_u32 {
                let due = i64::from(n) * FRAME;
                let arrival = due + due * parts_per_million / 1_000_000;
                let sequence = u16::try_from(n % 65_536).unwrap();
                let placed = placement.place(arrival, sequence, n * 160, FRAME);
                assert!((placed.position - arrival).abs() <= FRAME, "packet {n}");
            }
        }
    }

    #[test]
    fn a_new_stream_is_anchored_to_its_arrival() {
        let mut placement = Placement::default();
        placement.place(0, 1, 1_000, FRAME);
        placement.place(160, 2, 1_160, FRAME);
        let jumped = placement.place(8_000, 40_000, 900_000, FRAME);
        assert_eq!(jumped, Placed { position: 8_000, bridge: 0 });
        assert_eq!(placement.place(8_160, 40_001, 900_160, FRAME).position, 8_160);
    }
}
