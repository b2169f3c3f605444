//! Every prompt exists in every language the hotline speaks (CBA-9).

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule, did_you_mean};
use crate::menu::standard::told::Told;
use crate::menu::system;

pub const MISSING_TEXT: Rule = Rule {
    id: "missing-text",
    source: "CBA-9",
    severity: Severity::Error,
    explanation: "A prompt without text would be silence for whoever speaks that language.",
};
pub const MISSING_TEXT_TOLD: Told = Told::hard(
    &MISSING_TEXT,
    r#"# menus/loans.toml
greeting = { zh-CN = "贷款服务。" }
"#,
    r#"# menus/loans.toml
greeting = { zh-CN = "贷款服务。", en-US = "Loans." }
"#,
);
pub const UNKNOWN_LANGUAGE: Rule = Rule {
    id: "unknown-language",
    source: "CBA-9",
    severity: Severity::Error,
    explanation: "A text in a language the hotline does not speak is never heard.",
};
pub const UNKNOWN_LANGUAGE_TOLD: Told = Told::hard(
    &UNKNOWN_LANGUAGE,
    r#"# menus/loans.toml
greeting = { zh-CN = "贷款服务。", en-US = "Loans.", en-UK = "Loans." }
"#,
    r#"# menus/loans.toml
greeting = { zh-CN = "贷款服务。", en-US = "Loans." }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for (name, speech, _) in book.speeches() {
        for language in &book.languages {
            let text = speech.texts.get(language);
            if text.is_none_or(|text| text.value.trim().is_empty()) {
                let spot = text.map_or(&speech.spot, |text| &text.spot);
                let message = format!("`{name}` has no text in {language}");
                report.add(&MISSING_TEXT, spot, message, format!("Add {language} = \"…\"."));
            }
        }
        for (language, text) in &speech.texts {
            if !book.languages.is_empty() && !book.languages.contains(language) {
                let known = book.languages.iter().map(Language::as_str);
                let help = format!(
                    "{} Languages are listed in system.toml.",
                    did_you_mean(language.as_str(), known)
                );
                let message = format!("the hotline does not speak `{language}`");
                report.add(&UNKNOWN_LANGUAGE, &text.spot, message, help);
            }
        }
    }
    for name in system::needed(book) {
        if !book.system.texts.contains_key(name) {
            let message = format!("`{name}` has no text");
            let help = format!("Add \"{name}\" = {{ … }} under [text] of system.toml.");
            report.add(&MISSING_TEXT, &book.system.spot, message, help);
        }
    }
}
