//! The operators: each changes one thing, at every place of a hotline where it can.

mod adverts;
mod choices;
mod harmless;
mod hours;
mod names;
mod numbers;
mod people;
mod places;
mod texts;

use super::mutant::Operator;

/// All of them, those that break nothing last.
pub fn all() -> Vec<Operator> {
    [choices::ALL, texts::ALL, adverts::ALL, people::ALL, names::ALL, numbers::ALL, hours::ALL, harmless::ALL]
        .concat()
}
