//! A call that is up: what the phone can do with it, and its task, which answers the peer's requests.

use std::sync::Arc;
use std::time::Duration;

use rsip::{Method, Request};
use tokio::sync::{mpsc, oneshot, watch};

use super::audio::{Audio, AudioStats, Connection, KeyStyle};
use super::description::{Direction, Ours, Peer};
use super::listen::Match;
use super::message::{Dialog, respond, set_body, transaction_key};
use super::signal::Signal;
use super::uac::{agree, copy_via};
use super::user_agent::{Entry, Inner, Mail};
use super::wait;
use crate::ids::Key;

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The peer sent BYE.
    ByPeer,
    /// We hung up.
    ByUs,
    /// The peer never acknowledged our answer, or did not answer a request of ours.
    Lost,
}

/// A prompt or tone was not heard in time.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("not heard: best match {:.2} over {:.0} % of its length", best.score, best.coverage * 100.0)]
pub struct NotHeard {
    pub best: Match,
}

enum Order {
    HangUp,
    Info(Key, oneshot::Sender<bool>),
    Direction(Direction, oneshot::Sender<bool>),
}

/// A call that was answered. Dropping it hangs up.
pub struct Call {
    orders: mpsc::Sender<Order>,
    ended: watch::Receiver<Option<Ending>>,
    audio: Arc<Audio>,
    call_id: String,
}

impl Call {
    /// Call-ID of the dialog, to find it in traces.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Presses a key as telephone-event; back when its end and a short pause are sent.
    pub async fn press(&self, key: Key) {
        self.audio.press(key, KeyStyle::Event).await;
    }

    pub async fn press_as(&self, key: Key, style: KeyStyle) {
        match style {
            KeyStyle::Event | KeyStyle::Tones | KeyStyle::Gateway => self.audio.press(key, style).await,
            KeyStyle::Info => {
                let _ = self.ask(|done| Order::Info(key, done)).await;
            }
        }
    }

    /// Changes what we say.
    pub async fn say(&self, signal: Signal) {
        self.audio.play(signal).await;
    }

    /// Puts the peer on hold (we send, it only listens); true if it agreed.
    pub async fn hold(&self) -> bool {
        self.ask(|done| Order::Direction(Direction::SendOnly, done)).await
    }

    pub async fn resume(&self) -> bool {
        self.ask(|done| Order::Direction(Direction::SendRecv, done)).await
    }

    async fn ask(&self, order: impl FnOnce(oneshot::Sender<bool>) -> Order) -> bool {
        let (done, answer) = oneshot::channel();
        self.orders.send(order(done)).await.is_ok() && answer.await.unwrap_or(false)
    }

    /// Ends the call; back when the peer has confirmed, or after the transaction's time.
    pub async fn hang_up(&self) -> Ending {
        let _ = self.orders.send(Order::HangUp).await;
        self.ended().await
    }

    /// How it ended; waits until it has.
    pub async fn ended(&self) -> Ending {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(ending) => ending.unwrap_or(Ending::Lost),
            Err(_) => Ending::Lost,
        }
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        *self.ended.borrow()
    }

    /// Everything heard since the answer, at 8,000 samples a second.
    pub fn heard(&self) -> Vec<i16> {
        self.audio.heard()
    }

    /// Samples heard so far: a mark for [`Call::heard_from`] and [`Call::wait_heard_from`].
    pub fn heard_length(&self) -> usize {
        *self.audio.news().borrow()
    }

    pub fn heard_from(&self, mark: usize) -> Vec<i16> {
        self.audio.heard_from(mark)
    }

    /// Waits until `prompt` has been heard, anywhere since the answer.
    pub async fn wait_heard(&self, prompt: &[i16], timeout: Duration) -> Result<Match, NotHeard> {
        self.wait_heard_from(0, prompt, timeout).await
    }

    /// Waits until `prompt` has been heard after `mark`; the match counts from the answer.
    pub async fn wait_heard_from(
        &self,
        mark: usize,
        prompt: &[i16],
        timeout: Duration,
    ) -> Result<Match, NotHeard> {
        wait::prompt(&self.audio, mark, prompt, timeout).await
    }

    /// Waits until `hz` has been heard for `seconds` altogether after `mark`.
    pub async fn wait_tone(
        &self,
        mark: usize,
        hz: f64,
        seconds: f64,
        timeout: Duration,
    ) -> Result<(), NotHeard> {
        wait::tone(&self.audio, mark, hz, seconds, timeout).await
    }

    /// Waits until at least one packet of sound has come.
    pub async fn wait_sound(&self, timeout: Duration) -> bool {
        let mut news = self.audio.news();
        matches!(tokio::time::timeout(timeout, news.wait_for(|n| *n > 0)).await, Ok(Ok(_)))
    }

    pub fn stats(&self) -> AudioStats {
        self.audio.stats()
    }
}

/// The task's side of a call.
pub(super) struct Talk {
    inner: Arc<Inner>,
    dialog: Dialog,
    ours: Ours,
    audio: Arc<Audio>,
    _entry: Entry,
}

impl Talk {
    pub fn new(inner: Arc<Inner>, dialog: Dialog, ours: Ours, audio: Audio, entry: Entry) -> Talk {
        Talk { inner, dialog, ours, audio: Arc::new(audio), _entry: entry }
    }

