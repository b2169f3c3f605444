//! Hours shifted and lost, holidays forgotten, queues closed while others are open.

use super::places::{Place, places};
use crate::edit::{self, Step};
use crate::hotline::{Hotline, QUEUES};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("shift hours", shift),
    ("write hours that there are not", impossible),
    ("lose a schedule", lost_schedule),
    ("lose hours of some days", lost_days),
    ("lose a holiday or a make-up working day", lost_holiday),
    ("give a queue the hours of a schedule", hours_of_queue),
    ("lead a closed queue elsewhere", when_closed),
    ("misspell a schedule", misspelt_schedule),
];

pub const CALENDAR: &str = "ops/calendar.toml";

/// Texts such as `09:00-17:00` in the schedules.
fn spans(hotline: &Hotline) -> Vec<(Place, String)> {
    let all =
        places(hotline, CALENDAR, |_, way| matches!(way.first(), Some(Step::Key(key)) if key == "hours"));
    let span = |place: Place| {
        let text = place.string(hotline)?;
        text.contains(':').then_some((place, text))
    };
    all.into_iter().filter_map(span).collect()
}

/// `09:00-17:00` so many hours later, around midnight if need be.
fn later(span: &str, hours: i32) -> String {
    let shifted = |time: &str| {
        let (hour, minute) = time.split_once(':').unwrap_or((time, "00"));
        let hour: i32 = hour.trim().parse().unwrap_or(0);
        format!("{:02}:{minute}", (hour + hours).rem_euclid(24))
    };
    span.split('-').map(shifted).collect::<Vec<_>>().join("-")
}

/// Whatever the hours are: somebody is there or the closed queue leads on, so callers decide.
fn shift(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, span) in spans(hotline) {
        for hours in [-12, -6, -3, -1, 1, 2, 4, 8, 11] {
            let to = later(&span, hours);
            let shown = format!("{} {span} → {to}", place.shown());
            // Two spans of a day may run into one another.
            let verdict = match place.way.last() {
                Some(Step::At(_)) => Verdict::Open,
                _ => Verdict::Measured,
            };
            mutants.push(Mutant::new(shown, place.set(hotline, to), verdict));
        }
    }
    mutants
}

fn impossible(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, span) in spans(hotline) {
        for to in ["25:00-26:00", "09:61-17:00", "nine to five", "", "09:00", "09:00-09:00"] {
            let shown = format!("{} {span} → {to}", place.shown());
            mutants.push(Mutant::new(shown, place.set(hotline, to), Verdict::breaks(&[])));
        }
    }
    mutants
}

/// Names of the schedules, with where they are named.
fn schedules(hotline: &Hotline) -> Vec<String> {
    let calendar = edit::document(hotline.text(CALENDAR));
    let hours = calendar.get("hours").and_then(|hours| hours.as_table_like());
    hours.into_iter().flat_map(|hours| hours.iter().map(|(name, _)| name.to_owned())).collect()
}

fn named(hotline: &Hotline) -> Vec<Place> {
    let terms = ["open", "closed", "hours"];
    let mut all = places(hotline, "menus/", |_, way| terms.contains(&edit::last(way)));
    all.extend(places(hotline, QUEUES, |_, way| terms.contains(&edit::last(way))));
    all.retain(|place| place.string(hotline).is_some());
    all
}

fn lost_schedule(hotline: &Hotline) -> Vec<Mutant> {
    let used: Vec<String> = named(hotline).iter().filter_map(|place| place.string(hotline)).collect();
    let of = |name: String| {
        let place = Place::new(CALENDAR, vec![Step::Key("hours".to_owned()), Step::Key(name.clone())]);
        let verdict = if used.contains(&name) { Verdict::breaks(&[]) } else { Verdict::Harmless };
        Mutant::new(place.shown(), place.removed(hotline), verdict)
    };
    schedules(hotline).into_iter().map(of).collect()
}

fn lost_days(hotline: &Hotline) -> Vec<Mutant> {
    let days = ["every_day", "weekdays", "weekend", "holidays"];
    let all = places(
        hotline,
        CALENDAR,
        |_, way| matches!(way.as_slice(), [Step::Key(hours), _, Step::Key(day)] if hours == "hours" && days.contains(&day.as_str())),
    );
    let of = |place: Place| {
        // A schedule of holidays or of nothing alone may be taken for a slip.
        let verdict = if place.last() == "weekend" { Verdict::Measured } else { Verdict::Open };
        Mutant::new(place.shown(), place.removed(hotline), verdict)
    };
    all.into_iter().map(of).collect()
}

fn lost_holiday(hotline: &Hotline) -> Vec<Mutant> {
    let lists = ["holidays", "working_days"];
    let all = places(hotline, CALENDAR, |_, way| {
        matches!(way.as_slice(), [Step::Key(year), _, Step::Key(list), Step::At(_)]
            if year == "year" && lists.contains(&list.as_str()))
    });
    all.into_iter()
        .map(|place| Mutant::new(place.shown(), place.removed(hotline), Verdict::Measured))
        .collect()
}

fn queue(name: &str) -> Place {
    Place::new(QUEUES, vec![Step::Key("queues".to_owned()), Step::Key(name.to_owned())])
}

fn hours_of_queue(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for name in hotline.queues() {
        for schedule in schedules(hotline) {
            let mutant = queue(&name).add(hotline, "hours", schedule.as_str());
            mutants.push(Mutant::new(format!("{name}: {schedule}"), mutant, Verdict::Measured));
        }
        let mutant = queue(&name).add(hotline, "hours", "nowhere");
        mutants.push(Mutant::new(format!("{name}: nowhere"), mutant, Verdict::breaks(&[])));
    }
    mutants
}

fn when_closed(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let queues = hotline.queues();
    let document = edit::document(hotline.text(QUEUES));
    let has_hours = |name: &str| {
        document
            .get("queues")
            .and_then(|queues| queues.get(name))
            .is_some_and(|queue| queue.get("hours").is_some())
    };
    for name in queues.iter().filter(|name| has_hours(name)) {
        for word in ["message", "callback"] {
            let mutant = queue(name).add(hotline, "when_closed", word);
            mutants.push(Mutant::new(format!("{name} → {word}"), mutant, Verdict::Measured));
        }
        let others = queues.iter().map(|other| (other.as_str(), Verdict::Measured));
        for (other, verdict) in others.chain([("nobody", Verdict::breaks(&[]))]) {
            let verdict = if other == name { Verdict::breaks(&[]) } else { verdict };
            let mutant = queue(name).add(hotline, "when_closed", edit::table("queue", other));
            mutants.push(Mutant::new(format!("{name} → {other}"), mutant, verdict));
        }
    }
    mutants
}

fn misspelt_schedule(hotline: &Hotline) -> Vec<Mutant> {
    let of = |place: Place| {
        let other = format!("{}s", place.string(hotline).unwrap_or_default());
        Mutant::new(format!("{} = {other}", place.shown()), place.set(hotline, other), Verdict::breaks(&[]))
    };
    named(hotline).into_iter().map(of).collect()
}
