//! Whatever is named must be there.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::{Book, MenuDraft, TargetDraft};
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
    }
}

fn check_target(book: &Book, menu: &MenuDraft, target: &At<TargetDraft>, report: &mut Report<'_>) {
    let mut unknown = |what: &str, name: &str, known: Vec<&str>| {
        if !known.contains(&name) {
            let message = format!("there is no {what} `{name}`");
            report.add(&UNKNOWN_TARGET, &target.spot, message, did_you_mean(name, known.iter().copied()));
        }
    };
    let languages = || book.languages.iter().map(Language::as_str).collect::<Vec<_>>();
    match &target.value {
        TargetDraft::Menu(id) => {
            unknown("menu", id, book.menus.iter().map(|menu| menu.id.as_str()).collect());
        }
        TargetDraft::Information(name) => {
            let known = menu.information.iter().map(|node| node.name.value.as_str()).collect();
            unknown("information in this menu", name, known);
        }
        TargetDraft::Collect(name) => {
            let known = menu.collects.iter().map(|node| node.name.value.as_str()).collect();
            unknown("collect step in this menu", name, known);
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
        TargetDraft::Queue(_)
        | TargetDraft::Message(_)
        | TargetDraft::Person
        | TargetDraft::Repeat
        | TargetDraft::Back
        | TargetDraft::End => {}
    }
}
