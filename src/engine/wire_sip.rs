//! SIP ⇄ call: invitations, hang-ups, re-offers; session descriptions on both sides.

use super::live::{CallerLeg, InMenus, Live, PeerLeg, Playing, Sockets};
use super::settings::MEDIA_PATIENCE;
use super::timers::Timer;
use super::{Engine, Output};
use crate::call::{self, Call, Visitor};
use crate::config::published::Published;
use crate::event::{Actor, Alarm, EventKind, LegStats, OfferEnd, Refusal};
use crate::ids::*;
use crate::media::command::{Command, Negotiated};
use crate::sdp;
use crate::sealed::{CallKey, CallerNumber, Redacted, Sealer};
use crate::sip::api::{self, DialogId, Reply, SipEvent};
use rand_core::Rng;

/// An INVITE as the stack tells it.
struct Arrival {
    dialog: DialogId,
    dialled: Redacted<String>,
    caller: Redacted<String>,
    device: Option<DeviceId>,
    sdp: Vec<u8>,
}

impl Engine {
    pub(super) fn on_stack_output(&mut self, output: api::Output) {
        match output {
            api::Output::Transmit { flow, bytes } => self.outputs.push_back(Output::Transmit { flow, bytes }),
            api::Output::Connect { remote, bytes } => {
                self.outputs.push_back(Output::Connect { remote, bytes })
            }
            api::Output::Count(count) => self.outputs.push_back(Output::Count(count)),
            api::Output::Event(event) => self.on_sip_event(event),
        }
    }

    fn on_sip_event(&mut self, event: SipEvent) {
        match event {
            SipEvent::Invite { dialog, dialled, caller, device, flow: _, sdp } => {
                self.on_invite(Arrival { dialog, dialled, caller, device, sdp })
            }
            SipEvent::Registered { device } => {
                self.emit(Actor::Server, None, EventKind::DeviceRegistered { device })
            }
            SipEvent::Unregistered { device } => {
                self.emit(Actor::Server, None, EventKind::DeviceUnregistered { device })
            }
            SipEvent::Cancelled { dialog } | SipEvent::NeverAcked { dialog } | SipEvent::Ended { dialog } => {
                self.on_dialog_gone(dialog)
            }
            SipEvent::Failed { dialog, code } => self.on_invite_failed(dialog, code),
            SipEvent::ProbeFailed { dialog } => {
                if let Some(&leg) = self.dialogs.get(&dialog) {
                    self.on_leg_dead(leg);
                }
            }
            SipEvent::Acked { dialog, sdp } => self.on_acked(dialog, &sdp),
            SipEvent::Reoffer { dialog, sdp } => self.on_reoffer(dialog, &sdp),
            SipEvent::Answered { dialog, sdp } => self.on_peer_answered(dialog, &sdp),
            SipEvent::InfoDigit { dialog, key } => self.on_info_digit(dialog, key),
            SipEvent::Progress { .. } | SipEvent::ProbeAnswered { .. } => {}
        }
    }

    fn on_invite(&mut self, arrival: Arrival) {
        if self.is_journal_failing() {
            return self.turn_away(arrival.dialog);
        }
        let star = self.star_code(arrival.dialled.reveal(), arrival.device.as_ref());
        let entry = self.entry(arrival.dialled.reveal());
        let id = self.next_call_id();
        let mut bytes = [0; 32];
        self.media.rng.fill_bytes(&mut bytes);
        let mut sealer = Sealer::new(CallKey { call: id, bytes }, self.settings.boot);
        let caller = sealer.seal::<CallerNumber>(arrival.caller.reveal());
        let key = sealer.key().clone();
        self.outputs.push_back(Output::StoreKey { key, number: arrival.caller.clone() });
        let visitor = if star.is_some() { Visitor::Staff } else { Visitor::Customer };
        let recorded = !self.settings.exempt_entries.contains(&entry);
        let seed = self.media.rng.next_u64();
        let live = Live {
            call: Call::new(visitor),
            entry: entry.clone(),
            worker: self.least_loaded_worker(),
            published: self.house.published.clone(),
            menus: InMenus::default(),
            caller: CallerLeg {
                dialog: arrival.dialog,
                sockets: Sockets::None,
                sdp: arrival.sdp,
                media: None,
                seed,
                recorded,
                stats: LegStats::default(),
                sdp_version: 1,
                opens_tried: 0,
                end_told: false,
                hash: self.settings.people.hasher.number(arrival.caller.reveal()),
                number: arrival.caller,
            },
            peers: Vec::new(),
            next_leg: 1,
            sealer,
            play: Playing::default(),
            staff: star,
            answered: None,
        };
        self.calls.insert(id, live);
        self.dialogs.insert(arrival.dialog, LegId::caller(id));
        self.emit(Actor::Caller, Some(id), EventKind::CallArrived { entry, caller });
        if let Err(why) = self.admit(id) {
            self.advance(id, call::Input::OpenFailed(why));
        }
    }

