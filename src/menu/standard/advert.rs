//! No advertising on the main menu, in any language, nor before the first choice, nor unasked elsewhere.
//!
//! What is declared an advert is known to be one. What only sounds like it (see the lexicon) must be
//! reworded, or declared a service notice by somebody with name and day.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft, ServiceNotice, SpeechDraft};
use crate::menu::model::PromptKind;
use crate::menu::report::{At, Report, Rule};
use crate::menu::standard::lexicon::suspicion;
use crate::menu::standard::told::Told;

pub const NO_ADVERT: Rule = Rule {
    id: "no-advert",
    source: "CBA-10c",
    severity: Severity::Error,
    explanation: "Who calls a bank about a lost card must not be sold anything first, nor while waiting.",
};
pub const NO_ADVERT_TOLD: Told = Told::hard(
    &NO_ADVERT,
    r#"# menus/main.toml
greeting = { zh-CN = "您好，贷款限时优惠。", en-US = "Welcome." }
"#,
    r#"# menus/main.toml
[announcement]
text = { zh-CN = "谨防冒充银行的优惠短信。", en-US = "Beware of messages in our name." }
service_notice = { by = "Li Wei", on = "2026-11-20" }
"#,
);

pub const ADVERT_UNDECLARED: Rule = Rule {
    id: "advert-undeclared",
    source: "CBA-10c",
    severity: Severity::Error,
    explanation: "Below the main menu advertising is said to be advertising, so that it is never heard by mistake.",
};
pub const ADVERT_UNDECLARED_TOLD: Told = Told::hard(
    &ADVERT_UNDECLARED,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "优惠活动请按1。", en-US = "For our campaigns, press 1." }
leads_to = { information = "apply" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
kind = "advert"
text = { zh-CN = "优惠活动请按1。", en-US = "For our campaigns, press 1." }
leads_to = { information = "apply" }
"#,
);

/// A text that callers hear unasked.
struct Heard<'b> {
    name: String,
    speech: &'b SpeechDraft,
    kind: PromptKind,
    declared: Option<&'b At<ServiceNotice>>,
}

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let is_main = book.is_main(&menu.id);
        for heard in unasked(menu) {
            check_one(&heard, is_main, report);
        }
    }
    for (name, speech) in &book.system.texts {
        for text in speech.texts.values() {
            if let Some(found) = suspicion(&text.value) {
                let message =
                    format!("`{name}` sounds like advertising ({}): \"{}\"", found.class, found.word);
                report.add(&NO_ADVERT, &text.spot, message, "System prompts inform and nothing else.");
            }
        }
    }
    hold(book, report);
}

/// Everything of a menu but the information that callers choose.
fn unasked(menu: &MenuDraft) -> impl Iterator<Item = Heard<'_>> {
    let asked_for: Vec<String> =
        menu.information.iter().map(|node| format!("{}.{}", menu.id, node.name.value)).collect();
    menu.speeches().into_iter().filter(move |(name, ..)| !asked_for.contains(name)).map(
        |(name, speech, kind)| {
            let declared = declared(menu, speech);
            Heard { name, speech, kind, declared }
        },
    )
}

/// The declaration beside a text.
fn declared<'b>(menu: &'b MenuDraft, speech: &SpeechDraft) -> Option<&'b At<ServiceNotice>> {
    let is_it = |text: &Option<SpeechDraft>| text.as_ref().is_some_and(|own| own.spot == speech.spot);
    let said = menu.announcement.iter().filter(|said| is_it(&said.text));
    let choices = menu.choices.iter().filter(|choice| is_it(&choice.text));
    let mut all = said.map(|said| &said.service_notice).chain(choices.map(|choice| &choice.service_notice));
    all.next()?.as_ref()
}

fn check_one(heard: &Heard<'_>, is_main: bool, report: &mut Report<'_>) {
    const UNASKED: &str =
        "Remove it; advertising may at most be an information that a caller chooses in a submenu.";
    const SUSPECTED: &str = "Reword it; or, if it is a notice of service, move it to a choice or an [announcement] and let somebody answer for it: service_notice = { by = \"NAME\", on = \"YYYY-MM-DD\" }.";
    const DECLARE: &str = "Reword it; or declare it: kind = \"advert\", or service_notice = { by = \"NAME\", on = \"YYYY-MM-DD\" }.";
    let name = &heard.name;
    if heard.kind == PromptKind::Advert {
        if is_main {
            let message = format!("`{name}` is an advert on the main menu");
            report.add(&NO_ADVERT, &heard.speech.spot, message, UNASKED);
        }
        return;
    }
    if heard.declared.is_some() {
        return;
    }
    for text in heard.speech.texts.values() {
        let Some(found) = suspicion(&text.value) else { continue };
        let message = format!("`{name}` sounds like advertising ({}): \"{}\"", found.class, found.word);
        // A step that asks for digits comes after a choice, also on a main menu.
        match is_main && heard.kind != PromptKind::Collect {
            true => report.add(&NO_ADVERT, &text.spot, message, SUSPECTED),
            false => report.add(&ADVERT_UNDECLARED, &text.spot, message, DECLARE),
        }
    }
}

/// Waiting callers hear no advert either: hold audio that is a text of the menus.
fn hold(book: &Book, report: &mut Report<'_>) {
    let Some(manifest) = &book.manifest else { return };
    for (name, speech, kind) in book.speeches() {
        if !manifest.hold.iter().any(|hold| hold.0 == name) || kind == PromptKind::System {
            continue;
        }
        let help = "Name another prompt as hold_audio in ops/queues.toml.";
        if kind == PromptKind::Advert {
            let message = format!("`{name}` is an advert, and callers hear it while they wait");
            report.add(&NO_ADVERT, &speech.spot, message, help);
            continue;
        }
        for text in speech.texts.values() {
            if let Some(found) = suspicion(&text.value) {
                let (class, word) = (found.class, found.word);
                let message =
                    format!("`{name}`, heard while waiting, sounds like advertising ({class}): \"{word}\"");
                report.add(&NO_ADVERT, &text.spot, message, help);
            }
        }
    }
}
