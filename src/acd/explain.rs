//! Why this agent: written beside every offer, bounded, readable for ever.

use super::router::Router;
use crate::event::Why;
use crate::ids::{AgentId, CallId};
use crate::now::Mono;

/// Longest list in a [`Why`].
const SHOWN: usize = 8;

impl Router {
    /// The ranking that led to `chosen`, who stands first in it. Looks at few agents, however many
    /// there are.
    pub(super) fn explain(&self, now: Mono, call: CallId, chosen: &AgentId) -> Why {
        let Some(caller) = self.callers.get(&call) else { return Why::default() };
        let Some(queue) = self.queues.get(&caller.queue) else { return Why::default() };
        let (class, strategy) = (&queue.class, queue.class.strategy());
        let again = caller.tried.contains(chosen);
        let missed = |agent: &AgentId| !again && caller.tried.contains(agent);

        let mut candidates = Vec::new();
        if let Some(agent) = self.agents.get(chosen) {
            let rank = strategy.rank(agent.standing());
            candidates.push(format!("{chosen} {}", strategy.merit(rank, now)));
        }
        let others = class.ready.iter().filter(|(_, agent)| agent != chosen && !missed(agent));
        let others = others.map(|(rank, agent)| format!("{agent} {}", strategy.merit(*rank, now)));
        candidates.extend(others.take(SHOWN - 1));

        let tried = caller.tried.iter().filter(|agent| missed(agent));
        let tried = tried.map(|agent| format!("{agent} missed this call"));
        let lacking =
            class.lacking.iter().filter_map(|id| self.agents.get(id)).map(|agent| {
                format!("{} {}", agent.profile.id, class.lack(&agent.profile).unwrap_or_default())
            });
        let busy = class.busy.iter().filter(|agent| !missed(agent));
        let busy = busy.filter_map(|id| self.agents.get(id));
        let busy = busy.map(|agent| format!("{} {}", agent.profile.id, agent.occupation()));
        let excluded = tried.take(SHOWN).chain(lacking.take(SHOWN)).chain(busy.take(SHOWN));
        Why { strategy: strategy.name().to_owned(), candidates, excluded: excluded.take(SHOWN).collect() }
    }
}
