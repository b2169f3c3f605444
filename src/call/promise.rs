//! Promises to the caller: written for good first, told after that. If the disk fails, a person.

use super::{Action, Call, Phase, Tune};
use crate::event::{EventKind, Outcome};
use crate::ids::QueueId;
use crate::sealed::{CallerNumber, Sealed};

/// What is being written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Promise {
    /// To ring back (HB-callback).
    Callback { queue: QueueId },
    /// To look into what was said (CBA-41).
    Complaint,
}

impl Call {
    pub(super) fn promise_callback(&mut self, queue: QueueId, number: Sealed<CallerNumber>) -> Vec<Action> {
        self.phase = Phase::Keeping { promise: Promise::Callback { queue: queue.clone() } };
        self.reached = Outcome::Callback;
        vec![Action::Fact(EventKind::CallbackPromised { queue, number }), Action::Promise]
    }

    /// After the event itself.
    pub(super) fn promise_complaint(&mut self) -> Vec<Action> {
        self.phase = Phase::Keeping { promise: Promise::Complaint };
        self.reached = Outcome::Complaint;
        vec![Action::Hear(Tune::Listen), Action::Promise]
    }

    /// The event waits in memory and is written as soon as the disk works again.
    pub(super) fn complaint_not_kept(&mut self) -> Vec<Action> {
        match self.queue.clone() {
            Some(queue) => self.enter(queue),
            None => {
                self.phase = Phase::Farewell { outcome: Outcome::Complaint };
                vec![Action::Hear(Tune::Sorry)]
            }
        }
    }
}
