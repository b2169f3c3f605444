//! Emergency plans in force (CBA-24): a fold of their events, so that a restart changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::{InForce, PlanView};
use crate::config::plans::PlanConfig;
use crate::event::{Actor, EventKind};
use crate::ids::PlanId;
use crate::now::{Mono, Wall};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plans {
    in_force: BTreeMap<PlanId, InForce>,
}

impl Plans {
    pub fn apply(&mut self, wall: Wall, kind: &EventKind) {
        match kind {
            EventKind::PlanStarted { plan, by, reason, until } => {
                let (by, reason, until) = (by.clone(), reason.clone(), *until);
                let run = InForce { since: wall, by, reason, until };
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

    /// The first that ends by itself, and when.
    fn first_over(&self) -> Option<(Wall, &PlanId)> {
        self.in_force.iter().filter_map(|(plan, run)| Some((run.until?, plan))).min()
    }

    pub fn is_in_force(&self, plan: &PlanId) -> bool {
        self.in_force.contains_key(plan)
    }
}

impl Engine {
    pub(super) fn plan_views(&self) -> Vec<PlanView> {
        let declared = self.declared_plans();
        let declared: Vec<PlanId> = declared.iter().map(|plan| plan.name.clone()).collect();
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

    fn declared_plans(&self) -> &[PlanConfig] {
        self.house.published.as_ref().map_or(&[], |published| &published.plans)
    }

    pub(super) fn start_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<(), String> {
        let Words { by, reason } = words.checked()?;
        let declared = self.declared_plans();
        let Some(config) = declared.iter().find(|config| config.name == plan) else {
            let names: Vec<&str> = declared.iter().map(|config| config.name.as_str()).collect();
            let there = if names.is_empty() { "none is published".to_owned() } else { names.join(", ") };
            return Err(format!("there is no plan `{plan}`; those that can be put in force: {there}"));
        };
        let until = config.ends_after.map(|time| self.journal.now.wall + time);
        if let Some(run) = self.folds.plans.in_force.get(&plan) {
            return Err(format!("`{plan}` is in force already, put there by {}: {}", run.by, run.reason));
        }
        self.emit(actor, None, EventKind::PlanStarted { plan, by, reason, until });
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

    /// Plans that have had their time end.
    pub(super) fn end_plans(&mut self) {
        let now = self.journal.now.wall;
        while let Some((_, plan)) = self.folds.plans.first_over().filter(|(until, _)| *until <= now) {
            let (plan, by) = (plan.clone(), "hotline".to_owned());
            let reason = "its time is over".to_owned();
            self.emit(Actor::Server, None, EventKind::PlanStopped { plan, by, reason });
        }
    }

    /// When the next one does.
    pub(super) fn next_plan_over(&self) -> Option<Mono> {
        let (until, _) = self.folds.plans.first_over()?;
        let left = u64::try_from(until.0.saturating_sub(self.journal.now.wall.0)).unwrap_or(0);
        Some(self.journal.now.mono + Duration::from_millis(left))
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
