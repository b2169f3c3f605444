//! A language that the hotline speaks can be chosen.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::{Book, TargetDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::told::Told;

pub const LANGUAGE_SELECTABLE: Rule = Rule {
    id: "language-selectable",
    source: "CBA-9",
    severity: Severity::Error,
    explanation: "Texts in a language that no key leads to are never heard by those who need them.",
};
pub const LANGUAGE_SELECTABLE_TOLD: Told = Told::hard(
    &LANGUAGE_SELECTABLE,
    r#"# menus/main.toml
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "投诉请按2。", en-US = "For complaints, press 2." }
leads_to = { queue = "complaints" }
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

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in book.menus.iter().filter(|menu| book.is_main(&menu.id)) {
        let targets: Vec<&TargetDraft> =
            menu.choices.iter().filter_map(|choice| Some(&choice.leads_to.as_ref()?.value)).collect();
        let leads_to = |language: &Language| {
            targets.iter().any(|target| match target {
                TargetDraft::Language(to) => to == language,
                TargetDraft::Languages(pairs) => pairs.values().any(|to| to == language),
                _ => false,
            })
        };
        for language in book.languages.iter().skip(1).filter(|language| !leads_to(language)) {
            let message = format!("no choice of main menu `{}` leads to {language}", menu.id);
            let help =
                format!("Add a choice with leads_to = {{ language = \"{language}\" }}, said in {language}.");
            report.add(&LANGUAGE_SELECTABLE, &menu.spot, message, help);
        }
    }
}
