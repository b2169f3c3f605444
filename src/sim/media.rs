//! Media workers that answer like real ones and carry no sound. They are slow at times, cannot
//! always have a port, and notice when nobody speaks any more.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::network::{below, between};
use crate::event::LegStats;
use crate::ids::{Key, LegId, WorkerId};
use crate::media::command::{AtEnd, Capturing, Command, MediaEvent, OpenFailure, PlayId, PlayItem};
use crate::now::Mono;

/// Silence after which a worker reports it, and after which it does so again.
const SILENCE: Duration = Duration::from_secs(10);
const SILENCE_MS: u32 = 10_000;

#[derive(Default)]
pub(super) struct SimMedia {
    due: BTreeMap<(Mono, u64), (WorkerId, MediaEvent)>,
    n: u64,
    playing: BTreeMap<LegId, PlayId>,
    /// Open legs and where their peers are, once known.
    pub open: BTreeMap<LegId, (WorkerId, Option<SocketAddr>)>,
    /// A worker that answers nothing from one instant to another.
    pub stalls: Option<(WorkerId, Mono, Mono)>,
}

impl SimMedia {
    pub fn command(&mut self, now: Mono, rng: &mut ChaCha20Rng, worker: WorkerId, command: Command) {
        match command {
            Command::Open { leg, media, .. } => self.open(now, rng, worker, (leg, Some(media.remote))),
            Command::Reserve { leg, .. } => self.open(now, rng, worker, (leg, None)),
            Command::Play { leg, id, items, at_end, .. } => {
                self.playing.insert(leg, id);
                if at_end == AtEnd::Silence {
                    let length: Duration = items.iter().map(length).sum();
                    self.after(now, length, worker, MediaEvent::PlayDone { leg, id });
                }
            }
            Command::Close { leg } => {
                if self.open.remove(&leg).is_some() {
                    self.playing.remove(&leg);
                    let stats = LegStats::default();
                    self.after(now, Duration::from_millis(6), worker, MediaEvent::Closed { leg, stats });
                }
            }
            Command::EndCall { call } => {
                let event = MediaEvent::CallSpooled { call, worker, spool: Vec::new() };
                self.after(now, Duration::from_millis(6), worker, event);
            }
            Command::Update { leg, media } => {
                if let Some((_, remote)) = self.open.get_mut(&leg) {
                    *remote = Some(media.remote);
                }
            }
            Command::Bridge { .. } | Command::Unbridge { .. } | Command::Shutdown => {}
            Command::Capture { leg, step: Capturing::End } => {
                let event = MediaEvent::Captured { leg, samples: vec![9_000; 8_000].into() };
                self.after(now, Duration::from_millis(6), worker, event);
            }
            Command::Capture { .. } => {}
        }
    }

    fn open(
        &mut self,
        now: Mono,
        rng: &mut ChaCha20Rng,
        worker: WorkerId,
        (leg, remote): (LegId, Option<SocketAddr>),
    ) {
        let failed = match below(rng, 100) {
            0..=2 => Some(OpenFailure::PortTaken),
            3 => Some(
                [OpenFailure::Spool, OpenFailure::TooManyLegs, OpenFailure::Other][below(rng, 3) as usize],
            ),
            _ => None,
        };
        // A disk that is busy makes callers wait for their answer.
        let delay = if below(rng, 10) == 0 { between(rng, 100, 1_500) } else { between(rng, 0, 6) };
        let event = match failed {
            Some(why) => MediaEvent::OpenFailed { leg, why },
            None => {
                self.open.insert(leg, (worker, remote));
                MediaEvent::Opened { leg, at: now }
            }
        };
        self.after(now, delay, worker, event);
        // Now and then a line is silent for a while and nothing is wrong.
        if failed.is_none() && below(rng, 10) == 0 {
            let silent = MediaEvent::NoMedia { leg, for_ms: SILENCE_MS };
            self.after(now, between(rng, 10_000, 60_000), worker, silent);
        }
    }

    /// A caller presses a key; a worker that answers nothing does not hear it.
    pub fn press(&mut self, now: Mono, leg: LegId, key: Key) {
        if let Some(&(worker, _)) = self.open.get(&leg) {
            self.after(now, Duration::ZERO, worker, MediaEvent::Digit { leg, key });
        }
    }

    /// Nothing comes from this address any more.
    pub fn silent(&mut self, now: Mono, from: SocketAddr) {
        let legs: Vec<_> = self.open.iter().filter(|(_, (_, remote))| *remote == Some(from)).collect();
        let legs: Vec<(LegId, WorkerId)> =
            legs.into_iter().map(|(leg, (worker, _))| (*leg, *worker)).collect();
        for (leg, worker) in legs {
            self.report_silence(now, worker, leg);
        }
    }

    /// Nothing comes from anybody for a while.
    pub fn dark(&mut self, now: Mono) {
        let legs: Vec<(LegId, WorkerId)> =
            self.open.iter().map(|(leg, (worker, _))| (*leg, *worker)).collect();
        for (leg, worker) in legs {
            self.report_silence(now, worker, leg);
        }
    }

    fn report_silence(&mut self, now: Mono, worker: WorkerId, leg: LegId) {
        for times in 1..=3 {
            let silent = MediaEvent::NoMedia { leg, for_ms: SILENCE_MS * times };
            self.after(now, SILENCE * times, worker, silent);
        }
    }

    fn after(&mut self, now: Mono, delay: Duration, worker: WorkerId, event: MediaEvent) {
        self.n += 1;
        let mut at = now + delay;
        if let Some((stalled, from, until)) = self.stalls
            && stalled == worker
            && (from..until).contains(&at)
        {
            at = until;
        }
        self.due.insert((at, self.n), (worker, event));
    }

    pub fn next(&self) -> Option<Mono> {
        self.due.keys().next().map(|(at, _)| *at).filter(|at| *at != Mono(u64::MAX))
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
                MediaEvent::NoMedia { leg, .. } if !self.open.contains_key(leg) => {}
                _ => return Some((worker, event)),
            }
        }
    }
}

fn length(item: &PlayItem) -> Duration {
    match item {
        PlayItem::Clip(clip) => clip.length(),
        PlayItem::Silence(length) => *length,
    }
}
