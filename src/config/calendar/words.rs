//! Hours in words for people: `weekdays 09:00-17:00, holidays closed`.

use super::hours::{DAY, Span};
use super::{Calendar, Schedule};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Calendar {
    /// The hours of a schedule; `None` if there is no such schedule.
    pub fn words(&self, schedule: &str) -> Option<String> {
        self.schedules.get(schedule).map(words)
    }
}

fn words(schedule: &Schedule) -> String {
    let week = &schedule.week;
    let mut parts: Vec<String> = Vec::new();
    let same = |days: &[Vec<Span>]| days.iter().all(|day| Some(day) == days.first());
    if same(week) {
        parts.push(format!("every day {}", hours(&week[0])));
    } else {
        let (weekdays, weekend) = week.split_at(5);
        for (name, days, first) in [("weekdays", weekdays, 0), ("weekend", weekend, 5)] {
            if same(days) {
                parts.push(format!("{name} {}", hours(&days[0])));
            } else {
                parts.extend(runs(days, first));
            }
        }
    }
    match &schedule.holidays {
        None => parts.push("holidays as usual".to_owned()),
        Some(day) => parts.push(format!("holidays {}", hours(day))),
    }
    parts.extend(schedule.working_days.as_ref().map(|day| format!("make-up working days {}", hours(day))));
    parts.join(", ")
}

/// Days one after the other with the same hours stand together.
fn runs(days: &[Vec<Span>], first: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for at in 1..=days.len() {
        if days.get(at) == days.get(begin) {
            continue;
        }
        let name = |ix: usize| DAYS.get(first + ix).copied().unwrap_or_default();
        let names = match at - begin {
            1 => name(begin).to_owned(),
            _ => format!("{} to {}", name(begin), name(at - 1)),
        };
        parts.push(format!("{names} {}", hours(&days[begin])));
        begin = at;
    }
    parts
}

fn hours(day: &[Span]) -> String {
    if day.is_empty() {
        return "closed".to_owned();
    }
    let span = |span: &Span| match (span.begin, span.end) {
        (0, DAY) => "24 h".to_owned(),
        (begin, end) => format!("{}-{}", clock(begin), clock(end)),
    };
    day.iter().map(span).collect::<Vec<_>>().join(" and ")
}

/// Midnight at the end of a day is 24:00, later minutes are those of the next day.
fn clock(minute: u16) -> String {
    let of_day = if minute > DAY { minute - DAY } else { minute };
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn hours_are_told_as_people_tell_them() {
        let text = r#"
            time_zone = "Asia/Shanghai"
            [hours.always]
            every_day = "24 h"
            holidays = "as usual"
            [hours.office]
            weekdays = ["09:00-12:00", "13:30-18:00"]
            [hours.shop]
            monday = "09:00-17:00"
            tuesday = "09:00-17:00"
            friday = "09:00-15:00"
            saturday = "22:00-06:00"
            holidays = "10:00-15:00"
            working_days = "18:00-24:00"
        "#;
        let (calendar, findings) = parse("calendar.toml", text);
        assert!(findings.iter().all(|finding| finding.source == "CBA-8"), "{findings:?}");
        assert_eq!(calendar.words("always").unwrap(), "every day 24 h, holidays as usual");
        assert_eq!(
            calendar.words("office").unwrap(),
            "weekdays 09:00-12:00 and 13:30-18:00, weekend closed, holidays closed"
        );
        assert_eq!(
            calendar.words("shop").unwrap(),
            "Monday to Tuesday 09:00-17:00, Wednesday to Thursday closed, Friday 09:00-15:00, \
             Saturday 22:00-06:00, Sunday closed, holidays 10:00-15:00, make-up working days 18:00-24:00"
        );
        assert_eq!(calendar.words("none"), None);
    }
}
