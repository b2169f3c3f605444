//! Service level: the share of calls answered within X seconds, target Y % (CBA-17b).
//!
//! A call counts once for each entry into a queue, at the moment it leaves it. In the windows a
//! call that still waits beyond X counts as missed already, so that a queue in which nobody is
//! answered does not look well.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What was promised for a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Target {
    pub percent: u8,
    pub within_ms: u64,
    /// Who hangs up sooner never gave the queue a chance (short abandon).
    pub short_abandon_ms: u64,
}

impl Target {
    pub const SHORT_ABANDON_MS: u64 = 5_000;

    pub fn new(percent: u8, within_ms: u64) -> Self {
        Target { percent, within_ms, short_abandon_ms: Self::SHORT_ABANDON_MS }
    }
}

impl Default for Target {
    /// 80 % within 20 s.
    fn default() -> Self {
        Target::new(80, 20_000)
    }
}

/// Calls that left a queue, as the definitions count them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Left in whatever way.
    pub offered: u64,
    pub answered: u64,
    /// Answered within X.
    pub met: u64,
    /// Abandoned before the short-abandon time.
    pub short_abandons: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.met += other.met;
        self.short_abandons += other.short_abandons;
    }
}

/// The ways to compute it that are in use. Met is always "answered within X".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Definition {
    /// Of all calls that entered the queue. The strictest.
    Offered,
    /// Of all but the short abandons.
    OfferedLessShortAbandons,
    /// Of the answered ones only.
    Answered,
}

impl Definition {
    pub const ALL: [Definition; 3] =
        [Definition::Offered, Definition::OfferedLessShortAbandons, Definition::Answered];

    /// Its label in metrics.
    pub fn label(self) -> &'static str {
        match self {
            Definition::Offered => "offered",
            Definition::OfferedLessShortAbandons => "offered_less_short_abandons",
            Definition::Answered => "answered",
        }
    }

    /// The denominator.
    pub fn counted(self, tally: Tally) -> u64 {
        match self {
            Definition::Offered => tally.offered,
            Definition::OfferedLessShortAbandons => tally.offered.saturating_sub(tally.short_abandons),
            Definition::Answered => tally.answered,
        }
    }

    /// NaN while nothing was counted.
    pub fn ratio(self, tally: Tally) -> f64 {
        ratio(tally.met, self.counted(tally))
    }
}

/// NaN while 0/0.
#[expect(clippy::cast_precision_loss, reason = "exact up to 9 million million calls")]
pub fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_definition_has_its_denominator() {
        let tally = Tally { offered: 10, answered: 6, met: 3, short_abandons: 2 };
        let ratios = Definition::ALL.map(|d| d.ratio(tally));
        assert_eq!(ratios, [0.3, 0.375, 0.5]);
        assert!(Definition::Offered.ratio(Tally::default()).is_nan(), "no calls, no figure");
    }
}
