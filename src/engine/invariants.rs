//! What must hold after every input, checked from scratch: for simulations and tests.

use std::collections::BTreeSet;

use super::Engine;
use super::live::{Party, Sockets};
use crate::call::Phase;
use crate::event::AgentState;
use crate::ids::{AgentId, LegId};

impl Engine {
    /// What is left of calls when there should be none: legs, dialogs, timers, ports, in words.
    pub fn leftovers(&self) -> Vec<String> {
        let mut left = Vec::new();
        let (transactions, dialogs, _) = self.stack.counts();
        let ports = self.media.ports.in_use();
        let legs: u32 = self.media.load.iter().sum();
        for (what, n) in [
            ("calls", self.calls.len()),
            ("legs", usize::try_from(legs).unwrap_or(usize::MAX)),
            ("dialogs known to the engine", self.dialogs.len()),
            ("dialogs", dialogs),
            ("transactions", transactions),
            ("timers", self.timers.len()),
            ("ports", ports),
            ("calls with sound in memory", self.media.unspooled.len()),
            ("open calls in the journal", self.folds.open.calls().count()),
        ] {
            if n > 0 {
                left.push(format!("{n} {what}"));
            }
        }
        left
    }

    /// Every broken promise between the cores, in words; empty = all is well.
    pub fn check_invariants(&self) -> Vec<String> {
        let mut broken = self.router.check_invariants(self.journal.now.mono);
        self.check_legs(&mut broken);
        self.check_agents(&mut broken);
        for (call, timer) in self.timers.iter() {
            if !self.calls.contains_key(&call) {
                broken.push(format!("{timer:?} runs for {call}, which is over"));
            }
        }
        broken
    }

    /// Ports, load of the workers and dialogs are those of the legs there are.
    fn check_legs(&self, broken: &mut Vec<String>) {
        let mut dialogs = 0;
        let mut ports = BTreeSet::new();
        let mut open = 0;
        for (id, live) in &self.calls {
            let peers = live.peers.iter().map(|peer| (peer.leg, peer.dialog, peer.sockets));
            let caller = (LegId::caller(*id), Some(live.caller.dialog), live.caller.sockets);
            for (leg, dialog, sockets) in std::iter::once(caller).chain(peers) {
                if let Some(port) = sockets.port() {
                    open += 1;
                    if !ports.insert(port) {
                        broken.push(format!("port {port} serves {leg:?} and another leg"));
                    }
                }
                if dialog.is_some_and(|dialog| self.dialogs.get(&dialog) == Some(&leg)) {
                    dialogs += 1;
                }
            }
            if live.peers.iter().filter(|peer| !peer.over).count() > 1 {
                broken.push(format!("{id} is with two at once"));
            }
            if *live.call.phase() == Phase::Entering {
                broken.push(format!("{id} is neither in a queue nor out of it"));
            }
            if live.answered.is_none() && matches!(live.caller.sockets, Sockets::Open { .. }) {
                broken.push(format!("{id} has its media and is not answered"));
            }
        }
        let in_use = self.media.ports.in_use();
        let load: u32 = self.media.load.iter().sum();
        if in_use != open || usize::try_from(load) != Ok(open) {
            broken.push(format!("{in_use} ports in use and {load} legs counted for {open} legs"));
        }
        if dialogs != self.dialogs.len() {
            let known = self.dialogs.len();
            broken.push(format!("{known} dialogs known for {dialogs} of living legs"));
        }
    }

    /// Routing and the calls agree about who talks with whom.
    fn check_agents(&self, broken: &mut Vec<String>) {
        let mut engaged: BTreeSet<&AgentId> = BTreeSet::new();
        for (id, live) in &self.calls {
            let Some(agent) = live.call.agent() else { continue };
            if !engaged.insert(agent) {
                broken.push(format!("agent {agent} is in {id} and in another call"));
            }
            let with = live.peer().map(|peer| &peer.party);
            if !matches!(with, Some(Party::Agent { agent: own, .. }) if own == agent) {
                broken.push(format!("{id} is with {agent}, who has no leg in it"));
            }
        }
        for view in self.router.agents(self.journal.now.mono) {
            let busy = matches!(view.state, AgentState::Offered | AgentState::Talking | AgentState::Hold);
            if busy != engaged.contains(&view.agent) {
                broken.push(format!("agent {} is {:?} and the calls know otherwise", view.agent, view.state));
            }
        }
    }
}
