//! Agents: what they are doing, how long they did it, and how long a call keeps them busy.
//!
//! Handle time is the talk, holds included, and the wrap-up after it; it is known when the
//! wrap-up ends. Time that an agent spends while the server is down counts for nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::histogram::{Histogram, Scale};
use crate::event::{AgentState, EndedBy, Event, EventKind};
use crate::ids::{AgentId, QueueId};
use crate::now::Mono;

/// States of an agent who is signed in, without the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    NotReady,
    Ready,
    Offered,
    Talking,
    Hold,
    WrapUp,
}

/// Who ended a talk; the outcome under which handle times are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TalkEnd {
    EndedByCaller,
    EndedByAgent,
    EndedByServer,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Agents {
    /// Those signed in.
    now: BTreeMap<AgentId, Doing>,
    /// Milliseconds of all agents in each state, finished spells only.
    spent_ms: BTreeMap<Activity, u64>,
    handled: BTreeMap<QueueId, BTreeMap<TalkEnd, Histogram>>,
    sign_ins_refused: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Doing {
    activity: Activity,
    since: Mono,
    /// A talk whose wrap-up is not over.
    talked: Option<Talked>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Talked {
    queue: QueueId,
    end: TalkEnd,
    ms: u64,
}

impl Agents {
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::ServerStarted { .. } => self.restart(),
            EventKind::AgentStateChanged { agent, state } => self.change(agent, state, event.mono),
            EventKind::TalkEnded { queue, agent, talked_ms, by } => {
                let talked = Talked { queue: queue.clone(), end: TalkEnd::from(*by), ms: *talked_ms };
                self.talk_ended(agent, talked);
            }
            EventKind::SignInRefused { .. } => self.sign_ins_refused += 1,
            _ => {}
        }
    }

    /// The clock begins anew, and whoever is signed in still is told anew.
    fn restart(&mut self) {
        for (_, doing) in std::mem::take(&mut self.now) {
            if let Some(talked) = doing.talked {
                self.handled(talked, 0);
            }
        }
    }

    fn change(&mut self, agent: &AgentId, state: &AgentState, at: Mono) {
        let before = self.now.remove(agent);
        let next = Activity::of(state);
        let mut talked = None;
        if let Some(before) = before {
            let spent = u64::try_from(at.since(before.since).as_millis()).unwrap_or(u64::MAX);
            *self.spent_ms.entry(before.activity).or_default() += spent;
            match before.talked {
                // Wrap-up begins: the talk is not handled before it ends.
                Some(t) if next == Some(Activity::WrapUp) => talked = Some(t),
                Some(t) if before.activity == Activity::WrapUp => self.handled(t, spent),
                Some(t) => self.handled(t, 0),
                None => {}
            }
        }
        if let Some(activity) = next {
            self.now.insert(agent.clone(), Doing { activity, since: at, talked });
        }
    }

    /// The state may have changed just before or will change just after.
    fn talk_ended(&mut self, agent: &AgentId, talked: Talked) {
        let doing = self
            .now
            .get_mut(agent)
            .filter(|doing| matches!(doing.activity, Activity::Talking | Activity::Hold | Activity::WrapUp));
        let settled = match doing {
            Some(doing) => doing.talked.replace(talked),
            None => Some(talked),
        };
        if let Some(talked) = settled {
            self.handled(talked, 0);
        }
    }

    fn handled(&mut self, talked: Talked, wrap_up_ms: u64) {
        let by_end = self.handled.entry(talked.queue).or_default();
        let histogram = by_end.entry(talked.end).or_insert_with(|| Histogram::new(Scale::Handle));
        histogram.observe(talked.ms.saturating_add(wrap_up_ms));
    }

    /// Who is signed in, and what they are doing.
    pub fn doing(&self) -> impl Iterator<Item = (&AgentId, Activity)> {
        self.now.iter().map(|(agent, doing)| (agent, doing.activity))
    }

    pub fn spent_ms(&self, activity: Activity) -> u64 {
        self.spent_ms.get(&activity).copied().unwrap_or(0)
    }

    /// Handle times of finished calls.
    pub fn handle_times(&self) -> impl Iterator<Item = (&QueueId, TalkEnd, &Histogram)> {
        self.handled.iter().flat_map(|(queue, by)| by.iter().map(move |(end, times)| (queue, *end, times)))
    }

    pub fn sign_ins_refused(&self) -> u64 {
        self.sign_ins_refused
    }
}

impl Activity {
    pub const ALL: [Activity; 6] = [
        Activity::NotReady,
        Activity::Ready,
        Activity::Offered,
        Activity::Talking,
        Activity::Hold,
        Activity::WrapUp,
    ];

    /// None = logged out.
    pub fn of(state: &AgentState) -> Option<Activity> {
        match state {
            AgentState::LoggedOut => None,
            AgentState::NotReady { .. } => Some(Activity::NotReady),
            AgentState::Ready => Some(Activity::Ready),
            AgentState::Offered => Some(Activity::Offered),
            AgentState::Talking => Some(Activity::Talking),
            AgentState::Hold => Some(Activity::Hold),
            AgentState::WrapUp => Some(Activity::WrapUp),
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Activity::NotReady => "not_ready",
            Activity::Ready => "ready",
            Activity::Offered => "offered",
            Activity::Talking => "talking",
            Activity::Hold => "hold",
            Activity::WrapUp => "wrap_up",
        }
    }
}

impl From<EndedBy> for TalkEnd {
    fn from(by: EndedBy) -> Self {
        match by {
            EndedBy::Caller => TalkEnd::EndedByCaller,
            EndedBy::Agent => TalkEnd::EndedByAgent,
            // A talk with an agent has no callee.
            EndedBy::Server | EndedBy::Callee => TalkEnd::EndedByServer,
        }
    }
}

impl TalkEnd {
    pub fn label(self) -> &'static str {
        match self {
            TalkEnd::EndedByCaller => "ended_by_caller",
            TalkEnd::EndedByAgent => "ended_by_agent",
            TalkEnd::EndedByServer => "ended_by_server",
        }
    }
}
