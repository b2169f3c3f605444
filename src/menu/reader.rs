//! Reading one TOML table field by field. Every mistake is a finding; reading goes on after it,
//! so that one look at a file shows all of them.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::SpeechDraft;
use crate::menu::report::{At, Report, Rule, Spot, did_you_mean};

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

    pub fn text(&self, name: &str, report: &mut Report<'_>) -> Option<At<String>> {
        let value = self.get(name)?;
        match value.get_ref().as_str() {
            Some(text) => Some(At { value: text.to_owned(), spot: self.spot_of(value) }),
            None => {
                self.wrong(value, name, "Write a text in quotation marks.", report);
                None
            }
        }
    }

    pub fn flag(&self, name: &str, report: &mut Report<'_>) -> Option<bool> {
        let value = self.get(name)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value, name, "Write true or false, without quotation marks.", report);
        }
        flag
    }

    pub fn count(&self, name: &str, bounds: (u8, u8), report: &mut Report<'_>) -> Option<u8> {
        let value = self.get(name)?;
        let number = number(value.get_ref()).and_then(|n| u8::try_from(n).ok());
        let number = number.filter(|n| (bounds.0..=bounds.1).contains(n));
        if number.is_none() {
            let help = format!("Write a whole number from {} to {}.", bounds.0, bounds.1);
            self.wrong(value, name, &help, report);
        }
        number
    }

    /// Seconds, also with a decimal point, as milliseconds.
    pub fn seconds(&self, name: &str, bounds: (u32, u32), report: &mut Report<'_>) -> Option<u32> {
        let value = self.get(name)?;
        let whole = number(value.get_ref()).map(|n| n as f64);
        let seconds = whole.or_else(|| value.get_ref().as_float()?.as_str().parse::<f64>().ok());
        let seconds = seconds.filter(|s| (f64::from(bounds.0)..=f64::from(bounds.1)).contains(s));
        if seconds.is_none() {
            let help = format!("Write seconds from {} to {}.", bounds.0, bounds.1);
            self.wrong(value, name, &help, report);
        }
        seconds.map(|s| (s * 1000.0).round() as u32)
    }

    /// A text per language: `{ zh-CN = "…", en-US = "…" }`.
    pub fn speech(&self, name: &str, report: &mut Report<'_>) -> Option<SpeechDraft> {
        let value = self.get(name)?;
        speech(self.file, value, name, report)
    }

    pub fn sub(&self, name: &str, report: &mut Report<'_>) -> Option<(&'t DeTable<'i>, Spot)> {
        let value = self.get(name)?;
        match value.get_ref().as_table() {
            Some(table) => Some((table, self.spot_of(value))),
            None => {
                self.wrong(value, name, &format!("Open a table: [{name}]."), report);
                None
            }
        }
    }
}

fn number(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
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

/// The whole document; syntax errors are findings, what could be read is kept.
pub fn document<'i>(file: usize, text: &'i str, report: &mut Report<'_>) -> Spanned<DeTable<'i>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let spot = error.span().map_or(Spot::file(file), |span| Spot::new(file, span));
        let help = match error.message() {
            m if m.contains("duplicate key") => "The same name stands twice: keep one of them.",
            m if m.contains("string") || m.contains("quot") => "Is a quotation mark missing?",
            _ => "Compare with the lines around it: NAME = VALUE, texts in quotation marks.",
        };
        report.add(&SYNTAX, &spot, format!("cannot be read: {}", error.message()), help);
    }
    table
}
