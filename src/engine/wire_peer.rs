//! Legs beside the caller's: agents' telephones and numbers a call is sent on to. Sockets first, then
//! the INVITE that names them.

use super::live::{Party, PeerLeg, Sockets};
use super::settings::TRANSFER_RINGS;
use super::timers::Timer;
use super::{Engine, Output};
use crate::acd::api::Input as AcdInput;
use crate::call;
use crate::event::{OfferEnd, TransferEnd};
use crate::ids::*;
use crate::media::command::Command;
use crate::sdp;
use crate::sealed::Redacted;
use crate::sip::api::{DialogId, Outgoing, Target};
use rand_core::Rng;

/// Ports tried for a peer's leg.
const OPEN_TRIES: u8 = 3;

impl Engine {
    /// A leg for this party; none for a call that is over.
    pub(super) fn new_peer(&mut self, id: CallId, party: Party) -> Option<LegId> {
        // While many calls are stopped, routing still brings together who is about to be stopped.
        let live = self.calls.get_mut(&id).filter(|live| live.call.ended().is_none())?;
        let leg = LegId { call: id, n: live.next_leg };
        live.next_leg += 1;
        live.peers.push(PeerLeg {
            leg,
            party,
            dialog: None,
            sockets: Sockets::None,
            sdp_version: 1,
            opens_tried: 0,
            over: false,
        });
        Some(leg)
    }

    /// The call is sent on: the number is rung through the first trunk.
    pub(super) fn dial(&mut self, id: CallId, number: Redacted<String>) {
        self.timers.set(id, Timer::TransferRings, self.journal.now.mono + TRANSFER_RINGS);
        self.dial_through(id, number, 0, TransferEnd::NoTrunk);
    }

    /// `end` is how it ends if there is no such trunk.
    fn dial_through(&mut self, id: CallId, number: Redacted<String>, trunk: usize, end: TransferEnd) {
        if trunk >= self.settings.trunks.len() {
            self.timers.cancel(id, Timer::TransferRings);
            return self.advance(id, call::Input::TransferFailed(end));
        }
        let Some(leg) = self.new_peer(id, Party::Callee { number, trunk }) else { return };
        if !self.reserve_peer(leg) {
            self.peer_failed(leg, OfferEnd::Unreachable);
        }
    }

    /// Ask for a peer leg's sockets; false if there are none to be had.
    pub(super) fn reserve_peer(&mut self, leg: LegId) -> bool {
        let now = self.journal.now.mono;
        let Some(port) = self.take_port() else { return false };
        let seed = self.media.rng.next_u64();
        let Some(live) = self.calls.get_mut(&leg.call) else { return false };
        let record = live.caller.recorded;
        match live.find_peer_mut(leg.n) {
            Some(peer) if peer.opens_tried < OPEN_TRIES && !peer.over => {
                peer.opens_tried += 1;
                peer.sockets = Sockets::Opening { port };
            }
            _ => {
                self.media.ports.release(now, port);
                return false;
            }
        }
        self.order_open(leg.call, Command::Reserve { leg, port, seed, record });
        true
    }

    /// The peer's sockets are there: ring.
    pub(super) fn ring_peer(&mut self, leg: LegId) {
        let now = self.journal.now;
        let Some(live) = self.calls.get(&leg.call) else { return };
        let Some(peer) = live.peers.iter().find(|peer| peer.leg == leg && !peer.over) else { return };
        let Some(port) = peer.sockets.port() else { return };
        let session = u64::from(leg.call.n) + (u64::from(leg.n) << 32);
        let sdp = sdp::offer(self.local(port, session, 1));
        let Some(outgoing) = self.invitation(live, peer, sdp) else { return };
        let dialog = self.stack.invite(now, outgoing);
        self.dialogs.insert(dialog, leg);
        if let Some(peer) = self.calls.get_mut(&leg.call).and_then(|live| live.find_peer_mut(leg.n)) {
            peer.dialog = Some(dialog);
        }
    }

