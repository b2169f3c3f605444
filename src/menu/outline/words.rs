//! Conditions, forms and times in words.

use std::time::Duration;

use crate::menu::api::CallerList;
use crate::menu::draft::Form;
use crate::menu::model::{Closed, Collect, Condition, Program, Staffing, Wanted, When};
use crate::menu::outline::{Fact, Hours};

/// `day closed and plan storm in force`.
pub fn condition(program: &Program, when: &When) -> String {
    let terms: Vec<String> = when.terms.iter().map(|(term, wanted)| one(program, term, *wanted)).collect();
    terms.join(" and ")
}

fn one(program: &Program, condition: &Condition, wanted: Wanted) -> String {
    let holds = wanted == Wanted::Holds;
    let queue = |ix: &u16| program.queue(*ix);
    let is = if holds { "is" } else { "is not" };
    match condition {
        Condition::Language(language) => format!("{} {is} spoken", program.language(*language)),
        Condition::Level(level) => {
            let level = program.levels.get(usize::from(*level).wrapping_sub(1)).map_or("", String::as_str);
            format!("the caller {is} {level}")
        }
        Condition::Variable(variable, value) => match program.variables.get(usize::from(*variable)) {
            Some(variable) => {
                let value = variable.values.get(usize::from(*value).wrapping_sub(1));
                format!("{} {is} {}", variable.name, value.map_or("", String::as_str))
            }
            None => String::new(),
        },
        Condition::Elderly => format!("the caller {is} elderly"),
        Condition::Open(schedule) if holds => format!("{schedule} is open"),
        Condition::Open(schedule) => format!("{schedule} is closed"),
        Condition::Holiday if holds => "it is a public holiday".to_owned(),
        Condition::Holiday => "it is no public holiday".to_owned(),
        Condition::Caller(list) => format!("the caller {is} {}", on_list(*list)),
        Condition::Plan(plan) => {
            let name = program.plans.get(usize::from(*plan)).map_or("", |plan| plan.name.as_str());
            format!("plan {name} {is} in force")
        }
        Condition::Waiting { queue: ix, above } => {
            let more = if holds { "more than" } else { "at most" };
            format!("{more} {above} wait in {}", queue(ix))
        }
        Condition::Estimate { queue: ix, above } => {
            let more = if holds { "more than" } else { "at most" };
            format!("the wait in {} is {more} {}", queue(ix), duration(*above))
        }
        Condition::Ready { queue: ix, below } => {
            let fewer = if holds { "fewer than" } else { "at least" };
            format!("{fewer} {below} agents of {} are ready", queue(ix))
        }
    }
}

fn on_list(list: CallerList) -> &'static str {
    match list {
        CallerList::Known => "known",
        CallerList::Vip => "a VIP",
        CallerList::Blocked => "blocked",
        CallerList::Elderly => "elderly",
    }
}

/// What a caller notices of a step: `6 digits`, `secret`, `read back`.
pub fn step(node: &Collect) -> Vec<Fact> {
    let digits =
        if node.min == node.max { node.min.to_string() } else { format!("{} to {}", node.min, node.max) };
    let form = match node.form {
        Form::Digits => None,
        Form::Card => Some("a card number"),
        Form::Date => Some("a date"),
        Form::Amount => Some("an amount of money"),
    };
    let mut facts = vec![fact("digits", digits)];
    facts.extend(form.map(|form| fact("form", form)));
    facts.extend(node.secret.then(|| fact("secret", "not recorded")));
    facts.extend(node.confirm.then(|| fact("read back", "1 right, 2 again")));
    facts
}

pub fn step_limits(node: &Collect) -> Vec<Fact> {
    vec![
        fact("first key within", duration(node.first_digit)),
        fact("next key within", duration(node.inter_digit)),
        fact("failures forgiven", node.retries),
    ]
}

/// When there are people, and what happens when not.
pub fn staffing(program: &Program, staffing: &Staffing, hours: &Hours) -> Vec<Fact> {
    let Some(schedule) = &staffing.hours else { return vec![fact("people", "at all hours")] };
    let closed = match staffing.when_closed {
        Closed::Message => "message".to_owned(),
        Closed::Callback => "callback".to_owned(),
        Closed::Queue(next) => format!("queue {}", program.queue(next)),
    };
    vec![fact("people", known_words(schedule, hours)), fact("when closed", closed)]
}

/// `office (weekdays 09:00-17:00)`, or the name alone if nobody knows more.
pub fn known_words(schedule: &str, hours: &Hours) -> String {
    match hours.get(schedule) {
        Some(words) => format!("{schedule} ({words})"),
        None => schedule.to_owned(),
    }
}

pub fn fact(what: &str, value: impl ToString) -> Fact {
    Fact { what: what.to_owned(), value: value.to_string() }
}

/// `5 s`, `2.5 s`, `5 min`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds, time.subsec_millis()) {
        (60.., 0) if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        (_, 0) => format!("{seconds} s"),
        (_, millis) => format!("{seconds}.{} s", format!("{millis:03}").trim_end_matches('0')),
    }
}

/// Parts of a text one after the other, with spaces where letters would run together.
pub fn joined(parts: &[String]) -> String {
    let mut text = String::new();
    for part in parts {
        let spaced = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "}{".contains(c));
        let last = text.chars().next_back();
        let letters = spaced(last) && spaced(part.chars().next());
        if letters || last.is_some_and(|c| c.is_ascii_punctuation() && c != '}') {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}
