//! What callers choose most stands first, as far as it is known what they choose.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const FREQUENT_FIRST: Rule = Rule {
    id: "frequent-first",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "Most callers should wait through few options: the frequent ones come first.",
};
pub const FREQUENT_FIRST_TOLD: Told = Told::default(
    &FREQUENT_FIRST,
    r#"# pressed: loans 1 = 40, loans 2 = 900
# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { queue = "general" }
"#,
    r#"# pressed: loans 1 = 900, loans 2 = 40
# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "申请进度请按1。", en-US = "For an application in progress, press 1." }
leads_to = { queue = "general" }
[[choice]]
key = "2"
text = { zh-CN = "如何申请请按2。", en-US = "To learn how to apply, press 2." }
leads_to = { information = "apply" }
"#,
);

/// So many presses of a menu before they say anything.
const ENOUGH: u64 = 100;
/// So many times more often, or it is chance.
const CLEARLY: u64 = 2;

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(statistics) = &book.statistics else { return };
    let pressed = |menu: &MenuDraft, at: usize| {
        let key = menu.choices.get(at)?.key.as_ref()?.value;
        Some((key, statistics.get(&(menu.id.clone(), key)).copied().unwrap_or(0)))
    };
    for menu in &book.menus {
        let counts: Vec<_> = (0..menu.choices.len()).map(|at| pressed(menu, at)).collect();
        let total = counts.iter().flatten().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        if total < ENOUGH {
            continue;
        }
        for (at, (key, count)) in counts.iter().enumerate().filter_map(|(at, count)| Some((at, (*count)?))) {
            let rarer = counts.iter().take(at).flatten().find(|(_, before)| count / CLEARLY > *before);
            if let (Some((before, least)), Some(choice)) = (rarer, menu.choices.get(at)) {
                let message =
                    format!("key {key} was pressed {count} times, key {before} before it only {least} times");
                report.add(&FREQUENT_FIRST, &choice.spot, message, "Say the frequent option first.");
                break;
            }
        }
    }
}
