//! What each order does.

use std::io;
use std::sync::atomic::Ordering::Relaxed;

use super::line::{Line, Tape};
use super::serve::count_stream;
use super::worker::{Flow, Worker};
use crate::ids::{CallId, LegId};
use crate::io::rtp_socket::Network;
use crate::media::command::{Capturing, Command, MediaEvent, Negotiated, OpenFailure};
use crate::media::leg::{Leg, Speech};
use crate::media::player::Player;
use crate::now::{Mono, Now};
use crate::record::spool::Entry;

/// What `Open` and `Reserve` have in common.
struct Opening {
    leg: LegId,
    port: u16,
    media: Option<Negotiated>,
    seed: u64,
    record: bool,
    speech: Speech,
}

impl<N: Network, E: FnMut(MediaEvent)> Worker<N, E> {
    pub fn command(&mut self, now: Now, command: Command) -> Flow {
        let now = now.mono;
        match command {
            Command::Open { leg, port, media, seed, record, muted } => {
                let speech = if muted { Speech::Muted } else { Speech::On };
                self.open(now, Opening { leg, port, media: Some(media), seed, record, speech });
            }
            Command::Reserve { leg, port, seed, record } => {
                self.open(now, Opening { leg, port, media: None, seed, record, speech: Speech::On });
            }
            Command::Update { leg, media } => {
                if let Some(line) = self.lines.find(leg).and_then(|place| self.lines.get(place)) {
                    line.leg.update(now, media);
                }
            }
            Command::Play { leg, id, items, at_end, masking } => {
                if let Some(place) = self.lines.find(leg) {
                    self.lines.stop_hearing(place);
                    if let Some(line) = self.lines.get(place) {
                        line.leg.play(now, Player::new(id, items, at_end), masking);
                    }
                    self.notices(place, now);
                }
            }
            Command::Bridge { a, b } => self.bridge(a, b),
            Command::Unbridge { a, b } => {
                self.unhear(a, b);
                self.unhear(b, a);
            }
            Command::Capture { leg, step } => self.capture(leg, step),
            Command::Close { leg } => self.close(now, leg),
            Command::EndCall { call } => self.end_call(now, call),
            Command::Shutdown => return Flow::Stop,
        }
        Flow::Continue
    }

    fn open(&mut self, now: Mono, opening: Opening) {
        let leg = opening.leg;
        match self.try_open(now, opening) {
            Ok(()) => {
                self.counters.legs.fetch_add(1, Relaxed);
                (self.tell)(MediaEvent::Opened { leg, at: now });
            }
            Err(why) => (self.tell)(MediaEvent::OpenFailed { leg, why }),
        }
    }

    fn try_open(&mut self, now: Mono, opening: Opening) -> Result<(), OpenFailure> {
        let Opening { leg, port, media, seed, record, speech } = opening;
        if self.lines.find(leg).is_some() {
            return Err(OpenFailure::Other);
        }
        if self.lines.len() >= self.max_legs {
            return Err(OpenFailure::TooManyLegs);
        }
        if record && !self.tap.takes_new_calls() {
            return Err(OpenFailure::Spool);
        }
        let rtp = self.network.bind(port).map_err(|error| why(&error))?;
        let above = port.checked_add(1).ok_or(OpenFailure::Other)?;
        let rtcp = self.network.bind(above).map_err(|error| why(&error))?;
        if record {
            self.tap.open(leg, now);
        }
        self.lines.insert(Line {
            id: leg,
            leg: Leg::new(now, seed, media, speech),
            rtp,
            rtcp,
            tape: record.then(Tape::default),
            feeds: None,
            hears: None,
            opened: now,
            ticks: 0,
            lost_counted: 0,
        });
        Ok(())
    }

    /// Legs of different calls never hear each other.
    fn bridge(&mut self, a: LegId, b: LegId) {
        if let (Some(place_a), Some(place_b)) = (self.lines.find(a), self.lines.find(b))
            && a.call == b.call
            && a != b
        {
            self.lines.hear(place_a, place_b);
            self.lines.hear(place_b, place_a);
        }
    }

    fn unhear(&mut self, listener: LegId, speaker: LegId) {
        if let Some(place) = self.lines.find(listener)
            && self.lines.get(place).is_some_and(|line| line.hears.is_some_and(|(_, id)| id == speaker))
        {
            self.lines.stop_hearing(place);
        }
    }

    fn capture(&mut self, leg: LegId, step: Capturing) {
        let is_open = self.lines.find(leg).is_some();
        match step {
            Capturing::Begin if is_open => self.tap.capture(leg),
            // The leg is gone.
            Capturing::Begin => {}
            Capturing::End => {
                let samples = self.tap.captured(leg).into();
                (self.tell)(MediaEvent::Captured { leg, samples });
            }
            Capturing::Forget => drop(self.tap.captured(leg)),
        }
    }

    fn close(&mut self, now: Mono, leg: LegId) {
        self.capture(leg, Capturing::Forget);
        let Some(place) = self.lines.find(leg) else { return };
        // What has arrived before the order still belongs to the call.
        self.drain(place, now);
        let Some(mut line) = self.lines.remove(place) else { return };
        if let Some(mut tape) = line.tape.take() {
            tape.held.release_all(|kept| self.tap.received(leg, kept));
            self.tap.sent(tape.cut(leg));
            self.tap.mark(&Entry::LegClosed { leg, at: now });
        }
        count_stream(&mut line, &self.counters);
        self.counters.legs.fetch_sub(1, Relaxed);
        (self.tell)(MediaEvent::Closed { leg, stats: line.leg.stats() });
    }

    fn end_call(&mut self, now: Mono, call: CallId) {
        for leg in self.lines.of_call(call) {
            self.close(now, leg);
        }
        self.tap.end_call(call, self.id, &mut self.tell);
    }
}

fn why(error: &io::Error) -> OpenFailure {
    if error.kind() == io::ErrorKind::AddrInUse { OpenFailure::PortTaken } else { OpenFailure::Other }
}
