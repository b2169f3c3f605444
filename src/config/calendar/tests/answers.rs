//! Open, holiday, next change, missing year: by examples.

use super::*;

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";

fn zoned(zone: &str, rest: &str) -> Calendar {
    calendar(&format!("time_zone = \"{zone}\"\n{rest}"))
}

#[test]
fn cba_8_hours_holidays_and_make_up_days_of_the_sample() {
    let sample = calendar(SAMPLE);
    for (moment, branches, advisers, holiday) in [
        ("2026-03-02T08:59:59.999", false, true, false),
        ("2026-03-02T09:00", true, true, false),
        ("2026-03-02T12:00", true, false, false),
        ("2026-03-02T16:59:59", true, true, false),
        ("2026-03-02T17:00", false, true, false),
        ("2026-03-01T09:30", true, false, false),
        ("2026-03-01T16:30", false, false, false),
        // Labour Day, Friday.
        ("2026-05-01T09:30", false, false, true),
        ("2026-05-01T10:00", true, false, true),
        ("2026-05-05T23:59", false, false, true),
        ("2026-05-06T00:00", false, false, false),
        // Saturday 9 May and Sunday 20 September work like Mondays.
        ("2026-05-09T09:00", true, true, false),
        ("2026-05-09T16:30", true, true, false),
        ("2026-09-20T17:30", false, true, false),
        // Sunday 10 May does not.
        ("2026-05-10T09:00", false, false, false),
    ] {
        let moment_wall = china(moment);
        assert_eq!(sample.is_open("branches", moment_wall), branches, "branches {moment}");
        assert_eq!(sample.is_open("advisers", moment_wall), advisers, "advisers {moment}");
        assert_eq!(sample.is_holiday(moment_wall), holiday, "{moment}");
        assert!(sample.is_open("hotline", moment_wall), "{moment}");
        assert!(!sample.is_open("nobody", moment_wall));
    }
}

#[test]
fn the_time_zone_decides_not_the_machine() {
    let sample = calendar(SAMPLE);
    assert!(sample.is_open("branches", at("UTC", "2026-03-02T01:00:00Z")), "09:00 in China");
    assert!(!sample.is_open("branches", at("UTC", "2026-03-02T00:59:59Z")));
    assert!(sample.is_holiday(at("UTC", "2026-04-30T16:00:00Z")), "1 May has begun in China");
}

