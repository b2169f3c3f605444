//! The engine by hand: one input, and what follows from it.

#[path = "engine/announce.rs"]
mod announce;
mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hotline::config::published::Published;
use hotline::engine::command::{PlanView, Reply, Request};
use hotline::engine::{
    AlarmState, AnnouncementOrder, Directory, Engine, Input, LockSettings, MediaSettings, Memory, Output,
    PeopleSettings, Settings,
};
use hotline::event::{Actor, Alarm, Event, EventKind};
use hotline::ids::*;
use hotline::media::command::{Codec, Command, MediaEvent, PlayId, PromptTable};
use hotline::now::{Mono, Now, Wall};
use hotline::sealed::Hasher;
use hotline::sip::api::{Limits, StackConfig};

/// A hotline with one caller at hand.
struct House {
    engine: Engine,
    now: Now,
    events: Vec<Event>,
    sent: Vec<String>,
    orders: Vec<Command>,
    /// Announcements to be made playable.
    spoken: Vec<AnnouncementOrder>,
}

fn settings() -> Settings {
    Settings {
        node: NodeId(1),
        boot: BootId(1),
        seed: [7; 32],
        version: "test".into(),
        stack: StackConfig {
            public_address: ([127, 0, 0, 1], 5060).into(),
            realm: "hotline".into(),
            user_agent: "test".into(),
            seed: [8; 32],
            limits: Limits {
                transactions: 100,
                dialogs: 100,
                bindings: 100,
                retry_after_s: 10,
                min_expires: Duration::from_secs(30),
                max_expires: Duration::from_secs(3_600),
                default_expires: Duration::from_secs(600),
                nonce_lifetime: Duration::from_secs(300),
            },
        },
        media: MediaSettings {
            address: [127, 0, 0, 1].into(),
            ports: 20_000..=20_099,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            workers: 1,
        },
        max_calls: 10,
        exempt_entries: BTreeSet::new(),
        trunks: Vec::new(),
        people: PeopleSettings { hasher: Hasher::new(&[9; 32]), lock: LockSettings::default() },
    }
}

impl House {
    fn open(published: Arc<Published>) -> House {
        let now = Now { mono: Mono(0), wall: Wall(1_793_606_400_000) };
        let engine = Engine::new(settings(), Memory::default(), now);
        let (events, sent, orders, spoken) = Default::default();
        let mut house = House { engine, now, events, sent, orders, spoken };
        house.input(Input::Directory(Arc::new(Directory::default())));
        house.input(Input::Published(published));
        house
    }

    fn input(&mut self, input: Input) {
        self.engine.handle(self.now, input);
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Event(event) => self.events.push(*event),
                Output::Transmit { bytes, .. } => {
                    self.sent.push(String::from_utf8_lossy(&bytes).into_owned())
                }
                Output::Media { command, .. } => self.orders.push(command),
                Output::KeepAnnouncement(order) => self.spoken.push(order),
                _ => {}
            }
        }
    }

    fn invite(&mut self) {
        self.dial(5, "95599");
    }

    /// A call from 127.0.0.`host`, one a number.
    fn dial(&mut self, host: u8, number: &str) {
        let ip = format!("127.0.0.{host}");
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        );
        let text = format!(
            "INVITE sip:{number}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {ip}:5060;branch=z9hG4bK{host}\r\n\
             From: <sip:13800138000@{ip}>;tag=a\r\nTo: <sip:{number}@127.0.0.1>\r\nCall-ID: {host}\r\n\
             CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:c@{ip}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        let flow = FlowId::Udp { remote: ([127, 0, 0, host], 5060).into() };
        self.input(Input::Message { flow, bytes: text.into_bytes() });
    }

    fn media(&mut self, event: MediaEvent) {
        self.input(Input::Media { worker: WorkerId(0), event });
    }

    fn leg() -> LegId {
        LegId::caller(CallId { node: NodeId(1), boot: BootId(1), n: 1 })
    }

    /// The order of somebody on the machine, and what they are told.
    fn ask(&mut self, command: hotline::engine::command::Command) -> Reply {
        let actor = Actor::Peer { uid: 1 };
        self.engine.handle(self.now, Input::Request(Request { id: 1, actor, command }));
        let mut told = None;
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Event(event) => self.events.push(*event),
                Output::Reply { reply, .. } => told = Some(reply),
                _ => {}
            }
        }
        told.expect("every order is answered")
    }

    fn happened(&self, wanted: fn(&EventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.kind))
    }
}

#[test]
fn a_prompt_without_any_recording_leads_to_a_person_and_not_into_silence() {
    let sample = support::published();
    let mut prompts = PromptTable::default();
    for (language, name, clip) in sample.prompts.iter().filter(|(_, name, _)| *name != "main.greeting") {
        prompts.insert(language, name, clip.clone());
    }
    let published = Published { prompts: Arc::new(prompts), ..Published::clone(&sample) };
    let mut house = House::open(Arc::new(published));
    house.invite();
    house.media(MediaEvent::Opened { leg: House::leg(), at: Mono(0) });
    assert!(!house.happened(|kind| matches!(kind, EventKind::QueueEntered { .. })), "the notice comes first");
    house.media(MediaEvent::PlayDone { leg: House::leg(), id: PlayId(1) });
    assert!(!house.happened(|kind| matches!(kind, EventKind::MenuFailed { .. })), "not the caller's fault");
    let mut plays = house.orders.iter().filter_map(|order| match order {
        Command::Play { id, .. } => Some(*id),
        _ => None,
    });
    let excuse = plays.next_back().expect("the caller hears that a person follows");
    house.media(MediaEvent::PlayDone { leg: House::leg(), id: excuse });
    assert!(house.happened(|kind| matches!(kind, EventKind::QueueEntered { .. })));
}

