//! Carries out what the engine decided: keys and events are written first, then effects happen.
//!
//! A journal that cannot be written raises its alarm; events wait in memory and are written as
//! soon as it works again, running calls go on.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::oneshot;

use super::clock::Clock;
use super::journal::Journal;
use super::keys::KeyTable;
use super::sync::{Afterwards, SyncThread};
use crate::engine::command::Reply;
use crate::engine::{AlarmState, AnnouncementOrder, FinaliseOrder, Output};
use crate::event::{Alarm, Event, EventKind};
use crate::ids::{AgentId, CallId, FlowId, Seq};
use crate::media::command::Command;
use crate::menu::api::AskId;
use crate::menu::ask::Question;
use crate::now::Mono;
use crate::sealed::{CallKey, Redacted};
use crate::sip::api::Count;

/// How often a journal that cannot be written is tried again. Its events are kept in memory and
/// none is dropped; new calls, which would bring more, are refused without one.
const RETRY: Duration = Duration::from_millis(200);

/// Alarms of the shell on their way to the engine. Several parts may raise the same one; it stands
/// until the last of them has cleared it.
#[derive(Default)]
pub struct OutboxState {
    alarms: Mutex<Alarms>,
}

#[derive(Default)]
struct Alarms {
    raised: BTreeSet<(Alarm, Source)>,
    news: Vec<(Alarm, AlarmState)>,
}

/// The part of the shell that raises an alarm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Source {
    Archiving,
    Calendar,
    Indexing,
    Lagging,
    Ordering,
    Syncing,
    Writing,
}

impl OutboxState {
    pub fn raise(&self, alarm: Alarm, source: Source, detail: String) {
        if let Ok(mut alarms) = self.alarms.lock()
            && alarms.raised.insert((alarm, source))
        {
            alarms.news.push((alarm, AlarmState::Raised { detail }));
        }
    }

    pub fn clear(&self, alarm: Alarm, source: Source) {
        if let Ok(mut alarms) = self.alarms.lock()
            && alarms.raised.remove(&(alarm, source))
            && !alarms.raised.iter().any(|(other, _)| *other == alarm)
        {
            alarms.news.push((alarm, AlarmState::Cleared));
        }
    }

    pub fn take_alarms(&self) -> Vec<(Alarm, AlarmState)> {
        self.alarms.lock().map(|mut alarms| std::mem::take(&mut alarms.news)).unwrap_or_default()
    }
}

/// Replies somebody waits for, by the number of the request.
#[derive(Default)]
pub struct Replies {
    pub commands: DashMap<u64, oneshot::Sender<Reply>>,
    pub metrics: DashMap<u64, oneshot::Sender<String>>,
}

impl Replies {
    /// Gives the reply to whoever waits for it; nobody does any more if the asker gave up.
    fn telling(&self, id: u64, reply: Reply) -> Box<dyn FnOnce() + Send> {
        let waiting = self.commands.remove(&id).map(|(_, waiting)| waiting);
        Box::new(move || {
            if let Some(waiting) = waiting {
                let _ = waiting.send(reply);
            }
        })
    }
}

/// Where effects go. Each is quick; what takes long has its own thread or task behind it.
pub trait Effects: Send {
    fn transmit(&mut self, flow: FlowId, bytes: Vec<u8>);
    fn connect(&mut self, remote: std::net::SocketAddr, bytes: Vec<u8>);
    fn count(&mut self, count: Count);
    fn verify_secret(&mut self, call: CallId, agent: AgentId, secret: Redacted<String>);
    /// Ask a system of the bank; the answer, or why there is none, goes back to the engine.
    fn ask(&mut self, call: CallId, id: AskId, question: Question);
    /// What is to be done when a promise to the caller is on the disk for good: tell the engine.
    fn promised(&mut self, call: CallId) -> Box<dyn FnOnce() + Send>;
    /// Make an announcement of what was said; the clip goes back to the engine.
    fn keep_announcement(&mut self, order: AnnouncementOrder);
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
    /// Words that wait until what they promise is on the disk.
    promised: Vec<Box<dyn FnOnce() + Send>>,
    clock: Clock,
    /// While writing fails: when it is tried again.
    failing: Option<Mono>,
}

