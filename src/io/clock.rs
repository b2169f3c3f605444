//! The only place where time is read from the system.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::now::{Mono, Now, Wall};

/// Tells the time; copy it freely. All copies of one `start` agree.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// Monotonic time counts from here.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn start() -> Clock {
        Clock { origin: Instant::now() }
    }

    pub fn now(&self) -> Now {
        Now { mono: self.mono(), wall: wall() }
    }

    pub fn mono(&self) -> Mono {
        Mono(u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// A clock set before 1970 reads as 1970.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn wall() -> Wall {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Wall(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_forward_and_copies_agree() {
        let clock = Clock::start();
        let copy = clock;
        let (first, second) = (clock.now(), copy.now());
        assert!(first.mono <= second.mono);
        assert!(first.wall.0 > 1_600_000_000_000, "after 2020");
    }
}
