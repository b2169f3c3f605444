//! Conditions in words, for counter-examples.

use crate::menu::api::CallerList;
use crate::menu::model::{Condition, Program};

pub(super) fn condition(program: &Program, condition: &Condition) -> String {
    match condition {
        Condition::Language(language) => format!("language {}", program.language(*language)),
        Condition::Level(level) => {
            let at = usize::from(*level).checked_sub(1);
            let name = at.and_then(|at| program.levels.get(at)).map_or("", String::as_str);
            format!("verified as {name}")
        }
        Condition::Variable(variable, value) => {
            let variable = program.variables.get(usize::from(*variable));
            let at = usize::from(*value).checked_sub(1);
            let value = at.and_then(|at| variable?.values.get(at)).map_or("", String::as_str);
            format!("{} is {value}", variable.map_or("", |variable| variable.name.as_str()))
        }
        Condition::Elderly => "elderly".to_owned(),
        Condition::Open(schedule) => format!("{schedule} open"),
        Condition::Holiday => "a holiday".to_owned(),
        Condition::Caller(list) => match list {
            CallerList::Known => "a known caller",
            CallerList::Vip => "a VIP caller",
            CallerList::Blocked => "a blocked caller",
            CallerList::Elderly => "an elderly caller",
        }
        .to_owned(),
        Condition::Plan(plan) => {
            let name = program.plans.get(usize::from(*plan)).map_or("", |plan| plan.name.as_str());
            format!("plan {name} in force")
        }
        Condition::Waiting { queue, above } => {
            format!("more than {above} waiting for {}", program.queue(*queue))
        }
        Condition::Estimate { queue, above } => {
            format!("more than {} s to wait for {}", above.as_secs(), program.queue(*queue))
        }
        Condition::Ready { queue, below } => {
            format!("fewer than {below} agents ready for {}", program.queue(*queue))
        }
    }
}
