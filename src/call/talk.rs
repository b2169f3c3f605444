//! Talking with an agent: joined, held, resumed, over.

use super::{Action, Call, Joined, Phase, Tune, millis};
use crate::event::{EndedBy, EventKind};
use crate::ids::{AgentId, QueueId};
use crate::now::Mono;

impl Call {
    pub(super) fn start_talk(&mut self, now: Mono, agent: AgentId) -> Vec<Action> {
        self.phase = Phase::Talking { agent: agent.clone(), since: now };
        vec![
            Action::Bridge(Joined::Together),
            Action::Fact(EventKind::TalkStarted { queue: self.talk_queue(), agent }),
        ]
    }

    pub(super) fn hold_talk(&mut self, now: Mono, agent: AgentId, since: Mono) -> Vec<Action> {
        self.phase = Phase::Holding { agent: agent.clone(), since, held: now };
        vec![
            Action::Bridge(Joined::Apart),
            Action::Hear(Tune::Hold),
            Action::HoldAgent(agent.clone()),
            Action::Fact(EventKind::HoldStarted { agent }),
        ]
    }

    pub(super) fn resume_talk(&mut self, now: Mono, agent: AgentId, since: Mono, held: Mono) -> Vec<Action> {
        self.phase = Phase::Talking { agent: agent.clone(), since };
        vec![
            Action::Bridge(Joined::Together),
            Action::ResumeAgent(agent.clone()),
            Action::Fact(EventKind::HoldEnded { agent, held_ms: millis(now.since(held)) }),
        ]
    }

    pub(super) fn talk_ended(&mut self, now: Mono, agent: AgentId, since: Mono, by: EndedBy) -> Vec<Action> {
        let ended = EventKind::TalkEnded {
            queue: self.talk_queue(),
            agent: agent.clone(),
            talked_ms: millis(now.since(since)),
            by,
        };
        vec![Action::Fact(ended), Action::EndPeer, Action::ReleaseAgent(agent)]
    }

    /// Nobody talks without having been in a queue; an empty name would show a defect in a report.
    fn talk_queue(&self) -> QueueId {
        self.queue.clone().unwrap_or_else(|| QueueId::new(""))
    }
}
