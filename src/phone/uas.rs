//! Being rung: 180, 200 until acknowledged, refusal, CANCEL (RFC 3261 §13.3, §17.2.1).

use std::sync::Arc;
use std::time::Duration;

use rsip::prelude::*;
use rsip::{Method, Response};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::audio::{Audio, Impairment};
use super::call::{Call, Talk, contact_header};
use super::description::{Ours, Peer};
use super::message::{Dialog, RouteOrder, call_id_of, respond, response_bytes, set_body, token, user_of};
use super::signal::Signal;
use super::uac::{CallFailed, agree, fresh_seed};
use super::user_agent::{Entry, Inner, Mail, T1, T2, TIMEOUT};
use crate::media::command::Codec;

/// How a call is answered.
#[derive(Clone)]
pub struct AnswerOptions {
    /// Ring this long (180), then answer; a CANCEL meanwhile is obeyed.
    pub ring: Duration,
    pub send: Signal,
    pub codecs: Vec<Codec>,
    /// Share (0–1) of our RTP packets that are lost on purpose.
    pub loss: f64,
}

impl Default for AnswerOptions {
    fn default() -> Self {
        AnswerOptions {
            ring: Duration::ZERO,
            send: Signal::Silence,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            loss: 0.0,
        }
    }
}

enum Order {
    Ring,
    Answer(AnswerOptions, oneshot::Sender<Result<Call, CallFailed>>),
    Reject(u16),
    Ignore,
}

/// A call that rings and that nobody has decided about. Dropped: 480.
pub struct IncomingCall {
    orders: mpsc::Sender<Order>,
    cancelled: watch::Receiver<bool>,
    from_user: String,
    to_user: String,
    headers: Vec<(String, String)>,
}

impl IncomingCall {
    /// User part of From.
    pub fn from_user(&self) -> &str {
        &self.from_user
    }

    /// User part of To.
    pub fn to_user(&self) -> &str {
        &self.to_user
    }

    /// First header of the INVITE with this name, if it is one that RFC 3261 does not define.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// 180 Ringing.
    pub async fn ring(&self) {
        let _ = self.orders.send(Order::Ring).await;
    }

    /// Rings, answers, and is back when the caller's side has acknowledged.
    pub async fn answer(self, options: AnswerOptions) -> Result<Call, CallFailed> {
        self.ring().await;
        let mut cancelled = self.cancelled.clone();
        if !options.ring.is_zero()
            && tokio::time::timeout(options.ring, cancelled.wait_for(|c| *c)).await.is_ok()
        {
            return Err(CallFailed::new(487, "cancelled by the caller"));
        }
        let (done, result) = oneshot::channel();
        let _ = self.orders.send(Order::Answer(options, done)).await;
        result.await.unwrap_or_else(|_| Err(CallFailed::new(487, "cancelled by the caller")))
    }

    /// Refuses with a final code (486 busy, 603 decline …).
    pub async fn reject(self, code: u16) {
        let _ = self.orders.send(Order::Reject(code)).await;
    }

    /// Never answers, as a phone without power.
    pub async fn ignore(self) {
        let _ = self.orders.send(Order::Ignore).await;
    }

    /// Waits until the caller's side has cancelled; false if the call ended otherwise.
    pub async fn cancelled(&self) -> bool {
        self.cancelled.clone().wait_for(|c| *c).await.is_ok()
    }
}

/// Takes an INVITE that begins a call; `None` if it is too broken to be answered.
pub(super) fn ring(inner: Arc<Inner>, invite: Mail) -> Option<IncomingCall> {
    let request = &invite.request;
    let call_id = call_id_of(request)?;
    let (from, to) =
        (request.from_header().ok()?.value().to_owned(), request.to_header().ok()?.value().to_owned());
    let tag = token();
    let mut dialog = Dialog {
        call_id: call_id.clone(),
        local: format!("{to};tag={tag}"),
        remote: from.clone(),
        contact: format!("<sip:{}@{}>", user_of(&to), inner.address),
        target: rsip::Uri::default(),
        routes: Vec::new(),
        cseq: 0,
        hop: invite.from,
        here: inner.address,
    };
    dialog.learn(&request.headers, RouteOrder::Called);
    let headers = request
        .headers
        .iter()
        .filter_map(|h| if let rsip::Header::Other(n, v) = h { Some((n.clone(), v.clone())) } else { None })
        .collect();
    let (entry, mailbox) = inner.open_dialog(call_id);
    let (orders, queue) = mpsc::channel(8);
    let (cancel, cancelled) = watch::channel(false);
    let pending = Pending { inner, invite, dialog, tag, last: None, entry, mailbox, cancel };
    tokio::spawn(pending.run(queue));
    Some(IncomingCall { orders, cancelled, from_user: user_of(&from), to_user: user_of(&to), headers })
}

/// The INVITE server transaction and what comes before the call is up.
struct Pending {
    inner: Arc<Inner>,
    invite: Mail,
    dialog: Dialog,
    tag: String,
    /// Last response sent, for repeated INVITEs.
    last: Option<Vec<u8>>,
    entry: Entry,
    mailbox: mpsc::Receiver<Mail>,
    cancel: watch::Sender<bool>,
}

/// Why waiting for an ACK ended.
enum Acked {
    Yes(Option<Peer>),
    /// BYE came instead.
    Ended,
    Never,
}

