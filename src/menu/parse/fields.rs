//! Reading a table by its keys: what is unknown, missing, of the wrong shape or out of bounds is a
//! finding at its place, and reading goes on.

use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::menu::draft::SpeechDraft;
use crate::menu::parse::keys::{Key, LONGEST, Need, Shape, Table};
use crate::menu::reader::{Reader, Value};
use crate::menu::report::{At, Report, Spot};

/// A table being read by its keys.
pub struct Fields<'t, 'i> {
    reader: Reader<'t, 'i>,
    keys: &'static Table,
}

impl<'t, 'i> Fields<'t, 'i> {
    /// Reports every key that is unknown, and every needed one that is not there.
    pub fn open(table: &'t DeTable<'i>, spot: Spot, keys: &'static Table, report: &mut Report<'_>) -> Self {
        let reader = Reader::new(table, spot, keys.what, &keys.names(), report);
        for key in keys.keys.iter().filter(|key| key.need == Need::Needed) {
            if reader.get(key.name).is_none() {
                reader.missing(key.name, &key.example(), report);
            }
        }
        Fields { reader, keys }
    }

    pub fn file(&self) -> usize {
        self.reader.file
    }

    /// The table as a whole.
    pub fn spot(&self) -> Spot {
        self.reader.spot.clone()
    }

    pub fn get(&self, name: &str) -> Option<&'t Value<'i>> {
        self.reader.get(name)
    }

    pub fn spot_of(&self, value: &Value<'_>) -> Spot {
        self.reader.spot_of(value)
    }

    /// Where a key's value stands, if it is there.
    pub fn spot_at(&self, name: &str) -> Option<Spot> {
        self.get(name).map(|value| self.spot_of(value))
    }

    pub fn wrong(&self, name: &str, value: &Value<'_>, help: &str, report: &mut Report<'_>) {
        self.reader.wrong(value, name, help, report);
    }

    /// The value behind a key as `read` takes it; else a finding that tells how it is written.
    fn read<T>(
        &self,
        name: &str,
        report: &mut Report<'_>,
        read: impl FnOnce(&Value<'i>, &Shape) -> Option<T>,
    ) -> Option<At<T>> {
        let (value, key) = (self.get(name)?, self.key(name)?);
        let taken = read(value, &key.shape);
        if taken.is_none() {
            self.wrong(name, value, &key.example(), report);
        }
        taken.map(|taken| At { value: taken, spot: self.spot_of(value) })
    }

    fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.key(name)
    }

    pub fn text(&self, name: &str, report: &mut Report<'_>) -> Option<At<String>> {
        self.read(name, report, |value, _| short(value).map(str::to_owned))
    }

