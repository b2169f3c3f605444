//! What operations do with files: publish, roll back, import; and the stop.

use std::sync::Arc;

use serde_json::Value;

use super::{Control, Input};
use crate::engine::Directory as EngineDirectory;
use crate::engine::command::PublishRequest;
use crate::event::Actor;
use crate::ids::ConfigVersion;
use crate::io::control::PublicationLine;
use crate::io::gate::{BoxFuture, Failure, Operations};
use crate::io::people::Directory;
use crate::io::versions::{Drafts, Publication, Signature, Versions};

pub(super) struct ServerOperations {
    pub control: Arc<Control>,
    pub versions: Arc<Versions>,
    pub drafts: Drafts,
}

impl ServerOperations {
    /// Checks the drafts and brings them in force; what stands in the way stays with the drafts.
    pub fn publish_now(&self, by: &str, reason: &str) -> Result<Publication, Failure> {
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = self.versions.publish(&self.drafts, signed);
        self.take_in_force(result)
    }

    fn rollback_now(
        &self,
        version: Option<ConfigVersion>,
        by: &str,
        reason: &str,
    ) -> Result<Publication, Failure> {
        let to = version
            .or_else(|| self.versions.previous())
            .ok_or_else(|| Failure::Refused("there is no version before this one".into()))?;
        let signed = Signature { by, reason, at: self.control.clock.now().wall };
        let result = self.versions.rollback(to, signed);
        self.take_in_force(result)
    }

    fn take_in_force(
        &self,
        result: Result<Publication, Vec<crate::config::finding::Finding>>,
    ) -> Result<Publication, Failure> {
        match result {
            Ok(publication) => {
                let published = Arc::new(publication.published.clone());
                self.control.tell(Input::Published(published));
                Ok(publication)
            }
            Err(findings) => {
                let count = u32::try_from(findings.len()).unwrap_or(u32::MAX);
                for finding in &findings {
                    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
                    tracing::warn!(rule = finding.rule, place, "{} {}", finding.message, finding.help);
                }
                tracing::warn!(findings = count, "drafts are not published; the version in force stays");
                self.control.tell(Input::PublishRefused { findings: count });
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
pub(super) struct SharedOperations(pub Arc<ServerOperations>);

impl Operations for SharedOperations {
    fn publish(&self, request: PublishRequest, actor: Actor) -> BoxFuture<'_, Result<Value, Failure>> {
        let operations = Arc::clone(&self.0);
        Box::pin(off_thread(move || {
            let by = if request.by.is_empty() { signature(&actor) } else { request.by };
            operations.publish_now(&by, &request.reason).map(|publication| shown(&publication))
        }))
    }

    fn rollback(
        &self,
        version: Option<ConfigVersion>,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        let operations = Arc::clone(&self.0);
        Box::pin(off_thread(move || {
            let by = if request.by.is_empty() { signature(&actor) } else { request.by };
            let done = operations.rollback_now(version, &by, &request.reason);
            done.map(|publication| shown(&publication))
        }))
    }

    fn directory_changed(&self, directory: Directory, _actor: Actor) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let directory =
                EngineDirectory { agents: directory.agents, devices: directory.devices, imported: true };
            self.0.control.tell_from_task(Input::Directory(Arc::new(directory))).await;
        })
    }

    fn shutdown(&self, _actor: Actor) {
        self.0.control.stop();
    }
}
