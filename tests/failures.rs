//! The engine where storage, workers or the server itself fail, and in whose name it acts.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hotline::acd::api::AgentProfile;
use hotline::engine::command::{Command, Request};
use hotline::engine::{
    AlarmState, Directory, Engine, Input, LockSettings, MediaSettings, Memory, Output, PeopleSettings,
    Settings,
};
use hotline::event::{Actor, AgentState, Alarm, Event, EventKind, LegStats, OfferEnd, Refusal};
use hotline::ids::*;
use hotline::media::command::{Codec, Command as MediaCommand, MediaEvent, SpoolRef};
use hotline::now::{Mono, Now, Wall};
use hotline::sealed::Hasher;
use hotline::sip::api::{DeviceAccount, DeviceKind, Limits, StackConfig};

const WORKER: WorkerId = WorkerId(0);
const OTHER: WorkerId = WorkerId(1);
const DESK: &str = "127.0.0.4:5060";

fn settings() -> Settings {
    Settings {
        node: NodeId(1),
        boot: BootId(2),
        seed: [7; 32],
        version: "test".into(),
        stack: StackConfig {
            public_address: "127.0.0.1:5060".parse().unwrap(),
            realm: "hotline".into(),
            user_agent: "test".into(),
            seed: [8; 32],
            limits: Limits {
                transactions: 1_000,
                dialogs: 1_000,
                bindings: 10,
                retry_after_s: 5,
                min_expires: Duration::from_secs(60),
                max_expires: Duration::from_secs(3_600),
                default_expires: Duration::from_secs(600),
                nonce_lifetime: Duration::from_secs(300),
            },
        },
        media: MediaSettings {
            address: "127.0.0.1".parse().unwrap(),
            ports: 10_000..=10_099,
            codecs: vec![Codec::Pcmu],
            workers: 2,
        },
        max_calls: 10,
        exempt_entries: BTreeSet::new(),
        trunks: Vec::new(),
        people: PeopleSettings { hasher: Hasher::new(&[9; 32]), lock: LockSettings::default() },
    }
}

/// One engine; what it did since it was last asked.
struct Bench {
    engine: Engine,
    now: Now,
    events: Vec<Event>,
    sent: Vec<String>,
    orders: Vec<(WorkerId, MediaCommand)>,
    finalised: Vec<CallId>,
    discarded: Vec<CallId>,
    snapshot: Option<(Seq, Vec<u8>)>,
    calls: u32,
}

impl Bench {
    fn new() -> Bench {
        Bench::after(Memory::default())
    }

    fn after(memory: Memory) -> Bench {
        Bench::with(settings(), memory)
    }

    fn with(settings: Settings, memory: Memory) -> Bench {
        let now = Now { mono: Mono(0), wall: Wall(1_793_606_400_000) };
        let mut bench = Bench {
            engine: Engine::new(settings, memory, now),
            now,
            events: Vec::new(),
            sent: Vec::new(),
            orders: Vec::new(),
            finalised: Vec::new(),
            discarded: Vec::new(),
            snapshot: None,
            calls: 0,
        };
        bench.tell(Input::Directory(Arc::new(directory())));
        bench.tell(Input::Published(support::published()));
        bench
    }

    fn tell(&mut self, input: Input) {
        self.engine.handle(self.now, input);
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Event(event) => self.events.push(*event),
                Output::Transmit { bytes, .. } => self.sent.push(String::from_utf8(bytes).unwrap()),
                Output::Media { worker, command } => self.orders.push((worker, command)),
                Output::Finalise(order) => self.finalised.push(order.call),
                Output::DiscardSpool { call } => self.discarded.push(call),
                Output::Snapshot { seq, bytes } => self.snapshot = Some((seq, bytes)),
                _ => {}
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.tell(Input::Tick);
    }

    fn media(&mut self, worker: WorkerId, event: MediaEvent) {
        self.tell(Input::Media { worker, event });
    }

    fn command(&mut self, actor: Actor, command: Command) {
        self.tell(Input::Request(Request { id: 1, actor, command }));
    }

