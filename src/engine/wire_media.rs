//! Media ⇄ call: sockets opened and closed, keys heard, prompts played.

use std::time::Duration;

use super::live::{Playing, Sockets};
use super::timers::Timer;
use super::{Engine, FinaliseOrder, Output};
use crate::call::{self, StaffResult, Tune, announce};
use crate::event::{Alarm, EventKind, OfferEnd, Refusal};
use crate::ids::*;
use crate::media::command::{
    AtEnd, Command, Masking, MediaEvent, OpenFailure, PlayId, PlayItem, PromptTable, SpoolRef,
};
use crate::menu;
use crate::menu::api::Pace;
use crate::now::Wall;

/// Hold audio of a call that is in no known queue.
const HOLD: &str = "system.hold";
/// Ports tried for a leg before the range is taken to be in somebody else's hands.
const OPEN_TRIES: u8 = 3;

impl Engine {
    pub(super) fn on_media(&mut self, worker: WorkerId, event: MediaEvent) {
        self.trouble_over(Alarm::MediaWorker, worker);
        match event {
            MediaEvent::Opened { leg, .. } => self.on_opened(leg),
            MediaEvent::OpenFailed { leg, why } => self.on_open_failed(leg, why),
            MediaEvent::Digit { leg, key } if leg.is_caller() => self.on_caller_key(leg.call, key),
            // Agents' keys mean nothing yet.
            MediaEvent::Digit { .. } | MediaEvent::FirstPacket { .. } => {}
            MediaEvent::PlayDone { leg, id } => self.on_play_done(leg, id),
            MediaEvent::Captured { leg, samples } => self.on_captured(leg, samples),
            MediaEvent::NoMedia { leg, .. } => self.on_no_media(leg),
            MediaEvent::Closed { leg, stats } => {
                if leg.is_caller()
                    && let Some(live) = self.calls.get_mut(&leg.call)
                {
                    live.caller.stats = stats;
                }
                self.sockets_closed(leg);
            }
            MediaEvent::CallSpooled { call, worker, spool } => self.on_spooled(call, worker, spool),
            MediaEvent::SpoolFailing { failing: true, .. } => {
                let detail = format!("media worker {} cannot write its spool", worker.0);
                self.trouble(Alarm::Spool, worker, detail);
            }
            MediaEvent::SpoolFailing { failing: false, .. } => self.trouble_over(Alarm::Spool, worker),
            MediaEvent::Lateness { .. } => {}
        }
    }

    fn on_opened(&mut self, leg: LegId) {
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        if let Some(sockets) = live.sockets_mut(leg)
            && let Sockets::Opening { port } = *sockets
        {
            *sockets = Sockets::Open { port };
            self.timers.cancel(leg.call, Timer::Media);
            if leg.is_caller() {
                // The spool or the journal may have failed while the sockets were being opened.
                let input = self.shut().map_or(call::Input::Opened, call::Input::OpenFailed);
                self.advance(leg.call, input);
            } else {
                self.ring_peer(leg);
            }
        }
    }

    fn on_open_failed(&mut self, leg: LegId, why: OpenFailure) {
        self.unload(leg.call);
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        let tried = live.caller.opens_tried;
        let Some(sockets) = live.sockets_mut(leg) else { return };
        let port = sockets.port();
        let wanted = matches!(sockets, Sockets::Opening { .. });
        *sockets = Sockets::None;
        if let Some(port) = port {
            self.media.ports.release(self.journal.now.mono, port);
        }
        if !wanted {
            // It was to be closed anyway.
            return self.finish_media(leg.call);
        }
        if leg.is_caller() {
            let refusal = match why {
                OpenFailure::PortTaken if tried < OPEN_TRIES => match self.reopen_caller(leg.call) {
                    Ok(()) => return,
                    Err(refusal) => refusal,
                },
                OpenFailure::PortTaken | OpenFailure::Other => Refusal::NoMediaPort,
                OpenFailure::Spool => Refusal::StorageAlarm,
                OpenFailure::TooManyLegs => Refusal::TooManyCalls,
            };
            self.advance(leg.call, call::Input::OpenFailed(refusal));
        } else if why == OpenFailure::PortTaken && self.reserve_peer(leg) {
            // Rung from another port.
        } else {
            self.peer_failed(leg, OfferEnd::Unreachable);
        }
    }

