//! The standard as rules, a file each: what a bank hotline owes its callers (`STANDARD.md`).
//!
//! A rule looks at the drafts only; what follows from the behaviour is proved, see
//! [`crate::menu::prove`].

mod advert;
mod audio;
pub(in crate::menu) mod circles;
mod conditions;
mod depth;
mod keys;
mod lengths;
mod missing_text;
mod names;
mod option_first;
mod options;
mod person;
mod queues;
mod recording_notice;
mod secrets;
mod services;
mod spoken_values;
mod targets;
mod transfer;
mod unreachable;
mod verification;

pub use advert::campaign_word;

use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

/// The way a rule looks at the drafts.
type Check = fn(&Book, &mut Report<'_>);

const CHECKS: [Check; 21] = [
    targets::check,
    names::check,
    conditions::check,
    services::check,
    transfer::check,
    verification::check,
    spoken_values::check,
    circles::check,
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
pub const RULES: [&Rule; 35] = [
    &targets::UNKNOWN_TARGET,
    &targets::UNKNOWN_STEP,
    &names::DUPLICATE_NAME,
    &conditions::UNKNOWN_SCHEDULE,
    &conditions::UNKNOWN_PLAN,
    &conditions::UNKNOWN_LEVEL,
    &conditions::UNKNOWN_FIELD,
    &conditions::TOO_MANY_VALUES,
    &services::UNKNOWN_SERVICE,
    &transfer::TRANSFER_NUMBER,
    &verification::VERIFY_SECRET,
    &verification::SECRET_KEPT,
    &verification::ASKED_TWICE,
    &spoken_values::UNKNOWN_VALUE,
    &spoken_values::MISSING_VALUE,
    &circles::SILENT_CIRCLE,
    &queues::UNKNOWN_QUEUE,
    &queues::CLOSED_QUEUES,
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
