//! What a server keeps on its disk, opened in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::effects::on_finished;
use super::{House, restore};
use crate::config::server::ServerConfig;
use crate::engine::{LockSettings, Memory, PeopleSettings};
use crate::ids::{BootId, CallId};
use crate::io::finaliser::{Finaliser, FinaliserConfig};
use crate::io::index::{Index, Indexer};
use crate::io::journal::Journal;
use crate::io::keys::KeyTable;
use crate::io::people::People;
use crate::io::secrets::{Purpose, Secrets};
use crate::io::spool::{Places, SpoolDirectory};
use crate::io::versions::Versions;
use crate::sealed::Hasher;

/// Wait before a recording that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);

pub(super) struct Stores {
    pub secrets: Secrets,
    pub journal: Journal,
    pub boot: BootId,
    pub memory: Memory,
    pub keys: KeyTable,
    pub callers: PeopleSettings,
    pub people: People,
    pub versions: Arc<Versions>,
}

impl Stores {
    pub async fn open(config: &ServerConfig) -> anyhow::Result<Stores> {
        let secrets = Secrets::open_or_create(&config.secrets)?;
        let (journal, opened) = Journal::open(&config.storage.journal(), config.node)?;
        let mut keys = KeyTable::open(&secrets).context("the key table cannot be opened")?;
        let hasher = Hasher::new(secrets.key(Purpose::NumberHash).bytes());
        let callers = PeopleSettings { hasher, lock: LockSettings::default() };
        Ok(Stores {
            boot: opened.boot,
            memory: restore::memory(opened, &config.storage.journal(), &callers, &mut keys)?,
            keys,
            callers,
            people: People::open(&config.storage.people(), &config.secrets, &config.sip.realm).await?,
            versions: Arc::new(Versions::open(&config.storage.directory)?),
            secrets,
            journal,
        })
    }
}

/// Where sound goes, and where it is found again.
pub(super) struct Archive {
    pub spool: Arc<SpoolDirectory>,
    /// Calls in the spool that were left by the stop before.
    pub found: BTreeMap<CallId, Places>,
    pub finaliser: Arc<Finaliser>,
    pub index: Arc<Indexer>,
}

impl Archive {
    pub async fn open(house: &House, secrets: &Secrets, versions: &Arc<Versions>) -> anyhow::Result<Archive> {
        let storage = &house.config.storage;
        let (spool, found) = SpoolDirectory::open(&storage.spool(), secrets.key(Purpose::Spool))?;
        let finaliser = Arc::new(finaliser(house, &spool, Arc::clone(versions))?);
        let index = Indexer::spawn(Index::open(&storage.index).await?, &storage.journal());
        Ok(Archive { spool, found, finaliser, index: Arc::new(index) })
    }
}

fn finaliser(
    house: &House,
    spool: &Arc<SpoolDirectory>,
    versions: Arc<Versions>,
) -> anyhow::Result<Finaliser> {
    let config = FinaliserConfig {
        threads: 1,
        archive: house.config.storage.archive.clone(),
        spool: Arc::clone(spool),
        prompts: Arc::new(move |hash| versions.prompt_by_hash(hash)),
        retry: RETRY,
    };
    let (control, state) = (Arc::clone(&house.control), Arc::clone(&house.state));
    Finaliser::spawn(config, move |finished| on_finished(&control, &state, finished))
        .context("the archive of recordings cannot be written")
}
