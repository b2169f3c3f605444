//! Bearer tokens of the API and the rights behind them.
//!
//! `tokens.toml` in the secrets directory holds names, roles and SHA-256 of the tokens, never a
//! token. It is read again when it changes, so that a token is revoked without a restart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::Deserialize;

use crate::engine::command::Command;
use crate::event::{Actor, Role};
use crate::ids::AgentId;
use crate::io::secrets::SecretsError;
use crate::io::{crypto, secrets};

pub const TABLE: &str = "tokens.toml";
pub const OPERATOR_TOKEN: &str = "operator.token";
/// More than thousands of tokens.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Secret(#[from] SecretsError),
    #[error(transparent)]
    Randomness(#[from] crypto::NoRandomness),
    #[error(
        "{0}: {1}; a token is `[NAME]` with sha256 = \"64 hexadecimal digits\", role = \"viewer\", \
         \"agent\", \"supervisor\" or \"operator\", and with role \"agent\" possibly agent = \"WORK NUMBER\""
    )]
    Table(PathBuf, String),
}

/// Why a request is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// No `Authorization: Bearer …`.
    Missing,
    Unknown,
}

/// The actor may not do this.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Forbidden {
    #[error("this needs the role {0:?}")]
    Role(Role),
    #[error("an agent's token acts for agent {0} only")]
    OtherAgent(AgentId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    sha256: String,
    role: Role,
    agent: Option<String>,
}

struct Known {
    sha256: [u8; 32],
    actor: Actor,
}

/// When the table was changed and how long it is: enough to see an edit.
type Stamp = Option<(SystemTime, u64)>;

pub struct Tokens {
    path: PathBuf,
    table: Mutex<(Stamp, Vec<Known>)>,
}

impl Tokens {
    /// Reads the table; at the first start makes one, with a token for operations in a file of its own.
    pub fn open(secrets: &Path) -> Result<Tokens, TokenError> {
        let path = secrets.join(TABLE);
        if !path.exists() {
            make_operator(secrets)?;
        }
        let stamp = stamp(&path);
        let known = read(&path)?;
        Ok(Tokens { path, table: Mutex::new((stamp, known)) })
    }

