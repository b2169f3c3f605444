//! Every fold of the journal the engine decides by or tells of.

use super::OpenCalls;
use super::people::{Opener, People};
use super::plans::Plans;
use crate::event::Event;
use crate::stats::Stats;

/// Made again from the journal, or from a snapshot and the events after it.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    pub stats: Stats,
    pub open: OpenCalls,
    pub plans: Plans,
    pub people: People,
}

impl Folds {
    pub fn apply(&mut self, event: &Event, opener: &mut Opener<'_>) {
        self.stats.apply(event);
        self.open.apply(event);
        self.plans.apply(event.wall, &event.actor, &event.kind);
        self.people.apply(event, opener);
    }
}
