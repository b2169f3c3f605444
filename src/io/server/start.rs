//! Opening a server, part by part: storage, what is in force, sockets, threads, doors.

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::sync::{Notify, mpsc};

use super::effects::{ServerEffects, on_finished};
use super::operations::{ServerOperations, SharedOperations};
use super::{Addresses, Closing, Control, INPUTS, Publishing, Server, doors, media, restore};
use crate::config::finding::Finding;
use crate::config::published::Published;
use crate::config::server::ServerConfig;
use crate::engine::{Directory, Engine, Input, MediaSettings, Settings};
use crate::io::clock::Clock;
use crate::io::crypto::random;
use crate::io::finaliser::{Finaliser, FinaliserConfig};
use crate::io::gate::Failure;
use crate::io::handle::EngineHandle;
use crate::io::http::Readiness;
use crate::io::index::{Index, Indexer};
use crate::io::journal::Journal;
use crate::io::keys::KeyTable;
use crate::io::media_worker::MediaCounters;
use crate::io::outbox::{Outbox, OutboxState, Replies};
use crate::io::people::People;
use crate::io::secrets::{Purpose, Secrets};
use crate::io::sip_tcp::{SipTcp, TcpConfig, TcpEvent};
use crate::io::sip_udp::SipUdp;
use crate::io::spool::SpoolDirectory;
use crate::io::sync::SyncThread;
use crate::io::transport_metrics::TransportMetrics;
use crate::io::versions::{Drafts, Versions};
use crate::io::{engine_loop, watch};
use crate::media::command::PromptTable;
use crate::sip::api::{Limits, StackConfig};
use crate::sip::framing::Framer;

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

