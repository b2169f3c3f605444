//! One of the bank's systems: its connections, its breaker, its limits.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use crate::config::lookups::LookupSettings;
use crate::io::clock::Clock;
use crate::io::crypto;
use crate::io::lookup::breaker::{Breaker, Health, Ticket};
use crate::io::lookup::credentials::{self, Login};
use crate::io::lookup::metrics::label;
use crate::io::lookup::{LookupError, LookupMetrics, answer};
use crate::io::secrets::Secrets;
use crate::menu::ask::{Answer, Failure, Question};
use crate::now::Mono;

/// Longest body of an answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Between two attempts: time for a load balancer to choose another machine.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);
/// A connection that was not used for this long is closed.
const IDLE: Duration = Duration::from_secs(30);
/// The same for all attempts of one question, so that the service acts on it once
/// (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub struct Service {
    name: String,
    settings: LookupSettings,
    login: Login,
    client: Client,
    breaker: Mutex<Breaker>,
    room: Arc<Semaphore>,
    watch: Watch,
}

/// What every service is watched with.
#[derive(Clone)]
pub struct Watch {
    pub clock: Clock,
    pub metrics: Arc<LookupMetrics>,
}

/// A question that may be asked, ready to be sent any number of times.
struct Errand {
    url: Url,
    body: Vec<u8>,
    key: String,
    ticket: Ticket,
    /// Its place among the questions under way.
    _place: OwnedSemaphorePermit,
}

impl Service {
    pub fn new(
        name: &str,
        settings: &LookupSettings,
        secrets: &Secrets,
        watch: Watch,
    ) -> Result<Service, LookupError> {
        let client = Client::builder()
            .tls_backend_preconfigured(credentials::tls(settings, secrets)?)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .resolve_to_addrs("localhost", &localhost())
            .referer(false)
            .http1_only()
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(usize::from(settings.at_once))
            .default_headers(headers())
            .build()
            .map_err(|_| LookupError::Client)?;
        Ok(Service {
            name: name.to_owned(),
            login: Login::read(&settings.login, secrets)?,
            client,
            breaker: Mutex::new(Breaker::new(settings.breaker, settings.timing.patience)),
            room: Arc::new(Semaphore::new(usize::from(settings.at_once))),
            settings: settings.clone(),
            watch,
        })
    }

    /// Asks on a task of its own, which ends whether or not anybody waits for it.
    pub async fn ask(self: Arc<Self>, question: Question) -> Result<Answer, Failure> {
        let errand = match self.errand(&question) {
            Ok(errand) => errand,
            Err(failure) => {
                self.account(&Err(failure), Duration::ZERO);
                return Err(failure);
            }
        };
        // Only a runtime that is shutting down, or a bug, loses the task.
        tokio::spawn(self.run(errand)).await.unwrap_or(Err(Failure::Unreachable))
    }

    /// Everything that can be refused without asking.
    fn errand(&self, question: &Question) -> Result<Errand, Failure> {
        let url = self.settings.target(&question.path).ok_or(Failure::NotAllowed)?;
        let place = Arc::clone(&self.room).try_acquire_owned().map_err(|_| Failure::TooMany)?;
        let key = crypto::random::<16>().map_err(|_| Failure::Unreachable)?;
        let ticket = self.breaker().admit(self.watch.clock.mono()).ok_or(Failure::CircuitOpen)?;
        Ok(Errand { url, body: answer::body(question), key: hex::encode(key), ticket, _place: place })
    }

    async fn run(self: Arc<Self>, errand: Errand) -> Result<Answer, Failure> {
        let begun = self.watch.clock.mono();
        let all = tokio::time::timeout(self.settings.timing.patience, self.attempts(&errand));
        let result = all.await.unwrap_or(Err(Failure::TimedOut));
        let now = self.watch.clock.mono();
        self.account(&result, now - begun);
        self.learn(now, errand.ticket, health(&result));
        result
    }

