//! INVITEs of ours: sent, cancelled, acknowledged (RFC 3261 §9.1, §13.2).

use super::Stack;
use crate::ids::FlowId;
use crate::now::Now;
use crate::sip::api::{DialogId, Outgoing, SipEvent, Target};
use crate::sip::dialog::{self, Calling, Dialog, Own, Party, Path, Phase};
use crate::sip::grammar::field::Essentials;
use crate::sip::grammar::message::{Message, Start};
use crate::sip::grammar::multipart::{SDP, session};
use crate::sip::grammar::name::{ALLOW, HeaderName};
use crate::sip::grammar::text::{escape_user, quote};
use crate::sip::grammar::write::Writer;
use crate::sip::registrar::{Reach, Reachable};
use crate::sip::transaction::GIVE_UP;
use crate::sip::transaction::client::{self, ClientId, Input, User};
use crate::sip::wire::Hop;

impl Stack {
    /// Sends an INVITE. An unreachable device makes `Failed { 480 }`, a full table `Failed { 503 }`.
    pub fn invite(&mut self, now: Now, outgoing: Outgoing) -> DialogId {
        let id = self.dialogs.next_id();
        let used = self.servers.len() + self.clients.len();
        if used >= self.config.limits.transactions || self.dialogs.len() >= self.config.limits.dialogs {
            self.event(SipEvent::Failed { dialog: id, code: 503 });
            return id;
        }
        let Some((to, way)) = self.way(&outgoing.target) else {
            self.event(SipEvent::Failed { dialog: id, code: 480 });
            return id;
        };
        let path = Path::direct(way.contact, way.hop, way.reach);
        let local = self.local_party(&outgoing);
        let remote = Party { tag: String::new(), line: to.into_bytes() };
        let phase = Phase::Outgoing { transaction: 0, calling: Calling::Silent };
        let mut dialog = Dialog::new(phase, self.tokens.call_id(), local, remote, path);
        dialog.local_cseq = 1;
        let branch = self.tokens.branch();
        let mut writer = dialog.request("INVITE", 1, &branch, &self.own);
        writer.header("Contact", &self.own.contact(way.hop.transport())).header("Allow", ALLOW);
        for (name, value) in &outgoing.headers {
            writer.header(name, value);
        }
        let request = writer.body(SDP, &outgoing.sdp);
        let key = client::key(&branch, "INVITE");
        let transaction = self.clients.open(key, way.hop, User::Invite(id), request);
        dialog.phase = Phase::Outgoing { transaction, calling: Calling::Silent };
        self.dialogs.insert(id, dialog);
        self.clients.drive(now.mono, transaction, Input::Start, &mut self.shared);
        id
    }

    /// To value, Request-URI and way of a target.
    fn way(&self, target: &Target) -> Option<(String, Reachable)> {
        match target {
            Target::Device(device) => {
                let way = self.registrar.locate(device)?;
                let to = match way.reach {
                    Reach::Address => format!("<{}>", way.contact),
                    Reach::Flow => format!("<sip:{}@{}>", escape_user(device.as_str()), self.own.address),
                };
                Some((to, way))
            }
            Target::Gateway { number, gateway } => {
                let contact = format!("sip:{}@{gateway}", escape_user(number.reveal()));
                let to = format!("<{contact}>");
                Some((to, Reachable { contact, hop: Hop::udp(*gateway), reach: Reach::Address }))
            }
        }
    }

    fn local_party(&mut self, outgoing: &Outgoing) -> Party {
        let tag = self.tokens.tag();
        let user = escape_user(outgoing.from_user.reveal());
        let at = if user.is_empty() { "" } else { "@" };
        let display = match outgoing.from_display.as_str() {
            "" => String::new(),
            display => format!("{} ", quote(display)),
        };
        let line = format!("{display}<sip:{user}{at}{}>;tag={tag}", self.own.address);
        Party { tag, line: line.into_bytes() }
    }

