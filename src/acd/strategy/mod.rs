//! How the ready agents of a queue are ranked. A strategy is a sibling file behind [`Strategy`].
//!
//! A strategy gives a number that stays the same while an agent is ready, so that the ready agents
//! are *kept* in order and choosing never looks at all of them.

mod longest_idle;

use std::time::Duration;

use crate::acd::api::StrategyKind;
use crate::now::Mono;

/// What a strategy may look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Since when the agent has waited for a call: end of their last one, sign-in, or last miss.
    pub idle_since: Mono,
}

/// A way to order agents.
pub trait Strategy: Sync {
    /// Its name in [`Why`](crate::event::Why).
    fn name(&self) -> &'static str;
    /// Smaller is offered first; equal ranks go by work number.
    fn rank(&self, standing: Standing) -> u64;
    /// What the rank means, for a person: `idle 41 s`.
    fn merit(&self, rank: u64, now: Mono) -> String;
}

/// The strategy a queue's configuration names.
pub fn of(kind: StrategyKind) -> &'static dyn Strategy {
    match kind {
        StrategyKind::LongestIdle => &longest_idle::LongestIdle,
    }
}

/// Whole seconds, as `Why` shows them.
fn seconds(d: Duration) -> String {
    format!("{} s", d.as_secs())
}
