//! Counts over the last five minutes, half hour and day, in rings of buckets.
//!
//! A window is the present bucket and as many before it as make up its length, so it covers its
//! length less up to one bucket (10 s, 1 min, 15 min). The day is the last 24 hours. Buckets are
//! those of the wall clock, and a bucket knows its number: one left over from another lap, or
//! lying ahead after a step of the clock, does not count.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::now::Wall;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Window {
    FiveMinutes,
    ThirtyMinutes,
    Day,
}

impl Window {
    pub const ALL: [Window; 3] = [Window::FiveMinutes, Window::ThirtyMinutes, Window::Day];

    /// Its label in metrics.
    pub fn label(self) -> &'static str {
        match self {
            Window::FiveMinutes => "5m",
            Window::ThirtyMinutes => "30m",
            Window::Day => "day",
        }
    }

    pub fn bucket_ms(self) -> i64 {
        match self {
            Window::FiveMinutes => 10_000,
            Window::ThirtyMinutes => 60_000,
            Window::Day => 900_000,
        }
    }

    pub fn buckets(self) -> usize {
        match self {
            Window::FiveMinutes | Window::ThirtyMinutes => 30,
            Window::Day => 96,
        }
    }

    /// Does what happened `at` still count at `now`?
    pub fn covers(self, at: Wall, now: Wall) -> bool {
        let (at, now) = (at.0.div_euclid(self.bucket_ms()), now.0.div_euclid(self.bucket_ms()));
        let buckets = i64::try_from(self.buckets()).unwrap_or(i64::MAX);
        at <= now && at > now.saturating_sub(buckets)
    }
}

/// What is counted, over each window.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent<T> {
    five_minutes: Ring<T>,
    thirty_minutes: Ring<T>,
    day: Ring<T>,
}

impl<T: Copy + Default + AddAssign> Recent<T> {
    pub fn add(&mut self, at: Wall, what: T) {
        self.five_minutes.add(Window::FiveMinutes, at, what);
        self.thirty_minutes.add(Window::ThirtyMinutes, at, what);
        self.day.add(Window::Day, at, what);
    }

    pub fn sum(&self, window: Window, now: Wall) -> T {
        let ring = match window {
            Window::FiveMinutes => &self.five_minutes,
            Window::ThirtyMinutes => &self.thirty_minutes,
            Window::Day => &self.day,
        };
        ring.sum(window, now)
    }
}

/// Buckets with their number (time ÷ length); at most one lap of them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Ring<T>(Vec<(i64, T)>);

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Ring(Vec::new())
    }
}

impl<T: Copy + Default + AddAssign> Ring<T> {
    fn add(&mut self, window: Window, at: Wall, what: T) {
        let number = at.0.div_euclid(window.bucket_ms());
        let same_slot = |other: i64| same_slot(window, number, other);
        match self.0.iter_mut().find(|(other, _)| same_slot(*other)) {
            Some((other, sum)) if *other == number => *sum += what,
            Some(slot) => *slot = (number, what),
            None => self.0.push((number, what)),
        }
    }

    fn sum(&self, window: Window, now: Wall) -> T {
        let mut sum = T::default();
        for (number, what) in &self.0 {
            if window.covers(Wall(number.saturating_mul(window.bucket_ms())), now) {
                sum += *what;
            }
        }
        sum
    }
}

fn same_slot(window: Window, a: i64, b: i64) -> bool {
    let lap = i64::try_from(window.buckets()).unwrap_or(i64::MAX);
    a.rem_euclid(lap) == b.rem_euclid(lap)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_window_forgets_what_is_older() {
        let mut recent = Recent::<u64>::default();
        recent.add(Wall(0), 1);
        recent.add(Wall(299_999), 10);
        assert_eq!(recent.sum(Window::FiveMinutes, Wall(299_999)), 11);
        assert_eq!(recent.sum(Window::FiveMinutes, Wall(300_000)), 10);
        assert_eq!(recent.sum(Window::ThirtyMinutes, Wall(300_000)), 11);
        assert_eq!(recent.sum(Window::Day, Wall(86_400_000)), 0);
    }

    #[test]
    fn a_step_back_of_the_clock_counts_nothing_from_the_future() {
        let mut recent = Recent::<u64>::default();
        recent.add(Wall(10_000_000), 1);
        recent.add(Wall(5_000), 2);
        assert_eq!(recent.sum(Window::FiveMinutes, Wall(9_000)), 2);
    }

    proptest! {
        #[test]
        fn equals_counting_by_hand(steps in prop::collection::vec((0i64..200_000, 0u64..5), 0..300)) {
            let (mut recent, mut events, mut now) = (Recent::<u64>::default(), Vec::new(), Wall(1_700_000_000_000));
            for (ms, n) in steps {
                now = Wall(now.0 + ms);
                recent.add(now, n);
                events.push((now, n));
            }
            for window in Window::ALL {
                let by_hand: u64 = events.iter().filter(|(at, _)| window.covers(*at, now)).map(|(_, n)| n).sum();
                prop_assert_eq!(recent.sum(window, now), by_hand);
            }
        }
    }
}
