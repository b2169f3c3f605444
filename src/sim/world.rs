//! The loop of the simulated world: whoever is next acts, until nothing is left to happen.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::bare::{Bare, Numbers, Wish};
use super::callers::{Callers, Done};
use super::media::SimMedia;
use super::network::{Arrival, Dialled, Network, Weather, What, address, between};
use super::office::{self, Office};
use super::shop::{self, Desk};
use super::staff::{Staff, Who};
use super::watch::Watch;
use crate::config::published::Published;
use crate::engine::{Engine, Input, LockSettings, MediaSettings, Memory, Output, PeopleSettings, Settings};
use crate::event::Event;
use crate::ids::*;
use crate::media::command::Codec;
use crate::now::{Mono, Now, Wall};
use crate::sealed::Hasher;
use crate::sip::api::{Limits, Output as SipOutput, StackConfig};
use crate::sip::stack::Stack;

/// Where everybody lives.
const HOTLINE: &str = "127.0.0.1:5060";
const CALLERS: &str = "127.0.0.5:5060";
const STAFF: &str = "127.0.0.4:5060";
const COLLEAGUE: &str = "127.0.0.7:5060";
/// Both trunks to numbers outside.
const TRUNK: &str = "127.0.0.8:5060";
/// Bare telephones, each at a port of its own.
const BARE: &str = "127.0.0.6:5060";

/// Turns at one instant after which nobody believes any more that time will go on.
const TURNS_AT_ONCE: u32 = 10_000;

/// 2026-11-02T08:00:00Z, a Monday.
const MORNING: Wall = Wall(1_793_606_400_000);

/// A day to be simulated.
#[derive(Clone, Debug)]
pub struct Params {
    pub seed: u64,
    pub calls: u32,
    /// Arrivals are spread over this time.
    pub over: Duration,
    /// At telephones with a stack; some more come with bare ones, unless it is 0.
    pub agents: u32,
    pub weather: Weather,
    /// When the second media worker answers no more, for good.
    pub worker_dies: Option<Duration>,
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
    /// Promises broken while it ran: must be empty.
    pub violations: Vec<String>,
    /// Transition arms of the SIP machines that were taken, by the hotline and the telephones.
    pub transitions: BTreeSet<&'static str>,
    /// Those the hotline's own took.
    pub transitions_of_hotline: BTreeSet<&'static str>,
    /// Arms of the visits' table that were taken.
    pub visit_arms: BTreeSet<&'static str>,
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
    /// Whoever is rung: agents, a colleague, numbers outside.
    rung: Vec<Staff>,
    bare: Bare,
    office: Office,
    watch: Watch,
}

fn stack_config(at: &str, seed: u64) -> StackConfig {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
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

fn settings(seed: u64) -> Settings {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    Settings {
        node: NodeId(1),
        boot: BootId(1),
        seed: bytes,
        version: "simulated".into(),
        stack: stack_config(HOTLINE, seed),
        media: MediaSettings {
            address: address(HOTLINE).ip(),
            ports: 10_000..=29_999,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            workers: 2,
        },
        max_calls: 100_000,
        exempt_entries: BTreeSet::new(),
        trunks: vec![address(TRUNK), address(TRUNK)],
        people: PeopleSettings { hasher: Hasher::new(&office::HASH_KEY), lock: LockSettings::default() },
    }
}

impl std::fmt::Debug for World {
    /// Who wants to act next, and when.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now.mono)
            .field("network", &self.network.next())
            .field("media", &self.media.next())
            .field("callers", &self.callers.next())
            .field("rung", &self.next_rung())
            .field("bare", &self.bare.next())
            .field("office", &self.office.next())
            .field("engine", &self.engine.poll_timeout())
            .finish()
    }
}

impl World {
    pub fn new(params: Params, published: Arc<Published>) -> World {
        let now = Now { mono: Mono(0), wall: MORNING };
        let settings = settings(params.seed);
        let mut rng = ChaCha20Rng::from_seed(settings.seed);
        let blackouts = [200, 650].map(|thousandths| {
            let from = Mono(0) + params.over * thousandths / 1000;
            (from, from + between(&mut rng, 40_000, 70_000))
        });
        let stack = |at| Stack::new(stack_config(at, params.seed));
        let mut world = World {
            rng,
            now,
            engine: Engine::new(settings, Memory::default(), now),
            network: Network::new(params.weather, blackouts.to_vec()),
            media: SimMedia::default(),
            callers: Callers::new(stack(CALLERS), address(CALLERS), address(HOTLINE)),
            rung: [(STAFF, Who::Agents), (COLLEAGUE, Who::Colleague), (TRUNK, Who::Outside)]
                .map(|(at, who)| Staff::new(stack(at), address(at), who))
                .into(),
            bare: Bare::default(),
            office: Office::default(),
            watch: Watch::default(),
            params,
        };
        world.network.listening.extend([HOTLINE, STAFF, COLLEAGUE, TRUNK].map(address));
        world.plan_day();
        world.open_shop(published);
        world
    }