    /// An agent's telephone shows queue and what is known of the caller; a number outside is rung
    /// from the entry that was dialled.
    fn invitation(&self, live: &super::Live, peer: &PeerLeg, sdp: Vec<u8>) -> Option<Outgoing> {
        let mut headers = vec![("X-Hotline-Call", peer.leg.call.to_string())];
        Some(match &peer.party {
            Party::Agent { device, .. } => {
                let mut shown = live.call.queue().map_or(String::new(), |queue| queue.to_string());
                if let Some((level, _)) = &live.menus.handover.verified {
                    shown = format!("{shown} / {level}");
                    headers.push(("X-Hotline-Verified", level.clone()));
                }
                if live.menus.handover.elderly {
                    shown.push_str(" / elderly");
                    headers.push(("X-Hotline-Elderly", "yes".to_owned()));
                }
                Outgoing {
                    target: Target::Device(device.clone()),
                    from_user: Redacted("hotline".to_owned()),
                    from_display: shown,
                    sdp,
                    headers,
                }
            }
            Party::Callee { number, trunk } => Outgoing {
                target: Target::Gateway {
                    number: number.clone(),
                    gateway: *self.settings.trunks.get(*trunk)?,
                },
                from_user: Redacted(live.entry.to_string()),
                from_display: String::new(),
                sdp,
                headers,
            },
        })
    }

    pub(super) fn on_peer_answered(&mut self, dialog: DialogId, answer: &[u8]) {
        let now = self.journal.now;
        let Some(&leg) = self.dialogs.get(&dialog) else {
            // It picked up while we were hanging up.
            return self.stack.bye(now, dialog);
        };
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        let worker = live.worker;
        let Some(peer) = live.find_peer_mut(leg.n).filter(|peer| !peer.over) else { return };
        let party = peer.party.clone();
        let Ok(media) = sdp::accept(answer, &self.settings.media.codecs) else {
            self.end_peer(leg.call);
            return self.party_failed(leg.call, party, OfferEnd::Unreachable);
        };
        self.outputs.push_back(Output::Media { worker, command: Command::Update { leg, media } });
        match party {
            Party::Agent { agent, .. } => {
                self.router.handle(now.mono, AcdInput::OfferAnswered { call: leg.call, agent });
            }
            Party::Callee { .. } => {
                self.timers.cancel(leg.call, Timer::TransferRings);
                self.advance(leg.call, call::Input::TransferAnswered);
            }
        }
    }

    /// A peer's leg no longer counts; its party, if it did until now.
    pub(super) fn peer_over(&mut self, leg: LegId) -> Option<Party> {
        let live = self.calls.get_mut(&leg.call)?;
        let peer = live.find_peer_mut(leg.n)?;
        let counted = !peer.over;
        peer.over = true;
        peer.dialog = None;
        let party = peer.party.clone();
        self.close_sockets(leg);
        counted.then_some(party)
    }

    /// Ringing a peer came to nothing.
    pub(super) fn peer_failed(&mut self, leg: LegId, end: OfferEnd) {
        if let Some(party) = self.peer_over(leg) {
            self.party_failed(leg.call, party, end);
        }
    }

    fn party_failed(&mut self, call: CallId, party: Party, end: OfferEnd) {
        match party {
            Party::Agent { agent, .. } => {
                self.router.handle(self.journal.now.mono, AcdInput::OfferFailed { call, agent, end });
                self.advance(call, call::Input::OfferOver);
            }
            Party::Callee { .. } if end == OfferEnd::Rejected => {
                self.timers.cancel(call, Timer::TransferRings);
                self.advance(call, call::Input::TransferFailed(TransferEnd::Rejected));
            }
            // The trunk, not the number, failed: there may be another one.
            Party::Callee { number, trunk } => {
                self.dial_through(call, number, trunk + 1, TransferEnd::Unreachable);
            }
        }
    }

    /// A peer who had answered is gone.
    pub(super) fn peer_gone(&mut self, leg: LegId, party: &Party) {
        self.advance(
            leg.call,
            match party {
                Party::Agent { .. } => call::Input::AgentGone,
                Party::Callee { .. } => call::Input::CalleeGone,
            },
        );
    }

    /// The peer's dialog and sockets end, whatever they had come to.
    pub(super) fn end_peer(&mut self, id: CallId) {
        let now = self.journal.now;
        let Some(peer) = self.calls.get_mut(&id).and_then(|live| live.peer_mut()) else { return };
        let (leg, dialog) = (peer.leg, peer.dialog.take());
        peer.over = true;
        if let Some(dialog) = dialog {
            self.dialogs.remove(&dialog);
            self.stack.bye(now, dialog);
        }
        self.close_sockets(leg);
    }
}
