//! Agents and devices: `people.sqlite`, filled from CSV files.
//!
//! Agents' secrets are stored as argon2 hashes, devices' digest credentials sealed under a key
//! derived from the master key. An import is all or nothing.

mod callers;
mod credentials;
mod lockout;
pub mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tokio::sync::Semaphore;

use crate::acd::api::AgentProfile;
use crate::config::finding::Finding;
use crate::ids::{AgentId, DeviceId};
use crate::io::crypto;
use crate::io::secrets::{self, Purpose, SecretKey, Secrets, SecretsError};
use crate::sealed::{Hasher, Redacted};
use crate::sip::api::{DeviceAccount, DeviceKind};
pub use callers::CallerRecord;
use lockout::Lockout;
use table::{AgentRow, DeviceAccess, DeviceRow};

/// Secrets verified at once: argon2 takes 19 MiB and a processor each time.
const VERIFIED_AT_ONCE: usize = 2;

/// Everybody who may answer and every telephone, as the server takes it in force.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub agents: BTreeMap<AgentId, AgentProfile>,
    pub devices: Vec<DeviceAccount>,
    /// Who may record an emergency announcement by telephone.
    pub announcers: BTreeSet<AgentId>,
}

/// An agent with the name, for lists that staff look at.
#[derive(Clone, Debug)]
pub struct AgentRecord {
    pub name: Redacted<String>,
    pub profile: AgentProfile,
    pub announce: bool,
}

/// What becomes of those who are not in an imported file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// They stay.
    #[default]
    Merge,
    /// They are removed.
    Replace,
}

