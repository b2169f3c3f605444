//! Everything that happened, in the words of the business. The journal stores these;
//! index, statistics, metrics and reports are folds of them.
//!
//! Adding a variant or an optional field keeps [`SCHEMA`]; anything else raises it, adds an
//! upgrade in `io/journal`, and a golden journal under `tests/golden/` that must load for ever.

mod words;

use serde::{Deserialize, Serialize};

use crate::ids::*;
use crate::now::{Mono, Now, Wall};
use crate::sealed::{CallerNumber, IdentityHash, KeyedDigits, Sealed};

pub use words::*;

/// Version of the event schema, stored in every event.
pub const SCHEMA: u16 = 1;

/// The envelope around every [`EventKind`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    pub schema: u16,
    pub seq: Seq,
    pub node: NodeId,
    pub boot: BootId,
    pub mono: Mono,
    pub wall: Wall,
    pub actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    pub config_version: ConfigVersion,
    /// Plans in force when it happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanId>,
    /// True for a marked test call of a drill; such events never enter business figures (CBA-29).
    #[serde(default, skip_serializing_if = "is_false")]
    pub drill: bool,
    pub kind: EventKind,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn is_false(b: &bool) -> bool {
    !b
}

impl Event {
    pub fn now(&self) -> Now {
        Now { mono: self.mono, wall: self.wall }
    }
}

/// Who caused it. Every command carries one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The server by itself: timers, routing.
    Server,
    /// The person who rang.
    Caller,
    /// An agent by telephone or by an agent's token.
    Agent(AgentId),
    /// A bearer token of the API: its name and role, never the token.
    Token { name: String, role: Role },
    /// A process of this machine through the control socket, by its user id.
    Peer { uid: u32 },
}

/// Rights of a token, each including the ones before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads figures and states.
    Viewer,
    /// Signs agents in and out, sets their states.
    Agent,
    /// Sees calls and recordings.
    Supervisor,
    /// Publishes, drains, imports.
    Operator,
}

