//! `ops/plans.toml`: what is done in an emergency (CBA-24). The sample file is the manual of its keys.
//!
//! Everything wrong is found at once. With a finding of severity error nothing of the file is used.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeTable;

use crate::config::finding::Finding;
use crate::config::page::{Page, Value, set};
use crate::ids::{Language, PlanId};
use crate::menu::api::PromptName;
use crate::menu::standard::campaign_word;
use crate::menu::view::PlanView;

const KEYS: [&str; 6] = ["kind", "announcement", "instead_of_people", "two_persons", "ends_after", "number"];
const HELP_ANNOUNCEMENT: &str =
    "Write `{ zh-CN = \"…\", en-US = \"…\" }`, or `\"by telephone\"` if it is recorded when the time comes.";

/// Longest announcement in characters: about a minute.
const LONGEST_TEXT: usize = 500;
/// Most plans: more than anybody tells apart at night.
const MOST: usize = 64;
const MINUTE: Duration = Duration::from_secs(60);
const MONTH: Duration = Duration::from_secs(31 * 86_400);

/// A plan as checked configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanConfig {
    pub name: PlanId,
    pub kind: PlanKind,
    pub announcement: Announcement,
    /// While it is in force a callback or a message may stand in for a person.
    pub instead_of_people: bool,
    /// One person proposes it, another one puts it in force.
    pub two_persons: bool,
    /// It ends by itself after this time; `None` = only by command.
    pub ends_after: Option<Duration>,
    /// By which it is chosen on a telephone.
    pub number: Option<u8>,
}

/// What is the matter (CBA-24).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// More calls than agents (CBA-28).
    Surge,
    /// A system of the bank is down (CBA-25).
    SystemFailure,
    /// Flood, storm, epidemic (CBA-26).
    Disaster,
    /// Something the public talks about (CBA-27).
    Incident,
}

/// What callers hear before the menu while the plan is in force.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Announcement {
    #[default]
    None,
    /// Recorded by telephone when the time comes; until then nothing is heard.
    ByTelephone,
    /// Spoken words by language; a recording by telephone may take their place.
    Texts(BTreeMap<Language, String>),
}

impl PlanKind {
    const WORDS: [(&'static str, PlanKind); 4] = [
        ("surge", PlanKind::Surge),
        ("system failure", PlanKind::SystemFailure),
        ("disaster", PlanKind::Disaster),
        ("incident", PlanKind::Incident),
    ];
}

impl fmt::Display for PlanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(_, kind)| kind == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}

impl PlanConfig {
    /// Name of its announcement among the prompts.
    pub fn prompt(id: &PlanId) -> PromptName {
        PromptName(format!("plan.{id}"))
    }

    pub fn view(&self) -> PlanView {
        PlanView {
            name: self.name.clone(),
            announcement: self.announcement != Announcement::None,
            instead_of_people: self.instead_of_people,
        }
    }

    /// Its announcement can be recorded by telephone.
    pub fn is_told_by_telephone(&self) -> bool {
        self.number.is_some() && self.announcement != Announcement::None
    }

    /// Its words; none for one that has no announcement or gets it by telephone.
    pub fn texts(&self) -> impl Iterator<Item = (&Language, &str)> {
        let texts = match &self.announcement {
            Announcement::Texts(texts) => Some(texts),
            Announcement::None | Announcement::ByTelephone => None,
        };
        texts.into_iter().flatten().map(|(language, text)| (language, text.as_str()))
    }
}

/// Plans and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PlanFile {
    /// By name.
    pub plans: Vec<PlanConfig>,
    pub findings: Vec<Finding>,
}

/// Reads the text of a plan file; `path` is only for findings. Announcements must be there in each of
/// `languages`; with none the languages are not checked.
pub fn read(path: &str, text: &str, languages: &[Language]) -> PlanFile {
    let (page, root) = Page::open(path, text);
    let mut reader = Reader { page, languages };
    let plans = reader.root(&root);
    PlanFile { plans, findings: reader.page.close() }
}

struct Reader<'a> {
    page: Page<'a>,
    languages: &'a [Language],
}

