//! Emergency plans in force (CBA-24): a fold of their events, so that a restart changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::{InForce, PlanView};
use crate::event::{Actor, EventKind};
use crate::ids::PlanId;
use crate::now::Wall;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plans {
    in_force: BTreeMap<PlanId, InForce>,
}

impl Plans {
    pub fn apply(&mut self, wall: Wall, kind: &EventKind) {
        match kind {
            EventKind::PlanStarted { plan, by, reason } => {
                let run = InForce { since: wall, by: by.clone(), reason: reason.clone() };
                self.in_force.insert(plan.clone(), run);
            }
            EventKind::PlanStopped { plan, .. } => {
                self.in_force.remove(plan);
            }
            _ => {}
        }
    }

    /// In force, by name.
    pub fn names(&self) -> Vec<PlanId> {
        self.in_force.keys().cloned().collect()
    }

    pub fn is_in_force(&self, plan: &PlanId) -> bool {
        self.in_force.contains_key(plan)
    }
}

impl Engine {
    pub(super) fn plan_views(&self) -> Vec<PlanView> {
        let declared = self.declared_plans();
        let mut views: BTreeMap<PlanId, PlanView> = BTreeMap::new();
        for plan in declared.iter().chain(self.folds.plans.in_force.keys()) {
            let view = PlanView {
                plan: plan.clone(),
                declared: declared.contains(plan),
                in_force: self.folds.plans.in_force.get(plan).cloned(),
            };
            views.insert(plan.clone(), view);
        }
        views.into_values().collect()
    }

    fn declared_plans(&self) -> Vec<PlanId> {
        let published = self.house.published.as_ref();
        published.map_or(Vec::new(), |published| published.plans.iter().map(|p| p.name.clone()).collect())
    }

    pub(super) fn start_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<(), String> {
        let Words { by, reason } = words.checked()?;
        let declared = self.declared_plans();
        if !declared.contains(&plan) {
            let names: Vec<&str> = declared.iter().map(PlanId::as_str).collect();
            let there = if names.is_empty() { "none is published".to_owned() } else { names.join(", ") };
            return Err(format!("there is no plan `{plan}`; those that can be put in force: {there}"));
        }
        if let Some(run) = self.folds.plans.in_force.get(&plan) {
            return Err(format!("`{plan}` is in force already, put there by {}: {}", run.by, run.reason));
        }
        self.emit(actor, None, EventKind::PlanStarted { plan, by, reason });
        Ok(())
    }

    /// Also for a plan that is declared no more.
    pub(super) fn stop_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<(), String> {
        let Words { by, reason } = words.checked()?;
        if !self.folds.plans.is_in_force(&plan) {
            return Err(format!("`{plan}` is not in force"));
        }
        self.emit(actor, None, EventKind::PlanStopped { plan, by, reason });
        Ok(())
    }
}

/// Who wants it and why.
pub(super) struct Words {
    pub by: String,
    pub reason: String,
}

impl Words {
    fn checked(self) -> Result<Words, String> {
        if self.by.trim().is_empty() || self.reason.trim().is_empty() {
            return Err("say who puts the plan in force or takes it back, and why".to_owned());
        }
        Ok(self)
    }
}
