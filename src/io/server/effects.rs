//! Effects of a real server: sockets, the finaliser, secrets, the index.

use std::net::SocketAddr;
use std::sync::Arc;

use super::{Control, Input};
use crate::engine::{AnnouncementOrder, FinaliseOrder, Verdict};
use crate::event::{Alarm, Event, EventKind};
use crate::ids::{AgentId, CallId, FlowId};
use crate::io::finaliser::{Ending, Failure, FinaliseJob, Finaliser, Finished};
use crate::io::index::Indexer;
use crate::io::lookup::LookupClient;
use crate::io::outbox::{Effects, OutboxState, Source};
use crate::io::people::People;
use crate::io::sip_tcp::SipTcp;
use crate::io::sip_udp::UdpSender;
use crate::io::spool::SpoolDirectory;
use crate::io::transport_metrics::TransportMetrics;
use crate::io::versions::Versions;
use crate::media::command::PromptTable;
use crate::menu::api::AskId;
use crate::menu::ask::Question;
use crate::sealed::Redacted;
use crate::sip::api::Count;

pub(super) struct ServerEffects {
    pub udp: UdpSender,
    pub tcp: SipTcp,
    pub metrics: Arc<TransportMetrics>,
    pub people: People,
    pub runtime: tokio::runtime::Handle,
    pub control: Arc<Control>,
    pub finaliser: Arc<Finaliser>,
    pub spool: Arc<SpoolDirectory>,
    pub index: Arc<Indexer>,
    pub lookups: LookupClient,
    pub versions: Arc<Versions>,
    /// Prompts are found by their hash among all published versions.
    pub prompts: Arc<PromptTable>,
}

impl Effects for ServerEffects {
    fn transmit(&mut self, flow: FlowId, bytes: Vec<u8>) {
        match flow {
            FlowId::Udp { remote } => self.udp.send(remote, &bytes),
            // The connection is closing; its end comes as an input.
            FlowId::Connection { id, .. } => drop(self.tcp.send(id, bytes)),
        }
    }

    fn connect(&mut self, remote: SocketAddr, bytes: Vec<u8>) {
        self.tcp.connect(remote, bytes);
    }

    fn count(&mut self, count: Count) {
        self.metrics.sip(&count);
    }

    fn verify_secret(&mut self, call: CallId, agent: AgentId, secret: Redacted<String>) {
        let (people, control) = (self.people.clone(), Arc::clone(&self.control));
        self.runtime.spawn(async move {
            let right = people.verify_secret(&agent, &secret).await;
            let verdict = if right { Verdict::Right } else { Verdict::Wrong };
            control.tell_from_task(Input::SecretVerified { call, verdict }).await;
        });
    }

    /// A call asks one question at a time, so there are never more of these tasks than calls; how many
    /// are under way at a service is bounded by the client.
    fn ask(&mut self, call: CallId, id: AskId, question: Question) {
        let (control, lookups) = (Arc::clone(&self.control), self.lookups.clone());
        self.runtime.spawn(async move {
            let result = lookups.ask(question).await;
            control.tell_from_task(Input::Answered { call, id, result }).await;
        });
    }

    fn promised(&mut self, call: CallId) -> Box<dyn FnOnce() + Send> {
        let control = Arc::clone(&self.control);
        Box::new(move || control.tell(Input::Kept { call }))
    }

    fn keep_announcement(&mut self, order: AnnouncementOrder) {
        let (versions, control) = (Arc::clone(&self.versions), Arc::clone(&self.control));
        self.runtime.spawn_blocking(move || {
            let at = control.clock.now().wall;
            let clip = versions.keep_announcement(&order, at).unwrap_or_else(|error| {
                tracing::error!(call = %order.call, %error, "an announcement by telephone cannot be kept");
                None
            });
            control.tell(Input::AnnouncementKept { call: order.call, clip });
        });
    }

    fn finalise(&mut self, order: FinaliseOrder) {
        let job = FinaliseJob {
            call: order.call,
            answered_at: order.answered,
            places: order.spool.into_iter().map(|spool| (order.worker, spool)).collect(),
            ending: Ending::Ended,
            prompts: Arc::clone(&self.prompts),
        };
        if let Err(job) = self.finaliser.submit(job) {
            // Its spool stays and the next start makes the recording.
            tracing::error!(call = %job.call, "too many recordings wait to be archived");
        }
    }

    fn discard_spool(&mut self, call: CallId) {
        self.spool.archived(call);
    }

    fn written(&mut self, events: &[Event]) {
        self.index.offer(events.into());
    }

    fn drained(&mut self) {
        self.control.stop.notify_one();
    }
}

/// What a finished (or failed) recording means to the engine and to the alarms.
pub(super) fn on_finished(control: &Control, state: &OutboxState, finished: Finished) {
    let call = finished.call;
    let result = match finished.result {
        Ok(archived) => {
            state.clear(Alarm::Archive, Source::Archiving);
            EventKind::RecordingArchived {
                file: archived.file,
                sha256: archived.sha256,
                length_ms: archived.length_ms,
                missing_ms: archived.missing_ms,
                masked_ms: archived.masked_ms,
            }
        }
        Err(Failure::Retrying { reason }) => {
            tracing::error!(%call, reason, "a recording cannot be archived yet");
            return state.raise(Alarm::Archive, Source::Archiving, reason);
        }
        Err(Failure::Final { reason }) => {
            tracing::error!(%call, reason, "a recording cannot be archived");
            EventKind::RecordingFailed { reason }
        }
    };
    control.tell(Input::Archived { call, result });
}
