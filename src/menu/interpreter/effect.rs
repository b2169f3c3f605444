//! What a transition wants done, in indexes: cheap to make, so that the proof can walk far.

use std::time::Duration;

use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Pace;
use crate::menu::interpreter::heard::Heard;
use crate::menu::model::{LanguageIx, Level, MenuIx, PlanIx, QueueIx};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    Play {
        heard: Heard,
        language: LanguageIx,
        secret: bool,
        pace: Pace,
    },
    Hush,
    Wait(Duration),
    /// Ask what the state waits to be told, see [`super::query::Query`].
    Choose,
    /// Ask the bank's system what the state is there for.
    Ask,
    /// Add a digit, or the point of an amount, to what is being keyed in.
    Store(u8),
    /// Wipe what was keyed in.
    Forget,
    /// Keep what was keyed in as the value of this step, as far as it is wanted, and wipe it.
    Remember(u16),
    /// This key is for what comes next.
    Keep(Key),
    /// The number a callback is offered to.
    Offer(Number),
    /// This key answers this question of the survey.
    Answer {
        node: u16,
        question: u8,
        key: u8,
    },
    Note(Note),
    /// Ways led to one another without anything being heard: the proof tells of it.
    Lost,
    Queue {
        queue: QueueIx,
        language: LanguageIx,
    },
    /// With the complaint it belongs to.
    Message {
        queue: Option<QueueIx>,
        language: LanguageIx,
        complaint: Option<u16>,
    },
    Callback {
        queue: QueueIx,
        language: LanguageIx,
    },
    /// To this number of the menu.
    Transfer {
        number: u16,
        language: LanguageIx,
        otherwise: QueueIx,
    },
    End,
}

/// Which number is rung back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Number {
    Shown,
    Typed,
}

/// A fact for the journal, before names and digits are put in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    Language(LanguageIx),
    Entered(MenuIx),
    Key {
        menu: MenuIx,
        key: Key,
    },
    Failed {
        menu: MenuIx,
        error: MenuError,
    },
    Information {
        menu: MenuIx,
        node: u16,
    },
    Collected {
        menu: MenuIx,
        node: u16,
    },
    AgentRequested(MenuIx),
    /// The bank's system took too long; answers that come are noted by the visit.
    LookupTimedOut {
        menu: MenuIx,
        node: u16,
    },
    Verified {
        menu: MenuIx,
        node: u16,
        level: Level,
    },
    NotVerified {
        menu: MenuIx,
        node: u16,
        result: &'static str,
    },
    /// If a question was answered.
    Surveyed {
        menu: MenuIx,
        node: u16,
    },
    Elderly,
    PlanAnnounced(PlanIx),
}