    /// Who speaks, by the value of the `Authorization` header.
    pub fn resolve(&self, authorization: Option<&str>) -> Result<Actor, Denied> {
        let (scheme, token) = authorization.and_then(|value| value.split_once(' ')).ok_or(Denied::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Denied::Missing);
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, token.trim().as_bytes());
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut table);
        let mut found = None;
        for known in &table.1 {
            if crypto::same(&known.sha256, digest.as_ref()) {
                found = Some(known.actor.clone());
            }
        }
        found.ok_or(Denied::Unknown)
    }

    /// A table that became unreadable leaves the one before in force, and says so once.
    fn refresh(&self, table: &mut (Stamp, Vec<Known>)) {
        let stamp = stamp(&self.path);
        if stamp == table.0 {
            return;
        }
        match read(&self.path) {
            Ok(known) => {
                tracing::info!(tokens = known.len(), "the table of tokens was read again");
                *table = (stamp, known);
            }
            Err(error) => {
                tracing::error!(%error, "the table of tokens is unreadable; the one before stays in force");
                table.0 = stamp;
            }
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn make_operator(directory: &Path) -> Result<(), TokenError> {
    secrets::make_directory(directory)?;
    let token = hex::encode(crypto::random::<32>()?);
    let file = directory.join(OPERATOR_TOKEN);
    if let Err(error) = std::fs::remove_file(&file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(SecretsError::Io { path: file, source: error }.into());
    }
    secrets::write_new(&file, format!("{token}\n").as_bytes())?;
    let sha256 = crypto::sha256_hex(token.as_bytes());
    let table = format!(
        "# Tokens of the API: a section each, with the SHA-256 of the token, never the token itself:\n\
         #   openssl rand -hex 32 | tee NAME.token | tr -d '\\n' | sha256sum\n\
         # Roles: viewer, agent, supervisor, operator, each including the ones before.\n\
         # An agent's own token: role = \"agent\" and agent = \"WORK NUMBER\".\n\n\
         [operator]\nsha256 = \"{sha256}\"\nrole = \"operator\"\n"
    );
    secrets::write_new(&directory.join(TABLE), table.as_bytes())?;
    tracing::info!(file = %file.display(), "a token for the API was made; it has the role operator");
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Known>, TokenError> {
    let wrong = |why: String| TokenError::Table(path.to_owned(), why);
    let text = String::from_utf8(secrets::read(path, LONGEST)?)
        .map_err(|_| wrong("this is no text in UTF-8".to_owned()))?;
    let entries: BTreeMap<String, Entry> =
        toml::from_str(&text).map_err(|e| wrong(e.message().to_owned()))?;
    let known = |(name, entry): (String, Entry)| {
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&entry.sha256, &mut sha256)
            .map_err(|_| wrong(format!("[{name}] sha256 is not 64 hexadecimal digits")))?;
        let actor = match (entry.role, entry.agent) {
            (Role::Agent, Some(agent)) => Actor::Agent(AgentId::from(agent.as_str())),
            (role, None) => Actor::Token { name, role },
            (_, Some(_)) => return Err(wrong(format!("[{name}] has an agent but not the role \"agent\""))),
        };
        Ok(Known { sha256, actor })
    };
    entries.into_iter().map(known).collect()
}

/// What an actor may do at most; nobody else gives commands from outside.
pub fn role(actor: &Actor) -> Option<Role> {
    match actor {
        Actor::Token { role, .. } => Some(*role),
        Actor::Agent(_) => Some(Role::Agent),
        Actor::Peer { .. } | Actor::Server => Some(Role::Operator),
        Actor::Caller => None,
    }
}

/// May the actor do what needs this role?
pub fn authorise(actor: &Actor, needed: Role) -> Result<(), Forbidden> {
    match role(actor) {
        Some(role) if role >= needed => Ok(()),
        _ => Err(Forbidden::Role(needed)),
    }
}

/// May the actor give this command? An agent changes nobody's state but their own.
pub fn authorise_command(actor: &Actor, command: &Command) -> Result<(), Forbidden> {
    authorise(actor, command.needs())?;
    let concerned = match command {
        Command::SignIn { agent, .. }
        | Command::SignOut { agent }
        | Command::Ready { agent }
        | Command::NotReady { agent, .. } => agent,
        Command::Status
        | Command::Agents
        | Command::Queues
        | Command::Calls
        | Command::Plans
        | Command::StartPlan { .. }
        | Command::StopPlan { .. }
        | Command::Drain
        | Command::Confirm => return Ok(()),
    };
    match actor {
        Actor::Agent(own) if own != concerned => Err(Forbidden::OtherAgent(own.clone())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(token: &str) -> String {
        format!("Bearer {token}")
    }

    #[test]
    fn the_first_start_makes_a_token_for_operations() {
        let dir = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(dir.path()).unwrap();
        let token = std::fs::read_to_string(dir.path().join(OPERATOR_TOKEN)).unwrap();
        let table = std::fs::read_to_string(dir.path().join(TABLE)).unwrap();
        assert!(!table.contains(token.trim()), "the token itself stands in its own file only");
        let actor = tokens.resolve(Some(&bearer(token.trim()))).unwrap();
        assert_eq!(actor, Actor::Token { name: "operator".to_owned(), role: Role::Operator });
        let again = Tokens::open(dir.path()).unwrap();
        assert_eq!(again.resolve(Some(&bearer(token.trim()))), Ok(actor), "the second start keeps it");
        for (header, denied) in [
            (None, Denied::Missing),
            (Some("Basic b3BlcmF0b3I="), Denied::Missing),
            (Some("Bearer"), Denied::Missing),
            (Some("Bearer "), Denied::Unknown),
            (Some("Bearer 0000"), Denied::Unknown),
        ] {
            assert_eq!(tokens.resolve(header), Err(denied), "{header:?}");
        }
    }

    #[test]
    fn an_edited_table_is_in_force_at_once_and_a_broken_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(dir.path()).unwrap();
        let path = dir.path().join(TABLE);
        let sha256 = crypto::sha256_hex(b"desk");
        std::fs::write(&path, format!("[desk]\nsha256 = \"{sha256}\"\nrole = \"agent\"\nagent = \"1001\"\n"))
            .unwrap();
        let agent = Actor::Agent("1001".into());
        assert_eq!(tokens.resolve(Some("bearer desk")), Ok(agent.clone()));
        std::fs::write(&path, "[desk]\nsha256 = 5\n").unwrap();
        assert_eq!(tokens.resolve(Some("Bearer desk")), Ok(agent));
        assert!(matches!(Tokens::open(dir.path()), Err(TokenError::Table(..))));
        std::fs::write(&path, "").unwrap();
        assert_eq!(tokens.resolve(Some("Bearer desk")), Err(Denied::Unknown), "revoked");
    }

    #[test]
    fn roles_include_the_ones_before_and_agents_act_for_themselves() {
        let token = |role| Actor::Token { name: "t".to_owned(), role };
        let ready = |agent: &str| Command::Ready { agent: agent.into() };
        assert!(authorise_command(&token(Role::Viewer), &Command::Status).is_ok());
        assert_eq!(authorise_command(&token(Role::Viewer), &ready("1")), Err(Forbidden::Role(Role::Agent)));
        assert!(authorise_command(&token(Role::Agent), &ready("1")).is_ok());
        assert_eq!(
            authorise_command(&token(Role::Agent), &Command::Drain),
            Err(Forbidden::Role(Role::Operator))
        );
        assert!(authorise_command(&token(Role::Operator), &Command::Calls).is_ok());
        assert!(authorise_command(&Actor::Agent("1".into()), &ready("1")).is_ok());
        assert_eq!(
            authorise_command(&Actor::Agent("1".into()), &ready("2")),
            Err(Forbidden::OtherAgent("1".into()))
        );
        assert!(authorise_command(&Actor::Peer { uid: 0 }, &Command::Drain).is_ok());
        assert!(authorise_command(&Actor::Caller, &Command::Status).is_err());
    }
}
