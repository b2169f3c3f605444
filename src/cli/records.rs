//! What `calls` and `recordings` share: where the records are, and how numbers are shown.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::server::ServerConfig;
use crate::event::Event;
use crate::ids::CallId;
use crate::io::index::Index;
use crate::io::keys::KeyTable;
use crate::io::secrets::Secrets;
use crate::record::row::CallRow;
use crate::sealed::{CallerNumber, Sealed};

/// Paths of the records of a server; read here, never written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Storage {
    pub journal: PathBuf,
    pub index: PathBuf,
    pub recordings: PathBuf,
    pub secrets: PathBuf,
}

impl Storage {
    /// The usual layout under one directory (`var/`).
    pub fn under(directory: &Path) -> Self {
        Storage {
            journal: directory.join("journal"),
            index: directory.join("index.sqlite"),
            recordings: directory.join("recordings"),
            secrets: directory.join("secrets"),
        }
    }

    pub fn of(config: &ServerConfig) -> Self {
        Storage {
            journal: config.storage.journal(),
            index: config.storage.index.clone(),
            recordings: config.storage.archive.clone(),
            secrets: config.secrets.clone(),
        }
    }

    pub async fn open_index(&self) -> anyhow::Result<Index> {
        let opened = Index::open_read_only(&self.index).await;
        opened.with_context(|| format!("no index at {}: has the server run here?", self.index.display()))
    }

    pub fn open_keys(&self) -> anyhow::Result<KeyTable> {
        let secrets = Secrets::open(&self.secrets)?;
        KeyTable::open_read_only(&secrets)
            .with_context(|| format!("the key table in {} cannot be read", self.secrets.display()))
    }
}

/// Whether callers' numbers are opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Numbers {
    #[default]
    Sealed,
    /// Asked for by name.
    Opened,
}

/// Opens callers' numbers, if that was asked for.
pub struct NumberOpener(Option<KeyTable>);

impl NumberOpener {
    pub fn new(storage: &Storage, numbers: Numbers) -> anyhow::Result<Self> {
        Ok(NumberOpener(match numbers {
            Numbers::Sealed => None,
            Numbers::Opened => Some(storage.open_keys()?),
        }))
    }

    /// The number, or a word on why there is none to be seen.
    pub fn caller(&mut self, row: &CallRow) -> anyhow::Result<String> {
        self.open(row.call, row.caller.as_ref())
    }

    /// The same for any number of a call.
    pub fn open(&mut self, call: CallId, sealed: Option<&Sealed<CallerNumber>>) -> anyhow::Result<String> {
        let (Some(keys), Some(sealed)) = (&mut self.0, sealed) else {
            return Ok("(sealed)".to_owned());
        };
        let Some(key) = keys.get(call)? else { return Ok("(erased)".to_owned()) };
        Ok(sealed.open(&key).unwrap_or_else(|_| "(altered)".to_owned()))
    }
}

/// Fields of events that hold something sealed.
const SEALED: &[(&str, &str)] = &[
    ("call_arrived", "caller"),
    ("digits_collected", "value"),
    ("caller_verified", "identity"),
    ("verification_failed", "identity"),
    ("callback_promised", "number"),
    ("transfer_started", "number"),
];
const COMPLAINT: (&str, &str) = ("complaint_taken", "answers");

/// An event as one line: its name, then its fields as `name=value`. Sealed values stay sealed.
pub fn describe(event: &Event) -> anyhow::Result<String> {
    let mut fields = match serde_json::to_value(&event.kind)? {
        serde_json::Value::Object(fields) => fields,
        other => return Ok(other.to_string()),
    };
    let name = fields.remove("event");
    let mut line = name.as_ref().and_then(|n| n.as_str()).unwrap_or("?").to_owned();
    let kind = line.clone();
    for (field, value) in fields {
        let text = match value {
            _ if SEALED.contains(&(kind.as_str(), field.as_str())) => "(sealed)".to_owned(),
            // What was keyed in is sealed; the steps are not.
            serde_json::Value::Array(answers) if (kind.as_str(), field.as_str()) == COMPLAINT => {
                let steps = answers.iter().filter_map(|answer| answer["step"].as_str());
                steps.map(|step| format!("{step}=(sealed)")).collect::<Vec<_>>().join(",")
            }
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        line.push_str(&format!("  {field}={text}"));
    }
    Ok(line)
}

/// `1:02:03` or `2:03`.
pub fn length(ms: u64) -> String {
    let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}
