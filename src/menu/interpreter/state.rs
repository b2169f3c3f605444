//! Where a caller stands: finite, comparable, without time and without digits.

use crate::ids::Key;
use crate::menu::model::{LanguageIx, Level, MAX_VARIABLES, MenuIx, PlanIx, QueueIx};

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
    pub task: Task,
    pub level: Level,
    /// Slower and longer from here on (HB-elder).
    pub elderly: bool,
    /// Ways gone since something was last heard: bounded.
    pub hops: u8,
    /// What the answers of the bank's systems said, as far as it decides ways.
    pub variables: [u8; MAX_VARIABLES],
}

/// What steps that collect digits are asked for, apart from their own sake.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Task {
    None,
    /// Number `step` of what a verification asks, for the `attempt`-th time (from 1).
    Verify {
        node: u16,
        step: u8,
        attempt: u8,
    },
    Complaint {
        node: u16,
        step: u8,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// The legally required notice plays; keys are kept for its end.
    Notice,
    /// Asked: is this plan in force?
    PlanAsked(PlanIx),
    /// The announcement of a plan plays.
    Plan(PlanIx),
    /// Asked: is the caller on the list of the elderly?
    ElderlyAsked,
    /// Asked: does this term hold?
    Deciding {
        rows: Rows,
        row: u16,
        term: u16,
    },
    /// In a menu, with the mistakes in a row so far.
    Menu {
        ear: Ear,
        mistakes: Mistakes,
    },
    /// An information of this menu plays.
    Information(u16),
    Collect {
        node: u16,
        failures: u8,
        step: Step,
    },
    /// What was keyed in is read back: 1 right, 2 again.
    Confirm {
        node: u16,
        ear: Ear,
        mistakes: Mistakes,
    },
    /// The bank's system is asked; its text plays, or is over.
    Lookup {
        node: u16,
        ear: Ear,
    },
    /// Taken from the answer: the variable at this place of the look-up's list.
    Reading {
        node: u16,
        at: u8,
    },
    /// Asked: may this identity still try?
    MayVerify(u16),
    /// The bank's system is asked whether the caller is who they say.
    Verify {
        node: u16,
        ear: Ear,
    },
    Survey {
        node: u16,
        question: u8,
        ear: Ear,
        mistakes: Mistakes,
    },
    /// The text before the steps of a complaint plays.
    Complaint(u16),
    Callback {
        queue: QueueIx,
        reason: Reason,
        stage: CallbackStage,
    },
    /// Something is said, and then it goes on by itself.
    Said(Said),
    /// Asked: are people rostered for this queue now?
    Hours {
        queue: QueueIx,
        /// So many queues were closed before this one.
        moves: u8,
        way: Way,
    },
    /// "Our agents are not at work now" plays.
    Closed(QueueIx),
    /// "I am putting you through" plays; then the queue of people.
    Transfer(QueueIx),
    /// "I am connecting you" plays; then the number of this menu.
    TransferOut(u16),
    Farewell,
    /// The visit has left the menus.
    Ended(Exit),
}

/// Rows of conditions of this menu.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rows {
    Branch(u16),
    Lookup(u16),
}

/// What the caller does while something is to be answered by a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ear {
    /// Prompts play; a key acts at once.
    Listening,
    /// All was heard; the wait runs.
    Silence,
}

/// Mistakes in a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Mistakes {
    pub silences: u8,
    pub wrong_keys: u8,
}

/// How far a step that collects digits has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// The prompt plays.
    Prompt,
    /// So many digits are there; the wait for the next one runs. `star`: the last key was `*` and
    /// stood for a decimal point.
    Entering { count: u8, star: bool },
    /// The world outside is asked whether the digits fit; keys are kept meanwhile.
    Asking,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CallbackStage {
    /// Asked: may the number rung from be rung back?
    Shown,
    /// The number is read back: 1 right, 2 another.
    Offer { ear: Ear, mistakes: Mistakes },
    /// Another number is keyed in.
    Enter { failures: u8, step: Step },
    /// Asked: may that number be rung back?
    Typed,
    /// "That number cannot be rung back" plays; then a message.
    Refused,
    /// Promised: thanks and farewell.
    Thanks,
}

