//! The face of the menu interpreter: what the engine tells it and what it wants done.
//!
//! The interpreter has no clock and plays nothing: it says what is to be heard and how long to
//! wait for a key, and is told keys, ends of playing and time-outs.

use std::time::Duration;

use crate::event::MenuError;
use crate::ids::{Key, Language, MenuId, QueueId};
use crate::sealed::Redacted;

/// Name of a prompt: `MENU.NODE`, or a system prompt such as `system.queue.position`.
/// Its recording in a language is `prompts/LANGUAGE/NAME.wav`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PromptName(pub String);

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

/// A question only the world outside can answer; the proof tries every answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Atom {
    /// Are the digits just collected of the wanted form? 1 = yes, 0 = no.
    DigitsFit,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Play these in this language from now on, in place of what is playing, and stop any wait.
    /// With `secret`, nothing received is recorded from this moment until the next `Play`
    /// or leaving the menu (PIN, card number).
    Play {
        language: Language,
        prompts: Vec<PromptName>,
        secret: bool,
    },
    /// Stop playing at once (a key was pressed and more keys are expected).
    Hush,
    /// Tell me with `Timeout` unless something else happens within this time. Replaces the last one.
    Wait(Duration),
    Choose(Atom),
    /// To be journalled.
    Fact(Fact),
    /// The visit leaves the menus for a person. The last action of a visit.
    Queue {
        queue: QueueId,
        language: Language,
    },
    /// The visit leaves the menus to leave a message. The last action of a visit.
    Message {
        queue: Option<QueueId>,
        language: Language,
    },
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
}
