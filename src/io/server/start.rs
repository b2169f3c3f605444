//! Opening a server, part by part: storage, what is in force, sockets, threads, doors.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::sync::mpsc;

use super::effects::{ServerEffects, on_finished};
use super::operations::{ServerOperations, SharedOperations};
use super::{Addresses, Closing, Control, INPUTS, Publishing, Server, doors, media, restore};
use crate::config::finding::Finding;
use crate::config::server::ServerConfig;
use crate::engine::{Directory, Engine, Input, MediaSettings, Memory, Settings};
use crate::event::Actor;
use crate::ids::{BootId, CallId, FlowId};
use crate::io::finaliser::{Finaliser, FinaliserConfig};
use crate::io::gate::Failure;
use crate::io::handle::EngineHandle;
use crate::io::index::{Index, Indexer};
use crate::io::journal::Journal;
use crate::io::keys::KeyTable;
use crate::io::media_worker::MediaCounters;
use crate::io::outbox::{Outbox, OutboxState, Replies};
use crate::io::people::People;
use crate::io::secrets::{Purpose, Secrets, random};
use crate::io::sip_framing::LengthFraming;
use crate::io::sip_tcp::{SipTcp, TcpConfig, TcpEvent};
use crate::io::sip_udp::SipUdp;
use crate::io::spool::{Places, SpoolDirectory};
use crate::io::sync::SyncThread;
use crate::io::transport_metrics::TransportMetrics;
use crate::io::versions::{Drafts, Versions};
use crate::io::{engine_loop, watch};
use crate::media::command::{Command as MediaCommand, PromptTable};
use crate::sip::api::{Limits, StackConfig};

/// Batches of outputs that may wait for the outbox.
const BATCHES: usize = 64;
/// Requests of people that may wait for the engine.
const ASKS: usize = 256;

/// Sockets for SIP, on the same port over both transports.
struct SipSockets {
    udp: SipUdp,
    tcp: SipTcp,
    events: mpsc::Receiver<TcpEvent>,
    accepting: tokio::task::JoinHandle<()>,
}

/// What stands on disk, opened.
struct Storage {
    journal: Journal,
    boot: BootId,
    memory: Memory,
    keys: KeyTable,
    spool: Arc<SpoolDirectory>,
    /// Calls that earlier starts left in the spool.
    found: BTreeMap<CallId, Places>,
    versions: Arc<Versions>,
    people: People,
    index: Arc<Indexer>,
}

impl Storage {
    async fn open(config: &ServerConfig) -> anyhow::Result<Storage> {
        let secrets = Secrets::open_or_create(&config.secrets)?;
        let (journal, opened) = Journal::open(&config.storage.journal(), config.node)?;
        let boot = opened.boot;
        let mut memory = restore::memory(opened, &config.storage.journal())?;
        let keys = KeyTable::open(&secrets).context("the key table cannot be opened")?;
        let people = People::open(&config.storage.people(), &config.secrets, &config.sip.realm).await?;
        let (spool, found) = SpoolDirectory::open(&config.storage.spool(), secrets.key(Purpose::Spool))?;
        restore::hear_last_sounds(&mut memory.open, &spool, &found);
        let versions = Arc::new(Versions::open(&config.storage.directory)?);
        let index = Index::open(&config.storage.index).await?;
        let index = Arc::new(Indexer::spawn(index, &config.storage.journal()));
        Ok(Storage { journal, boot, memory, keys, spool, found, versions, people, index })
    }
}

pub(super) async fn start(config: ServerConfig, publishing: Publishing) -> anyhow::Result<Server> {
    for warning in &config.warnings {
        tracing::warn!(rule = warning.rule, "{} {}", warning.message, warning.help);
    }
    let metrics = Arc::new(TransportMetrics::new());
    metrics.exempt_entries(config.exempt_entries.len());
    let storage = Storage::open(&config).await?;
    let sip = sip_sockets(&config, &metrics).await?;
    let (inputs, taken) = sync_channel(INPUTS);
    let control = Arc::new(Control::new(inputs, config.limits.drain_deadline));
    let operations = Arc::new(ServerOperations {
        control: Arc::clone(&control),
        versions: Arc::clone(&storage.versions),
        drafts: drafts(&config),
    });
    bring_in_force(&storage, &operations, publishing).await?;
    let state = Arc::new(OutboxState::default());
    let finaliser = Arc::new(finaliser(&config, &storage, (&control, &state))?);
    let counters = Arc::new(MediaCounters::default());
    let shared = media::Shared {
        spool: Arc::clone(&storage.spool),
        metrics: Arc::clone(&metrics),
        counters: Arc::clone(&counters),
        clock: control.clock,
        boot: storage.boot,
    };
    let workers = media::spawn(&config, &shared, &control.inputs)?;
    let (people, index) = (storage.people.clone(), Arc::clone(&storage.index));
    let replies = Arc::new(Replies::default());
    let parts = Parts { control: &control, state: &state, metrics: &metrics, finaliser: &finaliser };
    let orders = workers.iter().map(|(orders, _)| orders.clone()).collect();
    let (engine, outbox) = parts.run_engine(&config, storage, (&sip, &replies), (taken, orders))?;
    let SipSockets { udp, tcp, events, accepting } = sip;
    let sip_address = udp.local_addr();
    let udp = receive_udp(udp, control.inputs.clone(), Arc::clone(&metrics))?;
    let (handle, asks) = EngineHandle::new(ASKS);
    let mut tasks = vec![
        accepting,
        tokio::spawn(receive_tcp(events, Arc::clone(&control))),
        tokio::spawn(doors::forward_asks(asks, Arc::clone(&control), Arc::clone(&replies))),
        tokio::spawn(doors::watch_index(index.status(), Arc::clone(&state))),
        tokio::spawn(doors::watch_readiness(handle.clone(), Arc::clone(&control))),
    ];
    let doors = doors::Doors {
        config: &config,
        handle: &handle,
        people: &people,
        operations: SharedOperations { operations: Arc::clone(&operations), engine: handle.clone() },
        control: &control,
        replies: &replies,
        metrics: &metrics,
        counters: &counters,
        status: index.status(),
    };
    let (api, management) = doors.open(&mut tasks).await?;
    let watch = match publishing {
        Publishing::Watch => Some(watch_drafts(&config, operations)?),
        Publishing::OnRequest => None,
    };
    let runtime = tokio::runtime::Handle::current();
    let closing = Closing { watch, udp, tcp, finaliser, tasks, engine, outbox, workers, index, runtime };
    Ok(Server { addresses: Addresses { sip: sip_address, api, management }, control, handle, closing })
}

