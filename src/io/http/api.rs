//! The API under `/api/v1`: who may, then the gate, then JSON. Holds no decision of its own.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use super::error::{ApiError, ErrorBody};
use super::openapi::{self, CallDoc, DoneDoc, QueueDoc, StatusDoc};
use super::records::{CallFilter, Records};
use super::{callers, people, plans};
use crate::engine::command::Command;
use crate::event::Actor;
use crate::ids::CallId;
use crate::io::gate::{Gate, GateError, Operations, payload};
use crate::io::tokens::{self, Tokens};

/// What the API stands on.
pub struct Api {
    pub gate: Gate,
    pub tokens: Arc<Tokens>,
    pub records: Arc<dyn Records>,
    pub operations: Arc<dyn Operations>,
}

pub(super) type Shared = State<Arc<Api>>;
pub(super) type Answer = Result<Json<Value>, ApiError>;

impl Api {
    pub fn router(self) -> Router {
        let v1 = Router::new()
            .route("/status", get(status))
            .route("/drain", post(drain))
            .route("/queues", get(queues))
            .route("/agents", get(people::agents))
            .route("/agents/{agent}/sign-in", post(people::sign_in))
            .route("/agents/{agent}/sign-out", post(people::sign_out))
            .route("/agents/{agent}/ready", post(people::ready))
            .route("/agents/{agent}/not-ready", post(people::not_ready))
            .route("/callers", get(callers::list).post(callers::import))
            .route("/plans", get(plans::list))
            .route("/plans/{plan}/start", post(plans::start))
            .route("/plans/{plan}/stop", post(plans::stop))
            .route("/calls", get(calls))
            .route("/calls/live", get(live_calls))
            .route("/calls/{call}", get(call))
            .route("/callbacks", get(callbacks));
        Router::new()
            .nest("/api/v1", v1)
            .route("/api/openapi.json", get(|| async { Json(openapi::document()) }))
            .with_state(Arc::new(self))
    }

    pub(super) async fn command(&self, actor: Actor, command: Command) -> Answer {
        Ok(Json(payload(self.gate.command(actor, command).await?)))
    }
}

/// Who sends the request, by its bearer token.
pub(super) struct By(pub Actor);

impl FromRequestParts<Arc<Api>> for By {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(By(api.tokens.resolve(header)?))
    }
}

/// The server at this moment.
#[utoipa::path(get, path = "/api/v1/status", tag = "server", responses(
    (status = 200, body = StatusDoc),
    (status = 401, body = ErrorBody),
))]
pub(super) async fn status(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Status).await
}

/// No new calls; the running ones end, at most within the configured deadline. Needs the role operator.
#[utoipa::path(post, path = "/api/v1/drain", tag = "server", responses(
    (status = 200, body = DoneDoc),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn drain(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Drain).await
}

/// The queues at this moment.
#[utoipa::path(get, path = "/api/v1/queues", tag = "queues", responses(
    (status = 200, body = Vec<QueueDoc>),
    (status = 401, body = ErrorBody),
))]
pub(super) async fn queues(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Queues).await
}

/// Calls under way, without the callers' numbers. Needs the role supervisor.
#[utoipa::path(get, path = "/api/v1/calls/live", tag = "calls", responses(
    (status = 200, body = Vec<CallDoc>),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn live_calls(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Calls).await
}

/// Rows of the index of calls, newest first. Needs the role supervisor.
#[utoipa::path(get, path = "/api/v1/calls", tag = "calls", params(CallFilter), responses(
    (status = 200, body = Object, description = "Rows of the index"),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn calls(
    State(api): Shared,
    By(actor): By,
    filter: Result<Query<CallFilter>, QueryRejection>,
) -> Answer {
    may_see_records(&actor)?;
    let Query(filter) = filter?;
    Ok(Json(api.records.list(filter, actor).await?))
}

/// Callbacks promised to callers, newest call first; numbers are sealed. Needs the role supervisor.
#[utoipa::path(get, path = "/api/v1/callbacks", tag = "calls", params(CallFilter), responses(
    (status = 200, body = Object, description = "Call, entry, queue, time of the promise, sealed number"),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn callbacks(
    State(api): Shared,
    By(actor): By,
    filter: Result<Query<CallFilter>, QueryRejection>,
) -> Answer {
    may_see_records(&actor)?;
    let Query(filter) = filter?;
    Ok(Json(api.records.callbacks(filter, actor).await?))
}

/// The row of one call. Needs the role supervisor.
#[utoipa::path(get, path = "/api/v1/calls/{call}", tag = "calls",
    params(("call" = String, Path, description = "Call id, e.g. `1-7-42`")), responses(
    (status = 200, body = Object, description = "The row of the index"),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody),
))]
pub(super) async fn call(State(api): Shared, By(actor): By, Path(call): Path<String>) -> Answer {
    may_see_records(&actor)?;
    let help = "Ids stand in the rows of /api/v1/calls.";
    let id: CallId = call.parse().map_err(|_| ApiError::bad_request("a call id looks like 1-7-42", help))?;
    match api.records.get(id, actor).await? {
        Some(row) => Ok(Json(row)),
        None => {
            Err(ApiError::new(StatusCode::NOT_FOUND, "no_such_call", format!("there is no call {id}"), help))
        }
    }
}

fn may_see_records(actor: &Actor) -> Result<(), ApiError> {
    Ok(tokens::authorise(actor, Command::Calls.needs()).map_err(GateError::from)?)
}
