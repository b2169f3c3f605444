//! The doors: management and API listeners, the control socket, and the way from them to the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::operations::SharedOperations;
use super::records::IndexRecords;
use super::{Control, House, Input};
use crate::engine::command::{Command, Reply, Request, Status};
use crate::event::{Actor, Alarm};
use crate::io::control::ControlSocket;
use crate::io::gate::{BoxFuture, Gate, Operations};
use crate::io::handle::{Ask, EngineHandle};
use crate::io::http::{self, Api, Management, Readiness};
use crate::io::index::IndexerStatus;
use crate::io::lookup::LookupClient;
use crate::io::media_worker::MediaCounters;
use crate::io::outbox::{OutboxState, Replies, Source};
use crate::io::people::People;
use crate::io::sip_tcp::SipTcp;
use crate::io::sip_udp::UdpSender;
use crate::io::tokens::Tokens;
use crate::io::transport_metrics::TransportMetrics;

/// How often the engine is asked whether it is ready.
const LOOK: Duration = Duration::from_millis(100);
/// How often transport figures are tidied up.
const UPKEEP: Duration = Duration::from_secs(5);

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// Everything the doors lead to.
pub(super) struct Doors<'a> {
    pub house: &'a House,
    pub handle: &'a EngineHandle,
    pub people: People,
    pub operations: SharedOperations,
    pub figures: Arc<Figures>,
}

impl Doors<'_> {
    /// Opens all three.
    pub async fn open(
        self,
        api: TcpListener,
        management: TcpListener,
        tasks: &mut Vec<JoinHandle<()>>,
    ) -> anyhow::Result<()> {
        let config = &self.house.config;
        let ready = self.readiness();
        let gate = Gate::new(self.handle.clone(), self.people);
        let socket = ControlSocket::bind(&config.storage.control_socket())?;
        let operations: Arc<dyn Operations> = Arc::new(self.operations);
        tasks.push(tokio::spawn(socket.serve(gate.clone(), Arc::clone(&operations))));
        let tokens = Arc::new(Tokens::open(&config.secrets)?);
        let records = Arc::new(IndexRecords::open(&config.storage.index).await?);
        let figures = self.figures;
        let metrics =
            Arc::new(move || -> BoxFuture<'static, String> { Box::pin(Arc::clone(&figures).page()) });
        tasks.push(tokio::spawn(serve(api, Api { gate, tokens, records, operations }.router())));
        tasks.push(tokio::spawn(serve(management, Management { metrics, ready }.router())));
        Ok(())
    }

    /// What the engine last said of itself, at most [`LOOK`] ago.
    fn readiness(&self) -> Arc<dyn Fn() -> Readiness + Send + Sync> {
        let control = Arc::clone(&self.house.control);
        Arc::new(move || control.readiness.lock().map_or_else(|_| not_ready(), |ready| ready.clone()))
    }
}

async fn serve(listener: TcpListener, router: axum::Router) {
    if let Err(error) = http::serve(listener, router, std::future::pending()).await {
        tracing::error!(%error, "an HTTP listener has ended");
    }
}

/// What `/metrics` is made of.
pub(super) struct Figures {
    control: Arc<Control>,
    replies: Arc<Replies>,
    metrics: Arc<TransportMetrics>,
    counters: Arc<MediaCounters>,
    udp: UdpSender,
    tcp: SipTcp,
    index: watch::Receiver<IndexerStatus>,
    lookups: LookupClient,
}

impl Figures {
    pub fn new(
        house: &House,
        (udp, tcp): (UdpSender, SipTcp),
        index: watch::Receiver<IndexerStatus>,
        lookups: LookupClient,
    ) -> Figures {
        Figures {
            control: Arc::clone(&house.control),
            replies: Arc::clone(&house.replies),
            metrics: Arc::clone(&house.metrics),
            counters: Arc::clone(&house.counters),
            udp,
            tcp,
            index,
            lookups,
        }
    }

    pub fn index(&self) -> watch::Receiver<IndexerStatus> {
        self.index.clone()
    }

    async fn page(self: Arc<Self>) -> String {
        let id = NUMBER.fetch_add(1, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        self.replies.metrics.insert(id, reply);
        let views = vec![("index".to_owned(), self.index.borrow().as_of)];
        self.control.tell_from_task(Input::RenderMetrics { id, views }).await;
        let business = answer.await.unwrap_or_default();
        self.gather();
        business + &self.metrics.render() + &self.lookups.metrics().render()
    }

    /// Takes what sockets and workers have counted.
    fn gather(&self) {
        self.metrics.media(&self.counters);
        self.metrics.rejected("send_failed", self.udp.take_failed());
        self.metrics.connections(self.tcp.connections());
    }
}

/// Empties the histograms also where nobody asks for metrics.
pub(super) async fn keep_figures(figures: Arc<Figures>) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        figures.gather();
        figures.metrics.upkeep();
        figures.lookups.metrics().upkeep();
    }
}

/// Requests of people to the engine, replies back to them.
pub(super) async fn forward_asks(
    mut asks: mpsc::Receiver<Ask>,
    control: Arc<Control>,
    replies: Arc<Replies>,
) {
    while let Some(Ask { actor, command, reply }) = asks.recv().await {
        if command == Command::Drain {
            control.drain(actor);
            // Whoever asked has gone: it drains all the same.
            let _ = reply.send(Reply::Done);
            continue;
        }
        let id = NUMBER.fetch_add(1, Ordering::Relaxed);
        replies.commands.insert(id, reply);
        let request = Request { id, actor, command };
        control.tell_from_task(Input::Request(request)).await;
    }
}

/// The index's health is an alarm.
pub(super) async fn watch_index(mut status: watch::Receiver<IndexerStatus>, state: Arc<OutboxState>) {
    let mut failing = false;
    while status.changed().await.is_ok() {
        let now = status.borrow_and_update().failing.clone();
        match now {
            Some(why) if !failing => {
                failing = true;
                state.raise(Alarm::Index, Source::Indexing, why);
            }
            None if failing => {
                failing = false;
                state.clear(Alarm::Index, Source::Indexing);
            }
            _ => {}
        }
    }
}

fn not_ready() -> Readiness {
    Readiness::NotReady { reasons: vec!["the engine does not answer".into()] }
}

/// Asks the engine how it is, again and again.
pub(super) async fn watch_readiness(handle: EngineHandle, control: Arc<Control>) {
    loop {
        let reply = timeout(LOOK * 4, handle.ask(Actor::Server, Command::Status)).await;
        let readiness = match reply {
            Ok(Ok(Reply::Status(status))) => readiness_of(&status),
            _ => not_ready(),
        };
        if let Ok(mut known) = control.readiness.lock() {
            *known = readiness;
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn readiness_of(status: &Status) -> Readiness {
    let mut reasons: Vec<String> = status
        .alarms
        .iter()
        .filter(|alarm| **alarm != Alarm::Calendar)
        .map(|alarm| format!("alarm: {alarm:?}").to_lowercase())
        .collect();
    if status.draining {
        reasons.push("draining: no new calls".into());
    }
    if status.config_version.0 == 0 {
        reasons.push("nothing is published".into());
    }
    match reasons.is_empty() {
        true => Readiness::Ready,
        false => Readiness::NotReady { reasons },
    }
}
