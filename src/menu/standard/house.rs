//! What operations decide about the rules themselves, in `system.toml`: packs, and findings of
//! default rules that somebody accepts by name and date. Hard rules cannot be accepted.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule, did_you_mean};
use crate::menu::standard::told::{RuleKind, Told};
use crate::menu::standard::{packs, rules};

pub const UNKNOWN_PACK: Rule = Rule {
    id: "unknown-pack",
    source: "",
    severity: Severity::Error,
    explanation: "Rules of a pack that is misspelt would silently not apply.",
};
pub const UNKNOWN_PACK_TOLD: Told = Told::hard(
    &UNKNOWN_PACK,
    "# menus/system.toml\npacks = [\"cn-bank\"]\n",
    "# menus/system.toml\npacks = [\"cn-banking\"]\n",
);

pub const NOT_ACCEPTABLE: Rule = Rule {
    id: "not-acceptable",
    source: "HB-trace",
    severity: Severity::Error,
    explanation: "Only default rules may be set aside, and only by somebody whose name and day stand beside it.",
};
pub const NOT_ACCEPTABLE_TOLD: Told = Told::hard(
    &NOT_ACCEPTABLE,
    "# menus/system.toml\n[[accept]]\nrule = \"no-advert\"\nby = \"Li Wei\"\non = \"2026-11-20\"\n",
    "# menus/system.toml\n[[accept]]\nrule = \"many-options\"\nby = \"Li Wei\"\non = \"2026-11-20\"\n",
);

/// Puts in force what was decided.
pub fn check(book: &Book, report: &mut Report<'_>) {
    for pack in book.system.packs.iter().filter(|pack| packs::find(&pack.value).is_none()) {
        let help = did_you_mean(&pack.value, packs::PACKS.iter().map(|pack| pack.id));
        report.add(&UNKNOWN_PACK, &pack.spot, format!("there is no pack of rules `{}`", pack.value), help);
    }
    for (rule, severity) in packs::chosen(book).flat_map(|pack| pack.tightens) {
        report.tighten(rule, *severity);
    }
    let acceptable = || rules().filter(|told| told.kind == RuleKind::Default).map(|told| told.rule.id);
    for accepted in &book.system.accepted {
        if let Some(rule) = acceptable().find(|rule| *rule == accepted.value) {
            report.accept(rule);
            continue;
        }
        let (message, help) = match rules().any(|told| told.rule.id == accepted.value) {
            true => (
                format!("rule `{}` is hard: nobody can set it aside", accepted.value),
                "Remove this, and mend what the rule finds.".to_owned(),
            ),
            false => (
                format!("there is no rule `{}`", accepted.value),
                did_you_mean(&accepted.value, acceptable().collect::<Vec<_>>()),
            ),
        };
        report.add(&NOT_ACCEPTABLE, &accepted.spot, message, help);
    }
}
