//! One UDP address of a phone: sends, receives, and leads every message to its transaction or
//! dialog (RFC 3261 §17, §18).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rsip::{Method, Request, Response, SipMessage};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::call::Call;
use super::message::{self, call_id_of, has_to_tag, request_bytes, respond, response_bytes, transaction_key};
use super::register::{RegisterFailed, Registration};
use super::uac::{self, CallFailed, CallOptions};
use super::uas::{self, IncomingCall};

/// RFC 3261 §17: round-trip estimate, longest interval of retransmission, end of a transaction.
pub(super) const T1: Duration = Duration::from_millis(500);
pub(super) const T2: Duration = Duration::from_secs(4);
pub(super) const TIMEOUT: Duration = Duration::from_secs(32);

/// Messages waiting for one dialog or transaction; more are dropped and come again.
const MAILBOX: usize = 32;
/// New calls nobody has taken yet; more get no answer.
const RINGING: usize = 1_024;
/// Answers remembered for retransmitted requests and responses.
const MEMORY: usize = 20_000;

/// A request of the peer, and where it came from.
pub(super) struct Mail {
    pub request: Request,
    pub from: SocketAddr,
}

/// A telephone at one UDP address. Calls end when the phone is dropped.
pub struct Phone {
    inner: Arc<Inner>,
    incoming: tokio::sync::Mutex<mpsc::Receiver<IncomingCall>>,
    task: tokio::task::AbortHandle,
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Phone {
    /// A phone at `address`; port 0 takes a free one.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Phone> {
        let socket = UdpSocket::bind(address).await?;
        let address = socket.local_addr()?;
        let (ringing, incoming) = mpsc::channel(RINGING);
        let inner = Arc::new(Inner { socket, address, tables: Mutex::default() });
        let task = tokio::spawn(receive(inner.clone(), ringing)).abort_handle();
        Ok(Phone { inner, incoming: tokio::sync::Mutex::new(incoming), task })
    }

    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// Registers with digest, refreshes, and removes the binding when asked to.
    pub async fn register(
        &self,
        server: SocketAddr,
        user: &str,
        password: &str,
    ) -> Result<Registration, RegisterFailed> {
        self.register_as(server, message::Auth::new(user, password)).await
    }

    /// As [`Phone::register`], with the choice of digest.
    pub async fn register_as(
        &self,
        server: SocketAddr,
        auth: message::Auth,
    ) -> Result<Registration, RegisterFailed> {
        Registration::begin(self.inner.clone(), server, auth).await
    }

    /// Rings `number`; back when answered or refused. Dropping the future cancels the call.
    pub async fn call(
        &self,
        server: SocketAddr,
        number: &str,
        options: CallOptions,
    ) -> Result<Call, CallFailed> {
        uac::call(self.inner.clone(), server, number.to_owned(), options).await
    }

    /// The next call that rings here; `None` when the socket is gone.
    pub async fn incoming(&self) -> Option<IncomingCall> {
        self.incoming.lock().await.recv().await
    }

    /// Sends `datagram` as it stands: for what no phone should send.
    pub async fn send_raw(&self, server: SocketAddr, datagram: &[u8]) -> std::io::Result<()> {
        self.inner.socket.send_to(datagram, server).await.map(|_| ())
    }

    /// Asks OPTIONS (RFC 3261 §11); the code of the answer.
    pub async fn options(&self, server: SocketAddr, number: &str) -> Option<u16> {
        let mut dialog = uac::fresh_dialog(&self.inner, server, "phone", number)?;
        let answer = self.inner.request(dialog.request(Method::Options), server).await?;
        Some(answer.status_code.code())
    }
}

#[derive(Default)]
struct Tables {
    transactions: HashMap<String, mpsc::Sender<Response>>,
    dialogs: HashMap<String, mpsc::Sender<Mail>>,
    /// What a repeated message is answered with, until when: ACKs by `ack` and the transaction of
    /// the INVITE, responses by `response` and the transaction of the request.
    memory: HashMap<(Kind, String), (Vec<u8>, SocketAddr, Instant)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Ack,
    Response,
}

pub(super) struct Inner {
    socket: UdpSocket,
    pub address: SocketAddr,
    tables: Mutex<Tables>,
}

/// Leaves the table when dropped.
pub(super) struct Entry {
    inner: Arc<Inner>,
    key: String,
    what: What,
}

enum What {
    Transaction,
    Dialog,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut tables = self.inner.tables();
        match self.what {
            What::Transaction => drop(tables.transactions.remove(&self.key)),
            What::Dialog => drop(tables.dialogs.remove(&self.key)),
        }
    }
}

impl Inner {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn send(&self, bytes: &[u8], to: SocketAddr) {
        // A lost datagram and one that could not be sent are the same to SIP over UDP.
        let _ = self.socket.send_to(bytes, to).await;
    }

    pub fn open_transaction(self: &Arc<Self>, key: String) -> (Entry, mpsc::Receiver<Response>) {
        let (sender, receiver) = mpsc::channel(MAILBOX);
        self.tables().transactions.insert(key.clone(), sender);
        (Entry { inner: self.clone(), key, what: What::Transaction }, receiver)
    }

