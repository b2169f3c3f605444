//! The menus in words: every place a caller can come to, what is said there, how it behaves, and
//! where each key, condition and outcome leads. Drawn by `draw`, compared by `diff`; it decides nothing.

mod build;
mod nodes;
mod places;
mod route;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::ids::{EntryId, Key, Language};
use crate::menu::model::Program;

pub use route::{Routes, Stop};
pub use words::{duration, known_words};

/// Words for what stands around the menus, by name of the schedule: `weekdays 09:00-17:00`.
pub type Hours = BTreeMap<String, String>;

/// Everything callers can come to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outline {
    /// Dialled numbers with their main menus.
    pub entries: Vec<(EntryId, Place)>,
    pub languages: Vec<Language>,
    /// Places that can be reached and have something to tell.
    pub places: Vec<(Place, About)>,
    /// What holds everywhere: languages, system texts, the profile for elderly callers.
    pub everywhere: About,
    pub queues: Vec<Named>,
    pub schedules: Vec<Named>,
    pub plans: Vec<Named>,
}

/// Something that menus refer to, with what is known of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Named {
    pub name: String,
    pub facts: Vec<Fact>,
}

/// Where a way leads. Names are those of the files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Place {
    pub kind: PlaceKind,
    /// Of nodes: the menu they stand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub menu: Option<String>,
    /// Empty where there is but one of the kind.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    Menu,
    // Nodes of a menu.
    Branch,
    Information,
    Collect,
    /// A step that collects digits for a verification or a complaint.
    Step,
    Lookup,
    Verify,
    Survey,
    Complaint,
    // From here on nothing leads further in the menus.
    /// Whoever answers key 0 in this menu.
    Person,
    Queue,
    Message,
    Callback,
    Transfer,
    Language,
    /// Slower speech and more time, or straight to a person.
    Elderly,
    /// The menu once more.
    Again,
    Back,
    Top,
    End,
}

/// What a place is like.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct About {
    pub says: Vec<Said>,
    /// What the caller notices: how many digits, which system is asked.
    pub facts: Vec<Fact>,
    /// How long it waits, what it forgives.
    pub limits: Vec<Fact>,
    /// In the order they are announced or decided.
    pub ways: Vec<Way>,
}

/// A text in its languages; values stand in it as `{name:kind}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Said {
    pub what: String,
    pub texts: BTreeMap<Language, String>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Fact {
    pub what: String,
    pub value: String,
}

/// From one place to another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Way {
    #[serde(flatten)]
    pub by: By,
    /// How a key is announced.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub says: BTreeMap<Language, String>,
    /// Spoken languages in which it can be gone; `None` = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,
    pub leads_to: Place,
}

/// How a way is gone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum By {
    /// The caller presses it.
    Key {
        key: Key,
    },
    /// A condition holds on entering the menu, before anything is heard.
    Entering {
        condition: String,
    },
    /// A condition holds; the first one that does decides.
    If {
        condition: String,
    },
    Otherwise,
    /// What the place is for was done: heard, keyed in, answered, verified.
    Done {
        what: &'static str,
    },
    Failed,
    /// Asked as step `n` (from 1).
    Asks {
        n: u8,
    },
}

impl Outline {
    /// `hours` are words for the schedules, as far as somebody knows them.
    pub fn new(program: &Program, hours: &Hours) -> Outline {
        build::outline(program, hours)
    }

    pub fn about(&self, place: &Place) -> Option<&About> {
        let at = self.places.binary_search_by(|(known, _)| known.cmp(place)).ok()?;
        Some(&self.places[at].1)
    }

    /// A text in the first language that has one.
    pub fn in_first<'t>(&self, texts: &'t BTreeMap<Language, String>) -> &'t str {
        let text = self.languages.iter().find_map(|language| texts.get(language));
        text.map_or("", String::as_str)
    }
}

impl Place {
    pub fn menu(name: &str) -> Place {
        Place { kind: PlaceKind::Menu, menu: None, name: name.to_owned() }
    }

    /// Does it stand in the menus, so that something can follow?
    pub fn opens(&self) -> bool {
        use PlaceKind::*;
        match self.kind {
            Menu | Branch | Information | Collect | Step | Lookup | Verify | Survey | Complaint => true,
            Person | Queue | Message | Callback | Transfer | Language | Elderly | Again | Back | Top
            | End => false,
        }
    }

    /// The menu it belongs to; empty for what lies outside.
    pub fn home(&self) -> &str {
        match (&self.menu, self.kind) {
            (Some(menu), _) => menu,
            (None, PlaceKind::Menu) => &self.name,
            (None, _) => "",
        }
    }
}

/// `information hours`, `message for general`, `farewell`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PlaceKind::*;
        let name = &self.name;
        match self.kind {
            Menu => write!(f, "menu {name}"),
            Branch => write!(f, "branch {name}"),
            Information => write!(f, "information {name}"),
            Collect | Step => write!(f, "collect {name}"),
            Lookup => write!(f, "look-up {name}"),
            Verify => write!(f, "verify {name}"),
            Survey => write!(f, "survey {name}"),
            Complaint => write!(f, "complaint {name}"),
            Person => write!(f, "person"),
            Queue => write!(f, "queue {name}"),
            Message if name.is_empty() => write!(f, "message"),
            Message => write!(f, "message for {name}"),
            Callback if name.is_empty() => write!(f, "callback"),
            Callback => write!(f, "callback by {name}"),
            Transfer => write!(f, "transfer to {name}"),
            Language => write!(f, "language {name}"),
            Elderly => write!(f, "slower, for elderly callers"),
            Again => write!(f, "again"),
            Back => write!(f, "back"),
            Top => write!(f, "main menu"),
            End => write!(f, "farewell"),
        }
    }
}

/// `3`, `[if day closed]`, `[verified]`.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Key { key } => write!(f, "{key}"),
            By::Entering { condition } | By::If { condition } => write!(f, "[if {condition}]"),
            By::Otherwise => write!(f, "[otherwise]"),
            By::Done { what } => write!(f, "[{what}]"),
            By::Failed => write!(f, "[failed]"),
            By::Asks { n } => write!(f, "[step {n}]"),
        }
    }
}
