//! Keys and seconds to a person, before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::menu::diff::names::Renamed;
use crate::menu::diff::{Person, PersonChange};
use crate::menu::prove::Proof;

pub fn changes(proofs: (&Proof, &Proof), renamed: &Renamed) -> Vec<PersonChange> {
    let (old, new) = (rows(proofs.0, &renamed.old), rows(proofs.1, &renamed.new));
    let places: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    let change = |place: &(String, String)| PersonChange {
        entry: place.0.clone(),
        menu: place.1.clone(),
        old: old.get(place).cloned(),
        new: new.get(place).cloned(),
    };
    places.into_iter().map(change).filter(|change| change.old != change.new).collect()
}

/// By entry and menu.
fn rows(proof: &Proof, renamed: &BTreeMap<String, String>) -> BTreeMap<(String, String), Person> {
    let row = |row: &crate::menu::prove::MenuRow| {
        let menu = row.menu.to_string();
        let person = Person {
            keys: row.keys.clone(),
            listening_ms: tenths(row.listening),
            silent_ms: tenths(row.silent),
            queue: row.person.to_string(),
        };
        ((row.entry.to_string(), renamed.get(&menu).cloned().unwrap_or(menu)), person)
    };
    proof.menus.iter().map(row).collect()
}

/// Rounded to a tenth of a second, in thousandths: nobody hears less.
pub fn tenths(time: Duration) -> u64 {
    let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    ms.saturating_add(50) / 100 * 100
}
