//! INVITEs to us: from the request to the acknowledged answer (RFC 3261 §9.2, §13.3).

use super::Stack;
use super::receive::Arrival;
use crate::now::Now;
use crate::sealed::Redacted;
use crate::sip::api::{DialogId, Reply, SipEvent};
use crate::sip::dialog::{self, AfterAck, Answered, Dialog, Party, Path, Phase, ReofferMethod, Unacked};
use crate::sip::grammar::multipart::{SDP, session};
use crate::sip::grammar::name::{ALLOW, HeaderName};
use crate::sip::grammar::uri::{DEFAULT_PORT, Uri};
use crate::sip::registrar::Reach;
use crate::sip::transaction::server::{self, Input, ServerId, Told};
use crate::sip::wire::only_by_flow;

impl Stack {
    /// An INVITE that belongs to no dialog yet.
    pub(super) fn invite_received(&mut self, now: Now, arrival: &Arrival<'_>) {
        if self.dialogs.len() >= self.config.limits.dialogs {
            return self.refuse_full(arrival);
        }
        if let Some(code) = self.refusing {
            let retry_after = self.retry_after();
            return self.answer(now, arrival, code, |writer| {
                writer.header("Retry-After", &retry_after);
            });
        }
        let Ok(sdp) = session(arrival.message) else {
            return self.answer(now, arrival, 415, |writer| {
                writer.header("Accept", SDP);
            });
        };
        let Some(path) = peer_path(arrival) else {
            return self.answer(now, arrival, 400, |_| {});
        };
        let (Ok(uri), Some(transaction)) = (Uri::parse(arrival.uri), self.open_server(arrival)) else {
            return;
        };
        let essentials = arrival.essentials;
        let tag = self.tokens.tag();
        let line = |name| arrival.message.first(name).map(|header| header.raw().to_vec()).unwrap_or_default();
        let mut to = line(HeaderName::To);
        to.extend_from_slice(format!(";tag={tag}").as_bytes());
        let local = Party { tag, line: to };
        let remote = Party { tag: essentials.from_tag().to_owned(), line: line(HeaderName::From) };
        let phase = Phase::Incoming { transaction };
        let mut dialog = Dialog::new(phase, essentials.call_id.to_owned(), local, remote, path);
        dialog.remote_cseq = Some(essentials.cseq);
        let id = self.dialogs.next_id();
        self.dialogs.insert(id, dialog);
        self.send_trying(now, transaction, id);
        let from_user = essentials.from.user();
        let port = essentials.via.port.unwrap_or(DEFAULT_PORT);
        let device = self.registrar.device_at(arrival.flow, port, &from_user);
        self.event(SipEvent::Invite {
            dialog: id,
            dialled: Redacted(uri.user().into_owned()),
            caller: Redacted(from_user),
            device,
            flow: arrival.flow,
            sdp: sdp.to_vec(),
        });
    }

    /// 100, so that the peer stops retransmitting (§17.2.1).
    pub(super) fn send_trying(&mut self, now: Now, transaction: ServerId, dialog: DialogId) {
        let Some(server) = self.servers.get_mut(transaction) else { return };
        server.dialog = Some(dialog);
        let Some(echo) = &server.echo else { return };
        let trying = echo.response(100, "", "").end();
        self.servers.respond(now.mono, transaction, 100, trying, &mut self.shared);
    }

    /// Answers an [`SipEvent::Invite`] or [`SipEvent::Reoffer`]: any number of provisional responses, then
    /// one final. What comes too late, because the peer has given up, is ignored.
    pub fn respond(&mut self, now: Now, dialog: DialogId, reply: Reply) {
        let Some(found) = self.dialogs.get_mut(dialog) else { return };
        let code = if (100..700).contains(&reply.code) { reply.code } else { 500 };
        match (found.phase, found.reoffer.clone()) {
            (Phase::Incoming { .. }, _) if code == 100 => {}
            (Phase::Incoming { transaction }, _) => {
                let cseq = found.remote_cseq.unwrap_or(0);
                self.send_reply(now, dialog, transaction, code, &reply);
                match code {
                    ..=199 => {}
                    200..=299 => {
                        self.confirm_answer(
                            now,
                            dialog,
                            Unacked::new(now.mono, transaction, Answered::First, cseq),
                        );
                    }
                    300.. => self.forget(now, dialog),
                }
            }
            (Phase::Confirmed, Some(reoffer)) => {
                // RFC 4320 §4.1: nothing provisional but 100 to anything but INVITE.
                let code = match reoffer.method {
                    ReofferMethod::Update if code < 200 => 100,
                    ReofferMethod::Update | ReofferMethod::Invite => code,
                };
                self.send_reply(now, dialog, reoffer.transaction, code, &reply);
                let Some(found) = self.dialogs.get_mut(dialog).filter(|_| code >= 200) else { return };
                found.reoffer = None;
                if code >= 300 {
                    return;
                }
                if let Some(path) = reoffer.refreshed {
                    found.path = path;
                }
                if reoffer.method == ReofferMethod::Invite {
                    let (transaction, cseq) = (reoffer.transaction, reoffer.cseq);
                    let unacked = Unacked::new(now.mono, transaction, Answered::Again, cseq);
                    self.confirm_answer(now, dialog, unacked);
                }
            }
            (Phase::Outgoing { .. } | Phase::Confirmed | Phase::Closing, _) => {}
        }
    }

