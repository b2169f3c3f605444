//! When a schedule opens or closes next.

use std::ops::Range;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{Calendar, Schedule, timestamp, wall};
use crate::now::Wall;

/// What does not change in so long a time of plain weeks never does in plain weeks: a week would be
/// enough, but summer time may skip the hour in question.
const PLAIN: SignedDuration = SignedDuration::from_hours(21 * 24);

impl Calendar {
    /// The first moment after `at` at which the schedule opens if it is closed, or closes if it is
    /// open: for timers, and for telling callers when somebody is there again. `None` = never, as far
    /// as the lists of holidays reach, or no such schedule.
    pub fn next_change(&self, schedule: &str, at: Wall) -> Option<Wall> {
        let schedule = self.schedules.get(schedule)?;
        let from = timestamp(at);
        let near = self.first_change(schedule, from..later(from, PLAIN));
        near.or_else(|| self.first_change(schedule, self.listed(from)?)).map(wall)
    }

    /// From `from`, or the plain days before the first list if that is later, to plain weeks after
    /// the last list.
    fn listed(&self, from: Timestamp) -> Option<Range<Timestamp>> {
        let first = self.new_year(*self.years.keys().next()?)?;
        let end = self.new_year(self.years.keys().next_back()? + 1)?;
        let begin = later(first, SignedDuration::from_hours(-3 * 24)).max(from);
        Some(begin..later(end, PLAIN))
    }

    fn new_year(&self, year: i16) -> Option<Timestamp> {
        let date = jiff::civil::Date::new(year, 1, 1).ok()?;
        self.zone.to_timestamp(date.at(0, 0, 0, 0)).ok()
    }

    /// Goes from one change of the clocks to the next, because between them the clock on the wall
    /// runs evenly.
    fn first_change(&self, schedule: &Schedule, within: Range<Timestamp>) -> Option<Timestamp> {
        let is_open = self.is_open_then(schedule, within.start);
        let mut from = within.start;
        let mut shifts = self.zone.following(from);
        loop {
            let shift = shifts.next().map(|shift| shift.timestamp()).filter(|at| *at < within.end);
            let even = from..shift.unwrap_or(within.end);
            let offset = self.zone.to_offset(from);
            if let Some(found) = self.change_within(schedule, is_open, offset, even) {
                return Some(found);
            }
            from = shift?;
            if self.is_open_then(schedule, from) != is_open {
                return Some(from);
            }
        }
    }

    /// First change after the start of a time with this offset throughout.
    fn change_within(
        &self,
        schedule: &Schedule,
        was_open: bool,
        offset: Offset,
        within: Range<Timestamp>,
    ) -> Option<Timestamp> {
        let mut date = offset.to_datetime(within.start).date();
        loop {
            let days = self.days(date);
            for minute in schedule.boundaries(days) {
                let (hour, minute_of_hour) = ((minute / 60) as i8, (minute % 60) as i8);
                let at = offset.to_timestamp(date.at(hour, minute_of_hour, 0, 0)).ok()?;
                if at >= within.end {
                    return None;
                }
                if at > within.start && schedule.is_open(days, minute) != was_open {
                    return Some(at);
                }
            }
            date = date.tomorrow().ok()?;
        }
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    at.checked_add(by).unwrap_or(end)
}
