//! Menus ready to be interpreted: every name resolved to an index, every limit set.
//! Made only from drafts that fulfil the standard, immutable, shared by all calls of a version.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{EntryId, Key, Language, MenuId, QueueId};
use crate::menu::api::{CallerList, PromptName};
pub use crate::menu::draft::Form;
use crate::menu::speak::Kind;
use crate::menu::view::{CalendarClass, PlanView};

/// Index of a menu in [`Program::menus`].
pub type MenuIx = u16;
/// Index of a queue in [`Program::queues`].
pub type QueueIx = u16;
/// Index of a language in [`Program::languages`].
pub type LanguageIx = u8;

/// A compiled set of menus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    pub(super) languages: Vec<Language>,
    pub(super) queues: Vec<QueueId>,
    /// By queue: what the views tell of it.
    pub(super) staffing: Vec<Staffing>,
    pub(super) menus: Vec<Menu>,
    /// Never empty.
    pub(super) mains: Vec<Main>,
    pub(super) prompts: Vec<PromptText>,
    /// By prompt and language: how a text with values in it is put together. Absent for the others.
    pub(super) pieces: BTreeMap<PromptName, Vec<Vec<Piece>>>,
    /// Levels of verification, rising; [`Level`] 0 is "not verified" and not among them.
    pub(super) levels: Vec<String>,
    pub(super) variables: Vec<Variable>,
    pub(super) plans: Vec<PlanView>,
    pub(super) elderly: Option<Elderly>,
    pub(super) calendar: Vec<CalendarClass>,
}

/// Index of a level in [`Program::levels`] plus 1; 0 = not verified.
pub type Level = u8;
/// Index in [`Program::plans`].
pub type PlanIx = u8;
/// Index in [`Program::variables`].
pub type VariableIx = u8;
/// Most variables that decide ways, and most values of one (0 = none of those named).
pub const MAX_VARIABLES: usize = 8;

/// A field of an answer that decides ways: only the values that some condition names matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Variable {
    pub name: String,
    /// Value 0 of the state is "something else"; these follow from 1.
    pub values: Vec<String>,
}

/// When people are rostered for a queue and what happens when not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Staffing {
    pub hours: Option<String>,
    pub when_closed: Closed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Closed {
    #[default]
    Message,
    Callback,
    Queue(QueueIx),
}

/// The profile for elderly callers (HB-elder).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Elderly {
    /// At least this long to the first key and between keys.
    pub first_digit: Duration,
    pub inter_digit: Duration,
    /// To a person right after the notice.
    pub straight_to_person: bool,
}

/// A part of a text with values in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Prompt(PromptName),
    /// A field of an answer, or what a step collected.
    Value {
        name: String,
        kind: Kind,
    },
}

/// Something true or false of the moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Condition {
    // Known to the interpreter itself.
    Language(LanguageIx),
    /// Verified at least to this level.
    Level(Level),
    /// The variable has this value (from 1).
    Variable(VariableIx, u8),
    Elderly,
    // Asked of the world outside.
    Open(String),
    Holiday,
    Caller(CallerList),
    Plan(PlanIx),
    Waiting {
        queue: QueueIx,
        above: u32,
    },
    Estimate {
        queue: QueueIx,
        above: Duration,
    },
    Ready {
        queue: QueueIx,
        below: u32,
    },
}

/// One row of a branch: all terms must be as wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct When {
    pub terms: Vec<(Condition, Wanted)>,
    pub target: Target,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Holds,
    HoldsNot,
}

/// The first row that fits decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Branch {
    pub name: String,
    pub whens: Vec<When>,
    /// For the branch of a menu itself: [`Target::Stay`].
    pub otherwise: Target,
}

/// A question to the bank's systems.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Lookup {
    pub name: String,
    /// Heard while it lasts.
    pub prompt: Option<PromptName>,
    pub service: String,
    pub path: String,
    /// Steps of this menu whose digits are sent, by name.
    pub send: Vec<String>,
    /// Fields of the answer that decide ways.
    pub variables: Vec<VariableIx>,
    /// Rows over the answer (and anything else); then `target`.
    pub whens: Vec<When>,
    pub target: Target,
    /// No answer, or one that makes no sense.
    pub failed: Target,
}

/// Identification and secret, attempts limited (CBA-32). The service answers
/// `result`: `verified`, `wrong` or `locked`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Verify {
    pub name: String,
    /// Heard while it lasts.
    pub prompt: Option<PromptName>,
    pub service: String,
    pub path: String,
    /// Steps asked in this order; the first one is the identity.
    pub ask: Vec<u16>,
    pub level: Level,
    /// In this call; locks over calls are the engine's.
    pub attempts: u8,
    pub target: Target,
    /// Attempts used up, locked, or the service is down.
    pub failed: Target,
}

/// Questions answered by one key each (CBA-19).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Survey {
    pub name: String,
    pub questions: Vec<Question>,
    pub target: Target,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Question {
    pub name: String,
    pub prompt: PromptName,
    /// Keys 1 to this answer it.
    pub most: u8,
}

/// Steps asked one after the other, then a message is recorded (CBA-41).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Complaint {
    pub name: String,
    pub prompt: Option<PromptName>,
    pub ask: Vec<u16>,
    pub queue: Option<QueueIx>,
}