    /// One of the words of the key.
    pub fn word(&self, name: &str, report: &mut Report<'_>) -> Option<At<&'static str>> {
        self.read(name, report, |value, shape| {
            let Shape::Word(words) = shape else { return None };
            let written = value.get_ref().as_str()?;
            words.iter().copied().find(|word| *word == written)
        })
    }

    pub fn flag(&self, name: &str, report: &mut Report<'_>) -> Option<At<bool>> {
        self.read(name, report, |value, _| value.get_ref().as_bool())
    }

    pub fn count(&self, name: &str, report: &mut Report<'_>) -> Option<At<u32>> {
        self.read(name, report, |value, shape| {
            let Shape::Count { least, most } = shape else { return None };
            let number = u32::try_from(number(value.get_ref())?).ok()?;
            (*least..=*most).contains(&number).then_some(number)
        })
    }

    /// A count that the tables keep below 256.
    pub fn small(&self, name: &str, report: &mut Report<'_>) -> Option<u8> {
        self.count(name, report).and_then(|count| u8::try_from(count.value).ok())
    }

    /// Seconds as milliseconds.
    pub fn seconds(&self, name: &str, report: &mut Report<'_>) -> Option<u32> {
        let read = self.read(name, report, |value, shape| {
            let Shape::Seconds { least, most } = shape else { return None };
            let whole = number(value.get_ref()).map(|n| n as f64);
            let seconds = whole.or_else(|| value.get_ref().as_float()?.as_str().parse::<f64>().ok())?;
            let fits = (f64::from(*least)..=f64::from(*most)).contains(&seconds);
            fits.then(|| (seconds * 1000.0).round() as u32)
        });
        read.map(|read| read.value)
    }

    pub fn span(&self, name: &str, report: &mut Report<'_>) -> Option<At<Duration>> {
        self.read(name, report, |value, _| {
            let span: jiff::SignedDuration = value.get_ref().as_str()?.parse().ok()?;
            Duration::try_from(span).ok().filter(|span| !span.is_zero())
        })
    }

    /// `YYYY-MM-DD`, a day that exists.
    pub fn date(&self, name: &str, report: &mut Report<'_>) -> Option<String> {
        let read = self.read(name, report, |value, _| {
            let text = value.get_ref().as_str()?;
            let day: jiff::civil::Date = text.parse().ok()?;
            (day.to_string() == text).then(|| text.to_owned())
        });
        read.map(|read| read.value)
    }

    pub fn phone(&self, name: &str, report: &mut Report<'_>) -> Option<At<crate::ids::Key>> {
        self.read(name, report, |value, _| {
            let mut chars = value.get_ref().as_str()?.chars();
            chars.next().and_then(crate::ids::Key::from_char).filter(|_| chars.next().is_none())
        })
    }

    pub fn speech(&self, name: &str, report: &mut Report<'_>) -> Option<SpeechDraft> {
        self.reader.speech(name, report)
    }

    /// Short texts, none twice.
    pub fn list(&self, name: &str, report: &mut Report<'_>) -> Vec<At<String>> {
        let (Some(value), Some(key)) = (self.get(name), self.key(name)) else { return Vec::new() };
        let Shape::List { most, .. } = key.shape else { return Vec::new() };
        let Some(array) = value.get_ref().as_array().filter(|array| !array.is_empty() && array.len() <= most)
        else {
            self.wrong(name, value, &key.example(), report);
            return Vec::new();
        };
        let mut all: Vec<At<String>> = Vec::new();
        for item in array.iter() {
            match short(item) {
                Some(text) if !all.iter().any(|at| at.value == text) => {
                    all.push(At { value: text.to_owned(), spot: self.spot_of(item) });
                }
                Some(_) => self.wrong(name, item, "It stands there twice: keep one of them.", report),
                None => self.wrong(name, item, &key.example(), report),
            }
        }
        all
    }

    /// The table behind a key, read by its own keys.
    pub fn one(&self, name: &str, report: &mut Report<'_>) -> Option<Fields<'t, 'i>> {
        let (value, key) = (self.get(name)?, self.key(name)?);
        let Shape::One(keys) = key.shape else { return None };
        match value.get_ref().as_table() {
            Some(table) => Some(Fields::open(table, self.spot_of(value), keys, report)),
            None => {
                self.wrong(name, value, &key.example(), report);
                None
            }
        }
    }

    /// Each table of `[[name]]`, in order.
    pub fn rows(&self, name: &str, report: &mut Report<'_>) -> Vec<Fields<'t, 'i>> {
        let (Some(value), Some(key)) = (self.get(name), self.key(name)) else { return Vec::new() };
        let Shape::Rows(keys) = key.shape else { return Vec::new() };
        let Some(array) = value.get_ref().as_array().filter(|array| !array.is_empty()) else {
            self.wrong(name, value, &key.example(), report);
            return Vec::new();
        };
        let mut rows = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => rows.push(Fields::open(table, self.spot_of(item), keys, report)),
                None => self.wrong(name, item, &key.example(), report),
            }
        }
        rows
    }

    /// Each table of `[name.NAME]` with its name.
    pub fn named(&self, name: &str, report: &mut Report<'_>) -> Vec<(At<String>, Fields<'t, 'i>)> {
        let (Some(value), Some(key)) = (self.get(name), self.key(name)) else { return Vec::new() };
        let Shape::Named(keys) = key.shape else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(name, value, &key.example(), report);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (name, inner) in table.iter() {
            let at = At { value: name.get_ref().to_string(), spot: Spot::new(self.file(), name.span()) };
            match inner.get_ref().as_table() {
                Some(table) => {
                    all.push((at, Fields::open(table, self.spot_of(inner), keys, report)));
                }
                None => self.wrong(key.name, inner, &key.example(), report),
            }
        }
        all
    }
}

/// A text that is not empty and no essay.
fn short<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.get_ref().as_str().filter(|text| !text.trim().is_empty() && text.len() <= LONGEST)
}

fn number(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
