//! Calls are sent on only to numbers that somebody has allowed: who can put any number into a menu
//! could have strangers called, at the hotline's cost and in its name.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, TargetDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const TRANSFER_NUMBER: Rule = Rule {
    id: "transfer-number",
    source: "",
    severity: Severity::Error,
    explanation: "A call is sent on only to a number that begins with one of [sip] transfer_prefixes.",
};
pub const TRANSFER_NUMBER_TOLD: Told = Told::hard(
    &TRANSFER_NUMBER,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "分行请按2。", en-US = "For a branch, press 2." }
leads_to = { transfer = "00861234" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "分行请按2。", en-US = "For a branch, press 2." }
leads_to = { transfer = "95501" }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(prefixes) = &book.views.transfer_prefixes else { return };
    for target in book.menus.iter().flat_map(|menu| menu.targets()) {
        let TargetDraft::Transfer(number) = &target.value else { continue };
        if !prefixes.iter().any(|prefix| !prefix.is_empty() && number.starts_with(prefix.as_str())) {
            let message = format!("calls must not be sent on to {number}");
            let help = match prefixes.as_slice() {
                [] => "No number is allowed; add its beginning under [sip] transfer_prefixes of ops/hotline.toml."
                    .to_owned(),
                known => format!(
                    "Allowed are numbers that begin with {}: [sip] transfer_prefixes of ops/hotline.toml.",
                    known.join(", ")
                ),
            };
            report.add(&TRANSFER_NUMBER, &target.spot, message, help);
        }
    }
}
