//! Media workers that answer like real ones and carry no sound.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::network::{below, between};
use crate::event::LegStats;
use crate::ids::{LegId, WorkerId};
use crate::media::command::{AtEnd, Command, MediaEvent, OpenFailure, PlayId, PlayItem};
use crate::now::Mono;

#[derive(Default)]
pub(super) struct SimMedia {
    due: BTreeMap<(Mono, u64), (WorkerId, MediaEvent)>,
    n: u64,
    playing: BTreeMap<LegId, PlayId>,
    pub open: BTreeSet<LegId>,
}

impl SimMedia {
    pub fn command(&mut self, now: Mono, rng: &mut ChaCha20Rng, worker: WorkerId, command: Command) {
        let soon = between(rng, 0, 6);
        match command {
            Command::Open { leg, .. } | Command::Reserve { leg, .. } => {
                let event = if below(rng, 100) == 0 {
                    MediaEvent::OpenFailed { leg, why: OpenFailure::PortTaken }
                } else {
                    self.open.insert(leg);
                    MediaEvent::Opened { leg, at: now }
                };
                self.after(now, soon, worker, event);
            }
            Command::Play { leg, id, items, at_end, .. } => {
                self.playing.insert(leg, id);
                if at_end == AtEnd::Silence {
                    let length: Duration = items
                        .iter()
                        .map(|item| match item {
                            PlayItem::Clip(clip) => clip.length(),
                            PlayItem::Silence(length) => *length,
                        })
                        .sum();
                    self.after(now, length, worker, MediaEvent::PlayDone { leg, id });
                }
            }
            Command::Close { leg } => {
                if self.open.remove(&leg) {
                    let stats = LegStats::default();
                    self.after(now, Duration::from_millis(6), worker, MediaEvent::Closed { leg, stats });
                }
            }
            Command::EndCall { call } => {
                let event = MediaEvent::CallSpooled { call, worker, spool: Vec::new() };
                self.after(now, Duration::from_millis(6), worker, event);
            }
            Command::Update { .. }
            | Command::Bridge { .. }
            | Command::Unbridge { .. }
            | Command::Shutdown => {}
        }
    }

    fn after(&mut self, now: Mono, delay: Duration, worker: WorkerId, event: MediaEvent) {
        self.n += 1;
        self.due.insert((now + delay, self.n), (worker, event));
    }

    pub fn next(&self) -> Option<Mono> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    pub fn happened(&mut self, now: Mono) -> Option<(WorkerId, MediaEvent)> {
        loop {
            let (&key, _) = self.due.iter().next()?;
            if key.0 > now {
                return None;
            }
            let (worker, event) = self.due.remove(&key)?;
            match &event {
                // A list that was replaced never ends.
                MediaEvent::PlayDone { leg, id } if self.playing.get(leg) != Some(id) => {}
                _ => return Some((worker, event)),
            }
        }
    }
}
