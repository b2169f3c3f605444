//! The pack of Chinese banking: Mandarin first, a complaint option on every main menu. The notice
//! that calls are recorded is asked of everybody by the base already.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::packs::{BASE, Pack};
use crate::menu::standard::told::Told;

pub const PACK: Pack = Pack {
    id: "cn-banking",
    about: "Banks under the Chinese banking industry's standard for customer service centres.",
    bounds: BASE,
    tightens: &[("complaint-at-main", Severity::Error)],
    rules: &[&MANDARIN_FIRST_TOLD],
    checks: &[check],
};

pub const MANDARIN_FIRST: Rule = Rule {
    id: "mandarin-first",
    source: "CBA-9",
    severity: Severity::Error,
    explanation: "Callers hear Mandarin first; other languages are theirs to choose.",
};
pub const MANDARIN_FIRST_TOLD: Told = Told::hard(
    &MANDARIN_FIRST,
    "# menus/system.toml\npacks = [\"cn-banking\"]\nlanguages = [\"en-US\", \"zh-CN\"]\n",
    "# menus/system.toml\npacks = [\"cn-banking\"]\nlanguages = [\"zh-CN\", \"en-US\"]\n",
);

fn check(book: &Book, report: &mut Report<'_>) {
    let Some(first) = book.languages.first() else { return };
    let tag = first.as_str().to_ascii_lowercase();
    // Tags of Mandarin; zh-HK and yue are Cantonese.
    let mandarin = ["zh", "zh-cn", "zh-sg", "zh-tw", "zh-hans", "zh-hant", "cmn"];
    if !mandarin.contains(&tag.as_str()) && !tag.starts_with("cmn-") {
        let spot = book.system.languages.as_ref().unwrap_or(&book.system.spot);
        let message = format!("callers hear {first} first, and not Mandarin");
        report.add(&MANDARIN_FIRST, spot, message, "Put \"zh-CN\" first in languages = […].");
    }
}
