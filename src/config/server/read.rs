//! Reads keys out of a TOML text over the defaults, and keeps reading after every problem.
//!
//! What is read is known: any key left over at the end is unknown, and gets a suggestion.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::finding::{Finding, Severity, place};
use crate::config::server::DEFAULTS;
use crate::config::server::values::FromToml;

/// Nearer than this, in Jaro-Winkler terms, is taken for a slip of the pen.
const SIMILAR: f64 = 0.75;

pub(super) struct Reader<'i> {
    file: String,
    text: &'i str,
    /// Directory that relative paths of the file start from.
    base: PathBuf,
    user: DeTable<'i>,
    defaults: DeTable<'static>,
    known: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Sections of tables with names of their own, `[section.NAME]`.
    named: BTreeSet<&'static str>,
    findings: Vec<Finding>,
}

/// What is wrong at a place and what to do about it.
pub(in crate::config) struct Problem {
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    pub help: String,
}

impl Problem {
    pub fn error(rule: &'static str, message: String, help: impl Into<String>) -> Self {
        Problem { rule, severity: Severity::Error, message, help: help.into() }
    }

    pub fn warning(rule: &'static str, message: String, help: impl Into<String>) -> Self {
        Problem { rule, severity: Severity::Warning, message, help: help.into() }
    }
}

impl<'i> Reader<'i> {
    pub fn new(text: &'i str, path: &Path) -> Self {
        let (user, errors) = DeTable::parse_recoverable(text);
        let (defaults, _) = DeTable::parse_recoverable(DEFAULTS);
        let mut reader = Reader {
            file: path.display().to_string(),
            text,
            base: path.parent().map(Path::to_owned).unwrap_or_default(),
            user: user.into_inner(),
            defaults: defaults.into_inner(),
            known: BTreeMap::new(),
            named: BTreeSet::new(),
            findings: Vec::new(),
        };
        for error in errors {
            let problem = Problem::error(
                "toml-syntax",
                error.message().to_owned(),
                "Write `key = value` lines under [section] headings; texts stand in \"quotes\".",
            );
            reader.note(error.span().unwrap_or(0..0), problem);
        }
        reader
    }

    /// The file's value, else the default's; a wrong value is noted and the default taken.
    pub fn required<T: FromToml>(&mut self, section: &'static str, key: &'static str) -> T {
        match self.optional(section, key) {
            Some(value) => value,
            None => self.default(section, key).expect("the embedded defaults hold every required key"),
        }
    }

    /// The file's value, if it has the key and it is right.
    pub fn optional<T: FromToml>(&mut self, section: &'static str, key: &'static str) -> Option<T> {
        self.known.entry(section).or_default().insert(key);
        let value = self.user_value(section, key)?;
        let span = value.span();
        match T::read(value.get_ref(), &self.base) {
            Ok(value) => Some(value),
            Err(detail) => {
                let message = format!("[{section}] {key}: {detail}");
                self.note(span, Problem::error("config-value", message, T::WANTED));
                None
            }
        }
    }

    /// What `read` makes of the tables `[section.NAME]`; it knows their keys and gives its problems.
    pub fn named<T: Default>(
        &mut self,
        section: &'static str,
        read: impl FnOnce(&DeTable<'_>) -> (T, Vec<(Range<usize>, Problem)>),
    ) -> T {
        self.named.insert(section);
        let Some(tables) = self.user.get(section).and_then(|value| value.get_ref().as_table()) else {
            return T::default();
        };
        let (value, problems) = read(tables);
        for (span, problem) in problems {
            self.note(span, problem);
        }
        value
    }

    fn default<T: FromToml>(&self, section: &str, key: &str) -> Option<T> {
        let value = self.defaults.get(section)?.get_ref().as_table()?.get(key)?;
        T::read(value.get_ref(), Path::new("")).ok()
    }

    fn user_value(&self, section: &str, key: &str) -> Option<&Spanned<DeValue<'i>>> {
        self.user.get(section)?.get_ref().as_table()?.get(key)
    }

    /// Notes a problem at a key; at the file as a whole if the key is not in it.
    pub fn note_at(&mut self, section: &str, key: &str, problem: Problem) {
        let span = self.user_value(section, key).map_or(0..0, Spanned::span);
        self.note(span, problem);
    }

    fn note(&mut self, span: Range<usize>, problem: Problem) {
        let (line, column) = place(self.text, span.start);
        let Problem { rule, severity, message, help } = problem;
        let file = self.file.clone();
        self.findings.push(Finding { rule, source: "", severity, file, span, line, column, message, help });
    }

    /// Every finding in the order of the file, those on unknown keys included.
    pub fn finish(&mut self) -> Vec<Finding> {
        let mut unknown = Vec::new();
        for (name, value) in &self.user {
            let section: &str = name.get_ref();
            match (self.known.get(section), value.get_ref().as_table()) {
                (None, Some(_)) if self.named.contains(section) => {}
                (None, None) if self.named.contains(section) => {
                    unknown.push((value.span(), not_a_section(&format!("{section}.NAME"))));
                }
                (None, _) => unknown.push((name.span(), self.unknown_section(section))),
                (Some(_), None) => unknown.push((value.span(), not_a_section(section))),
                (Some(keys), Some(table)) => {
                    let strange = table.keys().filter(|key| !keys.contains(key.get_ref().as_ref()));
                    unknown.extend(strange.map(|key| (key.span(), self.unknown_key(section, key.get_ref()))));
                }
            }
        }
        for (span, problem) in unknown {
            self.note(span, problem);
        }
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by_key(|finding| finding.span.start);
        findings
    }

    fn unknown_section(&self, section: &str) -> Problem {
        let help = if let Some(owner) = self.section_of(section) {
            format!("Put `{section}` under [{owner}].")
        } else {
            match nearest(section, self.known.keys().chain(&self.named).copied()) {
                Some(near) => format!("Did you mean [{near}]?"),
                None => format!("The sections are {}.", listed(self.known.keys().copied())),
            }
        };
        Problem::error("unknown-key", format!("there is no section [{section}]"), help)
    }

    fn unknown_key(&self, section: &str, key: &str) -> Problem {
        let keys = self.known.get(section).into_iter().flatten().copied();
        let help = match (nearest(key, keys.clone()), self.section_of(key)) {
            (Some(near), _) => format!("Did you mean `{near}`?"),
            (None, Some(owner)) => format!("`{key}` belongs under [{owner}]."),
            (None, None) => format!("The keys of [{section}] are {}.", listed(keys)),
        };
        Problem::error("unknown-key", format!("there is no key `{key}` in [{section}]"), help)
    }

    /// Every key that was read, by section.
    #[cfg(test)]
    pub fn known(&self) -> &BTreeMap<&'static str, BTreeSet<&'static str>> {
        &self.known
    }

    /// The section that has this key.
    fn section_of(&self, key: &str) -> Option<&'static str> {
        self.known.iter().find(|(_, keys)| keys.contains(key)).map(|(section, _)| *section)
    }
}

fn not_a_section(section: &str) -> Problem {
    Problem::error(
        "config-value",
        format!("`{section}` is a section and not a value"),
        format!("Write a line [{section}] and its keys below."),
    )
}

/// The most similar of the names, if it is similar enough to be meant.
pub(in crate::config) fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    names
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

pub(in crate::config) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
