//! Queues that send callers on to queues: targets exist, and nobody is sent in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::config::page::{Page, suggestion};
use crate::ids::QueueId;

/// One way of being sent on, in words.
pub(super) struct Words {
    /// `to overflow to`.
    to: &'static str,
    circle: &'static str,
    /// What mends a circle.
    mend: &'static str,
}

pub(super) const OVERFLOW: Words = Words {
    to: "overflow to",
    circle: "overflow-circle",
    mend: "Let one of them overflow to `\"message\"`.",
};

pub(super) const CLOSED: Words = Words {
    to: "send callers to when it is closed",
    circle: "closed-circle",
    mend: "Write `when_closed = \"message\"` for one of them.",
};

pub(super) struct Chain<'a> {
    pub next: BTreeMap<&'a QueueId, &'a QueueId>,
    /// Where each target stands.
    pub places: &'a BTreeMap<QueueId, Range<usize>>,
    pub names: &'a BTreeSet<&'a str>,
    pub words: &'a Words,
}

impl Chain<'_> {
    pub fn check(&self, page: &mut Page<'_>) {
        let mut in_a_known_circle = BTreeSet::new();
        for (from, to) in &self.next {
            let span = self.places.get(*from).cloned().unwrap_or(0..0);
            if !self.names.contains(to.as_str()) {
                let help = suggestion(to.as_str(), self.names.iter().copied())
                    .unwrap_or_else(|| format!("Write `[queues.{to}]`, or another target."));
                let message = format!("There is no queue `{to}` to {}.", self.words.to);
                page.error("unknown-queue", span, &message, &help);
                continue;
            }
            let way = self.way(from);
            let is_circle = way.last().and_then(|last| self.next.get(last)) == Some(from);
            if is_circle && !in_a_known_circle.contains(*from) {
                let names: Vec<&str> = way.iter().map(|q| q.as_str()).collect();
                let message = format!("Callers would go in a circle: {} → {from}.", names.join(" → "));
                page.error(self.words.circle, span, &message, self.words.mend);
                in_a_known_circle.extend(way);
            }
        }
    }

    /// Every queue from this one on, each once.
    fn way<'q>(&'q self, from: &'q QueueId) -> Vec<&'q QueueId> {
        let mut way = vec![from];
        while let Some(to) = way.last().and_then(|last| self.next.get(last)) {
            if way.contains(to) {
                break;
            }
            way.push(to);
        }
        way
    }
}
