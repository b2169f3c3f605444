//! The bank's systems that menus ask must be known to the server.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule, did_you_mean};
use crate::menu::standard::told::Told;

pub const UNKNOWN_SERVICE: Rule = Rule {
    id: "unknown-service",
    source: "CBA-25",
    severity: Severity::Error,
    explanation: "A question to a system that the server does not know always fails.",
};
pub const UNKNOWN_SERVICE_TOLD: Told = Told::hard(
    &UNKNOWN_SERVICE,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "合同查询请按2。", en-US = "For your contract, press 2." }
leads_to = { verify = "holder" }
[verify.holder]
service = "bnak"
path = "/verify"
ask = ["contract", "code"]
leads_to = { queue = "general" }
[collect.contract]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
[collect.code]
text = { zh-CN = "请输入六位查询码。", en-US = "Please enter your six-digit code." }
min = 6
max = 6
secret = true
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "合同查询请按2。", en-US = "For your contract, press 2." }
leads_to = { verify = "holder" }
[verify.holder]
service = "bank"
path = "/verify"
ask = ["contract", "code"]
leads_to = { queue = "general" }
[collect.contract]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
[collect.code]
text = { zh-CN = "请输入六位查询码。", en-US = "Please enter your six-digit code." }
min = 6
max = 6
secret = true
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(known) = &book.views.services else { return };
    for nodes in book.menus.iter().map(|menu| &menu.nodes) {
        let lookups = nodes.lookups.iter().filter_map(|node| node.service.as_ref());
        let verifies = nodes.verifies.iter().filter_map(|node| node.service.as_ref());
        for service in lookups.chain(verifies).filter(|service| !known.contains(&service.value)) {
            let names = known.iter().map(String::as_str);
            let help = format!(
                "{} Services are tables [lookups.NAME] of ops/hotline.toml.",
                did_you_mean(&service.value, names)
            );
            report.add(
                &UNKNOWN_SERVICE,
                &service.spot,
                format!("there is no service `{}`", service.value),
                help,
            );
        }
    }
}
