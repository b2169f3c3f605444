//! Rows of conditions: all terms of a row must hold, the first row that fits decides.

use crate::ids::{Language, QueueId};
use crate::menu::api::CallerList;
use crate::menu::draft::{ConditionDraft, TermDraft, WhenDraft};
use crate::menu::parse::fields::Fields;
use crate::menu::parse::keys;
use crate::menu::parse::target::target;
use crate::menu::reader::MISSING;
use crate::menu::report::{At, Report, Spot};

/// `[[when]]` of a table.
pub fn rows(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> Vec<WhenDraft> {
    fields.rows("when", report).iter().map(|row| when(row, report)).collect()
}

fn when(row: &Fields<'_, '_>, report: &mut Report<'_>) -> WhenDraft {
    let mut terms = plain(row, report);
    terms.extend(field(row, report));
    terms.extend(queue(row, report));
    let said = keys::WHEN.keys.iter().any(|key| key.name != "leads_to" && row.get(key.name).is_some());
    if !said {
        let message = "this row has no condition, so it would always fit";
        let help = "Write one, such as open = \"office\" or caller = \"vip\", or remove the row.";
        report.add(&MISSING, &row.spot(), message, help);
    }
    WhenDraft { spot: row.spot(), terms, leads_to: target(row, "leads_to", report) }
}

fn term(condition: ConditionDraft, spot: Spot, holds: bool) -> TermDraft {
    TermDraft { condition: At { value: condition, spot }, holds }
}

/// A key that says everything by itself: how its value is meant, and whether that must hold.
type Plain = (&'static str, fn(String) -> ConditionDraft, bool);

const PLAIN: [Plain; 7] = [
    ("open", ConditionDraft::Open, true),
    ("closed", ConditionDraft::Open, false),
    ("language", |tag| ConditionDraft::Language(Language::new(tag)), true),
    ("verified", ConditionDraft::Level, true),
    ("not_verified", ConditionDraft::Level, false),
    ("plan", ConditionDraft::Plan, true),
    ("no_plan", ConditionDraft::Plan, false),
];

fn plain(row: &Fields<'_, '_>, report: &mut Report<'_>) -> Vec<TermDraft> {
    let mut terms = Vec::new();
    for (name, condition, holds) in PLAIN {
        if let Some(At { value, spot }) = row.text(name, report) {
            terms.push(term(condition(value), spot, holds));
        }
    }
    if let Some(At { value, spot }) = row.flag("holiday", report) {
        terms.push(term(ConditionDraft::Holiday, spot, value));
    }
    for (name, holds) in [("caller", true), ("not_caller", false)] {
        if let Some(At { value, spot }) = row.word(name, report) {
            terms.push(term(ConditionDraft::Caller(list(value)), spot, holds));
        }
    }
    terms
}

fn list(word: &str) -> CallerList {
    match word {
        "vip" => CallerList::Vip,
        "blocked" => CallerList::Blocked,
        "elderly" => CallerList::Elderly,
        _ => CallerList::Known,
    }
}

/// `field` with `is`, `is_not`, or both.
fn field(row: &Fields<'_, '_>, report: &mut Report<'_>) -> Vec<TermDraft> {
    let name = row.text("field", report);
    let values = [("is", true), ("is_not", false)]
        .map(|(key, holds)| row.text(key, report).map(|value| (key, value, holds)));
    let values: Vec<_> = values.into_iter().flatten().collect();
    let Some(name) = name else {
        for (key, value, _) in values.iter().filter(|_| row.get("field").is_none()) {
            let message = format!("`{key}` does not say which field it is about");
            report.add(&MISSING, &value.spot, message, "Write field = \"NAME\" beside it.");
        }
        return Vec::new();
    };
    if row.get("is").is_none() && row.get("is_not").is_none() {
        let message = format!("it is not said what the field `{}` is compared with", name.value);
        report.add(&MISSING, &name.spot, message, "Write is = \"…\" or is_not = \"…\" beside it.");
    }
    let terms = values.into_iter().map(|(_, At { value, .. }, holds)| {
        term(ConditionDraft::Field { name: name.value.clone(), value }, name.spot.clone(), holds)
    });
    terms.collect()
}

/// `queue` with one or more of what can be asked about it.
fn queue(row: &Fields<'_, '_>, report: &mut Report<'_>) -> Vec<TermDraft> {
    const ABOUT: [&str; 3] = ["waiting_above", "estimate_above", "ready_below"];
    let named = row.text("queue", report);
    let waiting = row.count("waiting_above", report);
    let estimate = row.span("estimate_above", report);
    let ready = row.count("ready_below", report);
    let Some(At { value: name, spot: named_at }) = named else {
        for name in ABOUT.into_iter().filter(|_| row.get("queue").is_none()) {
            if let Some(spot) = row.spot_at(name) {
                let message = format!("`{name}` does not say which queue it is about");
                report.add(&MISSING, &spot, message, "Write queue = \"NAME\" beside it.");
            }
        }
        return Vec::new();
    };
    if ABOUT.iter().all(|name| row.get(name).is_none()) {
        let message = format!("it is not said what is asked about the queue `{name}`");
        let help = "Write waiting_above = 10, estimate_above = \"5 min\" or ready_below = 1 beside it.";
        report.add(&MISSING, &named_at, message, help);
    }
    let queue = || QueueId::new(&name);
    let mut terms = Vec::new();
    let mut add = |condition| terms.push(term(condition, named_at.clone(), true));
    if let Some(above) = waiting {
        add(ConditionDraft::Waiting { queue: queue(), above: above.value });
    }
    if let Some(above) = estimate {
        add(ConditionDraft::Estimate { queue: queue(), above: above.value });
    }
    if let Some(below) = ready {
        add(ConditionDraft::Ready { queue: queue(), below: below.value });
    }
    terms
}
