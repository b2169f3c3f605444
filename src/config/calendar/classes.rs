//! Every situation that the calendar brings about, once each: the proof of the menus walks these
//! instead of every minute of the year.
//!
//! Exact, not sampled: what is open at a minute depends only on the kinds of that day and of the one
//! before it. So each pair of kinds that occurs is cut at the minutes where a schedule opens or closes,
//! and each piece is looked at once. Days on which the clocks go forward are cut by themselves, because
//! minutes are missing there; days on which they go back show no minute that others do not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};
use serde::Serialize;

use super::{Calendar, Days, Schedule, hours, minute, wall};
use crate::now::Wall;

/// Days of plain weeks that are looked at: long enough that no minute of the week is always skipped
/// by a change of the clocks.
const PLAIN_DAYS: i32 = 35;
/// Where plain weeks are taken from if no year is listed.
const PLAIN_YEAR: i16 = 2026;

/// A situation: which schedules are open and whether it is a holiday.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CalendarClass {
    /// Names of the open schedules; all others are closed.
    pub open: BTreeSet<String>,
    pub holiday: bool,
    /// A moment at which it is so, for people: `Sunday 3 May 2026 03:00 (Labour Day)`.
    pub example: String,
    /// The same moment.
    pub at: Wall,
}

impl Calendar {
    /// Every combination of open schedules and holiday that occurs, in the order of their examples.
    /// Looked at are the years listed and plain weeks, which stand for all other years.
    pub fn classes(&self) -> Vec<CalendarClass> {
        let mut walk = Walk::new(self);
        walk.walk();
        let mut classes: Vec<CalendarClass> = walk
            .found
            .into_iter()
            .filter_map(|((open, holiday), at)| {
                let open = open.into_iter().map(str::to_owned).collect();
                let moment = wall(self.zone.to_timestamp(at).ok()?);
                Some(CalendarClass { open, holiday, example: self.describe_civil(at), at: moment })
            })
            .collect();
        classes.sort_by_key(|class| class.at);
        classes
    }

    /// The situations in which none of these schedules is open: a hole in the service unless something
    /// else takes the calls then (CBA-8).
    pub fn holes(&self, schedules: &BTreeSet<String>) -> Vec<CalendarClass> {
        let mut classes = self.classes();
        classes.retain(|class| class.open.is_disjoint(schedules));
        classes
    }
}

/// What is open, and whether it is a holiday.
type Situation<'a> = (BTreeSet<&'a str>, bool);

pub(super) struct Walk<'a> {
    calendar: &'a Calendar,
    /// With the first example.
    found: BTreeMap<Situation<'a>, DateTime>,
    /// Whole days that have been cut already.
    seen: BTreeSet<Days>,
    /// Questions put to a schedule: the measure of the work.
    pub looks: usize,
}

impl<'a> Walk<'a> {
    pub fn new(calendar: &'a Calendar) -> Self {
        Walk { calendar, found: BTreeMap::new(), seen: BTreeSet::new(), looks: 0 }
    }

    pub fn walk(&mut self) {
        let years: Vec<i16> = self.calendar.years.keys().copied().collect();
        for year in &years {
            // To the next New Year's Day, because hours reach over midnight.
            let is_last = |date: Date| date.year() > *year;
            self.walk_days(*year, 367, is_last);
        }
        let plain = years.last().map_or(PLAIN_YEAR, |year| year + 1);
        self.walk_days(plain, PLAIN_DAYS, |_| false);
    }

    /// From New Year's Day on.
    fn walk_days(&mut self, year: i16, most: i32, is_last: impl Fn(Date) -> bool) {
        let Ok(first) = Date::new(year, 1, 1) else { return };
        let gaps = self.gaps(first, most);
        for after in 0..most {
            let Ok(date) = first.checked_add(after.days()) else { return };
            let days = self.calendar.days(date);
            let missing: Vec<(u16, u16)> =
                gaps.iter().filter_map(|gap| missing_minutes(*gap, date)).collect();
            if !missing.is_empty() || self.seen.insert(days) {
                self.cut(date, days, &missing);
            }
            if is_last(date) {
                return;
            }
        }
    }

    /// What the clocks on the wall skip in these days, from … until before.
    fn gaps(&self, first: Date, days: i32) -> Vec<(DateTime, DateTime)> {
        let zone = &self.calendar.zone;
        let Ok(begin) = zone.to_timestamp(first.at(0, 0, 0, 0)) else { return Vec::new() };
        let day = SignedDuration::from_hours(24);
        // Two days more on either side, for shifts by up to a day.
        let begin = begin.saturating_sub(day * 2).unwrap_or(begin);
        let end = begin.saturating_add(day * (days + 4)).unwrap_or(begin);
        let shifts = zone.following(begin).take_while(|shift| shift.timestamp() < end);
        shifts
            .filter_map(|shift| {
                let at = shift.timestamp();
                let just_before = at.checked_sub(SignedDuration::from_nanos(1)).ok()?;
                let skipped_from = zone.to_offset(just_before).to_datetime(at);
                let until = shift.offset().to_datetime(at);
                (skipped_from < until).then_some((skipped_from, until))
            })
            .collect()
    }

    /// Looks once at each piece of a day between two changes, without the missing minutes.
    fn cut(&mut self, date: Date, days: Days, missing: &[(u16, u16)]) {
        let mut cuts = BTreeSet::from([hours::DAY]);
        for schedule in self.calendar.schedules.values() {
            cuts.extend(schedule.boundaries(days));
        }
        cuts.extend(missing.iter().flat_map(|(from, until)| [*from, *until]));
        let mut begin = 0;
        for end in cuts {
            let is_missing = missing.iter().any(|(from, until)| (*from..*until).contains(&begin));
            if begin < end && !is_missing {
                self.look(date, days, (begin, end));
            }
            begin = end;
        }
    }

    fn look(&mut self, date: Date, days: Days, piece: (u16, u16)) {
        let is_open = |schedule: &Schedule| schedule.is_open(days, piece.0);
        self.looks += self.calendar.schedules.len();
        let open = self.calendar.schedules.iter().filter(|(_, schedule)| is_open(schedule));
        let open = open.map(|(name, _)| name.as_str()).collect();
        let minute = pleasant(piece);
        let example = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        self.found.entry((open, days.today.is_holiday())).or_insert(example);
    }
}

/// The minutes of the date that lie in the gap.
fn missing_minutes((from, until): (DateTime, DateTime), date: Date) -> Option<(u16, u16)> {
    if from.date() > date || until.date() < date {
        return None;
    }
    let begin = if from.date() < date { 0 } else { minute(from) };
    let end = if until.date() > date { hours::DAY } else { minute(until) };
    (begin < end).then_some((begin, end))
}

/// A moment well inside, at the full hour if there is one: at the edges people would argue.
fn pleasant((begin, end): (u16, u16)) -> u16 {
    let middle = begin + (end - begin) / 2;
    let full_hour = middle / 60 * 60;
    if full_hour > begin { full_hour } else { middle }
}
