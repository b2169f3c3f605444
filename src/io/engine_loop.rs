//! The thread the engine runs on: inputs in from a bounded queue, outputs out to the outbox.
//!
//! Never waits for a disk: what the outbox cannot take yet waits in memory, and beyond a bound
//! the journal's alarm stops new calls.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::clock::Clock;
use super::outbox::{OutboxState, Source};
use crate::engine::{Engine, Input, Output};
use crate::event::Alarm;
use crate::now::Mono;

/// Inputs handled before the outputs are handed on.
const BATCH: usize = 256;
/// Batches that may wait for the outbox before new calls are refused.
const BACKLOG: usize = 512;
/// Longest sleep: alarms are looked at this often.
const NAP: Duration = Duration::from_millis(250);
const SNAPSHOT_EVERY: Duration = Duration::from_secs(300);
const SNAPSHOT_EVENTS: u64 = 50_000;

struct Loop {
    engine: Engine,
    clock: Clock,
    outbox: SyncSender<Vec<Output>>,
    state: Arc<OutboxState>,
    backlog: VecDeque<Vec<Output>>,
    lagging: bool,
    snapshot: (Mono, u64),
}

/// Runs until every sender of inputs is gone or [`Input::Stop`] was handled.
pub fn spawn(
    engine: Engine,
    clock: Clock,
    inputs: Receiver<Input>,
    outbox: SyncSender<Vec<Output>>,
    state: Arc<OutboxState>,
) -> std::io::Result<JoinHandle<Engine>> {
    std::thread::Builder::new().name("engine".into()).spawn(move || {
        let snapshot = (clock.now().mono, engine.seq().0);
        let backlog = VecDeque::new();
        Loop { engine, clock, outbox, state, backlog, lagging: false, snapshot }.run(&inputs)
    })
}

impl Loop {
    fn run(mut self, inputs: &Receiver<Input>) -> Engine {
        self.hand_on();
        loop {
            let first = match inputs.recv_timeout(self.patience()) {
                Ok(input) => input,
                Err(RecvTimeoutError::Timeout) => Input::Tick,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut stop = false;
            let more = std::iter::from_fn(|| inputs.try_recv().ok()).take(BATCH);
            for input in std::iter::once(first).chain(more) {
                stop |= matches!(input, Input::Stop);
                self.engine.handle(self.clock.now(), input);
            }
            self.look_after_storage();
            self.hand_on();
            if stop {
                break;
            }
        }
        // The last words are waited for: nothing else is going to happen.
        for batch in self.backlog.drain(..) {
            if self.outbox.send(batch).is_err() {
                break;
            }
        }
        self.engine
    }

    fn patience(&self) -> Duration {
        if !self.backlog.is_empty() {
            return Duration::from_millis(2);
        }
        let now = self.clock.now().mono;
        self.engine.poll_timeout().map_or(NAP, |at| at.since(now).min(NAP))
    }

    /// Alarms of the writer, and snapshots in time.
    fn look_after_storage(&mut self) {
        let now = self.clock.now();
        let lagging = self.backlog.len() > BACKLOG || (self.lagging && !self.backlog.is_empty());
        if lagging != self.lagging {
            self.lagging = lagging;
            let (alarm, source) = (Alarm::Journal, Source::Lagging);
            match lagging {
                true => self.state.raise(alarm, source, "the journal's writer has fallen behind".into()),
                false => self.state.clear(alarm, source),
            }
        }
        for (alarm, state) in self.state.take_alarms() {
            self.engine.handle(now, Input::Alarm { alarm, state });
        }
        let (at, seq) = self.snapshot;
        let events = self.engine.seq().0 - seq;
        if events > SNAPSHOT_EVENTS || (events > 0 && now.mono.since(at) > SNAPSHOT_EVERY) {
            self.snapshot = (now.mono, self.engine.seq().0);
            self.engine.handle(now, Input::TakeSnapshot);
        }
    }

    fn hand_on(&mut self) {
        let mut batch = Vec::new();
        while let Some(output) = self.engine.poll_output() {
            batch.push(output);
        }
        if !batch.is_empty() {
            self.backlog.push_back(batch);
        }
        while let Some(batch) = self.backlog.pop_front() {
            match self.outbox.try_send(batch) {
                Ok(()) => {}
                Err(TrySendError::Full(batch)) => {
                    self.backlog.push_front(batch);
                    break;
                }
                // The server is going down; there is nobody left to tell.
                Err(TrySendError::Disconnected(_)) => break,
            }
        }
    }
}