    /// The same answer with another port.
    fn reopen_caller(&mut self, id: CallId) -> Result<(), Refusal> {
        let port = self.take_port().ok_or(Refusal::NoMediaPort)?;
        if let Some(live) = self.calls.get_mut(&id) {
            live.caller.sdp = with_port(&live.caller.sdp, port);
        }
        self.order_caller(id, port);
        Ok(())
    }

    fn on_no_media(&mut self, leg: LegId) {
        let now = self.journal.now;
        let Some(live) = self.calls.get(&leg.call) else { return };
        let dialog = if leg.is_caller() {
            Some(live.caller.dialog)
        } else {
            live.peers.iter().find(|peer| peer.leg == leg).and_then(|peer| peer.dialog)
        };
        // Silence alone is no proof of death: the peer is asked in its dialog.
        if let Some(dialog) = dialog.filter(|dialog| self.dialogs.contains_key(dialog)) {
            self.stack.probe(now, dialog);
        }
    }

    /// Play in place of what the caller hears.
    pub(super) fn play(&mut self, id: CallId, items: Vec<PlayItem>, how: (AtEnd, Masking)) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.play.id.0 += 1;
        let command =
            Command::Play { leg: LegId::caller(id), id: live.play.id, items, at_end: how.0, masking: how.1 };
        self.outputs.push_back(Output::Media { worker: live.worker, command });
    }

    fn on_play_done(&mut self, leg: LegId, id: PlayId) {
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        if !leg.is_caller() || live.play.id != id {
            return;
        }
        let Playing { tune, next, menu, .. } = std::mem::take(&mut live.play);
        live.play.id = id;
        if self.is_announcing(leg.call) {
            self.announcing_input(leg.call, announce::Input::Played);
        } else if menu {
            self.menu_input(leg.call, menu::api::Input::PlayDone);
        } else if let Some(tune) = tune {
            match tune {
                Tune::Welcome | Tune::Position { .. } | Tune::Choices => {
                    self.hear(leg.call, next.unwrap_or(Tune::Hold));
                }
                _ => self.advance(leg.call, call::Input::Played),
            }
        }
    }

    /// Play a tune of the phases outside the menus.
    pub(super) fn hear(&mut self, id: CallId, tune: Tune) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        if matches!(tune, Tune::Position { .. })
            && matches!(live.play.tune, Some(Tune::Welcome | Tune::Choices))
        {
            live.play.next = Some(tune);
            return;
        }
        let Some(published) = live.published.clone() else { return };
        let language = live
            .call
            .language()
            .or_else(|| published.program.languages().first())
            .map_or("", Language::as_str)
            .to_owned();
        let hold = live
            .call
            .queue()
            .and_then(|queue| published.queues.iter().find(|q| q.id == *queue))
            .map_or(HOLD, |queue| queue.hold_audio.as_str());
        let at_end = if tune == Tune::Hold { AtEnd::Loop } else { AtEnd::Silence };
        let items = items(&published.prompts, (&language, live.menus.pace), &names(&tune, hold));
        if let Some(live) = self.calls.get_mut(&id) {
            live.play.tune = Some(tune);
            live.play.next = None;
            live.play.menu = false;
        }
        self.play(id, items, (at_end, Masking::Open));
    }

    /// Close what is open of one leg.
    pub(super) fn close_sockets(&mut self, leg: LegId) {
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        let worker = live.worker;
        let Some(sockets) = live.sockets_mut(leg) else { return };
        if let Sockets::Opening { port } | Sockets::Open { port } = *sockets {
            *sockets = Sockets::Closing { port };
            self.outputs.push_back(Output::Media { worker, command: Command::Close { leg } });
        }
    }

    fn sockets_closed(&mut self, leg: LegId) {
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        let Some(sockets) = live.sockets_mut(leg) else { return };
        let port = sockets.port();
        *sockets = Sockets::None;
        if let Some(port) = port {
            self.media.ports.release(self.journal.now.mono, port);
            self.unload(leg.call);
        }
        if let Some(live) = self.calls.get_mut(&leg.call) {
            live.peers.retain(|peer| !peer.over || peer.sockets != Sockets::None);
        }
        self.finish_media(leg.call);
    }

    pub(super) fn unload(&mut self, id: CallId) {
        let Some(live) = self.calls.get(&id) else { return };
        if let Some(load) = self.media.load.get_mut(usize::from(live.worker.0)) {
            *load = load.saturating_sub(1);
        }
    }

    /// When the visit is over and every leg is closed: the end goes into the journal, the spool is closed.
    pub(super) fn finish_media(&mut self, id: CallId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let Some(ended) = live.call.ended() else { return };
        if !live.media_closed() || live.caller.end_told {
            return;
        }
        live.caller.end_told = true;
        let kind = EventKind::CallEnded {
            outcome: ended.outcome,
            by: ended.by,
            duration_ms: live.call.duration_ms(),
            caller_leg: live.caller.stats,
        };
        let (worker, spooled) = (live.worker, live.caller.opens_tried > 0);
        self.emit_call(id, kind);
        self.timers.cancel_all(id);
        if spooled {
            self.outputs.push_back(Output::Media { worker, command: Command::EndCall { call: id } });
            self.timers.set(id, Timer::Media, self.journal.now.mono + super::settings::CLOSING_PATIENCE);
        } else {
            self.forget(id);
        }
    }

    fn on_spooled(&mut self, call: CallId, worker: WorkerId, spool: Vec<SpoolRef>) {
        match self.answered_and_recorded(call) {
            Some(answered) => {
                self.outputs.push_back(Output::Finalise(FinaliseOrder { call, answered, worker, spool }));
            }
            None => self.outputs.push_back(Output::DiscardSpool { call }),
        }
        self.media.unspooled.remove(&call);
        self.forget(call);
    }

    /// When a call was answered whose sound must be kept.
    fn answered_and_recorded(&self, call: CallId) -> Option<Wall> {
        match self.calls.get(&call) {
            Some(live) => live.answered.filter(|_| live.caller.recorded).map(|answered| answered.wall),
            None => self.media.unspooled.get(&call).copied(),
        }
    }

    /// The worker does not answer: the call cannot be carried.
    pub(super) fn on_media_silent(&mut self, id: CallId) {
        let Some(live) = self.calls.get(&id) else { return };
        let (worker, failed) = match live.answered {
            Some(_) => (live.worker, call::Input::CallerFailed),
            None => (live.worker, call::Input::OpenFailed(Refusal::NoMediaPort)),
        };
        let (ended, end_told) = (live.call.ended().is_some(), live.caller.end_told);
        // A worker whose disk fails hands a call over when that has passed, and is not dead.
        if !self.house.troubled.contains(&(Alarm::Spool, worker)) {
            self.trouble(Alarm::MediaWorker, worker, format!("media worker {} does not answer", worker.0));
        }
        if !ended {
            self.advance(id, failed);
        } else if !end_told {
            self.give_up_sockets(id);
        } else {
            match self.answered_and_recorded(id) {
                Some(answered) => drop(self.media.unspooled.insert(id, answered)),
                None => self.outputs.push_back(Output::DiscardSpool { call: id }),
            }
            self.forget(id);
        }
    }

    /// Nobody will tell that they are closed.
    fn give_up_sockets(&mut self, id: CallId) {
        let Some(live) = self.calls.get(&id) else { return };
        let mut legs = vec![LegId::caller(id)];
        legs.extend(live.peers.iter().map(|peer| peer.leg));
        for leg in legs {
            self.sockets_closed(leg);
        }
    }

    pub(super) fn forget(&mut self, id: CallId) {
        self.timers.cancel_all(id);
        self.calls.remove(&id);
    }

    pub(super) fn on_archived(&mut self, call: CallId, result: EventKind) {
        self.emit_call(call, result);
    }
}

