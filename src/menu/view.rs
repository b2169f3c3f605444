//! What menus refer to and do not define: queues, calendar, plans, services, numbers.
//! Whoever reads those files hands this in; the proof walks every situation it tells of.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{PlanId, QueueId};

/// Everything around the menus. `None`: not known, so not checked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Views {
    pub queues: Option<BTreeMap<QueueId, QueueView>>,
    pub calendar: Option<CalendarView>,
    pub plans: Vec<PlanView>,
    /// Names of `[lookups.NAME]` in the server's settings.
    pub services: Option<BTreeSet<String>>,
    /// A call may be sent on only to a number that begins with one of these.
    pub transfer_prefixes: Option<Vec<String>>,
    /// Staff may record the announcement of a plan by telephone, and are told how.
    pub plans_by_telephone: bool,
}

impl Views {
    /// Views that know these queues, always staffed, and nothing else.
    pub fn of_queues(queues: impl IntoIterator<Item = QueueId>) -> Self {
        let queues = queues.into_iter().map(|queue| (queue, QueueView::default())).collect();
        Views { queues: Some(queues), ..Views::default() }
    }
}

/// A queue as far as menus care.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueView {
    /// Name of the schedule in which people are rostered; `None` = always.
    pub hours: Option<String>,
    pub when_closed: WhenClosed,
}

/// Where callers go outside the hours of a queue (CBA-8).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum WhenClosed {
    #[default]
    Message,
    Callback,
    Queue(QueueId),
}

/// The calendar as situations that really occur.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CalendarView {
    pub schedules: BTreeSet<String>,
    /// Never empty.
    pub classes: Vec<CalendarClass>,
}

/// One situation: which schedules are open.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct CalendarClass {
    pub open: BTreeSet<String>,
    pub holiday: bool,
    /// A moment of this class for people, such as `Sunday 3 May 2026 03:00`.
    pub example: String,
}

/// An emergency plan as far as menus care (CBA-24).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanView {
    pub name: PlanId,
    /// It has an announcement, which is heard before the menu while the plan is in force.
    pub announcement: bool,
    /// While it is in force a callback or a message may stand in for a person.
    pub instead_of_people: bool,
}
