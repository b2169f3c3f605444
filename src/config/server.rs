//! The server's configuration: `ops/hotline.toml` over the embedded defaults, checked as a whole.
//!
//! [`ServerConfig::load`] gives either settings that fit together or every finding at once.
//! `default.toml` is the reference manual of all keys.

mod check;
pub(super) mod read;
#[cfg(test)]
mod tests;
pub(super) mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::finding::{Finding, Severity};
use crate::config::lookups::Lookups;
use crate::config::published::CallbackSettings;
use crate::ids::{EntryId, MenuId, NodeId};
use crate::media::command::Codec;

/// The reference manual, which is the defaults at the same time.
pub const DEFAULTS: &str = include_str!("default.toml");

/// Settings of a server that fit together.
#[derive(Clone, PartialEq, Debug)]
pub struct ServerConfig {
    pub node: NodeId,
    pub sip: SipConfig,
    pub media: MediaConfig,
    pub http: HttpConfig,
    pub storage: StorageConfig,
    /// Entries that are answered and not recorded.
    pub exempt_entries: BTreeSet<EntryId>,
    /// Directory of keys and tokens.
    pub secrets: PathBuf,
    pub directories: Directories,
    pub publishing: PublishingConfig,
    pub limits: LimitsConfig,
    /// Systems that menus may ask.
    pub lookups: Lookups,
    /// What is allowed and worth a look; the server logs these at its start.
    pub warnings: Vec<Finding>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SipConfig {
    /// UDP and TCP.
    pub listen: SocketAddr,
    /// As configured; port 0 means the port that is listened on.
    public_address: Option<SocketAddr>,
    pub entries: BTreeMap<EntryId, MenuId>,
    /// Static gateways by name.
    pub trunks: BTreeMap<String, SocketAddr>,
    pub outgoing: Outgoing,
    pub realm: String,
    pub tcp_connections: usize,
    pub tcp_idle: Duration,
    /// Longest message over TCP, in bytes.
    pub message_bytes: usize,
}

/// Whom the hotline may ring by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// A menu may send a call on to numbers that begin with one of these.
    pub transfer_prefixes: Vec<String>,
    pub callbacks: CallbackSettings,
}

impl SipConfig {
    /// Address that others reach us under, given the address the socket was bound to.
    pub fn public_address(&self, bound: SocketAddr) -> SocketAddr {
        match self.public_address {
            Some(public) if public.port() != 0 => public,
            Some(public) => SocketAddr::new(public.ip(), bound.port()),
            None => bound,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MediaConfig {
    /// Address RTP sockets are bound to.
    pub bind: IpAddr,
    /// Address written into SDP.
    pub public_ip: IpAddr,
    /// First even port to last odd port: whole pairs.
    pub ports: RangeInclusive<u16>,
    pub workers: u8,
    /// In the order of preference; never empty.
    pub codecs: Vec<Codec>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HttpConfig {
    pub listen: SocketAddr,
    pub management: SocketAddr,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StorageConfig {
    pub directory: PathBuf,
    /// SQLite file of the call index.
    pub index: PathBuf,
    /// Root of finished recordings.
    pub archive: PathBuf,
}

impl StorageConfig {
    pub fn journal(&self) -> PathBuf {
        self.directory.join("journal")
    }

    pub fn spool(&self) -> PathBuf {
        self.directory.join("spool")
    }

    /// Agents and devices.
    pub fn people(&self) -> PathBuf {
        self.directory.join("people.sqlite")
    }

    pub fn control_socket(&self) -> PathBuf {
        self.directory.join("control.sock")
    }
}

/// Where drafts stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Directories {
    pub menus: PathBuf,
    pub prompts: PathBuf,
    /// A file.
    pub queues: PathBuf,
    /// A file that need not be there.
    pub calendar: PathBuf,
    /// A file that need not be there.
    pub plans: PathBuf,
}

/// How drafts come in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PublishingConfig {
    /// One person proposes a snapshot, another one puts it in force.
    pub two_persons: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LimitsConfig {
    /// Calls at once.
    pub calls: u32,
    pub drain_deadline: Duration,
}

impl ServerConfig {
    /// The file over the defaults; the defaults alone without a file.
    pub fn load(path: Option<&Path>) -> Result<ServerConfig, Vec<Finding>> {
        let Some(path) = path else { return Self::from_text("", Path::new("default.toml")) };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_text(&text, path),
            Err(error) => Err(vec![unreadable(path, &error)]),
        }
    }

    /// As `load`, with the text given; `path` is where it stands (relative paths start there).
    pub fn from_text(text: &str, path: &Path) -> Result<ServerConfig, Vec<Finding>> {
        let mut reader = read::Reader::new(text, path);
        let config = check::checked(&mut reader);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            reader.finish().into_iter().partition(|finding| finding.severity == Severity::Error);
        if errors.is_empty() {
            Ok(ServerConfig { warnings, ..config })
        } else {
            Err(errors.into_iter().chain(warnings).collect())
        }
    }

    /// Loopback, every port chosen by the system, everything written under `dir`.
    pub fn for_tests(dir: &Path) -> ServerConfig {
        let mut config = Self::from_text("", Path::new("default.toml"))
            .expect("the embedded defaults are checked by a test");
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        config.sip.listen = anywhere;
        config.http = HttpConfig { listen: anywhere, management: anywhere };
        config.media.workers = 1;
        config.storage = StorageConfig {
            directory: dir.to_owned(),
            index: dir.join("index.sqlite"),
            archive: dir.join("recordings"),
        };
        config.secrets = dir.join("secrets");
        config
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Finding {
    Finding {
        rule: "config-unreadable",
        source: "",
        severity: Severity::Error,
        file: path.display().to_string(),
        span: 0..0,
        line: 1,
        column: 1,
        message: format!("the configuration cannot be read: {error}"),
        help: "Give an existing file with --config, or start in the directory that holds ops/hotline.toml."
            .to_owned(),
    }
}
