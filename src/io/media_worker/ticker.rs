//! When the next slot is due, and how late the worker is against it.

use std::time::Duration;

use crate::media::FRAME;
use crate::now::Mono;

/// Slots of a tick: a quarter of the legs each, so that work is spread over the 20 ms.
pub const SLOTS: usize = 4;

const SLOT: Duration = Duration::from_millis(20 / SLOTS as u64);
/// A worker that fell behind sends at most this many frames at once; older ones are left out.
const CATCH_UP: u64 = 3;

/// Counts slots from its start on; their times are exact multiples, whatever happens.
#[derive(Clone, Copy, Debug)]
pub struct Ticker {
    start: Mono,
    count: u64,
}

impl Ticker {
    pub fn new(start: Mono) -> Self {
        Ticker { start, count: 0 }
    }

    pub fn due(&self) -> Mono {
        Mono(self.start.0.saturating_add(self.count.saturating_mul(SLOT.as_nanos() as u64)))
    }

    pub fn slot(&self) -> usize {
        (self.count % SLOTS as u64) as usize
    }

    /// On to the next slot; the number of whole ticks left out because it is too late for them.
    pub fn advance(&mut self, now: Mono) -> u64 {
        self.count += 1;
        let behind = (now.since(self.due()).as_nanos() / FRAME.as_nanos()) as u64;
        let skipped = behind.saturating_sub(CATCH_UP);
        self.count += skipped * SLOTS as u64;
        skipped
    }
}

/// Worst lateness of each second.
#[derive(Clone, Copy, Debug)]
pub struct Lateness {
    since: Mono,
    worst: Duration,
}

impl Lateness {
    pub fn new(now: Mono) -> Self {
        Lateness { since: now, worst: Duration::ZERO }
    }

    pub fn note(&mut self, late: Duration) {
        self.worst = self.worst.max(late);
    }

    /// Worst of the second that is over, if one is.
    pub fn take(&mut self, now: Mono) -> Option<Duration> {
        if now.since(self.since) < Duration::from_secs(1) {
            return None;
        }
        self.since = now;
        Some(std::mem::take(&mut self.worst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Mono {
        Mono::from_millis(ms)
    }

    #[test]
    fn slots_come_every_five_milliseconds() {
        let mut ticker = Ticker::new(ms(100));
        let mut seen = vec![];
        for _ in 0..5 {
            seen.push((ticker.due().as_millis(), ticker.slot()));
            assert_eq!(ticker.advance(ticker.due()), 0);
        }
        assert_eq!(seen, [(100, 0), (105, 1), (110, 2), (115, 3), (120, 0)]);
    }

    #[test]
    fn a_worker_that_slept_in_catches_up_three_frames_and_leaves_the_rest_out() {
        let mut ticker = Ticker::new(ms(0));
        assert_eq!(ticker.advance(ms(65)), 0, "three frames behind are sent");
        assert_eq!((ticker.due(), ticker.slot()), (ms(5), 1));
        assert_eq!(ticker.advance(ms(1010)), 47);
        assert_eq!((ticker.due(), ticker.slot()), (ms(950), 2));
    }

    #[test]
    fn the_worst_of_each_second_is_told_once() {
        let mut lateness = Lateness::new(ms(0));
        lateness.note(Duration::from_millis(3));
        lateness.note(Duration::from_millis(1));
        assert_eq!(lateness.take(ms(999)), None);
        assert_eq!(lateness.take(ms(1000)), Some(Duration::from_millis(3)));
        assert_eq!(lateness.take(ms(2000)), Some(Duration::ZERO));
    }
}
