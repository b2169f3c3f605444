//! Two stacks joined by a network that delays and loses datagrams, on a virtual clock.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::bench::{address, config, fixed};
use crate::ids::{DeviceId, FlowId};
use crate::now::{Mono, Now};
use crate::sealed::Redacted;
use crate::sip::api::*;
use crate::sip::stack::Stack;

pub const HOTLINE: usize = 0;
pub const PHONE: usize = 1;
const ADDRESSES: [&str; 2] = ["192.0.2.1:5060", "198.51.100.8:15080"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    Udp { loss_per_cent: u32 },
    Tcp,
}

pub struct Network {
    pub stacks: [Stack; 2],
    pub events: [Vec<SipEvent>; 2],
    pub now: Now,
    over: Over,
    random: ChaCha8Rng,
    /// By time of arrival: to whom, over which flow, what.
    flying: BTreeMap<(Mono, u64), (usize, FlowId, Vec<u8>)>,
    sent: u64,
    connected: bool,
}

impl Network {
    pub fn new(seed: u64, over: Over) -> Network {
        let transport = if over == Over::Tcp { ";transport=tcp" } else { "" };
        let stacks = [HOTLINE, PHONE].map(|side| {
            let mut stack = Stack::new(config(ADDRESSES[side], side as u8 + 1));
            let other = ADDRESSES[1 - side];
            stack.set_devices(vec![fixed("other", &format!("sip:other@{other}{transport}"))]);
            stack
        });
        let random = ChaCha8Rng::seed_from_u64(seed);
        let (events, now) = (Default::default(), Now::default());
        Network { stacks, events, now, over, random, flying: BTreeMap::new(), sent: 0, connected: false }
    }

    /// The flow `to` sees when the other side sends.
    fn flow(&self, to: usize) -> FlowId {
        let remote = address(ADDRESSES[1 - to]);
        match self.over {
            Over::Udp { .. } => FlowId::Udp { remote },
            Over::Tcp => FlowId::Connection { id: 1, remote },
        }
    }

    pub fn call(&mut self, from: usize) -> DialogId {
        let outgoing = Outgoing {
            target: Target::Device(DeviceId::new("other")),
            from_user: Redacted("13800138000".to_owned()),
            from_display: String::new(),
            sdp: b"v=0\r\n".to_vec(),
            headers: vec![],
        };
        self.act(from, |stack, now| stack.invite(now, outgoing))
    }

    pub fn act<T>(&mut self, side: usize, act: impl FnOnce(&mut Stack, Now) -> T) -> T {
        let result = act(&mut self.stacks[side], self.now);
        while let Some(output) = self.stacks[side].poll_output() {
            match output {
                Output::Transmit { bytes, .. } => self.put(1 - side, bytes),
                Output::Connect { bytes, .. } => {
                    assert_eq!(self.over, Over::Tcp);
                    self.connected = true;
                    self.put(1 - side, bytes);
                }
                Output::Event(event) => self.events[side].push(event),
                Output::Count(_) => {}
            }
        }
        result
    }

    fn put(&mut self, to: usize, bytes: Vec<u8>) {
        self.sent += 1;
        let mut delay = 10;
        if let Over::Udp { loss_per_cent } = self.over {
            delay = 5 + u64::from(self.random.next_u32() % 40);
            if self.random.next_u32() % 100 < loss_per_cent {
                return;
            }
        }
        let at = self.now.mono + Duration::from_millis(delay);
        let flow = self.flow(to);
        self.flying.insert((at, self.sent), (to, flow, bytes));
    }

    /// Lets the next thing happen; false if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        let arrival = self.flying.keys().next().map(|(at, _)| *at);
        let timers = self.stacks.iter().filter_map(Stack::poll_timeout);
        let Some(next) = timers.chain(arrival).min() else { return false };
        self.now = self.now + next.since(self.now.mono);
        if arrival == Some(next) {
            let (_, (to, flow, bytes)) = self.flying.pop_first().unwrap();
            self.act(to, |stack, now| stack.handle_message(now, flow, &bytes));
        }
        for side in [HOTLINE, PHONE] {
            self.act(side, Stack::handle_timeout);
        }
        true
    }

    /// Runs until `side` hears what `wanted` picks; none if everything ends before.
    pub fn wait<T>(&mut self, side: usize, wanted: impl Fn(&SipEvent) -> Option<T>) -> Option<T> {
        loop {
            if let Some(at) = self.events[side].iter().position(|event| wanted(event).is_some()) {
                let event = self.events[side].remove(at);
                return wanted(&event);
            }
            if !self.step() {
                return None;
            }
        }
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.now.mono + Duration::from_millis(ms);
        while self.now.mono < end && self.step() {}
    }

    /// Runs until nothing is left to happen; both sides must have forgotten everything.
    pub fn finish(mut self) -> [Vec<SipEvent>; 2] {
        while self.step() {}
        for stack in &self.stacks {
            assert!(stack.is_idle(), "left: {:?}", stack.counts());
        }
        self.events
    }
}
