//! Which queues a caller on the way to the next queue has seen already, so that overflow never
//! sends anybody in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{CallId, QueueId};

/// Callers on their way at once; the oldest is forgotten beyond it (somebody who hung up while an
/// announcement was played is never heard of again).
const REMEMBERED: usize = 4_096;

#[derive(Clone, Debug, Default)]
pub(super) struct Journeys {
    by_call: BTreeMap<CallId, (u64, BTreeSet<QueueId>)>,
    by_age: BTreeMap<u64, CallId>,
    next: u64,
}

impl Journeys {
    pub fn remember(&mut self, call: CallId, visited: BTreeSet<QueueId>) {
        self.take(call);
        self.by_call.insert(call, (self.next, visited));
        self.by_age.insert(self.next, call);
        self.next += 1;
        if self.by_age.len() > REMEMBERED
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_call.remove(&oldest);
        }
    }

    /// The queues seen so far, forgotten here from now on.
    pub fn take(&mut self, call: CallId) -> BTreeSet<QueueId> {
        let Some((age, visited)) = self.by_call.remove(&call) else { return BTreeSet::new() };
        self.by_age.remove(&age);
        visited
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BootId, NodeId};

    #[test]
    fn remembers_a_bounded_number_and_forgets_the_oldest() {
        let call = |n| CallId { node: NodeId(1), boot: BootId(1), n };
        let seen = BTreeSet::from([QueueId::new("general")]);
        let mut journeys = Journeys::default();
        for n in 0..=u32::try_from(REMEMBERED).unwrap() {
            journeys.remember(call(n), seen.clone());
        }
        assert!(journeys.take(call(0)).is_empty());
        assert_eq!(journeys.take(call(1)), seen);
        assert!(journeys.take(call(1)).is_empty(), "taken once");
        assert_eq!(journeys.by_call.len(), journeys.by_age.len());
    }
}
