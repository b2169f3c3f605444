//! Calendar files, and what the calendars made of them answer.

mod answers;
mod model;
mod reading;
mod situations;

use super::*;
use crate::config::finding::Finding;

const SAMPLE: &str = include_str!("../../../ops/calendar.toml");

/// A calendar without findings.
fn calendar(text: &str) -> Calendar {
    let (calendar, findings) = parse("ops/calendar.toml", text);
    assert_eq!(findings, [], "{text}");
    calendar
}

/// `2026-05-01T09:00` on the clocks of the zone; `…Z` is UTC.
fn at(zone: &str, moment: &str) -> Wall {
    if let Ok(moment) = moment.parse::<Timestamp>() {
        return wall(moment);
    }
    let civil: DateTime = moment.parse().unwrap();
    wall(civil.in_tz(zone).unwrap().timestamp())
}

fn china(moment: &str) -> Wall {
    at("Asia/Shanghai", moment)
}

/// `rule line:column` of everything found.
fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {}:{}", f.rule, f.line, f.column)).collect()
}
