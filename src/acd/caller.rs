//! A caller in a queue.

use std::collections::BTreeSet;

use super::line::Place;
use crate::ids::{AgentId, QueueId};
use crate::now::Mono;

#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub queue: QueueId,
    pub place: Place,
    pub entered: Mono,
    /// Who is being rung for them, and since when.
    pub offer: Option<(AgentId, Mono)>,
    /// Agents who missed this call; empty again when everybody else was tried.
    pub tried: BTreeSet<AgentId>,
    /// Queues seen on this visit, this one included.
    pub visited: BTreeSet<QueueId>,
    /// The longest wait passed while somebody was being rung: overflows if nobody answers.
    pub overdue: bool,
}
