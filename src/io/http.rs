//! HTTP: the management listener (no login) and the API (bearer tokens).
//!
//! Both are bounded in connections, time and size of requests.

pub mod api;
mod callers;
mod error;
mod limits;
pub mod management;
mod openapi;
mod people;
mod plans;
pub mod records;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;

use axum::Router;
use tokio::net::TcpListener;

pub use api::Api;
pub use management::{Management, Readiness};
pub use records::{CallFilter, Records, RecordsError};

/// Serves until `stop` ends; requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(limits::BoundedListener::new(listener), limits::bounded(router))
        .with_graceful_shutdown(stop)
        .await
}
