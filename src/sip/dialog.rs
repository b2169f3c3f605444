//! Dialogs (RFC 3261 §12): identity, numbering, route set, and where each stands in its life.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::api::DialogId;
use super::grammar::field::NameAddr;
use super::grammar::message::Message;
use super::grammar::name::HeaderName;
use super::grammar::uri::Uri;
use super::grammar::write::Writer;
use super::registrar::Reach;
use super::transaction::client::ClientId;
use super::transaction::server::ServerId;
use super::transaction::{GIVE_UP, T1, T2, Transport};
use super::wire::Hop;
use crate::ids::FlowId;
use crate::now::Mono;

/// One of the two sides.
#[derive(Clone, Default)]
pub struct Party {
    pub tag: String,
    /// Value of From or To in our requests, tag included, bytes as received.
    pub line: Vec<u8>,
}

/// Where an outgoing INVITE stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Calling {
    /// No response yet.
    Silent,
    /// CANCEL is wanted, but has to wait for a provisional response (RFC 3261 §9.1).
    CancelWanted,
    /// Provisional response came.
    Proceeding,
    /// CANCEL has been sent; given up when no final response came by then.
    Cancelling { give_up_at: Mono },
}

/// Life of a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Their INVITE, no final response yet.
    Incoming {
        transaction: ServerId,
    },
    /// Our INVITE, no final response yet.
    Outgoing {
        transaction: ClientId,
        calling: Calling,
    },
    Confirmed,
    /// Our BYE is on its way.
    Closing,
}

/// What an unacknowledged 2xx answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answered {
    /// The INVITE that made the dialog: BYE must wait for its ACK (§15).
    First,
    /// A re-INVITE.
    Again,
}

/// A 2xx to INVITE that is repeated until its ACK comes (§13.3.1.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unacked {
    pub transaction: ServerId,
    pub answered: Answered,
    pub cseq: u32,
    interval: Duration,
    resend_at: Mono,
    give_up_at: Mono,
}

/// What is due for an unacknowledged 2xx.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overdue {
    Resend(ServerId),
    GiveUp,
}

impl Unacked {
    pub fn new(now: Mono, transaction: ServerId, answered: Answered, cseq: u32) -> Unacked {
        let (interval, resend_at, give_up_at) = (T1, now + T1, now + GIVE_UP);
        Unacked { transaction, answered, cseq, interval, resend_at, give_up_at }
    }

    pub fn overdue(&mut self, now: Mono) -> Option<Overdue> {
        if now >= self.give_up_at {
            return Some(Overdue::GiveUp);
        }
        if now < self.resend_at {
            return None;
        }
        self.interval = (self.interval * 2).min(T2);
        self.resend_at = now + self.interval;
        Some(Overdue::Resend(self.transaction))
    }
}

/// A re-INVITE or UPDATE that waits for the engine's answer.
#[derive(Clone)]
pub struct Reoffer {
    pub transaction: ServerId,
    pub cseq: u32,
    pub method: ReofferMethod,
    /// Takes effect with a 2xx (RFC 6141 §4.6).
    pub refreshed: Option<Path>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReofferMethod {
    Invite,
    Update,
}

/// Whether a BYE follows as soon as it may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterAck {
    Stay,
    Bye,
}

/// Remote target, route set, and the way to the first of them.
#[derive(Clone)]
pub struct Path {
    pub target: String,
    pub routes: Vec<String>,
    pub hop: Hop,
    reach: Reach,
}

impl Path {
    /// A path on which the peer, or its proxy, spoke over `flow`.
    pub fn learn(target: &str, routes: Vec<String>, flow: FlowId, reach: Reach) -> Path {
        let first = routes.first().and_then(|route| NameAddr::parse(route)).map(|route| route.uri);
        let uri = Uri::parse(first.unwrap_or(target)).ok();
        let hop = match (uri, reach) {
            (Some(uri), Reach::Address) => Hop::to(&uri, flow),
            (Some(uri), Reach::Flow) if first.is_some() => Hop::to(&uri, flow),
            (Some(_), Reach::Flow) | (None, _) => Hop::Flow(flow),
        };
        Path { target: target.to_owned(), routes, hop, reach }
    }

    /// The first path of an INVITE of ours: no route set yet.
    pub fn direct(target: String, hop: Hop, reach: Reach) -> Path {
        Path { target, routes: Vec::new(), hop, reach }
    }

    /// The connection is gone: the next request goes to the address of the first route or the target.
    pub fn leave_connection(&mut self) {
        let first = self.routes.first().and_then(|route| NameAddr::parse(route)).map(|route| route.uri);
        let uri = Uri::parse(first.unwrap_or(&self.target)).ok();
        if let Some(address) = uri.and_then(|uri| uri.address()) {
            self.hop = Hop::Connect(address);
        }
    }

    /// The peer speaks over another connection now.
    pub fn take_connection(&mut self, flow: FlowId) {
        self.hop = Hop::Flow(flow);
    }

    /// How the peer is reached as long as no route set says otherwise.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Request-URI and Route fields (§12.2.1.1): a first route without `lr` is a strict router.
    fn routing(&self) -> (&str, Vec<&str>) {
        let mut routes: Vec<&str> = self.routes.iter().map(String::as_str).collect();
        let strict = routes.first().and_then(|first| NameAddr::parse(first)).filter(|first| {
            Uri::parse(first.uri).is_ok_and(|uri| uri.params.iter().all(|(name, _)| name != "lr"))
        });
        let Some(strict) = strict else { return (&self.target, routes) };
        routes.remove(0);
        (strict.uri, routes)
    }

