//! A requirement class: the agents of a queue by what they can do for it now, kept in order.
//!
//! Every agent stands in one set of each of their queues' classes, and moves when their state
//! changes. So choosing takes the first of a set, and explaining the choice the first few of each.

use std::collections::{BTreeMap, BTreeSet};

use super::agent::Agent;
use super::api::{AgentProfile, StrategyKind};
use super::strategy::{self, Strategy};
use crate::ids::{AgentId, Skill};

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub skills: BTreeMap<Skill, u8>,
    pub strategy: StrategyKind,
    /// Ready, by rank.
    pub ready: BTreeSet<(u64, AgentId)>,
    /// Able, but not ready now.
    pub busy: BTreeSet<AgentId>,
    /// Assigned to the queue without its skills.
    pub lacking: BTreeSet<AgentId>,
    /// Able and not away, in shares of [`super::estimate::WHOLE_AGENT`].
    pub capacity: u64,
}

impl Class {
    pub fn new(skills: BTreeMap<Skill, u8>, strategy: StrategyKind) -> Self {
        Class {
            skills,
            strategy,
            ready: BTreeSet::new(),
            busy: BTreeSet::new(),
            lacking: BTreeSet::new(),
            capacity: 0,
        }
    }

    pub fn strategy(&self) -> &'static dyn Strategy {
        strategy::of(self.strategy)
    }

    /// The first requirement that an agent does not meet, in words: `lacks card>=3`.
    pub fn lack(&self, profile: &AgentProfile) -> Option<String> {
        let missing = self
            .skills
            .iter()
            .find(|(skill, least)| profile.skills.get(*skill).is_none_or(|has| has < *least))?;
        Some(format!("lacks {}>={}", missing.0, missing.1))
    }

    /// Is anybody signed in who could take these calls?
    pub fn is_staffed(&self) -> bool {
        !self.ready.is_empty() || !self.busy.is_empty()
    }

    pub fn add(&mut self, agent: &Agent) {
        let id = agent.profile.id.clone();
        if agent.is_ready() {
            self.ready.insert((self.strategy().rank(agent.standing()), id));
        } else {
            self.busy.insert(id);
        }
        self.capacity += agent.share();
    }

    /// Undoes [`Class::add`]; the agent must not have changed since.
    pub fn remove(&mut self, agent: &Agent) {
        if agent.is_ready() {
            let rank = self.strategy().rank(agent.standing());
            self.ready.remove(&(rank, agent.profile.id.clone()));
        } else {
            self.busy.remove(&agent.profile.id);
        }
        self.capacity = self.capacity.saturating_sub(agent.share());
    }
}