impl Reader<'_> {
    fn root(&mut self, root: &DeTable<'_>) -> Vec<PlanConfig> {
        let mut plans: BTreeMap<PlanId, PlanConfig> = BTreeMap::new();
        let mut numbers: BTreeMap<u8, PlanId> = BTreeMap::new();
        for (key, value) in root {
            if key.get_ref() != "plans" {
                self.page.unknown_key(key, &["plans"]);
                continue;
            }
            let Some(table) = self.page.table("plans", value) else { continue };
            for (name, value) in table {
                let Some(plan) = self.plan(name, value) else { continue };
                if let Some(first) = plan.number.and_then(|n| numbers.insert(n, plan.name.clone())) {
                    let message = format!("`{}` and `{first}` have the same number.", plan.name);
                    self.page.error("same-number", name.span(), &message, "Give each plan its own number.");
                }
                plans.insert(plan.name.clone(), plan);
            }
        }
        if plans.len() > MOST {
            let message = format!("{} plans, at most {MOST}", plans.len());
            self.page.error("too-large", 0..0, &message, "Leave some out.");
        }
        plans.into_values().collect()
    }

    fn plan(&mut self, name: &Spanned<Cow<'_, str>>, value: &Value<'_>) -> Option<PlanConfig> {
        let table = self.page.table(name.get_ref(), value)?;
        self.page.name("plan", name);
        let (mut plan, mut kind) = (default_plan(PlanId::new(name.get_ref())), None);
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match name {
                "kind" => {
                    kind = Some(());
                    set(&mut plan.kind, self.kind(value));
                }
                "announcement" => plan.announcement = self.announcement(value),
                "instead_of_people" => set(&mut plan.instead_of_people, self.page.truth(name, value)),
                "two_persons" => set(&mut plan.two_persons, self.page.truth(name, value)),
                "ends_after" => {
                    set(&mut plan.ends_after, self.page.duration_or_never(name, value, MINUTE..=MONTH))
                }
                "number" => plan.number = self.page.number(name, value, 1..=99),
                _ => self.page.unknown_key(key, &KEYS),
            }
        }
        if kind.is_none() {
            let message = format!("`{}` does not say what kind of plan it is.", plan.name);
            self.page.error("missing-key", name.span(), &message, &kinds());
        }
        Some(plan)
    }

    fn kind(&mut self, value: &Value<'_>) -> Option<PlanKind> {
        let text = self.page.string("kind", value)?;
        let found = PlanKind::WORDS.iter().find(|(word, _)| *word == text).map(|(_, kind)| *kind);
        if found.is_none() {
            let message = format!("There is no kind of plan `{text}`.");
            self.page.error("unknown-kind", value.span(), &message, &kinds());
        }
        found
    }

    fn announcement(&mut self, value: &Value<'_>) -> Announcement {
        match value.get_ref().as_str() {
            Some("by telephone") => return Announcement::ByTelephone,
            Some(_) => {
                let message = "An announcement is a text in each language.";
                self.page.error("wrong-type", value.span(), message, HELP_ANNOUNCEMENT);
                return Announcement::None;
            }
            None => {}
        }
        let Some(table) = self.page.table("announcement", value) else { return Announcement::None };
        let mut texts = BTreeMap::new();
        for (language, value) in table {
            let Some(text) = self.text(value) else { continue };
            let tag = language.get_ref();
            if !self.languages.is_empty() && !self.languages.iter().any(|known| known.as_str() == tag) {
                let message = format!("The hotline does not speak `{tag}`.");
                let help = format!("It speaks {}; see `languages` in system.toml.", self.spoken());
                self.page.error("unknown-language", language.span(), &message, &help);
            }
            texts.insert(Language::new(tag), text);
        }
        self.missing(&texts, value.span());
        Announcement::Texts(texts)
    }

    fn missing(&mut self, texts: &BTreeMap<Language, String>, span: Range<usize>) {
        let missing: Vec<&str> =
            self.languages.iter().filter(|l| !texts.contains_key(*l)).map(Language::as_str).collect();
        if !missing.is_empty() {
            let message = format!("The announcement has no text in {}.", missing.join(", "));
            self.page.error_of(("missing-text", "CBA-9"), span, &message, HELP_ANNOUNCEMENT);
        }
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        let text = self.page.string("announcement", value)?.trim();
        if text.is_empty() || text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
            let help = format!("Write 1 to {LONGEST_TEXT} characters on one line.");
            self.page.error(
                "bad-text",
                value.span(),
                "The text is empty, too long, or has line ends.",
                &help,
            );
            return None;
        }
        if let Some(word) = campaign_word(text) {
            let message = format!("The announcement sounds like advertising: \"{word}\".");
            let help = "It is heard before the menu: say what is the matter and what to do.";
            self.page.error_of(("no-advert", "CBA-10c"), value.span(), &message, help);
        }
        Some(text.to_owned())
    }

    fn spoken(&self) -> String {
        self.languages.iter().map(Language::as_str).collect::<Vec<_>>().join(", ")
    }
}

fn kinds() -> String {
    let words = PlanKind::WORDS.map(|(word, _)| format!("`{word}`"));
    format!("Write `kind = …`: one of {}.", words.join(", "))
}

/// What a plan is if its file says nothing more; the manual in `ops/plans.toml` tells the same.
fn default_plan(id: PlanId) -> PlanConfig {
    PlanConfig {
        name: id,
        kind: PlanKind::Incident,
        announcement: Announcement::None,
        instead_of_people: false,
        two_persons: false,
        ends_after: None,
        number: None,
    }
}

#[cfg(test)]
mod tests;
