//! One stack on a bench: a peer's messages in, everything it does out, time in the test's hand.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use crate::ids::{DeviceId, FlowId};
use crate::now::{Mono, Now, Wall};
use crate::sealed::Redacted;
use crate::sip::api::*;
use crate::sip::digest::{Algorithm, ha1};
use crate::sip::stack::Stack;

pub const PEER: &str = "198.51.100.7:5070";
pub const STATIC: &str = "198.51.100.8:15080";
pub type Hits = BTreeSet<&'static str>;

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn udp(remote: &str) -> FlowId {
    FlowId::Udp { remote: address(remote) }
}

pub fn tcp(id: u64, remote: &str) -> FlowId {
    FlowId::Connection { id, remote: address(remote) }
}

pub fn config(public_address: &str, seed: u8) -> StackConfig {
    StackConfig {
        public_address: address(public_address),
        realm: "bank".to_owned(),
        user_agent: "hotline".to_owned(),
        seed: [seed; 32],
        limits: Limits {
            transactions: 200,
            dialogs: 20,
            bindings: 20,
            retry_after_s: 7,
            min_expires: Duration::from_secs(60),
            max_expires: Duration::from_secs(3600),
            default_expires: Duration::from_secs(600),
            nonce_lifetime: Duration::from_secs(300),
        },
    }
}

pub fn registering(id: &str, password: &str) -> DeviceAccount {
    let secret = |algorithm| Some(Redacted(ha1(algorithm, id, "bank", password)));
    let (ha1_sha256, ha1_md5) = (secret(Algorithm::Sha256), secret(Algorithm::Md5));
    DeviceAccount { id: DeviceId::new(id), kind: DeviceKind::Registers { ha1_sha256, ha1_md5 } }
}

pub fn fixed(id: &str, contact: &str) -> DeviceAccount {
    DeviceAccount { id: DeviceId::new(id), kind: DeviceKind::Static { contact: contact.to_owned() } }
}

pub struct Bench {
    pub stack: Stack,
    pub now: Now,
    /// Where the peer's messages come from.
    pub flow: FlowId,
    pub events: Vec<SipEvent>,
    pub counts: Vec<Count>,
    sent: Vec<String>,
    /// Remote addresses of `sent`, and whether a connection had to be opened.
    ways: Vec<(SocketAddr, bool)>,
}

impl Bench {
    pub fn new() -> Bench {
        Bench::with(config("192.0.2.1:5060", 1))
    }

    pub fn with(config: StackConfig) -> Bench {
        let mut stack = Stack::new(config);
        stack.set_devices(vec![
            registering("1001", "open sesame"),
            registering("1002", "open sesame"),
            fixed("desk", &format!("sip:agent1@{STATIC}")),
            fixed("tcp", "sip:agent2@198.51.100.9:5090;transport=tcp"),
        ]);
        let now = Now { mono: Mono::from_millis(1_000_000), wall: Wall(1_700_000_000_000) };
        let flow = udp(PEER);
        Bench { stack, now, flow, events: vec![], counts: vec![], sent: vec![], ways: vec![] }
    }

    fn drain(&mut self) {
        while let Some(output) = self.stack.poll_output() {
            match output {
                Output::Transmit { flow, bytes } => {
                    self.sent.push(String::from_utf8_lossy(&bytes).into_owned());
                    self.ways.push((flow.remote(), false));
                }
                Output::Connect { remote, bytes } => {
                    self.sent.push(String::from_utf8_lossy(&bytes).into_owned());
                    self.ways.push((remote, true));
                }
                Output::Event(event) => self.events.push(event),
                Output::Count(count) => self.counts.push(count),
            }
        }
    }

    /// Does something with the stack and keeps what comes out.
    pub fn act<T>(&mut self, act: impl FnOnce(&mut Stack, Now) -> T) -> T {
        let result = act(&mut self.stack, self.now);
        self.drain();
        result
    }

    pub fn receive(&mut self, message: &str) {
        let flow = self.flow;
        self.act(|stack, now| stack.handle_message(now, flow, message.as_bytes()));
    }

    /// What one message makes the stack send.
    pub fn ask(&mut self, message: &str) -> String {
        self.take_sent();
        self.receive(message);
        self.take_sent().pop().unwrap_or_default()
    }

