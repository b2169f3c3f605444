//! What operations do with files: publish, roll back, import; and the stop.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::{Control, Input};
use crate::config::calendar::Calendar;
use crate::config::published::{CallbackSettings, Published};
use crate::config::server::ServerConfig;
use crate::engine::command::{Command, PublishRequest};
use crate::engine::{CallerBook, Directory as EngineDirectory, Proposed};
use crate::event::Actor;
use crate::ids::ConfigVersion;
use crate::io::control::PublicationLine;
use crate::io::gate::{BoxFuture, Failure, Operations};
use crate::io::handle::EngineHandle;
use crate::io::people::Directory;
use crate::io::versions::{Became, Drafts, Publication, Signature, Versions};

pub(super) struct ServerOperations {
    pub control: Arc<Control>,
    pub versions: Arc<Versions>,
    pub drafts: Drafts,
    pub settings: OperationSettings,
    /// Of the version in force.
    pub calendar: Mutex<Option<Arc<Calendar>>>,
}

/// What publishing takes from the server's settings.
pub(super) struct OperationSettings {
    callback: CallbackSettings,
    two_persons: bool,
}

impl OperationSettings {
    pub fn of(config: &ServerConfig) -> OperationSettings {
        let callback = config.sip.outgoing.callbacks.clone();
        OperationSettings { callback, two_persons: config.publishing.two_persons }
    }
}

impl ServerOperations {
    /// Checks the drafts and brings them in force; what stands in the way stays with the drafts.
    pub fn publish_now(&self, actor: Actor, by: &str, reason: &str) -> Result<Publication, Failure> {
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = match self.settings.two_persons {
            false => self.versions.publish(&self.drafts, signed),
            true => self.versions.propose(&self.drafts, signed),
        };
        self.take_in_force(actor, result)
    }

    fn confirm_now(
        &self,
        actor: Actor,
        version: ConfigVersion,
        (by, reason): (&str, &str),
    ) -> Result<Publication, Failure> {
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = self.versions.confirm(version, signed);
        self.take_in_force(actor, result)
    }

    fn rollback_now(
        &self,
        actor: Actor,
        version: Option<ConfigVersion>,
        by: &str,
        reason: &str,
    ) -> Result<Publication, Failure> {
        let to = version
            .or_else(|| self.versions.previous())
            .ok_or_else(|| Failure::Refused("there is no version before this one".into()))?;
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = self.versions.rollback(to, signed);
        self.take_in_force(actor, result)
    }

    /// A snapshot as the engine runs it.
    pub fn ready(&self, published: &Published) -> Arc<Published> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&published.calendar);
        Arc::new(Published { callback: self.settings.callback.clone(), ..published.clone() })
    }

    pub fn calendar(&self) -> Option<Arc<Calendar>> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take_in_force(
        &self,
        actor: Actor,
        result: Result<Publication, Vec<crate::config::finding::Finding>>,
    ) -> Result<Publication, Failure> {
        match result {
            Ok(publication) if publication.became == Became::Proposed => {
                let Published { version, by, reason, digest, .. } = publication.published.clone();
                let proposed = Box::new(Proposed { version, by, reason, digest });
                self.control.tell_ordered(actor, Input::PublishProposed(proposed));
                Ok(publication)
            }
            Ok(publication) => {
                self.control.tell_ordered(actor, Input::Published(self.ready(&publication.published)));
                Ok(publication)
            }
            Err(findings) => {
                let count = u32::try_from(findings.len()).unwrap_or(u32::MAX);
                for finding in &findings {
                    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
                    tracing::warn!(rule = finding.rule, place, "{}: {}", finding.message, finding.help);
                }
                tracing::warn!(findings = count, "drafts are not published; the version in force stays");
                self.control.tell_ordered(actor, Input::PublishRefused { findings: count });
                Err(Failure::Findings(findings))
            }
        }
    }
}

/// Who asks, in the words of a version's signature.
fn signature(actor: &Actor) -> String {
    match actor {
        Actor::Token { name, .. } => name.clone(),
        Actor::Peer { uid } => format!("uid {uid}"),
        Actor::Agent(agent) => agent.to_string(),
        Actor::Server | Actor::Caller => "server".into(),
    }
}

fn shown(publication: &Publication) -> Value {
    serde_json::to_value(PublicationLine::from(publication)).unwrap_or_default()
}

/// Runs file work off the async threads.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Failure::Refused("the work broke off; see the server's log".into())),
    }
}

/// [`ServerOperations`] to be shared with tasks.
#[derive(Clone)]
pub(super) struct SharedOperations {
    pub operations: Arc<ServerOperations>,
    pub engine: EngineHandle,
}

impl SharedOperations {
    async fn import(&self, input: Input, actor: Actor) {
        let ordered = Input::Ordered { actor: actor.clone(), input: Box::new(input) };
        self.operations.control.tell_from_task(ordered).await;
        if let Err(error) = self.kept(actor).await {
            tracing::warn!(?error, "an import is in force, but the server stops before it is journalled");
        }
    }

    /// What was promised is told only when its event is on the disk for good.
    async fn kept(&self, actor: Actor) -> Result<(), Failure> {
        let confirmed = self.engine.ask(actor, Command::Confirm).await;
        confirmed.map(drop).map_err(|error| Failure::Refused(error.to_string()))
    }
}

impl Operations for SharedOperations {
    fn publish(&self, request: PublishRequest, actor: Actor) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let (operations, of) = (Arc::clone(&self.operations), actor.clone());
            let value = off_thread(move || {
                let by = if request.by.is_empty() { signature(&of) } else { request.by };
                let done = operations.publish_now(of, &by, &request.reason);
                done.map(|publication| shown(&publication))
            });
            let value = value.await?;
            self.kept(actor).await.map(|()| value)
        })
    }

    fn rollback(
        &self,
        version: Option<ConfigVersion>,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let (operations, of) = (Arc::clone(&self.operations), actor.clone());
            let value = off_thread(move || {
                let by = if request.by.is_empty() { signature(&of) } else { request.by };
                let done = operations.rollback_now(of, version, &by, &request.reason);
                done.map(|publication| shown(&publication))
            });
            let value = value.await?;
            self.kept(actor).await.map(|()| value)
        })
    }

    fn confirm(
        &self,
        version: ConfigVersion,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let (operations, of) = (Arc::clone(&self.operations), actor.clone());
            let value = off_thread(move || {
                let by = if request.by.is_empty() { signature(&of) } else { request.by };
                let done = operations.confirm_now(of, version, (&by, &request.reason));
                done.map(|publication| shown(&publication))
            });
            let value = value.await?;
            self.kept(actor).await.map(|()| value)
        })
    }

    fn callers_changed(&self, book: CallerBook, actor: Actor) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.import(Input::Callers(Arc::new(book)), actor).await })
    }

    fn directory_changed(&self, directory: Directory, actor: Actor) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let directory = EngineDirectory {
                agents: directory.agents,
                devices: directory.devices,
                announcers: directory.announcers,
                imported: true,
            };
            self.import(Input::Directory(Arc::new(directory)), actor).await;
        })
    }

    fn shutdown(&self, _actor: Actor) {
        self.operations.control.stop();
    }
}