    /// Takes back an INVITE of ours; `Failed` follows, also when a 2xx crosses the CANCEL.
    pub fn cancel(&mut self, now: Now, dialog: DialogId) {
        let Some(found) = self.dialogs.get_mut(dialog) else { return };
        let Phase::Outgoing { transaction, calling } = found.phase else { return };
        match calling {
            Calling::Silent => {
                found.phase = Phase::Outgoing { transaction, calling: Calling::CancelWanted };
            }
            Calling::Proceeding => self.send_cancel(now, dialog, transaction),
            Calling::CancelWanted | Calling::Cancelling { .. } => {}
        }
    }

    fn send_cancel(&mut self, now: Now, id: DialogId, transaction: ClientId) {
        let Some(invite) = self.clients.get_mut(transaction) else { return };
        let hop = invite.hop();
        let Some((key, request)) = derived(invite.request(), "CANCEL", None) else { return };
        let cancel = self.clients.open(key, hop, User::Nobody, request);
        self.clients.drive(now.mono, cancel, Input::Start, &mut self.shared);
        if let Some(dialog) = self.dialogs.get_mut(id) {
            let give_up_at = now.mono + GIVE_UP;
            dialog.phase = Phase::Outgoing { transaction, calling: Calling::Cancelling { give_up_at } };
        }
        self.schedule(id);
    }

    /// A provisional response to our INVITE.
    pub(super) fn invite_progress(
        &mut self,
        now: Now,
        id: DialogId,
        code: u16,
        message: &Message<'_>,
        essentials: &Essentials<'_>,
    ) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let Phase::Outgoing { transaction, calling } = dialog.phase else { return };
        if let Some(tag) = essentials.to.tag().filter(|_| dialog.remote.tag.is_empty()) {
            dialog.remote.tag = tag.to_owned();
        }
        match calling {
            Calling::CancelWanted => return self.send_cancel(now, id, transaction),
            Calling::Cancelling { .. } => return,
            Calling::Silent | Calling::Proceeding => {
                dialog.phase = Phase::Outgoing { transaction, calling: Calling::Proceeding };
            }
        }
        if code > 100 {
            let sdp = session(message).unwrap_or(b"").to_vec();
            self.event(SipEvent::Progress { dialog: id, code, sdp });
        }
    }

    /// A 2xx to our INVITE: the first makes the dialog, others of a fork are acknowledged and ended (§13.2.2.4).
    pub(super) fn invite_accepted(
        &mut self,
        now: Now,
        (transaction, id): (ClientId, DialogId),
        flow: FlowId,
        message: &Message<'_>,
        essentials: &Essentials<'_>,
    ) {
        let tag = essentials.to.tag().unwrap_or("");
        if self.clients.acknowledge_again(transaction, tag, &mut self.shared) {
            return;
        }
        let phase = self.dialogs.get(id).map(|dialog| dialog.phase);
        let Some(Phase::Outgoing { calling, .. }) = phase else {
            return self.end_fork(now, transaction, flow, message, essentials);
        };
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        learn_peer(dialog, flow, message, tag);
        dialog.phase = Phase::Confirmed;
        let cseq = dialog.local_cseq;
        let (hop, ack) = acknowledgement(dialog, cseq, &self.tokens.branch(), &self.own);
        self.shared.wire.send(hop, ack.clone());
        if let Some(transaction) = self.clients.get_mut(transaction) {
            transaction.keep_ack(tag, hop, ack);
        }
        self.schedule(id);
        match calling {
            Calling::Silent | Calling::Proceeding => {
                let sdp = session(message).unwrap_or(b"").to_vec();
                self.event(SipEvent::Answered { dialog: id, sdp });
            }
            Calling::CancelWanted | Calling::Cancelling { .. } => {
                self.event(SipEvent::Failed { dialog: id, code: 487 });
                self.send_bye(now, id);
            }
        }
    }

    /// Another branch of a fork answered too: ACK, then BYE.
    fn end_fork(
        &mut self,
        now: Now,
        transaction: ClientId,
        flow: FlowId,
        message: &Message<'_>,
        essentials: &Essentials<'_>,
    ) {
        let Some(invite) = self.clients.get_mut(transaction).filter(|invite| invite.can_keep_ack()) else {
            return;
        };
        let target = match Message::parse(invite.request()).map(|request| request.start) {
            Ok(Start::Request { uri, .. }) => uri.to_owned(),
            Ok(Start::Response { .. }) | Err(_) => return,
        };
        let from = message.first(HeaderName::From).map(|from| from.raw().to_vec()).unwrap_or_default();
        let local = Party { tag: essentials.from_tag().to_owned(), line: from };
        let path = Path::direct(target, invite.hop(), Reach::Address);
        let call_id = essentials.call_id.to_owned();
        let mut fork = Dialog::new(Phase::Closing, call_id, local, Party::default(), path);
        let tag = essentials.to.tag().unwrap_or("");
        learn_peer(&mut fork, flow, message, tag);
        let (hop, ack) = acknowledgement(&fork, essentials.cseq, &self.tokens.branch(), &self.own);
        self.shared.wire.send(hop, ack.clone());
        invite.keep_ack(tag, hop, ack);
        let branch = self.tokens.branch();
        let bye = fork.request("BYE", essentials.cseq + 1, &branch, &self.own).end();
        let bye = self.clients.open(client::key(&branch, "BYE"), hop, User::Nobody, bye);
        self.clients.drive(now.mono, bye, Input::Start, &mut self.shared);
    }

    /// Keeps the ACK for a final response other than 2xx ready for its transaction (§17.1.1.3).
    pub(super) fn prepare_ack(&mut self, transaction: ClientId, message: &Message<'_>) {
        let Some(invite) = self.clients.get_mut(transaction) else { return };
        let Some(to) = message.first(HeaderName::To) else { return };
        if invite.can_keep_ack()
            && !invite.has_ack("")
            && let Some((_, ack)) = derived(invite.request(), "ACK", Some(to.raw()))
        {
            let hop = invite.hop();
            invite.keep_ack("", hop, ack);
        }
    }
}

