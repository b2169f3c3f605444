//! The calendar against a naive one: every minute of a year and some weeks is painted by hand, with the
//! rules of summer time written out, and asked again.

use std::fmt::Write;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::*;

/// Days painted: 2026 is listed, the rest are plain weeks.
const LISTED: i64 = 365;
const PAINTED: i64 = LISTED + 35;
const MINUTES: i64 = 1_440;
/// 2026-01-01T00:00Z in minutes since 1970.
const START: i64 = 1_767_225_600 / 60;

/// Days with something about them: the ends of the year and changes of the clocks.
const SPECIAL_DAYS: [i64; 8] = [0, 1, 66, 87, 297, 304, 363, 364];

/// (zone, offset, offset in summer, begin and end of summer in minutes since [`START`]).
const ZONES: [(&str, i64, i64, i64, i64); 3] = [
    ("Asia/Shanghai", 480, 480, 0, 0),
    // 29 March and 25 October, both at 01:00 UTC.
    ("Europe/Berlin", 60, 120, 87 * MINUTES + 60, 297 * MINUTES + 60),
    // 8 March at 07:00 UTC, 1 November at 06:00 UTC.
    ("America/New_York", -300, -240, 66 * MINUTES + 420, 304 * MINUTES + 360),
];

/// Hours of a day: begin and length.
type Hours = Vec<(i64, i64)>;

#[derive(Clone, Debug)]
struct RandomSchedule {
    week: Vec<Hours>,
    holidays: Option<Hours>,
    working_days: Option<Hours>,
}

#[derive(Clone, Debug)]
struct RandomCalendar {
    zone: usize,
    schedules: Vec<RandomSchedule>,
    holidays: BTreeSet<i64>,
    /// Weekend days that are no holidays, with the weekday they are like.
    working: BTreeMap<i64, i64>,
}

/// 0 = Monday; the first painted day is a Thursday.
fn weekday_of(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// Up to three ranges; the last may pass midnight.
fn hours() -> impl Strategy<Value = Hours> {
    (btree_set(0..MINUTES, 0..=6_usize), any::<bool>()).prop_map(|(points, over_midnight)| {
        let mut points: Vec<i64> = points.into_iter().collect();
        if points.len() % 2 == 1 {
            points.pop();
        }
        if over_midnight && !points.is_empty() {
            points.rotate_left(1);
        }
        points.chunks(2).map(|pair| (pair[0], (pair[1] - pair[0]).rem_euclid(MINUTES))).collect()
    })
}

fn schedule() -> impl Strategy<Value = RandomSchedule> {
    let own = || proptest::option::of(hours());
    (vec(hours(), 7), own(), own()).prop_map(|(week, holidays, working_days)| RandomSchedule {
        week,
        holidays,
        working_days,
    })
}

fn day() -> impl Strategy<Value = i64> {
    prop_oneof![0..LISTED, proptest::sample::select(SPECIAL_DAYS.to_vec())]
}

fn random_calendar() -> impl Strategy<Value = RandomCalendar> {
    let days = (btree_set(day(), 1..12), btree_set((day(), 0..7_i64), 0..8));
    (0..ZONES.len(), vec(schedule(), 1..=3), days).prop_map(|(zone, schedules, (holidays, working))| {
        let is_free = |day: &i64| weekday_of(*day) > 4 && !holidays.contains(day);
        let working = working.into_iter().filter(|(day, _)| is_free(day)).collect();
        RandomCalendar { zone, schedules, holidays, working }
    })
}

impl RandomCalendar {
    fn text(&self) -> String {
        let mut text = format!("time_zone = \"{}\"\n", ZONES[self.zone].0);
        let hours = |hours: &Hours| {
            let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
            let range = |(begin, length): &(i64, i64)| format!("{}-{}", clock(*begin), clock(begin + length));
            format!("{:?}", hours.iter().map(range).collect::<Vec<_>>())
        };
        for (index, schedule) in self.schedules.iter().enumerate() {
            writeln!(text, "[hours.s{index}]").unwrap();
            for (name, day) in read::WEEKDAYS.iter().zip(&schedule.week) {
                writeln!(text, "{name} = {}", hours(day)).unwrap();
            }
            let own = |own: &Option<Hours>| own.as_ref().map_or("\"as usual\"".to_owned(), hours);
            writeln!(text, "holidays = {}", own(&schedule.holidays)).unwrap();
            writeln!(text, "working_days = {}", own(&schedule.working_days)).unwrap();
        }
        let first = Date::new(2026, 1, 1).unwrap();
        let date = |day: &i64| first.checked_add(jiff::Span::new().days(*day)).unwrap();
        writeln!(text, "[year.2026]\nprovisional = true\nholidays = [").unwrap();
        self.holidays.iter().for_each(|day| writeln!(text, "\"{}\",", date(day)).unwrap());
        writeln!(text, "]\nworking_days = [").unwrap();
        for (day, like) in &self.working {
            let like = read::WEEKDAYS[usize::try_from(*like).unwrap()];
            writeln!(text, "{{ days = \"{}\", like = \"{like}\" }},", date(day)).unwrap();
        }
        text + "]\n"
    }

    fn hours<'a>(&self, schedule: &'a RandomSchedule, day: i64) -> &'a Hours {
        let of_the_week = |weekday: i64| &schedule.week[usize::try_from(weekday).unwrap()];
        if self.holidays.contains(&day) {
            return schedule.holidays.as_ref().unwrap_or(of_the_week(weekday_of(day)));
        }
        match self.working.get(&day) {
            Some(like) => schedule.working_days.as_ref().unwrap_or(of_the_week(*like)),
            None => of_the_week(weekday_of(day)),
        }
    }

    /// Every minute as the clock shows it: a bit for each open schedule, the highest for a holiday.
    fn painted(&self) -> Vec<u8> {
        let mut minutes = vec![0_u8; usize::try_from((PAINTED + 2) * MINUTES).unwrap()];
        // The day before the first one reaches into it.
        for day in -1..PAINTED {
            let mut paint = |from: i64, length: i64, bit: u8| {
                for minute in from..from + length {
                    if let Ok(index) = usize::try_from(day * MINUTES + minute) {
                        minutes[index] |= bit;
                    }
                }
            };
            for (index, schedule) in self.schedules.iter().enumerate() {
                let hours = self.hours(schedule, day);
                hours.iter().for_each(|(begin, length)| paint(*begin, *length, 1 << index));
            }
            if self.holidays.contains(&day) {
                paint(0, MINUTES, 0x80);
            }
        }
        minutes
    }

    /// What the clock shows at a minute of UTC, both since the first day.
    fn shown(&self, minute: i64) -> i64 {
        let (_, winter, summer, begin, end) = ZONES[self.zone];
        minute + if (begin..end).contains(&minute) { summer } else { winter }
    }

    /// Minutes of UTC at which the clock shows one that is painted.
    fn minutes(&self) -> std::ops::Range<i64> {
        let offset = ZONES[self.zone].1;
        -offset..PAINTED * MINUTES - offset
    }
}