    /// What was dialled, as far as it may be written down: an entry, or of what kind it was. A star
    /// code holds a secret, whoever dialled it, and any other number may be a person's.
    fn entry(&self, dialled: &str) -> EntryId {
        if dialled.starts_with('*') {
            let code = dialled.get(..3).filter(|code| code[1..].bytes().all(|b| b.is_ascii_digit()));
            return EntryId::new(code.unwrap_or("*"));
        }
        let entry = EntryId::new(dialled);
        let known = self.house.published.as_ref().is_some_and(|published| is_entry(published, &entry));
        if known { entry } else { EntryId::new("unknown") }
    }

    /// An event for each refused call would fill the memory while none can be written.
    fn turn_away(&mut self, dialog: DialogId) {
        self.house.turned_away += 1;
        let reply = Reply { code: 503, retry_after: true, ..Reply::default() };
        self.stack.respond(self.journal.now, dialog, reply);
    }

    /// May the call be taken, and can it be heard? Then its media are opened.
    fn admit(&mut self, id: CallId) -> Result<(), Refusal> {
        if let Some(why) = self.refusing() {
            return Err(why);
        }
        let Some(live) = self.calls.get(&id) else { return Ok(()) };
        let known = live.staff.is_some()
            || live.published.as_ref().is_some_and(|published| is_entry(published, &live.entry));
        if !known {
            return Err(Refusal::UnknownEntry);
        }
        self.open_caller(id)
    }

    /// Ask the worker for the caller's sockets.
    fn open_caller(&mut self, id: CallId) -> Result<(), Refusal> {
        let now = self.journal.now.mono;
        let port = self.take_port().ok_or(Refusal::NoMediaPort)?;
        let Some(live) = self.calls.get(&id) else { return Ok(()) };
        let local = self.local(port, id.n.into(), 1);
        let answer = if live.caller.sdp.is_empty() {
            Ok((sdp::offer(local), None))
        } else {
            sdp::answer(&live.caller.sdp, local).map(|(sdp, media)| (sdp, Some(media)))
        };
        let (sdp, media) = match answer {
            Ok(answer) => answer,
            Err(no) => {
                self.media.ports.release(now, port);
                return Err(match no {
                    sdp::NoAnswer::BadOffer => Refusal::BadOffer,
                    sdp::NoAnswer::NoCommonCodec => Refusal::NoCommonCodec,
                });
            }
        };
        if let Some(live) = self.calls.get_mut(&id) {
            live.caller.sdp = sdp;
            live.caller.media = media;
        }
        self.order_caller(id, port);
        Ok(())
    }

