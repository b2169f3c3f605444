//! Situations of the calendar, as far as these menus tell them apart: two moments that open and
//! close the same schedules are one to the proof.

use std::collections::BTreeSet;

use crate::menu::draft::Book;
use crate::menu::model::{Condition, Menu, Staffing};
use crate::menu::view::CalendarClass;

/// Never empty. Where the calendar is not known: everything open, everything closed, a holiday.
pub fn classes(book: &Book, menus: &[Menu], staffing: &[Staffing]) -> Vec<CalendarClass> {
    let (schedules, holidays) = told_apart(menus, staffing);
    let known = book.views.calendar.as_ref().filter(|calendar| !calendar.classes.is_empty());
    let all = match known {
        Some(calendar) => calendar.classes.clone(),
        None => unknown(&schedules),
    };
    let mut classes: Vec<CalendarClass> = Vec::new();
    for class in all {
        let open = class.open.intersection(&schedules).cloned().collect();
        let class = CalendarClass { open, holiday: class.holiday && holidays, example: class.example };
        if !classes.iter().any(|other| other.open == class.open && other.holiday == class.holiday) {
            classes.push(class);
        }
    }
    classes
}

/// Schedules that something depends on, and whether holidays matter.
fn told_apart(menus: &[Menu], staffing: &[Staffing]) -> (BTreeSet<String>, bool) {
    let mut schedules: BTreeSet<String> = staffing.iter().filter_map(|queue| queue.hours.clone()).collect();
    let mut holidays = false;
    let branches = menus.iter().flat_map(|menu| &menu.branches).flat_map(|node| &node.whens);
    let lookups = menus.iter().flat_map(|menu| &menu.lookups).flat_map(|node| &node.whens);
    for (condition, _) in branches.chain(lookups).flat_map(|when| &when.terms) {
        match condition {
            Condition::Open(schedule) => {
                schedules.insert(schedule.clone());
            }
            Condition::Holiday => holidays = true,
            _ => {}
        }
    }
    (schedules, holidays)
}

fn unknown(schedules: &BTreeSet<String>) -> Vec<CalendarClass> {
    let class = |open: &BTreeSet<String>, holiday, example: &str| CalendarClass {
        open: open.clone(),
        holiday,
        example: example.to_owned(),
    };
    let none = BTreeSet::new();
    vec![
        class(schedules, false, "everything open"),
        class(&none, false, "everything closed"),
        class(&none, true, "a holiday, everything closed"),
    ]
}
