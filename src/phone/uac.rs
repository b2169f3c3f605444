//! Placing a call: INVITE with its timers, ACK, CANCEL, challenges (RFC 3261 §13.2, §17.1.1).

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rsip::prelude::*;
use rsip::{Header, Method, Request, Response};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::audio::{Audio, Connection, Impairment};
use super::call::{Call, Talk};
use super::description::{Ours, Peer};
use super::message::{Auth, Dialog, RouteOrder, random, request_bytes, set_body, token, transaction_key};
use super::register::authorize;
use super::signal::Signal;
use super::user_agent::{Inner, T1, TIMEOUT};
use crate::media::command::Codec;

/// Longest time a call may ring.
const RING_LIMIT: Duration = Duration::from_secs(180);

/// How a call is placed.
#[derive(Clone)]
pub struct CallOptions {
    /// User part of From: the caller's number.
    pub from_user: String,
    /// What the caller says until told otherwise.
    pub send: Signal,
    /// Offered codecs, the preferred first.
    pub codecs: Vec<Codec>,
    /// Whether telephone-events are offered; without them keys go by SIP INFO or in the sound.
    pub telephone_events: bool,
    pub auth: Option<Auth>,
    /// CANCEL when there is no answer after this time.
    pub give_up_after: Option<Duration>,
    /// Share (0–1) of our RTP packets that are lost on purpose.
    pub loss: f64,
    /// Makes the losses repeatable.
    pub seed: u64,
    /// Further headers of the INVITE.
    pub headers: Vec<(String, String)>,
}

impl Default for CallOptions {
    fn default() -> Self {
        CallOptions {
            from_user: "13800138000".into(),
            send: Signal::Silence,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            telephone_events: true,
            auth: None,
            give_up_after: None,
            loss: 0.0,
            seed: 1,
            headers: Vec::new(),
        }
    }
}

/// The call was not answered. 408: no response; 487: cancelled by us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("call failed: {code} {reason}")]
pub struct CallFailed {
    pub code: u16,
    pub reason: String,
    /// Seconds, when the server named them (RFC 3261 §20.33).
    pub retry_after: Option<u32>,
}

impl CallFailed {
    pub(super) fn new(code: u16, reason: &str) -> CallFailed {
        CallFailed { code, reason: reason.to_owned(), retry_after: None }
    }

    fn of(response: &Response) -> CallFailed {
        let retry_after = response.headers.iter().find_map(|h| match h {
            Header::RetryAfter(h) => h.value().split([' ', ';', '(']).next().and_then(|s| s.parse().ok()),
            _ => None,
        });
        let status = response.status_code.to_string();
        let reason = status.split_once(' ').map_or("", |(_, reason)| reason).to_owned();
        CallFailed { code: response.status_code.code(), reason, retry_after }
    }
}

/// A dialog (or the like) that we begin; `None` if the number cannot stand in a URI.
pub(super) fn fresh_dialog(inner: &Inner, server: SocketAddr, user: &str, number: &str) -> Option<Dialog> {
    let here = inner.address;
    Some(Dialog {
        call_id: format!("{}@{}", token(), here.ip()),
        local: format!("<sip:{user}@{here}>;tag={}", token()),
        remote: format!("<sip:{number}@{server}>"),
        contact: format!("<sip:{user}@{here}>"),
        target: rsip::Uri::try_from(format!("sip:{number}@{server}")).ok()?,
        routes: Vec::new(),
        cseq: 0,
        hop: server,
        here,
    })
}

/// Places the call in a task of its own, so that a dropped future means CANCEL and not a call that
/// nobody ends.
pub(super) async fn call(
    inner: Arc<Inner>,
    server: SocketAddr,
    number: String,
    options: CallOptions,
) -> Result<Call, CallFailed> {
    let (mut result, answered) = oneshot::channel();
    tokio::spawn(async move {
        let give_up = options.give_up_after.unwrap_or(RING_LIMIT);
        let placed = {
            let stop = async {
                tokio::select! {
                    () = result.closed() => {}
                    () = tokio::time::sleep(give_up) => {}
                }
            };
            tokio::pin!(stop);
            place(&inner, server, &number, options, stop).await
        };
        // A call nobody waits for any more is dropped here, which hangs it up.
        let _ = result.send(placed);
    });
    answered.await.unwrap_or_else(|_| Err(CallFailed::new(500, "the phone is gone")))
}

type Stop<'a, F> = Pin<&'a mut F>;

