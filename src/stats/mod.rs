//! Business figures as folds over events. Pure: equal events give equal figures.
//!
//! [`Stats::apply`] takes every event of the journal in order; [`exposition::render`] writes the
//! page that Prometheus reads. A file is a concern:
//! - `interval`: counts over the last five minutes, half hour and day;
//! - `histogram`: how long things took;
//! - `service_level`, `connect_rate`: the promises of CBA-17, with their definitions;
//! - `calls`, `menus`, `queues`, `services`, `agent_time`, `recordings`, `server`: what is counted.
//!
//! Marked calls of a drill never enter (CBA-29). Packets and SIP responses are no events and are
//! counted elsewhere.

pub mod agent_time;
pub mod calls;
pub mod connect_rate;
pub mod exposition;
pub mod histogram;
pub mod interval;
pub mod menus;
pub mod queues;
pub mod recordings;
pub mod server;
pub mod service_level;
pub mod services;

mod page;

#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::ids::{QueueId, Seq};
use service_level::Target;

/// All figures, as of one event of the journal. Serialised, it is the snapshot of this fold.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// The last event taken in.
    pub as_of_seq: Seq,
    pub calls: calls::Calls,
    pub menus: menus::Menus,
    pub queues: queues::Queues,
    pub services: services::Services,
    pub agents: agent_time::Agents,
    pub recordings: recordings::Recordings,
    pub server: server::Server,
}

impl Stats {
    pub fn new() -> Self {
        Stats::default()
    }

    /// Takes in the next event. One already taken in is passed over, so a tail may overlap a
    /// snapshot.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.as_of_seq {
            return;
        }
        self.as_of_seq = event.seq;
        if event.drill {
            return;
        }
        self.calls.apply(event);
        self.menus.apply(event);
        self.queues.apply(event);
        self.services.apply(event);
        self.agents.apply(event);
        self.recordings.apply(event);
        self.server.apply(event);
    }

    /// The service targets from now on. They come from the published queues and are no events:
    /// a call is judged by the target in force when it leaves the queue, and a target changed
    /// today does not change yesterday.
    pub fn set_targets(&mut self, targets: impl IntoIterator<Item = (QueueId, Target)>) {
        self.queues.set_targets(targets);
    }
}
