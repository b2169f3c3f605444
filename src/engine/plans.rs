//! Emergency plans in force (CBA-24): a fold of their events, so that a restart changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::{InForce, PlanView, Reply};
use crate::config::plans::PlanConfig;
use crate::event::{Actor, EventKind};
use crate::ids::{AgentId, PlanId, PromptHash};
use crate::now::{Mono, Wall};

/// A proposal that nobody has confirmed within this time is forgotten.
const PROPOSAL_HOLDS: Duration = Duration::from_secs(3_600);

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plans {
    in_force: BTreeMap<PlanId, InForce>,
    /// Wait for a second person.
    #[serde(default)]
    proposed: BTreeMap<PlanId, Proposal>,
    /// Announcements recorded by telephone, and by whom.
    #[serde(default)]
    recorded: BTreeMap<PlanId, (PromptHash, Actor)>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Proposal {
    words: InForce,
    actor: Actor,
}

impl Plans {
    pub fn apply(&mut self, wall: Wall, actor: &Actor, kind: &EventKind) {
        match kind {
            EventKind::AnnouncementRecorded { plan, sha256, .. } => {
                self.recorded.insert(plan.clone(), (*sha256, actor.clone()));
            }
            EventKind::PlanProposed { plan, by, reason } => {
                self.forget_of_others(plan, actor);
                let until = Some(wall + PROPOSAL_HOLDS);
                let words = InForce { since: wall, by: by.clone(), reason: reason.clone(), until };
                self.proposed.insert(plan.clone(), Proposal { words, actor: actor.clone() });
            }
            EventKind::PlanStarted { plan, by, reason, until } => {
                let proposer = self.proposed.remove(plan).map(|proposal| proposal.actor);
                self.forget_of_others(plan, proposer.as_ref().unwrap_or(actor));
                let (by, reason, until) = (by.clone(), reason.clone(), *until);
                let run = InForce { since: wall, by, reason, until };
                self.in_force.insert(plan.clone(), run);
            }
            EventKind::PlanStopped { plan, .. } => {
                self.proposed.remove(plan);
                self.recorded.remove(plan);
                self.in_force.remove(plan);
            }
            _ => {}
        }
    }

    /// Whoever begins a plan answers for what is said: a recording that somebody else has left behind
    /// is not heard.
    fn forget_of_others(&mut self, plan: &PlanId, actor: &Actor) {
        if self.recorded.get(plan).is_some_and(|(_, by)| by != actor) {
            self.recorded.remove(plan);
        }
    }

    /// What was recorded by telephone for this plan.
    pub fn recorded(&self, plan: &PlanId) -> Option<PromptHash> {
        self.recorded.get(plan).map(|(hash, _)| *hash)
    }

    /// Every plan with a recording.
    pub fn recordings(&self) -> impl Iterator<Item = (&PlanId, PromptHash)> {
        self.recorded.iter().map(|(plan, (hash, _))| (plan, *hash))
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

    fn proposal(&self, plan: &PlanId, now: Wall) -> Option<&Proposal> {
        self.proposed.get(plan).filter(|proposal| proposal.words.until > Some(now))
    }
}

impl Proposal {
    /// Not the person who proposed it: by name, and by token or work number where there is one. The
    /// control socket knows only the user of the machine, whom operations share.
    fn is_of_another(&self, actor: &Actor, by: &str) -> bool {
        let same_name = self.words.by.trim().to_lowercase() == by.trim().to_lowercase();
        let same_actor = match actor {
            Actor::Token { .. } | Actor::Agent(_) => self.actor == *actor,
            Actor::Server | Actor::Caller | Actor::Peer { .. } => false,
        };
        !same_name && !same_actor
    }
}

impl Engine {
    pub(super) fn plan_views(&self) -> Vec<PlanView> {
        let now = self.journal.now.wall;
        let Plans { in_force, .. } = &self.folds.plans;
        let declared = self.declared_plans().iter().map(|plan| &plan.name);
        let names: BTreeSet<&PlanId> = declared.chain(in_force.keys()).collect();
        let view = |name: &PlanId| {
            let plan = self.declared_plan(name);
            PlanView {
                plan: name.clone(),
                declared: plan.is_some(),
                kind: plan.map(|plan| plan.kind),
                number: plan.and_then(|plan| plan.number),
                two_persons: plan.is_some_and(|plan| plan.two_persons),
                in_force: in_force.get(name).cloned(),
                proposed: self.folds.plans.proposal(name, now).map(|proposal| proposal.words.clone()),
            }
        };
        names.into_iter().map(view).collect()
    }

    pub(super) fn declared_plans(&self) -> &[PlanConfig] {
        self.house.published.as_ref().map_or(&[], |published| &published.plans)
    }

    fn declared_plan(&self, name: &PlanId) -> Option<&PlanConfig> {
        self.declared_plans().iter().find(|plan| plan.name == *name)
    }

    pub(super) fn proposed_by_another(&self, plan: &PlanId, agent: &AgentId) -> bool {
        let proposal = self.folds.plans.proposal(plan, self.journal.now.wall);
        proposal.is_some_and(|proposal| proposal.actor != Actor::Agent(agent.clone()))
    }

    pub(super) fn start_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<Reply, String> {
        let Words { by, reason } = words.checked()?;
        let now = self.journal.now.wall;
        let Some(declared) = self.declared_plan(&plan) else {
            let names: Vec<&str> = self.declared_plans().iter().map(|plan| plan.name.as_str()).collect();
            let there = if names.is_empty() { "none is published".to_owned() } else { names.join(", ") };
            return Err(format!("there is no plan `{plan}`; those that can be put in force: {there}"));
        };
        let until = declared.ends_after.map(|time| now + time);
        if let Some(run) = self.folds.plans.in_force.get(&plan) {
            return Err(format!("`{plan}` is in force already, put there by {}: {}", run.by, run.reason));
        }
        if !declared.two_persons {
            self.emit(actor, None, EventKind::PlanStarted { plan, by, reason, until });
            return Ok(Reply::Done);
        }
        let Some(proposal) = self.folds.plans.proposal(&plan, now) else {
            self.emit(actor, None, EventKind::PlanProposed { plan, by, reason });
            return Ok(Reply::Proposed);
        };
        if !proposal.is_of_another(&actor, &by) {
            let by = &proposal.words.by;
            return Err(format!("{by} has proposed `{plan}`; another person has to put it in force"));
        }
        let reason = format!("{reason} (proposed by {}: {})", proposal.words.by, proposal.words.reason);
        self.emit(actor, None, EventKind::PlanStarted { plan, by, reason, until });
        Ok(Reply::Done)
    }

    /// Whatever was proposed before: another person has to put this in force.
    pub(super) fn propose_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<Reply, String> {
        let Words { by, reason } = words.checked()?;
        self.emit(actor, None, EventKind::PlanProposed { plan, by, reason });
        Ok(Reply::Proposed)
    }

    /// Also for a plan that is declared no more; takes back a proposal, too.
    pub(super) fn stop_plan(&mut self, actor: Actor, plan: PlanId, words: Words) -> Result<(), String> {
        let Words { by, reason } = words.checked()?;
        if !self.folds.plans.is_in_force(&plan) && !self.folds.plans.proposed.contains_key(&plan) {
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
