//! The classes of situations, and the holes among them.

use super::classes::Walk;
use super::*;

fn told(classes: &[CalendarClass]) -> Vec<String> {
    let line = |class: &CalendarClass| {
        let open: Vec<&str> = class.open.iter().map(String::as_str).collect();
        let day = if class.holiday { "holiday" } else { "no holiday" };
        format!("{day}, open {}: {}", open.join(" "), class.example)
    };
    classes.iter().map(line).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn cba_8_the_sample_has_these_situations() {
    let expected = [
        "holiday, open hotline: Thursday 1 January 2026 05:00 (元旦)",
        "holiday, open branches hotline: Thursday 1 January 2026 12:00 (元旦)",
        "no holiday, open hotline: Sunday 4 January 2026 04:00 (元旦调休)",
        "no holiday, open advisers hotline: Sunday 4 January 2026 08:45 (元旦调休)",
        "no holiday, open advisers branches hotline: Sunday 4 January 2026 10:00 (元旦调休)",
        "no holiday, open branches hotline: Sunday 4 January 2026 12:45 (元旦调休)",
    ];
    assert_eq!(told(&calendar(SAMPLE).classes()), expected);
}

#[test]
fn cba_8_a_hole_is_where_nobody_is_there() {
    let sample = calendar(SAMPLE);
    assert_eq!(sample.holes(&set(&["hotline"])), [], "somebody always is");
    let holes = sample.holes(&set(&["branches", "advisers"]));
    let expected = [
        "holiday, open hotline: Thursday 1 January 2026 05:00 (元旦)",
        "no holiday, open hotline: Sunday 4 January 2026 04:00 (元旦调休)",
    ];
    assert_eq!(told(&holes), expected);
    assert_eq!(sample.holes(&set(&[])).len(), 6, "nobody was named");
    assert_eq!(sample.holes(&set(&["nobody"])).len(), 6, "who does not exist is never there");
}

#[test]
fn one_minute_is_a_hole_as_well() {
    let text = "time_zone = \"Asia/Shanghai\"
        [hours.day]
        every_day = \"08:00-20:00\"
        holidays = \"as usual\"
        [hours.night]
        every_day = \"20:00-08:00\"
        saturday = \"20:01-08:00\"
        holidays = \"as usual\"";
    let calendar = calendar(text);
    let holes = calendar.holes(&set(&["day", "night"]));
    assert_eq!(told(&holes), ["no holiday, open : Saturday 3 January 2026 20:00"]);
}

#[test]
fn a_minute_that_summer_time_always_skips_is_none() {
    let text = |day: &str| {
        format!(
            "time_zone = \"Europe/Berlin\"
            [hours.holiday]
            holidays = \"02:10-02:20\"
            [year.2026]
            holidays = [\"{day}\"]"
        )
    };
    let open = |day: &str| calendar(&text(day)).classes().iter().filter(|c| !c.open.is_empty()).count();
    assert_eq!(open("2026-03-29"), 0, "the clocks go from 02:00 to 03:00 on that day");
    assert_eq!(open("2026-03-28"), 1);
    assert_eq!(open("2026-10-25"), 1, "it comes twice");
}

#[test]
fn lists_far_apart_reach_over_new_year() {
    let text = "time_zone = \"Asia/Shanghai\"
        [hours.party]
        holidays = \"23:00-01:00\"
        [year.2026]
        holidays = [\"2026-12-31\"]
        [year.2030]
        holidays = [\"2030-01-01\"]";
    let classes = calendar(text).classes();
    assert!(
        classes.iter().any(|c| !c.holiday && c.example == "Friday 1 January 2027 00:30" && c.open.len() == 1)
    );
    assert_eq!(classes.len(), 4, "{:?}", told(&classes));
}

#[test]
fn zones_that_leave_out_a_day_are_cut_right() {
    let text = "time_zone = \"Pacific/Apia\"
        [hours.friday]
        friday = \"24 h\"
        [hours.late]
        thursday = \"23:00-01:00\"
        [hours.holiday]
        holidays = \"24 h\"
        [year.2011]
        holidays = [\"2011-12-30\"]";
    // Samoa had no 30 December 2011.
    let calendar = calendar(text);
    assert_eq!(calendar.classes().iter().filter(|class| class.holiday).count(), 0);
    let eve = at("UTC", "2011-12-30T09:59:00Z");
    assert_eq!(calendar.describe(eve), "Thursday 29 December 2011 23:59");
    assert_eq!(
        calendar.next_change("late", eve),
        Some(at("UTC", "2011-12-30T10:00:00Z")),
        "it ends with the day"
    );
}

#[test]
fn without_lists_a_plain_week_is_told() {
    let calendar = calendar("time_zone = \"UTC\"\n[hours.x]\nweekdays = \"09:00-17:00\"");
    let expected = [
        "no holiday, open : Thursday 1 January 2026 04:00",
        "no holiday, open x: Thursday 1 January 2026 13:00",
    ];
    assert_eq!(told(&calendar.classes()), expected);
}

/// Ten schedules with different hours every day, over the sample's two years and many more.
#[test]
fn the_work_is_counted_in_thousands_not_in_minutes_of_years() {
    let mut text = String::from(&SAMPLE[SAMPLE.find("[year.2026]").unwrap()..]);
    let year_2028 = "[year.2028]\nholidays = \"2028-01-01\"\n";
    let mut hours = String::from("time_zone = \"Europe/Berlin\"\n");
    for index in 0..10 {
        hours += &format!("[hours.s{index}]\nholidays = \"10:0{index}-12:0{index}\"\n");
        for (day, name) in read::WEEKDAYS.iter().enumerate() {
            hours += &format!(
                "{name} = [\"0{day}:0{index}-1{day}:1{index}\", \"2{}:3{index}-00:0{index}\"]\n",
                day % 3
            );
        }
    }
    let looks = |text: &str| {
        let calendar = calendar(text);
        let mut walk = Walk::new(&calendar);
        walk.walk();
        walk.looks
    };
    text = hours + &text;
    let two_years = looks(&text);
    assert!(two_years < 20_000, "{two_years}");
    let three_years = looks(&(text + year_2028));
    assert!(
        three_years < two_years + two_years / 4,
        "{three_years} after {two_years}: kinds of days, not days"
    );
}