/// An entry with its main menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Main {
    pub entry: EntryId,
    pub menu: MenuIx,
    /// By menu: the one above it on the shortest way from the main menu; `None` for the main
    /// menu itself and for menus that cannot be reached from here.
    pub parents: Vec<Option<MenuIx>>,
    /// By menu: the queue of people for it.
    pub people: Vec<QueueIx>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Menu {
    pub id: MenuId,
    pub notice: Option<PromptName>,
    pub greeting: Option<PromptName>,
    pub announcement: Option<PromptName>,
    pub timing: Timing,
    /// In the order they are announced.
    pub choices: Vec<Choice>,
    pub information: Vec<Information>,
    pub collects: Vec<Collect>,
    /// Decided on entering, before anything is heard; the first branch of `branches`.
    pub on_entry: Option<u16>,
    pub branches: Vec<Branch>,
    pub lookups: Vec<Lookup>,
    pub verifies: Vec<Verify>,
    pub surveys: Vec<Survey>,
    pub complaints: Vec<Complaint>,
    /// Numbers this menu transfers to.
    pub numbers: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Timing {
    pub first_digit: Duration,
    pub inter_digit: Duration,
    /// So many in a row are forgiven; the next one leads to a person.
    pub silences: u8,
    pub wrong_keys: u8,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    pub key: Key,
    pub prompt: PromptName,
    pub target: Target,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Information {
    pub name: String,
    pub prompt: PromptName,
    /// What happens when all of it was heard.
    pub target: Target,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Collect {
    pub name: String,
    pub prompt: PromptName,
    pub form: Form,
    pub min: u8,
    pub max: u8,
    pub secret: bool,
    pub retries: u8,
    /// Read back and confirmed by a key.
    pub confirm: bool,
    pub first_digit: Duration,
    pub inter_digit: Duration,
    pub target: Target,
}

/// Where something leads; nodes are those of the same menu.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    Menu(MenuIx),
    Queue(QueueIx),
    Information(u16),
    Collect(u16),
    /// By language spoken: the one to speak.
    Language([LanguageIx; super::parse::MAX_LANGUAGES]),
    Message(Option<QueueIx>),
    Branch(u16),
    Lookup(u16),
    Verify(u16),
    Survey(u16),
    Complaint(u16),
    /// Offer to ring back; the queue is the one of people if `None`.
    Callback(Option<QueueIx>),
    /// To a number of this menu.
    Transfer(u16),
    /// From here on slower and longer; then the menu again, or straight to a person.
    Elderly,
    Person,
    Repeat,
    Back,
    /// The main menu.
    Top,
    End,
    /// Into the menu whose entry is being decided.
    Stay,
}

/// What a prompt is for; recordings are approved by kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    /// Legally required, without barge-in.
    Notice,
    Greeting,
    Announcement,
    Choice,
    Information,
    /// Asks for digits.
    Collect,
    System,
    /// A part of a number, a date, an amount.
    Value,
    Advert,
}

/// A prompt with its text in every language: what a recording must say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromptText {
    pub name: PromptName,
    pub texts: BTreeMap<Language, String>,
    pub kind: PromptKind,
}

impl Program {
    /// Every prompt, system ones first, then menu by menu.
    /// Callers may get the profile for the elderly, and with it slower speech (HB-elder).
    pub fn speaks_slowly(&self) -> bool {
        self.elderly.is_some()
    }

    pub fn prompts(&self) -> &[PromptText] {
        &self.prompts
    }

    /// The first one is spoken until a caller chooses another.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Entries with their main menus.
    pub fn mains(&self) -> impl Iterator<Item = (&EntryId, &MenuId)> {
        self.mains.iter().map(|main| (&main.entry, &self.menu(main.menu).id))
    }

    /// Queues that some menu leads to.
    pub fn queues(&self) -> &[QueueId] {
        &self.queues
    }

    pub fn menu_ids(&self) -> impl Iterator<Item = &MenuId> {
        self.menus.iter().map(|menu| &menu.id)
    }

    /// Text of a prompt, for transcripts; empty if there is none.
    pub fn text_of(&self, name: &PromptName, language: &Language) -> &str {
        let prompt = self.prompts.iter().find(|prompt| prompt.name == *name);
        prompt.and_then(|prompt| prompt.texts.get(language)).map_or("", String::as_str)
    }

    pub(super) fn menu(&self, ix: MenuIx) -> &Menu {
        &self.menus[usize::from(ix)]
    }

    pub(super) fn main(&self, ix: u16) -> &Main {
        &self.mains[usize::from(ix)]
    }

    pub(super) fn queue(&self, ix: QueueIx) -> &QueueId {
        &self.queues[usize::from(ix)]
    }

    pub(super) fn language(&self, ix: LanguageIx) -> &Language {
        &self.languages[usize::from(ix)]
    }

    pub(super) fn person(&self, main: u16, menu: MenuIx) -> QueueIx {
        self.main(main).people[usize::from(menu)]
    }

    /// The menu above on the shortest way from the main one.
    pub(super) fn parent(&self, main: u16, menu: MenuIx) -> Option<MenuIx> {
        self.main(main).parents[usize::from(menu)]
    }

    /// Does `upper` lie on the shortest way from the main menu to `menu`?
    pub(super) fn is_above(&self, main: u16, upper: MenuIx, menu: MenuIx) -> bool {
        let mut at = menu;
        // Parents form a tree, so this ends; the bound says so to a reader.
        for _ in 0..self.menus.len() {
            if at == upper {
                return true;
            }
            let Some(parent) = self.parent(main, at) else { return false };
            at = parent;
        }
        false
    }
}
