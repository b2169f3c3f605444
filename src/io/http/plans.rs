//! Emergency plans in the API: declared and in force, started and stopped (CBA-24).

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::{Answer, By, Shared};
use super::error::{ApiError, ErrorBody};
use super::openapi::{DoneDoc, PlanDoc};
use crate::engine::command::Command;
use crate::event::Actor;
use crate::ids::PlanId;

/// Characters of a name and of a reason.
const LONGEST: usize = 200;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanBody {
    /// Who wants it; the name of the token if not given.
    by: Option<String>,
    /// Why.
    reason: String,
}

impl PlanBody {
    fn checked(self, actor: &Actor) -> Result<(String, String), ApiError> {
        let by = match (self.by, actor) {
            (Some(by), _) => by,
            (None, Actor::Token { name, .. }) => name.clone(),
            (None, _) => String::new(),
        };
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST;
        if fits(&by) && fits(&self.reason) {
            return Ok((by, self.reason));
        }
        let help = "Say in `by` and `reason` who wants it and why, in at most 200 characters each.";
        Err(ApiError::bad_request("name or reason is empty or too long", help))
    }
}

/// Plans that are declared, and those in force or proposed.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans", responses(
    (status = 200, body = Vec<PlanDoc>),
    (status = 401, body = ErrorBody),
))]
pub(super) async fn list(State(api): Shared, By(actor): By) -> Answer {
    api.command(actor, Command::Plans).await
}

/// Puts a plan in force at once, for running calls too. One that needs two persons is proposed by the
/// first and put in force by the second. Needs the role operator.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/start", tag = "plans", request_body = PlanBody,
    params(("plan" = String, Path, description = "Name of the plan")), responses(
    (status = 200, body = DoneDoc, description = "In force; or `proposed` if another person has to confirm"),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
))]
pub(super) async fn start(
    State(api): Shared,
    By(actor): By,
    Path(plan): Path<String>,
    body: Result<Json<PlanBody>, JsonRejection>,
) -> Answer {
    let Json(body) = body?;
    let (by, reason) = body.checked(&actor)?;
    api.command(actor, Command::StartPlan { plan: PlanId::new(plan), by, reason }).await
}

/// Takes a plan back, or a proposal of one. Needs the role operator.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/stop", tag = "plans", request_body = PlanBody,
    params(("plan" = String, Path, description = "Name of the plan")), responses(
    (status = 200, body = DoneDoc),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody),
))]
pub(super) async fn stop(
    State(api): Shared,
    By(actor): By,
    Path(plan): Path<String>,
    body: Result<Json<PlanBody>, JsonRejection>,
) -> Answer {
    let Json(body) = body?;
    let (by, reason) = body.checked(&actor)?;
    api.command(actor, Command::StopPlan { plan: PlanId::new(plan), by, reason }).await
}
