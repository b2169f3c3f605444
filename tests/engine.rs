//! The engine by hand: one input, and what follows from it.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hotline::config::published::Published;
use hotline::engine::{
    AlarmState, Directory, Engine, Input, LockSettings, MediaSettings, Memory, Output, PeopleSettings,
    Settings,
};
use hotline::event::{Alarm, Event, EventKind};
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
        let mut house = House { engine, now, events: Vec::new(), sent: Vec::new(), orders: Vec::new() };
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
                _ => {}
            }
        }
    }

    fn invite(&mut self) {
        let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.5\r\ns=-\r\nc=IN IP4 127.0.0.5\r\nt=0 0\r\n\
                   m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
        let text = format!(
            "INVITE sip:95599@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.5:5060;branch=z9hG4bK1\r\n\
             From: <sip:13800138000@127.0.0.5>;tag=a\r\nTo: <sip:95599@127.0.0.1>\r\nCall-ID: 1\r\n\
             CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:c@127.0.0.5>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        let flow = FlowId::Udp { remote: ([127, 0, 0, 5], 5060).into() };
        self.input(Input::Message { flow, bytes: text.into_bytes() });
    }

    fn media(&mut self, event: MediaEvent) {
        self.input(Input::Media { worker: WorkerId(0), event });
    }

    fn leg() -> LegId {
        LegId::caller(CallId { node: NodeId(1), boot: BootId(1), n: 1 })
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
