//! Asks the bank's own systems over HTTP for the menus: look-ups and verification (CBA-25, CBA-32).
//!
//! A question is a POST with a JSON object, its answer a JSON object. No redirect is followed, no
//! proxy used, no host asked but the allowed ones. Whatever a service does — nothing, too slow, too
//! much, nonsense — ends within its patience as a [`Failure`], and memory stays bounded. Nothing of
//! questions and answers is logged: only the service, the result and how long it took.
//!
//! Not here: what a menu makes of an answer, and whose turn it is.

mod answer;
pub mod breaker;
mod credentials;
mod metrics;
mod service;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use metrics::LookupMetrics;

use crate::config::lookups::{Lookups, SecretName};
use crate::io::clock::Clock;
use crate::io::lookup::service::{Service, Watch};
use crate::io::secrets::{Secrets, SecretsError};
use crate::menu::ask::{Answer, Failure, Question};

/// A service cannot be asked with these settings; the server is not started.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error("{0}; put the secret into this file, readable by the server's user only")]
    Missing(#[from] SecretsError),
    #[error("secret:{secret}: {why}")]
    Unfit { secret: SecretName, why: &'static str },
    #[error("this machine trusts no certificate authority; install `ca-certificates`, or set `ca`")]
    NoRoots,
    #[error("TLS cannot be set up: {0}")]
    Tls(rustls::Error),
    #[error("the HTTP client cannot be made")]
    Client,
    #[error("[lookups.{service}]: {error}")]
    Service { service: String, error: Box<LookupError> },
}

/// Asks; clones share connections, breakers and limits.
#[derive(Clone)]
pub struct LookupClient {
    services: Arc<BTreeMap<String, Arc<Service>>>,
    metrics: Arc<LookupMetrics>,
}

impl LookupClient {
    /// Reads every secret now, so that a missing one is found at the start and not by a caller.
    pub fn new(lookups: &Lookups, secrets: &Secrets) -> Result<LookupClient, LookupError> {
        let metrics = Arc::new(LookupMetrics::new(lookups.keys().map(String::as_str)));
        let watch = Watch { clock: Clock::start(), metrics: Arc::clone(&metrics) };
        let service = |(name, settings): (&String, _)| {
            let service = Service::new(name, settings, secrets, watch.clone());
            let named = |error| LookupError::Service { service: name.clone(), error: Box::new(error) };
            Ok((name.clone(), Arc::new(service.map_err(named)?)))
        };
        let services = lookups.iter().map(service).collect::<Result<_, LookupError>>()?;
        Ok(LookupClient { services: Arc::new(services), metrics })
    }

    /// Asks; within the patience of the service there is an answer or the reason why not.
    ///
    /// Runs on a task of its own: if the caller hangs up and this future is dropped, the question
    /// still ends by itself, and its outcome counts for the breaker.
    pub async fn ask(&self, question: Question) -> Result<Answer, Failure> {
        match self.services.get(&question.service) {
            Some(service) => Arc::clone(service).ask(question).await,
            None => {
                tracing::warn!("a menu asked a service that is not configured under [lookups]");
                Err(Failure::NotAllowed)
            }
        }
    }

    /// Services that can be asked, for the check of menus.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    pub fn metrics(&self) -> &Arc<LookupMetrics> {
        &self.metrics
    }
}

impl fmt::Debug for LookupClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LookupClient").field(&self.services.keys()).finish()
    }
}
