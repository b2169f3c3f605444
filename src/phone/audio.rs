//! The phone's RTP end: 50 packets a second out, everything that comes in kept as samples.

mod receive;
mod send;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot, watch};

use self::receive::Receiver;
use self::send::{Press, Sender};
use super::signal::Signal;
use crate::ids::Key;
use crate::media::command::Codec;

/// Interval of RTP packets.
const TICK: Duration = Duration::from_millis(20);
/// Longest sound that is kept: ten minutes.
pub const HEARD_LIMIT: usize = 10 * 60 * 8_000;

/// How a key is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeyStyle {
    /// telephone-event packets (RFC 4733); in-band where the peer knows none.
    #[default]
    Event,
    /// Its two tones in the sound.
    Tones,
    /// As a gateway does: its tones for 40 ms until they are recognised, then telephone-events.
    Gateway,
    /// SIP INFO with `application/dtmf-relay`.
    Info,
}

/// What the stream came to so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AudioStats {
    pub sent: u64,
    pub received: u64,
    /// Holes in the sequence numbers received.
    pub lost: u64,
    pub rtcp_received: u64,
    /// Longest time between two packets received.
    pub max_gap_ms: u64,
    /// Keys that the peer sent as telephone-events, each counted once.
    pub keys_received: u64,
}

/// Where and how we send; `None` before an answer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Connection {
    pub remote: SocketAddr,
    pub codec: Codec,
    pub dtmf: Option<u8>,
    pub sends: bool,
}

/// What tests do to the packets we send.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Impairment {
    /// Share of packets thrown away before they are sent.
    pub loss: f64,
    pub seed: u64,
}

enum Order {
    Play(Signal),
    Press(Press),
}

#[derive(Default)]
pub(super) struct Shared {
    receiver: Mutex<Receiver>,
    sent: std::sync::atomic::AtomicU64,
}

impl Shared {
    fn receiver(&self) -> std::sync::MutexGuard<'_, Receiver> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One bound pair of ports and the task that serves it; stops when dropped.
pub(super) struct Audio {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    orders: mpsc::Sender<Order>,
    connection: watch::Sender<Option<Connection>>,
    /// Samples heard so far.
    news: watch::Receiver<usize>,
    task: tokio::task::AbortHandle,
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Audio {
    pub async fn open(ip: IpAddr, signal: Signal, impairment: Impairment) -> std::io::Result<Audio> {
        let (rtp, rtcp) = bind_pair(ip).await?;
        let address = rtp.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (orders, order_queue) = mpsc::channel(64);
        let (connection, connected) = watch::channel(None);
        let (length, news) = watch::channel(0);
        let end = End {
            rtp,
            rtcp,
            shared: shared.clone(),
            orders: order_queue,
            connected,
            length,
            sender: Sender::new(signal, impairment),
        };
        let task = tokio::spawn(end.run()).abort_handle();
        Ok(Audio { address, shared, orders, connection, news, task })
    }

    pub fn connect(&self, connection: Connection) {
        self.connection.send_replace(Some(connection));
    }

    pub fn connection(&self) -> Option<Connection> {
        *self.connection.borrow()
    }

    pub async fn play(&self, signal: Signal) {
        let _ = self.orders.send(Order::Play(signal)).await;
    }

    /// Presses a key for 100 ms; back when it is over and 60 ms have followed.
    pub async fn press(&self, key: Key, style: KeyStyle) {
        let (done, over) = oneshot::channel();
        let press = Press::new(key, style, done);
        if self.orders.send(Order::Press(press)).await.is_ok() {
            let _ = over.await;
        }
    }

    pub fn heard(&self) -> Vec<i16> {
        self.shared.receiver().samples().to_vec()
    }

    /// What was heard from sample `from` on.
    pub fn heard_from(&self, from: usize) -> Vec<i16> {
        self.shared.receiver().samples().get(from..).unwrap_or_default().to_vec()
    }

    pub fn news(&self) -> watch::Receiver<usize> {
        self.news.clone()
    }

    pub fn stats(&self) -> AudioStats {
        let sent = self.shared.sent.load(std::sync::atomic::Ordering::Relaxed);
        AudioStats { sent, ..self.shared.receiver().stats() }
    }
}

/// An even port and the one above it.
async fn bind_pair(ip: IpAddr) -> std::io::Result<(UdpSocket, UdpSocket)> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    for _ in 0..64 {
        let rtp = UdpSocket::bind((ip, 0)).await?;
        let port = rtp.local_addr()?.port();
        if port % 2 == 0 {
            match UdpSocket::bind((ip, port + 1)).await {
                Ok(rtcp) => return Ok((rtp, rtcp)),
                Err(e) => last = e,
            }
        }
    }
    Err(last)
}

/// The task's side.
struct End {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    shared: Arc<Shared>,
    orders: mpsc::Receiver<Order>,
    connected: watch::Receiver<Option<Connection>>,
    length: watch::Sender<usize>,
    sender: Sender,
}

impl End {
    async fn run(mut self) {
        let mut ticks = tokio::time::interval(TICK);
        let (mut packet, mut report) = ([0u8; 2_048], [0u8; 2_048]);
        loop {
            tokio::select! {
                biased;
                _ = ticks.tick() => self.send_frame(),
                got = self.rtp.recv_from(&mut packet) => match got {
                    Ok((length, _)) => self.take(&packet[..length]),
                    // Port unreachable of the peer comes back as an error here; the stream goes on.
                    Err(_) => tokio::task::yield_now().await,
                },
                got = self.rtcp.recv_from(&mut report) => if got.is_ok() {
                    self.shared.receiver().count_report();
                },
                order = self.orders.recv() => match order {
                    Some(Order::Play(signal)) => self.sender.play(signal),
                    Some(Order::Press(press)) => self.sender.press(press),
                    None => return,
                },
            }
        }
    }

    fn send_frame(&mut self) {
        let Some(connection) = *self.connected.borrow() else { return };
        if let Some(packet) = self.sender.next(&connection)
            && self.rtp.try_send_to(packet, connection.remote).is_ok()
        {
            self.shared.sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn take(&mut self, packet: &[u8]) {
        let dtmf = self.connected.borrow().and_then(|c| c.dtmf);
        let mut receiver = self.shared.receiver();
        receiver.take(packet, dtmf, tokio::time::Instant::now());
        let length = receiver.samples().len();
        drop(receiver);
        self.length.send_replace(length);
    }
}
