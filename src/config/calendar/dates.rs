//! The lists of the years: holidays and make-up working days.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::de::DeValue;

use super::page::{Key, Page, Value};
use super::read::WEEKDAYS;
use super::{Sort, Special, Year, weekday};

const YEAR_KEYS: [&str; 3] = ["holidays", "working_days", "provisional"];
const HOLIDAY_KEYS: [&str; 2] = ["days", "name"];
const WORKING_KEYS: [&str; 3] = ["days", "name", "like"];

/// Longer holidays are more likely a slip of the finger.
const LONG_HOLIDAY: usize = 16;

const DATE_HELP: &str = "Write a day like `2026-05-01` or from first to last like `2026-05-01..2026-05-05`.";

/// `2026-05-01` and nothing else.
pub(super) fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

/// A list of one year being read.
struct List<'n> {
    number: i16,
    name: &'n str,
    year: Year,
    /// Where each day was written first.
    places: BTreeMap<Date, Range<usize>>,
}

/// A member of `holidays` or `working_days`.
struct Entry {
    first: Date,
    last: Date,
    special: Special,
    span: Range<usize>,
}

impl Page<'_> {
    pub(super) fn years(&mut self, value: &Value<'_>) -> BTreeMap<i16, Year> {
        let mut years = BTreeMap::new();
        let Some(table) = self.table("year", value) else { return years };
        for (name, value) in table {
            let number = name.get_ref().parse().ok().filter(|year| (2000..2200).contains(year));
            let Some(number) = number.filter(|_| name.get_ref().len() == 4) else {
                let message = format!("`{}` is no year.", name.get_ref());
                self.error("bad-year", name.span(), &message, "Write it with four digits: `[year.2026]`.");
                continue;
            };
            if let Some(year) = self.year(number, name, value) {
                years.insert(number, year);
            }
        }
        years
    }

    fn year(&mut self, number: i16, name: &Key<'_>, value: &Value<'_>) -> Option<Year> {
        let table = self.table(name.get_ref(), value)?;
        let mut list = List { number, name: name.get_ref(), year: Year::default(), places: BTreeMap::new() };
        let mut is_empty = true;
        // Holidays before working days, whatever the order in the file.
        for wanted in YEAR_KEYS {
            let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == wanted) else { continue };
            if wanted == "provisional" {
                list.year.provisional = self.truth(wanted, value).unwrap_or_default();
                continue;
            }
            for member in self.list(value) {
                is_empty = false;
                if let Some(entry) = self.entry(wanted == "working_days", member) {
                    self.enter(&mut list, entry);
                }
            }
        }
        for key in table.keys().filter(|key| !YEAR_KEYS.contains(&key.get_ref().as_ref())) {
            self.unknown_key(key, &YEAR_KEYS);
        }
        if is_empty && !list.year.provisional {
            let message = format!("The list of {number} is empty, and yet nobody would be asked for it.");
            let help = "Write its holidays, or `provisional = true` as long as they are not announced.";
            self.error("empty-year", name.span(), &message, help);
        }
        Some(list.year)
    }

    /// A day, `FIRST..LAST`, or a table with `days` and more.
    fn entry(&mut self, is_working: bool, value: &Value<'_>) -> Option<Entry> {
        let (key, known) =
            if is_working { ("working_days", &WORKING_KEYS[..]) } else { ("holidays", &HOLIDAY_KEYS[..]) };
        let DeValue::Table(table) = value.get_ref() else {
            let (first, last) = self.days_written(key, value)?;
            let sort = if is_working { Sort::Working { like: None } } else { Sort::Holiday };
            return Some(Entry { first, last, special: Special { name: None, sort }, span: value.span() });
        };
        let (mut days, mut name, mut like, mut wrote_days) = (None, None, None, false);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "days" => {
                    wrote_days = true;
                    days = self.days_written("days", value);
                }
                "name" => name = self.string("name", value).map(str::to_owned),
                "like" if is_working => {
                    like = self.one_of("day of the week", value, &WEEKDAYS).map(|(day, _)| day)
                }
                _ => self.unknown_key(key, known),
            }
        }
        if !wrote_days {
            let help = "Write e.g. `{ days = \"2026-05-01..2026-05-05\", name = \"…\" }`.";
            self.error("no-days", value.span(), "This does not say which days are meant.", help);
        }
        let (first, last) = days?;
        let sort = if is_working { Sort::Working { like } } else { Sort::Holiday };
        Some(Entry { first, last, special: Special { name, sort }, span: value.span() })
    }

    fn days_written(&mut self, name: &str, value: &Value<'_>) -> Option<(Date, Date)> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            // `2026-05-01` without quotes is a date of TOML.
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                self.wrong_type(name, value, "a date in quotes, e.g. `\"2026-05-01\"`");
                return None;
            }
        };
        let (first, last) = text.split_once("..").unwrap_or((&text, &text));
        let (Some(first), Some(last)) = (date(first.trim()), date(last.trim())) else {
            let message = format!("`{text}` is no day that exists.");
            self.error("bad-date", value.span(), &message, DATE_HELP);
            return None;
        };
        if last < first {
            let message = format!("`{text}` ends before it begins.");
            let help = format!("Write `{last}..{first}`, or mend the year or month.");
            self.error("inverted-range", value.span(), &message, &help);
            return None;
        }
        Some((first, last))
    }

    /// Checks an entry against its year and against what was entered before.
    fn enter(&mut self, list: &mut List<'_>, entry: Entry) {
        let Entry { first, last, special, span } = entry;
        if let Some(stray) = [first, last].into_iter().find(|date| date.year() != list.number) {
            let message = format!("{stray} does not belong to {}.", list.name);
            let year = stray.year();
            let help = format!(
                "Write it under `[year.{year:04}]`; what goes over New Year is written in two parts."
            );
            self.error("outside-year", span, &message, &help);
            return;
        }
        let is_working = special.sort != Sort::Holiday;
        let days: Vec<Date> = first.series(jiff::Span::new().days(1)).take_while(|d| *d <= last).collect();
        if !is_working && days.len() > LONG_HOLIDAY {
            let message = format!("This holiday is {} days long.", days.len());
            self.warning("long-holiday", span.clone(), &message, "Check the months; keep it if it is so.");
        }
        if let Some(known) = days.iter().find(|date| list.places.contains_key(date)) {
            self.listed_twice(list, *known, is_working, span);
            return;
        }
        if let Some(date) = days.iter().find(|date| is_working && weekday(**date) < 5) {
            let message = format!("{} is a working day already.", date.strftime("%A %-d %B %Y"));
            let help =
                "A make-up working day is a Saturday or Sunday that works: mend the date or strike it out.";
            self.error("already-working", span, &message, help);
            return;
        }
        for date in days {
            list.places.insert(date, span.clone());
            list.year.days.insert(date, special.clone());
        }
    }

    fn listed_twice(&mut self, list: &List<'_>, date: Date, is_working: bool, span: Range<usize>) {
        let line = list.places.get(&date).map_or(0, |span| self.line(span));
        let was_working = list.year.days.get(&date).is_some_and(|day| day.sort != Sort::Holiday);
        if is_working == was_working {
            let message = format!("{date} is listed twice, first in line {line}.");
            self.error("listed-twice", span, &message, "Strike out one of them.");
        } else {
            let message = format!("{date} is both a holiday, in line {line}, and a make-up working day.");
            self.error("holiday-and-working", span, &message, "Strike it out where it is wrong.");
        }
    }
}
