//! Errors of the API: a code for programs, a sentence and a remedy for people.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::records::RecordsError;
use crate::io::gate::GateError;
use crate::io::tokens::Denied;

/// Seconds a client is asked to wait before it tries again.
const RETRY_AFTER: &str = "2";

/// Body of every answer that is no success.
#[derive(Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// For programs; stays the same between versions.
    code: &'static str,
    /// What is wrong.
    message: String,
    /// What to do.
    help: String,
}

pub(super) struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

impl ApiError {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        ApiError { status, body: ErrorBody { code, message: message.into(), help: help.into() } }
    }

    pub fn no_such_page() -> Self {
        let help = "The paths of the API stand in /api/openapi.json.";
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path", help)
    }

    pub fn wrong_method() -> Self {
        let help = "The methods of each path stand in /api/openapi.json.";
        let message = "this path does not take this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message, help)
    }

    pub fn bad_request(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message, help)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
            }
            _ => {}
        }
        response
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        let message = match denied {
            Denied::Missing => "this needs a bearer token",
            Denied::Unknown => "this token is not known",
        };
        let help = "Send `Authorization: Bearer TOKEN`; tokens stand in the server's secrets directory.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message, help)
    }
}

impl From<GateError> for ApiError {
    fn from(error: GateError) -> Self {
        let (status, code, help) = match &error {
            GateError::Forbidden(_) => (
                StatusCode::FORBIDDEN,
                "forbidden",
                "Use a token with the right for it; roles stand in tokens.toml.",
            ),
            GateError::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment.")
            }
            GateError::Refused(_) => {
                (StatusCode::CONFLICT, "refused", "Look at the present state and try what fits it.")
            }
            GateError::WrongSecret => {
                (StatusCode::FORBIDDEN, "wrong_secret", "Try again; five wrong ones lock the work number.")
            }
            GateError::Locked(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "locked", "Wait, or let operations import a new secret.")
            }
            GateError::People(error) => {
                tracing::error!(%error, "agents and devices");
                let help = "The server's log says more; tell operations.";
                let message = "the directory of agents cannot be read";
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message, help);
            }
        };
        Self::new(status, code, error.to_string(), help)
    }
}

impl From<RecordsError> for ApiError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::BadFilter(message) => {
                Self::bad_request(message, "The filters of this path stand in /api/openapi.json.")
            }
            RecordsError::Unavailable(detail) => {
                tracing::error!(%detail, "the index of calls");
                let message = "the index of calls cannot be read now";
                let help = "Try again in a moment; the server's log says more.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, help)
            }
        }
    }
}

/// The text of a rejection may quote the body, which may hold a secret: it is not repeated.
impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let help = "The body of this path stands in /api/openapi.json; send it with `Content-Type: application/json`.";
        Self::new(rejection.status(), "bad_request", "the body is not the JSON that this path takes", help)
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let help = "The parameters of this path stand in /api/openapi.json.";
        Self::new(
            rejection.status(),
            "bad_request",
            "the parameters are not those that this path takes",
            help,
        )
    }
}
