//! The operators: each changes one thing, at every place of a hotline where it can.

mod adverts;
mod bank;
mod choices;
mod harmless;
mod hours;
mod names;
mod numbers;
mod people;
mod places;
mod sound;
mod texts;

use super::mutant::Operator;

/// All of them, those that break nothing last.
pub fn all() -> Vec<Operator> {
    let breaking = [choices::ALL, texts::ALL, adverts::ALL, people::ALL, names::ALL, numbers::ALL];
    let more = [bank::ALL, hours::ALL, sound::ALL, harmless::ALL];
    breaking.into_iter().chain(more).flatten().copied().collect()
}
