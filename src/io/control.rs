//! The control socket: how the command line talks to the running server.
//!
//! A Unix socket for the server's own user and root; a request is a line of JSON, so is its reply.

mod client;
mod protocol;
#[cfg(test)]
mod tests;

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use client::{Client, ClientError};
pub use protocol::{ControlReply, ControlRequest, FindingLine, FindingsFound, PublicationLine};

use crate::engine::command::{Command, PublishRequest, SignInRequest};
use crate::event::{Actor, Role};
use crate::io::gate::{Failure, Gate, GateError, Operations, payload};
use crate::io::imports::{self, Import, Kind};
use crate::io::people::PeopleError;
use crate::io::tokens;
use crate::sealed::Redacted;

/// Longest request: an import of some ten thousand rows.
const LONGEST: u64 = 16 << 20;
const CONNECTIONS: usize = 16;
/// A connection that asks nothing for this long is closed.
const IDLE: Duration = Duration::from_secs(60);

/// The socket cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("{0} is in use by a running server; stop it first, or give this one another storage directory")]
    InUse(PathBuf),
    #[error("the control socket {0}: {1}; a path longer than 100 bytes cannot be a socket")]
    Io(PathBuf, io::Error),
}

/// The listening socket; its file goes when it is dropped.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Takes the place of a socket left behind by a server that is gone.
    pub fn bind(path: &Path) -> Result<ControlSocket, BindError> {
        let fail = |error| BindError::Io(path.to_owned(), error);
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(BindError::InUse(path.to_owned()));
        }
        // Bound under another name until nobody else may connect.
        let hidden = path.with_extension("new");
        remove(&hidden).map_err(fail)?;
        let listener = UnixListener::bind(&hidden).map_err(fail)?;
        std::fs::set_permissions(&hidden, PermissionsExt::from_mode(0o600)).map_err(fail)?;
        std::fs::rename(&hidden, path).map_err(fail)?;
        Ok(ControlSocket { listener, path: path.to_owned() })
    }

    /// Answers requests until it is dropped.
    pub async fn serve(self, gate: Gate, operations: Arc<dyn Operations>) {
        let served = Arc::new(Served { gate, operations });
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let served = served.clone();
                    tokio::spawn(async move {
                        if let Err(error) = served.connection(stream).await {
                            tracing::debug!(%error, "a connection to the control socket ended");
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "taking a connection to the control socket");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, "the control socket's file stays");
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

struct Served {
    gate: Gate,
    operations: Arc<dyn Operations>,
}

impl Served {
    async fn connection(&self, mut stream: UnixStream) -> io::Result<()> {
        let actor = Actor::Peer { uid: stream.peer_cred()?.uid() };
        let (reader, mut writer) = stream.split();
        let mut reader = BufReader::new(reader).take(0);
        let mut line = Vec::new();
        loop {
            line.clear();
            reader.set_limit(LONGEST);
            let Ok(read) = timeout(IDLE, reader.read_until(b'\n', &mut line)).await else { return Ok(()) };
            if read? == 0 {
                return Ok(());
            }
            let (reply, then) = if line.ends_with(b"\n") {
                self.answer(&actor, &line).await
            } else {
                (refused("the request is longer than 16 MiB or breaks off"), Then::Close)
            };
            let mut bytes = serde_json::to_vec(&reply).unwrap_or_default();
            bytes.push(b'\n');
            timeout(IDLE, writer.write_all(&bytes)).await??;
            match then {
                Then::Continue => {}
                Then::Close => return Ok(()),
                Then::Shutdown => self.operations.shutdown(actor.clone()),
            }
        }
    }

    async fn answer(&self, actor: &Actor, line: &[u8]) -> (ControlReply, Then) {
        let request: ControlRequest = match serde_json::from_slice(line) {
            Ok(request) => request,
            // The text of the error may quote the request: only its place is told.
            Err(error) => {
                let why = format!(
                    "the request is no command of this version (column {}); use the same version of the \
                     program for server and command line",
                    error.column()
                );
                return (refused(&why), Then::Continue);
            }
        };
        let shutdown = matches!(request, ControlRequest::Shutdown);
        match self.perform(actor.clone(), request).await {
            Ok(value) => (ControlReply::Done(value), if shutdown { Then::Shutdown } else { Then::Continue }),
            Err(Failure::Refused(why)) => (refused(&why), Then::Continue),
            Err(Failure::Findings(findings)) => {
                (ControlReply::Findings(findings.iter().map(FindingLine::from).collect()), Then::Continue)
            }
        }
    }

    async fn perform(&self, actor: Actor, request: ControlRequest) -> Result<Value, Failure> {
        let command = match request {
            ControlRequest::Status => Command::Status,
            ControlRequest::Agents => Command::Agents,
            ControlRequest::Queues => Command::Queues,
            ControlRequest::Calls => Command::Calls,
            ControlRequest::SignOut { agent } => Command::SignOut { agent },
            ControlRequest::Ready { agent } => Command::Ready { agent },
            ControlRequest::NotReady { agent, reason } => Command::NotReady { agent, reason },
            ControlRequest::Plans => Command::Plans,
            ControlRequest::StartPlan { plan, by, reason } => Command::StartPlan { plan, by, reason },
            ControlRequest::StopPlan { plan, by, reason } => Command::StopPlan { plan, by, reason },
            ControlRequest::Drain => Command::Drain,
            ControlRequest::SignIn { agent, device, secret } => {
                let signed_in = match secret.map(Redacted) {
                    Some(secret) => self.gate.sign_in(actor, SignInRequest { agent, device, secret }).await,
                    None => self.gate.sign_in_for(actor, Command::SignIn { agent, device }).await,
                };
                return signed_in.map(payload).map_err(failure);
            }
            ControlRequest::Publish { by, reason } => {
                operator(&actor)?;
                return self.operations.publish(PublishRequest { by, reason }, actor).await;
            }
            ControlRequest::Rollback { version, by, reason } => {
                operator(&actor)?;
                return self.operations.rollback(version, PublishRequest { by, reason }, actor).await;
            }
            ControlRequest::Confirm { version, by, reason } => {
                operator(&actor)?;
                return self.operations.confirm(version, PublishRequest { by, reason }, actor).await;
            }
            ControlRequest::ImportAgents { file, csv, mode } => {
                let import = Import { kind: Kind::Agents, file: &file, csv: &csv, mode };
                return self.import(actor, import).await;
            }
            ControlRequest::ImportDevices { file, csv, mode } => {
                let import = Import { kind: Kind::Devices, file: &file, csv: &csv, mode };
                return self.import(actor, import).await;
            }
            ControlRequest::ImportCallers { file, csv, mode } => {
                let import = Import { kind: Kind::Callers, file: &file, csv: &csv, mode };
                return self.import(actor, import).await;
            }
            ControlRequest::Shutdown => {
                operator(&actor)?;
                return Ok(serde_json::json!({ "done": true }));
            }
        };
        self.gate.command(actor, command).await.map(payload).map_err(failure)
    }

    async fn import(&self, actor: Actor, import: Import<'_>) -> Result<Value, Failure> {
        operator(&actor)?;
        let done = imports::import(self.gate.people(), &*self.operations, import, actor).await;
        Ok(serde_json::to_value(done.map_err(people_failure)?).unwrap_or(Value::Null))
    }
}

/// What becomes of the connection after its reply.
enum Then {
    Continue,
    Close,
    Shutdown,
}

fn operator(actor: &Actor) -> Result<(), Failure> {
    tokens::authorise(actor, Role::Operator).map_err(|error| Failure::Refused(error.to_string()))
}

fn refused(why: &str) -> ControlReply {
    ControlReply::Refused(why.to_owned())
}

fn failure(error: GateError) -> Failure {
    Failure::Refused(error.to_string())
}

fn people_failure(error: PeopleError) -> Failure {
    match error {
        PeopleError::Findings(findings) => Failure::Findings(findings),
        other => Failure::Refused(other.to_string()),
    }
}
