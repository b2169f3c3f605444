//! Rows of conditions: what is asked of whom, and whether it must hold.

use crate::ids::PlanId;
use crate::menu::api::CallerList;
use crate::menu::draft::{ConditionDraft, MenuDraft, WhenDraft};
use crate::menu::model::*;
use crate::menu::resolve::names::Names;

impl Names<'_> {
    pub fn whens(&mut self, menu: &MenuDraft, rows: &[WhenDraft]) -> Option<Vec<When>> {
        let mut whens = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            let mut terms = Vec::with_capacity(row.terms.len());
            for term in &row.terms {
                let wanted = if term.holds { Wanted::Holds } else { Wanted::HoldsNot };
                terms.push((self.condition(&term.condition.value)?, wanted));
            }
            // A row whose condition could not be read must not fit always.
            if terms.is_empty() {
                return None;
            }
            whens.push(When { terms, target: self.target(menu, &row.leads_to.as_ref()?.value)? });
        }
        Some(whens)
    }

    fn condition(&mut self, condition: &ConditionDraft) -> Option<Condition> {
        Some(match condition {
            ConditionDraft::Open(schedule) => Condition::Open(schedule.clone()),
            ConditionDraft::Holiday => Condition::Holiday,
            // With the profile, it is the profile that counts: callers also choose it.
            ConditionDraft::Caller(CallerList::Elderly) if self.book.system.elderly.is_some() => {
                Condition::Elderly
            }
            ConditionDraft::Caller(list) => Condition::Caller(*list),
            ConditionDraft::Language(language) => Condition::Language(self.language(language)?),
            ConditionDraft::Level(level) => Condition::Level(self.level(level)?),
            ConditionDraft::Plan(name) => Condition::Plan(self.plan(&PlanId::new(name))?),
            ConditionDraft::Field { name, value } => self.variable(name, value)?,
            ConditionDraft::Waiting { queue, above } => {
                Condition::Waiting { queue: self.queue(queue), above: *above }
            }
            ConditionDraft::Estimate { queue, above } => {
                Condition::Estimate { queue: self.queue(queue), above: *above }
            }
            ConditionDraft::Ready { queue, below } => {
                Condition::Ready { queue: self.queue(queue), below: *below }
            }
        })
    }

    fn plan(&self, name: &PlanId) -> Option<PlanIx> {
        let at = self.book.views.plans.iter().position(|plan| plan.name == *name)?;
        PlanIx::try_from(at).ok()
    }

    fn variable(&self, name: &str, value: &str) -> Option<Condition> {
        let at = self.variables.iter().position(|variable| variable.name == name)?;
        let place = self.variables.get(at)?.values.iter().position(|known| known == value)?;
        Some(Condition::Variable(VariableIx::try_from(at).ok()?, u8::try_from(place + 1).ok()?))
    }
}
