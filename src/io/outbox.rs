//! Carries out what the engine decided: keys and events are written first, then effects happen.
//!
//! A journal that cannot be written raises its alarm; events wait in memory and are written as
//! soon as it works again, running calls go on.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::oneshot;

use super::journal::Journal;
use super::keys::KeyTable;
use super::sync::SyncThread;
use crate::engine::command::Reply;
use crate::engine::{AlarmState, FinaliseOrder, Output};
use crate::event::{Alarm, Event, EventKind};
use crate::ids::{AgentId, CallId, FlowId, Seq};
use crate::media::command::Command;
use crate::sealed::{CallKey, Redacted};
use crate::sip::api::Count;

/// Events kept in memory while the journal cannot be written; the oldest are never dropped, new
/// calls are refused long before.
const RETRY: Duration = Duration::from_millis(200);

/// What the outbox tells the engine's loop.
#[derive(Default)]
pub struct OutboxState {
    alarms: Mutex<Vec<(Alarm, AlarmState)>>,
}

impl OutboxState {
    pub fn raise(&self, alarm: Alarm, detail: String) {
        self.push(alarm, AlarmState::Raised { detail });
    }

    pub fn clear(&self, alarm: Alarm) {
        self.push(alarm, AlarmState::Cleared);
    }

    fn push(&self, alarm: Alarm, state: AlarmState) {
        if let Ok(mut alarms) = self.alarms.lock() {
            alarms.push((alarm, state));
        }
    }

    pub fn take_alarms(&self) -> Vec<(Alarm, AlarmState)> {
        self.alarms.lock().map(|mut alarms| std::mem::take(&mut *alarms)).unwrap_or_default()
    }
}

/// Replies somebody waits for, by the number of the request.
#[derive(Default)]
pub struct Replies {
    pub commands: DashMap<u64, oneshot::Sender<Reply>>,
    pub metrics: DashMap<u64, oneshot::Sender<String>>,
}

/// Where effects go. Each is quick; what takes long has its own thread or task behind it.
pub trait Effects: Send {
    fn transmit(&mut self, flow: FlowId, bytes: Vec<u8>);
    fn connect(&mut self, remote: std::net::SocketAddr, bytes: Vec<u8>);
    fn count(&mut self, count: Count);
    fn verify_secret(&mut self, call: CallId, agent: AgentId, secret: Redacted<String>);
    fn finalise(&mut self, order: FinaliseOrder);
    fn discard_spool(&mut self, call: CallId);
    /// Events now in the journal, for the index.
    fn written(&mut self, events: &[Event]);
    fn drained(&mut self);
}

pub struct Outbox {
    pub journal: Journal,
    pub keys: KeyTable,
    pub workers: Vec<SyncSender<Command>>,
    pub replies: Arc<Replies>,
    pub state: Arc<OutboxState>,
    pub sync: SyncThread,
    pub effects: Box<dyn Effects>,
}

struct Running {
    outbox: Outbox,
    keys: VecDeque<(CallKey, Redacted<String>)>,
    events: Vec<Event>,
    snapshot: Option<(Seq, Vec<u8>)>,
    failing: bool,
}

impl Outbox {
    /// Runs until the engine's loop is gone.
    pub fn spawn(self, batches: Receiver<Vec<Output>>) -> std::io::Result<JoinHandle<()>> {
        let mut running = Running {
            outbox: self,
            keys: VecDeque::new(),
            events: Vec::new(),
            snapshot: None,
            failing: false,
        };
        std::thread::Builder::new().name("outbox".into()).spawn(move || {
            loop {
                match batches.recv_timeout(RETRY) {
                    Ok(batch) => running.carry_out(batch),
                    Err(RecvTimeoutError::Timeout) => running.write(),
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            running.write();
            running.outbox.sync.stop();
        })
    }
}

/// The call whose recording is safe, if the event says so.
fn archived(event: &Event) -> Option<CallId> {
    matches!(event.kind, EventKind::RecordingArchived { .. }).then_some(event.call).flatten()
}

impl Running {
    fn carry_out(&mut self, batch: Vec<Output>) {
        let mut effects = Vec::with_capacity(batch.len());
        for output in batch {
            match output {
                Output::StoreKey { key, number } => self.keys.push_back((key, number)),
                Output::Event(event) => self.events.push(*event),
                Output::Snapshot { seq, bytes } => self.snapshot = Some((seq, bytes)),
                effect => effects.push(effect),
            }
        }
        self.write();
        for effect in effects {
            self.effect(effect);
        }
    }

    /// Keys, then events, then a snapshot: each only after the one before.
    fn write(&mut self) {
        match self.try_write() {
            Ok(()) if self.failing => {
                self.failing = false;
                self.outbox.state.clear(Alarm::Journal);
            }
            Ok(()) => {}
            Err(error) if !self.failing => {
                self.failing = true;
                tracing::error!(%error, "the journal cannot be written; new calls are refused");
                self.outbox.state.raise(Alarm::Journal, error.to_string());
            }
            Err(_) => {}
        }
    }

    fn try_write(&mut self) -> std::io::Result<()> {
        if !self.keys.is_empty() {
            let keys: Vec<_> =
                self.keys.iter().map(|(key, number)| (key.clone(), Some(number.reveal().as_str()))).collect();
            self.outbox.keys.append(&keys)?;
            self.keys.clear();
        }
        if !self.events.is_empty() {
            self.outbox.journal.append(&self.events)?;
            self.outbox.effects.written(&self.events);
            // A sealed value must never be durable before its key.
            let files = [self.outbox.keys.sync_handle(), self.outbox.journal.sync_handle()];
            self.outbox.sync.wrote(files, self.events.drain(..).filter_map(|event| archived(&event)));
        }
        if let Some((seq, bytes)) = self.snapshot.take() {
            // A failed snapshot costs a longer start, nothing else.
            if let Err(error) = self.outbox.journal.write_snapshot(seq, &bytes) {
                tracing::warn!(%error, "no snapshot of the figures could be written");
            }
        }
        Ok(())
    }

    fn effect(&mut self, effect: Output) {
        let effects = &mut self.outbox.effects;
        match effect {
            Output::Transmit { flow, bytes } => effects.transmit(flow, bytes),
            Output::Connect { remote, bytes } => effects.connect(remote, bytes),
            Output::Count(count) => effects.count(count),
            Output::Media { worker, command } => {
                let sent = self.outbox.workers.get(usize::from(worker.0)).map(|worker| worker.send(command));
                if !matches!(sent, Some(Ok(()))) {
                    let detail = format!("media worker {} is gone", worker.0);
                    self.outbox.state.raise(Alarm::MediaWorker, detail);
                }
            }
            Output::Reply { id, reply } => {
                if let Some((_, waiting)) = self.outbox.replies.commands.remove(&id) {
                    // Nobody waits any more: the asker gave up.
                    let _ = waiting.send(reply);
                }
            }
            Output::Metrics { id, text } => {
                if let Some((_, waiting)) = self.outbox.replies.metrics.remove(&id) {
                    let _ = waiting.send(text);
                }
            }
            Output::VerifySecret { call, agent, secret } => effects.verify_secret(call, agent, secret),
            Output::Finalise(order) => effects.finalise(order),
            Output::DiscardSpool { call } => effects.discard_spool(call),
            Output::Drained => effects.drained(),
            Output::StoreKey { .. } | Output::Event(_) | Output::Snapshot { .. } => {}
        }
    }
}
