//! Routing ⇄ call: queues entered and left, agents rung and released.

use super::live::{AgentLeg, Sockets};
use super::{Engine, Output};
use crate::acd::api::{Input as AcdInput, Output as AcdOutput};
use crate::call;
use crate::event::{Actor, AgentState, EventKind, OfferEnd};
use crate::ids::*;
use crate::media::command::Command;
use crate::sdp;
use crate::sealed::Redacted;
use crate::sip::api::{DialogId, Outgoing, Target};
use rand_core::Rng;

/// Ports tried for an agent's leg.
const OPEN_TRIES: u8 = 3;

impl Engine {
    pub(super) fn on_router_output(&mut self, output: AcdOutput) {
        match output {
            AcdOutput::Queued { call, queue, waiting } => {
                self.advance(call, call::Input::Queued { queue, waiting })
            }
            AcdOutput::Offer { call, queue, agent, device, why } => {
                let offered = EventKind::Offered { queue, agent: agent.clone(), device: device.clone(), why };
                self.emit_call(call, offered);
                self.offer(call, agent, device);
            }
            AcdOutput::CancelOffer { call, .. } => self.advance(call, call::Input::OfferOver),
            AcdOutput::OfferEnded { call, queue, agent, end, rang } => {
                let rang_ms = u64::try_from(rang.as_millis()).unwrap_or(u64::MAX);
                self.emit_call(call, EventKind::OfferEnded { queue, agent, end, rang_ms });
            }
            AcdOutput::Connect { call, agent, .. } => self.advance(call, call::Input::Connect { agent }),
            AcdOutput::Left { call, queue, left, waited, agent, reason } => {
                let waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                // An entry that overflowed at once was offered to the queue all the same (CBA-17a).
                if self.calls.get(&call).is_some_and(|live| *live.call.phase() == call::Phase::Entering) {
                    let waiting = 0;
                    let entered = EventKind::QueueEntered { queue: queue.clone(), waiting };
                    self.emit_call(call, entered);
                }
                self.emit_call(call, EventKind::QueueLeft { queue, left, waited_ms, agent, reason });
            }
            AcdOutput::Overflow { call, to, reason } => {
                self.advance(call, call::Input::Overflow { to, reason })
            }
            AcdOutput::Announce { call, queue, position, estimate } => {
                let estimate_s = estimate.and_then(|e| u32::try_from(e.as_secs()).ok());
                self.emit_call(call, EventKind::PositionAnnounced { queue, position, estimate_s });
                self.advance(call, call::Input::Announce { position, estimate });
            }
            AcdOutput::AgentState { agent, state } => self.on_agent_state(agent, state),
        }
    }

    fn on_agent_state(&mut self, agent: AgentId, state: AgentState) {
        let ordered = match state {
            AgentState::LoggedOut | AgentState::NotReady { .. } | AgentState::Ready => {
                self.house.orders.remove(&agent)
            }
            AgentState::Offered | AgentState::Talking | AgentState::Hold | AgentState::WrapUp => None,
        };
        let actor = ordered.unwrap_or(Actor::Server);
        if state == AgentState::LoggedOut {
            self.house.seats.retain(|_, seated| *seated != agent);
            self.emit(actor.clone(), None, EventKind::AgentSignedOut { agent: agent.clone() });
        }
        self.emit(actor, None, EventKind::AgentStateChanged { agent, state });
    }

    /// First the agent's sockets, then the INVITE that names them.
    fn offer(&mut self, id: CallId, agent: AgentId, device: DeviceId) {
        // While many calls are stopped, routing still brings together who is about to be stopped.
        let live = self.calls.get_mut(&id).filter(|live| live.call.ended().is_none());
        let Some(live) = live else { return };
        let leg = LegId { call: id, n: live.next_leg };
        live.next_leg += 1;
        live.agents.push(AgentLeg {
            leg,
            agent: agent.clone(),
            device: device.clone(),
            dialog: None,
            sockets: Sockets::None,
            sdp_version: 1,
            opens_tried: 0,
            over: false,
        });
        self.advance(id, call::Input::Offered { agent: agent.clone(), device });
        if !self.reserve_agent(leg) {
            self.agent_leg_over(leg);
            let end = OfferEnd::Unreachable;
            self.router.handle(self.journal.now.mono, AcdInput::OfferFailed { call: id, agent, end });
            self.advance(id, call::Input::OfferOver);
        }
    }

