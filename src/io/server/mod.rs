//! A whole server: everything opened in order, wired together, closed in order.

mod calendar;
mod doors;
mod effects;
mod media;
mod operations;
mod records;
mod restore;
mod sockets;
mod start;
mod stores;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Notify;

use super::clock::Clock;
use super::finaliser::Finaliser;
use super::handle::EngineHandle;
use super::http::Readiness;
use super::media_worker::MediaCounters;
use super::outbox::{OutboxState, Replies};
use super::sip_tcp::SipTcp;
use super::sip_udp::UdpReceiver;
use super::transport_metrics::TransportMetrics;
use super::watch::DraftWatch;
use crate::config::server::ServerConfig;
use crate::engine::{Engine, Input};
use crate::event::Actor;
use crate::media::command::Command as MediaCommand;

/// Inputs that may wait for the engine. A datagram beyond is dropped: its sender sends it again.
const INPUTS: usize = 16_384;
/// How long recordings of ended calls may take at a stop.
const FINALISE_WITHIN: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Publishing {
    /// Only `hotline publish` brings drafts in force.
    OnRequest,
    /// Drafts come in force as soon as they are saved and clean (`serve --watch`).
    Watch,
}

/// Where it listens, with the real ports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Addresses {
    pub sip: SocketAddr,
    pub api: SocketAddr,
    pub management: SocketAddr,
}

/// A running server.
pub struct Server {
    addresses: Addresses,
    control: Arc<Control>,
    handle: EngineHandle,
    closing: Closing,
}

/// What asks the server to end.
pub(super) struct Control {
    inputs: SyncSender<Input>,
    clock: Clock,
    drain_deadline: Duration,
    /// Everything has ended, or is to end at once.
    stop: Notify,
    stopping: AtomicBool,
    readiness: Mutex<Readiness>,
}

/// What the parts of a server share.
struct House {
    config: ServerConfig,
    control: Arc<Control>,
    metrics: Arc<TransportMetrics>,
    counters: Arc<MediaCounters>,
    state: Arc<OutboxState>,
    replies: Arc<Replies>,
}

impl House {
    fn new(config: ServerConfig, inputs: SyncSender<Input>) -> House {
        let metrics = Arc::new(TransportMetrics::new());
        metrics.exempt_entries(config.exempt_entries.len());
        let control = Control {
            inputs,
            clock: Clock::start(),
            drain_deadline: config.limits.drain_deadline,
            stop: Notify::new(),
            stopping: AtomicBool::new(false),
            readiness: Mutex::new(Readiness::NotReady { reasons: vec!["starting".into()] }),
        };
        House {
            config,
            control: Arc::new(control),
            metrics,
            counters: Arc::default(),
            state: Arc::default(),
            replies: Arc::default(),
        }
    }
}

/// What has to be closed, in this order.
struct Closing {
    watch: Option<DraftWatch>,
    udp: UdpReceiver,
    tcp: SipTcp,
    finaliser: Arc<Finaliser>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    engine: JoinHandle<Engine>,
    outbox: JoinHandle<()>,
    workers: Vec<(SyncSender<MediaCommand>, JoinHandle<()>)>,
    index: Arc<super::index::Indexer>,
    runtime: tokio::runtime::Handle,
}

impl Control {
    fn drain(&self, actor: Actor) {
        let deadline = self.clock.now().mono + self.drain_deadline;
        self.tell_ordered(actor, Input::Drain { deadline });
    }

    fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.stop.notify_one();
    }

    /// Inputs of people and of the server itself wait for a place; they are few.
    fn tell(&self, input: Input) {
        if self.inputs.send(input).is_err() {
            tracing::debug!("the engine has ended");
        }
    }

    /// As [`Control::tell`], in somebody's name.
    fn tell_ordered(&self, actor: Actor, input: Input) {
        self.tell(Input::Ordered { actor, input: Box::new(input) });
    }

    /// As [`Control::tell`], from a task that must not block its thread.
    async fn tell_from_task(self: &Arc<Self>, input: Input) {
        let control = Arc::clone(self);
        // A failed join means that the runtime is going down, and with it the server.
        let _ = tokio::task::spawn_blocking(move || control.tell(input)).await;
    }
}

impl Server {
    /// Opens everything; when this returns, calls are taken.
    pub async fn start(config: ServerConfig, publishing: Publishing) -> anyhow::Result<Server> {
        start::start(config, publishing).await
    }

    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// No new calls; the running ones end, at most the configured time.
    pub fn drain(&self) {
        self.control.drain(Actor::Server);
    }

    /// End at once, running calls as interrupted.
    pub fn stop(&self) {
        self.control.stop();
    }

    /// Until it is drained or stopped; then everything is closed and synced.
    pub async fn wait(self) -> anyhow::Result<()> {
        self.control.stop.notified().await;
        tokio::task::spawn_blocking(move || self.close()).await?
    }

    fn close(self) -> anyhow::Result<()> {
        let Closing { watch, udp, tcp, finaliser, tasks, engine, outbox, workers, index, runtime } =
            self.closing;
        drop(watch);
        udp.stop();
        tcp.close_all();
        let patience = Clock::start();
        while finaliser.waiting() > 0
            && patience.mono().since(crate::now::Mono(0)) < FINALISE_WITHIN
            && !self.control.stopping.load(Ordering::Relaxed)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.control.tell(Input::Stop);
        let panicked = |_| anyhow::anyhow!("a thread of the server has panicked; see the log");
        engine.join().map_err(panicked)?;
        outbox.join().map_err(panicked)?;
        for (orders, worker) in workers {
            if orders.send(MediaCommand::Shutdown).is_ok() {
                worker.join().map_err(panicked)?;
            }
        }
        // The outbox and its clone of the indexer are gone: this is the last.
        if let Some(index) = Arc::into_inner(index) {
            runtime.block_on(index.finish());
        }
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(())
    }
}

/// `hotline serve`: until SIGTERM and the end of the calls, or a second signal.
pub async fn run(config: ServerConfig, publishing: Publishing) -> anyhow::Result<()> {
    let server = Server::start(config, publishing).await?;
    let Addresses { sip, api, management } = server.addresses();
    tracing::info!(%sip, %api, %management, "the hotline takes calls");
    let (drain, stop) = (Arc::clone(&server.control), Arc::clone(&server.control));
    super::signals::on_signals(move || drain.drain(Actor::Server), move || stop.stop())
        .context("signals cannot be caught")?;
    server.wait().await?;
    tracing::info!("the hotline has stopped");
    Ok(())
}

/// Hands inputs to the engine without ever waiting: what finds no place is kept in order.
struct Patient {
    inputs: SyncSender<Input>,
    kept: std::collections::VecDeque<Input>,
}

impl Patient {
    fn new(inputs: SyncSender<Input>) -> Self {
        Patient { inputs, kept: std::collections::VecDeque::new() }
    }

    fn send(&mut self, input: Input) {
        self.kept.push_back(input);
        while let Some(input) = self.kept.pop_front() {
            match self.inputs.try_send(input) {
                Ok(()) => {}
                Err(TrySendError::Full(input)) => {
                    self.kept.push_front(input);
                    return;
                }
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }
}