    fn confirm_answer(&mut self, _now: Now, id: DialogId, unacked: Unacked) {
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.phase = Phase::Confirmed;
            dialog.unacked = Some(unacked);
        }
        self.schedule(id);
    }

    /// Writes and sends a response within a dialog.
    pub(super) fn send_reply(
        &mut self,
        now: Now,
        id: DialogId,
        transaction: ServerId,
        code: u16,
        reply: &Reply,
    ) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        let echo = self.servers.get_mut(transaction).and_then(|server| server.echo.as_ref());
        let Some(echo) = echo else { return };
        let tag = if code == 100 { "" } else { &dialog.local.tag };
        let mut writer = echo.response(code, reply.reason, tag);
        if (101..300).contains(&code) {
            writer.lines(echo.record_route());
            writer.header("Contact", &self.own.contact(dialog.path.hop.transport()));
            writer.header("Allow", ALLOW);
        }
        if reply.retry_after {
            writer.header("Retry-After", &self.config.limits.retry_after_s.to_string());
        }
        writer.header("Server", &self.config.user_agent);
        let sdp: &[u8] = if code < 300 { &reply.sdp } else { b"" };
        let bytes = writer.body(SDP, sdp);
        self.servers.respond(now.mono, transaction, code, bytes, &mut self.shared);
    }

    /// ACK: of a failure it ends in the transaction, of a 2xx it belongs to the dialog (§13.3.1.4).
    pub(super) fn ack(&mut self, now: Now, arrival: &Arrival<'_>) {
        let essentials = arrival.essentials;
        if let Some(id) = self.servers.find(&server::key(essentials, "INVITE")) {
            let told = self.servers.drive(now.mono, id, Input::Ack, &mut self.shared);
            if told != Some(Told::Delivered) {
                return;
            }
        }
        let local_tag = essentials.to.tag().unwrap_or("");
        let Some(id) = self.dialogs.find(essentials.call_id, local_tag, essentials.from_tag()) else {
            return;
        };
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        if dialog.unacked.is_none_or(|unacked| unacked.cseq != essentials.cseq) {
            return;
        }
        dialog.unacked = None;
        let wanted = dialog.after_ack;
        self.schedule(id);
        match wanted {
            AfterAck::Bye => self.send_bye(now, id),
            AfterAck::Stay => {
                let sdp = session(arrival.message).unwrap_or(b"").to_vec();
                self.event(SipEvent::Acked { dialog: id, sdp });
            }
        }
    }

    /// CANCEL (§9.2): answers it, and the INVITE if that still waits for its final response.
    pub(super) fn cancel_received(&mut self, now: Now, arrival: &Arrival<'_>) {
        if let Some(id) = self.servers.find(&arrival.key) {
            self.servers.drive(now.mono, id, Input::Request, &mut self.shared);
            return;
        }
        let Some(invite) = self.servers.find(&server::key(arrival.essentials, "INVITE")) else {
            if self.has_room(arrival) {
                self.answer(now, arrival, 481, |_| {});
            }
            return;
        };
        let owner = self.servers.get_mut(invite).and_then(|transaction| transaction.dialog);
        let Some(id) = owner.filter(|id| self.dialogs.get(*id).is_some()) else {
            return self.answer(now, arrival, 200, |_| {});
        };
        if let Some(cancel) = self.open_server(arrival) {
            // The tag of the responses to the INVITE.
            let writer = self.dialogs.get(id).and_then(|dialog| {
                let echo = self.servers.get_mut(cancel)?.echo.as_ref()?;
                Some(echo.response(200, "", &dialog.local.tag))
            });
            let bytes = writer.map(crate::sip::grammar::write::Writer::end).unwrap_or_default();
            self.servers.respond(now.mono, cancel, 200, bytes, &mut self.shared);
        }
        let Some(dialog) = self.dialogs.get(id) else { return };
        let reoffered = dialog.reoffer.as_ref().map(|reoffer| reoffer.transaction);
        if dialog.phase == (Phase::Incoming { transaction: invite }) {
            let reply = Reply { code: 487, ..Reply::default() };
            self.send_reply(now, id, invite, 487, &reply);
            self.forget(now, id);
            self.event(SipEvent::Cancelled { dialog: id });
        } else if reoffered == Some(invite) {
            self.drop_reoffer(now, id);
        }
    }

    /// A server transaction could not reach its peer at all.
    pub(super) fn server_failed(&mut self, now: Now, id: DialogId, transaction: ServerId) {
        let phase = self.dialogs.get(id).map(|dialog| dialog.phase);
        if phase == Some(Phase::Incoming { transaction }) {
            self.forget(now, id);
            self.event(SipEvent::Cancelled { dialog: id });
        }
    }
}

/// The path to the sender of a request that makes or refreshes a dialog; none without a usable Contact.
pub fn peer_path(arrival: &Arrival<'_>) -> Option<Path> {
    let target = dialog::contact(arrival.message)?;
    let routes = dialog::record_route(arrival.message);
    let by_flow = only_by_flow(arrival.essentials, arrival.flow);
    let reach = if by_flow { Reach::Flow } else { Reach::Address };
    Some(Path::learn(target, routes, arrival.flow, reach))
}
