//! Reading one TOML table field by field. Every mistake is a finding; reading goes on after it,
//! so that one look at a file shows all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::SpeechDraft;
use crate::menu::report::{At, Report, Rule, Spot, did_you_mean};
use crate::menu::slip;

pub const SYNTAX: Rule = Rule {
    id: "syntax",
    source: "",
    severity: Severity::Error,
    explanation: "The file is not TOML, so nothing in it can be trusted.",
};
pub const UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    source: "",
    severity: Severity::Error,
    explanation: "A misspelt setting would silently not apply.",
};
pub const WRONG_VALUE: Rule = Rule {
    id: "wrong-value",
    source: "",
    severity: Severity::Error,
    explanation: "The value is of the wrong kind or out of bounds.",
};
pub const MISSING: Rule = Rule {
    id: "missing-value",
    source: "",
    severity: Severity::Error,
    explanation: "Without it nobody knows what is meant.",
};

pub type Value<'i> = Spanned<DeValue<'i>>;

/// One table being read.
pub struct Reader<'t, 'i> {
    pub file: usize,
    /// The table as a whole.
    pub spot: Spot,
    /// What it is, for messages: "a choice".
    what: &'static str,
    table: &'t DeTable<'i>,
}

impl<'t, 'i> Reader<'t, 'i> {
    /// Reports every key that is not among the known ones.
    pub fn new(
        table: &'t DeTable<'i>,
        spot: Spot,
        what: &'static str,
        known: &[&str],
        report: &mut Report<'_>,
    ) -> Self {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                report.add(
                    &UNKNOWN_KEY,
                    &Spot::new(spot.file, key.span()),
                    format!("`{name}` is nothing that {what} has"),
                    did_you_mean(name, known.iter().copied()),
                );
            }
        }
        Reader { file: spot.file, spot, what, table }
    }

    pub fn get(&self, name: &str) -> Option<&'t Value<'i>> {
        self.table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
    }

    pub fn spot_of(&self, value: &Value<'_>) -> Spot {
        Spot::new(self.file, value.span())
    }

    pub fn wrong(&self, value: &Value<'_>, name: &str, help: &str, report: &mut Report<'_>) {
        let message = format!("`{name}` of {} cannot be this", self.what);
        report.add(&WRONG_VALUE, &self.spot_of(value), message, help);
    }

    pub fn missing(&self, name: &str, help: &str, report: &mut Report<'_>) {
        report.add(&MISSING, &self.spot, format!("{} has no `{name}`", self.what), help);
    }

    /// A text per language: `{ zh-CN = "…", en-US = "…" }`.
    pub fn speech(&self, name: &str, report: &mut Report<'_>) -> Option<SpeechDraft> {
        let value = self.get(name)?;
        speech(self.file, value, name, report)
    }
}

/// A text per language, standing anywhere.
pub fn speech(file: usize, value: &Value<'_>, name: &str, report: &mut Report<'_>) -> Option<SpeechDraft> {
    let spot = Spot::new(file, value.span());
    let help = format!("Write a text per language: {name} = {{ zh-CN = \"…\", en-US = \"…\" }}.");
    let Some(table) = value.get_ref().as_table() else {
        report.add(&WRONG_VALUE, &spot, format!("`{name}` is not a text per language"), help);
        return None;
    };
    let mut texts = BTreeMap::new();
    for (language, text) in table.iter() {
        let spot = Spot::new(file, text.span());
        match text.get_ref().as_str() {
            Some(text) => {
                let language: &str = language.get_ref();
                texts.insert(Language::new(language), At { value: text.to_owned(), spot });
            }
            None => report.add(&WRONG_VALUE, &spot, "a text stands in quotation marks", help.clone()),
        }
    }
    Some(SpeechDraft { spot, texts })
}

/// The whole document. What is not TOML is one finding, and the rest of the file is not judged.
pub fn document<'i>(file: usize, text: &'i str, report: &mut Report<'_>) -> Spanned<DeTable<'i>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let first = errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start));
    if let Some(error) = first {
        let (span, message, help) = told(text, error);
        report.add_broken(&SYNTAX, &Spot::new(file, span), message, help);
    }
    table
}

/// A slip of the pen if it is one, else what the parser says.
fn told(text: &str, error: &toml::de::Error) -> (Range<usize>, String, String) {
    let span = error.span().unwrap_or(0..0);
    let twice = error.message().contains("duplicate");
    match slip::first(text).filter(|_| !twice) {
        Some(slip) => (slip.span, slip.message, slip.help),
        None if twice => {
            let name = text.get(span.clone()).unwrap_or_default();
            let message = format!("`{name}` stands here a second time");
            (span, message, "Keep one of the two.".to_owned())
        }
        None => {
            let message = format!("cannot be read: {}", error.message());
            (
                span,
                message,
                "Compare with the lines around it: NAME = VALUE, texts in quotation marks.".to_owned(),
            )
        }
    }
}