    pub fn open_dialog(self: &Arc<Self>, call_id: String) -> (Entry, mpsc::Receiver<Mail>) {
        let (sender, receiver) = mpsc::channel(MAILBOX);
        self.tables().dialogs.insert(call_id.clone(), sender);
        (Entry { inner: self.clone(), key: call_id, what: What::Dialog }, receiver)
    }

    fn remember(&self, kind: Kind, key: String, bytes: &[u8], to: SocketAddr) {
        let now = Instant::now();
        let mut tables = self.tables();
        if tables.memory.len() >= MEMORY {
            tables.memory.retain(|_, (_, _, until)| *until > now);
        }
        if tables.memory.len() < MEMORY {
            tables.memory.insert((kind, key), (bytes.to_vec(), to, now + TIMEOUT));
        }
    }

    fn recall(&self, kind: Kind, key: &str) -> Option<(Vec<u8>, SocketAddr)> {
        let tables = self.tables();
        tables.memory.get(&(kind, key.to_owned())).map(|(bytes, to, _)| (bytes.clone(), *to))
    }

    /// Sends the ACK of the INVITE with transaction `key`, again for each repeated final response.
    pub async fn acknowledge(&self, key: String, ack: Request, to: SocketAddr) {
        let bytes = request_bytes(ack);
        self.remember(Kind::Ack, key, &bytes, to);
        self.send(&bytes, to).await;
    }

    /// Sends the final response to a request that is no INVITE, again for each repetition.
    pub async fn reply(&self, mail: &Mail, response: Response) {
        let bytes = response_bytes(response);
        if let Some(key) = transaction_key(&mail.request) {
            self.remember(Kind::Response, key, &bytes, mail.from);
        }
        self.send(&bytes, mail.from).await;
    }

    /// A client transaction that is no INVITE (RFC 3261 §17.1.2): the final response, if one comes.
    pub async fn request(self: &Arc<Self>, request: Request, to: SocketAddr) -> Option<Response> {
        let (_entry, mut answers) = self.open_transaction(transaction_key(&request)?);
        let bytes = request_bytes(request);
        let deadline = Instant::now() + TIMEOUT;
        let mut interval = T1;
        loop {
            self.send(&bytes, to).await;
            let again = Instant::now() + interval;
            loop {
                tokio::select! {
                    answer = answers.recv() => match answer {
                        Some(a) if a.status_code.code() < 200 => interval = T2,
                        answer => return answer,
                    },
                    () = tokio::time::sleep_until(again.min(deadline)) => break,
                }
            }
            if Instant::now() >= deadline {
                return None;
            }
            interval = (interval * 2).min(T2);
        }
    }

    async fn on_response(&self, response: Response) {
        let Some(key) = transaction_key(&response) else { return };
        let transaction = self.tables().transactions.get(&key).cloned();
        if let Some(transaction) = transaction {
            let _ = transaction.try_send(response);
        } else if response.status_code.code() >= 200
            && let Some((ack, to)) = self.recall(Kind::Ack, &key)
        {
            self.send(&ack, to).await;
        }
    }

    async fn on_request(
        self: &Arc<Self>,
        request: Request,
        from: SocketAddr,
        ringing: &mpsc::Sender<IncomingCall>,
    ) {
        if let Some((bytes, to)) = transaction_key(&request).and_then(|k| self.recall(Kind::Response, &k)) {
            return self.send(&bytes, to).await;
        }
        let dialog = call_id_of(&request).and_then(|id| self.tables().dialogs.get(&id).cloned());
        let mail = Mail { request, from };
        match (mail.request.method, dialog) {
            (_, Some(dialog)) => drop(dialog.try_send(mail)),
            (Method::Ack, None) => {}
            (Method::Invite, None) if !has_to_tag(&mail.request) => {
                if let Some(call) = uas::ring(self.clone(), mail) {
                    // Nobody takes calls: the caller hears nothing, as from a phone that is off.
                    let _ = ringing.try_send(call);
                }
            }
            (Method::Options, None) => {
                let answer = respond(&mail.request, 200, Some(&message::token()));
                self.reply(&mail, answer).await;
            }
            (_, None) => {
                let answer = respond(&mail.request, 481, Some(&message::token()));
                self.reply(&mail, answer).await;
            }
        }
    }
}

async fn receive(inner: Arc<Inner>, ringing: mpsc::Sender<IncomingCall>) {
    let mut datagram = vec![0u8; 65_536];
    loop {
        let Ok((length, from)) = inner.socket.recv_from(&mut datagram).await else {
            // ICMP errors of earlier datagrams surface here.
            tokio::task::yield_now().await;
            continue;
        };
        match SipMessage::try_from(&datagram[..length]) {
            Ok(SipMessage::Response(response)) => inner.on_response(response).await,
            Ok(SipMessage::Request(request)) => inner.on_request(request, from, &ringing).await,
            Err(_) => {}
        }
    }
}
