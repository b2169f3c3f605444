//! The pack for those who take payment cards: what could be a card number, a PIN or a check value
//! is collected as a secret, so that neither recording nor journal ever holds it.

use std::ops::RangeInclusive;

use crate::config::finding::Severity;
use crate::menu::draft::{Book, CollectDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::packs::{BASE, Pack};
use crate::menu::standard::told::Told;

pub const PACK: Pack = Pack {
    id: "pci",
    about: "Whoever asks for payment cards: nothing of a card is kept anywhere.",
    bounds: BASE,
    tightens: &[],
    rules: &[&CARD_SECRET_TOLD],
    checks: &[check],
};

pub const CARD_SECRET: Rule = Rule {
    id: "card-secret",
    source: "CBA-35d",
    severity: Severity::Error,
    explanation: "Digits as many as a card has may be those of a card, and a step named after a card, PIN or check value asks for one: it says secret = true.",
};
pub const CARD_SECRET_TOLD: Told = Told::hard(
    &CARD_SECRET,
    "# menus/system.toml\npacks = [\"pci\"]\n\
     # menus/loans.toml\n[collect.contract]\n\
     text = { zh-CN = \"请输入合同编号。\", en-US = \"Please enter the number of your contract.\" }\n\
     min = 16\nmax = 16\nleads_to = { queue = \"general\" }\n\
     [information.apply]\n\
     text = { zh-CN = \"请准备合同。\", en-US = \"Have your contract ready.\" }\n\
     leads_to = { collect = \"contract\" }\n",
    "# menus/system.toml\npacks = [\"pci\"]\n\
     # menus/loans.toml\n[collect.contract]\n\
     text = { zh-CN = \"请输入合同编号。\", en-US = \"Please enter the number of your contract.\" }\n\
     min = 16\nmax = 16\nsecret = true\nleads_to = { queue = \"general\" }\n\
     [information.apply]\n\
     text = { zh-CN = \"请准备合同。\", en-US = \"Have your contract ready.\" }\n\
     leads_to = { collect = \"contract\" }\n",
);

/// Digits of a payment card (ISO/IEC 7812-1).
const CARD_DIGITS: RangeInclusive<u8> = 12..=19;
/// More than a telephone number has (ITU-T E.164: at most 15).
const NO_TELEPHONE: RangeInclusive<u8> = 16..=19;
/// Parts of the name of a step that asks for a secret.
const NAMES: [&str; 10] = ["card", "pan", "pin", "cvv", "cvc", "cvn", "password", "passcode", "密码", "卡号"];

fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for node in menu.collects.iter().filter(|node| !node.secret) {
            let name = &node.name.value;
            let message = if is_named_so(name) {
                format!("step `{name}` is named like a secret and is not declared one")
            } else if is_as_long(node) {
                format!("step `{name}` takes as many digits as a card has and is not declared a secret")
            } else {
                continue;
            };
            report.add(&CARD_SECRET, &node.name.spot, message, "Add secret = true.");
        }
    }
}

fn is_named_so(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric());
    NAMES
        .iter()
        .any(|secret| words().any(|word| word == *secret) || (!secret.is_ascii() && lower.contains(secret)))
}

fn is_as_long(node: &CollectDraft) -> bool {
    CARD_DIGITS.contains(&node.min) || NO_TELEPHONE.contains(&node.max)
}
