//! A difference in lines for a person.

use crate::config::finding::Severity;
use crate::menu::diff::{
    Change, Difference, FactChange, FindingChange, PathChange, Person, PersonChange, PlaceChange, Reached,
    TextChange,
};

impl Difference {
    /// Headings and indented lines; nothing if nothing changed.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        section("Ways of callers", self.paths.iter().map(PathChange::words), &mut lines);
        section("Reached at all", self.places.iter().map(PlaceChange::words), &mut lines);
        section("Keys and seconds to a person", self.people.iter().map(person_change), &mut lines);
        section("Texts", self.texts.iter().map(text), &mut lines);
        section("Behaviour", self.facts.iter().map(fact), &mut lines);
        section("Findings", self.findings.iter().map(finding), &mut lines);
        lines
    }

    /// `2 ways, 1 text`; empty if nothing changed.
    pub fn summary(&self) -> String {
        let counts = [
            (self.paths.len(), "way"),
            (self.places.len(), "place"),
            (self.people.len(), "distance to a person"),
            (self.texts.len(), "text"),
            (self.facts.len(), "setting"),
            (self.findings.len(), "finding"),
        ];
        let plural = |count: usize, what: &str| match (count, what) {
            (1, what) => format!("1 {what}"),
            (_, "distance to a person") => format!("{count} distances to a person"),
            (_, what) => format!("{count} {what}s"),
        };
        let counted = counts.iter().filter(|(count, _)| *count > 0);
        counted.map(|(count, what)| plural(*count, what)).collect::<Vec<_>>().join(", ")
    }
}

fn section(heading: &str, all: impl Iterator<Item = String>, lines: &mut Vec<String>) {
    let mut all = all.peekable();
    if all.peek().is_some() {
        lines.push(heading.to_owned());
        lines.extend(all.map(|line| format!("  {line}")));
    }
}

impl PlaceChange {
    /// `95599: not any more: information hours`.
    pub fn words(&self) -> String {
        let what = if self.change == Change::Lost { "not any more" } else { "now" };
        format!("{}: {what}: {}", who(&self.entries, &self.languages), self.place)
    }
}

/// `95599`, `95599 in en-US`.
fn who(entries: &[String], languages: &[String]) -> String {
    match languages {
        [] => entries.join(", "),
        languages => format!("{} in {}", entries.join(", "), languages.join(", ")),
    }
}

impl PathChange {
    /// `95599: lost: 3 “For loans, press 3.” → menu loans`.
    pub fn words(&self) -> String {
        let what = match (&self.old, &self.new) {
            (Some(old), None) => format!("lost: {}", way(old)),
            (None, Some(new)) => format!("gained: {}", way(new)),
            (Some(old), Some(new)) if self.change == Change::Moved && new.keys.ends_with(']') => {
                format!("other condition: {}, before {}", way(new), keys(old))
            }
            (Some(old), Some(new)) if self.change == Change::Moved => {
                format!("moved: {} instead of {}", way(new), keys(old))
            }
            (Some(old), Some(new)) => format!("leads elsewhere: {}, before to {}", way(new), old.leads_to),
            (None, None) => String::new(),
        };
        format!("{}: {what}", who(&self.entries, &self.languages))
    }
}

fn keys(reached: &Reached) -> &str {
    if reached.keys.is_empty() { "dialling" } else { &reached.keys }
}

fn way(reached: &Reached) -> String {
    let announced = match reached.announced.as_str() {
        "" => String::new(),
        announced => format!(" “{announced}”"),
    };
    format!("{}{announced} → {}", keys(reached), reached.leads_to)
}

fn person_change(change: &PersonChange) -> String {
    let PersonChange { entry, menu, old, new } = change;
    let what = match (old, new) {
        (Some(old), None) => format!("gone, was {}", person(old)),
        (None, Some(new)) => format!("new, {}", person(new)),
        (Some(old), Some(new)) => format!("{}, was {}", person(new), person(old)),
        (None, None) => String::new(),
    };
    format!("{entry}: {menu}: {what}")
}

fn person(person: &Person) -> String {
    let seconds = |ms: u64| format!("{}.{}", ms / 1000, ms % 1000 / 100);
    let Person { keys, listening_ms, silent_ms, queue } = person;
    format!("{keys} → {queue} in {} s (silent {} s)", seconds(*listening_ms), seconds(*silent_ms))
}

fn text(change: &TextChange) -> String {
    let TextChange { place, language, old, new } = change;
    let head = |what: &str| format!("{place}, {what} ({language})");
    match (old, new) {
        (Some(old), None) => format!("{}: “{}” is gone", head(&old.what), old.text),
        (None, Some(new)) => format!("{}: “{}” is new", head(&new.what), new.text),
        (Some(old), Some(new)) => format!("{}: “{}”, before “{}”", head(&new.what), new.text, old.text),
        (None, None) => String::new(),
    }
}

fn fact(change: &FactChange) -> String {
    let FactChange { place, what, old, new } = change;
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    match (old, new) {
        (Some(old), None) => format!("{place}: {what}: {old} is gone"),
        (None, Some(new)) => format!("{place}: {what}: {new} is new"),
        _ => format!("{place}: {what}: {}, before {}", or_none(new), or_none(old)),
    }
}

fn finding(change: &FindingChange) -> String {
    let FindingChange { rule, file, message, .. } = change;
    let severity = match change.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let what = if change.change == Change::Lost { "vanished" } else { "new" };
    format!("{what}: {severity}[{rule}] {file}: {message}")
}
