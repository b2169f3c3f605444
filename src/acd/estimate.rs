//! How long a caller will wait, said honestly (HB-hold).
//!
//! Method: `position × mean handle time ÷ agents`, where
//! - *position* counts the caller and all before them in the queue (1 = next);
//! - *mean handle time* runs from the connection to the end of wrap-up, over this queue's finished
//!   calls, each new one weighing an eighth (so it follows the day);
//! - *agents* are those signed in for the queue and not away; who serves n queues counts 1/n.
//!
//! Time does not enter: while nothing else changes, waiting never makes the estimate grow, and a
//! caller who moves up hears a shorter one. With fewer than three finished calls, or no agent,
//! there is no estimate, and none is told.

use std::time::Duration;

/// Finished calls before an estimate is worth telling.
const ENOUGH: u32 = 3;
/// Weight of the newest call: one eighth.
const SMOOTHING: u32 = 8;
/// One agent, in the unit that shares are counted in.
pub(super) const WHOLE_AGENT: u64 = 1_000_000;

/// Mean handle time of a queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    mean: Duration,
    calls: u32,
}

impl Pace {
    pub fn learn(&mut self, handled: Duration) {
        self.mean = if self.calls == 0 {
            handled
        } else if handled >= self.mean {
            self.mean.saturating_add((handled - self.mean) / SMOOTHING)
        } else {
            self.mean - (self.mean - handled) / SMOOTHING
        };
        self.calls = self.calls.saturating_add(1);
    }

    /// The wait at `position`, with `capacity` agents in units of [`WHOLE_AGENT`].
    pub fn estimate(&self, position: u32, capacity: u64) -> Option<Duration> {
        if self.calls < ENOUGH || capacity == 0 {
            return None;
        }
        let nanos =
            self.mean.as_nanos() * u128::from(position) * u128::from(WHOLE_AGENT) / u128::from(capacity);
        Some(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_nothing_before_it_knows_anything() {
        let mut pace = Pace::default();
        for _ in 0..3 {
            assert_eq!(pace.estimate(1, WHOLE_AGENT), None);
            pace.learn(Duration::from_secs(60));
        }
        assert_eq!(pace.estimate(4, 2 * WHOLE_AGENT), Some(Duration::from_secs(120)));
        assert_eq!(pace.estimate(4, 0), None, "nobody is there to answer");
    }

    #[test]
    fn follows_the_day_in_both_directions() {
        let mut pace = Pace::default();
        for s in [80, 160, 90] {
            pace.learn(Duration::from_secs(s));
        }
        assert_eq!(pace.estimate(1, WHOLE_AGENT), Some(Duration::from_secs(90)));
        pace.learn(Duration::from_secs(10));
        assert_eq!(pace.estimate(1, WHOLE_AGENT), Some(Duration::from_secs(80)));
    }
}
