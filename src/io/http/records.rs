//! What the API asks the index of calls.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::event::Actor;
use crate::ids::CallId;
use crate::io::gate::BoxFuture;

/// Which calls; every given part must fit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CallFilter {
    /// Arrived at or after this time, e.g. `2026-03-01T08:00:00+08:00`.
    pub from: Option<String>,
    /// Arrived before this time.
    pub to: Option<String>,
    pub entry: Option<String>,
    pub queue: Option<String>,
    /// Work number.
    pub agent: Option<String>,
    /// `agent`, `self_service`, `abandoned`, `message` …
    pub outcome: Option<String>,
    /// Rows at most, newest first; 100 if not given, never more than 1000.
    pub limit: Option<u32>,
    /// The page after this call id, the last one of the page before.
    pub after: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// A part of the filter is not understood; in words for a person.
    #[error("{0}")]
    BadFilter(String),
    /// For the log.
    #[error("{0}")]
    Unavailable(String),
}

/// The index of calls as the API sees it. Rights have been checked; the actor is for the trace.
pub trait Records: Send + Sync + 'static {
    fn list(&self, filter: CallFilter, actor: Actor) -> BoxFuture<'_, Result<Value, RecordsError>>;

    /// Calls to whose callers a callback was promised.
    fn callbacks(&self, filter: CallFilter, actor: Actor) -> BoxFuture<'_, Result<Value, RecordsError>>;

    fn get(&self, call: CallId, actor: Actor) -> BoxFuture<'_, Result<Option<Value>, RecordsError>>;
}
