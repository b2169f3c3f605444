//! What is found in calendar files, and where.

use super::*;
use crate::config::finding::Severity;

/// Findings of a file with these lines after a time zone and a schedule in lines 1 to 3.
fn found(lines: &str) -> Vec<String> {
    let text =
        format!("time_zone = \"Asia/Shanghai\"\n[hours.branches]\nweekdays = \"09:00-17:00\"\n{lines}");
    places(&parse("c.toml", &text).1)
}

fn help(lines: &str) -> String {
    let (_, findings) = parse("c.toml", lines);
    findings.iter().map(|f| format!("{} {}", f.message, f.help)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sample_is_clean_and_says_what_it_means() {
    let sample = calendar(SAMPLE);
    assert_eq!(sample.schedules().collect::<Vec<_>>(), ["advisers", "branches", "hotline"]);
    assert_eq!(sample.time_zone(), "Asia/Shanghai");
    let days = |year: i16, holiday: bool| {
        let is_wanted = |special: &&Special| (special.sort == Sort::Holiday) == holiday;
        sample.years[&year].days.values().filter(is_wanted).count()
    };
    assert_eq!((days(2026, true), days(2026, false)), (33, 6), "as announced: 3+9+3+5+3+3+7 days off");
    assert_eq!((days(2027, true), days(2027, false)), (13, 0), "the statutory 13 days");
    assert!(sample.years[&2027].provisional);
}

#[test]
fn what_is_not_said_has_the_default_the_manual_tells() {
    let text = "time_zone = \"Asia/Shanghai\"\n[hours.x]\nmonday = \"09:00-10:00\"";
    let same = "time_zone = \"Asia/Shanghai\"\nworking_days_like = \"monday\"\nnext_year_by = \"11-01\"\n\
                [hours.x]\nmonday = [\"09:00-10:00\"]\ntuesday = []\nweekend = \"closed\"\n\
                holidays = \"closed\"\nworking_days = \"as usual\"";
    assert_eq!(calendar(text), calendar(same));
}

#[test]
fn dates_may_be_written_with_and_without_quotes() {
    let start = "time_zone = \"Asia/Shanghai\"\n[hours.x]\nevery_day = \"24 h\"\n[year.2026]\n";
    let plain = calendar(&format!("{start}holidays = [\"2026-05-01\", \"2026-05-02\"]"));
    for same in ["[2026-05-01, 2026-05-02]", "\"2026-05-01..2026-05-02\"", "[\"2026-05-01 .. 2026-05-02\"]"] {
        assert_eq!(calendar(&format!("{start}holidays = {same}")), plain, "{same}");
    }
}

#[test]
fn mistakes_at_the_top_are_pointed_at() {
    assert_eq!(places(&parse("c.toml", "").1), ["no-schedule 1:1", "no-time-zone 1:1"]);
    assert_eq!(found("[hour.x]"), ["unknown-key 4:2"]);
    let top = |lines: &str| places(&parse("c.toml", &format!("{lines}\n[hours.x]\nmonday = []")).1);
    assert_eq!(top("time_zone = \"Asia/Shanghi\""), ["unknown-zone 1:13"]);
    assert_eq!(top("time_zone = 8"), ["wrong-type 1:13"]);
    for zone in ["", "CST-8", "Local", "Etc/Unknown", "/etc/localtime", "Asia/../Asia/Shanghai"] {
        assert_eq!(top(&format!("time_zone = \"{zone}\"")), ["unknown-zone 1:13"], "{zone}");
    }
    assert_eq!(top("time_zone = \"UTC\"\nnext_year_by = \"02-29\""), ["bad-date 2:16"]);
    assert_eq!(top("time_zone = \"UTC\"\nnext_year_by = \"13-01\""), ["bad-date 2:16"]);
    assert_eq!(top("time_zone = \"UTC\"\nworking_days_like = \"sunday\""), ["unknown-word 2:21"]);
    assert_eq!(top("time_zone = \"UTC\"\ntime_zone = \"UTC\""), ["toml-syntax 2:1"]);
    assert_eq!(places(&parse("c.toml", "time_zone = \"UTC\"\n[hours]").1), ["no-schedule 2:1"]);
}

#[test]
fn mistakes_in_hours_are_pointed_at() {
    for (line, rule) in [
        ("sunday = \"9-17\"", "bad-hours 4:10"),
        ("sunday = [\"09:00-12:00\", \"08:00-08:00\"]", "bad-hours 4:26"),
        ("sunday = [\"09:00-12:00\", \"11:59-13:00\"]", "overlap 4:26"),
        ("sunday = [\"22:00-06:00\", \"20:00-23:00\"]", "overlap 4:26"),
        ("sunday = 9", "wrong-type 4:10"),
        ("sunday = [9]", "wrong-type 4:11"),
        ("sundays = []", "unknown-key 4:1"),
        ("saturday = \"22:00-06:00\"\nsunday = \"05:00-09:00\"", "overlap-midnight 5:10"),
        ("sunday = \"22:00-09:01\"", "overlap-midnight 3:12"),
        ("[hours.\"a b\"]\nmonday = []", "bad-name 4:8"),
        ("[hours.b]", "no-hours 4:8"),
    ] {
        assert_eq!(found(line), [rule], "{line}");
    }
    assert_eq!(found("saturday = \"22:00-06:00\"\nsunday = \"06:00-09:00\""), [""; 0], "they only touch");
    assert_eq!(found("weekend = \"20:00-09:00\""), [""; 0], "Monday begins when Sunday ends");
    assert_eq!(found("[hours.x]\nevery_day = \"20:00-20:01\"\nholidays = \"as usual\""), [""; 0]);
}

#[test]
fn mistakes_in_dates_are_pointed_at() {
    for (line, rule) in [
        ("holidays = [\"2026-02-30\"]", "bad-date 5:13"),
        ("holidays = [\"2026-2-3\"]", "bad-date 5:13"),
        ("holidays = [2026-02-03T00:00:00]", "bad-date 5:13"),
        ("holidays = [\"2026-02-22..2026-02-16\"]", "inverted-range 5:13"),
        ("holidays = [\"2026-02-16..2026-02-22..2026-02-23\"]", "bad-date 5:13"),
        ("holidays = [\"2026-12-31..2027-01-02\"]", "outside-year 5:13"),
        ("holidays = [\"2025-12-31\"]", "outside-year 5:13"),
        ("holidays = [\"2026-05-01..2026-05-05\", \"2026-05-05\"]", "listed-twice 5:39"),
        ("holidays = [\"2026-05-01..2026-10-05\"]", "long-holiday 5:13"),
        ("holidays = [2026]", "wrong-type 5:13"),
        ("holidays = [{ name = \"x\" }]", "no-days 5:13"),
        ("holidays = [{ days = \"2026-05-01\", like = \"monday\" }]", "unknown-key 5:36"),
        ("working_days = [\"2026-02-16\"]", "already-working 5:17"),
        ("working_days = [{ days = \"2026-02-14\", like = \"mondy\" }]", "unknown-word 5:47"),
        (
            "working_days = [\"2026-02-14\"]\nholidays = [\"2026-02-14..2026-02-20\"]",
            "holiday-and-working 5:17",
        ),
        ("provisional = \"yes\"\nholidays = [\"2026-05-01\"]", "wrong-type 5:15"),
        ("holidays = []", "empty-year 4:7"),
        ("holiday = [\"2026-05-01\"]\nworking_days = [\"2026-02-14\"]", "unknown-key 5:1"),
    ] {
        assert_eq!(found(&format!("[year.2026]\n{line}")), [rule], "{line}");
    }
    for year in ["26", "1926", "02026", "+2026", "2200", "next"] {
        assert_eq!(found(&format!("[year.\"{year}\"]\nholidays = []")), ["bad-year 4:7"], "{year}");
    }
    assert_eq!(found("year = 2026"), ["unknown-key 4:1"], "it would belong to the schedule");
}

#[test]
fn everything_wrong_is_found_at_once() {
    let lines = "saturday = \"x\"\n[year.2026]\nholidays = [\"2026-02-31\", \"2026-05-01\"]\n\
                 working_days = [\"2026-05-01\", \"2026-05-04\"]";
    let all = ["bad-hours 4:12", "bad-date 6:13", "holiday-and-working 7:17", "already-working 7:31"];
    assert_eq!(found(lines), all);
}

#[test]
fn a_finding_says_what_to_do() {
    for (text, wanted) in [
        ("time_zone = \"Asia/Shanghi\"", "Did you mean `Asia/Shanghai`?"),
        ("time_zone = \"Asia/Beijing\"", "`Asia/Shanghai` (all of China)"),
        ("[hours.x]\nweekday = []", "Did you mean `weekdays`?"),
        ("[hours.x]\nmonday = \"00:00-00:00\"", "Write `24 h` for a whole day"),
        ("[year.2026]\nholidays = [\"2026-12-31..2027-01-01\"]", "Write it under `[year.2027]`"),
        ("[year.2026]\nholidays = [\"2026-05-05..2026-05-01\"]", "Write `2026-05-01..2026-05-05`"),
        ("[year.2026]\nholidays = [2026-05-01, 2026-05-01]", "first in line 2"),
        ("[year.2026]\nworking_days = [\"2026-02-16\"]", "Monday 16 February 2026 is a working day already."),
    ] {
        assert!(help(text).contains(wanted), "{text}: {}", help(text));
    }
}

#[test]
fn only_warnings_let_a_file_through() {
    let (_, findings) =
        parse("c.toml", &format!("{SAMPLE}\n[year.2028]\nholidays = \"2028-01-01..2028-01-20\""));
    assert_eq!(findings.iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Warning]);
    let (_, findings) = parse("c.toml", &format!("{SAMPLE}\nx = 1"));
    assert_eq!(findings.iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Error]);
}

#[test]
fn too_many_schedules_are_refused() {
    let many: String = (0..65).map(|i| format!("[hours.s{i}]\nmonday = []\n")).collect();
    let (calendar, findings) = parse("c.toml", &format!("time_zone = \"UTC\"\n{many}"));
    assert_eq!(findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["too-many"]);
    assert_eq!(calendar.schedules().count(), 64);
}

proptest::proptest! {
    /// Bytes of the sample torn out and put elsewhere: findings perhaps, never a panic.
    #[test]
    fn damaged_files_never_panic(from in 0_usize..4_000, length in 0_usize..60, to in 0_usize..4_000) {
        let characters: Vec<char> = SAMPLE.chars().collect();
        let (from, to) = (from.min(characters.len()), to.min(characters.len()));
        let piece = characters[from..].iter().take(length);
        let text: String = characters[..to].iter().chain(piece).chain(&characters[to..]).collect();
        let (calendar, findings) = parse("c.toml", &text);
        proptest::prop_assert!(findings.iter().all(|f| f.span.end <= text.len() && !f.help.is_empty()));
        proptest::prop_assert!(calendar.classes().len() < 200);
    }
}