    /// Open, or reserve if our 200 will carry the offer.
    pub(super) fn order_caller(&mut self, id: CallId, port: u16) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.caller.opens_tried += 1;
        live.caller.sockets = Sockets::Opening { port };
        let (leg, seed, record) = (LegId::caller(id), live.caller.seed, live.caller.recorded);
        let command = match live.caller.media {
            Some(media) => Command::Open { leg, port, media, seed, record, muted: false },
            None => Command::Reserve { leg, port, seed, record },
        };
        self.order_open(id, command);
    }

    /// Count the leg on its worker, send the order, and do not wait for ever.
    pub(super) fn order_open(&mut self, id: CallId, command: Command) {
        let Some(live) = self.calls.get(&id) else { return };
        if let Some(load) = self.media.load.get_mut(usize::from(live.worker.0)) {
            *load += 1;
        }
        self.outputs.push_back(Output::Media { worker: live.worker, command });
        self.timers.set(id, Timer::Media, self.journal.now.mono + MEDIA_PATIENCE);
    }

    pub(super) fn local(&self, port: u16, session_id: u64, version: u64) -> sdp::Local<'_> {
        let media = &self.settings.media;
        sdp::Local { addr: media.address, port, session_id, version, codecs: &media.codecs }
    }

    fn next_call_id(&mut self) -> CallId {
        self.journal.calls += 1;
        CallId { node: self.settings.node, boot: self.settings.boot, n: self.journal.calls }
    }

    fn least_loaded_worker(&self) -> WorkerId {
        let workers = self.media.load.iter().enumerate();
        let workers = workers.filter_map(|(i, load)| Some((WorkerId(u8::try_from(i).ok()?), *load)));
        let least = workers.min_by_key(|(worker, load)| {
            (self.house.troubled.contains(&(Alarm::MediaWorker, *worker)), *load)
        });
        least.map_or(WorkerId(0), |(worker, _)| worker)
    }

    /// The peer of `dialog` is gone, or its dialog is.
    fn on_dialog_gone(&mut self, dialog: DialogId) {
        let Some(leg) = self.dialogs.remove(&dialog) else { return };
        if leg.is_caller() {
            self.advance(leg.call, call::Input::CallerGone);
        } else if let Some(party) = self.peer_over(leg) {
            self.peer_gone(leg, &party);
        }
    }

    /// Neither media nor dialog answers: the peer has vanished without a word.
    fn on_leg_dead(&mut self, leg: LegId) {
        if leg.is_caller() {
            self.advance(leg.call, call::Input::CallerFailed);
        } else if let Some(peer) = self.calls.get(&leg.call).and_then(|live| live.peer())
            && peer.leg == leg
        {
            let party = peer.party.clone();
            self.peer_gone(leg, &party);
        }
    }

    fn on_invite_failed(&mut self, dialog: DialogId, code: u16) {
        let Some(leg) = self.dialogs.remove(&dialog) else { return };
        // 480: nobody is registered there, or the telephone says so itself. 408, 503 and the like: the
        // telephone, not the person, did not answer (RFC 3261 §21).
        let end = match code {
            486 | 487 | 600 | 603 => OfferEnd::Rejected,
            _ => OfferEnd::Unreachable,
        };
        self.peer_failed(leg, end);
    }

    fn on_acked(&mut self, dialog: DialogId, answer: &[u8]) {
        let Some(&leg) = self.dialogs.get(&dialog) else { return };
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        if !leg.is_caller() || live.caller.media.is_some() {
            return;
        }
        match sdp::accept(answer, &self.settings.media.codecs) {
            Ok(media) => {
                live.caller.media = Some(media);
                let worker = live.worker;
                self.outputs.push_back(Output::Media { worker, command: Command::Update { leg, media } });
            }
            Err(_) => self.advance(leg.call, call::Input::CallerFailed),
        }
    }

    fn on_reoffer(&mut self, dialog: DialogId, offer: &[u8]) {
        let now = self.journal.now;
        let Some(&leg) = self.dialogs.get(&dialog) else { return };
        let answer = self.answer_reoffer(leg, offer);
        let reply = match &answer {
            Some((sdp, _)) => Reply { code: 200, sdp: sdp.clone(), ..Reply::default() },
            None => Reply { code: 488, ..Reply::default() },
        };
        self.stack.respond(now, dialog, reply);
        let Some((_, media)) = answer else { return };
        if let Some(live) = self.calls.get(&leg.call) {
            let worker = live.worker;
            self.outputs.push_back(Output::Media { worker, command: Command::Update { leg, media } });
        }
        if !leg.is_caller() {
            let input = if media.peer_receives { call::Input::AgentResumes } else { call::Input::AgentHolds };
            self.advance(leg.call, input);
        }
    }

    fn answer_reoffer(&mut self, leg: LegId, offer: &[u8]) -> Option<(Vec<u8>, Negotiated)> {
        let live = self.calls.get_mut(&leg.call)?;
        let (port, version) = if leg.is_caller() {
            live.caller.sdp_version += 1;
            (live.caller.sockets.port()?, live.caller.sdp_version)
        } else {
            let PeerLeg { sockets, sdp_version, .. } = live.find_peer_mut(leg.n)?;
            *sdp_version += 1;
            (sockets.port()?, *sdp_version)
        };
        let session = u64::from(leg.call.n) + (u64::from(leg.n) << 32);
        let local = self.local(port, session, version);
        sdp::answer(offer, local).ok()
    }

    fn on_info_digit(&mut self, dialog: DialogId, key: Key) {
        let Some(&leg) = self.dialogs.get(&dialog) else { return };
        let Some(live) = self.calls.get(&leg.call) else { return };
        // A telephone that sends telephone-events would be heard twice.
        if leg.is_caller() && live.caller.media.is_some_and(|media| media.dtmf.is_none()) {
            self.on_caller_key(leg.call, key);
        }
    }

    pub(super) fn refuse(&mut self, id: CallId, reason: Refusal) {
        let Some(live) = self.calls.get(&id) else { return };
        let code = match reason {
            Refusal::UnknownEntry => 404,
            Refusal::NoCommonCodec => 488,
            Refusal::BadOffer => 400,
            Refusal::NoMediaPort
            | Refusal::TooManyCalls
            | Refusal::StorageAlarm
            | Refusal::NothingPublished
            | Refusal::Draining => 503,
        };
        let dialog = live.caller.dialog;
        self.dialogs.remove(&dialog);
        let reply = Reply { code, retry_after: code == 503, ..Reply::default() };
        self.stack.respond(self.journal.now, dialog, reply);
        self.emit_call(id, EventKind::CallRefused { reason, code });
    }
}

fn is_entry(published: &Published, entry: &EntryId) -> bool {
    published.program.mains().any(|(main, _)| main == entry)
}
