//! Few options a menu: what is not remembered is not chosen.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};
use crate::menu::standard::packs::bounds;
use crate::menu::standard::told::Told;

pub const TOO_MANY_OPTIONS: Rule = Rule {
    id: "too-many-options",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "More than nine options fit on no telephone.",
};
pub const TOO_MANY_OPTIONS_TOLD: Told = Told::hard(
    &TOO_MANY_OPTIONS,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "开户请按1。", en-US = "For accounts, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "转账请按2。", en-US = "For transfers, press 2." }
leads_to = { queue = "general" }
[[choice]]
key = "3"
text = { zh-CN = "汇款请按3。", en-US = "For remittances, press 3." }
leads_to = { queue = "general" }
[[choice]]
key = "4"
text = { zh-CN = "理财请按4。", en-US = "For investments, press 4." }
leads_to = { queue = "general" }
[[choice]]
key = "5"
text = { zh-CN = "换汇请按5。", en-US = "For currencies, press 5." }
leads_to = { queue = "general" }
[[choice]]
key = "6"
text = { zh-CN = "网银请按6。", en-US = "For online banking, press 6." }
leads_to = { queue = "general" }
[[choice]]
key = "7"
text = { zh-CN = "手机银行请按7。", en-US = "For the app, press 7." }
leads_to = { queue = "general" }
[[choice]]
key = "8"
text = { zh-CN = "对账单请按8。", en-US = "For statements, press 8." }
leads_to = { queue = "general" }
[[choice]]
key = "9"
text = { zh-CN = "其他业务请按9。", en-US = "For anything else, press 9." }
leads_to = { queue = "general" }
[[choice]]
key = "9"
text = { zh-CN = "更多请按9。", en-US = "For more, press 9." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "开户请按1。", en-US = "For accounts, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "转账请按2。", en-US = "For transfers, press 2." }
leads_to = { queue = "general" }
[[choice]]
key = "3"
text = { zh-CN = "汇款请按3。", en-US = "For remittances, press 3." }
leads_to = { queue = "general" }
[[choice]]
key = "4"
text = { zh-CN = "理财请按4。", en-US = "For investments, press 4." }
leads_to = { queue = "general" }
[[choice]]
key = "5"
text = { zh-CN = "换汇请按5。", en-US = "For currencies, press 5." }
leads_to = { queue = "general" }
"#,
);
pub const MANY_OPTIONS: Rule = Rule {
    id: "many-options",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "Beyond five options callers lose track.",
};
pub const MANY_OPTIONS_TOLD: Told = Told::default(
    &MANY_OPTIONS,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "开户请按1。", en-US = "For accounts, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "转账请按2。", en-US = "For transfers, press 2." }
leads_to = { queue = "general" }
[[choice]]
key = "3"
text = { zh-CN = "汇款请按3。", en-US = "For remittances, press 3." }
leads_to = { queue = "general" }
[[choice]]
key = "4"
text = { zh-CN = "理财请按4。", en-US = "For investments, press 4." }
leads_to = { queue = "general" }
[[choice]]
key = "5"
text = { zh-CN = "换汇请按5。", en-US = "For currencies, press 5." }
leads_to = { queue = "general" }
[[choice]]
key = "6"
text = { zh-CN = "网银请按6。", en-US = "For online banking, press 6." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "开户请按1。", en-US = "For accounts, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "转账请按2。", en-US = "For transfers, press 2." }
leads_to = { queue = "general" }
[[choice]]
key = "3"
text = { zh-CN = "汇款请按3。", en-US = "For remittances, press 3." }
leads_to = { queue = "general" }
[[choice]]
key = "4"
text = { zh-CN = "理财请按4。", en-US = "For investments, press 4." }
leads_to = { queue = "general" }
[[choice]]
key = "5"
text = { zh-CN = "换汇请按5。", en-US = "For currencies, press 5." }
leads_to = { queue = "general" }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let bounds = bounds(book);
    let (most, comfortable) = (bounds.options, bounds.comfortable_options);
    for menu in &book.menus {
        let count = menu.choices.len();
        let help = "Move rarer choices into a submenu, or leave them to a person.";
        let message = format!("menu `{}` has {count} options", menu.id);
        if let Some(first_beyond) = menu.choices.get(most) {
            report.add(&TOO_MANY_OPTIONS, &first_beyond.spot, format!("{message}, at most {most}"), help);
        } else if let Some(first_beyond) = menu.choices.get(comfortable) {
            report.add(&MANY_OPTIONS, &first_beyond.spot, format!("{message}, better {comfortable}"), help);
        }
    }
}
