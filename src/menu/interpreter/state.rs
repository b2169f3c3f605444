//! Where a caller stands: finite, comparable, without time and without digits.

use crate::menu::model::{LanguageIx, MenuIx, QueueIx};

/// Everything the next transition depends on. Numbers are indexes into the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State {
    /// Which entry, and so which main menu.
    pub main: u16,
    pub menu: MenuIx,
    /// Where "back" leads; `None` in the main menu.
    pub above: Option<MenuIx>,
    pub language: LanguageIx,
    pub phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// The legally required notice plays; keys are kept for its end.
    Notice,
    /// In a menu, with the mistakes in a row so far.
    Menu {
        ear: Ear,
        silences: u8,
        wrong_keys: u8,
    },
    /// An information of this menu plays.
    Information(u16),
    Collect {
        node: u16,
        failures: u8,
        step: Step,
    },
    /// "I am putting you through" plays; then the queue of people.
    Transfer,
    Farewell,
    /// The visit has left the menus.
    Ended(Exit),
}

/// What the caller does while in a menu.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ear {
    /// Prompts play; a key acts at once.
    Listening,
    /// All was heard; the wait for a key runs.
    Silence,
}

/// How far a step that collects digits has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// The prompt plays.
    Prompt,
    /// So many digits are there; the wait for the next one runs.
    Entering(u8),
    /// The world outside is asked whether the digits fit; keys are kept meanwhile.
    Asking(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exit {
    Person(QueueIx),
    Message,
    Farewell,
}

impl State {
    /// Are keys kept for later instead of acting at once?
    pub fn keeps_keys(&self) -> bool {
        matches!(self.phase, Phase::Notice | Phase::Collect { step: Step::Asking(_), .. })
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }
}
