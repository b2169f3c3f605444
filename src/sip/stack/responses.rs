//! Responses to our requests, and requests that got none (RFC 3261 §8.1.3, §12.2.1.2).

use super::Stack;
use crate::ids::FlowId;
use crate::now::Now;
use crate::sip::api::{DialogId, SipEvent};
use crate::sip::dialog::{Calling, Phase};
use crate::sip::grammar::field::Essentials;
use crate::sip::grammar::message::Message;
use crate::sip::transaction::client::{self, ClientId, Input, User};
use crate::sip::transaction::server::Told;

impl Stack {
    pub(super) fn response(
        &mut self,
        now: Now,
        flow: FlowId,
        code: u16,
        message: &Message<'_>,
        essentials: &Essentials<'_>,
    ) {
        let key = client::key(essentials.via.branch(), essentials.cseq_method);
        let Some(id) = self.clients.find(&key) else {
            return self.shared.wire.rejected("stray_response");
        };
        let Some(user) = self.clients.get_mut(id).map(|transaction| transaction.user()) else { return };
        if let (User::Invite(_), 300..) = (user, code) {
            self.prepare_ack(id, message);
        }
        let told = self.clients.drive(now.mono, id, Input::Response(code), &mut self.shared);
        if told != Some(Told::Delivered) {
            return;
        }
        match user {
            User::Invite(dialog) => match code {
                ..=199 => self.invite_progress(now, dialog, code, message, essentials),
                200..=299 => self.invite_accepted(now, (id, dialog), flow, message, essentials),
                300.. => self.invite_failed(now, dialog, code),
            },
            User::Bye(dialog) if code >= 200 => self.forget(now, dialog),
            User::Probe(dialog) if code >= 200 => self.probe_answered(now, dialog, code),
            User::Bye(_) | User::Probe(_) | User::Nobody => {}
        }
    }

    fn probe_answered(&mut self, now: Now, dialog: DialogId, code: u16) {
        let alive = self.dialogs.get(dialog).is_some_and(|found| found.phase == Phase::Confirmed);
        match code {
            _ if !alive => {}
            408 => self.event(SipEvent::ProbeFailed { dialog }),
            // The peer knows no such dialog: it is gone (RFC 5057 §5.1).
            481 => {
                let silent = self.hung_up_before(dialog);
                self.forget(now, dialog);
                if !silent {
                    self.event(SipEvent::ProbeFailed { dialog });
                    self.event(SipEvent::Ended { dialog });
                }
            }
            _ => self.event(SipEvent::ProbeAnswered { dialog }),
        }
    }

    fn invite_failed(&mut self, now: Now, dialog: DialogId, code: u16) {
        let phase = self.dialogs.get(dialog).map(|found| found.phase);
        if let Some(Phase::Outgoing { .. }) = phase {
            self.forget(now, dialog);
            self.event(SipEvent::Failed { dialog, code });
        }
    }

    /// A request of ours got no answer, or could not be sent.
    pub(super) fn client_failed(&mut self, now: Now, user: User, told: Told) {
        let code = match told {
            Told::TimedOut => 408,
            Told::TransportFailed => 503,
            Told::Delivered => return,
        };
        match user {
            User::Invite(dialog) => {
                let phase = self.dialogs.get(dialog).map(|found| found.phase);
                let cancelled = matches!(
                    phase,
                    Some(Phase::Outgoing { calling: Calling::CancelWanted | Calling::Cancelling { .. }, .. })
                );
                self.invite_failed(now, dialog, if cancelled { 487 } else { code });
            }
            User::Bye(dialog) => self.forget(now, dialog),
            User::Probe(dialog) => {
                if self.dialogs.get(dialog).is_some_and(|found| found.phase == Phase::Confirmed) {
                    self.event(SipEvent::ProbeFailed { dialog });
                }
            }
            User::Nobody => {}
        }
    }

    /// No final response came after our CANCEL: the INVITE is given up (§9.1).
    pub(super) fn abandon(&mut self, now: Now, dialog: DialogId, transaction: ClientId) {
        let told = self.clients.drive(now.mono, transaction, Input::Abandon, &mut self.shared);
        self.client_failed(now, User::Invite(dialog), told.unwrap_or(Told::TimedOut));
    }
}
