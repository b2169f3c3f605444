//! A file being read and what was found in it: values of the kind wanted, and findings about others.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::finding::{Finding, Severity, place};

pub(super) type Key<'i> = Spanned<Cow<'i, str>>;
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

pub(super) struct Page<'a> {
    path: &'a str,
    text: &'a str,
    pub findings: Vec<Finding>,
}

impl<'a> Page<'a> {
    pub fn new(path: &'a str, text: &'a str) -> Self {
        Page { path, text, findings: Vec::new() }
    }

    pub fn table<'v, 'i>(&mut self, name: &str, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(name, value, "a table");
        }
        table
    }

    pub fn string<'v>(&mut self, name: &str, value: &'v Value<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(name, value, "a text in quotes");
        }
        text
    }

    pub fn truth(&mut self, name: &str, value: &Value<'_>) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.wrong_type(name, value, "`true` or `false`, without quotes");
        }
        truth
    }

    /// The members of a list; a single value will do for a list of one.
    pub fn list<'v, 'i>(&mut self, value: &'v Value<'i>) -> Vec<&'v Value<'i>> {
        match value.get_ref() {
            DeValue::Array(members) => members.iter().collect(),
            _ => vec![value],
        }
    }

    pub fn wrong_type(&mut self, name: &str, value: &Value<'_>, wanted: &str) {
        let message = format!("`{name}` must be {wanted}, but is of type {}.", value.get_ref().type_str());
        self.error("wrong-type", value.span(), &message, &format!("Write {wanted}."));
    }

    pub fn unknown_key(&mut self, key: &Key<'_>, known: &[&str]) {
        let help = suggestion(key.get_ref(), known.iter().copied())
            .unwrap_or_else(|| format!("Known here: {}.", known.join(", ")));
        self.error("unknown-key", key.span(), &format!("There is no key `{}` here.", key.get_ref()), &help);
    }

    /// One of the known words; `what` says what they are, e.g. `day of the week`.
    pub fn one_of<'w>(&mut self, what: &str, value: &Value<'_>, known: &[&'w str]) -> Option<(u8, &'w str)> {
        let text = self.string(what, value)?;
        let found = (0..).zip(known.iter().copied()).find(|(_, word)| *word == text);
        if found.is_none() {
            let help = suggestion(text, known.iter().copied())
                .unwrap_or_else(|| format!("Write one of: {}.", known.join(", ")));
            self.error("unknown-word", value.span(), &format!("`{text}` is no {what}."), &help);
        }
        found
    }

    /// Line of a place in the file, for pointing at a second one.
    pub fn line(&self, span: &Range<usize>) -> u32 {
        place(self.text, span.start).0
    }

    pub fn error(&mut self, rule: &'static str, span: Range<usize>, message: &str, help: &str) {
        self.find((rule, Severity::Error), span, message, help);
    }

    pub fn warning(&mut self, rule: &'static str, span: Range<usize>, message: &str, help: &str) {
        self.find((rule, Severity::Warning), span, message, help);
    }

    fn find(
        &mut self,
        (rule, severity): (&'static str, Severity),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        let (line, column) = place(self.text, span.start);
        let (file, message, help) = (self.path.to_owned(), message.to_owned(), help.to_owned());
        // The whole file is about the hours of the service (CBA-8).
        let source = if ["toml-syntax", "unknown-key", "wrong-type"].contains(&rule) { "" } else { "CBA-8" };
        self.findings.push(Finding { rule, source, severity, file, span, line, column, message, help });
    }
}

pub(super) fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let near = known.map(|k| (strsim::damerau_levenshtein(word, k), k)).min()?;
    (near.0 <= 3 && near.0 < word.chars().count()).then(|| format!("Did you mean `{}`?", near.1))
}
