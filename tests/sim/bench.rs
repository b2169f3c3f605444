//! The engine alone, told one thing after another: for moments that have to be hit exactly.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hotline::acd::api::AgentProfile;
use hotline::config::published::Published;
use hotline::engine::command::{Command, Reply, Request};
use hotline::engine::{
    Directory, Engine, Input, LockSettings, MediaSettings, Memory, Output, PeopleSettings, Settings,
};
use hotline::event::{Actor, EventKind, LegStats};
use hotline::ids::*;
use hotline::media::command::{AtEnd, Clip, Codec, Command as Order, MediaEvent, PlayItem};
use hotline::menu::api::AskId;
use hotline::menu::ask::Question;
use hotline::now::{Mono, Now, Wall};
use hotline::sealed::Hasher;
use hotline::sip::api::{DeviceAccount, DeviceKind, Limits, StackConfig};

/// Whether media workers answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    Quick,
    /// They open nothing until told.
    Holding,
}

pub struct Bench {
    engine: Engine,
    now: Now,
    pub workers: Workers,
    held: Vec<Input>,
    pub events: Vec<EventKind>,
    pub sent: Vec<String>,
    pub drained: bool,
    pub told: Told,
}

/// What the shell was told to do.
#[derive(Default)]
pub struct Told {
    /// Prompts played to callers, a list a play.
    pub plays: Vec<Vec<Clip>>,
    pub promises: Vec<CallId>,
    pub questions: Vec<(CallId, AskId, Question)>,
    pub replies: Vec<Reply>,
    pub snapshot: Option<(Seq, Vec<u8>)>,
}

fn settings() -> Settings {
    let address = "127.0.0.1:5060".parse().unwrap();
    let second = Duration::from_secs;
    Settings {
        node: NodeId(1),
        boot: BootId(1),
        seed: [7; 32],
        version: "bench".into(),
        stack: StackConfig {
            public_address: address,
            realm: "hotline".into(),
            user_agent: "bench".into(),
            seed: [9; 32],
            limits: Limits {
                transactions: 1_000,
                dialogs: 1_000,
                bindings: 100,
                retry_after_s: 5,
                min_expires: second(60),
                max_expires: second(3_600),
                default_expires: second(600),
                nonce_lifetime: second(300),
            },
        },
        media: MediaSettings {
            address: address.ip(),
            ports: 10_000..=10_999,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            workers: 2,
        },
        max_calls: 100,
        exempt_entries: BTreeSet::new(),
        trunks: vec!["127.0.0.8:5060".parse().unwrap(), "127.0.0.9:5060".parse().unwrap()],
        people: PeopleSettings { hasher: Hasher::new(&[9; 32]), lock: LockSettings::default() },
    }
}

impl Bench {
    /// Open for calls, with one agent at a telephone that never answers by itself.
    /// It has these menus, and what the boot before has left.
    pub fn with(published: Arc<Published>, memory: Memory) -> Bench {
        let now = Now { mono: Mono(0), wall: Wall(1_793_606_400_000) };
        let mut bench = Bench {
            engine: Engine::new(settings(), memory, now),
            now,
            workers: Workers::Quick,
            held: Vec::new(),
            told: Told::default(),
            events: Vec::new(),
            sent: Vec::new(),
            drained: false,
        };
        let (agent, device) = (AgentId::new("1001"), DeviceId::new("desk1001"));
        let profile = AgentProfile {
            id: agent.clone(),
            skills: BTreeMap::new(),
            queues: published.queues.iter().map(|queue| queue.id.clone()).collect(),
            languages: Vec::new(),
        };
        let kind = DeviceKind::Static { contact: "sip:1001@127.0.0.4:5060".into() };
        let devices = vec![DeviceAccount { id: device.clone(), kind }];
        let agents = BTreeMap::from([(agent.clone(), profile)]);
        bench.tell(Input::Directory(Arc::new(Directory { agents, devices, ..Directory::default() })));
        bench.tell(Input::Published(published));
        let command = Command::SignIn { agent, device };
        bench.tell(Input::Request(Request { id: 1, actor: Actor::Server, command }));
        bench
    }

