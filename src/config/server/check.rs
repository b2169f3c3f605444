//! From single values to settings that fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::config::lookups;
use crate::config::published::CallbackSettings;
use crate::config::server::read::{Problem, Reader, nearest};
use crate::config::server::values::{Count, Ports, Prefixes, PublicAddress, Workers};
use crate::config::server::{
    Directories, HttpConfig, LimitsConfig, MediaConfig, Outgoing, PublishingConfig, ServerConfig, SipConfig,
    StorageConfig,
};
use crate::ids::EntryId;

/// Ports that a call takes while it talks: two legs, RTP and RTCP each.
const PORTS_A_CALL: usize = 4;

/// Reads every key; problems are with the reader afterwards.
pub(super) fn checked(reader: &mut Reader<'_>) -> ServerConfig {
    let sip = sip(reader);
    let limits = LimitsConfig {
        calls: reader.required::<Count>("limits", "calls").0,
        drain_deadline: reader.required("limits", "drain_deadline"),
    };
    let media = media(reader, &sip, limits.calls);
    let http = http(reader);
    let directory: PathBuf = reader.required("storage", "directory");
    let storage = StorageConfig {
        index: reader.optional("storage", "index").unwrap_or_else(|| directory.join("index.sqlite")),
        archive: reader.optional("storage", "archive").unwrap_or_else(|| directory.join("recordings")),
        directory,
    };
    ServerConfig {
        node: reader.required("node", "id"),
        exempt_entries: exempt(reader, &sip),
        secrets: reader.optional("secrets", "directory").unwrap_or_else(|| storage.directory.join("secrets")),
        directories: Directories {
            menus: reader.required("directories", "menus"),
            prompts: reader.required("directories", "prompts"),
            queues: reader.required("directories", "queues"),
            calendar: reader.required("directories", "calendar"),
            plans: reader.required("directories", "plans"),
        },
        publishing: PublishingConfig { two_persons: reader.required("publishing", "two_persons") },
        sip,
        media,
        http,
        storage,
        limits,
        lookups: reader.named("lookups", lookups::read),
        warnings: Vec::new(),
    }
}

fn sip(reader: &mut Reader<'_>) -> SipConfig {
    let count = |count: Count| usize::try_from(count.0).unwrap_or(usize::MAX);
    let config = SipConfig {
        listen: reader.required("sip", "listen"),
        public_address: reader.optional::<PublicAddress>("sip", "public_address").map(|public| public.0),
        entries: reader.required("sip", "entries"),
        trunks: reader.required::<BTreeMap<String, SocketAddr>>("sip", "trunks"),
        outgoing: outgoing(reader),
        realm: reader.required("sip", "realm"),
        tcp_connections: count(reader.required("sip", "tcp_connections")),
        tcp_idle: reader.required("sip", "tcp_idle"),
        message_bytes: count(reader.required("sip", "message_bytes")),
    };
    if config.listen.ip().is_unspecified() && config.public_address.is_none() {
        let message = format!("{} listens on every address, so none can be told to others", config.listen);
        let help =
            "Add `public_address` under [sip]: the address telephones and trunks reach this server under.";
        reader.note_at("sip", "listen", Problem::error("public-address-missing", message, help));
    }
    config
}

fn outgoing(reader: &mut Reader<'_>) -> Outgoing {
    Outgoing {
        transfer_prefixes: reader.required::<Prefixes>("sip", "transfer_prefixes").0,
        callbacks: CallbackSettings {
            prefixes: reader.required::<Prefixes>("sip", "callback_prefixes").0,
            per_number_a_day: reader.required::<Count>("sip", "callbacks_per_number").0,
        },
    }
}

fn media(reader: &mut Reader<'_>, sip: &SipConfig, calls: u32) -> MediaConfig {
    let public = sip.public_address(sip.listen).ip();
    let config = MediaConfig {
        bind: reader.optional("media", "bind").unwrap_or_else(|| sip.listen.ip()),
        public_ip: reader
            .optional::<PublicAddress>("media", "public_address")
            .map_or(public, |public| public.0.ip()),
        ports: reader.required::<Ports>("media", "ports").0,
        workers: reader.required::<Workers>("media", "workers").0,
        codecs: reader.required("media", "codecs"),
    };
    let enough = config.ports.len() / PORTS_A_CALL;
    if enough < usize::try_from(calls).unwrap_or(usize::MAX) {
        let message =
            format!("these ports carry {enough} calls with agents, but `[limits] calls` is {calls}");
        let help = "Widen the range, or lower `calls` under [limits].";
        reader.note_at("media", "ports", Problem::warning("few-media-ports", message, help));
    }
    if let Some(ephemeral) = ephemeral_ports().filter(|range| overlap(range, &config.ports)) {
        let (first, last) = (ephemeral.start(), ephemeral.end());
        let message = format!("the range overlaps the system's ephemeral ports {first}-{last}");
        let help = "Choose ports outside of them, or another program may hold a port when a call needs it.";
        reader.note_at("media", "ports", Problem::warning("ephemeral-media-ports", message, help));
    }
    config
}

fn http(reader: &mut Reader<'_>) -> HttpConfig {
    let config = HttpConfig {
        listen: reader.required("http", "listen"),
        management: reader.required("http", "management"),
    };
    if config.listen == config.management && config.listen.port() != 0 {
        let message = format!("API and management both listen on {}", config.listen);
        let help = "Give management a port of its own: it answers without login.";
        reader.note_at("http", "management", Problem::error("same-listener", message, help));
    }
    config
}

fn exempt(reader: &mut Reader<'_>, sip: &SipConfig) -> BTreeSet<EntryId> {
    let entries: Vec<EntryId> = reader.required("recording", "exempt_entries");
    for entry in &entries {
        let problem = if sip.entries.contains_key(entry) {
            Problem::warning(
                "not-recorded",
                format!("calls to entry {entry} are NOT recorded"),
                "Take it out of `exempt_entries` unless the law forbids recording: callers are told they are recorded.",
            )
        } else {
            let help = match nearest(entry.as_str(), sip.entries.keys().map(EntryId::as_str)) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => "Name an entry of `[sip] entries`.".to_owned(),
            };
            Problem::error("unknown-entry", format!("there is no entry `{entry}`"), help)
        };
        reader.note_at("recording", "exempt_entries", problem);
    }
    entries.into_iter().collect()
}

fn overlap(a: &RangeInclusive<u16>, b: &RangeInclusive<u16>) -> bool {
    a.start() <= b.end() && b.start() <= a.end()
}

/// Ports from which the system serves sockets that ask for none (Linux).
fn ephemeral_ports() -> Option<RangeInclusive<u16>> {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    Some(numbers.next()?.ok()?..=numbers.next()?.ok()?)
}
