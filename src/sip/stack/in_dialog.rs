//! Requests within dialogs: BYE, re-INVITE, UPDATE, INFO, OPTIONS (RFC 3261 §12.2.2, §14.2, §15.1.2).

use super::Stack;
use super::receive::{ACCEPT, Arrival};
use super::uas::peer_path;
use crate::ids::Key;
use crate::now::Now;
use crate::sip::api::{DialogId, Reply, SipEvent};
use crate::sip::dialog::{Answered, Dialog, Path, Phase, Reoffer, ReofferMethod};
use crate::sip::grammar::multipart::{SDP, content_type, session};
use crate::sip::grammar::name::{ALLOW, HeaderName, Method};
use crate::sip::grammar::text::unquoted;

/// Longest wait asked for before a clashing offer is repeated (§14.2).
const CLASH_RETRY_S: u32 = 10;

impl Stack {
    pub(super) fn request_in_dialog(&mut self, now: Now, arrival: &Arrival<'_>) {
        let essentials = arrival.essentials;
        let local_tag = essentials.to.tag().unwrap_or("");
        let found = self.dialogs.find(essentials.call_id, local_tag, essentials.from_tag());
        let Some((id, dialog)) = found.and_then(|id| Some((id, self.dialogs.get_mut(id)?))) else {
            return self.answer(now, arrival, 481, |_| {});
        };
        if dialog.remote_cseq.is_some_and(|last| essentials.cseq <= last) {
            return self.answer(now, arrival, 500, |_| {});
        }
        dialog.remote_cseq = Some(essentials.cseq);
        if self.shared.wire.is_lost(dialog.path.hop) && arrival.flow.is_reliable() {
            dialog.path.take_connection(arrival.flow);
        }
        let phase = dialog.phase;
        // Our own BYE is on its way: theirs is welcome, nothing else makes sense.
        let closing = phase == Phase::Closing && Method::of(arrival.method) != Method::Bye;
        if closing {
            return self.answer(now, arrival, 481, |_| {});
        }
        match Method::of(arrival.method) {
            Method::Bye => self.bye_received(now, arrival, id, phase),
            Method::Invite => self.reinvite_received(now, arrival, id, phase),
            Method::Update => self.update_received(now, arrival, id, phase),
            Method::Info => self.info_received(now, arrival, id),
            Method::Options => self.answer(now, arrival, 200, |writer| {
                writer.header("Allow", ALLOW).header("Accept", ACCEPT);
            }),
            Method::Register | Method::NotAllowed => self.answer(now, arrival, 405, |writer| {
                writer.header("Allow", ALLOW);
            }),
            Method::Unknown | Method::Ack | Method::Cancel => self.answer(now, arrival, 501, |writer| {
                writer.header("Allow", ALLOW);
            }),
        }
    }

    fn bye_received(&mut self, now: Now, arrival: &Arrival<'_>, id: DialogId, phase: Phase) {
        match phase {
            // Only the caller may end an early dialog, and this is ours (§15).
            Phase::Outgoing { .. } => self.answer(now, arrival, 481, |_| {}),
            // Both have hung up at once: our own BYE goes on.
            Phase::Closing => self.answer(now, arrival, 200, |_| {}),
            Phase::Incoming { transaction } => {
                self.answer(now, arrival, 200, |_| {});
                let reply = Reply { code: 487, ..Reply::default() };
                self.send_reply(now, id, transaction, 487, &reply);
                self.forget(now, id);
                self.event(SipEvent::Ended { dialog: id });
            }
            Phase::Confirmed => {
                self.answer(now, arrival, 200, |_| {});
                let silent = self.hung_up_before(id);
                self.forget(now, id);
                if !silent {
                    self.event(SipEvent::Ended { dialog: id });
                }
            }
        }
    }

