//! What changes for callers from one set of menus to another: ways lost, gained and moved, how far
//! people are, what is said, how it behaves. Names of files and nodes are no matter of callers: what is
//! only called differently is no change. Nothing is decided here.
//!
//! Two laws hold and are tested: nothing differs from itself, and turned round everything lost is
//! gained and everything gained is lost.

mod facts;
mod gate;
mod names;
mod pairs;
mod paths;
mod people;
mod tell;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::finding::{Finding, Severity};
use crate::ids::Language;
use crate::menu::model::Program;
use crate::menu::outline::{Hours, Outline};
use crate::menu::prove::Proof;

pub use gate::Gate;

/// What stands beside the menus and is noticed by callers, by what it belongs to and what it is:
/// `("queue general", "limit")` → `20`.
pub type Settings = BTreeMap<(String, String), String>;

/// Recordings: hash by name with language, and by the text they say.
pub type Sounds = BTreeMap<(String, String), String>;

/// One of the two.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    pub program: &'s Program,
    pub proof: &'s Proof,
    pub findings: &'s [Finding],
    /// Words for the schedules, as far as they are known.
    pub hours: &'s Hours,
    pub settings: &'s Settings,
    pub sounds: &'s Sounds,
}

/// Empty if callers notice nothing and nothing else is found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Difference {
    pub paths: Vec<PathChange>,
    pub places: Vec<PlaceChange>,
    pub people: Vec<PersonChange>,
    pub texts: Vec<TextChange>,
    pub facts: Vec<FactChange>,
    pub findings: Vec<FindingChange>,
}

/// A way that callers can go. Lost: no `new`. Gained: no `old`. Moved: other keys to the same place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct PathChange {
    pub change: Change,
    pub entries: Vec<String>,
    /// Languages in which it is so; empty = in all that both speak.
    pub languages: Vec<String>,
    pub old: Option<Reached>,
    pub new: Option<Reached>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Lost,
    Gained,
    Moved,
    /// The same keys lead elsewhere.
    LeadsElsewhere,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Reached {
    /// `2 1 [verified]`; empty = on dialling.
    pub keys: String,
    /// How the last key is announced, in the first language.
    pub announced: String,
    pub leads_to: String,
}

/// What callers can reach by no way any more, or for the first time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct PlaceChange {
    pub change: Change,
    pub entries: Vec<String>,
    /// As in [`PathChange`].
    pub languages: Vec<String>,
    pub place: String,
}

/// How far a menu is from a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct PersonChange {
    pub entry: String,
    pub menu: String,
    pub old: Option<Person>,
    pub new: Option<Person>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Person {
    pub keys: String,
    /// From the answer, for a caller who listens; thousandths, shown in tenths.
    pub listening_ms: u64,
    /// For a caller who does nothing.
    pub silent_ms: u64,
    pub queue: String,
}

/// A text in one language.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct TextChange {
    pub place: String,
    pub language: String,
    pub old: Option<Spoken>,
    pub new: Option<Spoken>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Spoken {
    /// `greeting`, `option 3`.
    pub what: String,
    pub text: String,
}

/// How something behaves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct FactChange {
    pub place: String,
    pub what: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A finding that is new, or vanished.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct FindingChange {
    pub change: Change,
    pub rule: String,
    pub severity: Severity,
    /// Without directories.
    pub file: String,
    pub message: String,
}

/// What changes from `old` to `new`.
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Difference {
    let mut outlines = (Outline::new(old.program, old.hours), Outline::new(new.program, new.hours));
    let renamed = names::unify(&mut outlines.0, &mut outlines.1);
    let both = Both::new(&outlines.0, &outlines.1);
    let (paths, places) = paths::changes(&both);
    let mut difference = Difference {
        paths,
        places,
        people: people::changes((old.proof, new.proof), &renamed),
        texts: texts::changes(&both),
        facts: facts::changes(&both, (old, new)),
        findings: findings(old.findings, new.findings),
    };
    difference.sort();
    difference
}

/// The two outlines, the same things under the same names.
struct Both<'o> {
    old: &'o Outline,
    new: &'o Outline,
    /// Spoken by both.
    languages: Vec<&'o Language>,
}

impl<'o> Both<'o> {
    fn new(old: &'o Outline, new: &'o Outline) -> Self {
        let languages = old.languages.iter().filter(|language| new.languages.contains(language)).collect();
        Both { old, new, languages }
    }

    /// Entries of either, each once.
    fn entries(&self) -> BTreeSet<&'o str> {
        let all = self.old.entries.iter().chain(&self.new.entries);
        all.map(|(entry, _)| entry.as_str()).collect()
    }
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
            && self.places.is_empty()
            && self.people.is_empty()
            && self.texts.is_empty()
            && self.facts.is_empty()
            && self.findings.is_empty()
    }

    /// The difference the other way round.
    pub fn mirrored(&self) -> Difference {
        let mut all = self.clone();
        let turned = |change: Change| match change {
            Change::Lost => Change::Gained,
            Change::Gained => Change::Lost,
            Change::Moved | Change::LeadsElsewhere => change,
        };
        all.paths.iter_mut().for_each(|one| {
            std::mem::swap(&mut one.old, &mut one.new);
            one.change = turned(one.change);
        });
        all.places.iter_mut().for_each(|one| one.change = turned(one.change));
        all.people.iter_mut().for_each(|one| std::mem::swap(&mut one.old, &mut one.new));
        all.texts.iter_mut().for_each(|one| std::mem::swap(&mut one.old, &mut one.new));
        all.facts.iter_mut().for_each(|one| std::mem::swap(&mut one.old, &mut one.new));
        all.findings.iter_mut().for_each(|one| one.change = turned(one.change));
        all.sort();
        all
    }

    fn sort(&mut self) {
        let keys = |change: &PathChange| {
            let known = change.new.as_ref().or(change.old.as_ref());
            known.map(|reached| reached.keys.clone())
        };
        self.paths.sort_by(|a, b| (&a.entries, keys(a), a).cmp(&(&b.entries, keys(b), b)));
        self.places.sort();
        self.people.sort();
        self.texts.sort();
        self.facts.sort();
        self.findings.sort();
    }
}

/// Files may have moved and lines shifted: a finding is known by its rule, its file and its words.
fn findings(old: &[Finding], new: &[Finding]) -> Vec<FindingChange> {
    let mut counts: BTreeMap<FindingChange, i64> = BTreeMap::new();
    let told = |finding: &Finding| FindingChange {
        change: Change::Gained,
        rule: finding.rule.to_owned(),
        severity: finding.severity,
        file: finding.file.rsplit('/').next().unwrap_or_default().to_owned(),
        message: finding.message.clone(),
    };
    old.iter().for_each(|finding| *counts.entry(told(finding)).or_default() -= 1);
    new.iter().for_each(|finding| *counts.entry(told(finding)).or_default() += 1);
    let changed = counts.into_iter().filter(|(_, count)| *count != 0);
    changed
        .map(|(finding, count)| FindingChange {
            change: if count > 0 { Change::Gained } else { Change::Lost },
            ..finding
        })
        .collect()
}