#[test]
fn a_call_is_answered_only_after_its_sockets_and_its_recording_are_open() {
    let mut house = House::open(support::published());
    house.invite();
    assert!(house.sent.iter().all(|message| !message.starts_with("SIP/2.0 200")), "{:?}", house.sent);
    assert!(matches!(house.orders[..], [Command::Open { record: true, .. }]));
    house.media(MediaEvent::Opened { leg: House::leg(), at: Mono(0) });
    assert!(house.sent.iter().any(|message| message.starts_with("SIP/2.0 200")));
    assert!(house.happened(|kind| matches!(kind, EventKind::CallAnswered { recorded: true, .. })));
}

#[test]
fn while_records_cannot_be_written_callers_get_503_with_retry_after() {
    let mut house = House::open(support::published());
    for alarm in [Alarm::Journal, Alarm::Spool, Alarm::Index] {
        house.sent.clear();
        house.input(Input::Alarm { alarm, state: AlarmState::Raised { detail: "disk full".into() } });
        house.invite();
        let refused =
            house.sent.iter().any(|m| m.starts_with("SIP/2.0 503") && m.contains("Retry-After: 10"));
        // A retransmission of the same INVITE is answered by its transaction, the same way.
        assert!(refused, "{alarm:?}: {:?}", house.sent);
        house.input(Input::Alarm { alarm, state: AlarmState::Cleared });
    }
    assert!(house.orders.is_empty(), "no socket was opened");
}

fn start(plan: &str, by: &str) -> hotline::engine::command::Command {
    let (by, reason) = (by.to_owned(), "rain".to_owned());
    hotline::engine::command::Command::StartPlan { plan: plan.into(), by, reason }
}

impl House {
    fn plan(&mut self, name: &str) -> PlanView {
        let Reply::Plans(plans) = self.ask(hotline::engine::command::Command::Plans) else { panic!() };
        plans.into_iter().find(|plan| plan.plan.as_str() == name).unwrap()
    }
}

#[test]
fn cba_24_a_plan_for_two_persons_is_proposed_by_one_and_started_by_another() {
    let mut house = House::open(support::published());
    assert!(house.plan("disaster").two_persons);
    assert_eq!(house.ask(start("disaster", "Li")), Reply::Proposed);
    assert!(!house.happened(|kind| matches!(kind, EventKind::PlanStarted { .. })));
    assert_eq!(house.plan("disaster").proposed.unwrap().by, "Li");
    let Reply::Refused(why) = house.ask(start("disaster", " li")) else { panic!("alone") };
    assert!(why.contains("another person"), "{why}");
    assert_eq!(house.ask(start("disaster", "Wang")), Reply::Done);
    let view = house.plan("disaster");
    assert_eq!((view.in_force.unwrap().by.as_str(), view.proposed), ("Wang", None));
    let told = house.events.iter().any(|event| {
        matches!(&event.kind, EventKind::PlanStarted { reason, .. } if reason == "rain (proposed by Li: rain)")
            && event.plans == ["disaster".into()]
    });
    assert!(told, "both persons stand in the journal");
    let Reply::Refused(why) = house.ask(start("fire", "Li")) else { panic!("no such plan") };
    assert!(why.contains("surge"), "{why}");
}

#[test]
fn a_proposal_is_forgotten_after_an_hour_and_can_be_taken_back() {
    let mut house = House::open(support::published());
    assert_eq!(house.ask(start("disaster", "Li")), Reply::Proposed);
    house.now.mono += Duration::from_secs(3_601);
    house.now.wall.0 += 3_601_000;
    assert_eq!(house.ask(start("disaster", "Wang")), Reply::Proposed, "the word of Li holds no more");
    let (plan, by, reason) = ("disaster".into(), "Li".to_owned(), "dry again".to_owned());
    let stop = hotline::engine::command::Command::StopPlan { plan, by, reason };
    assert_eq!(house.ask(stop.clone()), Reply::Done);
    assert!(matches!(house.ask(stop), Reply::Refused(_)), "there is nothing to take back");
    assert_eq!(house.ask(start("disaster", "Zhao")), Reply::Proposed);
}

#[test]
fn a_plan_ends_by_itself_when_its_time_is_over() {
    let mut house = House::open(support::published());
    assert_eq!(house.ask(start("surge", "Li")), Reply::Done);
    let hours = Duration::from_secs(8 * 3_600);
    let end = house.plan("surge").in_force.unwrap().until.unwrap();
    assert_eq!(end.0 - house.now.wall.0, 8 * 3_600_000);
    assert_eq!(house.engine.poll_timeout(), Some(house.now.mono + hours), "it wakes up for it");
    house.now = Now { mono: house.now.mono + hours, wall: end };
    house.input(Input::Tick);
    let by_itself = |kind: &EventKind| matches!(kind, EventKind::PlanStopped { by, .. } if by == "hotline");
    assert!(house.happened(by_itself));
    assert_eq!(house.plan("surge").in_force, None);
    house.input(Input::Tick);
    assert_eq!(house.events.iter().filter(|event| by_itself(&event.kind)).count(), 1);
}
