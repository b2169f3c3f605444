//! Values in texts: there must be such a value, it can be spoken where it stands, and every language
//! says it.

use std::collections::BTreeSet;

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft, SpeechDraft};
use crate::menu::report::{At, Report, Rule, did_you_mean};
use crate::menu::standard::told::Told;
use crate::menu::values;

pub const UNKNOWN_VALUE: Rule = Rule {
    id: "unknown-value",
    source: "",
    severity: Severity::Error,
    explanation: "A value in a text is a field of an answer of this menu, or a step that was keyed in.",
};
pub const UNKNOWN_VALUE_TOLD: Told = Told::hard(
    &UNKNOWN_VALUE,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["balance"]
leads_to = { information = "told" }
[information.told]
text = { zh-CN = "余额是{balanse:amount}。", en-US = "Your balance is {balanse:amount}." }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["balance"]
leads_to = { information = "told" }
[information.told]
text = { zh-CN = "余额是{balance:amount}。", en-US = "Your balance is {balance:amount}." }
"#,
);

pub const MISSING_VALUE: Rule = Rule {
    id: "value-in-every-language",
    source: "CBA-9",
    severity: Severity::Error,
    explanation: "What callers of one language are told, callers of the others are told too.",
};
pub const MISSING_VALUE_TOLD: Told = Told::hard(
    &MISSING_VALUE,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["balance"]
leads_to = { information = "told" }
[information.told]
text = { zh-CN = "余额是{balance:amount}。", en-US = "Your balance is as it was." }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["balance"]
leads_to = { information = "told" }
[information.told]
text = { zh-CN = "余额是{balance:amount}。", en-US = "Your balance is {balance:amount}." }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for speech in book.system.texts.values() {
        check_none(speech, report);
    }
    for menu in &book.menus {
        for (_, speech, _) in menu.own_speeches() {
            check_none(speech, report);
        }
        for (_, speech, _) in menu.node_speeches() {
            check_braces(speech, report);
            check_names(menu, speech, report);
            check_languages(book, speech, report);
        }
    }
}

fn check_braces(speech: &SpeechDraft, report: &mut Report<'_>) {
    for text in speech.texts.values() {
        if let Err(fault) = values::parts(&text.value) {
            report.add(&UNKNOWN_VALUE, &text.spot, fault.message, fault.help);
        }
    }
}

/// Texts of the menu itself and of the hotline are recorded as a whole.
fn check_none(speech: &SpeechDraft, report: &mut Report<'_>) {
    check_braces(speech, report);
    for text in speech.texts.values() {
        if let Some((name, _)) = values::of(&text.value).first() {
            let message = format!("the value {{{name}}} cannot be said here");
            let help =
                "Values stand in texts of information, collect, lookup, verify, complaint and question.";
            report.add(&UNKNOWN_VALUE, &text.spot, message, help);
        }
    }
}

fn check_names(menu: &MenuDraft, speech: &SpeechDraft, report: &mut Report<'_>) {
    for text in speech.texts.values() {
        for (name, _) in values::of(&text.value).into_iter().filter(|(name, _)| !is_known(menu, name)) {
            report.add(&UNKNOWN_VALUE, &text.spot, format!("there is no value `{name}`"), help(menu, &name));
        }
    }
}

/// Where a look-up tells no fields, its answer may hold anything.
fn is_known(menu: &MenuDraft, name: &str) -> bool {
    let mut lookups = menu.nodes.lookups.iter();
    let answered =
        lookups.any(|node| node.fields.is_empty() || node.fields.iter().any(|field| field.value == name));
    answered || menu.collect(name).is_some()
}

fn help(menu: &MenuDraft, name: &str) -> String {
    let fields = menu.nodes.lookups.iter().flat_map(|node| &node.fields).map(|field| field.value.as_str());
    let steps = menu.collects.iter().filter(|step| !step.secret).map(|step| step.name.value.as_str());
    let known: Vec<&str> = fields.chain(steps).collect();
    format!("{} Values are fields of a [lookup.NAME] of this menu, and its steps.", did_you_mean(name, known))
}

fn check_languages(book: &Book, speech: &SpeechDraft, report: &mut Report<'_>) {
    let said = |text: &At<String>| -> BTreeSet<String> {
        values::of(&text.value).into_iter().map(|(name, _)| name).collect()
    };
    let everywhere: BTreeSet<String> = speech.texts.values().flat_map(said).collect();
    for (language, text) in speech.texts.iter().filter(|(language, _)| book.languages.contains(language)) {
        let here = said(text);
        let braces_fit = values::parts(&text.value).is_ok();
        if let Some(missing) = everywhere.difference(&here).next().filter(|_| braces_fit) {
            let message = format!("the value {{{missing}}} is not said in {language}");
            report.add(&MISSING_VALUE, &text.spot, message, format!("Add {{{missing}}} to the text."));
        }
    }
}
