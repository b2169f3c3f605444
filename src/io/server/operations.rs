//! What operations do with files: publish, roll back, import; and the stop.

use std::sync::Arc;

use serde_json::Value;

use super::{Control, Input};
use crate::config::published::{CallbackSettings, Published};
use crate::engine::Directory as EngineDirectory;
use crate::engine::command::{Command, PublishRequest};
use crate::event::Actor;
use crate::ids::ConfigVersion;
use crate::io::control::PublicationLine;
use crate::io::gate::{BoxFuture, Failure, Operations};
use crate::io::handle::EngineHandle;
use crate::io::people::Directory;
use crate::io::versions::{Drafts, Publication, Signature, Versions};

pub(super) struct ServerOperations {
    pub control: Arc<Control>,
    pub versions: Arc<Versions>,
    pub drafts: Drafts,
    /// Part of the server's settings, not of a snapshot.
    pub callback: CallbackSettings,
}

impl ServerOperations {
    /// Checks the drafts and brings them in force; what stands in the way stays with the drafts.
    pub fn publish_now(&self, actor: Actor, by: &str, reason: &str) -> Result<Publication, Failure> {
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = self.versions.publish(&self.drafts, signed);
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
        Arc::new(Published { callback: self.callback.clone(), ..published.clone() })
    }

    fn take_in_force(
        &self,
        actor: Actor,
        result: Result<Publication, Vec<crate::config::finding::Finding>>,
    ) -> Result<Publication, Failure> {
        match result {
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
    /// What was promised is told only when its event is on the disk for good.
    async fn confirm(&self, actor: Actor) -> Result<(), Failure> {
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
            self.confirm(actor).await.map(|()| value)
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
            self.confirm(actor).await.map(|()| value)
        })
    }

    fn directory_changed(&self, directory: Directory, actor: Actor) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let directory =
                EngineDirectory { agents: directory.agents, devices: directory.devices, imported: true };
            let input = Box::new(Input::Directory(Arc::new(directory)));
            let ordered = Input::Ordered { actor: actor.clone(), input };
            self.operations.control.tell_from_task(ordered).await;
            if let Err(error) = self.confirm(actor).await {
                tracing::warn!(?error, "an import is in force, but the server stops before it is journalled");
            }
        })
    }

    fn shutdown(&self, _actor: Actor) {
        self.operations.control.stop();
    }
}
