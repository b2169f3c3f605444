//! The face of routing: what the engine tells it and hears from it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{AgentState, LeftQueue, OfferEnd, OverflowReason, OverflowTarget, Why};
use crate::ids::{AgentId, CallId, DeviceId, Language, QueueId, Skill};

/// A queue as checked configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueConfig {
    pub id: QueueId,
    /// Skills an agent must have, with the least proficiency (1–10).
    pub skills: BTreeMap<Skill, u8>,
    pub strategy: StrategyKind,
    /// Lower is served first when several queues compete for one agent.
    pub priority: u8,
    /// An agent's telephone rings this long (HB-ring: three rings, 15 s).
    pub ring_time: Duration,
    pub wrap_up: Duration,
    pub service_target: ServiceTarget,
    /// Most callers waiting at once; the next one overflows, unless somebody can be rung for them
    /// at once.
    pub limit: Option<u32>,
    /// Longest wait before a caller overflows.
    pub max_wait: Option<Duration>,
    /// Where callers go that the queue does not keep; `Message` if nothing else is said.
    pub overflow: OverflowTarget,
    /// Position is told this often, first when entering; `None` = never.
    pub announce_every: Option<Duration>,
    /// Name of the prompt played as hold audio (looped).
    pub hold_audio: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyKind {
    LongestIdle,
}

/// "Y % answered within X seconds" (CBA-17b).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServiceTarget {
    pub percent: u8,
    pub within: Duration,
}

/// What routing must know of an agent when they sign in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentProfile {
    pub id: AgentId,
    pub skills: BTreeMap<Skill, u8>,
    pub queues: Vec<QueueId>,
    /// Languages spoken; empty = no language is asked for.
    pub languages: Vec<Language>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A caller enters a queue. Answered at once by `Queued` or `Overflow`.
    Enter {
        call: CallId,
        queue: QueueId,
    },
    /// A caller leaves by their own will or by hanging up. Cancels a running offer.
    Leave {
        call: CallId,
        left: LeftQueue,
    },
    SignIn {
        agent: AgentProfile,
        device: DeviceId,
    },
    /// A running offer is withdrawn; a talk goes on and the sign-out takes effect at its end.
    SignOut {
        agent: AgentId,
    },
    /// As with `SignOut`, takes effect at the end of a talk.
    NotReady {
        agent: AgentId,
        reason: String,
    },
    /// Ends wrap-up or not-ready.
    Ready {
        agent: AgentId,
    },
    /// The offered agent picked up: routing answers `Connect`.
    OfferAnswered {
        call: CallId,
        agent: AgentId,
    },
    /// The offer ended by itself: rejected or unreachable.
    OfferFailed {
        call: CallId,
        agent: AgentId,
        end: OfferEnd,
    },
    /// The talk is over: wrap-up begins.
    Released {
        agent: AgentId,
    },
    Held {
        agent: AgentId,
    },
    Resumed {
        agent: AgentId,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// `waiting` counts the callers in the queue, this one included.
    Queued {
        call: CallId,
        queue: QueueId,
        waiting: u32,
    },
    /// Ring this agent's device.
    Offer {
        call: CallId,
        queue: QueueId,
        agent: AgentId,
        device: DeviceId,
        why: Why,
    },
    /// Stop ringing: `NoAnswer` (15 s over), `CallerGone`, `Withdrawn`. Not sent when the engine
    /// itself reported the end (`OfferFailed`).
    CancelOffer {
        call: CallId,
        agent: AgentId,
        end: OfferEnd,
    },
    /// An offer is over, however it ended: for the journal.
    OfferEnded {
        call: CallId,
        queue: QueueId,
        agent: AgentId,
        end: OfferEnd,
        rang: Duration,
    },
    /// Bridge them. The caller has left the queue (`Left` follows with `Answered`).
    Connect {
        call: CallId,
        queue: QueueId,
        agent: AgentId,
    },
    /// The caller is out of the queue; exactly one for each `Queued`, and for an `Enter` that
    /// overflowed at once (then `waited` is zero).
    Left {
        call: CallId,
        queue: QueueId,
        left: LeftQueue,
        waited: Duration,
        agent: Option<AgentId>,
        reason: Option<OverflowReason>,
    },
    /// After `Left { Overflowed }`: where the caller goes. Routing has *not* entered them there yet
    /// (the engine does, so that announcements can be played); a queue already visited is never
    /// a target twice: then it is `Message`.
    Overflow {
        call: CallId,
        to: OverflowTarget,
        reason: OverflowReason,
    },
    /// Time to tell the caller their position (1 = next) and an honest estimate, if there is one.
    Announce {
        call: CallId,
        queue: QueueId,
        position: u32,
        estimate: Option<Duration>,
    },
    AgentState {
        agent: AgentId,
        state: AgentState,
    },
}

/// A queue at this moment, for metrics and pages.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueView {
    pub queue: QueueId,
    pub waiting: u32,
    pub oldest_wait_s: f64,
    pub estimated_wait_s: Option<f64>,
}

/// An agent at this moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AgentView {
    pub agent: AgentId,
    pub device: Option<DeviceId>,
    pub state: AgentState,
    pub queues: Vec<QueueId>,
    pub since_s: f64,
}
