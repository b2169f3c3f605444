//! The description of the API. The shapes of answers belong to cores that know nothing of HTTP, so
//! they are described here; a test compares the description with what is really sent.

use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi as Document, SecurityRequirement};
use utoipa::{OpenApi, ToSchema};

use super::{api, callers, error, people, plans};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "hotline",
        description = "What operations and agents' desks may ask of a running hotline. \
            Every request but this document needs a bearer token; roles include the ones before: \
            viewer, agent, supervisor, operator."
    ),
    paths(
        api::status,
        api::drain,
        api::queues,
        api::calls,
        api::live_calls,
        api::call,
        callers::list,
        callers::import,
        plans::list,
        plans::start,
        plans::stop,
        api::callbacks,
        people::agents,
        people::sign_in,
        people::sign_out,
        people::ready,
        people::not_ready
    ),
    components(schemas(error::ErrorBody))
)]
struct Api;

/// The document served at `/api/openapi.json`.
pub(super) fn document() -> Document {
    let mut document = Api::openapi();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    document.components = Some(ComponentsBuilder::from(components).security_scheme("token", bearer).build());
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    document
}

#[derive(Serialize, ToSchema)]
#[schema(as = Done)]
pub(super) struct DoneDoc {
    done: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Imported)]
pub(super) struct ImportedDoc {
    written: u32,
    removed: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Caller)]
pub(super) struct CallerDoc {
    /// The last four digits of the number.
    ends: String,
    /// `vip`, `blocked`, `elderly`.
    lists: Vec<String>,
    language: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Plan)]
pub(super) struct PlanDoc {
    plan: String,
    /// It stands in the published plans.
    declared: bool,
    /// `surge`, `system_failure`, `disaster`, `incident`.
    kind: Option<String>,
    /// By which it is chosen on a telephone.
    number: Option<u8>,
    /// One person proposes it, another one puts it in force.
    two_persons: bool,
    in_force: Option<InForceDoc>,
    /// Waits for a second person.
    proposed: Option<InForceDoc>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = InForce)]
pub(super) struct InForceDoc {
    /// Milliseconds since 1970, UTC.
    since: i64,
    by: String,
    reason: String,
    /// When it ends by itself, or when a proposal is forgotten.
    until: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Status)]
pub(super) struct StatusDoc {
    /// Calls under way.
    calls: u32,
    /// No new calls are taken.
    draining: bool,
    /// Published snapshot in force for new calls; 0 = none.
    config_version: u32,
    /// Number of the last event that this answer takes into account.
    journal_seq: u64,
    /// `journal`, `spool`, `index`, `archive`, `media_ports`, `media_worker`, `calendar`.
    alarms: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct QueueDoc {
    queue: String,
    /// Callers waiting.
    waiting: u32,
    oldest_wait_s: f64,
    /// Absent while there is nothing honest to say.
    estimated_wait_s: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub(super) struct AgentDoc {
    /// Work number.
    agent: String,
    /// Telephone the agent is signed in at.
    device: Option<String>,
    state: AgentStateDoc,
    queues: Vec<String>,
    /// Seconds in this state.
    since_s: f64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AgentState)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes what another type sends")]
pub(super) enum AgentStateDoc {
    LoggedOut,
    NotReady { reason: String },
    Ready,
    Offered,
    Talking,
    Hold,
    WrapUp,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Call)]
pub(super) struct CallDoc {
    /// Call id, e.g. `1-7-42`.
    call: String,
    /// Dialled number.
    entry: String,
    /// `ringing`, `menu`, `waiting`, `offered`, `talking`, `message`, `ending`.
    phase: String,
    queue: Option<String>,
    /// Work number.
    agent: Option<String>,
    /// Seconds since the call arrived.
    seconds: f64,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::acd::api::{AgentView, QueueView};
    use crate::config::plans::PlanKind;
    use crate::engine::command::{CallView, InForce, PlanView, Status};
    use crate::event::AgentState;
    use crate::ids::{BootId, CallId, ConfigVersion, NodeId, Seq};
    use crate::io::people::CallerRecord;
    use crate::now::Wall;
    use crate::sealed::Redacted;

    fn keys(value: &Value) -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_description_is_of_what_is_really_sent() {
        let document = serde_json::to_value(document()).unwrap();
        let described = |name: &str| keys(&document["components"]["schemas"][name]["properties"]);
        let sent = |value: Value| keys(&value);
        let status = Status {
            calls: 0,
            draining: false,
            config_version: ConfigVersion(0),
            journal_seq: Seq(0),
            alarms: Vec::new(),
        };
        assert_eq!(described("Status"), sent(serde_json::to_value(status).unwrap()));
        let queue =
            QueueView { queue: "q".into(), waiting: 0, oldest_wait_s: 0.0, estimated_wait_s: Some(1.0) };
        assert_eq!(described("Queue"), sent(serde_json::to_value(queue).unwrap()));
        let agent = AgentView {
            agent: "1".into(),
            device: None,
            state: AgentState::Ready,
            queues: Vec::new(),
            since_s: 0.0,
        };
        assert_eq!(described("Agent"), sent(serde_json::to_value(agent).unwrap()));
        let in_force =
            || InForce { since: Wall(0), by: "Li".to_owned(), reason: "rain".to_owned(), until: None };
        let plan = PlanView {
            plan: "storm".into(),
            declared: true,
            kind: Some(PlanKind::Disaster),
            number: Some(3),
            two_persons: true,
            in_force: Some(in_force()),
            proposed: None,
        };
        assert_eq!(described("Plan"), sent(serde_json::to_value(plan).unwrap()));
        assert_eq!(described("InForce"), sent(serde_json::to_value(in_force()).unwrap()));
        let caller = CallerRecord {
            number: Redacted("13800138000".to_owned()),
            name: None,
            lists: Default::default(),
            language: None,
        };
        assert_eq!(described("Caller"), sent(callers::shown(&caller)));
        let call = CallView {
            call: CallId { node: NodeId(1), boot: BootId(1), n: 1 },
            entry: "95599".into(),
            phase: "menu".to_owned(),
            queue: None,
            agent: None,
            seconds: 0.0,
        };
        assert_eq!(described("Call"), sent(serde_json::to_value(call).unwrap()));
    }

    #[test]
    fn every_path_asks_for_a_token() {
        let document = serde_json::to_value(document()).unwrap();
        assert_eq!(document["security"][0]["token"], serde_json::json!([]));
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        assert_eq!(document["paths"].as_object().unwrap().len(), 16);
    }
}
