//! What nobody can reach is forgotten work or a forgotten choice.

use std::collections::BTreeSet;

use crate::config::finding::Severity;
use crate::menu::draft::{Book, MenuDraft, TargetDraft};
use crate::menu::report::{Report, Rule};
use crate::menu::standard::depth;
use crate::menu::standard::targets::node;
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
        let reached = nodes(menu);
        for (kind, name) in menu.names() {
            if !reached.contains(&(kind, name.value.as_str())) {
                let message = format!("nothing leads to [{kind}.{}]", name.value);
                report.add(&UNREACHABLE, &name.spot, message, "Add a choice for it, or remove it.");
            }
        }
    }
}

/// Nodes that choices and rows of the menu itself lead to, also by way of other nodes.
fn nodes(menu: &MenuDraft) -> BTreeSet<(&str, &str)> {
    let choices = menu.choices.iter().filter_map(|choice| choice.leads_to.as_ref());
    let rows = menu.whens.iter().filter_map(|row| row.leads_to.as_ref());
    let mut left: Vec<(&str, &str)> = choices.chain(rows).filter_map(|target| node(&target.value)).collect();
    let mut reached = BTreeSet::new();
    while let Some(at) = left.pop() {
        if reached.insert(at) {
            left.extend(after(menu, at));
        }
    }
    reached
}

/// Nodes that a node leads to or asks.
fn after<'m>(menu: &'m MenuDraft, (kind, name): (&str, &str)) -> Vec<(&'m str, &'m str)> {
    let mut targets: Vec<Option<&'m TargetDraft>> = Vec::new();
    let mut steps: Vec<&'m str> = Vec::new();
    let mut to = |target: &'m Option<crate::menu::report::At<TargetDraft>>| {
        targets.push(target.as_ref().map(|at| &at.value));
    };
    match kind {
        "information" => {
            menu.information
                .iter()
                .filter(|node| node.name.value == name)
                .for_each(|node| to(&node.leads_to));
        }
        "collect" => menu.collect(name).into_iter().for_each(|node| to(&node.leads_to)),
        "branch" => {
            for node in menu.nodes.branches.iter().filter(|node| node.name.value == name) {
                node.whens.iter().for_each(|row| to(&row.leads_to));
                to(&node.otherwise);
            }
        }
        "lookup" => {
            for node in menu.nodes.lookups.iter().filter(|node| node.name.value == name) {
                node.whens.iter().for_each(|row| to(&row.leads_to));
                to(&node.leads_to);
                to(&node.failed);
            }
        }
        "verify" => {
            for node in menu.nodes.verifies.iter().filter(|node| node.name.value == name) {
                to(&node.leads_to);
                to(&node.failed);
                steps.extend(node.ask.iter().map(|step| step.value.as_str()));
            }
        }
        "survey" => {
            let surveys = menu.nodes.surveys.iter().filter(|node| node.name.value == name);
            surveys.for_each(|node| to(&node.leads_to));
        }
        _ => {
            for node in menu.nodes.complaints.iter().filter(|node| node.name.value == name) {
                steps.extend(node.ask.iter().map(|step| step.value.as_str()));
            }
        }
    }
    let led = targets.into_iter().flatten().filter_map(node);
    led.chain(steps.into_iter().map(|step| ("collect", step))).collect()
}
