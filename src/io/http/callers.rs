//! Callers' lists in the API: who stands on them, without the numbers; and their import.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::api::{Answer, By, Shared};
use super::error::{ApiError, ErrorBody};
use super::openapi::{CallerDoc, ImportedDoc};
use crate::event::Role;
use crate::io::gate::GateError;
use crate::io::imports::{self, Import, Kind};
use crate::io::people::{CallerRecord, ImportMode, PeopleError};
use crate::io::tokens;

/// Without `Debug`: it carries numbers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportBody {
    /// A CSV file with the first line `number,name,lists,language`.
    csv: String,
    /// Remove who is not in the file.
    #[serde(default)]
    replace: bool,
}

/// Callers on lists, by the last digits of their numbers. Needs the role supervisor.
#[utoipa::path(get, path = "/api/v1/callers", tag = "callers", responses(
    (status = 200, body = Vec<CallerDoc>),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn list(State(api): Shared, By(actor): By) -> Answer {
    tokens::authorise(&actor, Role::Supervisor).map_err(GateError::from)?;
    let callers = api.gate.people().callers().await.map_err(GateError::from)?;
    Ok(Json(callers.iter().map(shown).collect()))
}

/// Takes in a CSV file, all rows or none. Needs the role operator.
#[utoipa::path(post, path = "/api/v1/callers", tag = "callers", request_body = ImportBody, responses(
    (status = 200, body = ImportedDoc),
    (status = 400, body = ErrorBody),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
))]
pub(super) async fn import(
    State(api): Shared,
    By(actor): By,
    body: Result<Json<ImportBody>, JsonRejection>,
) -> Answer {
    tokens::authorise(&actor, Role::Operator).map_err(GateError::from)?;
    let Json(ImportBody { csv, replace }) = body?;
    let mode = if replace { ImportMode::Replace } else { ImportMode::Merge };
    let import = Import { kind: Kind::Callers, file: "csv", csv: &csv, mode };
    match imports::import(api.gate.people(), &*api.operations, import, actor).await {
        Ok(imported) => Ok(Json(serde_json::to_value(imported).unwrap_or_default())),
        Err(PeopleError::Findings(findings)) => {
            let first = findings.first().map(|found| format!("line {}: {}", found.line, found.message));
            let message = format!("{} mistakes; {}", findings.len(), first.unwrap_or_default());
            let help = findings.first().map_or(String::new(), |found| found.help.clone());
            Err(ApiError::bad_request(message, help))
        }
        Err(error) => Err(GateError::from(error).into()),
    }
}

pub(super) fn shown(caller: &CallerRecord) -> serde_json::Value {
    let number = caller.number.reveal();
    // Numbers are digits, so this cuts no character.
    let ends = &number[number.len().saturating_sub(4)..];
    json!({ "ends": ends, "lists": caller.lists, "language": caller.language })
}