    fn reinvite_received(&mut self, now: Now, arrival: &Arrival<'_>, id: DialogId, phase: Phase) {
        let Some(dialog) = self.dialogs.get(id) else { return };
        match phase {
            // Ours has no answer yet (§14.2).
            Phase::Outgoing { .. } => return self.answer(now, arrival, 491, |_| {}),
            Phase::Incoming { .. } => return self.answer_clash(now, arrival),
            Phase::Confirmed | Phase::Closing => {}
        }
        if dialog.reoffer.is_some() {
            return self.answer_clash(now, arrival);
        }
        if dialog.unacked.is_some() {
            return self.answer(now, arrival, 491, |_| {});
        }
        let Ok(sdp) = session(arrival.message) else {
            return self.answer(now, arrival, 415, |writer| {
                writer.header("Accept", SDP);
            });
        };
        let sdp = sdp.to_vec();
        let Some(transaction) = self.open_server(arrival) else { return };
        self.send_trying(now, transaction, id);
        let refreshed = self.dialogs.get(id).and_then(|dialog| refreshed(dialog, arrival));
        let (cseq, method) = (arrival.essentials.cseq, ReofferMethod::Invite);
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.reoffer = Some(Reoffer { transaction, cseq, method, refreshed });
        }
        self.event(SipEvent::Reoffer { dialog: id, sdp });
    }

    /// UPDATE (RFC 3311 §5.2): with an offer it waits for the engine like a re-INVITE.
    fn update_received(&mut self, now: Now, arrival: &Arrival<'_>, id: DialogId, phase: Phase) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let Ok(sdp) = session(arrival.message) else {
            return self.answer(now, arrival, 415, |writer| {
                writer.header("Accept", SDP);
            });
        };
        let refreshed = refreshed(dialog, arrival);
        if sdp.is_empty() {
            if let Some(path) = refreshed {
                dialog.path = path;
            }
            let contact = self.own.contact(dialog.path.hop.transport());
            return self.answer(now, arrival, 200, |writer| {
                writer.header("Contact", &contact).header("Allow", ALLOW);
            });
        }
        let first_open = dialog.unacked.is_some_and(|unacked| unacked.answered == Answered::First);
        match phase {
            Phase::Outgoing { .. } => return self.answer(now, arrival, 491, |_| {}),
            Phase::Incoming { .. } => return self.answer_clash(now, arrival),
            Phase::Confirmed | Phase::Closing if dialog.reoffer.is_some() || first_open => {
                return self.answer_clash(now, arrival);
            }
            Phase::Confirmed | Phase::Closing => {}
        }
        let sdp = sdp.to_vec();
        let Some(transaction) = self.open_server(arrival) else { return };
        if let Some(server) = self.servers.get_mut(transaction) {
            server.dialog = Some(id);
        }
        let (cseq, method) = (arrival.essentials.cseq, ReofferMethod::Update);
        if let Some(dialog) = self.dialogs.get_mut(id) {
            dialog.reoffer = Some(Reoffer { transaction, cseq, method, refreshed });
        }
        self.event(SipEvent::Reoffer { dialog: id, sdp });
    }

    /// 500 with a random Retry-After: an earlier offer is still unanswered (§14.2).
    fn answer_clash(&mut self, now: Now, arrival: &Arrival<'_>) {
        let wait = self.tokens.up_to(CLASH_RETRY_S).to_string();
        self.answer(now, arrival, 500, |writer| {
            writer.header("Retry-After", &wait);
        });
    }

    fn info_received(&mut self, now: Now, arrival: &Arrival<'_>, id: DialogId) {
        let kind = content_type(arrival.message).map(|(kind, _)| kind);
        let key = match kind.as_deref() {
            Some("application/dtmf-relay") => relay_signal(arrival.message.body),
            Some("application/dtmf") => Some(arrival.message.body),
            None if arrival.message.body.is_empty() => None,
            None | Some(_) => {
                return self.answer(now, arrival, 415, |writer| {
                    writer.header("Accept", "application/dtmf-relay, application/dtmf");
                });
            }
        };
        self.answer(now, arrival, 200, |_| {});
        if let Some(key) = key.and_then(pressed) {
            self.event(SipEvent::InfoDigit { dialog: id, key });
        }
    }

    /// Answers a waiting re-INVITE or UPDATE 487: nobody will answer it any more.
    pub(super) fn drop_reoffer(&mut self, now: Now, id: DialogId) {
        let Some(reoffer) = self.dialogs.get_mut(id).and_then(|dialog| dialog.reoffer.take()) else { return };
        let reply = Reply { code: 487, ..Reply::default() };
        self.send_reply(now, id, reoffer.transaction, 487, &reply);
    }
}

/// The path after a target refresh: a new Contact, the route set of the dialog (§12.2.2).
fn refreshed(dialog: &Dialog, arrival: &Arrival<'_>) -> Option<Path> {
    arrival.message.first(HeaderName::Contact)?;
    let path = peer_path(arrival)?;
    Some(Path::learn(&path.target, dialog.path.routes.clone(), arrival.flow, path.reach()))
}

/// The value of `Signal=` of an application/dtmf-relay body.
fn relay_signal(body: &[u8]) -> Option<&[u8]> {
    body.split(|b| matches!(b, b'\r' | b'\n')).find_map(|line| {
        let at = line.iter().position(|b| *b == b'=')?;
        line[..at].trim_ascii().eq_ignore_ascii_case(b"signal").then_some(&line[at + 1..])
    })
}

/// A key by its sign or its event code; A–D and flash are none.
fn pressed(signal: &[u8]) -> Option<Key> {
    let text = unquoted(std::str::from_utf8(signal).ok()?.trim());
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) => Key::from_char(sign),
        _ => text.parse().ok().and_then(Key::from_event_code),
    }
}
