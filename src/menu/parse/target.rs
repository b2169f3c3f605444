//! Where something leads: a word, or a table with exactly one key.

use crate::ids::{Language, QueueId};
use crate::menu::draft::TargetDraft;
use crate::menu::parse::fields::Fields;
use crate::menu::parse::keys::{self, target_help};
use crate::menu::reader::{MISSING, Value, WRONG_VALUE};
use crate::menu::report::{At, Report, suggest};

/// Most digits of a number outside, as ITU-T E.164 has fifteen and prefixes come on top.
const LONGEST_NUMBER: usize = 20;

/// The target behind a key of a table, if the key is there.
pub fn target(fields: &Fields<'_, '_>, name: &str, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    let value = fields.get(name)?;
    let spot = fields.spot_of(value);
    if let Some(word) = value.get_ref().as_str() {
        let Some(target) = of_word(word) else {
            let help = match suggest(word, keys::WORDS.iter().copied()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => target_help(),
            };
            report.add(&WRONG_VALUE, &spot, format!("`{name}` cannot be \"{word}\""), help);
            return None;
        };
        return Some(At { value: target, spot });
    }
    let Some(table) = value.get_ref().as_table() else {
        fields.wrong(name, value, &target_help(), report);
        return None;
    };
    let inner = Fields::open(table, spot.clone(), &keys::TARGETS, report);
    if table.len() != 1 {
        report.add(&MISSING, &spot, format!("`{name}` must name exactly one target"), target_help());
        return None;
    }
    named(&inner, report)
}

fn of_word(word: &str) -> Option<TargetDraft> {
    Some(match word {
        "person" => TargetDraft::Person,
        "repeat" => TargetDraft::Repeat,
        "back" => TargetDraft::Back,
        "top" => TargetDraft::Top,
        "message" => TargetDraft::Message(None),
        "callback" => TargetDraft::Callback(None),
        "elderly" => TargetDraft::Elderly,
        "end" => TargetDraft::End,
        _ => return None,
    })
}

fn named(inner: &Fields<'_, '_>, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    let key = keys::TARGETS.keys.iter().find(|key| inner.get(key.name).is_some())?;
    if key.name == "language" {
        return language(inner, inner.get(key.name)?, report);
    }
    let At { value: name, spot } = inner.text(key.name, report)?;
    let target = match key.name {
        "menu" => TargetDraft::Menu(name),
        "queue" => TargetDraft::Queue(QueueId::new(&name)),
        "information" => TargetDraft::Information(name),
        "collect" => TargetDraft::Collect(name),
        "branch" => TargetDraft::Branch(name),
        "lookup" => TargetDraft::Lookup(name),
        "verify" => TargetDraft::Verify(name),
        "survey" => TargetDraft::Survey(name),
        "complaint" => TargetDraft::Complaint(name),
        "callback" => TargetDraft::Callback(Some(QueueId::new(&name))),
        "transfer" if !is_number(&name) => {
            let help = "Write the digits as they are dialled: transfer = \"95500\".";
            report.add(&WRONG_VALUE, &spot, format!("`{name}` is no telephone number"), help);
            return None;
        }
        "transfer" => TargetDraft::Transfer(name),
        _ => TargetDraft::Message(Some(QueueId::new(&name))),
    };
    Some(At { value: target, spot })
}

/// Digits, perhaps with a plus before them.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (1..=LONGEST_NUMBER).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `"en-US"`, or from each language to another: `{ zh-CN = "en-US", en-US = "zh-CN" }`.
fn language(inner: &Fields<'_, '_>, value: &Value<'_>, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    let spot = inner.spot_of(value);
    if let Some(tag) = value.get_ref().as_str() {
        return Some(At { value: TargetDraft::Language(Language::new(tag)), spot });
    }
    let speech = inner.speech("language", report)?;
    let pairs = speech.texts.into_iter().map(|(from, to)| (from, Language::new(&to.value))).collect();
    Some(At { value: TargetDraft::Languages(pairs), spot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_target_and_nothing_else_is() {
        assert!(keys::WORDS.iter().all(|word| of_word(word).is_some()));
        assert_eq!(of_word("persons"), None);
    }

    #[test]
    fn numbers_are_digits() {
        assert!(is_number("95500") && is_number("+8610123456789"));
        assert!(!is_number("") && !is_number("+") && !is_number("95 500") && !is_number("sip:a@b"));
        assert!(!is_number(&"1".repeat(21)));
    }
}