    /// An input and all that the workers make of it.
    pub fn tell(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.engine.handle(self.now, input);
            while let Some(output) = self.engine.poll_output() {
                match output {
                    Output::Event(event) => self.events.push(event.kind),
                    Output::Transmit { bytes, .. } => self.sent.push(String::from_utf8(bytes).unwrap()),
                    Output::Drained => self.drained = true,
                    Output::Promise { call } => self.told.promises.push(call),
                    Output::Ask { call, id, question } => self.told.questions.push((call, id, question)),
                    Output::Reply { reply, .. } => self.told.replies.push(reply),
                    Output::Snapshot { seq, bytes } => self.told.snapshot = Some((seq, bytes)),
                    Output::Media { worker, command } => {
                        self.told.hear(&command);
                        let Some(event) = answer(worker, command) else { continue };
                        let input = Input::Media { worker, event };
                        match self.workers {
                            Workers::Quick => inputs.push_back(input),
                            Workers::Holding => self.held.push(input),
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The workers do at last what they were told.
    pub fn release(&mut self) {
        self.workers = Workers::Quick;
        for input in std::mem::take(&mut self.held) {
            self.tell(input);
        }
    }

    pub fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.tell(Input::Tick);
    }

    pub fn now(&self) -> Mono {
        self.now.mono
    }

    /// Caller `n` rings.
    pub fn ring(&mut self, n: u16) {
        let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.5\r\ns=-\r\nc=IN IP4 127.0.0.5\r\nt=0 0\r\n\
                   m=audio 20000 RTP/AVP 0\r\n";
        let length = sdp.len();
        let port = 6_000 + n;
        let invite = format!(
            "INVITE sip:95599@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.5:{port};branch=z9hG4bK{n}\r\n\
             From: <sip:1380000{n:04}@127.0.0.5>;tag=c{n}\r\nTo: <sip:95599@127.0.0.1>\r\nCall-ID: call-{n}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:127.0.0.5:{port}>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
        );
        let flow = FlowId::Udp { remote: format!("127.0.0.5:{port}").parse().unwrap() };
        self.tell(Input::Message { flow, bytes: invite.into_bytes() });
        self.acknowledge(n, flow);
    }

    /// The caller's telephone has heard that the call is answered, if it is.
    fn acknowledge(&mut self, n: u16, flow: FlowId) {
        let call = format!("Call-ID: call-{n}\r\n");
        let answered = |m: &&String| m.starts_with("SIP/2.0 200") && m.contains(&call);
        let Some(answer) = self.sent.iter().find(answered) else { return };
        let line = |name: &str| answer.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        let ack = format!(
            "ACK sip:95599@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bKack{n}\r\n{}\r\n{}\r\n\
             {call}CSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            flow.remote(),
            line("From:"),
            line("To:"),
        );
        self.tell(Input::Message { flow, bytes: ack.into_bytes() });
    }

    /// The caller of the `n`th call presses a key.
    pub fn press(&mut self, n: u32, key: Key) {
        let leg = LegId::caller(CallId { node: NodeId(1), boot: BootId(1), n });
        let event = MediaEvent::Digit { leg, key };
        self.tell(Input::Media { worker: WorkerId(0), event });
    }

    /// The caller of the `n`th call presses keys one after the other.
    pub fn keys(&mut self, n: u32, keys: &str) {
        for key in keys.chars().filter_map(Key::from_char) {
            self.press(n, key);
        }
    }

    /// An answer to the newest INVITE of ours that went to this address.
    pub fn respond(&mut self, from: &str, code: u16) {
        let to = |message: &&String| message.starts_with("INVITE") && message.contains(&format!("@{from} "));
        let invite = self.sent.iter().rev().find(to).expect("it is rung").clone();
        let line = |name: &str| invite.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        let (body, kind) = match code {
            200 => (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.8\r\ns=-\r\nc=IN IP4 127.0.0.8\r\nt=0 0\r\n\
                 m=audio 30000 RTP/AVP 0\r\n",
                "Content-Type: application/sdp\r\n",
            ),
            _ => ("", ""),
        };
        let response = format!(
            "SIP/2.0 {code} X\r\n{}\r\n{}\r\n{};tag=t\r\n{}\r\n{}\r\nContact: <sip:{from}>\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            line("Via:"),
            line("From:"),
            line("To:"),
            line("Call-ID:"),
            line("CSeq:"),
            body.len()
        );
        let flow = FlowId::Udp { remote: from.parse().unwrap() };
        self.tell(Input::Message { flow, bytes: response.into_bytes() });
    }

    pub fn sent(&self, start: &str) -> usize {
        self.sent.iter().filter(|message| message.starts_with(start)).count()
    }

    pub fn happened(&self, wanted: impl Fn(&EventKind) -> bool) -> usize {
        self.events.iter().filter(|kind| wanted(kind)).count()
    }
}

impl Told {
    fn hear(&mut self, command: &Order) {
        if let Order::Play { items, .. } = command {
            let clip = |item: &PlayItem| match item {
                PlayItem::Clip(clip) => Some(clip.clone()),
                PlayItem::Silence(_) => None,
            };
            self.plays.push(items.iter().filter_map(clip).collect());
        }
    }
}

fn answer(worker: WorkerId, command: Order) -> Option<MediaEvent> {
    match command {
        Order::Open { leg, .. } | Order::Reserve { leg, .. } => Some(MediaEvent::Opened { leg, at: Mono(0) }),
        Order::Play { leg, id, at_end: AtEnd::Silence, .. } => Some(MediaEvent::PlayDone { leg, id }),
        Order::Close { leg } => Some(MediaEvent::Closed { leg, stats: LegStats::default() }),
        Order::EndCall { call } => Some(MediaEvent::CallSpooled { call, worker, spool: Vec::new() }),
        _ => None,
    }
}