    /// Sound on, task running.
    pub fn begin(self, mailbox: mpsc::Receiver<Mail>, connection: Connection) -> Call {
        self.audio.connect(connection);
        let (orders, queue) = mpsc::channel(16);
        let (ended, ending) = watch::channel(None);
        let call =
            Call { orders, ended: ending, audio: self.audio.clone(), call_id: self.dialog.call_id.clone() };
        tokio::spawn(async move {
            let how = self.run(mailbox, queue).await;
            ended.send_replace(Some(how));
        });
        call
    }

    /// BYE for a call that cannot be used.
    pub async fn end_at_once(mut self) {
        self.bye().await;
    }

    async fn bye(&mut self) -> Ending {
        let bye = self.dialog.request(Method::Bye);
        match self.inner.request(bye, self.dialog.hop).await {
            Some(_) => Ending::ByUs,
            None => Ending::Lost,
        }
    }

    async fn run(mut self, mut mailbox: mpsc::Receiver<Mail>, mut orders: mpsc::Receiver<Order>) -> Ending {
        let ending = loop {
            tokio::select! {
                mail = mailbox.recv() => match mail {
                    Some(mail) if mail.request.method == Method::Bye => {
                        self.silence();
                        self.answer(&mail, 200).await;
                        break Ending::ByPeer;
                    }
                    Some(mail) => self.on_request(mail).await,
                    None => break Ending::Lost,
                },
                order = orders.recv() => match order {
                    Some(Order::HangUp) | None => {
                        self.silence();
                        break self.bye().await;
                    }
                    Some(Order::Info(key, done)) => {
                        let _ = done.send(self.info(key).await);
                    }
                    Some(Order::Direction(direction, done)) => {
                        let _ = done.send(self.redirect(direction).await);
                    }
                },
            }
        };
        // A BYE of the peer that crossed ours.
        while let Ok(mail) = mailbox.try_recv() {
            self.answer(&mail, if mail.request.method == Method::Bye { 200 } else { 481 }).await;
        }
        ending
    }

    fn silence(&self) {
        if let Some(connection) = self.audio.connection() {
            self.audio.connect(Connection { sends: false, ..connection });
        }
    }

    async fn answer(&self, mail: &Mail, code: u16) {
        if mail.request.method != Method::Ack {
            self.inner.reply(mail, respond(&mail.request, code, None)).await;
        }
    }

    async fn on_request(&mut self, mail: Mail) {
        match mail.request.method {
            Method::Ack => self.late_answer(&mail.request),
            Method::Invite | Method::Update => self.on_offer(&mail).await,
            Method::Options | Method::Info => self.answer(&mail, 200).await,
            _ => self.answer(&mail, 405).await,
        }
    }

    /// The answer to an offer of ours that went out in a 200 comes in the ACK.
    fn late_answer(&self, ack: &Request) {
        if let Some(connection) = Peer::parse(&ack.body).and_then(|peer| agree(&self.ours, &peer)) {
            self.audio.connect(connection);
        }
    }

    /// A re-INVITE or UPDATE (RFC 3261 §14.2): new address, hold, or no description at all.
    async fn on_offer(&mut self, mail: &Mail) {
        let mut response = respond(&mail.request, 200, None);
        response.headers.push(contact_header(&self.dialog.contact));
        if mail.request.body.is_empty() {
            if mail.request.method == Method::Invite {
                self.ours.version += 1;
                set_body(&mut response.headers, &mut response.body, "application/sdp", self.ours.write());
            }
        } else {
            let answer =
                Peer::parse(&mail.request.body).and_then(|peer| Some((self.ours.answer(&peer)?, peer)));
            let Some((answer, peer)) = answer else { return self.answer(mail, 488).await };
            if let Some(connection) = agree(&answer, &peer) {
                self.audio.connect(connection);
            }
            self.ours.version = answer.version;
            set_body(&mut response.headers, &mut response.body, "application/sdp", answer.write());
        }
        self.inner.reply(mail, response).await;
    }

    /// A key by SIP INFO; true if the peer took it.
    async fn info(&mut self, key: Key) -> bool {
        let mut info = self.dialog.request(Method::Info);
        let body = format!("Signal={key}\r\nDuration=160\r\n");
        set_body(&mut info.headers, &mut info.body, "application/dtmf-relay", body);
        let answer = self.inner.request(info, self.dialog.hop).await;
        answer.is_some_and(|a| a.status_code.code() < 300)
    }

    /// Our own re-INVITE with another direction; true if the peer agreed.
    async fn redirect(&mut self, direction: Direction) -> bool {
        self.ours.direction = direction;
        self.ours.version += 1;
        let mut invite = self.dialog.request(Method::Invite);
        let seq = self.dialog.cseq;
        set_body(&mut invite.headers, &mut invite.body, "application/sdp", self.ours.write());
        let Some(key) = transaction_key(&invite) else { return false };
        let sent = invite.clone();
        let Some(answer) = self.inner.request(invite, self.dialog.hop).await else { return false };
        let mut ack = self.dialog.with_seq(Method::Ack, seq);
        if answer.status_code.code() >= 300 {
            copy_via(&mut ack, &sent);
        }
        self.inner.acknowledge(key, ack, self.dialog.hop).await;
        let agreed = Peer::parse(&answer.body).and_then(|peer| agree(&self.ours, &peer));
        match agreed {
            Some(connection) if answer.status_code.code() < 300 => {
                self.audio.connect(connection);
                true
            }
            _ => false,
        }
    }
}

pub(super) fn contact_header(contact: &str) -> rsip::Header {
    use rsip::prelude::UntypedHeader;
    rsip::headers::Contact::new(contact).into()
}
