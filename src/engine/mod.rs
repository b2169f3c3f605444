//! Composition of the cores into the hotline: wires, and nothing else. Pure.
//!
//! [`Engine::handle`] takes one input at a time, [`Engine::poll_output`] says what is to be done,
//! [`Engine::poll_timeout`] when to come back. The shell writes events before it carries out the
//! effects that follow them. Does not decide anything a core can decide.

mod alarms;
mod announcing;
mod atoms;
mod callers;
pub mod command;
mod commands;
mod emit;
mod folds;
mod invariants;
mod live;
mod open_calls;
mod patience;
mod people;
mod plans;
mod promises;
mod settings;
mod snapshot;
mod timers;
mod wire_acd;
mod wire_call;
mod wire_media;
mod wire_menu;
mod wire_peer;
mod wire_sip;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::acd::api::AgentProfile;
use crate::acd::router::Router;
use crate::config::published::Published;
use crate::event::{Actor, Alarm, Event, EventKind};
use crate::ids::*;
use crate::media::command::{Clip, Command as MediaCommand, MediaEvent, SpoolRef};
use crate::media::ports::PortPool;
use crate::menu::api::AskId;
use crate::menu::ask::{Answer, Failure, Question};
use crate::now::{Mono, Now, Wall};
use crate::sealed::{CallKey, Redacted};
use crate::sip::api::{Count, DeviceAccount, DialogId};
use crate::sip::registrar::Binding;
use crate::sip::stack::Stack;
use crate::stats::Stats;

pub use announcing::AnnouncementOrder;
pub use callers::CallerBook;
use command::{Reply, Request};
pub use folds::Folds;
use live::Live;
pub use open_calls::{OpenCall, OpenCalls, Seat};
pub use people::{Opener, People};
pub use plans::Plans;
pub use settings::{LockSettings, MediaSettings, PeopleSettings, Settings};
use timers::Timers;

/// Everything that can happen to the hotline. No `Debug`: messages hold numbers.
#[derive(Clone)]
pub enum Input {
    /// A SIP datagram, or a message framed from a stream.
    Message {
        flow: FlowId,
        bytes: Vec<u8>,
    },
    FlowClosed {
        flow: FlowId,
    },
    Media {
        worker: WorkerId,
        event: MediaEvent,
    },
    Request(Request),
    /// Answer to [`Output::VerifySecret`].
    SecretVerified {
        call: CallId,
        verdict: Verdict,
    },
    /// A finished recording, or why there is none.
    Archived {
        call: CallId,
        result: EventKind,
    },
    Alarm {
        alarm: Alarm,
        state: AlarmState,
    },
    /// What a person or program asked for, in their name. Without it, it is the server's own doing.
    Ordered {
        actor: Actor,
        input: Box<Input>,
    },
    /// A checked snapshot comes into force for new calls.
    Published(Arc<Published>),
    /// Drafts were refused by `check`.
    PublishRefused {
        findings: u32,
    },
    /// Made, and not in force until another person confirms it.
    PublishProposed(Box<Proposed>),
    Directory(Arc<Directory>),
    /// Lists of callers' numbers, in place of those before.
    Callers(Arc<CallerBook>),
    /// Answer to [`Output::Ask`]; the menus do not wait for ever.
    Answered {
        call: CallId,
        id: AskId,
        result: Result<Answer, Failure>,
    },
    /// What [`Output::Promise`] asked for is on the disk for good.
    Kept {
        call: CallId,
    },
    /// What [`Output::KeepAnnouncement`] asked for; `None` if there is nothing to be played.
    AnnouncementKept {
        call: CallId,
        clip: Option<Clip>,
    },
    /// At a start: what was recorded for plans in force and proposed.
    Announcements(Vec<(PlanId, Clip)>),
    /// No new calls; running ones are ended at the deadline.
    Drain {
        deadline: Mono,
    },
    TakeSnapshot,
    /// The last input: the server stops in good order.
    Stop,
    /// `views`: how far other folds of the journal have come.
    RenderMetrics {
        id: u64,
        views: Vec<(String, Seq)>,
    },
    /// Nothing but time has passed.
    Tick,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Right,
    Wrong,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlarmState {
    Raised { detail: String },
    Cleared,
}

/// Agents and devices as the database holds them.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub agents: BTreeMap<AgentId, AgentProfile>,
    pub devices: Vec<DeviceAccount>,
    /// Who may record an emergency announcement by telephone.
    pub announcers: BTreeSet<AgentId>,
    /// Set when an import caused it: then it is an event.
    pub imported: bool,
}

