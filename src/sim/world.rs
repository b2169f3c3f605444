//! The loop of the simulated world: whoever is next acts, until nothing is left to happen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::callers::Callers;
use super::media::SimMedia;
use super::network::{Datagram, Network, Weather, between};
use super::staff::Staff;
use crate::config::published::Published;
use crate::engine::command::{Command, Request};
use crate::engine::{Directory, Engine, Input, MediaSettings, Memory, Output, Settings};
use crate::event::{Actor, Event, EventKind};
use crate::ids::*;
use crate::media::command::Codec;
use crate::now::{Mono, Now, Wall};
use crate::sip::api::{DeviceAccount, DeviceKind, Limits, Output as SipOutput, SipEvent, StackConfig};
use crate::sip::stack::Stack;

/// Where everybody lives.
const HOTLINE: &str = "127.0.0.1:5060";
const CALLERS: &str = "127.0.0.5:5060";
const STAFF: &str = "127.0.0.4:5060";

/// 2026-11-02T08:00:00Z, a Monday.
const MORNING: Wall = Wall(1_793_606_400_000);

/// A day to be simulated.
#[derive(Clone, Debug)]
pub struct Params {
    pub seed: u64,
    pub calls: u32,
    /// Arrivals are spread over this time.
    pub over: Duration,
    pub agents: u32,
    pub weather: Weather,
    pub entry: EntryId,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    pub events: Vec<Event>,
    pub answered: u64,
    pub refused: u64,
    pub datagrams_lost: u64,
    /// What is left when nothing more can happen: must be empty.
    pub leftovers: Vec<String>,
    /// Defects of routing found while it ran: must be empty.
    pub violations: Vec<String>,
    /// Transition arms of the SIP machines that were taken, by all three stacks.
    pub transitions: BTreeSet<&'static str>,
    pub lasted: Duration,
}

pub struct World {
    params: Params,
    rng: ChaCha20Rng,
    now: Now,
    engine: Engine,
    network: Network,
    media: SimMedia,
    callers: Callers,
    staff: Staff,
    /// Call of each caller's number.
    calls: BTreeMap<String, CallId>,
    /// Recordings being made.
    archive: BTreeMap<(Mono, CallId), ()>,
    report: Report,
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 5060)))
}

fn stack_config(at: &str, seed: u64) -> StackConfig {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&u64::from(address(at).port()).to_be_bytes());
    bytes[16..16 + at.len().min(16)].copy_from_slice(&at.as_bytes()[..at.len().min(16)]);
    StackConfig {
        public_address: address(at),
        realm: "hotline".into(),
        user_agent: "sim".into(),
        seed: bytes,
        limits: Limits {
            transactions: 100_000,
            dialogs: 100_000,
            bindings: 10_000,
            retry_after_s: 5,
            min_expires: Duration::from_secs(60),
            max_expires: Duration::from_secs(3600),
            default_expires: Duration::from_secs(600),
            nonce_lifetime: Duration::from_secs(300),
        },
    }
}