    fn plan_day(&mut self) {
        let over = self.params.over;
        let half = Mono(0) + over * 45 / 100;
        self.media.stalls = Some(match self.params.worker_dies {
            Some(after) => (WorkerId(1), Mono(0) + after, Mono(u64::MAX)),
            None => (WorkerId(1), half, half + Duration::from_secs(5)),
        });
        self.office.plan(over);
        // One caller in eight has a bare telephone.
        let bare = self.params.calls / 8;
        self.callers.plan(&mut self.rng, self.params.calls - bare, over);
        let numbers = Numbers { hotline: address(HOTLINE), colleague: address(COLLEAGUE) };
        self.bare.plan_callers(&mut self.rng, (address(BARE), bare), over, numbers);
    }

    /// The agents' desks: telephones with a stack over UDP and TCP, bare ones over both, and bare
    /// ones that register.
    fn open_shop(&mut self, published: Arc<Published>) {
        let mut desks = Vec::new();
        // On a day without agents nobody is there at all.
        let (fixed, soft) = if self.params.agents == 0 { (0, 0) } else { (4, 3) };
        for n in 0..self.params.agents {
            let work = (1001 + n).to_string();
            let transport = if n % 3 == 2 { ";transport=tcp" } else { "" };
            desks.push(Desk::fixed(&work, format!("sip:{work}@{STAFF}{transport}")));
        }
        for n in 0..fixed {
            let (work, at) = ((2001 + n).to_string(), SocketAddr::new(address(BARE).ip(), 7_000 + n));
            let transport = if n % 2 == 1 { ";transport=tcp" } else { "" };
            if n % 2 == 1 {
                self.network.listening.insert(at);
            }
            desks.push(Desk::fixed(&work, format!("sip:{work}@{at}{transport}")));
        }
        for n in 0..soft {
            let (work, at) = ((3001 + n).to_string(), SocketAddr::new(address(BARE).ip(), 7_100 + n));
            let desk = Desk::registering(&work);
            self.bare.plan_desk(&mut self.rng, at, (desk.device.as_str(), &work), address(HOTLINE));
            desks.push(desk);
        }
        for input in shop::open(published, &desks) {
            self.input(input);
        }
    }

    /// Let the day pass; ends when nobody has anything left to do.
    pub fn run(mut self) -> Report {
        let mut dark: VecDeque<Mono> = self.network.blackouts().collect();
        let mut turns_at_once = 0;
        while let Some(next) = self.next() {
            turns_at_once = if next > self.now.mono { 0 } else { turns_at_once + 1 };
            if turns_at_once > TURNS_AT_ONCE {
                self.watch.violations.push(format!("{self:?} stands still"));
                break;
            }
            self.advance_to(next);
            if dark.front().is_some_and(|from| *from <= next) {
                dark.pop_front();
                self.media.dark(next);
            }
            let before = self.watch.events.len();
            self.turn();
            // What routing and calls promise can change only with an event.
            if self.watch.events.len() != before && self.watch.violations.len() < 100 {
                let broken = self.engine.check_invariants();
                let at = self.now.mono.as_millis();
                self.watch.violations.extend(broken.into_iter().map(|what| format!("at {at} ms: {what}")));
            }
        }
        self.input(Input::Stop);
        self.report()
    }

    fn report(mut self) -> Report {
        self.watch.finish();
        let mut leftovers = self.engine.leftovers();
        if self.params.worker_dies.is_none() {
            leftovers.extend(self.media.open.keys().map(|leg| format!("open sockets of {leg:?}")));
        }
        let hotline = self.engine.stack().transitions_hit().clone();
        let mut transitions = hotline.clone();
        let rung = self.rung.iter().map(|staff| &staff.stack);
        for stack in rung.chain([&self.callers.stack]) {
            transitions.extend(stack.transitions_hit().iter().copied());
        }
        Report {
            events: self.watch.events,
            answered: self.callers.answered,
            refused: self.callers.refused,
            datagrams_lost: self.network.lost,
            leftovers,
            violations: self.watch.violations,
            transitions,
            transitions_of_hotline: hotline,
            visit_arms: self.engine.visit_arms().names().collect(),
            lasted: self.now.mono.since(Mono(0)),
        }
    }