    /// Changes are announced under the lock, so that the gauge never shows an older one.
    fn learn(&self, now: Mono, ticket: Ticket, health: Health) {
        let mut breaker = self.breaker();
        let was_closed = breaker.is_closed();
        breaker.report(now, ticket, health);
        if was_closed != breaker.is_closed() {
            self.announce(breaker.is_closed());
        }
    }

    async fn attempts(&self, errand: &Errand) -> Result<Answer, Failure> {
        for _ in 0..self.settings.timing.retries {
            let result = self.attempt(errand).await;
            if !is_worth_another(&result) {
                return result;
            }
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        self.attempt(errand).await
    }

    async fn attempt(&self, errand: &Errand) -> Result<Answer, Failure> {
        let once = tokio::time::timeout(self.settings.timing.timeout, self.once(errand));
        once.await.unwrap_or(Err(Failure::TimedOut))
    }

    /// Errors of the HTTP library are not looked into: they may quote what was sent.
    async fn once(&self, errand: &Errand) -> Result<Answer, Failure> {
        let request = self.client.post(errand.url.clone()).header(IDEMPOTENCY_KEY, &errand.key);
        let request = self.login.add_to(request).body(errand.body.clone());
        let response = request.send().await.map_err(|_| Failure::Unreachable)?;
        if !response.status().is_success() {
            return Err(Failure::Refused(response.status().as_u16()));
        }
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(answer::is_json) {
            return Err(Failure::Nonsense);
        }
        answer::parse(&bounded(response).await?).ok_or(Failure::Nonsense)
    }

    fn account(&self, result: &Result<Answer, Failure>, took: Duration) {
        self.watch.metrics.question(&self.name, result, took);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(service = %self.name, result = label(result), ms, "looked up");
    }

    fn announce(&self, is_closed: bool) {
        self.watch.metrics.circuit(&self.name, !is_closed);
        if is_closed {
            tracing::info!(service = %self.name, "the service answers again");
        } else {
            tracing::warn!(
                service = %self.name,
                "the service keeps failing and is left alone for a while; callers are led to people"
            );
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn headers() -> HeaderMap {
    let json = HeaderValue::from_static("application/json");
    HeaderMap::from_iter([(ACCEPT, json.clone()), (CONTENT_TYPE, json)])
}

/// Plain HTTP is allowed to this name, so it means this machine whatever the resolver says; port 0
/// stands for the one of the address.
fn localhost() -> [SocketAddr; 2] {
    [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))]
}

/// The whole body, if it is short enough; what it claims to be is not believed.
async fn bounded(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unreachable)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Failure::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Failures that another attempt may mend. Asking twice is harmless: a question must be (see
/// [`Question`]), and both attempts carry the same idempotency key.
fn is_worth_another(result: &Result<Answer, Failure>) -> bool {
    match result {
        Err(Failure::TimedOut | Failure::Unreachable | Failure::Refused(502..=504)) => true,
        Ok(_)
        | Err(
            Failure::Refused(_)
            | Failure::Nonsense
            | Failure::CircuitOpen
            | Failure::NotAllowed
            | Failure::TooMany,
        ) => false,
    }
}

/// A refusal of this one question (4xx) comes from a service that works; one that says it has too
/// much to do does not, nor one that leads elsewhere or answers nonsense.
fn health(result: &Result<Answer, Failure>) -> Health {
    match result {
        Ok(_) => Health::Well,
        Err(Failure::Refused(code)) => match StatusCode::from_u16(*code) {
            Ok(StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => Health::Ill,
            Ok(status) if status.is_client_error() => Health::Well,
            Ok(_) | Err(_) => Health::Ill,
        },
        Err(
            Failure::TimedOut
            | Failure::Unreachable
            | Failure::Nonsense
            | Failure::CircuitOpen
            | Failure::NotAllowed
            | Failure::TooMany,
        ) => Health::Ill,
    }
}
