//! A queue: its configuration, its line of callers, and who can serve them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::api::QueueConfig;
use super::class::Class;
use super::estimate::Pace;
use super::line::{Line, Place};
use crate::ids::CallId;

#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub config: QueueConfig,
    /// Everybody in the queue, those being offered included.
    pub line: Line,
    /// Those for whom nobody is being rung.
    pub unoffered: BTreeMap<Place, CallId>,
    pub class: Class,
    pub pace: Pace,
}

impl Queue {
    pub fn new(config: QueueConfig) -> Self {
        let class = Class::new(config.skills.clone(), config.strategy);
        Queue { config, line: Line::default(), unoffered: BTreeMap::new(), class, pace: Pace::default() }
    }

    /// Takes new settings; callers and pace stay, agents are sorted in anew by the router.
    pub fn reconfigure(&mut self, config: QueueConfig) {
        self.class = Class::new(config.skills.clone(), config.strategy);
        self.config = config;
    }

    pub fn waiting(&self) -> u32 {
        u32::try_from(self.line.len()).unwrap_or(u32::MAX)
    }

    /// A caller for whom somebody can be rung at once does not wait, and is let in always.
    pub fn is_full(&self) -> bool {
        self.class.ready.is_empty() && self.config.limit.is_some_and(|limit| self.waiting() >= limit)
    }

    /// Zero would announce without end.
    pub fn announce_every(&self) -> Option<Duration> {
        self.config.announce_every.filter(|every| !every.is_zero())
    }

    /// The wait of whoever stands at `position`.
    pub fn estimate(&self, position: u32) -> Option<Duration> {
        self.pace.estimate(position, self.class.capacity)
    }

    /// The wait of a caller who would enter now.
    pub fn estimate_for_newcomer(&self) -> Option<Duration> {
        if self.unoffered.is_empty() && !self.class.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        self.estimate(self.waiting().saturating_add(1))
    }
}