    /// An INVITE of a stranger; the call it became.
    fn invite(&mut self, dialled: &str) -> CallId {
        self.calls += 1;
        let n = self.calls;
        let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.5\r\ns=-\r\nc=IN IP4 127.0.0.5\r\nt=0 0\r\n\
                   m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
        let message = format!(
            "INVITE sip:{dialled}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.5;branch=z9hG4bK{n}\r\n\
             From: <sip:13800138000@127.0.0.5>;tag=c{n}\r\nTo: <sip:{dialled}@127.0.0.1>\r\n\
             Call-ID: c{n}\r\nCSeq: 1 INVITE\r\nContact: <sip:c@127.0.0.5>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        let flow = FlowId::Udp { remote: "127.0.0.5:5060".parse().unwrap() };
        self.tell(Input::Message { flow, bytes: message.into_bytes() });
        CallId { node: NodeId(1), boot: BootId(2), n }
    }

    /// A call that was answered.
    fn answered(&mut self) -> CallId {
        let call = self.invite("95599");
        self.media(WORKER, MediaEvent::Opened { leg: LegId::caller(call), at: self.now.mono });
        assert!(self.kinds().any(|kind| matches!(kind, EventKind::CallAnswered { recorded: true, .. })));
        call
    }

    fn kinds(&self) -> impl Iterator<Item = &EventKind> {
        self.events.iter().map(|event| &event.kind)
    }

    fn raised(&self, wanted: Alarm) -> bool {
        let mut raised = false;
        for kind in self.kinds() {
            match kind {
                EventKind::AlarmRaised { alarm, .. } if *alarm == wanted => raised = true,
                EventKind::AlarmCleared { alarm, .. } if *alarm == wanted => raised = false,
                _ => {}
            }
        }
        raised
    }

    /// Who is named by the last event of this kind.
    fn actor_of(&self, wanted: impl Fn(&EventKind) -> bool) -> &Actor {
        &self.events.iter().rev().find(|event| wanted(&event.kind)).expect("such an event").actor
    }
}

fn directory() -> Directory {
    let agent = |id: &str| AgentProfile {
        id: id.into(),
        skills: Default::default(),
        queues: Vec::new(),
        languages: Vec::new(),
    };
    let device = |id: &str| DeviceAccount {
        id: id.into(),
        kind: DeviceKind::Static { contact: format!("sip:{id}@{DESK}") },
    };
    Directory {
        announcers: Default::default(),
        agents: ["1001", "1002"].map(|id| (AgentId::new(id), agent(id))).into(),
        devices: vec![device("desk1"), device("desk2")],
        imported: false,
    }
}

fn operator() -> Actor {
    Actor::Token { name: "ops".into(), role: hotline::event::Role::Operator }
}

fn spool_failing(worker: WorkerId, failing: bool) -> MediaEvent {
    MediaEvent::SpoolFailing { worker, failing }
}

fn raised() -> AlarmState {
    AlarmState::Raised { detail: "no space".into() }
}

#[test]
fn what_a_stranger_dials_is_not_written_down() {
    let mut bench = Bench::new();
    for dialled in ["*81*1001*4711", "13912345678", "95599"] {
        bench.invite(dialled);
    }
    let journal = serde_json::to_string(&bench.events).unwrap();
    assert!(!journal.contains("4711") && !journal.contains("1391234"), "{journal}");
    let entries = bench.kinds().filter_map(|kind| match kind {
        EventKind::CallArrived { entry, .. } => Some(entry.as_str()),
        _ => None,
    });
    assert_eq!(entries.collect::<Vec<_>>(), ["*81", "unknown", "95599"]);
}

#[test]
fn a_failing_journal_turns_calls_away_without_filling_the_memory() {
    let mut bench = Bench::new();
    bench.tell(Input::Alarm { alarm: Alarm::Journal, state: raised() });
    let events = bench.events.len();
    for _ in 0..3 {
        bench.invite("95599");
        assert!(bench.sent.last().unwrap().starts_with("SIP/2.0 503"));
    }
    assert_eq!((bench.events.len(), bench.engine.calls()), (events, 0));
    bench.tell(Input::Alarm { alarm: Alarm::Journal, state: AlarmState::Cleared });
    let cleared = EventKind::AlarmCleared { alarm: Alarm::Journal, turned_away: 3 };
    assert!(bench.kinds().any(|kind| *kind == cleared));
    let refused: Vec<_> = bench.engine.stats().calls.refused().collect();
    assert_eq!(refused, [(Refusal::StorageAlarm, 3)]);
}

#[test]
fn a_call_is_not_answered_once_it_could_not_be_recorded() {
    let mut bench = Bench::new();
    let call = bench.invite("95599");
    bench.media(OTHER, spool_failing(OTHER, true));
    bench.media(WORKER, MediaEvent::Opened { leg: LegId::caller(call), at: bench.now.mono });
    assert!(bench.sent.last().unwrap().starts_with("SIP/2.0 503"));
    assert!(!bench.sent.iter().any(|message| message.starts_with("SIP/2.0 200")));
}

#[test]
fn everything_that_is_told_of_a_call_belongs_to_the_version_it_was_answered_with() {
    let mut bench = Bench::new();
    let call = bench.answered();
    let mut next = (*support::published()).clone();
    next.version = ConfigVersion(next.version.0 + 1);
    bench.tell(Input::Published(Arc::new(next)));
    bench.tell(Input::Drain { deadline: bench.now.mono });
    bench.media(WORKER, MediaEvent::Closed { leg: LegId::caller(call), stats: LegStats::default() });
    bench.media(WORKER, MediaEvent::CallSpooled { call, worker: WORKER, spool: Vec::new() });
    let (file, sha256) = ("a.wav".to_owned(), String::new());
    let result = EventKind::RecordingArchived { file, sha256, length_ms: 0, missing_ms: 0, masked_ms: 0 };
    bench.tell(Input::Archived { call, result });
    let told = bench.events.iter().filter(|event| event.call == Some(call));
    let versions: BTreeSet<_> = told.map(|event| event.config_version).collect();
    assert_eq!(versions, [ConfigVersion(1)].into());
    assert!(matches!(bench.events.last().map(|e| &e.kind), Some(EventKind::RecordingArchived { .. })));
}

#[test]
fn the_alarm_of_the_spool_stands_until_the_last_worker_can_write() {
    let mut bench = Bench::new();
    bench.media(WORKER, spool_failing(WORKER, true));
    bench.media(OTHER, spool_failing(OTHER, true));
    bench.media(OTHER, spool_failing(OTHER, false));
    assert!(bench.raised(Alarm::Spool));
    bench.media(WORKER, spool_failing(WORKER, false));
    assert!(!bench.raised(Alarm::Spool));
}

#[test]
fn a_call_that_ends_while_its_spool_fails_is_archived_when_it_can_be_written() {
    let mut bench = Bench::new();
    let call = bench.answered();
    bench.media(WORKER, spool_failing(WORKER, true));
    bench.tell(Input::Drain { deadline: bench.now.mono });
    let stats = LegStats::default();
    bench.media(WORKER, MediaEvent::Closed { leg: LegId::caller(call), stats });
    assert!(matches!(bench.orders.last(), Some((_, MediaCommand::EndCall { .. }))));
    bench.pass(Duration::from_secs(60));
    assert_eq!((bench.engine.calls(), &bench.discarded[..]), (0, &[][..]), "nothing is thrown away");
    assert!(!bench.raised(Alarm::MediaWorker), "the worker lives");
    let spool = vec![SpoolRef { segment: 0, offsets: vec![85] }];
    bench.media(WORKER, MediaEvent::CallSpooled { call, worker: WORKER, spool });
    assert_eq!((&bench.finalised[..], &bench.discarded[..]), (&[call][..], &[][..]));
}

#[test]
fn a_worker_that_answers_nothing_leaves_no_call_behind() {
    let mut bench = Bench::new();
    let call = bench.answered();
    bench.tell(Input::Drain { deadline: bench.now.mono });
    for _ in 0..3 {
        bench.pass(Duration::from_secs(40));
    }
    assert!(bench.raised(Alarm::MediaWorker));
    assert_eq!(bench.engine.calls(), 0);
    assert!(bench.kinds().any(|kind| matches!(kind, EventKind::CallEnded { .. })), "its end is told");
    assert!(bench.discarded.is_empty(), "what its spool holds is made into a recording by the next start");
    bench.media(WORKER, MediaEvent::CallSpooled { call, worker: WORKER, spool: Vec::new() });
    assert!(!bench.raised(Alarm::MediaWorker), "it has come back");
    assert_eq!(bench.finalised, [call]);
}

#[test]
fn events_name_who_gave_the_order() {
    let mut bench = Bench::new();
    let (agent, device) = (AgentId::new("1001"), DeviceId::new("desk1"));
    bench.command(operator(), Command::SignIn { agent: agent.clone(), device });
    let (own, reason) = (Actor::Agent(agent.clone()), "lunch".to_owned());
    bench.command(own.clone(), Command::NotReady { agent: agent.clone(), reason });
    let is = |state: AgentState| move |kind: &EventKind| matches!(kind, EventKind::AgentStateChanged { state: s, .. } if *s == state);
    assert_eq!(*bench.actor_of(is(AgentState::Ready)), operator());
    assert_eq!(*bench.actor_of(is(AgentState::NotReady { reason: "lunch".into() })), own);
    bench.command(operator(), Command::SignOut { agent });
    assert_eq!(*bench.actor_of(|kind| matches!(kind, EventKind::AgentSignedOut { .. })), operator());

    let peer = Actor::Peer { uid: 1_000 };
    let mut imported = directory();
    imported.imported = true;
    let directory = Box::new(Input::Directory(Arc::new(imported)));
    bench.tell(Input::Ordered { actor: peer.clone(), input: directory });
    assert_eq!(*bench.actor_of(|kind| matches!(kind, EventKind::DirectoryImported { .. })), peer);
    bench.tell(Input::PublishRefused { findings: 1 });
    assert_eq!(*bench.actor_of(|kind| matches!(kind, EventKind::ConfigRefused { .. })), Actor::Server);
}

#[test]
fn agents_stay_signed_in_over_a_restart() {
    let mut bench = Bench::new();
    for (agent, device) in [("1001", "desk1"), ("1002", "desk2")] {
        bench.command(operator(), Command::SignIn { agent: agent.into(), device: device.into() });
    }
    bench.command(operator(), Command::NotReady { agent: "1002".into(), reason: "lunch".into() });
    bench.tell(Input::TakeSnapshot);
    let (seq, bytes) = bench.snapshot.take().unwrap();
    let memory = Memory::from_snapshot(seq, &bytes).expect("a snapshot of this version");

    let mut again = Bench::after(memory);
    let states: Vec<_> = again.engine.router().agents(again.now.mono).into_iter().map(|a| a.state).collect();
    assert_eq!(states, [AgentState::Ready, AgentState::NotReady { reason: "lunch".into() }]);
    let seq = again.engine.seq();
    again.command(operator(), Command::SignIn { agent: "1001".into(), device: "desk1".into() });
    assert_eq!(again.engine.seq(), seq, "signing in again at the same telephone changes nothing");
}

#[test]
fn a_range_of_ports_that_is_used_up_refuses_and_says_so_until_ports_have_rested() {
    let mut bench = Bench::with(Settings { max_calls: 100, ..settings() }, Memory::default());
    let calls: Vec<_> = (0..51).map(|_| bench.invite("95599")).collect();
    assert!(bench.sent.last().unwrap().starts_with("SIP/2.0 503"), "fifty pairs of ports");
    assert!(bench.raised(Alarm::MediaPorts));
    let leg = LegId::caller(calls[0]);
    let why = hotline::media::command::OpenFailure::Other;
    bench.media(WORKER, MediaEvent::OpenFailed { leg, why });
    assert!(bench.raised(Alarm::MediaPorts), "it rests");
    bench.pass(Duration::from_secs(30));
    assert!(!bench.raised(Alarm::MediaPorts));
}

#[test]
fn a_telephone_that_never_registered_is_unreachable_and_not_a_refusal_of_its_agent() {
    let mut bench = Bench::new();
    let mut directory = directory();
    directory.devices.push(DeviceAccount {
        id: "desk9".into(),
        kind: DeviceKind::Registers { ha1_sha256: None, ha1_md5: None },
    });
    if let Some(agent) = directory.agents.get_mut(&AgentId::new("1001")) {
        agent.queues = vec!["general".into()];
        agent.skills = ["general", "card", "complaints"].map(|skill| (skill.into(), 10)).into();
    }
    bench.tell(Input::Directory(Arc::new(directory)));
    bench.command(operator(), Command::SignIn { agent: "1001".into(), device: "desk9".into() });
    let call = bench.answered();
    let leg = LegId::caller(call);
    bench.media(WORKER, MediaEvent::Digit { leg, key: Key::Digit(0) });
    let notice = bench.orders.iter().rev().find_map(|(_, order)| match order {
        MediaCommand::Play { id, .. } => Some(*id),
        _ => None,
    });
    bench.media(WORKER, MediaEvent::PlayDone { leg, id: notice.expect("the notice is played") });
    bench.media(WORKER, MediaEvent::Opened { leg: LegId { call, n: 1 }, at: bench.now.mono });
    let ends: Vec<_> = bench
        .kinds()
        .filter_map(|kind| match kind {
            EventKind::OfferEnded { end, .. } => Some(*end),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [OfferEnd::Unreachable]);
}
