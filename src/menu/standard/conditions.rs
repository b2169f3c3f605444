//! What conditions are about must be there: schedules, plans, levels, languages, fields of answers.

use crate::config::finding::Severity;
use crate::ids::{Language, PlanId, QueueId};
use crate::menu::draft::{Book, ConditionDraft, MenuDraft};
use crate::menu::model::MAX_VARIABLES;
use crate::menu::report::{At, Report, Rule, did_you_mean};
use crate::menu::resolve::variables;
use crate::menu::standard::missing_text::UNKNOWN_LANGUAGE;
use crate::menu::standard::told::Told;

pub const UNKNOWN_SCHEDULE: Rule = Rule {
    id: "unknown-schedule",
    source: "CBA-8",
    severity: Severity::Error,
    explanation: "A schedule that no calendar has is never open, so callers would always find nobody.",
};
pub const UNKNOWN_SCHEDULE_TOLD: Told = Told::hard(
    &UNKNOWN_SCHEDULE,
    r#"# menus/loans.toml
[[when]]
closed = "ofice"
leads_to = "person"
"#,
    r#"# menus/loans.toml
[[when]]
closed = "office"
leads_to = "person"
"#,
);

pub const UNKNOWN_PLAN: Rule = Rule {
    id: "unknown-plan",
    source: "CBA-24",
    severity: Severity::Error,
    explanation: "A condition on a plan that does not exist never comes true when the plan is needed.",
};
pub const UNKNOWN_PLAN_TOLD: Told = Told::hard(
    &UNKNOWN_PLAN,
    r#"# menus/loans.toml
[[when]]
plan = "strom"
leads_to = "person"
"#,
    r#"# menus/loans.toml
[[when]]
plan = "storm"
leads_to = "person"
"#,
);

pub const UNKNOWN_LEVEL: Rule = Rule {
    id: "unknown-level",
    source: "CBA-32",
    severity: Severity::Error,
    explanation: "How sure the hotline must be who calls is one of the levels of system.toml.",
};
pub const UNKNOWN_LEVEL_TOLD: Told = Told::hard(
    &UNKNOWN_LEVEL,
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
level = "certain"
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
level = "verified"
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

pub const UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    source: "",
    severity: Severity::Error,
    explanation: "A condition on a field that no answer has never holds.",
};
pub const UNKNOWN_FIELD_TOLD: Told = Told::hard(
    &UNKNOWN_FIELD,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["status"]
leads_to = { information = "told" }
[[lookup.state.when]]
field = "state"
is = "overdue"
leads_to = "person"
[information.told]
text = { zh-CN = "贷款正常。", en-US = "Your loan is in order." }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["status"]
leads_to = { information = "told" }
[[lookup.state.when]]
field = "status"
is = "overdue"
leads_to = "person"
[information.told]
text = { zh-CN = "贷款正常。", en-US = "Your loan is in order." }
"#,
);

pub const TOO_MANY_VALUES: Rule = Rule {
    id: "too-many-values",
    source: "",
    severity: Severity::Error,
    explanation: "Fields that decide ways, and values told apart, are few, so that every way can be proved.",
};
pub const TOO_MANY_VALUES_TOLD: Told = Told::hard(
    &TOO_MANY_VALUES,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["status"]
leads_to = { information = "told" }
[[lookup.state.when]]
field = "status"
is = "a"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "b"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "c"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "d"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "e"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "f"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "g"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "h"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "i"
leads_to = "person"
[information.told]
text = { zh-CN = "贷款正常。", en-US = "Your loan is in order." }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "贷款余额请按2。", en-US = "For the balance of your loan, press 2." }
leads_to = { lookup = "state" }
[lookup.state]
service = "bank"
path = "/loan"
fields = ["status"]
leads_to = { information = "told" }
[[lookup.state.when]]
field = "status"
is = "a"
leads_to = "person"
[[lookup.state.when]]
field = "status"
is = "b"
leads_to = "person"
[information.told]
text = { zh-CN = "贷款正常。", en-US = "Your loan is in order." }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for condition in menu.rows().flat_map(|row| &row.terms).map(|term| &term.condition) {
            check_condition(book, menu, condition, report);
        }
        for level in menu.nodes.verifies.iter().filter_map(|node| node.level.as_ref()) {
            check_level(book, level, report);
        }
        for node in menu.nodes.verifies.iter().filter(|node| node.level.is_none()) {
            let usual = crate::menu::draft::USUAL_LEVEL;
            if !book.system.levels().contains(&usual) {
                let message =
                    format!("[verify.{}] names no level, and there is no `{usual}`", node.name.value);
                let help = format!("Write level = \"…\": {}.", book.system.levels().join(", "));
                report.add(&UNKNOWN_LEVEL, &node.name.spot, message, help);
            }
        }
    }
    check_hours(book, report);
    check_count(book, report);
}

