//! Connect rate: calls answered by an agent ÷ calls transferred to agents (CBA-17a).
//!
//! A call transferred to agents is an entry into a queue, never an offer to one agent: a call that
//! rang at three desks counts once. It counts when it leaves the queue, however it does.

use super::service_level::{Tally, ratio};

/// NaN while nothing was counted.
pub fn connect_ratio(tally: Tally) -> f64 {
    ratio(tally.answered, tally.offered)
}
