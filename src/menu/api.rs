//! The face of the menu interpreter: what the engine tells it and what it wants done.
//!
//! The interpreter has no clock and plays nothing: it says what is to be heard and how long to
//! wait for a key, and is told keys, ends of playing and time-outs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::MenuError;
use crate::ids::{EntryId, Key, Language, MenuId, PlanId, QueueId};
use crate::menu::ask::Question;
use crate::sealed::Redacted;

/// Name of a prompt: `MENU.NODE`, or a system prompt such as `system.queue.position`.
/// Its recording in a language is `prompts/LANGUAGE/NAME.wav`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PromptName(pub String);

/// What is known about a caller when the visit begins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arrival {
    pub entry: Option<EntryId>,
    /// The one spoken last time; `None` = the hotline's first.
    pub language: Option<Language>,
    /// The number rung from, if it was shown: read back before a callback is promised to it.
    pub number: Option<Redacted<String>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    Key(Key),
    /// Everything of the last [`Action::Play`] was heard.
    PlayDone,
    /// The last [`Action::Wait`] ran out.
    Timeout,
    /// Answer to [`Action::Choose`].
    Chosen(u8),
}

/// A question only the world outside can answer, at once, with 1 = yes or 0 = no; the proof tries
/// both answers, apart from calendar and plans, of which it tries every situation that occurs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Atom {
    /// Are the digits just collected of the wanted form?
    DigitsFit,
    /// Is this schedule of the calendar open?
    Open(String),
    /// Is today a public holiday?
    Holiday,
    Caller(CallerList),
    /// Is this plan in force?
    Plan(PlanId),
    /// Do more than so many callers wait in the queue?
    Waiting {
        queue: QueueId,
        above: u32,
    },
    /// Would a caller wait longer than this?
    Estimate {
        queue: QueueId,
        above: Duration,
    },
    /// Are fewer than so many agents of the queue ready?
    Ready {
        queue: QueueId,
        below: u32,
    },
    /// May this number be rung back (permitted prefix, not too often)?
    CallbackAllowed(Redacted<String>),
    /// May this identity still try to be verified (not locked by wrong attempts)? (CBA-32)
    MayVerify(Redacted<String>),
}

/// A list a caller's number can stand on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerList {
    /// On any list, or rang before.
    Known,
    Vip,
    Blocked,
    /// Slower speech, longer timing, straight to a person (HB-elder).
    Elderly,
}

/// Numbers the questions of a visit; an answer to an old one is ignored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct AskId(pub u32);

/// What is spoken while a caller waits, and how: all prompts of an action together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Pace {
    #[default]
    Usual,
    /// For elderly callers (HB-elder).
    Slow,
}

/// Carried to routing and to the agent's desk (CBA-32).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Handover {
    /// The highest level of verification reached, and who the caller proved to be.
    pub verified: Option<(String, Redacted<String>)>,
    pub elderly: bool,
}

/// Why a message is recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MessagePurpose {
    Message,
    /// With what was keyed in before, by name of the step (CBA-41).
    Complaint {
        menu: MenuId,
        node: String,
        answers: Vec<(String, Redacted<String>)>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Play these in this language from now on, in place of what is playing, and stop any wait.
    /// With `secret`, nothing received is recorded from this moment until the next `Play`
    /// or leaving the menu (PIN, card number).
    Play { language: Language, prompts: Vec<PromptName>, secret: bool, pace: Pace },
    /// Stop playing at once (a key was pressed and more keys are expected).
    Hush,
    /// Tell me with `Timeout` unless something else happens within this time. Replaces the last one.
    Wait(Duration),
    /// Answer at once with [`Input::Chosen`].
    Choose(Atom),
    /// Ask the bank's system; answered later by `Visit::answered`, never by anything else.
    Ask { id: AskId, question: Question },
    /// To be journalled.
    Fact(Fact),
    /// The visit leaves the menus for a person. The last action of a visit.
    Queue { queue: QueueId, language: Language, handover: Handover },
    /// The visit leaves the menus to leave a message. The last action of a visit.
    Message { queue: Option<QueueId>, language: Language, purpose: MessagePurpose },
    /// A callback is promised: journal it before the caller is told. The caller hears thanks and a
    /// farewell; [`Action::End`] follows.
    Callback { queue: QueueId, language: Language, number: Redacted<String> },
    /// Send the call on to another number. The last action of a visit; if nobody answers there, the
    /// caller goes to this queue.
    Transfer { number: String, language: Language, otherwise: QueueId },
    /// Farewell was said: hang up. The last action of a visit.
    End,
}

/// What happened in the menu, for the journal; the engine seals what is personal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    Language(Language),
    Entered(MenuId),
    Key {
        menu: MenuId,
        key: Key,
    },
    Failed {
        menu: MenuId,
        error: MenuError,
    },
    Information {
        menu: MenuId,
        node: String,
    },
    /// `digits` is `None` for a secret step: then nothing but the count ever leaves it.
    Collected {
        menu: MenuId,
        node: String,
        count: u8,
        digits: Option<Redacted<String>>,
    },
    /// Asked for a person or was led to one.
    AgentRequested {
        menu: MenuId,
    },
    /// A system of the bank was asked. `result` is `answered` or the failure in a word.
    LookedUp {
        menu: MenuId,
        node: String,
        result: &'static str,
    },
    Verified {
        menu: MenuId,
        node: String,
        level: String,
        identity: Redacted<String>,
    },
    /// `result` is `wrong`, `locked` or `unavailable`. The engine counts `wrong` for the lock.
    NotVerified {
        menu: MenuId,
        node: String,
        result: &'static str,
        identity: Redacted<String>,
    },
    /// Keys pressed for the questions of a survey, by name of the question (CBA-19).
    Surveyed {
        menu: MenuId,
        node: String,
        answers: Vec<(String, u8)>,
    },
    /// The elderly profile holds from here on (HB-elder).
    Elderly,
    /// The announcement of a plan was heard.
    PlanAnnounced(PlanId),
}
