//! What operations decide about the rules themselves, in `system.toml`: packs, and findings of
//! default rules that somebody accepts by name and date. Hard rules cannot be accepted.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::forms::{Form, fits};
use crate::menu::reader::{Reader, Value, WRONG_VALUE};
use crate::menu::report::{At, Report, Rule, Spot, did_you_mean};
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

/// A text that sounds like advertising and is none: who says so, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceNotice {
    pub by: String,
    /// YYYY-MM-DD.
    pub on: String,
}

/// Packs in force and findings accepted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HouseDraft {
    /// Where the languages stand.
    pub languages: Option<Spot>,
    pub packs: Vec<At<String>>,
    pub accepted: Vec<At<String>>,
}

const PACKS_HELP: &str = "Write the packs of rules: packs = [\"cn-banking\", \"pci\"].";
const ACCEPT_HELP: &str = "Write [[accept]] with rule = \"…\", by = \"NAME\", on = \"YYYY-MM-DD\".";
const NOTICE_HELP: &str = "Write service_notice = { by = \"NAME\", on = \"YYYY-MM-DD\" }.";

/// `packs` and `[[accept]]` of `system.toml`.
pub fn read_house(root: &Reader<'_, '_>, report: &mut Report<'_>) -> HouseDraft {
    let languages = root.get("languages").map(|value| root.spot_of(value));
    let mut house = HouseDraft { languages, ..HouseDraft::default() };
    for item in items(root, "packs", PACKS_HELP, report) {
        match item.get_ref().as_str() {
            Some(pack) => house.packs.push(At { value: pack.to_owned(), spot: root.spot_of(item) }),
            None => root.wrong(item, "packs", PACKS_HELP, report),
        }
    }
    for item in items(root, "accept", ACCEPT_HELP, report) {
        let Some(table) = item.get_ref().as_table() else {
            root.wrong(item, "accept", ACCEPT_HELP, report);
            continue;
        };
        let known = ["rule", "by", "on"];
        let reader = Reader::new(table, root.spot_of(item), "[[accept]]", &known, report);
        let signed = signature(&reader, ACCEPT_HELP, report);
        match reader.text("rule", report) {
            Some(rule) if signed.is_some() => house.accepted.push(rule),
            Some(_) => {}
            None => reader.missing("rule", ACCEPT_HELP, report),
        }
    }
    house
}

fn items<'t, 'i>(
    root: &Reader<'t, 'i>,
    name: &str,
    help: &str,
    report: &mut Report<'_>,
) -> impl Iterator<Item = &'t Value<'i>> + use<'t, 'i> {
    let value = root.get(name);
    let array = value.and_then(|value| value.get_ref().as_array());
    if let (Some(value), None) = (value, array) {
        root.wrong(value, name, help, report);
    }
    array.into_iter().flat_map(|array| array.iter())
}

/// `service_notice = { by = "NAME", on = "2026-11-20" }` beside a text.
pub fn read_service_notice(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> Option<At<ServiceNotice>> {
    let value = reader.get("service_notice")?;
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong(value, "service_notice", NOTICE_HELP, report);
        return None;
    };
    let inner = Reader::new(table, reader.spot_of(value), "`service_notice`", &["by", "on"], report);
    let value = signature(&inner, NOTICE_HELP, report)?;
    Some(At { value, spot: inner.spot })
}

/// Name and day; without both it is no signature.
fn signature(reader: &Reader<'_, '_>, help: &str, report: &mut Report<'_>) -> Option<ServiceNotice> {
    let (by, on) = (reader.text("by", report), reader.text("on", report));
    if by.as_ref().is_none_or(|by| by.value.trim().is_empty()) {
        reader.missing("by", help, report);
        return None;
    }
    let Some(on) = on else {
        reader.missing("on", help, report);
        return None;
    };
    if !is_day(&on.value) {
        report.add(&WRONG_VALUE, &on.spot, format!("`{}` is no day", on.value), help);
        return None;
    }
    by.map(|by| ServiceNotice { by: by.value, on: on.value })
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([4, 2, 2]) && fits(Form::Date, &parts.concat())
}

/// Puts in force what was decided.
pub fn check(book: &Book, report: &mut Report<'_>) {
    let house = &book.system.house;
    for pack in house.packs.iter().filter(|pack| packs::find(&pack.value).is_none()) {
        let help = did_you_mean(&pack.value, packs::PACKS.iter().map(|pack| pack.id));
        report.add(&UNKNOWN_PACK, &pack.spot, format!("there is no pack of rules `{}`", pack.value), help);
    }
    for (rule, severity) in packs::chosen(book).flat_map(|pack| pack.tightens) {
        report.tighten(rule, *severity);
    }
    let acceptable = || rules().filter(|told| told.kind == RuleKind::Default).map(|told| told.rule.id);
    for accepted in &house.accepted {
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
