//! The calendar of the hotline (CBA-8): when which schedule is open, what is a holiday, what a make-up
//! working day (调休), and which year's list is missing. Read from `ops/calendar.toml`; the sample is the
//! manual of its keys, `docs/calendar.md` tells the thinking.
//!
//! A question is asked at a [`Wall`] and answered by what the clock on the wall shows in the calendar's
//! time zone: in the hour that summer time skips nothing is ever open or closed, and the hour that it
//! repeats is answered alike both times. Time zones come from the database built into the program, so
//! that a server without one answers like the desk where the calendar was checked.
//!
//! No clock is read here, and nothing is changed once read: share a calendar by `Arc`.

mod change;
mod classes;
mod dates;
mod hours;
mod page;
mod read;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::now::Wall;

pub use classes::CalendarClass;
use hours::Span;
pub use read::parse;

/// Checked hours, holidays and make-up working days.
#[derive(Clone, PartialEq, Debug)]
pub struct Calendar {
    zone: TimeZone,
    schedules: BTreeMap<String, Schedule>,
    years: BTreeMap<i16, Year>,
    /// Month and day from which next year's list must exist.
    next_year_by: (i8, i8),
    /// Whose weekday's hours make-up working days have that say nothing else; 0 = Monday.
    working_days_like: u8,
}

/// The hours of one named schedule.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Schedule {
    /// Monday first.
    week: [Vec<Span>; 7],
    /// `None` = as on any day of the week.
    holidays: Option<Vec<Span>>,
    /// `None` = like the weekday that the make-up day stands for.
    working_days: Option<Vec<Span>>,
}

/// The list of one year.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Year {
    /// Written before it was announced: used, and asked for as if it were missing.
    provisional: bool,
    days: BTreeMap<Date, Special>,
}

/// A day that is not like its day of the week.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Special {
    name: Option<String>,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Holiday,
    /// `None` = like the weekday of the calendar.
    Working {
        like: Option<u8>,
    },
}

/// All that decides over the hours of a day. The number is a day of the week, 0 = Monday.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum DayKind {
    Plain(u8),
    Holiday(u8),
    /// Works like this day of the week.
    Working(u8),
}

/// A day and the one before it, whose hours may reach over midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Days {
    before: DayKind,
    today: DayKind,
}

impl Calendar {
    /// Whether the schedule is open at this moment; a schedule that does not exist never is.
    pub fn is_open(&self, schedule: &str, at: Wall) -> bool {
        self.schedules.get(schedule).is_some_and(|schedule| self.is_open_then(schedule, timestamp(at)))
    }

    /// Whether the day is a public holiday; weekends alone are none.
    pub fn is_holiday(&self, at: Wall) -> bool {
        self.kind(self.civil(timestamp(at)).date()).is_holiday()
    }

    /// Names of the schedules, in order.
    pub fn schedules(&self) -> impl Iterator<Item = &str> {
        self.schedules.keys().map(String::as_str)
    }

    /// Name in the database of time zones, e.g. `Asia/Shanghai`.
    pub fn time_zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The year whose list of holidays is missing or still provisional: this year's always, next
    /// year's from `next_year_by` on. The earlier one if both are.
    pub fn missing_year(&self, at: Wall) -> Option<i16> {
        let today = self.civil(timestamp(at)).date();
        let is_announced = |year| self.years.get(&year).is_some_and(|list| !list.provisional);
        if !is_announced(today.year()) {
            return Some(today.year());
        }
        let next = today.year() + 1;
        ((today.month(), today.day()) >= self.next_year_by && !is_announced(next)).then_some(next)
    }

    /// The moment as text for people, e.g. `Sunday 3 May 2026 03:00 (Labour Day)`.
    pub fn describe(&self, at: Wall) -> String {
        self.describe_civil(self.civil(timestamp(at)))
    }

    /// The situation at this moment, told like a class, with the moment itself as example.
    pub fn class_at(&self, at: Wall) -> CalendarClass {
        let civil = self.civil(timestamp(at));
        let days = self.days(civil.date());
        let open: BTreeSet<String> = self
            .schedules
            .iter()
            .filter(|(_, schedule)| schedule.is_open(days, minute(civil)))
            .map(|(name, _)| name.clone())
            .collect();
        CalendarClass { open, holiday: days.today.is_holiday(), example: self.describe_civil(civil), at }
    }

    fn describe_civil(&self, civil: DateTime) -> String {
        let when = civil.strftime("%A %-d %B %Y %H:%M");
        match self.special(civil.date()).and_then(|special| special.name.as_deref()) {
            Some(name) => format!("{when} ({name})"),
            None => when.to_string(),
        }
    }

    fn is_open_then(&self, schedule: &Schedule, at: Timestamp) -> bool {
        let civil = self.civil(at);
        schedule.is_open(self.days(civil.date()), minute(civil))
    }

    fn civil(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    fn special(&self, date: Date) -> Option<&Special> {
        self.years.get(&date.year())?.days.get(&date)
    }

    fn kind(&self, date: Date) -> DayKind {
        let weekday = weekday(date);
        match self.special(date).map(|special| special.sort) {
            None => DayKind::Plain(weekday),
            Some(Sort::Holiday) => DayKind::Holiday(weekday),
            Some(Sort::Working { like }) => DayKind::Working(like.unwrap_or(self.working_days_like)),
        }
    }

    fn days(&self, date: Date) -> Days {
        let today = self.kind(date);
        // Only the first day that can be written has none before it.
        let before = date.yesterday().map_or(today, |date| self.kind(date));
        Days { before, today }
    }
}

impl Schedule {
    /// A range belongs to the day on which it begins, also beyond midnight.
    fn hours(&self, day: DayKind) -> &[Span] {
        let (own, weekday) = match day {
            DayKind::Plain(weekday) => (None, weekday),
            DayKind::Holiday(weekday) => (self.holidays.as_ref(), weekday),
            DayKind::Working(weekday) => (self.working_days.as_ref(), weekday),
        };
        own.or(self.week.get(usize::from(weekday))).map_or(&[], Vec::as_slice)
    }

    /// `minute` counts from midnight as the clock shows it.
    fn is_open(&self, days: Days, minute: u16) -> bool {
        self.hours(days.today).iter().any(|span| span.contains(minute))
            || self.hours(days.before).iter().any(|span| span.contains(minute + hours::DAY))
    }

    /// The minutes of a day at which this schedule may open or close, midnight among them.
    fn boundaries(&self, days: Days) -> BTreeSet<u16> {
        let today = self.hours(days.today).iter().flat_map(|span| [span.begin, span.end]);
        let before = self.hours(days.before).iter().filter_map(|span| span.end.checked_sub(hours::DAY));
        today.chain(before).filter(|minute| *minute < hours::DAY).chain([0]).collect()
    }
}

impl DayKind {
    fn is_holiday(self) -> bool {
        matches!(self, DayKind::Holiday(_))
    }
}

/// Nearest moment that the time zones know: years −9999 to 9999.
fn timestamp(at: Wall) -> Timestamp {
    let end = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at.0).unwrap_or(end)
}

fn wall(at: Timestamp) -> Wall {
    Wall(at.as_millisecond())
}

/// 0 = Monday.
fn weekday(date: Date) -> u8 {
    date.weekday().to_monday_zero_offset().unsigned_abs()
}

fn minute(civil: DateTime) -> u16 {
    u16::from(civil.hour().unsigned_abs()) * 60 + u16::from(civil.minute().unsigned_abs())
}

#[cfg(test)]
mod tests;
