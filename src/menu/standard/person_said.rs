//! The way to a person is said aloud: in every language, with its key. How soon, the proof shows.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::option_first::key_in;
use crate::menu::standard::told::Told;

pub const PERSON_SAID: Rule = Rule {
    id: "person-said",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Whoever listens is told the key that leads to a person, after what it is for: 0, and star where digits are keyed in.",
};
pub const PERSON_SAID_TOLD: Told = Told::hard(
    &PERSON_SAID,
    r##"# menus/system.toml
[text]
"system.menu.person" = { zh-CN = "感谢您的来电。", en-US = "For a person, press 0." }
"##,
    r##"# menus/system.toml
[text]
"system.menu.person" = { zh-CN = "人工服务请按0。", en-US = "For a person, press 0." }
"##,
);

/// How the star key is called, by the beginning of a language's tag.
const STAR: [(&str, &[&str]); 2] = [("zh", &["星", "米字", "*", "＊"]), ("en", &["star", "asterisk", "*"])];

pub fn check(book: &Book, report: &mut Report<'_>) {
    announced_in_menus(book, report);
    announced_while_collecting(book, report);
}

fn announced_in_menus(book: &Book, report: &mut Report<'_>) {
    let Some(speech) = book.system.texts.get("system.menu.person") else { return };
    for (language, text) in speech.texts.iter().filter(|(_, text)| !text.value.trim().is_empty()) {
        let fault = match key_in(&text.value, 0) {
            None => format!("the announcement of a person does not say key 0 in {language}"),
            Some((before, after)) if before <= after => {
                format!("the announcement of a person says key 0 before what it is for in {language}")
            }
            Some(_) => continue,
        };
        report.add(&PERSON_SAID, &text.spot, fault, "Say: 人工服务请按0。 For a person, press 0.");
    }
}

fn announced_while_collecting(book: &Book, report: &mut Report<'_>) {
    let Some(speech) = book.system.texts.get("system.collect.keys") else { return };
    for (language, text) in speech.texts.iter().filter(|(_, text)| !text.value.trim().is_empty()) {
        let words = STAR.iter().find(|(tag, _)| speaks(language, tag));
        let lower = text.value.to_lowercase();
        if words.is_some_and(|(_, words)| !words.iter().any(|word| lower.contains(word))) {
            let message = format!("the text beside digits does not say in {language} that star is a person");
            report.add(
                &PERSON_SAID,
                &text.spot,
                message,
                "Say: 人工服务请按星号。 For a person, press star.",
            );
        }
    }
}

/// Does the language's tag begin with this one?
pub fn speaks(language: &Language, tag: &str) -> bool {
    let own = language.as_str().split('-').next().unwrap_or_default();
    own.eq_ignore_ascii_case(tag)
}