/// Names of the prompts a tune is made of.
fn names(tune: &Tune, hold: &str) -> Vec<String> {
    let digits = |n: &str| n.chars().map(|c| format!("system.digit.{c}")).collect::<Vec<_>>();
    match tune {
        Tune::Welcome => vec!["system.queue.welcome".into()],
        Tune::Position { position, .. } => {
            let mut names = vec!["system.queue.position.before".to_owned()];
            names.extend(digits(&position.to_string()));
            names.push("system.queue.position.after".into());
            names
        }
        Tune::Choices => vec!["system.queue.choices".into()],
        Tune::Hold => vec![hold.to_owned()],
        Tune::AgentNumber(agent) => {
            let mut names = vec!["system.agent.number.before".to_owned()];
            let spoken: String = agent.as_str().chars().filter(char::is_ascii_digit).collect();
            names.extend(digits(&spoken));
            names.push("system.agent.number.after".into());
            names
        }
        Tune::MessageIntro => vec!["system.message.intro".into(), "system.beep".into()],
        Tune::Listen => Vec::new(),
        Tune::MessageThanks => vec!["system.message.thanks".into()],
        Tune::TransferFailed => vec!["system.transfer_failed".into()],
        Tune::Staff(result) => vec![format!("system.staff.{}", staff_word(*result))],
        Tune::Sorry => vec!["system.error".into()],
    }
}

