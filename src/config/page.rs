//! A small TOML file of operations, walked by hand: a mistake is a finding with its place, and the
//! rest is read all the same.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::finding::{Finding, Severity, place};

pub type Value<'i> = Spanned<DeValue<'i>>;

/// The file being read and what was found in it.
pub struct Page<'a> {
    path: &'a str,
    text: &'a str,
    findings: Vec<Finding>,
}

impl<'a> Page<'a> {
    /// Reads the text; mistakes of the syntax are noted.
    pub fn open(path: &'a str, text: &'a str) -> (Page<'a>, DeTable<'a>) {
        let mut page = Page { path, text, findings: Vec::new() };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            page.error("toml-syntax", span, error.message(), "Mend the line; the format is TOML.");
        }
        (page, root.into_inner())
    }

    /// Everything found, in the order of the file.
    pub fn close(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| (finding.span.start, finding.rule));
        self.findings
    }

    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// A name of up to 64 letters, digits, `-` and `_`.
    pub fn name(&mut self, what: &str, name: &Spanned<Cow<'_, str>>) {
        let id = name.get_ref();
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            let message = format!("`{id}` is no name of a {what}.");
            self.error("bad-name", name.span(), &message, "Use letters, digits, `-` and `_`.");
        }
    }

    pub fn truth(&mut self, name: &str, value: &Value<'_>) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.wrong_type(name, value, "`true` or `false`");
        }
        truth
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

    pub fn number<T>(&mut self, name: &str, value: &Value<'_>, range: RangeInclusive<i64>) -> Option<T>
    where
        T: TryFrom<i64>,
    {
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(name, value, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|n| range.contains(n)).and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            let message = format!("`{name}` is out of range.");
            let help = format!("Write a number from {} to {}.", range.start(), range.end());
            self.error("out-of-range", value.span(), &message, &help);
        }
        number
    }

    pub fn duration(
        &mut self,
        name: &str,
        value: &Value<'_>,
        range: RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let text = self.string(name, value)?;
        let Some(duration) = parse_duration(text) else {
            let message = format!("`{text}` is no time.");
            self.error("bad-duration", value.span(), &message, "Write e.g. `15 s`, `2 min`, `1 h 30 min`.");
            return None;
        };
        if !range.contains(&duration) {
            let message = format!("`{name}` is out of range.");
            let (least, most) = (range.start().as_secs(), range.end().as_secs());
            let help = format!("Write a time from `{least} s` to `{most} s`.");
            self.error("out-of-range", value.span(), &message, &help);
            return None;
        }
        Some(duration)
    }

    /// `Some(None)` = never.
    pub fn duration_or_never(
        &mut self,
        name: &str,
        value: &Value<'_>,
        range: RangeInclusive<Duration>,
    ) -> Option<Option<Duration>> {
        if value.get_ref().as_str() == Some("never") {
            return Some(None);
        }
        self.duration(name, value, range).map(Some)
    }

    pub fn wrong_type(&mut self, name: &str, value: &Value<'_>, wanted: &str) {
        let message = format!("`{name}` must be {wanted}, but is of type {}.", value.get_ref().type_str());
        self.error("wrong-type", value.span(), &message, &format!("Write {wanted}."));
    }

    pub fn unknown_key(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str]) {
        let help = suggestion(key.get_ref(), known.iter().copied())
            .unwrap_or_else(|| format!("Known here: {}.", known.join(", ")));
        self.error("unknown-key", key.span(), &format!("There is no key `{}` here.", key.get_ref()), &help);
    }

    pub fn error(&mut self, rule: &'static str, span: Range<usize>, message: &str, help: &str) {
        self.find((rule, "", Severity::Error), span, message, help);
    }

    /// As [`Page::error`], with the requirement behind it.
    pub fn error_of(
        &mut self,
        (rule, source): (&'static str, &'static str),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        self.find((rule, source, Severity::Error), span, message, help);
    }

    pub fn warning(
        &mut self,
        (rule, source): (&'static str, &'static str),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        self.find((rule, source, Severity::Warning), span, message, help);
    }

    fn find(
        &mut self,
        (rule, source, severity): (&'static str, &'static str, Severity),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        let (line, column) = place(self.text, span.start);
        let (file, message, help) = (self.path.to_owned(), message.to_owned(), help.to_owned());
        self.findings.push(Finding { rule, source, severity, file, span, line, column, message, help });
    }
}

/// `15 s`, `2 min`, `1 h 30 min`, `500 ms`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || words.len() > 8 {
        return None;
    }
    let mut total = Duration::ZERO;
    for pair in words.chunks(2) {
        let [number, unit] = pair else { return None };
        let unit_ms: u64 = match *unit {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let number: u32 = number.parse().ok()?;
        total = total.checked_add(Duration::from_millis(u64::from(number).checked_mul(unit_ms)?))?;
    }
    Some(total)
}

/// Sets what was read; what was wrong keeps its default.
pub fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// The most similar of the names, if it is similar enough to be meant.
pub fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let near = known.map(|k| (strsim::damerau_levenshtein(word, k), k)).min()?;
    (near.0 <= 3 && near.0 < word.chars().count()).then(|| format!("Did you mean `{}`?", near.1))
}