impl World {
    pub fn new(params: Params, published: Arc<Published>) -> World {
        let now = Now { mono: Mono(0), wall: MORNING };
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&params.seed.to_be_bytes());
        let settings = Settings {
            node: NodeId(1),
            boot: BootId(1),
            seed,
            version: "simulated".into(),
            stack: stack_config(HOTLINE, params.seed),
            media: MediaSettings {
                address: address(HOTLINE).ip(),
                ports: 10_000..=29_999,
                codecs: vec![Codec::Pcmu, Codec::Pcma],
                workers: 2,
            },
            max_calls: 100_000,
            exempt_entries: BTreeSet::new(),
        };
        let report = Report {
            events: Vec::new(),
            answered: 0,
            refused: 0,
            datagrams_lost: 0,
            leftovers: Vec::new(),
            violations: Vec::new(),
            transitions: BTreeSet::new(),
            lasted: Duration::ZERO,
        };
        let mut world = World {
            rng: ChaCha20Rng::from_seed(seed),
            now,
            engine: Engine::new(settings, Memory::default(), now),
            network: Network::default(),
            media: SimMedia::default(),
            callers: Callers::new(Stack::new(stack_config(CALLERS, params.seed))),
            staff: Staff::new(Stack::new(stack_config(STAFF, params.seed))),
            calls: BTreeMap::new(),
            archive: BTreeMap::new(),
            report,
            params,
        };
        world.open_shop(published);
        world
    }

    fn open_shop(&mut self, published: Arc<Published>) {
        let queues: Vec<QueueId> = published.queues.iter().map(|queue| queue.id.clone()).collect();
        let skills = published.queues.iter().flat_map(|queue| queue.skills.keys().cloned());
        let skills: BTreeMap<Skill, u8> = skills.map(|skill| (skill, 10)).collect();
        let mut directory = Directory::default();
        let agents: Vec<String> = (0..self.params.agents).map(|n| format!("{}", 1001 + n)).collect();
        for work in &agents {
            let profile = crate::acd::api::AgentProfile {
                id: AgentId::new(work),
                skills: skills.clone(),
                queues: queues.clone(),
                languages: Vec::new(),
            };
            directory.agents.insert(profile.id.clone(), profile);
            directory.devices.push(DeviceAccount {
                id: DeviceId::new(format!("desk{work}")),
                kind: DeviceKind::Static { contact: format!("sip:{work}@{STAFF}") },
            });
        }
        self.input(Input::Directory(Arc::new(directory)));
        self.input(Input::Published(published));
        for work in agents {
            let (agent, device) = (AgentId::new(&work), DeviceId::new(format!("desk{work}")));
            self.command(Command::SignIn { agent: agent.clone(), device });
            self.command(Command::Ready { agent });
        }
    }

    fn command(&mut self, command: Command) {
        self.input(Input::Request(Request { id: 0, actor: Actor::Server, command }));
    }

    /// Let the day pass; ends when nobody has anything left to do.
    pub fn run(mut self) -> Report {
        self.callers.plan(&mut self.rng, self.params.calls, self.params.over);
        let mut turns = 0u64;
        while let Some(next) = self.next() {
            self.advance_to(next);
            self.turn();
            turns += 1;
            if turns.is_multiple_of(64) {
                self.report.violations.extend(self.engine.router().check_invariants(self.now.mono));
            }
        }
        self.report.leftovers = self.engine.leftovers();
        self.report.leftovers.extend(self.media.open.iter().map(|leg| format!("open sockets of {leg:?}")));
        for stack in [self.engine.stack(), &self.callers.stack, &self.staff.stack] {
            self.report.transitions.extend(stack.transitions_hit().iter().copied());
        }
        self.report.answered = self.callers.answered;
        self.report.refused = self.callers.refused;
        self.report.datagrams_lost = self.network.lost;
        self.report.lasted = self.now.mono.since(Mono(0));
        self.report
    }

    fn next(&self) -> Option<Mono> {
        [
            self.network.next(),
            self.media.next(),
            self.callers.next(),
            self.staff.next(),
            self.engine.poll_timeout(),
            self.archive.keys().next().map(|(at, _)| *at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn advance_to(&mut self, next: Mono) {
        let passed = next.since(self.now.mono);
        self.now.mono += passed;
        // The wall clock is derived, so that rounding never looks like a step.
        let since_start = self.now.mono.since(Mono(0));
        self.now.wall = MORNING + since_start;
    }

    /// Everything due at this instant.
    fn turn(&mut self) {
        while let Some(datagram) = self.network.arrived(self.now.mono) {
            self.deliver(datagram);
        }
        while let Some((worker, event)) = self.media.happened(self.now.mono) {
            self.input(Input::Media { worker, event });
        }
        let sdp = sdp_of(CALLERS);
        while let Some((n, key)) = self.callers.act(self.now, address(HOTLINE), &sdp) {
            self.press(n, key);
        }
        let sdp = sdp_of(STAFF);
        while self.staff.act(self.now, &sdp) {}
        while let Some((&(at, call), ())) = self.archive.iter().next() {
            if at > self.now.mono {
                break;
            }
            self.archive.remove(&(at, call));
            let result = EventKind::RecordingArchived {
                file: format!("{call}.wav"),
                sha256: String::new(),
                length_ms: 0,
                missing_ms: 0,
                masked_ms: 0,
            };
            self.input(Input::Archived { call, result });
        }
        self.callers.stack.handle_timeout(self.now);
        self.staff.stack.handle_timeout(self.now);
        self.pump_phones();
        self.input(Input::Tick);
    }

    fn press(&mut self, n: u32, key: Key) {
        let Some(&call) = self.calls.get(&format!("1380000{n:04}")) else { return };
        let leg = LegId::caller(call);
        if self.media.open.contains(&leg) {
            let event = crate::media::command::MediaEvent::Digit { leg, key };
            self.input(Input::Media { worker: WorkerId(0), event });
        }
    }

    fn deliver(&mut self, datagram: Datagram) {
        let flow = FlowId::Udp { remote: datagram.from };
        if datagram.to == address(HOTLINE) {
            self.input(Input::Message { flow, bytes: datagram.bytes });
        } else if datagram.to == address(CALLERS) {
            self.callers.stack.handle_message(self.now, flow, &datagram.bytes);
        } else if datagram.to == address(STAFF) {
            self.staff.stack.handle_message(self.now, flow, &datagram.bytes);
        }
    }

    /// What the telephones of callers and staff send and hear.
    fn pump_phones(&mut self) {
        while let Some(output) = self.callers.stack.poll_output() {
            match output {
                SipOutput::Event(event) => self.callers.on_event(&event),
                other => self.transmit(CALLERS, other),
            }
        }
        while let Some(output) = self.staff.stack.poll_output() {
            match output {
                SipOutput::Event(event @ SipEvent::Reoffer { .. }) => {
                    debug_assert!(false, "the hotline never re-invites: {event:?}")
                }
                SipOutput::Event(event) => self.staff.on_event(self.now.mono, &mut self.rng, &event),
                other => self.transmit(STAFF, other),
            }
        }
    }

    fn transmit(&mut self, from: &str, output: SipOutput) {
        if let SipOutput::Transmit { flow, bytes } = output {
            self.send(address(from), flow.remote(), bytes);
        }
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        let datagram = Datagram { from, to, bytes };
        self.network.send(self.now.mono, self.params.weather, &mut self.rng, datagram);
    }

    fn input(&mut self, input: Input) {
        self.engine.handle(self.now, input);
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Transmit { flow, bytes } => self.send(address(HOTLINE), flow.remote(), bytes),
                Output::Media { worker, command } => {
                    self.media.command(self.now.mono, &mut self.rng, worker, command)
                }
                Output::Event(event) => self.report.events.push(*event),
                Output::StoreKey { key, number } => {
                    self.calls.insert(number.reveal().clone(), key.call);
                }
                Output::Finalise(order) => {
                    let at = self.now.mono + between(&mut self.rng, 10, 400);
                    self.archive.insert((at, order.call), ());
                }
                _ => {}
            }
        }
    }
}

/// The offer or answer of a simulated telephone.
fn sdp_of(at: &str) -> Vec<u8> {
    let local = crate::sdp::Local {
        addr: address(at).ip(),
        port: 40_000,
        session_id: 1,
        version: 1,
        codecs: &[Codec::Pcmu],
    };
    crate::sdp::offer(local)
}