fn staff_word(result: StaffResult) -> &'static str {
    match result {
        StaffResult::SignedIn => "signed_in",
        StaffResult::SignedOut => "signed_out",
        StaffResult::Ready => "ready",
        StaffResult::NotReady => "not_ready",
        StaffResult::PlanStarted => "plan_started",
        StaffResult::PlanProposed => "plan_proposed",
        StaffResult::PlanEnded => "plan_ended",
        StaffResult::Refused => "refused",
    }
}

/// What is added to a language's name for prompts spoken slowly (HB-elder).
const SLOW: &str = "+slow";

/// The clips of these names, spoken slowly if wanted and recorded so; a missing one is a short
/// pause, never the end of the call.
pub(super) fn items(table: &PromptTable, (language, pace): (&str, Pace), names: &[String]) -> Vec<PlayItem> {
    let slow = (pace == Pace::Slow).then(|| format!("{language}{SLOW}"));
    let spoken_slowly = |name: &String| slow.as_ref().and_then(|slow| table.exact(slow, name));
    names
        .iter()
        .map(|name| match spoken_slowly(name).or_else(|| table.get(language, name)) {
            Some(clip) => PlayItem::Clip(clip.clone()),
            None => PlayItem::Silence(Duration::from_millis(200)),
        })
        .collect()
}

/// The same description of our side with another port of its audio.
fn with_port(sdp: &[u8], port: u16) -> Vec<u8> {
    let text = String::from_utf8_lossy(sdp);
    let lines = text.split_inclusive('\n').map(|line| match line.strip_prefix("m=audio ") {
        Some(rest) if !rest.starts_with("0 ") => {
            let after = rest.find(' ').map_or("", |space| &rest[space..]);
            format!("m=audio {port}{after}")
        }
        _ => line.to_owned(),
    });
    lines.collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    #[test]
    fn another_port_changes_the_audio_line_alone() {
        let sdp = b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 10000 RTP/AVP 0 101\r\nm=video 0 RTP/AVP 96\r\n";
        let moved = super::with_port(sdp, 20002);
        let text = String::from_utf8(moved).unwrap();
        assert!(text.contains("m=audio 20002 RTP/AVP 0 101\r\n"), "{text}");
        assert_eq!(text.replace("20002", "10000").as_bytes(), sdp);
    }
}
