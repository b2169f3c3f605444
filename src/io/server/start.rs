//! Opening a server, part by part: sockets, storage, what is in force, threads, doors.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::bail;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::effects::ServerEffects;
use super::operations::{OperationSettings, ServerOperations, SharedOperations};
use super::sockets::{SipSockets, Sockets, receive_tcp, receive_udp};
use super::stores::{Archive, Stores};
use super::{Addresses, Closing, House, INPUTS, Publishing, Server, calendar, doors, media, restore};
use crate::config::published::Published;
use crate::config::server::ServerConfig;
use crate::engine::{Directory, Engine, Input, MediaSettings, PeopleSettings, Settings};
use crate::event::Actor;
use crate::ids::BootId;
use crate::io::crypto::random;
use crate::io::gate::Failure;
use crate::io::handle::{Ask, EngineHandle};
use crate::io::lookup::LookupClient;
use crate::io::outbox::{Effects, Outbox};
use crate::io::people::People;
use crate::io::sip_tcp::TcpEvent;
use crate::io::sync::SyncThread;
use crate::io::versions::{Became, Drafts, Versions};
use crate::io::{control::FindingsFound, engine_loop, file_limit, watch};
use crate::media::command::PromptTable;
use crate::sip::api::{Limits, StackConfig};

/// Batches of outputs that may wait for the outbox.
const BATCHES: usize = 64;
/// Requests of people that may wait for the engine.
const ASKS: usize = 256;
/// Sockets of a call: RTP and RTCP for the caller and for the agent.
const FILES_A_CALL: u64 = 4;
/// Files and sockets of everything else, about.
const OTHER_FILES: u64 = 256;

pub(super) async fn start(config: ServerConfig, publishing: Publishing) -> anyhow::Result<Server> {
    file_limit::raise_for(files(&config));
    let (inputs, taken) = sync_channel(INPUTS);
    let house = House::new(config, inputs);
    let config = &house.config;
    if config.publishing.two_persons && publishing == Publishing::Watch {
        bail!("`--watch` puts drafts in force by itself, but `[publishing] two_persons` wants two persons");
    }
    let Sockets { sip, api, management } = Sockets::bind(config, &house.metrics).await?;
    let Stores { secrets, journal, boot, mut memory, keys, callers, people, versions } =
        Stores::open(config).await?;
    let operations = Arc::new(ServerOperations {
        control: Arc::clone(&house.control),
        versions: Arc::clone(&versions),
        drafts: Drafts::of(config),
        settings: OperationSettings::of(config),
        calendar: Mutex::default(),
    });
    tell_directory(&house, &people).await?;
    if let Some(published) = in_force(&versions, &operations, publishing)? {
        house.control.tell(Input::Published(operations.ready(&published)));
    }
    house.control.tell(restore::announcements(&memory.folds.plans, &versions));
    let lookups = LookupClient::new(&config.lookups, &secrets)?;
    let archive = Archive::open(&house, &secrets, &versions).await?;
    let workers = media::spawn(&house, &archive.spool, boot)?;
    let address = sip.udp.local_addr();
    let archived = Arc::clone(&archive.spool);
    let outbox = Outbox {
        journal,
        keys,
        workers: workers.iter().map(|(orders, _)| orders.clone()).collect(),
        replies: Arc::clone(&house.replies),
        state: Arc::clone(&house.state),
        sync: SyncThread::spawn(Arc::clone(&house.state), move |call| archived.archived(call))?,
        effects: effects(&house, &sip, &archive, (&people, &lookups, &versions)),
    };
    let (batches, for_outbox) = sync_channel(BATCHES);
    let outbox = outbox.spawn(for_outbox)?;
    restore::hear_last_sounds(&mut memory.folds.open, &archive.spool, &archive.found);
    let unfinished = memory.folds.open.clone();
    let engine = Engine::new(settings(config, (address, boot), callers)?, memory, house.control.clock.now());
    let state = Arc::clone(&house.state);
    let engine = engine_loop::spawn(engine, house.control.clock, taken, batches, state)?;
    let Archive { spool, found, finaliser, index } = archive;
    restore::submit_unfinished(&unfinished, &spool, found, &finaliser);
    let SipSockets { udp, tcp, events, accepting } = sip;
    let figures = Arc::new(doors::Figures::new(&house, (udp.sender(), tcp.clone()), index.status(), lookups));
    let udp = receive_udp(udp, house.control.inputs.clone(), Arc::clone(&house.metrics))?;
    let (handle, asks) = EngineHandle::new(ASKS);
    let mut tasks = tasks(&house, (events, asks), &figures, &handle, &operations);
    tasks.push(accepting);
    let addresses = Addresses { sip: address, api: api.local_addr()?, management: management.local_addr()? };
    let doors = doors::Doors {
        house: &house,
        handle: &handle,
        people,
        operations: SharedOperations { operations: Arc::clone(&operations), engine: handle.clone() },
        figures,
    };
    doors.open(api, management, &mut tasks).await?;
    let watch = match publishing {
        Publishing::Watch => Some(watch_drafts(config, operations)?),
        Publishing::OnRequest => None,
    };
    let runtime = tokio::runtime::Handle::current();
    let closing = Closing { watch, udp, tcp, finaliser, tasks, engine, outbox, workers, index, runtime };
    Ok(Server { addresses, control: Arc::clone(&house.control), handle, closing })
}

