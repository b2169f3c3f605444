//! Keys mean one thing in a menu, and the same everywhere.

use crate::config::finding::Severity;
use crate::ids::Key;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::packs::{BACK, REPEAT};
use crate::menu::standard::told::Told;

pub const DUPLICATE_KEY: Rule = Rule {
    id: "duplicate-key",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "Of two choices on one key only one can be reached.",
};
pub const DUPLICATE_KEY_TOLD: Told = Told::hard(
    &DUPLICATE_KEY,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "1"
text = { zh-CN = "申请进度请按1。", en-US = "For an application in progress, press 1." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { queue = "general" }
"#,
);
pub const RESERVED_KEY: Rule = Rule {
    id: "reserved-key",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "0 is a person, * goes back and # repeats, in every menu: callers rely on it.",
};
pub const RESERVED_KEY_TOLD: Told = Told::hard(
    &RESERVED_KEY,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "0"
text = { zh-CN = "申请进度请按0。", en-US = "For an application in progress, press 0." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { queue = "general" }
"#,
);
pub const KEY_ORDER: Rule = Rule {
    id: "key-order",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "Keys that ascend without gaps are easier to keep in mind.",
};
pub const KEY_ORDER_TOLD: Told = Told::default(
    &KEY_ORDER,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "3"
text = { zh-CN = "申请进度请按3。", en-US = "For an application in progress, press 3." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { queue = "general" }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let mut seen: Vec<Key> = Vec::new();
        let mut expected: u8 = 1;
        let mut in_order = true;
        for at in menu.choices.iter().filter_map(|choice| choice.key.as_ref()) {
            let key = at.value;
            let reserved = match key {
                Key::Digit(0) => Some("0 is always a person; name the queue with person = \"QUEUE\""),
                BACK => Some("* always goes back"),
                REPEAT => Some("# always repeats"),
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
                // Its place in the order is taken all the same.
                expected = expected.saturating_add(1);
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
