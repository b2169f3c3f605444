//! An agent who is signed in: what they can do and what they are doing.

use std::time::Duration;

use super::api::AgentProfile;
use super::estimate::WHOLE_AGENT;
use super::strategy::Standing;
use crate::event::AgentState;
use crate::ids::{CallId, DeviceId, QueueId};
use crate::now::Mono;

/// Missed offers in a row after which an agent is set not ready.
pub(super) const MISSES: u8 = 2;
/// Reason shown for an agent who missed that often.
pub(super) const MISSED: &str = "ring no answer";
/// Reason shown for an agent who signed in at a telephone that is still in a talk.
pub(super) const DEVICE_TAKEN: &str = "telephone in use";

#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub profile: AgentProfile,
    pub device: DeviceId,
    pub duty: Duty,
    /// When `duty` began.
    pub since: Mono,
    /// What [`Standing::idle_since`] means.
    pub idle_since: Mono,
    /// Offers missed in a row.
    pub misses: u8,
    /// What was asked for during a talk.
    pub afterwards: Afterwards,
    /// Queues whose calls this agent can take.
    pub serves: Vec<QueueId>,
    /// Queues of the agent whose skills are missing.
    pub lacks: Vec<QueueId>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Duty {
    NotReady { reason: String },
    Ready,
    Offered { call: CallId },
    Talking(Work),
    Hold(Work),
    WrapUp(Work),
}

/// A call being handled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Work {
    pub call: CallId,
    pub queue: QueueId,
    pub wrap_up: Duration,
    pub started: Mono,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Afterwards {
    /// Wrap-up, then the next call.
    Stay,
    NotReady {
        reason: String,
    },
    SignOut,
}

impl Agent {
    pub fn new(profile: AgentProfile, device: DeviceId, now: Mono) -> Self {
        Agent {
            profile,
            device,
            duty: Duty::Ready,
            since: now,
            idle_since: now,
            misses: 0,
            afterwards: Afterwards::Stay,
            serves: Vec::new(),
            lacks: Vec::new(),
        }
    }

    pub fn is_ready(&self) -> bool {
        self.duty == Duty::Ready
    }

    pub fn is_talking(&self) -> bool {
        matches!(self.duty, Duty::Talking(_) | Duty::Hold(_))
    }

    pub fn is_offered(&self, call: CallId) -> bool {
        self.duty == Duty::Offered { call }
    }

    pub fn standing(&self) -> Standing {
        Standing { idle_since: self.idle_since }
    }

    /// Part of this agent that each queue served may count on.
    pub fn share(&self) -> u64 {
        match self.duty {
            Duty::NotReady { .. } => 0,
            _ => WHOLE_AGENT / u64::try_from(self.serves.len().max(1)).unwrap_or(1),
        }
    }

    pub fn state(&self) -> AgentState {
        match &self.duty {
            Duty::NotReady { reason } => AgentState::NotReady { reason: reason.clone() },
            Duty::Ready => AgentState::Ready,
            Duty::Offered { .. } => AgentState::Offered,
            Duty::Talking(_) => AgentState::Talking,
            Duty::Hold(_) => AgentState::Hold,
            Duty::WrapUp(_) => AgentState::WrapUp,
        }
    }

    /// Why this agent gets no offer now, for `Why`.
    pub fn occupation(&self) -> String {
        match &self.duty {
            Duty::NotReady { reason } => format!("not ready: {reason}"),
            Duty::Ready => "ready".to_owned(),
            Duty::Offered { .. } => "being rung for another call".to_owned(),
            Duty::Talking(_) => "talking".to_owned(),
            Duty::Hold(_) => "holding a call".to_owned(),
            Duty::WrapUp(_) => "in wrap-up".to_owned(),
        }
    }
}