/// What the shell does, in order. No `Debug`: messages hold numbers.
#[derive(Clone)]
pub enum Output {
    /// The key of a new call and its caller's number, for the key table; before the call's events.
    StoreKey {
        key: CallKey,
        number: Redacted<String>,
    },
    Event(Box<Event>),
    Transmit {
        flow: FlowId,
        bytes: Vec<u8>,
    },
    Connect {
        remote: std::net::SocketAddr,
        bytes: Vec<u8>,
    },
    Count(Count),
    Media {
        worker: WorkerId,
        command: MediaCommand,
    },
    Reply {
        id: u64,
        reply: Reply,
    },
    VerifySecret {
        call: CallId,
        agent: AgentId,
        secret: Redacted<String>,
    },
    /// Ask a system of the bank; answered by [`Input::Answered`], also when there is no answer.
    Ask {
        call: CallId,
        id: AskId,
        question: Question,
    },
    /// Say [`Input::Kept`] when every event before this is on the disk for good: a caller waits for
    /// the word.
    Promise {
        call: CallId,
    },
    /// Make an announcement of what a member of staff said; answered by [`Input::AnnouncementKept`].
    KeepAnnouncement(AnnouncementOrder),
    /// Make the archive file of an ended call.
    Finalise(FinaliseOrder),
    /// The call was never answered: its spooled silence is of no use.
    DiscardSpool {
        call: CallId,
    },
    Snapshot {
        seq: Seq,
        bytes: Vec<u8>,
    },
    Metrics {
        id: u64,
        text: String,
    },
    /// Drained: no call is left, the server may stop.
    Drained,
}

/// See [`Output::Finalise`].
#[derive(Clone, PartialEq, Debug)]
pub struct FinaliseOrder {
    pub call: CallId,
    /// When it was answered: the folder of the archive is this day's.
    pub answered: crate::now::Wall,
    pub worker: WorkerId,
    pub spool: Vec<SpoolRef>,
}

/// The whole hotline on a clock that is given to it.
pub struct Engine {
    settings: Settings,
    stack: Stack,
    router: Router,
    folds: Folds,
    calls: BTreeMap<CallId, Live>,
    dialogs: HashMap<DialogId, LegId>,
    timers: Timers,
    media: MediaPool,
    house: House,
    /// Arms of the visits' table taken in this boot.
    arms: crate::call::Arms,
    journal: JournalHead,
    outputs: VecDeque<Output>,
}

/// Ports and workers.
struct MediaPool {
    ports: PortPool,
    /// Legs on each worker.
    load: Vec<u32>,
    rng: ChaCha20Rng,
    /// Answered calls that are over while their worker still has to write what it holds of them,
    /// with the time of their answer.
    unspooled: BTreeMap<CallId, Wall>,
    /// Announcements recorded by telephone.
    announcements: BTreeMap<PlanId, Clip>,
}

/// A snapshot that waits for a second person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    pub version: ConfigVersion,
    pub by: String,
    pub reason: String,
    pub digest: String,
}

/// What is in force.
struct House {
    published: Option<Arc<Published>>,
    directory: Arc<Directory>,
    /// Which agent sits at which device.
    seats: BTreeMap<DeviceId, AgentId>,
    alarms: BTreeSet<Alarm>,
    /// Workers in trouble: their alarm stands while there is one.
    troubled: BTreeSet<(Alarm, WorkerId)>,
    /// Calls refused without an event, since the journal's alarm.
    turned_away: u64,
    /// Whose order is being carried out.
    actor: Actor,
    /// Orders to agents that take effect when their talk ends.
    orders: BTreeMap<AgentId, Actor>,
    callers: Arc<CallerBook>,
    draining: Option<Mono>,
    drained: bool,
    before: Before,
}

/// What the boot before leaves, until the directory says which agents and devices there are.
struct Before {
    bindings: Vec<Binding>,
    seats: BTreeMap<AgentId, Seat>,
}

/// Where the journal stands, and what stamps events.
struct JournalHead {
    seq: Seq,
    calls: u32,
    now: Now,
    config_version: ConfigVersion,
}

/// What an engine starts from: empty, or what journal and shell remember.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Last event in the journal.
    pub seq: Seq,
    pub folds: Folds,
    pub bindings: Vec<Binding>,
}

impl Memory {
    /// Takes in the next event of the journal.
    pub fn apply(&mut self, event: &Event, opener: &mut Opener<'_>) {
        self.folds.apply(event, opener);
        self.seq = event.seq;
    }
}

