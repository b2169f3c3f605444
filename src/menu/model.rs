//! Menus ready to be interpreted: every name resolved to an index, every limit set.
//! Made only from drafts that fulfil the standard, immutable, shared by all calls of a version.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{EntryId, Key, Language, MenuId, QueueId};
use crate::menu::api::PromptName;
pub use crate::menu::draft::Form;

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
    pub(super) menus: Vec<Menu>,
    /// Never empty.
    pub(super) mains: Vec<Main>,
    pub(super) prompts: Vec<PromptText>,
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
    Person,
    Repeat,
    Back,
    End,
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