/// What engine and outbox share with the rest.
struct Parts<'a> {
    control: &'a Arc<Control>,
    state: &'a Arc<OutboxState>,
    metrics: &'a Arc<TransportMetrics>,
    finaliser: &'a Arc<Finaliser>,
}

impl Parts<'_> {
    /// The engine's thread, the outbox behind it, and what a crash left to be done.
    fn run_engine(
        self,
        config: &ServerConfig,
        storage: Storage,
        (sip, replies): (&SipSockets, &Arc<Replies>),
        (taken, workers): (Receiver<Input>, Vec<SyncSender<MediaCommand>>),
    ) -> anyhow::Result<(JoinHandle<Engine>, JoinHandle<()>)> {
        let Storage { journal, boot, memory, keys, spool, found, people, index, .. } = storage;
        let unfinished = memory.open.clone();
        let archived = Arc::clone(&spool);
        let outbox = Outbox {
            journal,
            keys,
            workers,
            replies: Arc::clone(replies),
            state: Arc::clone(self.state),
            sync: SyncThread::spawn(Arc::clone(self.state), move |call| archived.archived(call))?,
            effects: Box::new(ServerEffects {
                udp: sip.udp.sender(),
                tcp: sip.tcp.clone(),
                metrics: Arc::clone(self.metrics),
                people,
                runtime: tokio::runtime::Handle::current(),
                control: Arc::clone(self.control),
                finaliser: Arc::clone(self.finaliser),
                spool: Arc::clone(&spool),
                index,
                prompts: Arc::new(PromptTable::default()),
            }),
        };
        let (batches, for_outbox) = sync_channel(BATCHES);
        let outbox = outbox.spawn(for_outbox)?;
        let clock = self.control.clock;
        let settings = settings(config, sip.udp.local_addr(), boot)?;
        let engine = Engine::new(settings, memory, clock.now());
        let engine = engine_loop::spawn(engine, clock, taken, batches, Arc::clone(self.state))?;
        restore::submit_unfinished(&unfinished, &spool, found, self.finaliser);
        Ok((engine, outbox))
    }
}

/// UDP first, then TCP on the port that it got.
async fn sip_sockets(config: &ServerConfig, metrics: &Arc<TransportMetrics>) -> anyhow::Result<SipSockets> {
    let listen = config.sip.listen;
    let in_use = || format!("SIP cannot listen on {listen}; is another server running?");
    let udp = SipUdp::bind(listen).with_context(in_use)?;
    let longest = config.sip.message_bytes;
    let tcp_config = TcpConfig { connections: config.sip.tcp_connections, idle: config.sip.tcp_idle };
    let (told, events) = mpsc::channel(1_024);
    let framing = Arc::new(move || Box::new(LengthFraming::new(longest)) as Box<_>);
    let (tcp, accepting) = SipTcp::start(udp.local_addr(), tcp_config, framing, told, Arc::clone(metrics))
        .await
        .with_context(in_use)?;
    Ok(SipSockets { udp, tcp, events, accepting })
}

fn drafts(config: &ServerConfig) -> Drafts {
    Drafts {
        menus: config.directories.menus.clone(),
        prompts: config.directories.prompts.clone(),
        queues: config.directories.queues.clone(),
        mains: config.sip.entries.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
    }
}

