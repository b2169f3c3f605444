//! Where commands from outside come in: rights first, then secrets, then the engine.
//!
//! HTTP and the control socket both go through here, so that neither can be more generous.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use crate::config::finding::Finding;
use crate::engine::CallerBook;
use crate::engine::command::{Command, PublishRequest, Reply, SignInRequest};
use crate::event::{Actor, Role};
use crate::ids::ConfigVersion;
use crate::io::handle::{EngineHandle, Unavailable};
use crate::io::people::{Directory, People, PeopleError, SecretCheck};
use crate::io::tokens::{self, Forbidden};

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the server does with files, beside the engine. Rights have been checked.
pub trait Operations: Send + Sync + 'static {
    /// Check the drafts, make a snapshot, put it in force. The value is shown to who asked.
    fn publish(&self, request: PublishRequest, actor: Actor) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Put an earlier snapshot in force; the one before the present one if none is named.
    fn rollback(
        &self,
        version: Option<ConfigVersion>,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Put a proposed snapshot in force: by another person than proposed it.
    fn confirm(
        &self,
        version: ConfigVersion,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Agents or devices were imported: take them in force.
    fn directory_changed(&self, directory: Directory, actor: Actor) -> BoxFuture<'_, ()>;

    /// Lists of callers were imported: take them in force.
    fn callers_changed(&self, book: CallerBook, actor: Actor) -> BoxFuture<'_, ()>;

    /// Stop at once, as the second SIGTERM does.
    fn shutdown(&self, actor: Actor);
}

/// Why an operation did not happen.
#[derive(Debug)]
pub enum Failure {
    Findings(Vec<Finding>),
    /// In words for a person: what failed, and what to do.
    Refused(String),
}

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error("{0}")]
    Refused(String),
    #[error("work number and secret do not fit together")]
    WrongSecret,
    #[error("too many wrong secrets; try again in {} s", .0.as_secs().max(1))]
    Locked(Duration),
    #[error(transparent)]
    People(#[from] PeopleError),
}

/// Clone freely.
#[derive(Clone)]
pub struct Gate {
    engine: EngineHandle,
    people: People,
}

impl Gate {
    pub fn new(engine: EngineHandle, people: People) -> Self {
        Gate { engine, people }
    }

    pub fn people(&self) -> &People {
        &self.people
    }

    /// Any command but a sign-in, whose secret is verified by [`Gate::sign_in`].
    pub async fn command(&self, actor: Actor, command: Command) -> Result<Reply, GateError> {
        tokens::authorise_command(&actor, &command)?;
        match self.engine.ask(actor, command).await? {
            Reply::Refused(why) => Err(GateError::Refused(why)),
            reply => Ok(reply),
        }
    }

    /// Verifies the person's secret, then signs them in.
    pub async fn sign_in(&self, actor: Actor, request: SignInRequest) -> Result<Reply, GateError> {
        let SignInRequest { agent, device, secret } = request;
        let command = Command::SignIn { agent: agent.clone(), device };
        tokens::authorise_command(&actor, &command)?;
        match self.people.check_secret(&agent, &secret).await? {
            SecretCheck::Right => self.command(actor, command).await,
            SecretCheck::Wrong => Err(GateError::WrongSecret),
            SecretCheck::Locked(left) => Err(GateError::Locked(left)),
        }
    }

    /// Signs somebody in by the right of operations, who could give them a new secret anyway.
    pub async fn sign_in_for(&self, actor: Actor, command: Command) -> Result<Reply, GateError> {
        tokens::authorise(&actor, Role::Operator)?;
        self.command(actor, command).await
    }
}

/// What a reply carries, without its name.
pub fn payload(reply: Reply) -> Value {
    let value = match reply {
        Reply::Status(status) => serde_json::to_value(status),
        Reply::Agents(agents) => serde_json::to_value(agents),
        Reply::Queues(queues) => serde_json::to_value(queues),
        Reply::Calls(calls) => serde_json::to_value(calls),
        Reply::Plans(plans) => serde_json::to_value(plans),
        Reply::Proposed => Ok(serde_json::json!({ "proposed": true })),
        Reply::Done => Ok(serde_json::json!({ "done": true })),
        Reply::Refused(why) => Ok(serde_json::json!({ "refused": why })),
    };
    value.unwrap_or(Value::Null)
}