fn moment(minute: i64) -> Wall {
    Wall((START + minute) * 60_000)
}

fn bits(open: &BTreeSet<String>, holiday: bool) -> u8 {
    let bit = |name: &String| 1 << name[1..].parse::<u8>().unwrap();
    open.iter().map(bit).sum::<u8>() | if holiday { 0x80 } else { 0 }
}

/// Errors only: hours may overlap over midnight.
fn read(random: &RandomCalendar) -> Calendar {
    let (calendar, findings) = parse("c.toml", &random.text());
    let errors: Vec<&Finding> = findings.iter().filter(|f| f.rule != "overlap-midnight").collect();
    assert_eq!(errors, [] as [&Finding; 0], "{}", random.text());
    calendar
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_minute_is_answered_as_painted(
        random in random_calendar(), days in vec(day(), 3), second in 0..60_000_i64,
    ) {
        let calendar = read(&random);
        let painted = random.painted();
        let within = random.minutes();
        for day in days {
            for minute in (day - 1) * MINUTES..(day + 1) * MINUTES {
                if !within.contains(&minute) {
                    continue;
                }
                let expected = painted[usize::try_from(random.shown(minute)).unwrap()];
                let at = Wall(moment(minute).0 + second);
                for index in 0..random.schedules.len() {
                    let open = calendar.is_open(&format!("s{index}"), at);
                    prop_assert_eq!(open, expected & (1 << index) != 0, "s{} {}", index, calendar.describe(at));
                }
                prop_assert_eq!(calendar.is_holiday(at), expected & 0x80 != 0);
            }
        }
    }

    #[test]
    fn the_next_change_is_the_next_that_is_painted(
        random in random_calendar(), from in vec((day(), 0..MINUTES), 12),
    ) {
        let calendar = read(&random);
        let painted = random.painted();
        let bits = |minute: i64| painted[usize::try_from(random.shown(minute)).unwrap()];
        for (day, minute) in from {
            let from = (day * MINUTES + minute).max(random.minutes().start);
            for index in 0..random.schedules.len() {
                let is_open = |minute: i64| bits(minute) & (1 << index) != 0;
                let expected = (from + 1..random.minutes().end).find(|m| is_open(*m) != is_open(from));
                let found = calendar.next_change(&format!("s{index}"), moment(from));
                match expected {
                    Some(minute) => prop_assert_eq!(found, Some(moment(minute))),
                    None => prop_assert!(found.is_none_or(|at| at >= moment(random.minutes().end))),
                }
            }
        }
    }

    #[test]
    fn the_classes_are_exactly_the_situations_painted(random in random_calendar()) {
        let calendar = read(&random);
        let painted = random.painted();
        let occurring: BTreeSet<u8> =
            random.minutes().map(|m| painted[usize::try_from(random.shown(m)).unwrap()]).collect();
        let classes = calendar.classes();
        let found: BTreeSet<u8> = classes.iter().map(|c| bits(&c.open, c.holiday)).collect();
        prop_assert_eq!(&found, &occurring);
        prop_assert_eq!(found.len(), classes.len(), "each once");
        for class in &classes {
            prop_assert_eq!(class, &calendar.class_at(class.at), "its example shows it");
            prop_assert_eq!(&class.example, &calendar.describe(class.at));
        }
    }

    #[test]
    fn every_moment_is_of_some_class(random in random_calendar(), at in vec(any::<u32>(), 200)) {
        let calendar = read(&random);
        let classes: BTreeSet<u8> = calendar.classes().iter().map(|c| bits(&c.open, c.holiday)).collect();
        for seconds in at {
            let class = calendar.class_at(Wall(i64::from(seconds) * 1_000));
            prop_assert!(classes.contains(&bits(&class.open, class.holiday)), "{}", class.example);
        }
    }
}
