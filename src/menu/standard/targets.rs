//! Whatever is named must be there: menus, nodes and steps of the same file, languages.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::{Book, MenuDraft, TargetDraft};
use crate::menu::reader::MISSING;
use crate::menu::report::{At, Report, Rule, did_you_mean};
use crate::menu::standard::told::Told;

pub const UNKNOWN_TARGET: Rule = Rule {
    id: "unknown-target",
    source: "",
    severity: Severity::Error,
    explanation: "A choice that leads nowhere strands the caller who presses it.",
};
pub const UNKNOWN_TARGET_TOLD: Told = Told::hard(
    &UNKNOWN_TARGET,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "aply" }
[[choice]]
key = "2"
text = { zh-CN = "重听请按2。", en-US = "To hear it again, press 2." }
leads_to = { information = "apply" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
"#,
);

/// Where entries are given their main menus; whoever has the file tells the line.
pub const ENTRIES: &str = "ops/hotline.toml";

pub const UNKNOWN_STEP: Rule = Rule {
    id: "unknown-step",
    source: "",
    severity: Severity::Error,
    explanation: "What is asked or sent is a step of the same file: [collect.NAME].",
};
pub const UNKNOWN_STEP_TOLD: Told = Told::hard(
    &UNKNOWN_STEP,
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
ask = ["contrakt", "code"]
leads_to = { queue = "general" }
[collect.contract]
text = { zh-CN = "请输入合同编号。", en-US = "Please enter the number of your contract." }
min = 8
max = 8
leads_to = { queue = "general" }
[collect.code]
text = { zh-CN = "请输入六位查询码。", en-US = "Please enter your six-digit code." }
min = 6
max = 6
secret = true
[[choice]]
key = "3"
text = { zh-CN = "合同变更请按3。", en-US = "To change your contract, press 3." }
leads_to = { collect = "contract" }
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
    for (entry, main) in &book.mains {
        if MenuDraft::find(&book.menus, main).is_none() {
            let known = book.menus.iter().map(|menu| menu.id.as_str());
            let message = format!("entry `{entry}` has the main menu `{main}`, and there is no such menu");
            let help = format!("Write a file {main}.toml. {}", did_you_mean(main.as_str(), known));
            report.add_elsewhere(&UNKNOWN_TARGET, ENTRIES, message, &help);
        }
    }
    for menu in &book.menus {
        for target in menu.targets() {
            check_target(book, menu, target, report);
        }
        check_steps(menu, report);
        check_ends(menu, report);
    }
}

/// Word of the table and name of a node that a target leads to.
pub fn node(target: &TargetDraft) -> Option<(&'static str, &str)> {
    Some(match target {
        TargetDraft::Information(name) => ("information", name),
        TargetDraft::Collect(name) => ("collect", name),
        TargetDraft::Branch(name) => ("branch", name),
        TargetDraft::Lookup(name) => ("lookup", name),
        TargetDraft::Verify(name) => ("verify", name),
        TargetDraft::Survey(name) => ("survey", name),
        TargetDraft::Complaint(name) => ("complaint", name),
        TargetDraft::Menu(_)
        | TargetDraft::Queue(_)
        | TargetDraft::Language(_)
        | TargetDraft::Languages(_)
        | TargetDraft::Message(_)
        | TargetDraft::Callback(_)
        | TargetDraft::Transfer(_)
        | TargetDraft::Elderly
        | TargetDraft::Person
        | TargetDraft::Repeat
        | TargetDraft::Back
        | TargetDraft::Top
        | TargetDraft::End => return None,
    })
}

fn check_target(book: &Book, menu: &MenuDraft, target: &At<TargetDraft>, report: &mut Report<'_>) {
    let mut unknown = |what: &str, name: &str, known: Vec<&str>| {
        if !known.contains(&name) {
            let message = format!("there is no {what} `{name}`");
            report.add(&UNKNOWN_TARGET, &target.spot, message, did_you_mean(name, known.iter().copied()));
        }
    };
    if let Some((kind, name)) = node(&target.value) {
        let nodes = menu.names().into_iter().filter(|(word, _)| *word == kind);
        let known = nodes.map(|(_, name)| name.value.as_str()).collect();
        return unknown(&format!("[{kind}] in this menu named"), name, known);
    }
    let languages = || book.languages.iter().map(Language::as_str).collect::<Vec<_>>();
    match &target.value {
        TargetDraft::Menu(id) => {
            unknown("menu", id, book.menus.iter().map(|menu| menu.id.as_str()).collect());
        }
        TargetDraft::Language(language) => unknown("language", language.as_str(), languages()),
        TargetDraft::Languages(pairs) => {
            for (from, to) in pairs {
                unknown("language", from.as_str(), languages());
                unknown("language", to.as_str(), languages());
            }
            if let Some(left_out) = book.languages.iter().find(|l| !pairs.contains_key(l)) {
                let message = format!("it is not said which language follows {left_out}");
                let help = format!("Add {left_out} = \"…\" to the languages.");
                report.add(&UNKNOWN_TARGET, &target.spot, message, help);
            }
        }
        TargetDraft::Elderly if book.system.elderly.is_none() => {
            let message = "there is no profile for elderly callers";
            report.add(&UNKNOWN_TARGET, &target.spot, message, "Add a table [elderly] to system.toml.");
        }
        _ => {}
    }
}

/// Steps that are asked by others, and steps whose digits are sent.
fn check_steps(menu: &MenuDraft, report: &mut Report<'_>) {
    let sent = menu.nodes.lookups.iter().flat_map(|node| &node.send);
    let known = || menu.collects.iter().map(|node| node.name.value.as_str());
    for step in menu.asked().chain(sent).filter(|step| menu.collect(&step.value).is_none()) {
        let message = format!("there is no step `{}` in this menu", step.value);
        let help = format!("{} Steps are tables [collect.NAME].", did_you_mean(&step.value, known()));
        report.add(&UNKNOWN_STEP, &step.spot, message, help);
    }
}

/// A step that callers are led to must lead on.
fn check_ends(menu: &MenuDraft, report: &mut Report<'_>) {
    for step in menu.collects.iter().filter(|step| step.leads_to.is_none()) {
        let name = &step.name.value;
        let led_to = menu.targets().any(|target| target.value == TargetDraft::Collect(name.clone()));
        if led_to || !menu.asked().any(|asked| asked.value == *name) {
            let message = format!("it is not said where the digits of the step `{name}` lead");
            let help = "Add leads_to = …, or let a [verify.NAME] or [complaint.NAME] ask the step.";
            report.add(&MISSING, &step.name.spot, message, help);
        }
    }
}
