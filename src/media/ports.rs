//! Ports for RTP: even, picked at random, rested after use so that late packets of one call never
//! enter another's recording.

use std::collections::{BTreeSet, VecDeque};
use std::ops::RangeInclusive;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::now::Mono;

/// How long a released port rests.
const REST: Duration = Duration::from_secs(30);

/// Pairs of ports: the even one for RTP is handed out, the odd one above it is for RTCP.
#[derive(Clone, Debug)]
pub struct PortPool {
    free: Vec<u16>,
    /// In the order of release.
    resting: VecDeque<(Mono, u16)>,
    used: BTreeSet<u16>,
    random: ChaCha8Rng,
}

impl PortPool {
    /// Every pair that lies wholly in `range`.
    pub fn new(range: RangeInclusive<u16>, seed: u64) -> Self {
        let first = range.start().saturating_add(range.start() % 2).max(2);
        let last = *range.end();
        let free = (first..last).step_by(2).collect();
        let random = ChaCha8Rng::seed_from_u64(seed);
        PortPool { free, resting: VecDeque::new(), used: BTreeSet::new(), random }
    }

    /// A port nobody has used for the last 30 s; `None` if there is none.
    pub fn take(&mut self, now: Mono) -> Option<u16> {
        if !self.has_free(now) {
            return None;
        }
        let place = self.random.next_u64() % self.free.len() as u64;
        let port = self.free.swap_remove(usize::try_from(place).ok()?);
        self.used.insert(port);
        Some(port)
    }

    /// Whether the next one can be had.
    pub fn has_free(&mut self, now: Mono) -> bool {
        while let Some((since, port)) = self.resting.front().copied()
            && now.since(since) >= REST
        {
            self.resting.pop_front();
            self.free.push(port);
        }
        !self.free.is_empty()
    }

    /// The port is no longer used; it begins to rest. Ignored if it was not taken.
    pub fn release(&mut self, now: Mono, port: u16) {
        if self.used.remove(&port) {
            self.resting.push_back((now, port));
        }
    }

    /// Ports taken and not released.
    pub fn in_use(&self) -> usize {
        self.used.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> Mono {
        Mono::from_millis(s * 1000)
    }

    #[test]
    fn every_even_port_is_given_out_once() {
        let mut pool = PortPool::new(10_001..=10_009, 1);
        let mut taken: Vec<u16> = std::iter::from_fn(|| pool.take(seconds(0))).collect();
        assert_eq!(pool.in_use(), 4);
        taken.sort_unstable();
        assert_eq!(taken, [10_002, 10_004, 10_006, 10_008], "10_008 has 10_009 for RTCP");
    }

    #[test]
    fn a_released_port_rests_half_a_minute() {
        let mut pool = PortPool::new(10_000..=10_001, 1);
        assert_eq!(pool.take(seconds(0)), Some(10_000));
        pool.release(seconds(5), 10_000);
        pool.release(seconds(5), 10_000);
        assert_eq!(pool.in_use(), 0);
        assert_eq!(pool.take(seconds(34)), None);
        assert_eq!(pool.take(seconds(35)), Some(10_000));
        assert_eq!(pool.take(seconds(35)), None, "released twice, given out once");
    }

    #[test]
    fn the_same_seed_gives_the_same_ports_and_another_gives_others() {
        let picks = |seed| {
            let mut pool = PortPool::new(10_000..=29_999, seed);
            (0..50).map(|_| pool.take(seconds(0)).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(picks(1), picks(1));
        assert_ne!(picks(1), picks(2));
        assert!(picks(1).windows(2).any(|pair| pair[1] != pair[0] + 2), "not in order");
    }

    #[test]
    fn the_ends_of_the_number_space_are_no_trap() {
        assert!(PortPool::new(65_535..=65_535, 1).take(seconds(0)).is_none());
        assert_eq!(PortPool::new(65_534..=65_535, 1).take(seconds(0)), Some(65_534));
        assert!(PortPool::new(0..=1, 1).take(seconds(0)).is_none(), "port 0 is no port");
    }
}