/// Files and sockets that are open when every call allowed is there.
fn files(config: &ServerConfig) -> u64 {
    let connections = u64::try_from(config.sip.tcp_connections).unwrap_or(u64::MAX);
    (u64::from(config.limits.calls) * FILES_A_CALL).saturating_add(connections).saturating_add(OTHER_FILES)
}

async fn tell_directory(house: &House, people: &People) -> anyhow::Result<()> {
    let directory = people.directory().await?;
    let directory = Directory {
        agents: directory.agents,
        devices: directory.devices,
        announcers: directory.announcers,
        imported: false,
    };
    house.control.tell(Input::Directory(Arc::new(directory)));
    house.control.tell(Input::Callers(Arc::new(people.caller_book().await?)));
    Ok(())
}

fn effects(
    house: &House,
    sip: &SipSockets,
    archive: &Archive,
    (people, lookups, versions): (&People, &LookupClient, &Arc<Versions>),
) -> Box<dyn Effects> {
    Box::new(ServerEffects {
        udp: sip.udp.sender(),
        tcp: sip.tcp.clone(),
        metrics: Arc::clone(&house.metrics),
        people: people.clone(),
        lookups: lookups.clone(),
        versions: Arc::clone(versions),
        runtime: tokio::runtime::Handle::current(),
        control: Arc::clone(&house.control),
        finaliser: Arc::clone(&archive.finaliser),
        spool: Arc::clone(&archive.spool),
        index: Arc::clone(&archive.index),
        prompts: Arc::new(PromptTable::default()),
    })
}

/// What runs beside the threads until the end.
fn tasks(
    house: &House,
    (events, asks): (mpsc::Receiver<TcpEvent>, mpsc::Receiver<Ask>),
    figures: &Arc<doors::Figures>,
    handle: &EngineHandle,
    operations: &Arc<ServerOperations>,
) -> Vec<JoinHandle<()>> {
    let control = || Arc::clone(&house.control);
    vec![
        tokio::spawn(receive_tcp(events, control())),
        tokio::spawn(doors::forward_asks(asks, control(), Arc::clone(&house.replies))),
        tokio::spawn(doors::watch_index(figures.index(), Arc::clone(&house.state))),
        tokio::spawn(doors::watch_readiness(handle.clone(), control())),
        tokio::spawn(doors::keep_figures(Arc::clone(figures))),
        tokio::spawn(calendar::watch(Arc::clone(operations), Arc::clone(&house.state))),
    ]
}

/// The snapshot calls are served with from the first moment.
fn in_force(
    versions: &Versions,
    operations: &ServerOperations,
    publishing: Publishing,
) -> anyhow::Result<Option<Published>> {
    if publishing == Publishing::Watch {
        match operations.publish_now(Actor::Server, "serve --watch", "drafts at the start") {
            // Told to the engine already.
            Ok(_) => return Ok(None),
            Err(Failure::Refused(why)) => bail!(why),
            Err(Failure::Findings(findings)) if versions.latest().is_none() => {
                let found = anyhow::Error::from(FindingsFound::new(findings));
                return Err(found.context("nothing can be published"));
            }
            Err(Failure::Findings(_)) => {}
        }
    }
    let Some(latest) = versions.latest() else {
        bail!("nothing is published yet: run `hotline publish`, or `hotline serve --watch` for a trial")
    };
    let published = versions.load(latest).map_err(|findings| {
        let found = anyhow::Error::from(FindingsFound::new(findings));
        found.context(format!("version {} cannot be loaded", latest.0))
    })?;
    Ok(Some(published))
}

fn settings(
    config: &ServerConfig,
    (sip, boot): (SocketAddr, BootId),
    people: PeopleSettings,
) -> anyhow::Result<Settings> {
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
        trunks: config.sip.trunks.values().copied().collect(),
        people,
    })
}

fn watch_drafts(
    config: &ServerConfig,
    operations: Arc<ServerOperations>,
) -> anyhow::Result<watch::DraftWatch> {
    let directories = &config.directories;
    let directories = directories.clone();
    // Files that need not be there are watched by their directory, if that is there.
    let others = [directories.calendar, directories.plans].into_iter();
    let others = others.filter(|file| file.parent().is_some_and(|p| p.as_os_str().is_empty() || p.is_dir()));
    let paths = [directories.menus, directories.prompts, directories.queues].into_iter().chain(others);
    let paths: Vec<PathBuf> = paths.collect();
    let changed = move || match operations.publish_now(Actor::Server, "serve --watch", "drafts were saved") {
        Ok(publication) if publication.became == Became::InForce => {
            tracing::info!(version = publication.published.version.0, "drafts are in force");
        }
        // Nothing changed, or the findings are in the log already.
        Ok(_) | Err(_) => {}
    };
    Ok(watch::watch(&paths, changed)?)
}
