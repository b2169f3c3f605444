//! Days of records: files are laid out by the UTC day, so that the name of a record does not
//! depend on a time zone database or on daylight saving.

use std::fmt;

use crate::now::Wall;

/// A day in UTC. Prints `YYYY-MM-DD`; with `{:#}` as directories, `YYYY/MM/DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day {
    pub year: i64,
    pub month: u8,
    pub day: u8,
}

const MS_A_DAY: i64 = 86_400_000;

impl Day {
    /// Howard Hinnant's `civil_from_days`: years begin in March, so that leap days come last.
    pub fn of(wall: Wall) -> Day {
        let days = wall.0.div_euclid(MS_A_DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Day { year, month: u8::try_from(month).unwrap_or(1), day: u8::try_from(day).unwrap_or(1) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if f.alternate() { '/' } else { '-' };
        write!(f, "{:04}{between}{:02}{between}{:02}", self.year, self.month, self.day)
    }
}

/// A wall time as people and other programs read it: `2026-11-21T23:36:22.123Z`.
pub fn timestamp(wall: Wall) -> String {
    let ms = wall.0.rem_euclid(MS_A_DAY);
    let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{}T{h:02}:{m:02}:{s:02}.{:03}Z", Day::of(wall), ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_a_calendar_library() {
        for days in (-200_000..200_000).step_by(37) {
            let wall = Wall(days * MS_A_DAY + 12_345);
            let expected =
                jiff::Timestamp::from_millisecond(wall.0).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            let day = Day::of(wall);
            assert_eq!(day.year, i64::from(expected.year()));
            assert_eq!((day.month, day.day), (expected.month() as u8, expected.day() as u8));
        }
        assert_eq!(format!("{:#}", Day::of(Wall(0))), "1970/01/01");
        assert_eq!(timestamp(Wall(-1)), "1969-12-31T23:59:59.999Z");
    }
}
