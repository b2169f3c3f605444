//! Longest idle first: who has waited longest for a call gets the next one.

use super::{Standing, Strategy, seconds};
use crate::now::Mono;

pub(super) struct LongestIdle;

impl Strategy for LongestIdle {
    fn name(&self) -> &'static str {
        "longest idle"
    }

    fn rank(&self, standing: Standing) -> u64 {
        standing.idle_since.0
    }

    fn merit(&self, rank: u64, now: Mono) -> String {
        format!("idle {}", seconds(now.since(Mono(rank))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_end_of_work_ranks_first_and_says_so() {
        let long = LongestIdle.rank(Standing { idle_since: Mono::from_millis(1_000) });
        let short = LongestIdle.rank(Standing { idle_since: Mono::from_millis(9_000) });
        assert!(long < short);
        assert_eq!(LongestIdle.merit(long, Mono::from_millis(42_000)), "idle 41 s");
    }
}