    fn is_strict(&self, uri: &str) -> bool {
        uri != self.target
    }
}

/// Record-Route values in the order of the message.
pub fn record_route(message: &Message<'_>) -> Vec<String> {
    message.list(HeaderName::RecordRoute).map(str::to_owned).collect()
}

/// URI of the first Contact.
pub fn contact<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    let contact = NameAddr::parse(message.list(HeaderName::Contact).next()?)?;
    Uri::parse(contact.uri).ok().map(|_| contact.uri)
}

/// What our own messages say about us.
#[derive(Clone, Debug)]
pub struct Own {
    pub address: SocketAddr,
    pub user_agent: String,
}

impl Own {
    pub fn via(&self, hop: Hop, branch: &str) -> String {
        let transport = match hop.transport() {
            Transport::Unreliable => "UDP",
            Transport::Reliable => "TCP",
        };
        format!("SIP/2.0/{transport} {};branch={branch};rport", self.address)
    }

    pub fn contact(&self, transport: Transport) -> String {
        match transport {
            Transport::Unreliable => format!("<sip:{}>", self.address),
            Transport::Reliable => format!("<sip:{};transport=tcp>", self.address),
        }
    }
}

/// A dialog, or an INVITE on its way to be one. Holds callers' numbers, so it has no `Debug`.
pub struct Dialog {
    pub phase: Phase,
    pub call_id: String,
    pub local: Party,
    /// The tag is empty until the peer gave one.
    pub remote: Party,
    pub local_cseq: u32,
    pub remote_cseq: Option<u32>,
    pub path: Path,
    pub reoffer: Option<Reoffer>,
    pub unacked: Option<Unacked>,
    pub after_ack: AfterAck,
    pub scheduled: Option<Mono>,
}

impl Dialog {
    pub fn new(phase: Phase, call_id: String, local: Party, remote: Party, path: Path) -> Dialog {
        Dialog {
            phase,
            call_id,
            local,
            remote,
            local_cseq: 0,
            remote_cseq: None,
            path,
            reoffer: None,
            unacked: None,
            after_ack: AfterAck::Stay,
            scheduled: None,
        }
    }

    /// A request within the dialog, up to and including User-Agent.
    pub fn request(&self, method: &str, cseq: u32, branch: &str, own: &Own) -> Writer {
        let (uri, routes) = self.path.routing();
        let mut writer = Writer::request(method, uri);
        writer.header("Via", &own.via(self.path.hop, branch));
        writer.header("Max-Forwards", "70");
        for route in routes {
            writer.header("Route", route);
        }
        if self.path.is_strict(uri) {
            writer.header("Route", &format!("<{}>", self.path.target));
        }
        writer.header_parts("From", &[&self.local.line]);
        writer.header_parts("To", &[&self.remote.line]);
        writer.header("Call-ID", &self.call_id);
        writer.header("CSeq", &format!("{cseq} {method}"));
        writer.header("User-Agent", &own.user_agent);
        writer
    }

    /// The least of its deadlines.
    pub fn next_deadline(&self) -> Option<Mono> {
        let unacked = self.unacked.map(|unacked| unacked.resend_at.min(unacked.give_up_at));
        let cancel = match self.phase {
            Phase::Outgoing { calling: Calling::Cancelling { give_up_at }, .. } => Some(give_up_at),
            Phase::Incoming { .. } | Phase::Outgoing { .. } | Phase::Confirmed | Phase::Closing => None,
        };
        unacked.into_iter().chain(cancel).min()
    }
}

/// All dialogs, found by number or by our tag, which is never used twice.
#[derive(Default)]
pub struct Dialogs {
    table: HashMap<DialogId, Dialog>,
    by_tag: HashMap<String, DialogId>,
    last: u64,
}

impl Dialogs {
    pub fn next_id(&mut self) -> DialogId {
        self.last += 1;
        DialogId(self.last)
    }

    pub fn insert(&mut self, id: DialogId, dialog: Dialog) {
        self.by_tag.insert(dialog.local.tag.clone(), id);
        self.table.insert(id, dialog);
    }

    pub fn get(&self, id: DialogId) -> Option<&Dialog> {
        self.table.get(&id)
    }

    pub fn get_mut(&mut self, id: DialogId) -> Option<&mut Dialog> {
        self.table.get_mut(&id)
    }

    /// The dialog of a request with these identifiers (§12). A remote tag not yet known matches any.
    pub fn find(&self, call_id: &str, local_tag: &str, remote_tag: &str) -> Option<DialogId> {
        let id = *self.by_tag.get(local_tag)?;
        let dialog = self.table.get(&id)?;
        let same_peer = dialog.remote.tag.is_empty() || dialog.remote.tag == remote_tag;
        (dialog.call_id == call_id && same_peer).then_some(id)
    }

    pub fn remove(&mut self, id: DialogId) -> Option<Dialog> {
        let dialog = self.table.remove(&id)?;
        self.by_tag.remove(&dialog.local.tag);
        Some(dialog)
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
