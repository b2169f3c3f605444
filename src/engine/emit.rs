//! Events: stamped here and nowhere else, folded at once, handed to the journal.

use super::open_calls::Interrupted;
use super::{Engine, Opener, Output};
use crate::acd::api::QueueView;
use crate::event::{Actor, EndedBy, Event, EventKind, LeftQueue, SCHEMA, TransferEnd};
use crate::ids::{CallId, Seq};
use crate::now::Now;
use crate::stats::exposition;

/// A wall clock that runs away from the monotonic one by more than this has been set.
const CLOCK_STEP_MS: i64 = 1_000;

impl Engine {
    /// Time goes on; a step of the wall clock is an event.
    pub(super) fn clock(&mut self, now: Now) {
        let before = self.journal.now;
        let passed = i64::try_from(now.mono.since(before.mono).as_millis()).unwrap_or(i64::MAX);
        let by_ms = now.wall.0.saturating_sub(before.wall.0).saturating_sub(passed);
        self.journal.now = now;
        if by_ms.abs() >= CLOCK_STEP_MS {
            self.emit(Actor::Server, None, EventKind::ClockStepped { by_ms });
        }
    }

    /// Make it an event.
    pub(super) fn emit(&mut self, actor: Actor, call: Option<CallId>, kind: EventKind) {
        self.journal.seq.0 += 1;
        let live = call.and_then(|id| self.calls.get(&id));
        // What is told of a call that is over still belongs to the version it was answered with.
        let over = || self.folds.open.version_of(call?);
        let pinned = live.map(super::Live::config_version).or_else(over);
        // A plan that begins or ends with this very event is counted in or out.
        self.folds.plans.apply(self.journal.now.wall, &actor, &kind);
        let event = Event {
            schema: SCHEMA,
            seq: self.journal.seq,
            node: self.settings.node,
            boot: self.settings.boot,
            mono: self.journal.now.mono,
            wall: self.journal.now.wall,
            actor,
            call,
            config_version: pinned.unwrap_or(self.journal.config_version),
            plans: self.folds.plans.names(),
            drill: false,
            kind,
        };
        let mut key = |_| live.map(|live| live.sealer.key().clone());
        let settings = &self.settings.people;
        self.folds.apply(&event, &mut Opener { settings, key: &mut key });
        self.outputs.push_back(Output::Event(Box::new(event)));
    }

    pub(super) fn emit_call(&mut self, call: CallId, kind: EventKind) {
        self.emit(Actor::Server, Some(call), kind);
    }

    /// Calls the journal holds as open belong to a server that is no more.
    pub(super) fn close_interrupted(&mut self) {
        self.emit(Actor::Server, None, EventKind::ServerStarted { version: self.settings.version.clone() });
        for Interrupted { call, queue, talk, transfer, duration_ms } in self.folds.open.interrupted() {
            if let Some((queue, waited_ms)) = queue {
                let left = LeftQueue::Lost;
                self.emit_call(
                    call,
                    EventKind::QueueLeft { queue, left, waited_ms, agent: None, reason: None },
                );
            }
            if let Some((queue, agent, talked_ms)) = talk {
                self.emit_call(call, EventKind::TalkEnded { queue, agent, talked_ms, by: EndedBy::Server });
            }
            if let Some(rang_ms) = transfer {
                let (end, by) = (TransferEnd::Lost, EndedBy::Server);
                self.emit_call(call, EventKind::TransferEnded { end, rang_ms, talked_ms: 0, by });
            }
            self.emit_call(call, EventKind::CallInterrupted { duration_ms });
        }
    }

    pub(super) fn render_metrics(&mut self, id: u64, views: Vec<(String, Seq)>) {
        let now = self.journal.now;
        let live_queue = |view: QueueView| exposition::LiveQueue {
            queue: view.queue,
            oldest_wait_s: view.oldest_wait_s,
            estimated_wait_s: view.estimated_wait_s,
        };
        let agents = self.router.agents(now.mono);
        let live = exposition::Live {
            queues: self.router.queues(now.mono).into_iter().map(live_queue).collect(),
            agent_queues: agents.into_iter().map(|view| (view.agent, view.queues)).collect(),
            journal_seq: self.journal.seq,
            views,
        };
        let text = exposition::render(&self.folds.stats, now.wall, &live);
        self.outputs.push_back(Output::Metrics { id, text });
    }
}