fn check_condition(book: &Book, menu: &MenuDraft, condition: &At<ConditionDraft>, report: &mut Report<'_>) {
    let spot = &condition.spot;
    match &condition.value {
        ConditionDraft::Open(name) => {
            if let Some(calendar) = &book.views.calendar
                && !calendar.schedules.contains(name)
            {
                let known = calendar.schedules.iter().map(String::as_str);
                let help = format!("{} Schedules stand in ops/calendar.toml.", did_you_mean(name, known));
                report.add(&UNKNOWN_SCHEDULE, spot, format!("there is no schedule `{name}`"), help);
            }
        }
        ConditionDraft::Plan(name) => {
            if !book.views.plans.iter().any(|plan| plan.name.as_str() == name) {
                let known = book.views.plans.iter().map(|plan| plan.name.as_str());
                let help = format!("{} Plans stand in ops/plans.toml.", did_you_mean(name, known));
                report.add(&UNKNOWN_PLAN, spot, format!("there is no plan `{name}`"), help);
            }
        }
        ConditionDraft::Level(name) => {
            check_level(book, &At { value: name.clone(), spot: spot.clone() }, report);
        }
        ConditionDraft::Language(tag) => {
            if !book.languages.is_empty() && !book.languages.contains(tag) {
                let help = did_you_mean(tag.as_str(), book.languages.iter().map(Language::as_str));
                report.add(&UNKNOWN_LANGUAGE, spot, format!("the hotline does not speak `{tag}`"), help);
            }
        }
        ConditionDraft::Field { name, .. } => check_field(book, menu, name, condition, report),
        ConditionDraft::Holiday
        | ConditionDraft::Caller(_)
        | ConditionDraft::Waiting { .. }
        | ConditionDraft::Estimate { .. }
        | ConditionDraft::Ready { .. } => {}
    }
}

fn check_level(book: &Book, level: &At<String>, report: &mut Report<'_>) {
    let known = book.system.levels();
    if !known.contains(&level.value.as_str()) {
        let message = format!("there is no level `{}`", level.value);
        let help =
            format!("{} Levels stand in system.toml.", did_you_mean(&level.value, known.iter().copied()));
        report.add(&UNKNOWN_LEVEL, &level.spot, message, help);
    }
}

/// An answer is known in every menu once it was given. Where a look-up tells no fields, its answer
/// may hold anything.
fn check_field(
    book: &Book,
    menu: &MenuDraft,
    name: &str,
    condition: &At<ConditionDraft>,
    report: &mut Report<'_>,
) {
    let own = menu.nodes.lookups.iter();
    let all: Vec<_> = if menu.nodes.lookups.is_empty() {
        book.menus.iter().flat_map(|menu| &menu.nodes.lookups).collect()
    } else {
        own.collect()
    };
    let mut fields = all.iter().flat_map(|node| &node.fields).map(|field| field.value.as_str());
    if fields.any(|field| field == name) || all.iter().any(|node| node.fields.is_empty()) {
        return;
    }
    let known: Vec<&str> =
        all.iter().flat_map(|node| &node.fields).map(|field| field.value.as_str()).collect();
    let message = format!("no look-up's answer has a field `{name}`");
    let help = format!("{} Fields stand in fields = [\"…\"] of [lookup.NAME].", did_you_mean(name, known));
    report.add(&UNKNOWN_FIELD, &condition.spot, message, help);
}

/// Hours of queues are schedules too.
fn check_hours(book: &Book, report: &mut Report<'_>) {
    let (Some(calendar), Some(queues)) = (&book.views.calendar, &book.views.queues) else { return };
    let missing = |(queue, view): (&QueueId, &crate::menu::view::QueueView)| {
        let hours = view.hours.as_ref().filter(|hours| !calendar.schedules.contains(*hours))?;
        Some((queue.clone(), hours.clone()))
    };
    for (queue, hours) in queues.iter().filter_map(missing) {
        let known = calendar.schedules.iter().map(String::as_str);
        let message = format!("queue `{queue}` is staffed by the schedule `{hours}`, and there is none");
        report.add_elsewhere(&UNKNOWN_SCHEDULE, "queues.toml", message, &did_you_mean(&hours, known));
    }
}

fn check_count(book: &Book, report: &mut Report<'_>) {
    let all = variables::every(book);
    let place = |name: &str| {
        let terms = book.menus.iter().flat_map(|menu| menu.rows()).flat_map(|row| &row.terms);
        let named = |condition: &&At<ConditionDraft>| matches!(&condition.value, ConditionDraft::Field { name: n, .. } if n == name);
        terms.map(|term| &term.condition).filter(named).last().map(|condition| condition.spot.clone())
    };
    if let Some(spot) = all.get(MAX_VARIABLES).and_then(|variable| place(&variable.name)) {
        let message = format!("{} fields of answers decide ways, at most {MAX_VARIABLES}", all.len());
        report.add(&TOO_MANY_VALUES, &spot, message, "Let the system answer with one field that says more.");
    }
    for variable in all.iter().filter(|variable| variable.values.len() > MAX_VARIABLES) {
        let message = format!(
            "the field `{}` is compared with {} values, at most {MAX_VARIABLES}",
            variable.name,
            variable.values.len()
        );
        if let Some(spot) = place(&variable.name) {
            report.add(
                &TOO_MANY_VALUES,
                &spot,
                message,
                "Let the system answer with fewer different values.",
            );
        }
    }
    for plan in book.views.plans.iter().skip(crate::menu::resolve::MAX_PLANS).take(1) {
        let message = format!("there are more than {} plans", crate::menu::resolve::MAX_PLANS);
        let help = format!("Remove plans that are no longer needed, such as `{}`.", plan_name(&plan.name));
        report.add_elsewhere(&TOO_MANY_VALUES, "plans.toml", message, &help);
    }
}

fn plan_name(plan: &PlanId) -> &str {
    plan.as_str()
}
