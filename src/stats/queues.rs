//! Queues: who entered, how they left, how long they waited, what became of offers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::histogram::{Histogram, Scale};
use super::interval::{Recent, Window};
use super::service_level::{Tally, Target};
use crate::event::{Event, EventKind, LeftQueue, OfferEnd, OverflowReason};
use crate::ids::{CallId, QueueId};
use crate::now::Wall;

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Queues {
    by_name: BTreeMap<QueueId, QueueFigures>,
}

/// One queue since the beginning of the journal.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueFigures {
    pub target: Target,
    /// Entries into the queue; one that overflowed at once is an entry too.
    pub offered: u64,
    /// Callers who left, by how.
    pub left: BTreeMap<Left, u64>,
    pub overflowed: BTreeMap<Overflowed, u64>,
    pub waits: BTreeMap<Left, Histogram>,
    pub offers: BTreeMap<OfferEnd, u64>,
    /// Promised, whether the caller had waited or came from the menus.
    pub callbacks: u64,
    /// Of all calls that left.
    pub total: Tally,
    recent: Recent<Tally>,
    /// Who waits, and since when.
    waiting: BTreeMap<CallId, Wall>,
}

/// How a caller left, without where to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    Answered,
    Abandoned,
    Overflowed,
    Message,
    Callback,
    Lost,
}

/// Why a caller was sent on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflowed {
    Full,
    WaitedTooLong,
    NoAgentSignedIn,
    Closed,
    /// The journal does not say.
    Unknown,
}

impl Queues {
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::OfferEnded { queue, end, .. } => {
                *self.figures(queue).offers.entry(*end).or_default() += 1;
            }
            EventKind::CallbackPromised { queue, .. } => self.figures(queue).callbacks += 1,
            EventKind::QueueEntered { queue, .. } => {
                if let Some(call) = event.call {
                    self.figures(queue).enter(call, event.wall);
                }
            }
            EventKind::QueueLeft { queue, left, waited_ms, reason, .. } => {
                if let Some(call) = event.call {
                    let queue = self.figures(queue);
                    queue.leave(call, event.wall, Left::from(left), *waited_ms);
                    if matches!(left, LeftQueue::Overflowed { .. }) {
                        *queue.overflowed.entry(Overflowed::from(*reason)).or_default() += 1;
                    }
                }
            }
            EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => self.lose(event),
            _ => {}
        }
    }

    /// A call is over that never left its queue: the server stopped under it.
    fn lose(&mut self, event: &Event) {
        let Some(call) = event.call else { return };
        for queue in self.by_name.values_mut() {
            if let Some(since) = queue.waiting.get(&call) {
                let waited = u64::try_from(event.wall.0.saturating_sub(since.0)).unwrap_or(0);
                queue.leave(call, event.wall, Left::Lost, waited);
            }
        }
    }

    fn figures(&mut self, queue: &QueueId) -> &mut QueueFigures {
        self.by_name.entry(queue.clone()).or_default()
    }

    pub(super) fn set_targets(&mut self, targets: impl IntoIterator<Item = (QueueId, Target)>) {
        for (queue, target) in targets {
            self.figures(&queue).target = target;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&QueueId, &QueueFigures)> {
        self.by_name.iter()
    }

    pub fn get(&self, queue: &QueueId) -> Option<&QueueFigures> {
        self.by_name.get(queue)
    }
}

impl QueueFigures {
    fn enter(&mut self, call: CallId, at: Wall) {
        if self.waiting.insert(call, at).is_none() {
            self.offered += 1;
        }
    }

    fn leave(&mut self, call: CallId, at: Wall, left: Left, waited_ms: u64) {
        if self.waiting.remove(&call).is_none() {
            self.offered += 1; // never stood in it: overflowed at once
        }
        *self.left.entry(left).or_default() += 1;
        self.waits.entry(left).or_insert_with(|| Histogram::new(Scale::Wait)).observe(waited_ms);
        let tally = self.tally(left, waited_ms);
        self.total += tally;
        self.recent.add(at, tally);
    }

    fn tally(&self, left: Left, waited_ms: u64) -> Tally {
        let answered = left == Left::Answered;
        let met = answered && waited_ms <= self.target.within_ms;
        let short = left == Left::Abandoned && waited_ms < self.target.short_abandon_ms;
        Tally {
            offered: 1,
            answered: u64::from(answered),
            met: u64::from(met),
            short_abandons: u64::from(short),
        }
    }

    pub fn left(&self, left: Left) -> u64 {
        self.left.get(&left).copied().unwrap_or(0)
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Those who left within the window.
    pub fn recent(&self, window: Window, now: Wall) -> Tally {
        self.recent.sum(window, now)
    }

    /// Those who left within the window, and those who still wait beyond the target: for them
    /// the promise is broken already.
    pub fn judged(&self, window: Window, now: Wall) -> Tally {
        let within = i64::try_from(self.target.within_ms).unwrap_or(i64::MAX);
        let late = self.waiting.values().filter(|since| now.0.saturating_sub(since.0) > within).count();
        let mut tally = self.recent(window, now);
        tally.offered += u64::try_from(late).unwrap_or(0);
        tally
    }
}

impl From<&LeftQueue> for Left {
    fn from(left: &LeftQueue) -> Self {
        match left {
            LeftQueue::Answered => Left::Answered,
            LeftQueue::Abandoned => Left::Abandoned,
            LeftQueue::Overflowed { .. } => Left::Overflowed,
            LeftQueue::Message => Left::Message,
            LeftQueue::Callback => Left::Callback,
            LeftQueue::Lost => Left::Lost,
        }
    }
}

impl From<Option<OverflowReason>> for Overflowed {
    fn from(reason: Option<OverflowReason>) -> Self {
        match reason {
            Some(OverflowReason::Full) => Overflowed::Full,
            Some(OverflowReason::WaitedTooLong) => Overflowed::WaitedTooLong,
            Some(OverflowReason::NoAgentSignedIn) => Overflowed::NoAgentSignedIn,
            Some(OverflowReason::Closed) => Overflowed::Closed,
            None => Overflowed::Unknown,
        }
    }
}

impl Left {
    pub fn label(self) -> &'static str {
        match self {
            Left::Answered => "answered",
            Left::Abandoned => "abandoned",
            Left::Overflowed => "overflowed",
            Left::Message => "message",
            Left::Callback => "callback",
            Left::Lost => "lost",
        }
    }
}

impl Overflowed {
    pub const ALL: [Overflowed; 4] =
        [Overflowed::Full, Overflowed::WaitedTooLong, Overflowed::NoAgentSignedIn, Overflowed::Closed];

    pub fn label(self) -> &'static str {
        match self {
            Overflowed::Full => "full",
            Overflowed::WaitedTooLong => "waited_too_long",
            Overflowed::NoAgentSignedIn => "no_agent_signed_in",
            Overflowed::Closed => "closed",
            Overflowed::Unknown => "unknown",
        }
    }
}

/// Label of an offer's end.
pub fn offer_end_label(end: OfferEnd) -> &'static str {
    match end {
        OfferEnd::Answered => "answered",
        OfferEnd::NoAnswer => "no_answer",
        OfferEnd::Rejected => "rejected",
        OfferEnd::Unreachable => "unreachable",
        OfferEnd::CallerGone => "caller_gone",
        OfferEnd::Withdrawn => "withdrawn",
    }
}
