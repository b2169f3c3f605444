//! `[lookups.NAME]`: the bank's own systems that menus ask over HTTP (CBA-25, CBA-32).
//!
//! Settings only; `io/lookup` does the asking. `default.toml` is the manual of the keys.

mod address;
mod read;
mod secret_name;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

pub use address::{Address, Authority};
pub(in crate::config) use read::read;
pub use secret_name::SecretName;

/// Every service by its name.
pub type Lookups = BTreeMap<String, LookupSettings>;

/// One system of the bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookupSettings {
    pub url: Address,
    /// Where questions may go; the authority of `url` is always among them.
    pub allow_hosts: BTreeSet<Authority>,
    pub login: Login,
    /// Shown to the service when it demands one (mutual TLS).
    pub identity: Option<Identity>,
    /// The only root that is trusted, instead of the machine's.
    pub ca: Option<SecretName>,
    pub timing: Timing,
    pub breaker: BreakerSettings,
    /// Questions under way; one more is refused at once.
    pub at_once: u16,
}

impl LookupSettings {
    /// Where a question with this path goes; `None` if it may not go there.
    ///
    /// A path is added to `url`; a whole address must be on an allowed host.
    pub fn target(&self, path: &str) -> Option<Url> {
        if !path.contains("://") {
            return self.url.with_path(path);
        }
        let address: Address = path.parse().ok()?;
        self.allow_hosts.contains(&address.authority()).then(|| address.url().clone())
    }
}

/// How the server proves who it is in the request itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Login {
    None,
    /// `Authorization: Bearer …` (RFC 6750).
    Token(SecretName),
    /// `Authorization: Basic …` (RFC 7617); the secret is `user:password`.
    Basic(SecretName),
}

/// Certificate chain and private key, both PEM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    pub certificate: SecretName,
    pub key: SecretName,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// One attempt, from the connection to the last byte of the answer.
    pub timeout: Duration,
    /// The whole question, all attempts together: the caller waits no longer.
    pub patience: Duration,
    /// Further attempts after the first.
    pub retries: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BreakerSettings {
    /// Failed questions in a row after which the service is left alone.
    pub failures: u16,
    /// For how long; then one question tries it.
    pub pause: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { timeout: Duration::from_secs(3), patience: Duration::from_secs(6), retries: 1 }
    }
}

impl Default for BreakerSettings {
    fn default() -> Self {
        BreakerSettings { failures: 5, pause: Duration::from_secs(30) }
    }
}

/// Default of `at_once`.
pub const AT_ONCE: u16 = 50;
