//! What a state waits to be told before it goes on: by the world outside, or by the visit itself,
//! which holds the digits and answers.

use crate::ids::PlanId;
use crate::menu::api::{Atom, CallerList};
use crate::menu::interpreter::state::{CallbackStage, Phase, Rows, State, Step};
use crate::menu::model::{Condition, PlanIx, Program, QueueIx, VariableIx, When};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Query<'p> {
    /// Do the digits fit?
    Digits,
    Holds(&'p Condition),
    Open(&'p str),
    Plan(PlanIx),
    Elderly,
    CallbackShown,
    CallbackTyped,
    MayVerify,
    /// 0 no answer, 1 an answer.
    Lookup,
    /// 0 no answer, 1 verified, 2 wrong, 3 locked.
    Verify,
    Variable(VariableIx),
}

/// Outcomes of [`Query::Verify`].
pub const UNAVAILABLE: u8 = 0;
pub const VERIFIED: u8 = 1;
pub const WRONG: u8 = 2;
pub const LOCKED: u8 = 3;

impl<'p> Query<'p> {
    /// What this state waits for.
    pub fn of(program: &'p Program, state: &State) -> Option<Self> {
        Some(match state.phase {
            Phase::Collect { step: Step::Asking, .. } => Query::Digits,
            Phase::PlanAsked(plan) => Query::Plan(plan),
            Phase::ElderlyAsked => Query::Elderly,
            Phase::Deciding { rows, row, term } => {
                let row = rows_of(program, state, rows).get(usize::from(row))?;
                Query::Holds(&row.terms.get(usize::from(term))?.0)
            }
            Phase::Hours { queue, .. } => Query::Open(hours(program, queue)?),
            Phase::Callback { stage: CallbackStage::Shown, .. } => Query::CallbackShown,
            Phase::Callback { stage: CallbackStage::Typed, .. } => Query::CallbackTyped,
            Phase::MayVerify(_) => Query::MayVerify,
            Phase::Lookup { .. } => Query::Lookup,
            Phase::Verify { .. } => Query::Verify,
            Phase::Reading { node, at } => {
                let node = program.menu(state.menu).lookups.get(usize::from(node))?;
                Query::Variable(*node.variables.get(usize::from(at))?)
            }
            Phase::Notice
            | Phase::Plan(_)
            | Phase::Menu { .. }
            | Phase::Information(_)
            | Phase::Collect { .. }
            | Phase::Confirm { .. }
            | Phase::Survey { .. }
            | Phase::Complaint(_)
            | Phase::Callback { .. }
            | Phase::Said(_)
            | Phase::Closed(_)
            | Phase::Transfer(_)
            | Phase::TransferOut(_)
            | Phase::Farewell
            | Phase::Ended(_) => return None,
        })
    }

    /// The answers that can come are 0 to this, exclusive.
    pub fn answers(self, program: &Program) -> u8 {
        match self {
            Query::Digits
            | Query::Holds(_)
            | Query::Open(_)
            | Query::Plan(_)
            | Query::Elderly
            | Query::CallbackShown
            | Query::CallbackTyped
            | Query::MayVerify
            | Query::Lookup => 2,
            Query::Verify => 4,
            Query::Variable(variable) => {
                let values = program.variables.get(usize::from(variable)).map_or(0, |v| v.values.len());
                u8::try_from(values).unwrap_or(u8::MAX).saturating_add(1)
            }
        }
    }
}

/// The rows being looked through.
pub fn rows_of<'p>(program: &'p Program, state: &State, rows: Rows) -> &'p [When] {
    let menu = program.menu(state.menu);
    match rows {
        Rows::Branch(node) => menu.branches.get(usize::from(node)).map_or(&[], |node| &node.whens),
        Rows::Lookup(node) => menu.lookups.get(usize::from(node)).map_or(&[], |node| &node.whens),
    }
}

/// The schedule of a queue, if it has hours.
pub fn hours(program: &Program, queue: QueueIx) -> Option<&str> {
    program.staffing.get(usize::from(queue))?.hours.as_deref()
}

/// The question as the world outside is asked; `None` for what only the state knows.
pub fn atom_of(program: &Program, condition: &Condition) -> Option<Atom> {
    let queue = |queue: QueueIx| program.queue(queue).clone();
    Some(match condition {
        Condition::Language(_) | Condition::Level(_) | Condition::Variable(..) | Condition::Elderly => {
            return None;
        }
        Condition::Open(schedule) => Atom::Open(schedule.clone()),
        Condition::Holiday => Atom::Holiday,
        Condition::Caller(list) => Atom::Caller(*list),
        Condition::Plan(plan) => Atom::Plan(plan_name(program, *plan)?),
        Condition::Waiting { queue: of, above } => Atom::Waiting { queue: queue(*of), above: *above },
        Condition::Estimate { queue: of, above } => Atom::Estimate { queue: queue(*of), above: *above },
        Condition::Ready { queue: of, below } => Atom::Ready { queue: queue(*of), below: *below },
    })
}

pub fn plan_name(program: &Program, plan: PlanIx) -> Option<PlanId> {
    program.plans.get(usize::from(plan)).map(|plan| plan.name.clone())
}

/// The list that makes a caller elderly.
pub const ELDERLY: Atom = Atom::Caller(CallerList::Elderly);