/// What an import did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Imported {
    pub written: u32,
    pub removed: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("the database of agents and devices: {0}; check that its disk is writable and not full")]
    Database(#[from] sqlx::Error),
    #[error("the database of agents and devices is of another version: {0}; use the program that wrote it")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error(transparent)]
    Secret(#[from] SecretsError),
    #[error(transparent)]
    Randomness(#[from] crypto::NoRandomness),
    #[error(transparent)]
    Hash(#[from] credentials::CannotHash),
    #[error("a thread of the server failed while verifying or hashing secrets")]
    Thread,
    #[error("the stored row of `{0}` is damaged; import it again")]
    Row(String),
    #[error("{} mistakes in the file; nothing was imported", .0.len())]
    Findings(Vec<Finding>),
}

/// Whether a person's secret is theirs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretCheck {
    Right,
    Wrong,
    /// Too many wrong ones; the time for which none is tried.
    Locked(Duration),
}

/// The database; clone freely.
#[derive(Clone)]
pub struct People {
    pool: SqlitePool,
    key: SecretKey,
    /// Of callers' numbers, as the key table and the engine make it.
    hasher: Hasher,
    realm: Arc<str>,
    lockout: Arc<Mutex<Lockout>>,
    verifying: Arc<Semaphore>,
}

impl People {
    /// Opens or makes the database; makes the master key at the first time.
    pub async fn open(database: &Path, secrets: &Path, realm: &str) -> Result<People, PeopleError> {
        if !database.exists() {
            if let Some(directory) = database.parent() {
                secrets::make_directory(directory)?;
            }
            secrets::write_new(database, b"")?;
        }
        let options = SqliteConnectOptions::new()
            .filename(database)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
        sqlx::migrate!("migrations/people").run(&pool).await?;
        let secrets = Secrets::open_or_create(secrets)?;
        Ok(People {
            pool,
            key: secrets.key(Purpose::People),
            hasher: Hasher::new(secrets.key(Purpose::NumberHash).bytes()),
            realm: Arc::from(realm),
            lockout: Arc::default(),
            verifying: Arc::new(Semaphore::new(VERIFIED_AT_ONCE)),
        })
    }

    /// Everything the server needs to route to people and to let telephones register.
    pub async fn directory(&self) -> Result<Directory, PeopleError> {
        let agents = self.agents().await?;
        let announcers = agents.iter().filter(|(_, agent)| agent.announce).map(|(id, _)| id.clone());
        Ok(Directory {
            announcers: announcers.collect(),
            devices: self.devices().await?,
            agents: agents.into_iter().map(|(id, agent)| (id, agent.profile)).collect(),
        })
    }

    /// All agents with their names.
    pub async fn agents(&self) -> Result<BTreeMap<AgentId, AgentRecord>, PeopleError> {
        let rows: Vec<(String, String, String, String, String, bool)> =
            sqlx::query_as("SELECT work_number, name, skills, queues, languages, announce FROM agents")
                .fetch_all(&self.pool)
                .await?;
        let mut agents = BTreeMap::new();
        for (number, name, skills, queues, languages, announce) in rows {
            let damaged = |_| PeopleError::Row(number.clone());
            let id = AgentId::from(number.as_str());
            let profile = AgentProfile {
                id: id.clone(),
                skills: serde_json::from_str(&skills).map_err(damaged)?,
                queues: serde_json::from_str(&queues).map_err(damaged)?,
                languages: serde_json::from_str(&languages).map_err(damaged)?,
            };
            agents.insert(id, AgentRecord { name: Redacted(name), profile, announce });
        }
        Ok(agents)
    }

    async fn devices(&self) -> Result<Vec<DeviceAccount>, PeopleError> {
        type Row = (String, Option<String>, Option<String>, Option<String>, Option<String>);
        let rows: Vec<Row> =
            sqlx::query_as("SELECT device, realm, ha1_sha256, ha1_md5, contact FROM devices ORDER BY device")
                .fetch_all(&self.pool)
                .await?;
        let account = |(device, realm, sha256, md5, contact): Row| {
            let id = DeviceId::from(device.as_str());
            let kind = match contact {
                Some(contact) => DeviceKind::Static { contact },
                None => self.registers(&id, realm.as_deref(), [sha256, md5]),
            };
            DeviceAccount { id, kind }
        };
        Ok(rows.into_iter().map(account).collect())
    }

    /// Credentials that cannot be used leave the telephone unable to register, and say so in the log.
    fn registers(&self, id: &DeviceId, realm: Option<&str>, sealed: [Option<String>; 2]) -> DeviceKind {
        if realm != Some(&*self.realm) {
            tracing::error!(device = %id, "its password was imported for another realm; import it again");
            return DeviceKind::Registers { ha1_sha256: None, ha1_md5: None };
        }
        let [sha256, md5] = sealed;
        let open = |algorithm, sealed: Option<String>| {
            let opened =
                sealed.and_then(|sealed| credentials::open(self.key.bytes(), id, algorithm, &sealed));
            if opened.is_none() {
                tracing::error!(device = %id, algorithm, "credentials do not open with the present master key; import them again");
            }
            opened
        };
        DeviceKind::Registers { ha1_sha256: open("SHA-256", sha256), ha1_md5: open("MD5", md5) }
    }

    /// Verifies an agent's secret; limited in how often and how many at once.
    pub async fn check_secret(
        &self,
        agent: &AgentId,
        secret: &Redacted<String>,
    ) -> Result<SecretCheck, PeopleError> {
        let stored: Option<String> = sqlx::query_scalar("SELECT secret FROM agents WHERE work_number = ?")
            .bind(agent.as_str())
            .fetch_optional(&self.pool)
            .await?;
        if stored.is_some() {
            let mut lockout = self.lockout.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(left) = lockout.begin(agent, tokio::time::Instant::now()) {
                return Ok(SecretCheck::Locked(left));
            }
        }
        let _permit = self.verifying.acquire().await.map_err(|_| PeopleError::Thread)?;
        let secret = secret.clone();
        let verified = tokio::task::spawn_blocking(move || credentials::verify(stored.as_deref(), &secret));
        if !verified.await.map_err(|_| PeopleError::Thread)? {
            return Ok(SecretCheck::Wrong);
        }
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner).succeeded(agent);
        Ok(SecretCheck::Right)
    }

    /// As [`People::check_secret`], for those who tell the person nothing more than yes or no.
    pub async fn verify_secret(&self, agent: &AgentId, secret: &Redacted<String>) -> bool {
        match self.check_secret(agent, secret).await {
            Ok(check) => check == SecretCheck::Right,
            Err(error) => {
                tracing::error!(%agent, %error, "a secret could not be verified");
                false
            }
        }
    }

    /// Takes in the rows of an agents' CSV file, or none of them. `file` is its name in findings.
    pub async fn import_agents(
        &self,
        file: &str,
        csv: &str,
        mode: ImportMode,
    ) -> Result<Imported, PeopleError> {
        let stored = self.names("SELECT work_number FROM agents").await?;
        let rows = table::agents(file, csv, &stored).map_err(PeopleError::Findings)?;
        let secrets: Vec<_> = rows.iter().filter_map(|row| row.secret.clone()).collect();
        let hashed = tokio::task::spawn_blocking(move || credentials::hash_all(&secrets));
        let mut hashes = hashed.await.map_err(|_| PeopleError::Thread)??.into_iter();
        let mut transaction = self.pool.begin().await?;
        for row in &rows {
            let hash = row.secret.as_ref().and_then(|_| hashes.next());
            write_agent(&mut transaction, row, hash).await?;
        }
        let kept: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let gone = absent(mode, &stored, &kept);
        for number in &gone {
            sqlx::query("DELETE FROM agents WHERE work_number = ?")
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(imported(rows.len(), gone.len()))
    }

    /// Takes in the rows of a devices' CSV file, or none of them.
    pub async fn import_devices(
        &self,
        file: &str,
        csv: &str,
        mode: ImportMode,
    ) -> Result<Imported, PeopleError> {
        let known = self.names("SELECT device FROM devices WHERE kind = 'registers'").await?;
        let stored = self.names("SELECT device FROM devices").await?;
        let rows = table::devices(file, csv, &known).map_err(PeopleError::Findings)?;
        let mut transaction = self.pool.begin().await?;
        for row in &rows {
            self.write_device(&mut transaction, row).await?;
        }
        let kept: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let gone = absent(mode, &stored, &kept);
        for device in &gone {
            sqlx::query("DELETE FROM devices WHERE device = ?")
                .bind(device)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(imported(rows.len(), gone.len()))
    }

    async fn write_device(
        &self,
        transaction: &mut sqlx::SqliteConnection,
        row: &DeviceRow,
    ) -> Result<(), PeopleError> {
        let (kind, sealed, contact) = match &row.access {
            DeviceAccess::Registers { password: None } => return Ok(()),
            DeviceAccess::Registers { password: Some(password) } => {
                let [sha256, md5] = credentials::ha1(&row.id, &self.realm, password);
                let seal = |algorithm, ha1| credentials::seal(self.key.bytes(), &row.id, algorithm, ha1);
                ("registers", Some([seal("SHA-256", &sha256)?, seal("MD5", &md5)?]), None)
            }
            DeviceAccess::Static { contact } => ("static", None, Some(contact)),
        };
        let realm = sealed.is_some().then_some(&*self.realm);
        let [sha256, md5] = sealed.map_or([None, None], |sealed| sealed.map(Some));
        sqlx::query("INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?)")
            .bind(row.id.as_str())
            .bind(kind)
            .bind(realm)
            .bind(sha256)
            .bind(md5)
            .bind(contact)
            .execute(transaction)
            .await?;
        Ok(())
    }

    async fn names(&self, query: &'static str) -> Result<BTreeSet<String>, PeopleError> {
        let names: Vec<String> = sqlx::query_scalar(query).fetch_all(&self.pool).await?;
        Ok(names.into_iter().collect())
    }

    /// The agents as a CSV file that can be imported again; secrets are left empty, which keeps them.
    pub async fn export_agents(&self) -> Result<String, PeopleError> {
        let mut lines = vec![table::AGENT_COLUMNS.map(str::to_owned).to_vec()];
        for (id, AgentRecord { name, profile, announce }) in self.agents().await? {
            let skills = profile.skills.iter().map(|(skill, level)| format!("{skill}={level}"));
            lines.push(vec![
                id.to_string(),
                name.reveal().clone(),
                String::new(),
                skills.collect::<Vec<_>>().join(";"),
                joined(&profile.queues),
                joined(&profile.languages),
                if announce { "yes" } else { "no" }.to_owned(),
            ]);
        }
        Ok(written(&lines))
    }

    /// The devices as a CSV file that can be imported again; passwords are left empty, which keeps them.
    pub async fn export_devices(&self) -> Result<String, PeopleError> {
        let rows: Vec<(String, String, Option<String>)> =
            sqlx::query_as("SELECT device, kind, contact FROM devices ORDER BY device")
                .fetch_all(&self.pool)
                .await?;
        let mut lines = vec![table::DEVICE_COLUMNS.map(str::to_owned).to_vec()];
        lines.extend(rows.into_iter().map(|(id, kind, contact)| vec![id, kind, contact.unwrap_or_default()]));
        Ok(written(&lines))
    }
}

async fn write_agent(
    transaction: &mut sqlx::SqliteConnection,
    row: &AgentRow,
    hash: Option<String>,
) -> Result<(), PeopleError> {
    let json = |list: serde_json::Result<String>| list.map_err(|_| PeopleError::Row(row.id.to_string()));
    sqlx::query(
        "INSERT INTO agents (work_number, name, secret, skills, queues, languages, announce)
         VALUES (?1, ?2, coalesce(?3, (SELECT secret FROM agents WHERE work_number = ?1)), ?4, ?5, ?6, ?7)
         ON CONFLICT (work_number) DO UPDATE SET name = excluded.name, secret = excluded.secret,
             skills = excluded.skills, queues = excluded.queues, languages = excluded.languages,
             announce = excluded.announce",
    )
    .bind(row.id.as_str())
    .bind(row.name.reveal())
    .bind(hash)
    .bind(json(serde_json::to_string(&row.skills))?)
    .bind(json(serde_json::to_string(&row.queues))?)
    .bind(json(serde_json::to_string(&row.languages))?)
    .bind(row.announce)
    .execute(transaction)
    .await?;
    Ok(())
}

fn absent(mode: ImportMode, stored: &BTreeSet<String>, kept: &BTreeSet<&str>) -> Vec<String> {
    match mode {
        ImportMode::Merge => Vec::new(),
        ImportMode::Replace => stored.iter().filter(|name| !kept.contains(name.as_str())).cloned().collect(),
    }
}

fn imported(written: usize, removed: usize) -> Imported {
    let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Imported { written: count(written), removed: count(removed) }
}

fn joined<T: std::fmt::Display>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

fn written(lines: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).expect("writing to memory does not fail, and every line is of one length");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("made of texts")
}
