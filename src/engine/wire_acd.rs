//! Routing ⇄ call: queues entered and left, agents rung and released.

use super::Engine;
use super::live::Party;
use crate::acd::api::Output as AcdOutput;
use crate::call;
use crate::event::{Actor, AgentState, EventKind, OfferEnd};
use crate::ids::*;

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

    fn offer(&mut self, id: CallId, agent: AgentId, device: DeviceId) {
        let Some(leg) = self.new_peer(id, Party::Agent { agent: agent.clone(), device: device.clone() })
        else {
            return;
        };
        self.advance(id, call::Input::Offered { agent, device });
        if !self.reserve_peer(leg) {
            self.peer_failed(leg, OfferEnd::Unreachable);
        }
    }
}