    fn next(&self) -> Option<Mono> {
        [
            self.network.next(),
            self.media.next(),
            self.callers.next(),
            self.next_rung(),
            self.bare.next(),
            self.office.next(),
            self.engine.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn next_rung(&self) -> Option<Mono> {
        self.rung.iter().filter_map(Staff::next).min()
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
        while let Some(arrival) = self.network.arrived(self.now.mono) {
            self.deliver(arrival);
        }
        while let Some((worker, event)) = self.media.happened(self.now.mono) {
            self.input(Input::Media { worker, event });
        }
        while let Some(input) = self.office.due(self.now.mono) {
            self.input(input);
        }
        while let Some(done) = self.callers.act(self.now, address(HOTLINE)) {
            match done {
                Done::Nothing => {}
                Done::Pressed(n, key) => self.press(n, key),
                Done::HungUp(ear) => self.media.silent(self.now.mono, ear),
            }
            self.pump_phones();
        }
        while self.rung.iter_mut().any(|staff| staff.act(self.now)) {
            self.pump_phones();
        }
        self.bare.act(self.now.mono);
        self.pump_bare();
        self.callers.stack.handle_timeout(self.now);
        for staff in &mut self.rung {
            staff.stack.handle_timeout(self.now);
        }
        self.pump_phones();
        self.input(Input::Tick);
    }

    fn press(&mut self, n: u32, key: Key) {
        let Some(&call) = self.office.calls.get(&format!("1380000{n:04}")) else { return };
        self.media.press(self.now.mono, LegId::caller(call), key);
    }

    fn deliver(&mut self, arrival: Arrival) {
        let Arrival { to, flow, what } = &arrival;
        if *to == address(HOTLINE) {
            return self.input(match what {
                What::Message(bytes) => Input::Message { flow: *flow, bytes: bytes.clone() },
                What::Closed => Input::FlowClosed { flow: *flow },
            });
        }
        let rung = self.rung.iter_mut().find(|staff| staff.at == *to).map(|staff| &mut staff.stack);
        let Some(stack) = rung.or((*to == address(CALLERS)).then_some(&mut self.callers.stack)) else {
            self.bare.hear(self.now.mono, &mut self.rng, &arrival);
            return self.pump_bare();
        };
        match what {
            What::Message(bytes) => stack.handle_message(self.now, *flow, bytes),
            What::Closed => stack.flow_closed(self.now, *flow),
        }
        self.pump_phones();
    }

    /// What the telephones of callers and staff send and hear.
    fn pump_phones(&mut self) {
        let now = self.now;
        let wires = &mut (&mut self.network, &mut self.rng);
        while let Some(output) = self.callers.stack.poll_output() {
            match output {
                SipOutput::Event(event) => self.callers.on_event(&event),
                other => carry(now, wires, (address(CALLERS), &mut self.callers.stack), other),
            }
        }
        for staff in &mut self.rung {
            while let Some(output) = staff.stack.poll_output() {
                match output {
                    SipOutput::Event(event) => staff.on_event(now.mono, wires.1, &event),
                    other => carry(now, wires, (staff.at, &mut staff.stack), other),
                }
            }
        }
    }

    fn pump_bare(&mut self) {
        let now = self.now.mono;
        while let Some(wish) = self.bare.wishes.pop_front() {
            match wish {
                Wish::Send { from, flow, bytes } => {
                    self.network.send(now, &mut self.rng, (from, flow), bytes);
                }
                // A bare telephone does not mind being refused.
                Wish::Dial { from, to, bytes } => {
                    self.network.connect(now, &mut self.rng, (from, to), bytes);
                }
                Wish::Silent(from) => self.media.silent(now, from),
                Wish::Close(host) => self.network.hang_up(now, host),
            }
        }
    }

    /// Gives the hotline an input and does what it says.
    fn input(&mut self, input: Input) {
        let now = self.now.mono;
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            if let Input::Kept { call } = &input {
                self.watch.kept(*call);
            }
            self.engine.handle(self.now, input);
            while let Some(output) = self.engine.poll_output() {
                self.watch.see(now, &output);
                self.office.see(now, &mut self.rng, &output);
                match output {
                    Output::Transmit { flow, bytes } => {
                        self.network.send(now, &mut self.rng, (address(HOTLINE), flow), bytes);
                    }
                    Output::Connect { remote, bytes } => {
                        let ends = (address(HOTLINE), remote);
                        if self.network.connect(now, &mut self.rng, ends, bytes) == Dialled::Refused {
                            let flow = FlowId::Connection { id: 0, remote };
                            inputs.push_back(Input::FlowClosed { flow });
                        }
                    }
                    Output::Media { worker, command } => {
                        self.media.command(now, &mut self.rng, worker, command);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Puts on the wire what a telephone sends; whom nobody takes a connection from, hears so at once.
fn carry(
    now: Now,
    (network, rng): &mut (&mut Network, &mut ChaCha20Rng),
    (at, stack): (SocketAddr, &mut Stack),
    output: SipOutput,
) {
    match output {
        SipOutput::Transmit { flow, bytes } => network.send(now.mono, rng, (at, flow), bytes),
        SipOutput::Connect { remote, bytes } => {
            if network.connect(now.mono, rng, (at, remote), bytes) == Dialled::Refused {
                stack.flow_closed(now, FlowId::Connection { id: 0, remote });
            }
        }
        SipOutput::Event(_) | SipOutput::Count(_) => {}
    }
}