#[test]
fn a_make_up_day_takes_the_hours_it_is_told() {
    let text = "working_days_like = \"friday\"
        [hours.usual]
        monday = \"08:00-09:00\"
        thursday = \"10:00-11:00\"
        friday = \"12:00-13:00\"
        [hours.own]
        weekdays = \"08:00-18:00\"
        working_days = \"14:00-15:00\"
        [year.2026]
        working_days = [\"2026-02-14\", { days = \"2026-02-28\", like = \"thursday\" }]";
    let calendar = zoned("Asia/Shanghai", text);
    let open = |moment: &str| {
        let at = china(moment);
        (calendar.is_open("usual", at), calendar.is_open("own", at))
    };
    assert_eq!(open("2026-02-14T12:30"), (true, false));
    assert_eq!(open("2026-02-14T14:30"), (false, true));
    assert_eq!(open("2026-02-14T08:30"), (false, false));
    assert_eq!(open("2026-02-28T10:30"), (true, false), "like Thursday");
    assert_eq!(open("2026-02-21T12:30"), (false, false), "an ordinary Saturday");
}

#[test]
fn hours_over_midnight_belong_to_the_day_they_begin_on() {
    let text = "[hours.night]
        weekdays = \"22:00-06:00\"
        [year.2026]
        holidays = [\"2026-05-01..2026-05-05\"]
        working_days = [\"2026-05-09\"]";
    let calendar = zoned("Asia/Shanghai", text);
    for (moment, open) in [
        ("2026-05-01T05:59", true), // from Thursday, although 1 May is a holiday
        ("2026-05-01T06:00", false),
        ("2026-05-01T22:00", false), // a holiday begins nothing
        ("2026-05-06T05:00", false), // and nothing reaches over from 5 May
        ("2026-05-06T22:00", true),
        ("2026-05-09T05:00", true), // from Friday
        ("2026-05-09T22:00", true), // the Saturday works
        ("2026-05-10T05:59", true), // into the Sunday
        ("2026-05-10T06:00", false),
        ("2026-05-16T22:00", false),
    ] {
        assert_eq!(calendar.is_open("night", china(moment)), open, "{moment}");
    }
    assert!(calendar.is_holiday(china("2026-05-01T03:00")), "the day is one all the same");
}

#[test]
fn opens_again_at() {
    let sample = calendar(SAMPLE);
    for (schedule, from, next) in [
        ("branches", "2026-03-02T08:00", "2026-03-02T09:00"),
        ("branches", "2026-03-02T09:00", "2026-03-02T17:00"),
        ("branches", "2026-03-02T17:00", "2026-03-03T09:00"),
        ("branches", "2026-04-30T17:00", "2026-05-01T10:00"),
        ("advisers", "2026-02-14T17:59", "2026-02-14T18:00"),
        ("advisers", "2026-02-14T18:00", "2026-02-24T08:30"),
        ("advisers", "2026-10-07T12:00", "2026-10-08T08:30"),
        ("advisers", "2026-10-09T18:00", "2026-10-10T08:30"),
    ] {
        assert_eq!(sample.next_change(schedule, china(from)), Some(china(next)), "{schedule} {from}");
    }
    assert_eq!(sample.next_change("hotline", china("2026-03-02T08:00")), None, "it never closes");
    assert_eq!(sample.next_change("nobody", china("2026-03-02T08:00")), None);
}

#[test]
fn the_next_change_may_be_years_away() {
    let text = "[hours.holidays]
        holidays = \"10:00-12:00\"
        [hours.but-holidays]
        every_day = \"24 h\"
        [year.2026]
        holidays = [\"2026-05-01\"]
        [year.2030]
        holidays = [\"2030-01-01\"]";
    let calendar = zoned("Asia/Shanghai", text);
    let next = |schedule: &str, from: &str| calendar.next_change(schedule, china(from));
    assert_eq!(next("holidays", "1990-01-01T00:00"), Some(china("2026-05-01T10:00")));
    assert_eq!(next("holidays", "2026-05-01T12:00"), Some(china("2030-01-01T10:00")));
    assert_eq!(next("holidays", "2030-01-01T12:00"), None);
    assert_eq!(next("but-holidays", "2026-05-02T00:00"), Some(china("2030-01-01T00:00")));
    assert_eq!(next("but-holidays", "2030-01-01T00:00"), Some(china("2030-01-02T00:00")));
    assert_eq!(next("but-holidays", "2030-01-02T00:00"), None);
}

#[test]
fn summer_time_skips_and_repeats() {
    let text = "[hours.night]\nsunday = \"02:15-02:45\"\n[hours.early]\nsunday = \"01:30-03:30\"";
    let berlin = zoned(BERLIN, text);
    for (moment, night, early) in [
        ("2026-03-29T00:59:00Z", false, true),  // 01:59
        ("2026-03-29T01:00:00Z", false, true),  // 03:00, as 02:00 to 03:00 do not exist
        ("2026-03-29T01:30:00Z", false, false), // 03:30
        ("2026-10-25T00:20:00Z", true, true),   // 02:20 summer time
        ("2026-10-25T00:50:00Z", false, true),
        ("2026-10-25T01:20:00Z", true, true),   // 02:20 again
        ("2026-10-25T02:30:00Z", false, false), // 03:30
    ] {
        let at = at("UTC", moment);
        assert_eq!((berlin.is_open("night", at), berlin.is_open("early", at)), (night, early), "{moment}");
    }
    let next = |calendar: &Calendar, from: &str| {
        let found = calendar.next_change("night", at("UTC", from)).unwrap();
        Timestamp::from_millisecond(found.0).unwrap().to_string()
    };
    assert_eq!(next(&berlin, "2026-03-22T02:00:00Z"), "2026-04-05T00:15:00Z", "a week is left out");
    assert_eq!(next(&berlin, "2026-10-25T00:15:00Z"), "2026-10-25T00:45:00Z");
    assert_eq!(next(&berlin, "2026-10-25T00:45:00Z"), "2026-10-25T01:15:00Z", "it opens a second time");
    let new_york = zoned(NEW_YORK, "[hours.night]\nsunday = \"01:15-01:45\"");
    assert_eq!(next(&new_york, "2026-11-01T05:45:00Z"), "2026-11-01T06:15:00Z", "01:15 for the second time");
    let over_the_gap = zoned(NEW_YORK, "[hours.night]\nsunday = \"02:30-04:00\"");
    assert_eq!(
        next(&over_the_gap, "2026-03-08T06:00:00Z"),
        "2026-03-08T07:00:00Z",
        "at once when 02:30 is skipped"
    );
}

#[test]
fn an_alarm_says_which_list_is_missing() {
    let sample = calendar(SAMPLE);
    for (moment, missing) in [
        ("2025-12-31T23:59", Some(2025)),
        ("2026-01-01T00:00", None),
        ("2026-10-31T23:59:59", None),
        ("2026-11-01T00:00", Some(2027)), // provisional only
        ("2026-12-31T23:59", Some(2027)),
        ("2027-01-01T00:00", Some(2027)),
        ("2028-05-01T00:00", Some(2028)),
    ] {
        assert_eq!(sample.missing_year(china(moment)), missing, "{moment}");
    }
    let announced = calendar(&SAMPLE.replace("provisional = true", ""));
    assert_eq!(announced.missing_year(china("2026-11-01T00:00")), None);
    assert_eq!(announced.missing_year(china("2027-11-01T00:00")), Some(2028));
    let later = calendar(&SAMPLE.replace("\"11-01\"", "\"12-15\""));
    assert_eq!(later.missing_year(china("2026-12-14T23:59")), None);
    assert_eq!(later.missing_year(china("2026-12-15T00:00")), Some(2027));
}

#[test]
fn moments_are_told_for_people() {
    let sample = calendar(SAMPLE);
    assert_eq!(sample.describe(china("2026-05-03T03:00")), "Sunday 3 May 2026 03:00 (劳动节)");
    assert_eq!(sample.describe(china("2026-05-17T03:00")), "Sunday 17 May 2026 03:00");
}

#[test]
fn impossible_clocks_are_answered() {
    let sample = calendar(SAMPLE);
    for wall in [i64::MIN, -1, i64::MAX] {
        let at = Wall(wall);
        assert!(sample.is_open("hotline", at));
        assert!(!sample.is_holiday(at));
        assert!(sample.missing_year(at).is_some());
        assert_eq!(sample.next_change("hotline", at), None);
        assert_eq!(sample.next_change("branches", at).is_some(), wall != i64::MAX);
    }
}
