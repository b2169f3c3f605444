//! What nobody can reach is forgotten work or a forgotten choice.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, TargetDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::depth;
use crate::menu::standard::told::Told;

pub const UNREACHABLE: Rule = Rule {
    id: "unreachable",
    source: "CBA-6",
    severity: Severity::Warning,
    explanation: "A menu or node that nothing leads to is never heard.",
};
pub const UNREACHABLE_TOLD: Told = Told::default(
    &UNREACHABLE,
    r#"# menus/loans.toml
[information.rates]
text = { zh-CN = "利率见网点公告。", en-US = "Rates are posted at every branch." }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "利率请按2。", en-US = "For rates, press 2." }
leads_to = { information = "rates" }
[information.rates]
text = { zh-CN = "利率见网点公告。", en-US = "Rates are posted at every branch." }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let reached = depth::depths(book);
    for menu in &book.menus {
        if !reached.contains_key(&menu.id) {
            let message = format!("no choice leads to menu `{}`", menu.id);
            let help =
                format!("Add a choice with leads_to = {{ menu = \"{}\" }}, or remove the file.", menu.id);
            report.add(&UNREACHABLE, &menu.spot, message, help);
        }
        for node in &menu.information {
            let leads =
                |target: &TargetDraft| matches!(target, TargetDraft::Information(n) if *n == node.name.value);
            if !menu.targets().any(|target| leads(&target.value)) {
                let message = format!("nothing leads to the information `{}`", node.name.value);
                report.add(&UNREACHABLE, &node.name.spot, message, "Add a choice for it, or remove it.");
            }
        }
        for node in &menu.collects {
            let leads =
                |target: &TargetDraft| matches!(target, TargetDraft::Collect(n) if *n == node.name.value);
            if !menu.targets().any(|target| leads(&target.value)) {
                let message = format!("nothing leads to the step `{}`", node.name.value);
                report.add(&UNREACHABLE, &node.name.spot, message, "Add a choice for it, or remove it.");
            }
        }
    }
}
