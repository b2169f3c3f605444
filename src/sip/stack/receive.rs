//! What a received message belongs to: a transaction, a dialog, or something new (RFC 3261 §8.2, §17.2.3).

use super::{Shared, Stack};
use crate::ids::FlowId;
use crate::now::Now;
use crate::sip::api::Count;
use crate::sip::echo::Echo;
use crate::sip::grammar::field::Essentials;
use crate::sip::grammar::message::{Message, Start};
use crate::sip::grammar::name::{ALLOW, HeaderName, Method};
use crate::sip::grammar::uri::{Scheme, Uri};
use crate::sip::grammar::write::Writer;
use crate::sip::transaction::server::{self, Input, Opening, ServerId};
use crate::sip::wire::{Hop, ReplyTo};

/// Media types understood in bodies.
pub const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";

/// A request that is well formed, with what was found out about it.
pub struct Arrival<'m> {
    pub message: &'m Message<'m>,
    pub essentials: &'m Essentials<'m>,
    pub method: &'m str,
    pub uri: &'m str,
    pub flow: FlowId,
    pub key: String,
}

impl Stack {
    pub(super) fn receive(&mut self, now: Now, flow: FlowId, bytes: &[u8]) {
        // Empty datagrams keep address translators open.
        if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)) {
            return;
        }
        let message = match Message::parse(bytes) {
            Ok(message) => message,
            Err(bad) => return self.shared.wire.rejected(bad.label()),
        };
        match message.start {
            Start::Request { method, uri, version } => {
                self.count_request(method);
                self.request(now, flow, &message, (method, uri, version));
            }
            Start::Response { code, .. } => match Essentials::of(&message) {
                Ok(essentials) if message.flaw.is_none() => {
                    self.response(now, flow, code, &message, &essentials);
                }
                Ok(_) | Err(_) => self.shared.wire.rejected("bad_response"),
            },
        }
    }

    fn request(
        &mut self,
        now: Now,
        flow: FlowId,
        message: &Message<'_>,
        (method, uri, version): (&str, &str, &str),
    ) {
        let essentials = match Essentials::of(message) {
            Ok(essentials) if message.flaw.is_none() && essentials.cseq_method == method => essentials,
            Ok(essentials) => {
                let wrong = message.flaw.unwrap_or("CSeq");
                return self.reject(message, method, ReplyTo::of(&essentials, flow), (400, wrong));
            }
            Err(wrong) => return self.reject(message, method, ReplyTo::flow(flow), (400, wrong)),
        };
        if !version.eq_ignore_ascii_case("SIP/2.0") {
            return self.reject(message, method, ReplyTo::of(&essentials, flow), (505, ""));
        }
        let key = server::key(&essentials, method);
        let arrival = Arrival { message, essentials: &essentials, method, uri, flow, key };
        match Method::of(method) {
            Method::Ack => self.ack(now, &arrival),
            Method::Cancel => self.cancel_received(now, &arrival),
            Method::Invite
            | Method::Bye
            | Method::Options
            | Method::Register
            | Method::Info
            | Method::Update
            | Method::NotAllowed
            | Method::Unknown => {
                if let Some(id) = self.servers.find(&arrival.key) {
                    self.servers.drive(now.mono, id, Input::Request, &mut self.shared);
                } else if self.has_room(&arrival) {
                    self.new_request(now, &arrival);
                }
            }
        }
    }

    /// Whether another transaction may be opened; if not, the request has been answered 503. Requests
    /// within dialogs get a quarter more: calls under way can be ended when no new one can begin.
    pub(super) fn has_room(&mut self, arrival: &Arrival<'_>) -> bool {
        let limit = self.config.limits.transactions;
        let inside = arrival.essentials.to.tag().is_some();
        let limit = if inside { limit.saturating_add(limit / 4) } else { limit };
        let room = self.servers.len() + self.clients.len() < limit;
        if !room {
            self.refuse_full(arrival);
        }
        room
    }

    fn new_request(&mut self, now: Now, arrival: &Arrival<'_>) {
        let unsupported: Vec<&str> = arrival.message.list(HeaderName::Require).collect();
        if !unsupported.is_empty() {
            let unsupported = unsupported.join(", ");
            return self.answer(now, arrival, 420, |writer| {
                writer.header("Unsupported", &unsupported);
            });
        }
        if arrival.essentials.to.tag().is_some() {
            return self.request_in_dialog(now, arrival);
        }
        // §8.2.2.2
        if self.servers.is_merged(&server::merge_key(arrival.essentials)) {
            return self.answer(now, arrival, 482, |_| {});
        }
        // §8.2.2.1
        match Uri::parse(arrival.uri) {
            Ok(uri) if uri.scheme != Scheme::Sips => {}
            Ok(_) | Err(crate::sip::grammar::uri::BadUri::Scheme) => {
                return self.answer(now, arrival, 416, |_| {});
            }
            Err(crate::sip::grammar::uri::BadUri::Malformed) => {
                return self.answer(now, arrival, 400, |_| {});
            }
        }
        let method = Method::of(arrival.method);
        // §11: OPTIONS with 0 is meant for whoever it reaches.
        let exhausted = arrival.message.text(HeaderName::MaxForwards) == Some("0");
        if exhausted && method != Method::Options {
            return self.answer(now, arrival, 483, |_| {});
        }
        match method {
            Method::Invite => self.invite_received(now, arrival),
            Method::Register => self.register_received(now, arrival),
            Method::Options => self.answer(now, arrival, 200, |writer| {
                writer.header("Allow", ALLOW).header("Accept", ACCEPT);
            }),
            Method::Bye | Method::Info | Method::Update => self.answer(now, arrival, 481, |_| {}),
            Method::NotAllowed => self.answer(now, arrival, 405, |writer| {
                writer.header("Allow", ALLOW);
            }),
            Method::Unknown | Method::Ack | Method::Cancel => self.answer(now, arrival, 501, |writer| {
                writer.header("Allow", ALLOW);
            }),
        }
    }

    /// Opens the server transaction of a request.
    pub(super) fn open_server(&mut self, arrival: &Arrival<'_>) -> Option<ServerId> {
        let outside = arrival.essentials.to.tag().is_none();
        let invite = Method::of(arrival.method) == Method::Invite;
        Some(self.servers.open(Opening {
            key: arrival.key.clone(),
            merge_key: outside.then(|| server::merge_key(arrival.essentials)),
            method: if invite { server::Method::Invite } else { server::Method::Other },
            reply_to: ReplyTo::of(arrival.essentials, arrival.flow),
            echo: Echo::of(arrival.message, arrival.flow)?,
        }))
    }

    /// Opens a server transaction and gives its final response.
    pub(super) fn answer(
        &mut self,
        now: Now,
        arrival: &Arrival<'_>,
        code: u16,
        fill: impl FnOnce(&mut Writer),
    ) {
        let Some(id) = self.open_server(arrival) else { return };
        self.answer_transaction(now, id, code, fill);
    }

    /// Gives the final response of a transaction that has no dialog of its own.
    pub(super) fn answer_transaction(
        &mut self,
        now: Now,
        id: ServerId,
        code: u16,
        fill: impl FnOnce(&mut Writer),
    ) {
        let tag = self.tokens.tag();
        let echo = self.servers.get_mut(id).and_then(|transaction| transaction.echo.as_ref());
        let Some(echo) = echo else { return };
        let mut writer = echo.response(code, "", &tag);
        fill(&mut writer);
        writer.header("Server", &self.config.user_agent);
        self.servers.respond(now.mono, id, code, writer.end(), &mut self.shared);
    }

    /// 503 without keeping anything.
    pub(super) fn refuse_full(&mut self, arrival: &Arrival<'_>) {
        let reply_to = ReplyTo::of(arrival.essentials, arrival.flow);
        self.reject(arrival.message, arrival.method, reply_to, (503, ""));
    }

    /// Answers without keeping anything (§8.2.7), where there is enough to answer with; else drops.
    fn reject(
        &mut self,
        message: &Message<'_>,
        method: &str,
        reply_to: ReplyTo,
        (code, wrong): (u16, &'static str),
    ) {
        self.shared.wire.rejected(reason(code, wrong));
        let flow = match reply_to.hop {
            Hop::Flow(flow) => flow,
            Hop::Connect(remote) => FlowId::Udp { remote },
        };
        if Method::of(method) == Method::Ack {
            return;
        }
        let Some(echo) = Echo::of(message, flow) else { return };
        let seed: Vec<u8> = message.headers.iter().flat_map(|header| header.raw().iter().copied()).collect();
        let phrase = if wrong.is_empty() { String::new() } else { format!("Bad {wrong}") };
        let mut writer = echo.response(code, &phrase, &self.tokens.stateless_tag(&seed));
        if code == 503 {
            writer.header("Retry-After", &self.retry_after());
        }
        writer.header("Server", &self.config.user_agent);
        let Shared { wire, .. } = &mut self.shared;
        wire.count(Count::Response { code });
        wire.send(reply_to.hop, writer.end());
    }
}

/// Label of the counter.
fn reason(code: u16, wrong: &'static str) -> &'static str {
    match (code, wrong) {
        (503, _) => "full",
        (505, _) => "version",
        (_, "Content-Length") => "content_length",
        (_, "Repeated header") => "repeated_header",
        (_, "Request-URI") => "request_uri",
        (_, "Header line" | "Folding") => "header_line",
        (_, _) => "missing_or_bad_header",
    }
}
