//! `/metrics`, `/healthz`, `/readyz`: for monitoring, without login, on a listener of their own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::io::gate::BoxFuture;

/// May calls be sent here?
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Readiness {
    Ready,
    /// Why not, each in words for a person.
    NotReady {
        reasons: Vec<String>,
    },
}

/// What the management listener asks the server.
#[derive(Clone)]
pub struct Management {
    /// The whole Prometheus text.
    pub metrics: Arc<dyn Fn() -> BoxFuture<'static, String> + Send + Sync>,
    pub ready: Arc<dyn Fn() -> Readiness + Send + Sync>,
}

impl Management {
    pub fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(|| async { "alive\n" }))
            .route("/readyz", get(ready))
            .with_state(self)
    }
}

async fn metrics(State(management): State<Management>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, (management.metrics)().await).into_response()
}

async fn ready(State(management): State<Management>) -> Response {
    let readiness = (management.ready)();
    let status = match readiness {
        Readiness::Ready => StatusCode::OK,
        Readiness::NotReady { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(readiness)).into_response()
}
