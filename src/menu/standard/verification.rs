//! Who calls is proved by a secret (CBA-32), and a secret stays one: it is said to nobody and goes
//! nowhere but to the bank's own system.

use crate::config::finding::Severity;
use crate::menu::draft::{Book, CollectDraft, MenuDraft, TargetDraft, VerifyDraft};
use crate::menu::report::{At, Report, Rule, Spot};
use crate::menu::standard::told::Told;
use crate::menu::values;

pub const VERIFY_SECRET: Rule = Rule {
    id: "verify-secret",
    source: "CBA-32",
    severity: Severity::Error,
    explanation: "What proves who calls is a secret: in no recording, journal or log.",
};
pub const VERIFY_SECRET_TOLD: Told = Told::hard(
    &VERIFY_SECRET,
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

pub const SECRET_KEPT: Rule = Rule {
    id: "secret-kept",
    source: "CBA-35d",
    severity: Severity::Error,
    explanation: "A secret is never said aloud and is not carried along with a complaint.",
};
pub const SECRET_KEPT_TOLD: Told = Told::hard(
    &SECRET_KEPT,
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
confirm = true
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

pub const ASKED_TWICE: Rule = Rule {
    id: "asked-twice",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "A verification asks its steps itself; a caller led there through one of them keys it in twice.",
};
pub const ASKED_TWICE_TOLD: Told = Told::default(
    &ASKED_TWICE,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "合同查询请按2。", en-US = "For your contract, press 2." }
leads_to = { collect = "contract" }
[verify.holder]
service = "bank"
path = "/verify"
ask = ["contract", "code"]
leads_to = { queue = "general" }
[collect.contract]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
leads_to = { verify = "holder" }
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
    for menu in &book.menus {
        for node in &menu.nodes.verifies {
            check_verify(menu, node, report);
        }
        for node in &menu.nodes.complaints {
            for step in node.ask.iter().filter(|step| is_secret(menu, &step.value)) {
                let message =
                    format!("the secret step `{}` would be carried along with the complaint", step.value);
                report.add(&SECRET_KEPT, &step.spot, message, "Ask for something that may be written down.");
            }
        }
        for step in menu.collects.iter().filter(|step| step.secret) {
            if let Some(spot) = &step.confirm {
                let message = format!("the secret step `{}` would be read back", step.name.value);
                report.add(&SECRET_KEPT, spot, message, "Remove confirm.");
            }
        }
        check_texts(menu, report);
    }
}

fn is_secret(menu: &MenuDraft, step: &str) -> bool {
    menu.collect(step).is_some_and(|step| step.secret)
}

fn check_verify(menu: &MenuDraft, node: &VerifyDraft, report: &mut Report<'_>) {
    // The first step says who it is; what follows proves it.
    for step in node.ask.iter().skip(1) {
        if menu.collect(&step.value).is_some_and(|step| !step.secret) {
            let message = format!("the step `{}` proves who calls and is no secret", step.value);
            let help = format!("Add secret = true to [collect.{}].", step.value);
            report.add(&VERIFY_SECRET, &step.spot, message, help);
        }
    }
    for step in &node.ask {
        if let Some(spot) = menu.collect(&step.value).and_then(|step| leads_back(menu, step, node)) {
            let message =
                format!("[verify.{}] asks `{}` again, which is keyed in before", node.name.value, step.value);
            let help = format!("Lead there directly: {{ verify = \"{}\" }}.", node.name.value);
            report.add(&ASKED_TWICE, &spot, message, help);
        }
    }
}

/// Where callers are led to this step by itself, if from there on to the verification.
fn leads_back(menu: &MenuDraft, step: &CollectDraft, node: &VerifyDraft) -> Option<Spot> {
    let here = TargetDraft::Collect(step.name.value.clone());
    let verify = TargetDraft::Verify(node.name.value.clone());
    let led: &At<TargetDraft> = menu.targets().find(|target| target.value == here)?;
    let mut at = step;
    for _ in 0..menu.collects.len() {
        match &at.leads_to.as_ref()?.value {
            target if *target == verify => return Some(led.spot.clone()),
            TargetDraft::Collect(next) => at = menu.collect(next)?,
            _ => return None,
        }
    }
    None
}

fn check_texts(menu: &MenuDraft, report: &mut Report<'_>) {
    for (_, speech, _) in menu.node_speeches() {
        for text in speech.texts.values() {
            for (name, _) in values::of(&text.value).into_iter().filter(|(name, _)| is_secret(menu, name)) {
                let message = format!("the secret step `{name}` would be said aloud");
                report.add(&SECRET_KEPT, &text.spot, message, format!("Remove {{{name}}} from the text."));
            }
        }
    }
}