async fn place<F: Future<Output = ()>>(
    inner: &Arc<Inner>,
    server: SocketAddr,
    number: &str,
    options: CallOptions,
    mut stop: Stop<'_, F>,
) -> Result<Call, CallFailed> {
    let impairment = Impairment { loss: options.loss, seed: options.seed };
    let audio = Audio::open(inner.address.ip(), options.send.clone(), impairment)
        .await
        .map_err(|_| CallFailed::new(503, "no port for RTP"))?;
    let mut ours = Ours::offer(audio.address, &options.codecs);
    ours.dtmf = ours.dtmf.filter(|_| options.telephone_events);
    let mut dialog = fresh_dialog(inner, server, &options.from_user, number)
        .ok_or_else(|| CallFailed::new(400, "not a number"))?;
    let (entry, mailbox) = inner.open_dialog(dialog.call_id.clone());
    let mut refusal: Option<Response> = None;
    let (invite, answer) = loop {
        let mut invite = dialog.request(Method::Invite);
        for (name, value) in &options.headers {
            invite.headers.push(Header::Other(name.clone(), value.clone()));
        }
        if let (Some(refusal), Some(auth)) = (&refusal, &options.auth) {
            authorize(&mut invite, refusal, auth);
        }
        set_body(&mut invite.headers, &mut invite.body, "application/sdp", ours.write());
        let answer = transact(inner, &invite, server, stop.as_mut()).await?;
        let code = answer.status_code.code();
        if code < 300 {
            break (invite, answer);
        }
        refuse(inner, &dialog, &invite, &answer).await;
        let challenged = matches!(code, 401 | 407) && refusal.is_none() && options.auth.is_some();
        if !challenged {
            return Err(CallFailed::of(&answer));
        }
        refusal = Some(answer);
    };
    if let Ok(to) = answer.to_header() {
        dialog.remote = to.value().to_owned();
    }
    dialog.learn(&answer.headers, RouteOrder::Caller);
    let ack = dialog.with_seq(Method::Ack, dialog.cseq);
    if let Some(key) = transaction_key(&invite) {
        inner.acknowledge(key, ack, dialog.hop).await;
    }
    let agreed = Peer::parse(&answer.body).and_then(|peer| agree(&ours, &peer));
    let talk = Talk::new(inner.clone(), dialog, ours, audio, entry);
    match agreed {
        Some(connection) => Ok(talk.begin(mailbox, connection)),
        None => {
            talk.end_at_once().await;
            Err(CallFailed::new(488, "the answer holds no codec of ours"))
        }
    }
}

/// What an answer to our offer settles.
pub(super) fn agree(ours: &Ours, peer: &Peer) -> Option<Connection> {
    let codec = *peer.codecs.iter().find(|c| ours.codecs.contains(c))?;
    let sends = ours.direction.sends() && peer.direction.receives();
    Some(Connection { remote: peer.remote, codec, dtmf: ours.dtmf.and(peer.dtmf), sends })
}

/// ACK of a refusal: in the transaction of the INVITE (RFC 3261 §17.1.1.3).
async fn refuse(inner: &Inner, dialog: &Dialog, invite: &Request, answer: &Response) {
    let mut ack = dialog.with_seq(Method::Ack, dialog.cseq);
    copy_via(&mut ack, invite);
    if let (Ok(to), Ok(ours)) = (answer.to_header(), ack.to_header_mut()) {
        *ours = to.clone();
    }
    if let Some(key) = transaction_key(invite) {
        inner.acknowledge(key, ack, dialog.hop).await;
    }
}

pub(super) fn copy_via(request: &mut Request, from: &Request) {
    if let (Ok(theirs), Ok(ours)) = (from.via_header(), request.via_header_mut()) {
        *ours = theirs.clone();
    }
}

/// The INVITE client transaction: its final response, or 408, or 487 when cancelled.
async fn transact<F: Future<Output = ()>>(
    inner: &Arc<Inner>,
    invite: &Request,
    hop: SocketAddr,
    mut stop: Stop<'_, F>,
) -> Result<Response, CallFailed> {
    let key = transaction_key(invite).ok_or_else(|| CallFailed::new(400, "not a number"))?;
    let (_entry, mut answers) = inner.open_transaction(key);
    let bytes = request_bytes(invite.clone());
    inner.send(&bytes, hop).await;
    let mut interval = T1;
    let mut again = Instant::now() + interval;
    let mut deadline = Instant::now() + TIMEOUT;
    let (mut proceeding, mut stopping, mut cancelled) = (false, false, false);
    loop {
        tokio::select! {
            answer = answers.recv() => match answer {
                Some(a) if a.status_code.code() < 200 => {
                    proceeding = true;
                    if !stopping {
                        deadline = Instant::now() + RING_LIMIT;
                    }
                }
                Some(a) => return Ok(a),
                None => return Err(CallFailed::new(500, "the phone is gone")),
            },
            () = tokio::time::sleep_until(again), if !proceeding => {
                inner.send(&bytes, hop).await;
                interval *= 2;
                again = Instant::now() + interval;
            }
            () = stop.as_mut(), if !stopping => {
                stopping = true;
                deadline = Instant::now() + TIMEOUT;
            }
            () = tokio::time::sleep_until(deadline) => return Err(CallFailed::new(408, "no answer")),
        }
        // CANCEL only what the server has confirmed to know (RFC 3261 §9.1).
        if stopping && proceeding && !cancelled {
            cancelled = true;
            tokio::spawn(cancel(inner.clone(), invite.clone(), hop));
        }
    }
}

async fn cancel(inner: Arc<Inner>, invite: Request, hop: SocketAddr) {
    let mut request = invite;
    request.method = Method::Cancel;
    request.body.clear();
    let seq = super::message::seq_of(&request);
    request.headers.retain(|h| {
        !matches!(h, Header::ContentType(_) | Header::CSeq(_) | Header::Contact(_) | Header::Allow(_))
    });
    request.headers.push(rsip::headers::CSeq::new(format!("{seq} CANCEL")).into());
    inner.request(request, hop).await;
}

/// Seeds that differ from call to call.
pub(super) fn fresh_seed() -> u64 {
    random() | 1
}
