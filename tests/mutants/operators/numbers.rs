//! Counts and times raised out of their bounds.

use super::places::{Place, places};
use crate::edit;
use crate::hotline::Hotline;
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("raise or lower a count out of its bounds", out_of_bounds),
    ("write a number as a text", as_text),
    ("ask for more digits than there may be", least_above_most),
];

/// Every number in the menus.
pub fn numbers(hotline: &Hotline) -> Vec<(Place, i64)> {
    let mut found = Vec::new();
    for place in places(hotline, "menus/", |_, _| true) {
        let document = edit::document(hotline.text(&place.file));
        let number = edit::find(document.as_item(), &place.way).and_then(|item| item.as_integer());
        found.extend(number.map(|number| (place, number)));
    }
    found
}

fn out_of_bounds(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, _) in numbers(hotline) {
        for out in [-1, 99, 1_000_000_000_000] {
            let mutant = place.set(hotline, out);
            mutants.push(Mutant::new(format!("{} = {out}", place.shown()), mutant, Verdict::breaks(&[])));
        }
    }
    mutants
}

fn as_text(hotline: &Hotline) -> Vec<Mutant> {
    let of = |(place, number): (Place, i64)| {
        Mutant::new(place.shown(), place.set(hotline, number.to_string()), Verdict::breaks(&[]))
    };
    numbers(hotline).into_iter().map(of).collect()
}

fn least_above_most(hotline: &Hotline) -> Vec<Mutant> {
    let least = numbers(hotline).into_iter().filter(|(place, _)| place.last() == "min");
    let of =
        |(place, _): (Place, i64)| Mutant::new(place.shown(), place.set(hotline, 31), Verdict::breaks(&[]));
    least.map(of).collect()
}
