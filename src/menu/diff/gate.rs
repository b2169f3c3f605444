//! What a change must not do, for a gate before publishing.

use crate::menu::diff::{Change, Difference, PathChange, PlaceChange};
use crate::menu::prove::Proof;

/// Without any limit, every change is stopped at the gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gate {
    /// Longest way to a person from any menu, from the answer, for a caller who listens.
    pub max_seconds: Option<u32>,
    /// No key that led somewhere leads nowhere, and what could be reached still can.
    pub no_lost_paths: bool,
}

impl Gate {
    /// Is anything asked of the change?
    pub fn is_set(&self) -> bool {
        *self != Gate::default()
    }

    /// What the change does that it must not, a line each.
    pub fn breaches(&self, difference: &Difference, new: &Proof) -> Vec<String> {
        let mut breaches = Vec::new();
        for row in &new.menus {
            let seconds = row.listening.as_secs_f64();
            if self.max_seconds.is_some_and(|most| seconds > f64::from(most)) {
                let (entry, menu) = (&row.entry, &row.menu);
                breaches.push(format!("{entry}: {menu} is {seconds:.1} s from a person"));
            }
        }
        let lost = difference.paths.iter().filter(|path| self.no_lost_paths && path.change == Change::Lost);
        breaches.extend(lost.map(PathChange::words));
        let places = difference.places.iter().filter(|place| place.change == Change::Lost);
        breaches.extend(places.filter(|_| self.no_lost_paths).map(PlaceChange::words));
        breaches
    }
}
