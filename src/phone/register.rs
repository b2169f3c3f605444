//! REGISTER with digest (RFC 3261 §10), refreshed at half its time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsip::prelude::*;
use rsip::{Header, Method, Request, Response};

use super::digest::Challenge;
use super::message::{Auth, Dialog, token};
use super::uac::fresh_dialog;
use super::user_agent::Inner;

const EXPIRES: u32 = 300;

/// Why the registrar did not take us; 408 when it did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("registration refused: {code} {reason}")]
pub struct RegisterFailed {
    pub code: u16,
    pub reason: String,
}

/// A binding that is refreshed until dropped; [`Registration::remove`] takes it back.
pub struct Registration {
    inner: Arc<Inner>,
    auth: Auth,
    dialog: Dialog,
    server: SocketAddr,
    refresh: tokio::task::AbortHandle,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.refresh.abort();
    }
}

impl Registration {
    pub(super) async fn begin(
        inner: Arc<Inner>,
        server: SocketAddr,
        auth: Auth,
    ) -> Result<Registration, RegisterFailed> {
        let mut dialog = fresh_dialog(&inner, server, &auth.user, &auth.user).ok_or_else(|| failed(400))?;
        if let Ok(target) = rsip::Uri::try_from(format!("sip:{server}")) {
            dialog.target = target;
        }
        register(&inner, &mut dialog, &auth, EXPIRES).await?;
        let refresh = tokio::spawn(refresh(inner.clone(), dialog.clone(), auth.clone())).abort_handle();
        // The refreshing task counts on from here with numbers of its own.
        dialog.cseq += 1_000_000;
        Ok(Registration { inner, auth, dialog, server, refresh })
    }

    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// Takes the binding back (Expires: 0).
    pub async fn remove(mut self) -> Result<(), RegisterFailed> {
        self.refresh.abort();
        register(&self.inner, &mut self.dialog, &self.auth, 0).await
    }
}

async fn refresh(inner: Arc<Inner>, mut dialog: Dialog, auth: Auth) {
    loop {
        tokio::time::sleep(Duration::from_secs(u64::from(EXPIRES / 2))).await;
        // A refused refresh shows as a phone that can no longer be rung; the next may succeed.
        let _ = register(&inner, &mut dialog, &auth, EXPIRES).await;
    }
}

async fn register(
    inner: &Arc<Inner>,
    dialog: &mut Dialog,
    auth: &Auth,
    expires: u32,
) -> Result<(), RegisterFailed> {
    let mut request = with_expires(dialog.request(Method::Register), expires);
    for _ in 0..3 {
        let answer = inner.request(request, dialog.hop).await.ok_or_else(|| failed(408))?;
        match answer.status_code.code() {
            200..=299 => return Ok(()),
            code @ (401 | 407) => {
                request = with_expires(dialog.request(Method::Register), expires);
                if !authorize(&mut request, &answer, auth) {
                    return Err(failed(code));
                }
            }
            code => return Err(failed(code)),
        }
    }
    Err(failed(401))
}

fn failed(code: u16) -> RegisterFailed {
    RegisterFailed { code, reason: rsip::StatusCode::from(code).to_string() }
}

fn with_expires(mut request: Request, expires: u32) -> Request {
    request.headers.push(rsip::headers::Expires::new(expires.to_string()).into());
    request
}

/// Adds the answer to the challenge in `refusal`; false if it holds none that we can answer.
pub(super) fn authorize(request: &mut Request, refusal: &Response, auth: &Auth) -> bool {
    let proxy = refusal.status_code.code() == 407;
    let challenges = refusal.headers.iter().filter_map(|h| match h {
        Header::WwwAuthenticate(h) if !proxy => Challenge::parse(h.value()),
        Header::ProxyAuthenticate(h) if proxy => Challenge::parse(h.value()),
        // rsip knows no Proxy-Authenticate when it parses.
        Header::Other(name, value) if proxy && name.eq_ignore_ascii_case("Proxy-Authenticate") => {
            Challenge::parse(value)
        }
        _ => None,
    });
    let Some(challenge) = Challenge::choose(challenges.collect(), auth) else { return false };
    let (method, uri) = (request.method.to_string(), request.uri.to_string());
    let value = challenge.answer(auth, &method, &uri, &token());
    request.headers.push(if proxy {
        rsip::headers::ProxyAuthorization::new(value).into()
    } else {
        rsip::headers::Authorization::new(value).into()
    });
    true
}