/// What calls are served with from the first moment: people, telephones, a snapshot.
async fn bring_in_force(
    storage: &Storage,
    operations: &ServerOperations,
    publishing: Publishing,
) -> anyhow::Result<()> {
    let people = storage.people.directory().await?;
    let directory = Directory { agents: people.agents, devices: people.devices, imported: false };
    operations.control.tell(Input::Directory(Arc::new(directory)));
    let versions = &storage.versions;
    if publishing == Publishing::Watch {
        match operations.publish_now(Actor::Server, "serve --watch", "drafts at the start") {
            // The engine has been told.
            Ok(_) => return Ok(()),
            Err(Failure::Refused(why)) => bail!(why),
            Err(Failure::Findings(findings)) if versions.latest().is_none() => {
                bail!("nothing can be published: {}", listed(&findings))
            }
            Err(Failure::Findings(_)) => {}
        }
    }
    let Some(latest) = versions.latest() else {
        bail!("nothing is published yet: run `hotline publish`, or `hotline serve --watch` for a trial")
    };
    let published = versions
        .load(latest)
        .map_err(|findings| anyhow!("version {} cannot be loaded: {}", latest.0, listed(&findings)))?;
    operations.control.tell(Input::Published(Arc::new(published)));
    Ok(())
}

fn listed(findings: &[Finding]) -> String {
    let line = |f: &Finding| format!("\n  {}:{}:{}: {} {}", f.file, f.line, f.column, f.message, f.help);
    findings.iter().map(line).collect()
}

fn finaliser(
    config: &ServerConfig,
    storage: &Storage,
    (control, state): (&Arc<Control>, &Arc<OutboxState>),
) -> anyhow::Result<Finaliser> {
    let versions = Arc::clone(&storage.versions);
    let finaliser_config = FinaliserConfig {
        threads: 1,
        archive: config.storage.archive.clone(),
        spool: Arc::clone(&storage.spool),
        prompts: Arc::new(move |hash| versions.prompt_by_hash(hash)),
        retry: Duration::from_secs(5),
    };
    let (control, state) = (Arc::clone(control), Arc::clone(state));
    Finaliser::spawn(finaliser_config, move |finished| on_finished(&control, &state, finished))
        .context("the archive of recordings cannot be written")
}

fn settings(config: &ServerConfig, sip: SocketAddr, boot: BootId) -> anyhow::Result<Settings> {
    let calls = usize::try_from(config.limits.calls)?;
    Ok(Settings {
        node: config.node,
        boot,
        seed: random()?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        stack: StackConfig {
            public_address: config.sip.public_address(sip),
            realm: config.sip.realm.clone(),
            user_agent: concat!("hotline/", env!("CARGO_PKG_VERSION")).to_owned(),
            seed: random()?,
            // A call has at most two dialogs at once and a handful of transactions, of which the
            // last rest for 32 s (timer H, J).
            limits: Limits {
                transactions: calls.saturating_mul(16).max(20_000),
                dialogs: calls.saturating_mul(4).max(1_000),
                bindings: 20_000,
                retry_after_s: 10,
                min_expires: Duration::from_secs(30),
                max_expires: Duration::from_secs(3_600),
                default_expires: Duration::from_secs(600),
                nonce_lifetime: Duration::from_secs(300),
            },
        },
        media: MediaSettings {
            address: config.media.public_ip,
            ports: config.media.ports.clone(),
            codecs: config.media.codecs.clone(),
            workers: config.media.workers,
        },
        max_calls: calls,
        exempt_entries: config.exempt_entries.clone(),
    })
}

fn receive_udp(
    udp: SipUdp,
    inputs: SyncSender<Input>,
    metrics: Arc<TransportMetrics>,
) -> anyhow::Result<crate::io::sip_udp::UdpReceiver> {
    let receiver = udp.start(move |batch| {
        let mut dropped = 0;
        for (flow, bytes) in batch.drain(..) {
            // Its sender sends it again (RFC 3261 §17.1); waiting here would drop others unseen.
            if inputs.try_send(Input::Message { flow, bytes }).is_err() {
                dropped += 1;
            }
        }
        if dropped > 0 {
            metrics.rejected("overload", dropped);
        }
        true
    })?;
    Ok(receiver)
}

async fn receive_tcp(mut events: mpsc::Receiver<TcpEvent>, control: Arc<Control>) {
    while let Some(event) = events.recv().await {
        let input = match event {
            TcpEvent::Message { flow, bytes } => Input::Message { flow, bytes },
            TcpEvent::Closed { flow } => Input::FlowClosed { flow },
            // No connection came to be: for the stack it closed before its first byte.
            TcpEvent::ConnectFailed { remote } => {
                Input::FlowClosed { flow: FlowId::Connection { id: 0, remote } }
            }
        };
        control.tell_from_task(input).await;
    }
}

fn watch_drafts(
    config: &ServerConfig,
    operations: Arc<ServerOperations>,
) -> anyhow::Result<watch::DraftWatch> {
    let directories = &config.directories;
    let paths = [directories.menus.clone(), directories.prompts.clone(), directories.queues.clone()];
    let changed = move || match operations.publish_now(Actor::Server, "serve --watch", "drafts were saved") {
        Ok(publication) if publication.is_new => {
            tracing::info!(version = publication.published.version.0, "drafts are in force");
        }
        // Nothing changed, or the findings are in the log already.
        Ok(_) | Err(_) => {}
    };
    Ok(watch::watch(&paths, changed)?)
}
