//! "To report a lost card, press 1": the option first, then its key, so that nobody has to
//! remember a key before knowing what it is for.

use crate::config::finding::Severity;
use crate::ids::Key;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const OPTION_FIRST: Rule = Rule {
    id: "option-before-key",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "A key said before its option is forgotten when the option comes.",
};
pub const OPTION_FIRST_TOLD: Told = Told::hard(
    &OPTION_FIRST,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "请按1了解如何申请。", en-US = "Press 1 to learn how to apply." }
leads_to = { information = "apply" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
"#,
);

const CHINESE: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const ENGLISH: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for choice in &menu.choices {
            let (Some(key), Some(speech)) = (&choice.key, &choice.text) else { continue };
            let Key::Digit(digit @ 1..=9) = key.value else { continue };
            for text in speech.texts.values().filter(|text| !text.value.trim().is_empty()) {
                let fault = match key_in(&text.value, digit) {
                    None => format!("the text does not say key {digit}"),
                    Some((before, after)) if before <= after => {
                        format!("key {digit} is said before its option")
                    }
                    Some(_) => continue,
                };
                let help = format!("Say the option first and the key last, as in \"… press {digit}\".");
                report.add(&OPTION_FIRST, &text.spot, fault, help);
            }
        }
    }
}

/// Letters that beside a word make it another word: "10" is no mention of 1.
type Apart = fn(char) -> bool;

/// How many letters stand before and after the last mention of the key.
pub fn key_in(text: &str, digit: u8) -> Option<(usize, usize)> {
    let lower = text.to_lowercase();
    let letters = |part: &str| part.chars().filter(|c| c.is_alphanumeric()).count();
    let whole = |start: usize, end: usize, apart: Apart| {
        let before = lower[..start].chars().next_back();
        let after = lower[end..].chars().next();
        !before.is_some_and(apart) && !after.is_some_and(apart)
    };
    let index = usize::from(digit);
    let figure = digit.to_string();
    let words: [(&str, Apart); 3] = [
        (&figure, |c| c.is_ascii_digit()),
        (CHINESE.get(index)?, |c| CHINESE.iter().any(|n| n.starts_with(c)) || c == '十'),
        (ENGLISH.get(index)?, char::is_alphabetic),
    ];
    let mentions = words.iter().flat_map(|(word, apart)| {
        lower.match_indices(word).filter(|(at, word)| whole(*at, at + word.len(), *apart))
    });
    let (start, word) = mentions.max_by_key(|(at, _)| *at)?;
    Some((letters(&lower[..start]), letters(&lower[start + word.len()..])))
}
