//! A leg with its sockets, and the table of all of a worker.

use std::collections::BTreeMap;

use super::ticker::SLOTS;
use crate::ids::LegId;
use crate::media::hold_back::HoldBack;
use crate::media::leg::Leg;
use crate::media::player::Heard;
use crate::media::{FRAME, FRAME_BYTES};
use crate::now::Mono;
use crate::record::spool::{Entry, Source};

/// A leg of this worker.
pub(super) struct Line<S> {
    pub id: LegId,
    pub leg: Leg,
    pub rtp: S,
    pub rtcp: S,
    /// `None` for a leg that is not recorded.
    pub tape: Option<Tape>,
    /// The leg that hears this one.
    pub feeds: Option<Place>,
    /// The leg this one hears.
    pub hears: Option<(Place, LegId)>,
    pub opened: Mono,
    pub ticks: u32,
    /// Lost packets already added to the shared counters.
    pub lost_counted: u64,
}

/// Where a line stands in its table.
pub(super) type Place = usize;

/// What a recorded leg has not handed to the spool yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    /// Received voice.
    pub held: HoldBack,
    /// From when on held voice was dropped because of a key.
    pub dropped_from: Option<Mono>,
    /// Sent frames that follow one another.
    run: Option<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    at: Mono,
    frames: u16,
    source: Source,
}

impl Tape {
    /// A frame was sent at `at`; the entry of the run before, if this frame does not continue it.
    pub fn add(&mut self, leg: LegId, at: Mono, source: Source) -> Option<Entry> {
        if let Some(run) = &mut self.run
            && run.is_continued_by(at, source)
        {
            run.frames += 1;
            return None;
        }
        self.run.replace(Run { at, frames: 1, source }).map(|run| run.entry(leg))
    }

    /// The entry of the run up to now.
    pub fn cut(&mut self, leg: LegId) -> Option<Entry> {
        self.run.take().map(|run| run.entry(leg))
    }
}

impl Run {
    fn is_continued_by(&self, at: Mono, source: Source) -> bool {
        let frames = u32::from(self.frames);
        self.frames < u16::MAX
            && at == self.at + FRAME * frames
            && match (self.source, source) {
                (Source::Silence, Source::Silence) => true,
                (Source::Prompt { hash, offset }, Source::Prompt { hash: next, offset: at }) => {
                    hash == next && at == offset.saturating_add(frames * FRAME_BYTES as u32)
                }
                (Source::Peer { leg, sequence }, Source::Peer { leg: next, sequence: at }) => {
                    leg == next && at == sequence.wrapping_add(self.frames)
                }
                (Source::Silence | Source::Prompt { .. } | Source::Peer { .. }, _) => false,
            }
    }

    fn entry(self, leg: LegId) -> Entry {
        Entry::Sent { leg, at: self.at, frames: self.frames, source: self.source }
    }
}

/// In the words of the spool, which knows legs by name.
pub(super) fn source(heard: Heard, peer: Option<LegId>) -> Source {
    match (heard, peer) {
        (Heard::Prompt { hash, offset }, _) => Source::Prompt { hash, offset },
        (Heard::Peer { sequence }, Some(leg)) => Source::Peer { leg, sequence },
        (Heard::Peer { .. }, None) | (Heard::Silence, _) => Source::Silence,
    }
}

/// All lines of a worker: by place on the hot path, by name for orders.
pub(super) struct Lines<S> {
    table: Vec<Option<Box<Line<S>>>>,
    free: Vec<Place>,
    by_id: BTreeMap<LegId, Place>,
    slots: [Vec<Place>; SLOTS],
}

impl<S> Lines<S> {
    pub fn new() -> Self {
        Lines { table: Vec::new(), free: Vec::new(), by_id: BTreeMap::new(), slots: Default::default() }
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn find(&self, id: LegId) -> Option<Place> {
        self.by_id.get(&id).copied()
    }

    pub fn get(&mut self, place: Place) -> Option<&mut Line<S>> {
        self.table.get_mut(place)?.as_deref_mut()
    }

    /// The `n`th line of a slot.
    pub fn at(&self, slot: usize, n: usize) -> Option<Place> {
        self.slots.get(slot)?.get(n).copied()
    }

    pub fn all(&mut self) -> impl Iterator<Item = &mut Line<S>> {
        self.table.iter_mut().filter_map(Option::as_deref_mut)
    }

    /// Legs of one call, in order.
    pub fn of_call(&self, call: crate::ids::CallId) -> Vec<LegId> {
        let (first, last) = (LegId { call, n: 0 }, LegId { call, n: u16::MAX });
        self.by_id.range(first..=last).map(|(id, _)| *id).collect()
    }

    /// Puts a line into the slot with the fewest.
    pub fn insert(&mut self, line: Line<S>) {
        let id = line.id;
        let place = self.free.pop().unwrap_or_else(|| {
            self.table.push(None);
            self.table.len() - 1
        });
        self.table[place] = Some(Box::new(line));
        self.by_id.insert(id, place);
        if let Some(slot) = self.slots.iter_mut().min_by_key(|slot| slot.len()) {
            slot.push(place);
        }
    }

    /// Takes a line out; nobody hears it any more, and it hears nobody.
    pub fn remove(&mut self, place: Place) -> Option<Box<Line<S>>> {
        self.stop_hearing(place);
        if let Some(listener) = self.get(place).and_then(|line| line.feeds) {
            self.stop_hearing(listener);
        }
        let line = self.table.get_mut(place)?.take()?;
        self.by_id.remove(&line.id);
        self.free.push(place);
        for slot in &mut self.slots {
            if let Some(n) = slot.iter().position(|other| *other == place) {
                slot.swap_remove(n);
            }
        }
        Some(line)
    }

    /// `listener` hears what `speaker` says, and nothing else.
    pub fn hear(&mut self, listener: Place, speaker: Place) {
        self.stop_hearing(listener);
        let Some(line) = self.get(speaker) else { return };
        let id = line.id;
        if let Some(other) = line.feeds.replace(listener) {
            // A leg speaks to one other.
            self.forget_speaker(other);
        }
        if let Some(line) = self.get(listener) {
            line.hears = Some((speaker, id));
            line.leg.listen();
        }
    }

    /// `listener` hears silence unless it is told otherwise.
    pub fn stop_hearing(&mut self, listener: Place) {
        let Some((speaker, _)) = self.get(listener).and_then(|line| line.hears) else { return };
        if let Some(line) = self.get(speaker) {
            line.feeds = None;
        }
        self.forget_speaker(listener);
    }

    fn forget_speaker(&mut self, listener: Place) {
        if let Some(line) = self.get(listener)
            && line.hears.take().is_some()
        {
            line.leg.stop_listening();
        }
    }
}
