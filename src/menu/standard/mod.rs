//! The standard as rules, a file each: what a bank hotline owes its callers (`STANDARD.md`).
//!
//! A rule looks at the drafts only; what follows from the behaviour is proved, see
//! [`crate::menu::prove`].

mod advert;
mod audio;
mod depth;
mod keys;
mod lengths;
mod missing_text;
mod option_first;
mod options;
mod person;
mod queues;
mod recording_notice;
mod secrets;
mod targets;
mod unreachable;

pub use advert::campaign_word;

use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

/// The way a rule looks at the drafts.
type Check = fn(&Book, &mut Report<'_>);

const CHECKS: [Check; 14] = [
    targets::check,
    queues::check,
    person::check,
    keys::check,
    missing_text::check,
    option_first::check,
    options::check,
    depth::check,
    unreachable::check,
    recording_notice::check,
    lengths::check,
    advert::check,
    secrets::check,
    audio::check,
];

/// Every rule about the content of menus, for explanations.
pub const RULES: [&Rule; 19] = [
    &targets::UNKNOWN_TARGET,
    &queues::UNKNOWN_QUEUE,
    &person::PERSON_REACHABLE,
    &keys::DUPLICATE_KEY,
    &keys::RESERVED_KEY,
    &keys::KEY_ORDER,
    &missing_text::MISSING_TEXT,
    &missing_text::UNKNOWN_LANGUAGE,
    &option_first::OPTION_FIRST,
    &options::TOO_MANY_OPTIONS,
    &options::MANY_OPTIONS,
    &depth::MENU_DEPTH,
    &unreachable::UNREACHABLE,
    &recording_notice::RECORDING_NOTICE,
    &lengths::TOO_LONG,
    &advert::NO_ADVERT,
    &secrets::SECRET,
    &audio::AUDIO_UNKNOWN,
    &audio::RECORDING_MISSING,
];

/// Looks at the drafts with every rule.
pub fn check(book: &Book, report: &mut Report<'_>) {
    for check in CHECKS {
        check(book, report);
    }
}

#[cfg(test)]
pub(in crate::menu) mod tests;
