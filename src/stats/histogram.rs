//! How long things took, in buckets of whole seconds, with an exact sum.

use serde::{Deserialize, Serialize};

/// Bounds of each kind of duration, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Waiting in a queue.
    Wait,
    /// A talk and its wrap-up.
    Handle,
    /// From the answer to asking for a person.
    Menu,
}

impl Scale {
    fn bounds(self) -> &'static [u32] {
        match self {
            Scale::Wait => &[1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_200, 1_800],
            Scale::Handle => &[10, 30, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1_800, 3_600],
            Scale::Menu => &[1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180],
        }
    }
}

/// Keeps its own bounds, so that a snapshot with other bounds stays right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Histogram {
    bounds_s: Vec<u32>,
    /// One more than bounds: the last is above all of them.
    counts: Vec<u64>,
    sum_ms: u64,
}

impl Histogram {
    pub fn new(scale: Scale) -> Self {
        let bounds_s = scale.bounds().to_vec();
        let counts = vec![0; bounds_s.len() + 1];
        Histogram { bounds_s, counts, sum_ms: 0 }
    }

    pub fn observe(&mut self, ms: u64) {
        let at = self.bounds_s.partition_point(|bound| u64::from(*bound) * 1_000 < ms);
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
        self.sum_ms = self.sum_ms.saturating_add(ms);
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub fn sum_s(&self) -> f64 {
        seconds(self.sum_ms)
    }

    /// Each bound in seconds with how many took at most that long.
    pub fn cumulative(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let mut below = 0;
        self.bounds_s.iter().zip(&self.counts).map(move |(bound, count)| {
            below += count;
            (*bound, below)
        })
    }
}

/// Milliseconds as Prometheus wants time.
#[expect(clippy::cast_precision_loss, reason = "exact up to 285,000 years of milliseconds")]
pub fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let mut waits = Histogram::new(Scale::Wait);
        for ms in [0, 1_000, 1_001, 20_000, 2_000_000] {
            waits.observe(ms);
        }
        let below: Vec<(u32, u64)> = waits.cumulative().collect();
        assert_eq!(below[0], (1, 2));
        assert_eq!(below[1], (2, 3));
        assert!(below.contains(&(20, 4)) && below.contains(&(1_800, 4)));
        assert_eq!(waits.count(), 5);
        assert!((waits.sum_s() - 2_022.001).abs() < 1e-9);
    }
}
