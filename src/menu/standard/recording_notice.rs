//! Callers are told that they are recorded, before anything else.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const RECORDING_NOTICE: Rule = Rule {
    id: "recording-notice",
    source: "HB-notice",
    severity: Severity::Error,
    explanation: "Recording begins at the answer, so callers must be told first.",
};
pub const RECORDING_NOTICE_TOLD: Told = Told::hard(
    &RECORDING_NOTICE,
    r#"# menus/main.toml
notice = { zh-CN = "您好。", en-US = "Hello." }
"#,
    r#"# menus/main.toml
notice = { zh-CN = "本次通话将被录音。", en-US = "This call is recorded." }
"#,
);

/// Words that say it, by the beginning of the language's tag. Other languages are left to people.
const WORDS: [(&str, &[&str]); 2] = [("zh", &["录音", "錄音"]), ("en", &["record"])];

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let Some(notice) = &menu.notice else {
            if book.is_main(&menu.id) {
                let message =
                    format!("the greeting of main menu `{}` does not say that the call is recorded", menu.id);
                let help =
                    "Add notice = { zh-CN = \"本次通话将被录音。\", en-US = \"This call is recorded.\" }.";
                report.add(&RECORDING_NOTICE, &menu.spot, message, help);
            }
            continue;
        };
        check_words(book, menu, notice, report);
    }
}

fn check_words(
    book: &Book,
    menu: &MenuDraft,
    notice: &crate::menu::draft::SpeechDraft,
    report: &mut Report<'_>,
) {
    if !book.is_main(&menu.id) {
        let message = format!("menu `{}` is no main menu, so its notice is never heard", menu.id);
        report.add(&RECORDING_NOTICE, &notice.spot, message, "Move it to the main menu.");
        return;
    }
    for (language, text) in &notice.texts {
        let words = WORDS.iter().find(|(tag, _)| language.as_str().starts_with(tag));
        let said = words.is_none_or(|(_, words)| {
            let lower = text.value.to_lowercase();
            words.iter().any(|word| lower.contains(word))
        });
        if !said && !text.value.trim().is_empty() {
            let message = format!("the notice does not say in {language} that the call is recorded");
            report.add(&RECORDING_NOTICE, &text.spot, message, "Say so in one short sentence.");
        }
    }
}
