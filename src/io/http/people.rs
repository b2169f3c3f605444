//! Agents in the API: who is there, signing in and out, ready and not ready.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::{Answer, By, Shared};
use super::error::{ApiError, ErrorBody};
use super::openapi::{AgentDoc, DoneDoc};
use crate::engine::command::{Command, SignInRequest};
use crate::ids::{AgentId, DeviceId};
use crate::io::gate::payload;
use crate::sealed::Redacted;

/// Characters of a reason.
const LONGEST_REASON: usize = 64;

/// Without `Debug`: it carries a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    /// The telephone the agent sits at.
    device: String,
    /// The person's secret.
    secret: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotReadyBody {
    /// Why, in a word or two, e.g. `lunch`.
    reason: String,
}

/// The agents who are signed in, with their states.
#[utoipa::path(get, path = "/api/v1/agents", tag = "agents", responses(
    (status = 200, body = Vec<AgentDoc>),
    (status = 401, body = ErrorBody),
))]
pub(super) async fn agents(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Agents).await
}

/// Binds an agent to a telephone. Needs the role agent and the person's secret.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/sign-in", tag = "agents", request_body = SignInBody,
    params(("agent" = String, Path, description = "Work number")), responses(
    (status = 200, body = DoneDoc),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
    (status = 429, body = ErrorBody, description = "Too many wrong secrets"),
))]
pub(super) async fn sign_in(
    State(api): Shared,
    By(actor): By,
    Path(agent): Path<String>,
    body: Result<Json<SignInBody>, JsonRejection>,
) -> Answer {
    let Json(SignInBody { device, secret }) = body?;
    let request = SignInRequest {
        agent: AgentId::from(agent.as_str()),
        device: DeviceId::from(device.as_str()),
        secret: Redacted(secret),
    };
    Ok(Json(payload(api.gate.sign_in(actor, request).await?)))
}

/// Signs an agent out; a talk under way goes on. Needs the role agent.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/sign-out", tag = "agents",
    params(("agent" = String, Path, description = "Work number")), responses(
    (status = 200, body = DoneDoc),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
))]
pub(super) async fn sign_out(State(api): Shared, By(actor): By, Path(agent): Path<String>) -> Answer {
    api.command(actor, Command::SignOut { agent: AgentId::from(agent.as_str()) }).await
}

/// Ends wrap-up or not-ready. Needs the role agent.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/ready", tag = "agents",
    params(("agent" = String, Path, description = "Work number")), responses(
    (status = 200, body = DoneDoc),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
))]
pub(super) async fn ready(State(api): Shared, By(actor): By, Path(agent): Path<String>) -> Answer {
    api.command(actor, Command::Ready { agent: AgentId::from(agent.as_str()) }).await
}

/// No calls for this agent until ready again; a talk under way goes on. Needs the role agent.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/not-ready", tag = "agents", request_body = NotReadyBody,
    params(("agent" = String, Path, description = "Work number")), responses(
    (status = 200, body = DoneDoc),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
))]
pub(super) async fn not_ready(
    State(api): Shared,
    By(actor): By,
    Path(agent): Path<String>,
    body: Result<Json<NotReadyBody>, JsonRejection>,
) -> Answer {
    let Json(NotReadyBody { reason }) = body?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let help = "Say in 1 to 64 characters why the agent takes no calls, e.g. `lunch`.";
        return Err(ApiError::bad_request("the reason is empty or too long", help));
    }
    api.command(actor, Command::NotReady { agent: AgentId::from(agent.as_str()), reason }).await
}
