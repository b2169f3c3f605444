//! What a response repeats from its request (RFC 3261 §8.2.6.2), kept ready to be written.

use std::net::IpAddr;

use super::grammar::field::Via;
use super::grammar::message::Message;
use super::grammar::name::HeaderName;
use super::grammar::text::find_outside;
use super::grammar::write::Writer;
use crate::ids::FlowId;

/// Lines of the request, bytes unaltered. Holds numbers of callers, so it has no `Debug`.
#[derive(Clone)]
pub struct Echo {
    /// Via lines, with received and rport, and From.
    head: Vec<u8>,
    to: Vec<u8>,
    to_has_tag: bool,
    /// Call-ID and CSeq.
    tail: Vec<u8>,
    record_route: Vec<u8>,
}

impl Echo {
    /// None if a field every response repeats is missing: then there is nothing to answer with.
    pub fn of(message: &Message<'_>, flow: FlowId) -> Option<Echo> {
        let mut head = Lines::default();
        for (n, via) in message.all(HeaderName::Via).enumerate() {
            match (n == 0).then(|| received(via.value(), flow)).flatten() {
                Some(via) => head.push("Via", via.as_bytes()),
                None => head.push("Via", via.raw()),
            }
        }
        let via = !head.0.is_empty();
        head.push("From", message.first(HeaderName::From)?.raw());
        let to = message.first(HeaderName::To)?;
        let mut tail = Lines::default();
        tail.push("Call-ID", message.first(HeaderName::CallId)?.raw());
        tail.push("CSeq", message.first(HeaderName::CSeq)?.raw());
        let mut record_route = Lines::default();
        for route in message.all(HeaderName::RecordRoute) {
            record_route.push("Record-Route", route.raw());
        }
        let to_has_tag =
            super::grammar::field::NameAddr::parse(to.value()).is_some_and(|to| to.tag().is_some());
        via.then(|| Echo {
            head: head.0,
            to: to.raw().to_vec(),
            to_has_tag,
            tail: tail.0,
            record_route: record_route.0,
        })
    }

    /// A response begun: `tag` is added to To unless the request had one, or `tag` is empty.
    pub fn response(&self, code: u16, reason: &str, tag: &str) -> Writer {
        let mut writer = Writer::response(code, reason);
        writer.lines(&self.head);
        if self.to_has_tag || tag.is_empty() {
            writer.header_parts("To", &[&self.to]);
        } else {
            writer.header_parts("To", &[&self.to, b";tag=", tag.as_bytes()]);
        }
        writer.lines(&self.tail);
        writer
    }

    /// Record-Route lines, for responses that make a dialog.
    pub fn record_route(&self) -> &[u8] {
        &self.record_route
    }
}

#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn push(&mut self, name: &str, value: &[u8]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
        self.0.extend(value.iter().map(|b| if *b < b' ' { b' ' } else { *b }));
        self.0.extend_from_slice(b"\r\n");
    }
}

/// The field with received and rport in its first element (RFC 3261 §18.2.1, RFC 3581 §4); none if
/// nothing needs to be added.
fn received(field: &str, flow: FlowId) -> Option<String> {
    let end = find_outside(field, b',').unwrap_or(field.len());
    let (top, others) = field.split_at(end);
    let via = Via::parse(top)?;
    let remote = flow.remote();
    let same = via.host.parse::<IpAddr>().is_ok_and(|ip| ip == remote.ip());
    let rport = via.params.get("rport").is_some();
    if same && !rport {
        return None;
    }
    let host = if via.host.contains(':') { format!("[{}]", via.host) } else { via.host.to_owned() };
    let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
    let mut text = format!("SIP/2.0/{} {host}{port}", via.transport);
    for (name, value) in via.params.iter() {
        if name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("rport") {
            continue;
        }
        text.push(';');
        text.push_str(name);
        if !value.is_empty() {
            text.push('=');
            text.push_str(value);
        }
    }
    text.push_str(&format!(";received={}", remote.ip()));
    if rport {
        text.push_str(&format!(";rport={}", remote.port()));
    }
    text.push_str(others);
    Some(text)
}
