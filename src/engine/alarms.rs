//! Alarms, drain, publishing, the directory: the state of the house.

use std::sync::Arc;

use super::{AlarmState, CallerBook, Directory, Engine, Proposed, Seat};
use crate::acd::api::{Input as AcdInput, QueueConfig};
use crate::acd::signins::{SignIns, SignedIn};
use crate::call;
use crate::config::published::Published;
use crate::event::{Actor, Alarm, EventKind, Refusal};
use crate::ids::{AgentId, WorkerId};
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
                    let turned_away = match alarm {
                        Alarm::Journal => std::mem::take(&mut self.house.turned_away),
                        _ => 0,
                    };
                    self.emit(Actor::Server, None, EventKind::AlarmCleared { alarm, turned_away });
                }
            }
        }
    }

    /// A worker is in trouble: the alarm stands until none is.
    pub(super) fn trouble(&mut self, alarm: Alarm, worker: WorkerId, detail: String) {
        self.house.troubled.insert((alarm, worker));
        self.set_alarm(alarm, AlarmState::Raised { detail });
    }

    pub(super) fn trouble_over(&mut self, alarm: Alarm, worker: WorkerId) {
        if self.house.troubled.remove(&(alarm, worker))
            && !self.house.troubled.iter().any(|(other, _)| *other == alarm)
        {
            self.set_alarm(alarm, AlarmState::Cleared);
        }
    }

    /// A port for RTP, or the alarm.
    pub(super) fn take_port(&mut self) -> Option<u16> {
        let port = self.media.ports.take(self.journal.now.mono);
        if port.is_none() {
            let detail = "every port of `media.ports` is used or rests; widen the range".to_owned();
            self.set_alarm(Alarm::MediaPorts, AlarmState::Raised { detail });
        }
        port
    }

    /// Ports have rested: calls can be taken again.
    pub(super) fn look_after_ports(&mut self) {
        if self.house.alarms.contains(&Alarm::MediaPorts) && self.media.ports.has_free(self.journal.now.mono)
        {
            self.set_alarm(Alarm::MediaPorts, AlarmState::Cleared);
        }
    }

    /// No event can be written: nothing of a new call would be known after a crash.
    pub(super) fn is_journal_failing(&self) -> bool {
        self.house.alarms.contains(&Alarm::Journal)
    }

    /// The same, or its sound could not be.
    pub(super) fn is_storage_failing(&self) -> bool {
        Self::REFUSING.iter().any(|alarm| self.house.alarms.contains(alarm))
    }

    /// Why no call is answered at present, if so.
    pub(super) fn shut(&self) -> Option<Refusal> {
        if self.house.draining.is_some() {
            Some(Refusal::Draining)
        } else if self.is_storage_failing() {
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
        self.folds.stats.set_targets(published.queues.iter().map(target));
        if published.version != self.journal.config_version {
            self.journal.config_version = published.version;
            let kind = EventKind::ConfigPublished {
                version: published.version,
                by: published.by.clone(),
                reason: published.reason.clone(),
                digest: published.digest.clone(),
            };
            self.emit(self.house.actor.clone(), None, kind);
        }
        self.house.published = Some(published);
    }

    pub(super) fn on_proposed(&mut self, proposed: Proposed) {
        let Proposed { version, by, reason, digest } = proposed;
        let kind = EventKind::ConfigProposed { version, by, reason, digest };
        self.emit(self.house.actor.clone(), None, kind);
    }

    pub(super) fn on_directory(&mut self, directory: Arc<Directory>) {
        self.stack.set_devices(directory.devices.clone());
        let bindings = std::mem::take(&mut self.house.before.bindings);
        if !bindings.is_empty() {
            self.stack.restore_bindings(self.journal.now, bindings);
        }
        if directory.imported {
            let agents = u32::try_from(directory.agents.len()).unwrap_or(u32::MAX);
            let devices = u32::try_from(directory.devices.len()).unwrap_or(u32::MAX);
            self.emit(self.house.actor.clone(), None, EventKind::DirectoryImported { agents, devices });
        }
        self.seat_again(&directory);
        let gone = |agent: &&AgentId| !directory.agents.contains_key(*agent);
        for agent in self.house.seats.values().filter(gone).cloned().collect::<Vec<_>>() {
            self.order(self.house.actor.clone(), AcdInput::SignOut { agent: agent.clone() }, agent);
        }
        self.house.directory = directory;
    }

    pub(super) fn on_callers(&mut self, book: Arc<CallerBook>) {
        if book.imported {
            let callers = u32::try_from(book.len()).unwrap_or(u32::MAX);
            self.emit(self.house.actor.clone(), None, EventKind::CallersImported { callers });
        }
        self.house.callers = book;
    }

    /// Whoever was signed in when the server stopped still is, unless agent or telephone is gone.
    fn seat_again(&mut self, directory: &Directory) {
        let mut signins = SignIns::default();
        for (agent, Seat { device, not_ready }) in std::mem::take(&mut self.house.before.seats) {
            match directory.agents.get(&agent) {
                Some(profile) if directory.devices.iter().any(|account| account.id == device) => {
                    self.house.seats.insert(device.clone(), agent);
                    signins.agents.push(SignedIn { profile: profile.clone(), device, not_ready });
                }
                _ => self.emit(Actor::Server, None, EventKind::AgentSignedOut { agent }),
            }
        }
        self.router.restore(self.journal.now.mono, signins);
    }

    pub(super) fn on_drain(&mut self, deadline: Mono) {
        if self.house.draining.is_none() {
            let calls = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
            self.emit(self.house.actor.clone(), None, EventKind::ServerStopping { calls });
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
