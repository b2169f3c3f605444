//! Nodes of a menu, each a table `[KIND.NAME]`.

use crate::ids::QueueId;
use crate::menu::draft::*;
use crate::menu::parse::fields::Fields;
use crate::menu::parse::keys::MAX_DIGITS;
use crate::menu::parse::menu::{purpose, timing};
use crate::menu::parse::target::target;
use crate::menu::parse::{check_name, when};
use crate::menu::reader::WRONG_VALUE;
use crate::menu::report::{At, Report};

const RETRIES: u8 = 2;
const ATTEMPTS: u8 = 3;
const MOST: u8 = 5;
/// Longest path of a question.
const LONGEST_PATH: usize = 120;

/// Names that prompts and rows of the menu itself have.
const TAKEN: [&str; 5] = ["notice", "greeting", "announcement", "choice", "when"];

type NodeParser<T> = fn(At<String>, &Fields<'_, '_>, &mut Report<'_>) -> T;

/// Every node of a kind.
pub fn named<T>(root: &Fields<'_, '_>, kind: &str, report: &mut Report<'_>, parse: NodeParser<T>) -> Vec<T> {
    let mut nodes = Vec::new();
    for (name, fields) in root.named(kind, report) {
        check_name("a node", &name, &TAKEN, report);
        nodes.push(parse(name, &fields, report));
    }
    nodes
}

pub fn information(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> InformationDraft {
    InformationDraft {
        name,
        purpose: purpose(fields, report),
        text: fields.speech("text", report),
        leads_to: target(fields, "leads_to", report),
    }
}

pub fn collect(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> CollectDraft {
    let (min, max) = (fields.small("min", report), fields.small("max", report));
    if let (Some(min), Some(max), Some(value)) = (min, max, fields.get("min"))
        && min > max
    {
        fields.wrong("min", value, "It is more than `max`.", report);
    }
    let form = match fields.word("form", report).map(|at| at.value) {
        Some("card") => Form::Card,
        Some("date") => Form::Date,
        Some("amount") => Form::Amount,
        _ => Form::Digits,
    };
    CollectDraft {
        name,
        text: fields.speech("text", report),
        form,
        min: min.unwrap_or(1),
        max: max.unwrap_or(MAX_DIGITS),
        secret: fields.flag("secret", report).is_some_and(|at| at.value),
        confirm: fields.flag("confirm", report).filter(|at| at.value).map(|at| at.spot),
        retries: fields.small("retries", report).unwrap_or(RETRIES),
        timing: timing(fields, report),
        leads_to: target(fields, "leads_to", report),
    }
}

pub fn branch(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> BranchDraft {
    BranchDraft { name, whens: when::rows(fields, report), otherwise: target(fields, "otherwise", report) }
}

pub fn lookup(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> LookupDraft {
    let answers = fields.list("fields", report);
    for field in answers.iter().filter(|field| !is_field(&field.value)) {
        let message = format!("`{}` is no name for a field", field.value);
        let help = "Use letters, digits, hyphens and underscores, at most 48 in all.";
        report.add(&WRONG_VALUE, &field.spot, message, help);
    }
    LookupDraft {
        name,
        text: fields.speech("text", report),
        service: fields.text("service", report),
        path: path(fields, report),
        send: fields.list("send", report),
        fields: answers,
        whens: when::rows(fields, report),
        leads_to: target(fields, "leads_to", report),
        failed: target(fields, "failed", report),
    }
}

pub fn verify(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> VerifyDraft {
    VerifyDraft {
        name,
        text: fields.speech("text", report),
        service: fields.text("service", report),
        path: path(fields, report),
        ask: fields.list("ask", report),
        level: fields.text("level", report),
        attempts: fields.small("attempts", report).unwrap_or(ATTEMPTS),
        leads_to: target(fields, "leads_to", report),
        failed: target(fields, "failed", report),
    }
}

pub fn survey(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> SurveyDraft {
    let mut questions: Vec<QuestionDraft> = Vec::new();
    for row in fields.rows("question", report) {
        let name = row.text("name", report);
        if let Some(name) = &name {
            let before = questions.iter().filter_map(|q| q.name.as_ref()).map(|n| n.value.as_str());
            check_name("a question of this survey", name, &before.collect::<Vec<_>>(), report);
        }
        questions.push(QuestionDraft {
            spot: row.spot(),
            name,
            text: row.speech("text", report),
            most: row.small("most", report).unwrap_or(MOST),
        });
    }
    SurveyDraft { name, questions, leads_to: target(fields, "leads_to", report) }
}

pub fn complaint(name: At<String>, fields: &Fields<'_, '_>, report: &mut Report<'_>) -> ComplaintDraft {
    ComplaintDraft {
        name,
        text: fields.speech("text", report),
        ask: fields.list("ask", report),
        queue: fields.text("queue", report).map(|at| At { value: QueueId::new(&at.value), spot: at.spot }),
    }
}

/// Fields are named by the bank's systems, so more letters are allowed than in names of nodes.
pub fn is_field(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 48 && name.chars().all(letters)
}

/// Begins with a slash and stays below the address of the service.
fn path(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> Option<At<String>> {
    let path = fields.text("path", report)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let steps_up = path.value.split('/').any(|part| part == ".." || part == ".");
    let whole = path.value.starts_with('/') && path.value.len() <= LONGEST_PATH;
    if whole && !steps_up && path.value.chars().all(plain) {
        return Some(path);
    }
    if let Some(value) = fields.get("path") {
        let help = "Begin with a slash and use letters, digits, - _ . ~ and slashes: path = \"/balance\".";
        fields.wrong("path", value, help, report);
    }
    None
}
