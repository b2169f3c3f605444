//! The words events are told in: how calls, offers and transfers end, states, mistakes, alarms.

use serde::{Deserialize, Serialize};

use crate::ids::QueueId;
use crate::sealed::{KeyedDigits, Sealed};

/// Why a call was refused before it was answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    UnknownEntry,
    NoCommonCodec,
    BadOffer,
    NoMediaPort,
    TooManyCalls,
    StorageAlarm,
    NothingPublished,
    Draining,
}

/// How a call ended, from the caller's point of view.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Talked to an agent.
    Agent,
    /// Hung up in the menu, or it ended by a farewell: served by the machine.
    SelfService,
    /// Left while waiting.
    Abandoned,
    /// Left a message.
    Message,
    /// Was promised a callback.
    Callback,
    /// Spoke with another number the call was sent on to.
    Transferred,
    /// Made a complaint by voice (CBA-41).
    Complaint,
    /// Refused before it was answered.
    Refused,
    /// Gone before it was answered.
    Cancelled,
    /// The server stopped under it.
    Interrupted,
    /// Media or signalling failed.
    Failed,
    /// A member of staff dialled a star code.
    Staff,
}

/// Who ended something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Caller,
    Agent,
    Server,
    /// Whoever answered at the number a call was sent on to.
    Callee,
}

/// Why a caller left a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftQueue {
    Answered,
    Abandoned,
    Overflowed {
        to: OverflowTarget,
    },
    Message,
    Callback,
    /// The server stopped, or the call failed.
    Lost,
}

/// Where a queue sends a caller it does not keep.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowTarget {
    Queue(QueueId),
    Message,
    Callback,
}

/// What made a queue send a caller on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowReason {
    Full,
    WaitedTooLong,
    NoAgentSignedIn,
    Closed,
}

/// How an offer to an agent ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    Answered,
    /// Rang for the whole ring time (HB-ring: 15 s).
    NoAnswer,
    Rejected,
    Unreachable,
    CallerGone,
    /// The agent signed out or went not ready while it rang.
    Withdrawn,
}

/// How sending a call on to another number ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// Somebody answered there.
    Answered,
    NoAnswer,
    Rejected,
    /// No way there, or no socket for it.
    Unreachable,
    /// No trunk is configured to ring other numbers through.
    NoTrunk,
    /// The caller hung up, or asked for a person, while it rang.
    CallerGone,
    /// The server stopped, or the call failed.
    Lost,
}

/// Digits keyed in at a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyedAnswer {
    pub step: String,
    pub value: Sealed<KeyedDigits>,
}

/// The key pressed for a question of a survey.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SurveyAnswer {
    pub question: String,
    pub key: u8,
}

/// What an agent is doing. Names of the field (STYLE: agent states).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    LoggedOut,
    NotReady { reason: String },
    Ready,
    Offered,
    Talking,
    Hold,
    WrapUp,
}

/// Kinds of a caller's mistakes in a menu.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MenuError {
    Silence,
    WrongKey,
    /// Collected digits were not of the wanted form.
    BadInput,
}

/// Why one agent was chosen, or nobody: readable for ever (routing explains itself).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Why {
    /// Strategy that ranked the candidates.
    pub strategy: String,
    /// Candidates in the order of preference, with what ranked them, e.g. `1002 idle 41 s`.
    pub candidates: Vec<String>,
    /// Agents left out, with the reason, e.g. `1003 lacks card>=3`.
    pub excluded: Vec<String>,
}

/// What one received or sent stream came to.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct LegStats {
    pub received: u64,
    pub sent: u64,
    pub lost: u64,
    pub jitter_us: u32,
}

/// Conditions that stop new calls or endanger records; each raises a metric.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The journal cannot be written or lags; events wait in memory.
    Journal,
    /// The spool of recordings cannot be written.
    Spool,
    /// The index database cannot be written; it catches up from the journal.
    Index,
    /// Finished recordings cannot be archived; their spools are kept.
    Archive,
    /// The port range for RTP is used up.
    MediaPorts,
    /// A media worker is late or gone.
    MediaWorker,
    /// A year's list of holidays is missing: schedules may be wrong on holidays (CBA-8).
    Calendar,
}