pub(super) async fn start(config: ServerConfig, publishing: Publishing) -> anyhow::Result<Server> {
    for warning in &config.warnings {
        tracing::warn!(rule = warning.rule, "{} {}", warning.message, warning.help);
    }
    let clock = Clock::start();
    let metrics = Arc::new(TransportMetrics::new());
    metrics.exempt_entries(config.exempt_entries.len());
    let secrets = Secrets::open_or_create(&config.secrets)?;
    let (journal, opened) = Journal::open(&config.storage.journal(), config.node)?;
    let boot = opened.boot;
    let memory = restore::memory(opened)?;
    let unfinished = memory.open.clone();
    let keys = KeyTable::open(&secrets).context("the key table cannot be opened")?;
    let people = People::open(&config.storage.people(), &config.secrets, &config.sip.realm).await?;
    let sip = sip_sockets(&config, &metrics).await?;
    let state = Arc::new(OutboxState::default());
    let (inputs, taken) = sync_channel(INPUTS);
    let control = Arc::new(Control {
        inputs: inputs.clone(),
        clock,
        drain_deadline: config.limits.drain_deadline,
        stop: Notify::new(),
        stopping: AtomicBool::new(false),
        readiness: Mutex::new(Readiness::NotReady { reasons: vec!["starting".into()] }),
    });
    let versions = Arc::new(Versions::open(&config.storage.directory)?);
    let operations = Arc::new(ServerOperations {
        control: Arc::clone(&control),
        versions: Arc::clone(&versions),
        drafts: Drafts::of(&config),
    });
    let published = in_force(&versions, &operations, publishing)?;
    let directory = people.directory().await?;
    control.tell(Input::Directory(Arc::new(Directory {
        agents: directory.agents,
        devices: directory.devices,
        imported: false,
    })));
    if let Some(published) = published {
        control.tell(Input::Published(Arc::new(published)));
    }
    let (spool, found) = SpoolDirectory::open(&config.storage.spool(), secrets.key(Purpose::Spool))?;
    let finaliser = Arc::new(finaliser(&config, &spool, &versions, (&control, &state))?);
    let index = Indexer::spawn(Index::open(&config.storage.index).await?, &config.storage.journal());
    let status = index.status();
    let counters = Arc::new(MediaCounters::default());
    let shared = media::Shared {
        spool: Arc::clone(&spool),
        metrics: Arc::clone(&metrics),
        counters: Arc::clone(&counters),
        clock,
        boot,
    };
    let workers = media::spawn(&config, &shared, &inputs)?;
    let replies = Arc::new(Replies::default());
    let SipSockets { udp, tcp, events, accepting } = sip;
    let sip_address = udp.local_addr();
    let index = Arc::new(index);
    let outbox = Outbox {
        journal,
        keys,
        workers: workers.iter().map(|(orders, _)| orders.clone()).collect(),
        replies: Arc::clone(&replies),
        state: Arc::clone(&state),
        sync: SyncThread::spawn(Arc::clone(&state))?,
        effects: Box::new(ServerEffects {
            udp: udp.sender(),
            tcp: tcp.clone(),
            metrics: Arc::clone(&metrics),
            people: people.clone(),
            runtime: tokio::runtime::Handle::current(),
            control: Arc::clone(&control),
            finaliser: Arc::clone(&finaliser),
            spool: Arc::clone(&spool),
            index: Arc::clone(&index),
            prompts: Arc::new(PromptTable::default()),
        }),
    };
    let (batches, for_outbox) = sync_channel(BATCHES);
    let outbox = outbox.spawn(for_outbox)?;
    let engine = Engine::new(settings(&config, sip_address, boot)?, memory, clock.now());
    let engine = engine_loop::spawn(engine, clock, taken, batches, Arc::clone(&state))?;
    restore::submit_unfinished(&unfinished, &spool, found, &finaliser);
    let udp = receive_udp(udp, inputs.clone(), Arc::clone(&metrics))?;
    let (handle, asks) = EngineHandle::new(ASKS);
    let mut tasks = vec![
        accepting,
        tokio::spawn(receive_tcp(events, Arc::clone(&control))),
        tokio::spawn(doors::forward_asks(asks, Arc::clone(&control), Arc::clone(&replies))),
        tokio::spawn(doors::watch_index(status.clone(), Arc::clone(&state))),
        tokio::spawn(doors::watch_readiness(handle.clone(), Arc::clone(&control))),
    ];
    let doors = doors::Doors {
        config: &config,
        handle: &handle,
        people: &people,
        operations: SharedOperations(Arc::clone(&operations)),
        control: &control,
        replies: &replies,
        metrics: &metrics,
        counters: &counters,
        status,
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

/// UDP first, then TCP on the port that it got.
async fn sip_sockets(config: &ServerConfig, metrics: &Arc<TransportMetrics>) -> anyhow::Result<SipSockets> {
    let listen = config.sip.listen;
    let in_use = || format!("SIP cannot listen on {listen}; is another server running?");
    let udp = SipUdp::bind(listen).with_context(in_use)?;
    let longest = config.sip.message_bytes;
    let tcp_config = TcpConfig { connections: config.sip.tcp_connections, idle: config.sip.tcp_idle };
    let (told, events) = mpsc::channel(1_024);
    let framing = Arc::new(move || Box::new(Framer::new(longest)) as Box<_>);
    let (tcp, accepting) = SipTcp::start(udp.local_addr(), tcp_config, framing, told, Arc::clone(metrics))
        .await
        .with_context(in_use)?;
    Ok(SipSockets { udp, tcp, events, accepting })
}

/// The snapshot calls are served with from the first moment.
fn in_force(
    versions: &Versions,
    operations: &ServerOperations,
    publishing: Publishing,
) -> anyhow::Result<Option<Published>> {
    if publishing == Publishing::Watch {
        match operations.publish_now("serve --watch", "drafts at the start") {
            // Told to the engine already.
            Ok(_) => return Ok(None),
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
    Ok(Some(published))
}

fn listed(findings: &[Finding]) -> String {
    let line = |f: &Finding| format!("\n  {}:{}:{}: {} {}", f.file, f.line, f.column, f.message, f.help);
    findings.iter().map(line).collect()
}

fn finaliser(
    config: &ServerConfig,
    spool: &Arc<SpoolDirectory>,
    versions: &Arc<Versions>,
    (control, state): (&Arc<Control>, &Arc<OutboxState>),
) -> anyhow::Result<Finaliser> {
    let versions = Arc::clone(versions);
    let finaliser_config = FinaliserConfig {
        threads: 1,
        archive: config.storage.archive.clone(),
        spool: Arc::clone(spool),
        prompts: Arc::new(move |hash| versions.prompt_by_hash(hash)),
        retry: Duration::from_secs(5),
    };
    let (control, state) = (Arc::clone(control), Arc::clone(state));
    Finaliser::spawn(finaliser_config, move |finished| on_finished(&control, &state, finished))
        .context("the archive of recordings cannot be written")
}

fn settings(config: &ServerConfig, sip: SocketAddr, boot: crate::ids::BootId) -> anyhow::Result<Settings> {
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
            // The transaction's own time-out tells its user (RFC 3261 §17, timers B and F).
            TcpEvent::ConnectFailed { .. } => continue,
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
    let changed = move || match operations.publish_now("serve --watch", "drafts were saved") {
        Ok(publication) if publication.is_new => {
            tracing::info!(version = publication.published.version.0, "drafts are in force");
        }
        // Nothing changed, or the findings are in the log already.
        Ok(_) | Err(_) => {}
    };
    Ok(watch::watch(&paths, changed)?)
}