impl Pending {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut ignoring = false;
        let give_up = tokio::time::sleep(Duration::from_secs(240));
        tokio::pin!(give_up);
        loop {
            tokio::select! {
                mail = self.mailbox.recv() => match mail {
                    Some(mail) if mail.request.method == Method::Cancel => return self.on_cancel(mail).await,
                    Some(mail) if mail.request.method == Method::Invite => self.repeat().await,
                    Some(_) => {}
                    None => return,
                },
                order = orders.recv(), if !ignoring => match order {
                    Some(Order::Ring) => {
                        let mut ringing = respond(&self.invite.request, 180, Some(&self.tag));
                        ringing.headers.push(contact_header(&self.dialog.contact));
                        self.send(ringing).await;
                    }
                    Some(Order::Answer(options, done)) => {
                        let result = self.accept(options).await;
                        let _ = done.send(result);
                        return;
                    }
                    Some(Order::Reject(code)) => return self.refuse(code).await,
                    Some(Order::Ignore) => ignoring = true,
                    None => return self.refuse(480).await,
                },
                () = &mut give_up => return self.refuse(480).await,
            }
        }
    }

    async fn send(&mut self, response: Response) {
        let bytes = response_bytes(response);
        self.inner.send(&bytes, self.invite.from).await;
        self.last = Some(bytes);
    }

    async fn repeat(&self) {
        if let Some(last) = &self.last {
            self.inner.send(last, self.invite.from).await;
        }
    }

    async fn on_cancel(mut self, cancel: Mail) {
        self.inner.reply(&cancel, respond(&cancel.request, 200, Some(&self.tag))).await;
        self.cancel.send_replace(true);
        self.refuse_now(487).await;
    }

    async fn refuse(mut self, code: u16) {
        self.refuse_now(code).await;
    }

    async fn refuse_now(&mut self, code: u16) {
        let response = respond(&self.invite.request, code, Some(&self.tag));
        self.send(response).await;
        self.acknowledged().await;
    }

    /// Repeats the final response until ACK (RFC 3261 §13.3.1.4, timers G and H).
    async fn acknowledged(&mut self) -> Acked {
        let deadline = Instant::now() + TIMEOUT;
        let mut interval = T1;
        let mut again = Instant::now() + interval;
        loop {
            tokio::select! {
                mail = self.mailbox.recv() => match mail {
                    Some(mail) if mail.request.method == Method::Ack => return Acked::Yes(Peer::parse(&mail.request.body)),
                    Some(mail) if mail.request.method == Method::Bye => {
                        self.inner.reply(&mail, respond(&mail.request, 200, None)).await;
                        return Acked::Ended;
                    }
                    Some(mail) if mail.request.method == Method::Cancel => {
                        // Too late: the final response is out (RFC 3261 §9.2).
                        self.inner.reply(&mail, respond(&mail.request, 200, Some(&self.tag))).await;
                    }
                    Some(_) => self.repeat().await,
                    None => return Acked::Never,
                },
                () = tokio::time::sleep_until(again.min(deadline)) => {
                    if Instant::now() >= deadline {
                        return Acked::Never;
                    }
                    self.repeat().await;
                    interval = (interval * 2).min(T2);
                    again = Instant::now() + interval;
                }
            }
        }
    }

    async fn accept(mut self, options: AnswerOptions) -> Result<Call, CallFailed> {
        let impairment = Impairment { loss: options.loss, seed: fresh_seed() };
        let opened = Audio::open(self.inner.address.ip(), options.send, impairment).await;
        let Ok(audio) = opened else {
            self.refuse(503).await;
            return Err(CallFailed::new(503, "no port for RTP"));
        };
        let offer = Ours::offer(audio.address, &options.codecs);
        let peer = Peer::parse(&self.invite.request.body);
        let described = match &peer {
            Some(peer) => offer.answer(peer),
            None if self.invite.request.body.is_empty() => Some(offer.clone()),
            None => None,
        };
        let Some(ours) = described else {
            self.refuse(488).await;
            return Err(CallFailed::new(488, "no codec in common"));
        };
        let connection = peer.as_ref().and_then(|peer| agree(&ours, peer));
        if let Some(connection) = connection {
            audio.connect(connection);
        }
        let mut answer = respond(&self.invite.request, 200, Some(&self.tag));
        answer.headers.push(contact_header(&self.dialog.contact));
        set_body(&mut answer.headers, &mut answer.body, "application/sdp", ours.write());
        self.send(answer).await;
        let acked = self.acknowledged().await;
        let Pending { inner, dialog, entry, mailbox, .. } = self;
        let talk = Talk::new(inner, dialog, Ours { codecs: options.codecs, ..ours.clone() }, audio, entry);
        match acked {
            Acked::Yes(late) => match connection.or_else(|| agree(&ours, &late?)) {
                Some(connection) => Ok(talk.begin(mailbox, connection)),
                None => {
                    talk.end_at_once().await;
                    Err(CallFailed::new(488, "the ACK holds no answer"))
                }
            },
            Acked::Ended => Err(CallFailed::new(487, "ended by the caller at once")),
            Acked::Never => {
                talk.end_at_once().await;
                Err(CallFailed::new(408, "never acknowledged"))
            }
        }
    }
}
