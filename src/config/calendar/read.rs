//! `ops/calendar.toml` to a checked [`Calendar`].
//!
//! Everything wrong is found at once; a setting that is wrong keeps its default, so that the rest can
//! be checked too. With a finding of severity error nothing of the file is to be used.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use toml::de::{DeTable, DeValue};

use super::hours::{self, Span};
use super::page::{Key, Page, Value, suggestion};
use super::{Calendar, Schedule};
use crate::config::finding::Finding;

pub(super) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const ROOT_KEYS: [&str; 5] = ["time_zone", "next_year_by", "working_days_like", "hours", "year"];

/// Keys of a schedule, for suggestions.
const SCHEDULE_KEYS: [&str; 12] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "weekdays",
    "weekend",
    "every_day",
    "holidays",
    "working_days",
];

/// More schedules than anybody can keep apart; each makes the situations more.
const MOST_SCHEDULES: usize = 64;

/// Reads the text of a calendar file; `path` is only for findings.
pub fn parse(path: &str, text: &str) -> (Calendar, Vec<Finding>) {
    let mut page = Page::new(path, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let help = "Mend the line; the format is TOML.";
        page.error("toml-syntax", error.span().unwrap_or(0..0), error.message(), help);
    }
    let calendar = page.root(root.get_ref());
    page.findings.sort_by_key(|finding| (finding.span.start, finding.rule));
    (calendar, page.findings)
}

/// The hours of a schedule by the key they were written under.
type Written = BTreeMap<String, (Vec<Span>, Range<usize>)>;