/// Takes tag, target and route set from a response that makes the dialog (§12.1.2).
fn learn_peer(dialog: &mut Dialog, flow: FlowId, message: &Message<'_>, tag: &str) {
    dialog.remote.tag = tag.to_owned();
    if let Some(to) = message.first(HeaderName::To) {
        dialog.remote.line = to.raw().to_vec();
    }
    let mut routes = dialog::record_route(message);
    routes.reverse();
    match dialog::contact(message) {
        Some(contact) => dialog.path = Path::learn(contact, routes, flow, dialog.path.reach()),
        None if !routes.is_empty() => {
            dialog.path = Path::learn(&dialog.path.target, routes, flow, dialog.path.reach());
        }
        None => {}
    }
}

fn acknowledgement(dialog: &Dialog, cseq: u32, branch: &str, own: &Own) -> (Hop, Vec<u8>) {
    (dialog.path.hop, dialog.request("ACK", cseq, branch, own).end())
}

/// CANCEL (§9.1) or the ACK of a failure (§17.1.1.3), made from the INVITE: same Request-URI, top Via,
/// From, Call-ID, CSeq number and Route; with its transaction key.
fn derived(invite: &[u8], method: &str, to: Option<&[u8]>) -> Option<(String, Vec<u8>)> {
    let invite = Message::parse(invite).ok()?;
    let essentials = Essentials::of(&invite).ok()?;
    let Start::Request { uri, .. } = invite.start else { return None };
    let mut writer = Writer::request(method, uri);
    writer.header("Via", invite.text(HeaderName::Via)?);
    writer.header("Max-Forwards", "70");
    for route in invite.all(HeaderName::Route) {
        writer.header("Route", route.value());
    }
    writer.header_parts("From", &[invite.first(HeaderName::From)?.raw()]);
    writer.header_parts("To", &[to.unwrap_or(invite.first(HeaderName::To)?.raw())]);
    writer.header("Call-ID", essentials.call_id);
    writer.header("CSeq", &format!("{} {method}", essentials.cseq));
    Some((client::key(essentials.via.branch(), method), writer.end()))
}
