//! Findings as they are gathered: a rule, a place, what is wrong, what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::config::finding::{Finding, Severity, place};

/// A place in one of the files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Spot {
    /// Index into the sources; `usize::MAX` = no file of ours.
    pub file: usize,
    pub start: usize,
    pub end: usize,
}

impl Spot {
    pub fn new(file: usize, span: Range<usize>) -> Self {
        Spot { file, start: span.start, end: span.end }
    }

    /// The file as a whole.
    pub fn file(file: usize) -> Self {
        Spot { file, start: 0, end: 0 }
    }
}

/// A value with the place it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct At<T> {
    pub value: T,
    pub spot: Spot,
}

/// A rule that files are checked against. Ids are stable: people search for them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    pub id: &'static str,
    /// Requirement ids; empty for plain syntax.
    pub source: &'static str,
    pub severity: Severity,
    /// Why there is such a rule, for people who meet it first.
    pub explanation: &'static str,
}

/// Gathers findings over a set of files.
pub struct Report<'a> {
    files: &'a [(String, String)],
    findings: Vec<Finding>,
    /// Files that cannot be read: whatever else could be said of them only follows from that.
    broken: BTreeSet<usize>,
    /// Rules that weigh more here than elsewhere.
    weights: BTreeMap<&'static str, Severity>,
    /// Rules whose findings somebody accepted by name and date.
    accepted: BTreeSet<&'static str>,
}

impl<'a> Report<'a> {
    pub fn new(files: &'a [(String, String)]) -> Self {
        Report {
            files,
            findings: Vec::new(),
            broken: BTreeSet::new(),
            weights: BTreeMap::new(),
            accepted: BTreeSet::new(),
        }
    }

    /// A finding after which nothing else is said of its file.
    pub fn add_broken(&mut self, rule: &Rule, spot: &Spot, message: String, help: String) {
        self.add(rule, spot, message, help);
        self.broken.insert(spot.file);
    }

    /// Something that everything hangs on is not there.
    pub fn break_off(&mut self) {
        self.broken.insert(usize::MAX);
    }

    /// Is there a file that cannot be read?
    pub fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Can this file not be read?
    pub fn is_broken_file(&self, file: usize) -> bool {
        self.broken.contains(&file)
    }

    /// From here on findings of this rule weigh at least so much.
    pub fn tighten(&mut self, rule: &'static str, severity: Severity) {
        let weight = self.weights.entry(rule).or_insert(severity);
        *weight = severity.max(*weight);
    }

    /// From here on findings of this rule are left out.
    pub fn accept(&mut self, rule: &'static str) {
        self.accepted.insert(rule);
    }

    pub fn add(&mut self, rule: &Rule, spot: &Spot, message: impl Into<String>, help: impl Into<String>) {
        if self.broken.contains(&spot.file) && spot.file != usize::MAX || self.accepted.contains(rule.id) {
            return;
        }
        let (file, text) = match self.files.get(spot.file) {
            Some((path, text)) => (path.clone(), text.as_str()),
            None => (String::new(), ""),
        };
        let (start, end) = (boundary(text, spot.start), boundary(text, spot.end.max(spot.start)));
        let (line, column) = place(text, start);
        self.findings.push(Finding {
            rule: rule.id,
            source: rule.source,
            severity: self.weight(rule),
            file,
            span: start..end,
            line,
            column,
            message: message.into(),
            help: help.into(),
        });
    }

    /// A finding about a file that is not among the sources (a recording).
    pub fn add_elsewhere(&mut self, rule: &Rule, file: &str, message: String, help: &str) {
        if self.accepted.contains(rule.id) {
            return;
        }
        self.findings.push(Finding {
            rule: rule.id,
            source: rule.source,
            severity: self.weight(rule),
            file: file.to_owned(),
            span: 0..0,
            line: 1,
            column: 1,
            message,
            help: help.to_owned(),
        });
    }

    fn weight(&self, rule: &Rule) -> Severity {
        self.weights.get(rule.id).map_or(rule.severity, |weight| rule.severity.max(*weight))
    }

    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// In the order of files and places, each once.
    pub fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings;
        findings.sort_by(|a, b| {
            (&a.file, a.span.start, a.rule, &a.message).cmp(&(&b.file, b.span.start, b.rule, &b.message))
        });
        findings.dedup();
        findings
    }
}

/// The nearest character boundary at or before `offset`.
fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// "did you mean …?" for a name that is not among the known ones.
pub fn suggest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let near = |candidate: &&str| strsim::damerau_levenshtein(name, candidate);
    let best = known.into_iter().min_by_key(near)?;
    let far = (name.chars().count().max(best.chars().count()) / 3).max(2);
    (near(&best) <= far && best != name).then_some(best)
}

/// A help sentence: the suggestion if there is one, else the whole list.
pub fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    if let Some(best) = suggest(name, known.clone()) {
        return format!("Did you mean `{best}`?");
    }
    let all: Vec<&str> = known.into_iter().collect();
    if all.is_empty() { "There is none yet.".to_owned() } else { format!("Known here: {}.", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_absent() {
        assert_eq!(suggest("greating", ["greeting", "person"]), Some("greeting"));
        assert_eq!(suggest("xyz", ["greeting", "person"]), None);
        assert_eq!(did_you_mean("x", []), "There is none yet.");
    }

    #[test]
    fn spans_outside_a_text_are_cut_to_it() {
        let files = [("a".to_owned(), "挂失".to_owned())];
        let mut report = Report::new(&files);
        let rule = Rule { id: "r", source: "", severity: Severity::Error, explanation: "" };
        report.add(&rule, &Spot::new(0, 1..99), "m", "h");
        report.add(&rule, &Spot::new(7, 1..99), "m", "h");
        assert_eq!(report.into_findings().last().map(|f| f.span.clone()), Some(0..6));
    }
}
