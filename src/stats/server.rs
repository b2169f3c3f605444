//! The server itself: version, published configuration, plans in force, alarms.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::{Alarm, Event, EventKind};
use crate::ids::{ConfigVersion, PlanId};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Empty before the first start.
    pub version: String,
    pub starts: u64,
    pub config_version: ConfigVersion,
    pub published: u64,
    pub refused: u64,
    pub alarms: BTreeSet<Alarm>,
    /// Every plan seen so far, and whether it was in force at the last event.
    pub plans: BTreeMap<PlanId, bool>,
}

impl Server {
    pub fn apply(&mut self, event: &Event) {
        self.note_plans(event);
        match &event.kind {
            EventKind::ServerStarted { version } => {
                self.version.clone_from(version);
                self.starts += 1;
                self.config_version = event.config_version;
                self.alarms.clear(); // what still is wrong is raised anew
            }
            EventKind::ConfigPublished { version, .. } => {
                self.config_version = *version;
                self.published += 1;
            }
            EventKind::ConfigRefused { .. } => self.refused += 1,
            EventKind::AlarmRaised { alarm, .. } => {
                self.alarms.insert(*alarm);
            }
            EventKind::AlarmCleared { alarm, .. } => {
                self.alarms.remove(alarm);
            }
            _ => {}
        }
    }

    fn note_plans(&mut self, event: &Event) {
        for (plan, active) in &mut self.plans {
            *active = event.plans.contains(plan);
        }
        for plan in &event.plans {
            self.plans.insert(plan.clone(), true);
        }
    }
}

/// Every alarm, so that one that never rang is a zero and not a gap.
pub const ALARMS: [Alarm; 7] = [
    Alarm::Journal,
    Alarm::Spool,
    Alarm::Index,
    Alarm::Archive,
    Alarm::MediaPorts,
    Alarm::MediaWorker,
    Alarm::Calendar,
];

/// Label of an alarm.
pub fn alarm_label(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Journal => "journal",
        Alarm::Spool => "spool",
        Alarm::Index => "index",
        Alarm::Archive => "archive",
        Alarm::MediaPorts => "media_ports",
        Alarm::MediaWorker => "media_worker",
        Alarm::Calendar => "calendar",
    }
}