    /// Ask for an agent leg's sockets; false if there are none to be had.
    pub(super) fn reserve_agent(&mut self, leg: LegId) -> bool {
        let now = self.journal.now.mono;
        let Some(port) = self.take_port() else { return false };
        let seed = self.media.rng.next_u64();
        let Some(live) = self.calls.get_mut(&leg.call) else { return false };
        let record = live.caller.recorded;
        match live.find_leg_mut(leg.n) {
            Some(agent) if agent.opens_tried < OPEN_TRIES && !agent.over => {
                agent.opens_tried += 1;
                agent.sockets = Sockets::Opening { port };
            }
            _ => {
                self.media.ports.release(now, port);
                return false;
            }
        }
        self.order_open(leg.call, Command::Reserve { leg, port, seed, record });
        true
    }

    /// The agent's sockets are there: ring.
    pub(super) fn ring_agent(&mut self, leg: LegId) {
        let now = self.journal.now;
        let Some(live) = self.calls.get(&leg.call) else { return };
        let Some(agent) = live.agents.iter().find(|agent| agent.leg == leg && !agent.over) else { return };
        let Some(port) = agent.sockets.port() else { return };
        let device = agent.device.clone();
        let queue = live.call.queue().map_or(String::new(), |queue| queue.to_string());
        let session = u64::from(leg.call.n) + (u64::from(leg.n) << 32);
        let body = sdp::offer(self.local(port, session, 1));
        let dialog = self.stack.invite(
            now,
            Outgoing {
                target: Target::Device(device),
                from_user: Redacted("hotline".to_owned()),
                from_display: queue,
                sdp: body,
                headers: vec![("X-Hotline-Call", leg.call.to_string())],
            },
        );
        self.dialogs.insert(dialog, leg);
        if let Some(agent) = self.calls.get_mut(&leg.call).and_then(|live| live.find_leg_mut(leg.n)) {
            agent.dialog = Some(dialog);
        }
    }

    pub(super) fn on_agent_answered(&mut self, dialog: DialogId, answer: &[u8]) {
        let now = self.journal.now;
        let Some(&leg) = self.dialogs.get(&dialog) else {
            // It picked up while we were hanging up.
            return self.stack.bye(now, dialog);
        };
        let Some(live) = self.calls.get_mut(&leg.call) else { return };
        let worker = live.worker;
        let Some(agent) = live.find_leg_mut(leg.n).filter(|agent| !agent.over) else { return };
        let name = agent.agent.clone();
        match sdp::accept(answer, &self.settings.media.codecs) {
            Ok(media) => {
                self.outputs.push_back(Output::Media { worker, command: Command::Update { leg, media } });
                let answered = AcdInput::OfferAnswered { call: leg.call, agent: name };
                self.router.handle(now.mono, answered);
            }
            Err(_) => {
                self.end_agent(leg.call);
                let end = OfferEnd::Unreachable;
                self.router.handle(now.mono, AcdInput::OfferFailed { call: leg.call, agent: name, end });
                self.advance(leg.call, call::Input::OfferOver);
            }
        }
    }

    /// The agent's dialog and sockets end, whatever they had come to.
    pub(super) fn end_agent(&mut self, id: CallId) {
        let now = self.journal.now;
        let Some(agent) = self.calls.get_mut(&id).and_then(|live| live.agent_leg_mut()) else { return };
        let (leg, dialog) = (agent.leg, agent.dialog.take());
        agent.over = true;
        if let Some(dialog) = dialog {
            self.dialogs.remove(&dialog);
            self.stack.bye(now, dialog);
        }
        self.close_sockets(leg);
    }
}