/// What happened. Fields are business facts; durations in milliseconds of monotonic time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum EventKind {
    // --- the server -----------------------------------------------------------------
    ServerStarted {
        version: String,
    },
    ServerStopping {
        calls: u32,
    },
    ServerStopped,
    /// The wall clock moved by itself against the monotonic one.
    ClockStepped {
        by_ms: i64,
    },
    AlarmRaised {
        alarm: Alarm,
        detail: String,
    },
    AlarmCleared {
        alarm: Alarm,
        /// Calls refused meanwhile without an event each, because none could be written.
        #[serde(default, skip_serializing_if = "is_zero")]
        turned_away: u64,
    },
    /// A snapshot was published (`by` and `reason` as given by operations) and is in force for new calls.
    ConfigPublished {
        version: ConfigVersion,
        by: String,
        reason: String,
        digest: String,
    },
    /// Drafts were refused; the running version stays.
    ConfigRefused {
        findings: u32,
    },
    DirectoryImported {
        agents: u32,
        devices: u32,
    },
    /// Lists of callers' numbers were imported; so many stand on them now.
    CallersImported {
        callers: u32,
    },
    /// A snapshot was made that another person must put in force.
    ConfigProposed {
        version: ConfigVersion,
        by: String,
        reason: String,
        digest: String,
    },
    /// Somebody wants a plan that another person must put in force.
    PlanProposed {
        plan: PlanId,
        by: String,
        reason: String,
    },
    /// An announcement was recorded by telephone and is heard while the plan is in force (CBA-24); the
    /// envelope tells by whom and in which call.
    AnnouncementRecorded {
        plan: PlanId,
        sha256: PromptHash,
        length_ms: u64,
    },
    /// An emergency plan is in force from here on, for running calls too (CBA-24).
    PlanStarted {
        plan: PlanId,
        by: String,
        reason: String,
        /// It ends by itself then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Wall>,
    },
    PlanStopped {
        plan: PlanId,
        by: String,
        reason: String,
    },

    // --- a call ----------------------------------------------------------------------
    CallArrived {
        entry: EntryId,
        caller: Sealed<CallerNumber>,
    },
    CallRefused {
        reason: Refusal,
        code: u16,
    },
    /// Recording begins here unless the entry is exempt (HB-notice).
    CallAnswered {
        worker: WorkerId,
        codec: String,
        recorded: bool,
    },
    LanguageSet {
        language: Language,
    },
    MenuEntered {
        menu: MenuId,
    },
    /// A key that a non-secret step consumed.
    KeyPressed {
        menu: MenuId,
        key: Key,
    },
    MenuFailed {
        menu: MenuId,
        error: MenuError,
    },
    InformationHeard {
        menu: MenuId,
        node: String,
    },
    /// Digits were collected; `value` only for a step that is not secret.
    DigitsCollected {
        menu: MenuId,
        node: String,
        count: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Sealed<KeyedDigits>>,
    },
    /// Asked for a person, or was led to one (CBA-10b). `since_answer_ms`: answer → asking.
    AgentRequested {
        menu: MenuId,
        since_answer_ms: u64,
    },
    /// The announcement of a plan was heard (CBA-24).
    PlanAnnounced {
        plan: PlanId,
    },
    /// From here on slower speech and longer timing (HB-elder).
    ElderlyCare,
    /// A system of the bank was asked: `answered`, or what failed in a word (CBA-25).
    LookupMade {
        menu: MenuId,
        node: String,
        result: String,
        took_ms: u64,
    },
    /// Identified and verified by keyed-in digits, which are told by their hash only: a card number is a
    /// secret (CBA-32, CBA-35d).
    CallerVerified {
        menu: MenuId,
        node: String,
        level: String,
        identity: Sealed<IdentityHash>,
    },
    /// `result` is `wrong`, `locked` or `unavailable`. Five wrong ones within a day lock the identity
    /// (CBA-32).
    VerificationFailed {
        menu: MenuId,
        node: String,
        result: String,
        identity: Sealed<IdentityHash>,
    },
    /// Keys pressed for the questions of a survey (CBA-19).
    SurveyAnswered {
        menu: MenuId,
        node: String,
        answers: Vec<SurveyAnswer>,
    },
    /// What is told to routing and to the agent's desk; only if there is something to tell (CBA-32).
    HandedOver {
        queue: QueueId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verified: Option<String>,
        #[serde(default, skip_serializing_if = "is_false")]
        elderly: bool,
    },
    QueueEntered {
        queue: QueueId,
        waiting: u32,
    },
    PositionAnnounced {
        queue: QueueId,
        position: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate_s: Option<u32>,
    },
    Offered {
        queue: QueueId,
        agent: AgentId,
        device: DeviceId,
        why: Why,
    },
    OfferEnded {
        queue: QueueId,
        agent: AgentId,
        end: OfferEnd,
        rang_ms: u64,
    },
    /// Exactly one for each [`EventKind::QueueEntered`].
    QueueLeft {
        queue: QueueId,
        left: LeftQueue,
        waited_ms: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<OverflowReason>,
    },
    /// Caller and agent hear each other; the work number was told before (HB-id).
    TalkStarted {
        queue: QueueId,
        agent: AgentId,
    },
    HoldStarted {
        agent: AgentId,
    },
    HoldEnded {
        agent: AgentId,
        held_ms: u64,
    },
    TalkEnded {
        queue: QueueId,
        agent: AgentId,
        talked_ms: u64,
        by: EndedBy,
    },
    MessageLeft {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        length_ms: u64,
    },
    /// A complaint by voice: steps keyed in, then words in the call's recording (CBA-41). On the disk
    /// before the caller is thanked.
    ComplaintTaken {
        menu: MenuId,
        node: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<KeyedAnswer>,
        length_ms: u64,
    },
    /// The caller will be rung back at this number (HB-callback). On the disk before the caller is told.
    CallbackPromised {
        queue: QueueId,
        number: Sealed<CallerNumber>,
    },
    /// Another number is rung for the caller; `otherwise` takes them if nobody answers.
    TransferStarted {
        number: Sealed<CallerNumber>,
        otherwise: QueueId,
    },
    /// Exactly one for each [`EventKind::TransferStarted`].
    TransferEnded {
        end: TransferEnd,
        rang_ms: u64,
        talked_ms: u64,
        by: EndedBy,
    },
    /// Last event of a call apart from those about its recording.
    CallEnded {
        outcome: Outcome,
        by: EndedBy,
        /// From the answer; 0 if never answered.
        duration_ms: u64,
        caller_leg: LegStats,
    },
    /// Found open in the journal at a start: the server had stopped under it.
    CallInterrupted {
        /// From the answer to the last sound found; 0 if never answered.
        duration_ms: u64,
    },
    RecordingArchived {
        /// Relative to the archive's root.
        file: String,
        /// SHA-256 of the file, hex.
        sha256: String,
        length_ms: u64,
        /// Sound that was never received or is lost.
        missing_ms: u64,
        /// Silenced on purpose (secrets).
        masked_ms: u64,
    },
    RecordingFailed {
        reason: String,
    },

    // --- agents and devices -------------------------------------------------------------
    DeviceRegistered {
        device: DeviceId,
    },
    DeviceUnregistered {
        device: DeviceId,
    },
    AgentSignedIn {
        agent: AgentId,
        device: DeviceId,
    },
    AgentSignedOut {
        agent: AgentId,
    },
    AgentStateChanged {
        agent: AgentId,
        state: AgentState,
    },
    SignInRefused {
        device: DeviceId,
    },
}
