//! A leg's turn: take what came, send a frame, tell what happened. The hottest path there is;
//! nothing here allocates or looks anything up by name.

use std::sync::atomic::Ordering::Relaxed;

use super::counters::MediaCounters;
use super::line::{Line, Place, source};
use super::worker::Worker;
use crate::io::rtp_socket::{DATAGRAMS, Network, RtpSocket};
use crate::media::command::MediaEvent;
use crate::media::leg::{Dropped, Notice, ReceiveOutcome, Recording};
use crate::media::rtcp;
use crate::now::{Mono, Now};
use crate::record::spool::Entry;

/// System calls a turn at most: a flood at one port must not hold up the others.
const ROUNDS: usize = 4;
/// Reports are looked for each half second.
const TICKS_A_REPORT: u32 = 25;

impl<N: Network, E: FnMut(MediaEvent)> Worker<N, E> {
    /// The turn of every leg of a slot whose time is `due`.
    pub fn slot(&mut self, now: Now, due: Mono, slot: usize) {
        let mut n = 0;
        while let Some(place) = self.lines.at(slot, n) {
            self.serve(place, now, due);
            n += 1;
        }
        self.tally.pour(&self.counters);
    }

    fn serve(&mut self, place: Place, now: Now, due: Mono) {
        self.release(place, now.mono);
        self.drain(place, now.mono);
        self.send(place, due);
        self.exchange_reports(place, now);
        self.notices(place, now.mono);
    }

    /// Hands voice to the spool that no key has followed.
    fn release(&mut self, place: Place, now: Mono) {
        if let Some(line) = self.lines.get(place)
            && let Some(tape) = &mut line.tape
        {
            tape.held.release(now, |kept| self.tap.received(line.id, kept));
        }
    }

    /// Takes what has arrived for a leg, to its recording and to the leg that hears it.
    pub(super) fn drain(&mut self, place: Place, now: Mono) {
        for _ in 0..ROUNDS {
            let Some(line) = self.lines.get(place) else { return };
            line.rtp.receive(&mut self.batch);
            for (from, datagram) in self.batch.iter() {
                let Some(line) = self.lines.get(place) else { return };
                let leg = line.id;
                match line.leg.receive(now, from, datagram) {
                    ReceiveOutcome::Voice(voice) => {
                        self.tally.received += 1;
                        if let Some(tape) = &mut line.tape
                            && voice.recording == Recording::Allowed
                        {
                            tape.held.push(now, &voice, |kept| self.tap.received(leg, kept));
                        }
                        if let Some(listener) = line.feeds
                            && let Some(listener) = self.lines.get(listener)
                        {
                            listener.leg.hear(&voice);
                        }
                    }
                    ReceiveOutcome::Key(pressed) => {
                        self.tally.received += 1;
                        if let Some(tape) = &mut line.tape
                            && let Some(from) = tape.held.drop_all()
                        {
                            tape.dropped_from = Some(from);
                        }
                        if let Some(key) = pressed {
                            (self.tell)(MediaEvent::Digit { leg, key });
                        }
                    }
                    ReceiveOutcome::Nothing => self.tally.received += 1,
                    ReceiveOutcome::Dropped(Dropped::Foreign) => self.tally.foreign += 1,
                    ReceiveOutcome::Dropped(Dropped::Malformed | Dropped::Repeated) => {
                        self.tally.malformed += 1
                    }
                }
            }
            if self.batch.len() < DATAGRAMS {
                return;
            }
        }
    }

    /// Sends the frame of the tick at `due`.
    fn send(&mut self, place: Place, due: Mono) {
        let Some(line) = self.lines.get(place) else { return };
        if due < line.opened {
            return;
        }
        let Some(frame) = line.leg.next_frame(due) else { return };
        match line.rtp.send(frame.to, frame.packet) {
            Ok(()) => self.tally.sent += 1,
            Err(_) => self.tally.unsent += 1,
        }
        if let Some(tape) = &mut line.tape {
            let source = source(frame.heard, line.hears.map(|(_, peer)| peer));
            self.tap.sent(tape.add(line.id, due, source));
        }
    }

    fn exchange_reports(&mut self, place: Place, now: Now) {
        let Some(line) = self.lines.get(place) else { return };
        line.ticks = line.ticks.wrapping_add(1);
        if line.ticks % TICKS_A_REPORT == place as u32 % TICKS_A_REPORT {
            line.rtcp.receive(&mut self.batch);
            for (from, datagram) in self.batch.iter() {
                match line.leg.receive_report(now.mono, from, datagram) {
                    Ok(()) => {}
                    Err(Dropped::Foreign) => self.tally.foreign += 1,
                    Err(Dropped::Malformed | Dropped::Repeated) => self.tally.malformed += 1,
                }
            }
        }
        let mut out = [0; rtcp::MAX_BYTES];
        if let Some((to, length)) = line.leg.report(now, &mut out) {
            if line.rtcp.send(to, &out[..length]).is_err() {
                self.tally.unsent += 1;
            }
            count_stream(line, &self.counters);
        }
    }

    /// Tells what the leg noticed.
    pub(super) fn notices(&mut self, place: Place, now: Mono) {
        let Some(line) = self.lines.get(place) else { return };
        let leg = line.id;
        while let Some(notice) = line.leg.poll(now) {
            match notice {
                Notice::FirstPacket => (self.tell)(MediaEvent::FirstPacket { leg }),
                Notice::PlayDone(id) => (self.tell)(MediaEvent::PlayDone { leg, id }),
                Notice::NoMedia { for_ms } => (self.tell)(MediaEvent::NoMedia { leg, for_ms }),
                Notice::Masked(on) => {
                    if let Some(tape) = &mut line.tape {
                        let at = tape.dropped_from.take().filter(|_| on).unwrap_or(now);
                        self.tap.mark(&Entry::Masked { leg, at, on });
                    }
                }
            }
        }
    }
}

/// Adds what the received stream came to since the last time to the shared counters.
pub(super) fn count_stream<S>(line: &mut Line<S>, counters: &MediaCounters) {
    let stats = line.leg.stats();
    let more = stats.lost.saturating_sub(line.lost_counted);
    line.lost_counted += more;
    counters.lost.fetch_add(more, Relaxed);
    if stats.received > 0 {
        counters.jitter_us_sum.fetch_add(u64::from(stats.jitter_us), Relaxed);
        counters.jitter_reports.fetch_add(1, Relaxed);
    }
}