impl Engine {
    /// An engine at `now`; calls that were open when the server stopped are closed as interrupted.
    pub fn new(settings: Settings, memory: Memory, now: Now) -> Engine {
        let stack = Stack::new(settings.stack.clone());
        let media = MediaPool {
            ports: PortPool::new(settings.media.ports.clone(), settings.seed_u64(1)),
            load: vec![0; usize::from(settings.media.workers)],
            rng: ChaCha20Rng::from_seed(settings.seed),
            unspooled: BTreeMap::new(),
            announcements: BTreeMap::new(),
        };
        let house = House {
            published: None,
            directory: Arc::default(),
            seats: BTreeMap::new(),
            alarms: BTreeSet::new(),
            troubled: BTreeSet::new(),
            turned_away: 0,
            actor: Actor::Server,
            orders: BTreeMap::new(),
            callers: Arc::default(),
            draining: None,
            drained: false,
            before: Before { bindings: memory.bindings, seats: memory.folds.open.seats.clone() },
        };
        let journal =
            JournalHead { seq: memory.seq, calls: 0, now, config_version: memory.folds.open.config_version };
        let mut engine = Engine {
            settings,
            stack,
            router: Router::new(),
            folds: memory.folds,
            calls: BTreeMap::new(),
            dialogs: HashMap::new(),
            timers: Timers::default(),
            media,
            house,
            arms: crate::call::Arms::default(),
            journal,
            outputs: VecDeque::new(),
        };
        engine.close_interrupted();
        engine
    }

    /// Take one input, decide everything that follows from it.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.clock(now);
        self.take(now, input);
        self.settle();
    }

    fn take(&mut self, now: Now, input: Input) {
        match input {
            Input::Ordered { actor, input } => {
                self.house.actor = actor;
                self.take(now, *input);
                self.house.actor = Actor::Server;
            }
            Input::Message { flow, bytes } => self.stack.handle_message(now, flow, &bytes),
            Input::FlowClosed { flow } => self.stack.flow_closed(now, flow),
            Input::Media { worker, event } => self.on_media(worker, event),
            Input::Request(request) => self.on_request(request),
            Input::SecretVerified { call, verdict } => self.on_secret_verified(call, verdict),
            Input::Archived { call, result } => self.on_archived(call, result),
            Input::Alarm { alarm, state } => self.set_alarm(alarm, state),
            Input::Published(published) => self.on_published(published),
            Input::PublishRefused { findings } => {
                self.emit(self.house.actor.clone(), None, EventKind::ConfigRefused { findings })
            }
            Input::PublishProposed(proposed) => self.on_proposed(*proposed),
            Input::Directory(directory) => self.on_directory(directory),
            Input::Callers(book) => self.on_callers(book),
            Input::Answered { call, id, result } => self.on_answered(call, id, result),
            Input::Kept { call } => self.on_kept(call),
            Input::AnnouncementKept { call, clip } => self.on_announcement_kept(call, clip),
            Input::Announcements(clips) => self.media.announcements.extend(clips),
            Input::Drain { deadline } => self.on_drain(deadline),
            Input::TakeSnapshot => self.take_snapshot(),
            Input::Stop => {
                self.emit(Actor::Server, None, EventKind::ServerStopped);
                self.take_snapshot();
            }
            Input::RenderMetrics { id, views } => self.render_metrics(id, views),
            Input::Tick => {}
        }
    }

    /// What is to be done next, in order; `None` when everything is said.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When time alone will change something.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let drain = self.house.draining.filter(|at| !self.calls.is_empty() && *at != Mono(u64::MAX));
        let cores = [self.stack.poll_timeout(), self.router.poll_timeout(), self.timers.next()];
        cores.into_iter().chain([drain, self.next_plan_over()]).flatten().min()
    }

    /// Last event made.
    pub fn seq(&self) -> Seq {
        self.journal.seq
    }

    /// Calls under way.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// The figures so far.
    pub fn stats(&self) -> &Stats {
        &self.folds.stats
    }

    pub fn router(&self) -> &Router {
        &self.router
    }

    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Arms of the visits' table taken so far.
    pub fn visit_arms(&self) -> crate::call::Arms {
        self.arms
    }

    /// Time-outs and the cores' outputs, until nothing more follows.
    fn settle(&mut self) {
        let now = self.journal.now;
        self.look_after_ports();
        self.end_plans();
        self.carry_on();
        self.stack.handle_timeout(now);
        self.carry_on();
        self.router.handle_timeout(now.mono);
        self.carry_on();
        while let Some((call, timer)) = self.timers.expired(now.mono) {
            self.on_timer(call, timer);
            self.carry_on();
        }
        if self.house.draining.is_some_and(|deadline| now.mono >= deadline) {
            self.house.draining = Some(Mono(u64::MAX));
            self.stop_all();
            self.carry_on();
        }
        if self.house.draining.is_some() && self.calls.is_empty() && !self.house.drained {
            self.house.drained = true;
            self.outputs.push_back(Output::Drained);
        }
    }

    /// What follows from what was said. Routing comes first: whatever a caller does next finds them
    /// where routing has put them.
    fn carry_on(&mut self) {
        loop {
            if let Some(output) = self.router.poll_output() {
                self.on_router_output(output);
            } else if let Some(output) = self.stack.poll_output() {
                self.on_stack_output(output);
            } else {
                break;
            }
        }
    }
}