/// Why a callback is offered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    Chosen,
    /// Nobody is at work: what is not settled becomes a message.
    Closed,
}

/// What is said before it goes on by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Said {
    /// The bank's system has no answer (CBA-25).
    LookupFailed(u16),
    VerifyFailed(u16),
    /// Attempts are used up, or were before.
    Locked(u16),
    SurveyThanks(u16),
}

/// How the caller came to want a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Way {
    /// Asked for one: put through at once.
    Asked,
    /// Led to one: told so first.
    Led,
    /// Something on our side went wrong: told so first.
    Fault,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exit {
    Person(QueueIx),
    Message,
    Callback,
    Transfer,
    Farewell,
}

impl State {
    /// Is this key kept for later instead of acting at once?
    pub fn keeps(&self, key: Key) -> bool {
        match self.phase {
            Phase::Notice
            | Phase::PlanAsked(_)
            | Phase::ElderlyAsked
            | Phase::Deciding { .. }
            | Phase::Reading { .. }
            | Phase::MayVerify(_)
            | Phase::Hours { .. }
            | Phase::Collect { step: Step::Asking, .. }
            | Phase::Callback { stage: CallbackStage::Shown | CallbackStage::Typed, .. } => true,
            // A person is one key away, whatever else is to come.
            Phase::Lookup { .. } | Phase::Verify { .. } => !matches!(key, Key::Digit(0) | Key::Star),
            Phase::Plan(_)
            | Phase::Menu { .. }
            | Phase::Information(_)
            | Phase::Collect { .. }
            | Phase::Confirm { .. }
            | Phase::Survey { .. }
            | Phase::Complaint(_)
            | Phase::Callback { .. }
            | Phase::Said(_)
            | Phase::Closed(_)
            | Phase::Transfer(_)
            | Phase::TransferOut(_)
            | Phase::Farewell
            | Phase::Ended(_) => false,
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }

    /// Is a system of the bank being asked?
    pub fn awaits_system(&self) -> bool {
        matches!(self.phase, Phase::Lookup { .. } | Phase::Verify { .. })
    }

    /// Does something play that must end before anything happens by itself?
    pub fn is_playing(&self) -> bool {
        match self.phase {
            Phase::Notice
            | Phase::Plan(_)
            | Phase::Information(_)
            | Phase::Complaint(_)
            | Phase::Said(_)
            | Phase::Closed(_)
            | Phase::Transfer(_)
            | Phase::TransferOut(_)
            | Phase::Farewell => true,
            Phase::Menu { ear, .. }
            | Phase::Confirm { ear, .. }
            | Phase::Lookup { ear, .. }
            | Phase::Verify { ear, .. }
            | Phase::Survey { ear, .. } => ear == Ear::Listening,
            Phase::Collect { step, .. } => step == Step::Prompt,
            Phase::Callback { stage, .. } => match stage {
                CallbackStage::Offer { ear, .. } => ear == Ear::Listening,
                CallbackStage::Enter { step, .. } => step == Step::Prompt,
                CallbackStage::Refused | CallbackStage::Thanks => true,
                CallbackStage::Shown | CallbackStage::Typed => false,
            },
            Phase::PlanAsked(_)
            | Phase::ElderlyAsked
            | Phase::Deciding { .. }
            | Phase::Reading { .. }
            | Phase::MayVerify(_)
            | Phase::Hours { .. }
            | Phase::Ended(_) => false,
        }
    }

    /// Is the world outside being asked whether the digits fit? It answers at once.
    pub fn is_judging_digits(&self) -> bool {
        matches!(self.phase, Phase::Collect { step: Step::Asking, .. })
    }

    /// Are digits being keyed in, so that `*` is a person and 0 a digit?
    pub fn collects(&self) -> bool {
        matches!(
            self.phase,
            Phase::Collect { .. } | Phase::Callback { stage: CallbackStage::Enter { .. }, .. }
        )
    }
}
