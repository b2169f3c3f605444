//! Alarms, drain, publishing, the directory: the state of the house.

use std::sync::Arc;

use super::{AlarmState, Directory, Engine};
use crate::acd::api::{Input as AcdInput, QueueConfig};
use crate::call;
use crate::config::published::Published;
use crate::event::{Actor, Alarm, EventKind, Refusal};
use crate::now::Mono;
use crate::stats::service_level::Target;

impl Engine {
    /// Alarms under which no new call is answered: it could not be recorded or accounted for.
    const REFUSING: [Alarm; 3] = [Alarm::Journal, Alarm::Spool, Alarm::Index];

    pub(super) fn set_alarm(&mut self, alarm: Alarm, state: AlarmState) {
        match state {
            AlarmState::Raised { detail } => {
                if self.house.alarms.insert(alarm) {
                    self.emit(Actor::Server, None, EventKind::AlarmRaised { alarm, detail });
                }
            }
            AlarmState::Cleared => {
                if self.house.alarms.remove(&alarm) {
                    self.emit(Actor::Server, None, EventKind::AlarmCleared { alarm });
                }
            }
        }
    }

    /// Why no call is answered at present, if so.
    pub(super) fn shut(&self) -> Option<Refusal> {
        if self.house.draining.is_some() {
            Some(Refusal::Draining)
        } else if Self::REFUSING.iter().any(|alarm| self.house.alarms.contains(alarm)) {
            Some(Refusal::StorageAlarm)
        } else {
            None
        }
    }

    /// Why the call that just arrived cannot be taken, if so.
    pub(super) fn refusing(&self) -> Option<Refusal> {
        let shut = self.shut();
        if shut.is_some() {
            shut
        } else if self.calls.len() > self.settings.max_calls {
            Some(Refusal::TooManyCalls)
        } else if self.house.published.is_none() {
            Some(Refusal::NothingPublished)
        } else {
            None
        }
    }

    pub(super) fn on_published(&mut self, published: Arc<Published>) {
        self.router.configure(self.journal.now.mono, published.queues.clone());
        let target = |queue: &QueueConfig| {
            let within = u64::try_from(queue.service_target.within.as_millis()).unwrap_or(u64::MAX);
            (queue.id.clone(), Target::new(queue.service_target.percent, within))
        };
        self.stats.set_targets(published.queues.iter().map(target));
        if published.version != self.journal.config_version {
            self.journal.config_version = published.version;
            let kind = EventKind::ConfigPublished {
                version: published.version,
                by: published.by.clone(),
                reason: published.reason.clone(),
                digest: published.digest.clone(),
            };
            self.emit(Actor::Server, None, kind);
        }
        self.house.published = Some(published);
    }

    pub(super) fn on_directory(&mut self, directory: Arc<Directory>) {
        self.stack.set_devices(directory.devices.clone());
        let bindings = std::mem::take(&mut self.house.bindings);
        if !bindings.is_empty() {
            self.stack.restore_bindings(self.journal.now, bindings);
        }
        if directory.imported {
            let agents = u32::try_from(directory.agents.len()).unwrap_or(u32::MAX);
            let devices = u32::try_from(directory.devices.len()).unwrap_or(u32::MAX);
            self.emit(Actor::Server, None, EventKind::DirectoryImported { agents, devices });
        }
        for agent in self.house.seats.values() {
            if !directory.agents.contains_key(agent) {
                self.router.handle(self.journal.now.mono, AcdInput::SignOut { agent: agent.clone() });
            }
        }
        self.house.directory = directory;
    }

    pub(super) fn on_drain(&mut self, deadline: Mono) {
        if self.house.draining.is_none() {
            let calls = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
            self.emit(Actor::Server, None, EventKind::ServerStopping { calls });
        }
        self.house.draining = Some(deadline);
    }

    /// The deadline for running calls is over.
    pub(super) fn stop_all(&mut self) {
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            self.advance(id, call::Input::Stop);
        }
    }
}
