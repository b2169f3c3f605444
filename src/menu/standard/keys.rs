//! Keys mean one thing in a menu, and the same everywhere.

use crate::config::finding::Severity;
use crate::ids::Key;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

pub const DUPLICATE_KEY: Rule = Rule {
    id: "duplicate-key",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "Of two choices on one key only one can be reached.",
};
pub const RESERVED_KEY: Rule = Rule {
    id: "reserved-key",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "0 is a person, * goes back and # repeats, in every menu: callers rely on it.",
};
pub const KEY_ORDER: Rule = Rule {
    id: "key-order",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "Keys that ascend without gaps are easier to keep in mind.",
};

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let mut seen: Vec<Key> = Vec::new();
        let mut expected = 1;
        let mut in_order = true;
        for at in menu.choices.iter().filter_map(|choice| choice.key.as_ref()) {
            let key = at.value;
            let reserved = match key {
                Key::Digit(0) => Some("0 is always a person; name the queue with person = \"QUEUE\""),
                Key::Star => Some("* always goes back"),
                Key::Pound => Some("# always repeats"),
                Key::Digit(_) => None,
            };
            if let Some(why) = reserved {
                let message = format!("key {key} is used for something else: {why}");
                report.add(&RESERVED_KEY, &at.spot, message, "Use a key from 1 to 9.");
                continue;
            }
            if seen.contains(&key) {
                let message = format!("key {key} stands twice in menu `{}`", menu.id);
                report.add(&DUPLICATE_KEY, &at.spot, message, free_key(menu.choices.iter()));
                continue;
            }
            seen.push(key);
            if in_order && key != Key::Digit(expected) {
                in_order = false;
                let message = format!("key {key} comes where key {expected} is expected");
                report.add(&KEY_ORDER, &at.spot, message, "Number the choices 1, 2, 3 … in the order said.");
            }
            expected = expected.saturating_add(1);
        }
    }
}

fn free_key<'b>(choices: impl Iterator<Item = &'b crate::menu::draft::ChoiceDraft>) -> String {
    let used: Vec<Key> = choices.filter_map(|choice| choice.key.as_ref().map(|key| key.value)).collect();
    match (1..=9).map(Key::Digit).find(|key| !used.contains(key)) {
        Some(free) => format!("Key {free} is free."),
        None => "No key is left: move choices to another menu.".to_owned(),
    }
}
