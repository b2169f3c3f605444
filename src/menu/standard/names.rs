//! The nodes of a menu have names of their own, because their prompts are named by them.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const DUPLICATE_NAME: Rule = Rule {
    id: "duplicate-name",
    source: "CBA-10d",
    severity: Severity::Error,
    explanation: "Two nodes of a menu with one name would share one recording.",
};
pub const DUPLICATE_NAME_TOLD: Told = Told::hard(
    &DUPLICATE_NAME,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "合同查询请按2。", en-US = "For your contract, press 2." }
leads_to = { collect = "apply" }
[collect.apply]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "合同查询请按2。", en-US = "For your contract, press 2." }
leads_to = { collect = "contract" }
[collect.contract]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
leads_to = { queue = "general" }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let names = menu.names();
        for (ix, (kind, name)) in names.iter().enumerate() {
            let before = names.iter().take(ix).find(|(_, other)| other.value == name.value);
            if let Some((other, _)) = before {
                let message = format!("`{}` is already the name of an [{other}.{}]", name.value, name.value);
                report.add(&DUPLICATE_NAME, &name.spot, message, format!("Give this {kind} another name."));
            }
        }
    }
}
