//! Hanging up, probing, and what happens when an ACK or a final response never comes.

use super::Stack;
use crate::now::Now;
use crate::sip::api::{DialogId, Reply, SipEvent};
use crate::sip::dialog::{AfterAck, Answered, Calling, Overdue, Phase};
use crate::sip::transaction::client::{self, Input, User};
use crate::sip::transaction::server;

impl Stack {
    /// Hangs up, whatever the state: an unanswered INVITE to us gets 480, one of ours is cancelled
    /// (`Failed` follows), a confirmed dialog gets BYE, after which nothing more is heard of it.
    pub fn bye(&mut self, now: Now, dialog: DialogId) {
        let Some(found) = self.dialogs.get_mut(dialog) else { return };
        match found.phase {
            Phase::Incoming { .. } => self.respond(now, dialog, Reply { code: 480, ..Reply::default() }),
            Phase::Outgoing { .. } => self.cancel(now, dialog),
            Phase::Confirmed => {
                // §15: the callee waits for the ACK of its 2xx, or for its time-out.
                if found.unacked.is_some_and(|unacked| unacked.answered == Answered::First) {
                    found.after_ack = AfterAck::Bye;
                } else {
                    self.send_bye(now, dialog);
                }
            }
            Phase::Closing => {}
        }
    }

    /// Asks by OPTIONS whether the peer still knows the dialog; `ProbeAnswered` or `ProbeFailed` follows.
    pub fn probe(&mut self, now: Now, dialog: DialogId) {
        let Some(found) = self.dialogs.get_mut(dialog).filter(|found| found.phase == Phase::Confirmed) else {
            return self.event(SipEvent::ProbeFailed { dialog });
        };
        if self.shared.wire.is_lost(found.path.hop) {
            found.path.leave_connection();
        }
        found.local_cseq += 1;
        let branch = self.tokens.branch();
        let mut writer = found.request("OPTIONS", found.local_cseq, &branch, &self.own);
        writer.header("Accept", super::receive::ACCEPT);
        let (hop, key) = (found.path.hop, client::key(&branch, "OPTIONS"));
        let id = self.clients.open(key, hop, User::Probe(dialog), writer.end());
        self.clients.drive(now.mono, id, Input::Start, &mut self.shared);
    }

    pub(super) fn send_bye(&mut self, now: Now, id: DialogId) {
        self.drop_reoffer(now, id);
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        if self.shared.wire.is_lost(dialog.path.hop) {
            dialog.path.leave_connection();
        }
        dialog.phase = Phase::Closing;
        dialog.unacked = None;
        dialog.local_cseq += 1;
        let branch = self.tokens.branch();
        let bye = dialog.request("BYE", dialog.local_cseq, &branch, &self.own).end();
        let (hop, key) = (dialog.path.hop, client::key(&branch, "BYE"));
        let transaction = self.clients.open(key, hop, User::Bye(id), bye);
        self.schedule(id);
        self.clients.drive(now.mono, transaction, Input::Start, &mut self.shared);
    }

    /// Whether the engine has already hung up and wants to hear nothing more.
    pub(super) fn hung_up_before(&self, id: DialogId) -> bool {
        self.dialogs.get(id).is_some_and(|dialog| dialog.after_ack == AfterAck::Bye)
    }

    pub(super) fn dialog_timeout(&mut self, now: Now, id: DialogId) {
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let overdue = dialog.unacked.as_mut().and_then(|unacked| unacked.overdue(now.mono));
        let phase = dialog.phase;
        match overdue {
            // §13.3.1.4
            Some(Overdue::Resend(transaction)) => {
                self.servers.drive(now.mono, transaction, server::Input::Success, &mut self.shared);
            }
            Some(Overdue::GiveUp) => {
                if !self.hung_up_before(id) {
                    self.event(SipEvent::NeverAcked { dialog: id });
                }
                self.send_bye(now, id);
            }
            None => {}
        }
        if let Phase::Outgoing { transaction, calling: Calling::Cancelling { give_up_at } } = phase
            && now.mono >= give_up_at
        {
            self.abandon(now, id, transaction);
        }
        self.schedule(id);
    }
}
