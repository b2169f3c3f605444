//! The standard as rules, a file each: what a bank hotline owes its callers (`STANDARD.md`).
//!
//! A rule looks at the drafts only; what follows from the behaviour is proved, see
//! [`crate::menu::prove`]. Base rules are always on; [`packs`] add to them and tighten them.

mod advert;
mod audio;
pub(in crate::menu) mod circles;
mod complaint;
mod conditions;
mod depth;
mod frequent_first;
mod house;
mod keys;
mod languages;
mod lengths;
pub mod lexicon;
mod missing_text;
mod names;
mod option_first;
mod options;
pub mod packs;
mod person;
mod person_said;
mod plain;
mod queues;
mod recording_notice;
mod secrets;
mod services;
mod spoken_values;
mod targets;
pub mod told;
mod transfer;
mod unreachable;
mod verification;

pub use lexicon::campaign_word;
pub use targets::ENTRIES;

use crate::menu::draft::Book;
use crate::menu::report::Report;
use told::Told;

/// The way a rule looks at the drafts.
type Check = fn(&Book, &mut Report<'_>);

/// How much of the hotline a rule must see to be right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sees {
    /// A menu, and `system.toml` as far as it can be read.
    Menu,
    /// Everything: a file that cannot be read could be what it misses.
    Hotline,
}

const CHECKS: &[(Sees, Check)] = &[
    (Sees::Menu, house::check),
    (Sees::Hotline, targets::check),
    (Sees::Menu, names::check),
    (Sees::Hotline, conditions::check),
    (Sees::Menu, services::check),
    (Sees::Menu, transfer::check),
    (Sees::Menu, verification::check),
    (Sees::Menu, spoken_values::check),
    (Sees::Hotline, circles::check),
    (Sees::Menu, queues::check),
    (Sees::Menu, person::check),
    (Sees::Menu, keys::check),
    (Sees::Menu, missing_text::check),
    (Sees::Menu, languages::check),
    (Sees::Menu, option_first::check),
    (Sees::Menu, person_said::check),
    (Sees::Menu, options::check),
    (Sees::Hotline, depth::check),
    (Sees::Hotline, unreachable::check),
    (Sees::Menu, recording_notice::check),
    (Sees::Menu, complaint::check),
    (Sees::Menu, lengths::check),
    (Sees::Menu, advert::check),
    (Sees::Menu, secrets::check),
    (Sees::Menu, frequent_first::check),
    (Sees::Hotline, audio::check),
    (Sees::Menu, packs::check),
];

/// Rules about the content of menus that are always on.
const BASE: &[&Told] = &[
    &person::PERSON_REACHABLE_TOLD,
    &person_said::PERSON_SAID_TOLD,
    &advert::NO_ADVERT_TOLD,
    &advert::ADVERT_UNDECLARED_TOLD,
    &recording_notice::RECORDING_NOTICE_TOLD,
    &complaint::COMPLAINT_AT_MAIN_TOLD,
    &missing_text::MISSING_TEXT_TOLD,
    &missing_text::UNKNOWN_LANGUAGE_TOLD,
    &languages::LANGUAGE_SELECTABLE_TOLD,
    &targets::UNKNOWN_TARGET_TOLD,
    &targets::UNKNOWN_STEP_TOLD,
    &names::DUPLICATE_NAME_TOLD,
    &queues::UNKNOWN_QUEUE_TOLD,
    &queues::CLOSED_QUEUES_TOLD,
    &conditions::UNKNOWN_SCHEDULE_TOLD,
    &conditions::UNKNOWN_PLAN_TOLD,
    &conditions::UNKNOWN_LEVEL_TOLD,
    &conditions::UNKNOWN_FIELD_TOLD,
    &conditions::TOO_MANY_VALUES_TOLD,
    &circles::SILENT_CIRCLE_TOLD,
    &services::UNKNOWN_SERVICE_TOLD,
    &transfer::TRANSFER_NUMBER_TOLD,
    &verification::VERIFY_SECRET_TOLD,
    &verification::SECRET_KEPT_TOLD,
    &verification::ASKED_TWICE_TOLD,
    &spoken_values::UNKNOWN_VALUE_TOLD,
    &spoken_values::MISSING_VALUE_TOLD,
    &unreachable::UNREACHABLE_TOLD,
    &keys::DUPLICATE_KEY_TOLD,
    &keys::RESERVED_KEY_TOLD,
    &keys::KEY_ORDER_TOLD,
    &option_first::OPTION_FIRST_TOLD,
    &options::TOO_MANY_OPTIONS_TOLD,
    &options::MANY_OPTIONS_TOLD,
    &frequent_first::FREQUENT_FIRST_TOLD,
    &depth::MENU_DEPTH_TOLD,
    &lengths::TOO_LONG_TOLD,
    &secrets::SECRET_TOLD,
    &audio::AUDIO_UNKNOWN_TOLD,
    &audio::AUDIO_ADVERT_TOLD,
    &audio::AUDIO_KIND_TOLD,
    &audio::RECORDING_MISSING_TOLD,
    &house::UNKNOWN_PACK_TOLD,
    &house::NOT_ACCEPTABLE_TOLD,
];

/// Every rule about menus: the base, the proof, the packs, plain syntax.
pub fn rules() -> impl Iterator<Item = &'static Told> {
    let packs = packs::PACKS.iter().flat_map(|pack| pack.rules.iter());
    let all = BASE.iter().chain(plain::PROOF_TOLD).chain(packs).chain(plain::SYNTAX_TOLD);
    all.copied()
}

/// Looks at the drafts with every rule.
pub fn check(book: &Book, report: &mut Report<'_>) {
    for (sees, check) in CHECKS {
        if *sees == Sees::Menu || !report.is_broken() {
            check(book, report);
        }
    }
}

#[cfg(test)]
mod examples;
#[cfg(test)]
pub(in crate::menu) mod tests;
