//! Who wants to complain finds the way on the main menu.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, ChoiceDraft, TargetDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const COMPLAINT_AT_MAIN: Rule = Rule {
    id: "complaint-at-main",
    source: "CBA-38",
    severity: Severity::Warning,
    explanation: "A complaint that finds no ear here finds one elsewhere: every main menu offers it.",
};
pub const COMPLAINT_AT_MAIN_TOLD: Told = Told::default(
    &COMPLAINT_AT_MAIN,
    r#"# menus/main.toml
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "For English, press 2.", en-US = "中文服务请按2。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }
"#,
    r#"# menus/main.toml
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "投诉请按2。", en-US = "For complaints, press 2." }
leads_to = { queue = "complaints" }
[[choice]]
key = "3"
text = { zh-CN = "For English, press 3.", en-US = "中文服务请按3。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }
"#,
);

const WORDS: [&str; 3] = ["投诉", "投訴", "complain"];

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in book.menus.iter().filter(|menu| book.is_main(&menu.id)) {
        if !menu.choices.iter().any(is_complaint) {
            let message = format!("main menu `{}` has no option for complaints", menu.id);
            let help = "Add a choice, such as \"投诉请按4。\" \"For complaints, press 4.\".";
            report.add(&COMPLAINT_AT_MAIN, &menu.spot, message, help);
        }
    }
}

/// By what it says, or where no such word is known, by where it leads.
fn is_complaint(choice: &ChoiceDraft) -> bool {
    let named = |name: &str| WORDS.iter().any(|word| name.to_lowercase().contains(word));
    let said = choice.text.iter().flat_map(|speech| speech.texts.values()).any(|text| named(&text.value));
    said || match choice.leads_to.as_ref().map(|at| &at.value) {
        Some(TargetDraft::Menu(name)) => named(name),
        Some(TargetDraft::Queue(queue) | TargetDraft::Message(Some(queue))) => named(queue.as_str()),
        Some(TargetDraft::Complaint(_)) => true,
        _ => false,
    }
}