impl Page<'_> {
    fn root(&mut self, root: &DeTable<'_>) -> Calendar {
        let mut calendar = Calendar {
            zone: zone("Asia/Shanghai").unwrap_or(TimeZone::UTC),
            schedules: BTreeMap::new(),
            years: BTreeMap::new(),
            next_year_by: (11, 1),
            working_days_like: 0,
        };
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "time_zone" => calendar.zone = self.time_zone(value).unwrap_or(calendar.zone),
                "next_year_by" => {
                    calendar.next_year_by = self.month_day(value).unwrap_or(calendar.next_year_by)
                }
                "working_days_like" => {
                    if let Some((day, _)) = self.one_of("day of the week", value, &WEEKDAYS[..5]) {
                        calendar.working_days_like = day;
                    }
                }
                "hours" => calendar.schedules = self.schedules(value),
                "year" => calendar.years = self.years(value),
                _ => self.unknown_key(key, &ROOT_KEYS),
            }
        }
        let wrote = |key: &str| root.keys().any(|k| k.get_ref() == key);
        if !wrote("time_zone") {
            let help = "Write it at the top, e.g. `time_zone = \"Asia/Shanghai\"`.";
            self.error("no-time-zone", 0..0, "The calendar does not say whose clocks it means.", help);
        }
        if !wrote("hours") {
            let help = "Write at least one, beginning with `[hours.branches]`.";
            self.error("no-schedule", 0..0, "There are no hours of anything.", help);
        }
        calendar
    }

    fn time_zone(&mut self, value: &Value<'_>) -> Option<TimeZone> {
        let name = self.string("time_zone", value)?;
        let found = zone(name);
        if found.is_none() {
            let known: Vec<String> =
                TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
            let help = suggestion(name, known.iter().map(String::as_str)).unwrap_or_else(|| {
                "Write continent and city, e.g. `Asia/Shanghai` (all of China) or `Europe/Berlin`.".to_owned()
            });
            self.error("unknown-zone", value.span(), &format!("There is no time zone `{name}`."), &help);
        }
        found
    }

    /// `11-01`: month and day.
    fn month_day(&mut self, value: &Value<'_>) -> Option<(i8, i8)> {
        let text = self.string("next_year_by", value)?;
        // 2023 is no leap year, so that the day comes every year.
        let date = super::dates::date(&format!("2023-{text}"));
        if date.is_none() {
            let message = format!("`{text}` is no day of the year.");
            let help = "Write month and day, e.g. `11-01` for 1 November.";
            self.error("bad-date", value.span(), &message, help);
        }
        date.map(|date| (date.month(), date.day()))
    }

    fn schedules(&mut self, value: &Value<'_>) -> BTreeMap<String, Schedule> {
        let mut schedules = BTreeMap::new();
        let Some(table) = self.table("hours", value) else { return schedules };
        for (name, value) in table {
            let Some(schedule) = self.schedule(name, value) else { continue };
            if schedules.len() < MOST_SCHEDULES {
                schedules.insert(name.get_ref().to_string(), schedule);
            } else {
                let message = format!("There are more than {MOST_SCHEDULES} schedules.");
                self.error("too-many", name.span(), &message, "Let those with the same hours share one.");
            }
        }
        if table.is_empty() {
            let help = "Write at least one, beginning with `[hours.branches]`.";
            self.error("no-schedule", value.span(), "There are no hours of anything.", help);
        }
        schedules
    }

    fn schedule(&mut self, name: &Key<'_>, value: &Value<'_>) -> Option<Schedule> {
        let id = name.get_ref();
        let table = self.table(id, value)?;
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            let message = format!("`{id}` is no name of a schedule.");
            self.error("bad-name", name.span(), &message, "Use letters, digits, `-` and `_`.");
        }
        let mut written = Written::new();
        let mut schedule = Schedule { holidays: Some(Vec::new()), ..Schedule::default() };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "holidays" => {
                    schedule.holidays = self.hours_or_usual("holidays", value).unwrap_or(schedule.holidays)
                }
                "working_days" => {
                    schedule.working_days =
                        self.hours_or_usual("working_days", value).unwrap_or(schedule.working_days)
                }
                known if SCHEDULE_KEYS.contains(&known) => {
                    let hours = self.hours(known, value).unwrap_or_default();
                    written.insert(known.to_owned(), (hours, value.span()));
                }
                _ => self.unknown_key(key, &SCHEDULE_KEYS),
            }
        }
        if table.is_empty() {
            let message = format!("`{id}` says no hours, so it would never be open.");
            let help = "Write e.g. `weekdays = \"09:00-17:00\"`, or `every_day = \"closed\"` if you mean it.";
            self.error("no-hours", name.span(), &message, help);
        }
        for (day, name) in WEEKDAYS.iter().enumerate() {
            schedule.week[day] = by_key(&written, day, name).map_or(Vec::new(), |(hours, _)| hours.clone());
        }
        self.check_midnights(&written);
        Some(schedule)
    }

    /// Hours over midnight and the morning hours of the next day: harmless, and yet hardly meant.
    fn check_midnights(&mut self, written: &Written) {
        for (day, name) in WEEKDAYS.iter().enumerate() {
            let next = (day + 1) % WEEKDAYS.len();
            let Some((hours, _)) = by_key(written, day, name) else { continue };
            let Some((morning, span)) = by_key(written, next, WEEKDAYS[next]) else { continue };
            let over = hours.iter().filter_map(|span| span.beyond_midnight());
            let is_double = over.into_iter().any(|over| morning.iter().any(|span| span.overlaps(over)));
            let is_known = self.findings.iter().any(|f| f.rule == "overlap-midnight" && f.span == *span);
            if is_double && !is_known {
                let next = WEEKDAYS[next];
                let message = format!("On {next} it is still open from {name} when these hours begin.");
                let help = "Let them begin when those of the evening before end.";
                self.warning("overlap-midnight", span.clone(), &message, help);
            }
        }
    }

    /// `"as usual"` is the inner `None`.
    fn hours_or_usual(&mut self, name: &str, value: &Value<'_>) -> Option<Option<Vec<Span>>> {
        if value.get_ref().as_str() == Some("as usual") {
            return Some(None);
        }
        self.hours(name, value).map(Some)
    }

    /// `["09:00-12:00", "14:00-17:00"]`, `"24 h"`, `"closed"`, in order.
    fn hours(&mut self, name: &str, value: &Value<'_>) -> Option<Vec<Span>> {
        if value.get_ref().as_str() == Some("closed") {
            return Some(Vec::new());
        }
        let mut spans: Vec<Span> = Vec::new();
        for member in self.list(value) {
            let DeValue::String(text) = member.get_ref() else {
                self.wrong_type(name, member, "hours in quotes, e.g. `\"09:00-17:00\"`");
                return None;
            };
            match hours::parse(text) {
                Ok(span) if spans.iter().any(|other| other.overlaps(span)) => {
                    let message = format!("`{text}` overlaps with other hours of the same day.");
                    self.error("overlap", member.span(), &message, "Write each time of the day once.");
                }
                Ok(span) => spans.push(span),
                Err((message, help)) => self.error("bad-hours", member.span(), &message, help),
            }
        }
        spans.sort_unstable();
        Some(spans)
    }
}

/// The more exact key wins: a day over `weekdays` and `weekend`, these over `every_day`.
fn by_key<'w>(written: &'w Written, day: usize, name: &str) -> Option<&'w (Vec<Span>, Range<usize>)> {
    let group = if day < 5 { "weekdays" } else { "weekend" };
    written.get(name).or_else(|| written.get(group)).or_else(|| written.get("every_day"))
}

/// From the database inside the program, whatever the machine has.
fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown())
}