    pub fn advance(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(next) = self.stack.poll_timeout().filter(|next| *next <= end.mono) {
            let step = next.since(self.now.mono);
            self.now = self.now + step;
            self.act(Stack::handle_timeout);
        }
        self.now = end;
    }

    pub fn take_sent(&mut self) -> Vec<String> {
        self.ways.clear();
        std::mem::take(&mut self.sent)
    }

    pub fn take_ways(&mut self) -> Vec<(SocketAddr, bool)> {
        self.sent.clear();
        std::mem::take(&mut self.ways)
    }

    pub fn take_events(&mut self) -> Vec<SipEvent> {
        std::mem::take(&mut self.events)
    }

    /// Start lines of what has been sent since.
    pub fn lines(&mut self) -> Vec<String> {
        self.take_sent().iter().map(|text| text.lines().next().unwrap_or("").to_owned()).collect()
    }

    /// The dialog of the only INVITE event.
    pub fn invited(&mut self) -> DialogId {
        match self.take_events().as_slice() {
            [SipEvent::Invite { dialog, .. }] => *dialog,
            other => panic!("{other:?}"),
        }
    }

    pub fn reply(&mut self, dialog: DialogId, code: u16) {
        let sdp = if code < 300 { b"v=0\r\n".to_vec() } else { vec![] };
        self.act(|stack, now| stack.respond(now, dialog, Reply { code, sdp, ..Reply::default() }));
    }

    /// Rejected messages so far.
    pub fn rejected(&self) -> usize {
        self.counts.iter().filter(|count| matches!(count, Count::Rejected { .. })).count()
    }

    /// Lets everything end; returns the transitions taken.
    pub fn finish(mut self) -> Hits {
        self.advance(100_000);
        assert!(self.stack.is_idle(), "left: {:?}", self.stack.counts());
        self.stack.transitions_hit().clone()
    }
}

/// A telephone that writes its messages itself.
#[derive(Clone)]
pub struct Peer {
    pub call_id: String,
    pub tag: &'static str,
    pub to_tag: String,
    pub cseq: u32,
    pub transport: &'static str,
}

impl Peer {
    pub fn new(call_id: &str) -> Peer {
        Peer { call_id: call_id.to_owned(), tag: "peer", to_tag: String::new(), cseq: 1, transport: "UDP" }
    }

    /// A request; `headers` are whole lines.
    pub fn request(&self, method: &str, branch: &str, headers: &str, body: &str) -> String {
        let Peer { call_id, tag, cseq, transport, .. } = self;
        let to = if self.to_tag.is_empty() { String::new() } else { format!(";tag={}", self.to_tag) };
        let content = if body.starts_with("v=") { "Content-Type: application/sdp\r\n" } else { "" };
        format!(
            "{method} sip:95588@192.0.2.1 SIP/2.0\r\n\
             Via: SIP/2.0/{transport} {PEER};branch=z9hG4bK{branch}\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:13800138000@198.51.100.7>;tag={tag}\r\n\
             To: <sip:95588@192.0.2.1>{to}\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:13800138000@{PEER}>\r\n\
             {headers}{content}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// The next request of the dialog.
    pub fn next(&mut self, method: &str, headers: &str, body: &str) -> String {
        self.cseq += 1;
        self.request(method, &format!("n{}{}", self.call_id, self.cseq), headers, body)
    }

    pub fn learn(&mut self, response: &str) {
        self.to_tag = to_tag(response);
    }
}

pub fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let found = message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in:\n{message}"))
}

pub fn has_header(message: &str, name: &str) -> bool {
    message.lines().any(|line| line.starts_with(&format!("{name}: ")))
}

pub fn to_tag(message: &str) -> String {
    header(message, "To").split("tag=").nth(1).unwrap_or("").to_owned()
}

pub fn code(message: &str) -> u16 {
    message.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
}

/// A response to a request of the stack's; `headers` are whole lines.
pub fn response(request: &str, code: u16, tag: &str, headers: &str) -> String {
    let repeated = |name| format!("{name}: {}\r\n", header(request, name));
    let to = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    let to = format!("To: {}{to}\r\n", header(request, "To"));
    let head = [repeated("Via"), repeated("From"), to, repeated("Call-ID"), repeated("CSeq")].concat();
    format!("SIP/2.0 {code} Whatever\r\n{head}{headers}Content-Length: 0\r\n\r\n")
}