impl Outbox {
    /// Runs until the engine's loop is gone.
    pub fn spawn(self, batches: Receiver<Vec<Output>>) -> std::io::Result<JoinHandle<()>> {
        let mut running = Running::new(self);
        std::thread::Builder::new().name("outbox".into()).spawn(move || {
            loop {
                match batches.recv_timeout(RETRY) {
                    Ok(batch) => running.carry_out(batch),
                    Err(RecvTimeoutError::Timeout) => running.write(),
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            running.failing = None;
            running.write();
            if !running.events.is_empty() {
                tracing::error!(
                    events = running.events.len(),
                    "events are lost: the journal cannot be written"
                );
            }
            running.outbox.sync.stop();
        })
    }
}

/// A 2xx to an INVITE (RFC 3261 §13.3.1.4).
fn takes_a_call(message: &[u8]) -> bool {
    let mut lines = message.split(|b| *b == b'\n').take_while(|line| line.len() > 1);
    let accepts = lines.next().is_some_and(|line| line.starts_with(b"SIP/2.0 2"));
    let invites = |line: &[u8]| {
        let method = line.trim_ascii_end().rsplit(u8::is_ascii_whitespace).next();
        line.starts_with(b"CSeq:") && method == Some(b"INVITE")
    };
    accepts && lines.any(invites)
}

/// The call whose recording is safe, if the event says so.
fn archived(event: &Event) -> Option<CallId> {
    matches!(event.kind, EventKind::RecordingArchived { .. }).then_some(event.call).flatten()
}

impl Running {
    fn new(outbox: Outbox) -> Self {
        Running {
            outbox,
            keys: VecDeque::new(),
            events: Vec::new(),
            snapshot: None,
            promised: Vec::new(),
            clock: Clock::start(),
            failing: None,
        }
    }

    fn carry_out(&mut self, batch: Vec<Output>) {
        let mut effects = Vec::with_capacity(batch.len());
        for output in batch {
            match output {
                Output::StoreKey { key, number } => self.keys.push_back((key, number)),
                Output::Event(event) => self.events.push(*event),
                Output::Snapshot { seq, bytes } => self.snapshot = Some((seq, bytes)),
                Output::Reply { id, reply: reply @ (Reply::Done | Reply::Proposed) } => {
                    self.promised.push(self.outbox.replies.telling(id, reply))
                }
                Output::Promise { call } => self.promised.push(self.outbox.effects.promised(call)),
                effect => effects.push(effect),
            }
        }
        self.write();
        let unwritten = !self.events.is_empty() || !self.keys.is_empty();
        for effect in effects {
            // Nothing is answered that is not in the journal. The stack repeats a 2xx until it is
            // acknowledged, and by then the journal works again or the caller has given up.
            let held = matches!(&effect, Output::Transmit { bytes, .. } if unwritten && takes_a_call(bytes));
            if !held {
                self.effect(effect);
            }
        }
    }

    /// Keys, then events, then a snapshot: each only after the one before.
    fn write(&mut self) {
        let now = self.clock.mono();
        if self.failing.is_some_and(|again| now < again) {
            return;
        }
        let failed = self.failing;
        match self.try_write() {
            Ok(()) => {
                self.failing = None;
                self.outbox.state.clear(Alarm::Journal, Source::Writing);
            }
            Err(error) => {
                self.failing = Some(now + RETRY);
                if failed.is_none() {
                    tracing::error!(%error, "the journal cannot be written; new calls are refused");
                }
                self.outbox.state.raise(Alarm::Journal, Source::Writing, error.to_string());
            }
        }
    }

    fn try_write(&mut self) -> std::io::Result<()> {
        if !self.keys.is_empty() {
            let keys: Vec<_> =
                self.keys.iter().map(|(key, number)| (key.clone(), Some(number.reveal().as_str()))).collect();
            self.outbox.keys.append(&keys)?;
            self.keys.clear();
        }
        let mut files = [None, None];
        if !self.events.is_empty() {
            self.outbox.journal.append(&self.events)?;
            self.outbox.effects.written(&self.events);
            // A sealed value must never be durable before its key.
            files = [self.outbox.keys.sync_handle(), self.outbox.journal.sync_handle()];
        }
        let archived = self.events.drain(..).filter_map(|event| archived(&event)).map(Afterwards::Archived);
        let told = self.promised.drain(..).map(Afterwards::Tell);
        self.outbox.sync.wrote(files, archived.chain(told));
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
                    self.outbox.state.raise(Alarm::MediaWorker, Source::Ordering, detail);
                }
            }
            Output::Reply { id, reply } => self.outbox.replies.telling(id, reply)(),
            Output::Metrics { id, text } => {
                if let Some((_, waiting)) = self.outbox.replies.metrics.remove(&id) {
                    let _ = waiting.send(text);
                }
            }
            Output::VerifySecret { call, agent, secret } => effects.verify_secret(call, agent, secret),
            Output::Ask { call, id, question } => effects.ask(call, id, question),
            Output::KeepAnnouncement(order) => effects.keep_announcement(order),
            Output::Finalise(order) => effects.finalise(order),
            Output::DiscardSpool { call } => effects.discard_spool(call),
            Output::Drained => effects.drained(),
            Output::StoreKey { .. } | Output::Event(_) | Output::Snapshot { .. } | Output::Promise { .. } => {
            }
        }
    }
}

#[cfg(test)]
mod tests;
