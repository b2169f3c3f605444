//! Sending a call on to another number, which is rung as an agent would be.

use super::{Action, Call, Joined, Phase, Transfer, Tune, millis};
use crate::event::{EndedBy, EventKind, Outcome, TransferEnd};
use crate::ids::QueueId;
use crate::now::Mono;

impl Call {
    pub(super) fn start_transfer(&mut self, now: Mono, transfer: Transfer) -> Vec<Action> {
        let Transfer { number, sealed, otherwise } = transfer;
        self.phase = Phase::Dialling { otherwise: otherwise.clone(), since: now };
        self.reached = Outcome::Abandoned;
        // Its hold audio is heard meanwhile.
        self.queue = Some(otherwise.clone());
        let started = EventKind::TransferStarted { number: sealed, otherwise };
        vec![Action::Fact(started), Action::Hear(Tune::Hold), Action::Dial(number)]
    }

    pub(super) fn transferred(&mut self, now: Mono, since: Mono) -> Vec<Action> {
        self.phase = Phase::Transferred { since: now, rang_ms: millis(now.since(since)) };
        self.reached = Outcome::Transferred;
        vec![Action::Bridge(Joined::Together)]
    }

    pub(super) fn transfer_failed(
        &mut self,
        now: Mono,
        (otherwise, since): (QueueId, Mono),
        end: TransferEnd,
    ) -> Vec<Action> {
        self.phase = Phase::NotTransferred { otherwise };
        let ended = not_transferred(now, since, end, EndedBy::Server);
        vec![ended, Action::EndPeer, Action::Hear(Tune::TransferFailed)]
    }

    /// A person is asked for while it rings.
    pub(super) fn give_up_transfer(&mut self, now: Mono, otherwise: QueueId, since: Mono) -> Vec<Action> {
        let ended = not_transferred(now, since, TransferEnd::CallerGone, EndedBy::Caller);
        let mut actions = vec![ended, Action::EndPeer];
        actions.extend(self.enter(otherwise));
        actions
    }
}

pub(super) fn not_transferred(now: Mono, since: Mono, end: TransferEnd, by: EndedBy) -> Action {
    let rang_ms = millis(now.since(since));
    Action::Fact(EventKind::TransferEnded { end, rang_ms, talked_ms: 0, by })
}
