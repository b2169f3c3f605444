//! SIP over TCP: connections from and to peers, cut into messages, everything bounded.
//!
//! A connection is one task that reads and writes. A peer that does not read loses its connection
//! when its queue is full; one that floods is slowed down, because reading waits for the engine.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::ids::FlowId;
use crate::io::sip_framing::Framing;
use crate::io::transport_metrics::TransportMetrics;

/// Messages waiting to be written to one peer.
const WRITE_QUEUE: usize = 64;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Rest after a failed accept (no more file descriptors), so as not to spin.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// Limits of [`SipTcp`].
#[derive(Clone, Copy, Debug)]
pub struct TcpConfig {
    /// Most connections at once, both ways together.
    pub connections: usize,
    /// Nothing sent or received for this long ends a connection.
    pub idle: Duration,
}

/// Makes the framing of a new connection.
pub type MakeFraming = Arc<dyn Fn() -> Box<dyn Framing> + Send + Sync>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TcpEvent {
    Message {
        flow: FlowId,
        bytes: Vec<u8>,
    },
    /// The flow is gone; its id never comes again.
    Closed {
        flow: FlowId,
    },
    /// What was to be sent to `remote` could not be: no connection, or too many.
    ConnectFailed {
        remote: SocketAddr,
    },
}

/// The message was not taken: the connection is gone, or its peer does not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the connection is gone or its peer does not read")]
pub struct NotSent;

/// All connections; clone freely.
#[derive(Clone)]
pub struct SipTcp {
    shared: Arc<Shared>,
    local: SocketAddr,
}

struct Shared {
    config: TcpConfig,
    framing: MakeFraming,
    events: mpsc::Sender<TcpEvent>,
    metrics: Arc<TransportMetrics>,
    runtime: Handle,
    writers: DashMap<u64, mpsc::Sender<Vec<u8>>>,
    by_remote: DashMap<SocketAddr, u64>,
    next_id: AtomicU64,
    permits: Arc<Semaphore>,
}

impl SipTcp {
    /// Listens, and takes connections on the runtime it is called in until the handle is aborted.
    pub async fn start(
        listen: SocketAddr,
        config: TcpConfig,
        framing: MakeFraming,
        events: mpsc::Sender<TcpEvent>,
        metrics: Arc<TransportMetrics>,
    ) -> io::Result<(SipTcp, JoinHandle<()>)> {
        let listener = TcpListener::bind(listen).await?;
        let local = listener.local_addr()?;
        let shared = Arc::new(Shared {
            config,
            framing,
            events,
            metrics,
            runtime: Handle::current(),
            writers: DashMap::new(),
            by_remote: DashMap::new(),
            next_id: AtomicU64::new(1),
            permits: Arc::new(Semaphore::new(config.connections)),
        });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Ok((SipTcp { shared, local }, accepting))
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Queues a message on a connection; never waits. A peer whose queue is full loses its connection.
    pub fn send(&self, id: u64, bytes: Vec<u8>) -> Result<(), NotSent> {
        self.shared.send(id, bytes)
    }

    /// Sends over a connection to `remote`, opening one if there is none. From any thread, never waits.
    pub fn connect(&self, remote: SocketAddr, bytes: Vec<u8>) {
        let shared = &self.shared;
        let open = shared.by_remote.get(&remote).map(|id| *id);
        if open.is_some_and(|id| shared.send(id, bytes.clone()).is_ok()) {
            return;
        }
        let Some((connection, queue)) = shared.register(remote) else {
            shared.metrics.rejected("too_many_connections", 1);
            let failed = TcpEvent::ConnectFailed { remote };
            let events = shared.events.clone();
            shared.runtime.spawn(async move { events.send(failed).await });
            return;
        };
        let _ = shared.send(connection.id, bytes);
        shared.runtime.spawn(connection.open(queue));
    }

    /// What is queued on the connection is still written.
    pub fn close(&self, id: u64) {
        self.shared.writers.remove(&id);
    }

    /// Closes every connection after what is queued on it.
    pub fn close_all(&self) {
        self.shared.writers.clear();
    }

    pub fn connections(&self) -> usize {
        self.shared.config.connections - self.shared.permits.available_permits()
    }
}

impl Shared {
    fn send(&self, id: u64, bytes: Vec<u8>) -> Result<(), NotSent> {
        let sent = self.writers.get(&id).is_some_and(|writer| writer.try_send(bytes).is_ok());
        if sent {
            return Ok(());
        }
        if self.writers.remove(&id).is_some() {
            self.metrics.rejected("peer_does_not_read", 1);
        }
        Err(NotSent)
    }

    /// A place for one more connection, if there is one, and the queue of what is to be written.
    fn register(self: &Arc<Self>, remote: SocketAddr) -> Option<(Connection, mpsc::Receiver<Vec<u8>>)> {
        let permit = self.permits.clone().try_acquire_owned().ok()?;
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (writer, queue) = mpsc::channel(WRITE_QUEUE);
        self.writers.insert(id, writer);
        self.by_remote.insert(remote, id);
        self.metrics.connections(self.config.connections - self.permits.available_permits());
        Some((Connection { shared: self.clone(), id, remote, _permit: permit }, queue))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => match shared.register(remote) {
                Some((connection, queue)) => drop(tokio::spawn(connection.run(stream, queue))),
                None => shared.metrics.rejected("too_many_connections", 1),
            },
            Err(error) => {
                tracing::warn!(%error, "taking a SIP connection");
                tokio::time::sleep(ACCEPT_REST).await;
            }
        }
    }
}

/// A registered connection; leaves the registry when dropped.
struct Connection {
    shared: Arc<Shared>,
    id: u64,
    remote: SocketAddr,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.writers.remove(&self.id);
        self.shared.by_remote.remove_if(&self.remote, |_, id| *id == self.id);
        let others = self.shared.config.connections - self.shared.permits.available_permits();
        self.shared.metrics.connections(others.saturating_sub(1));
    }
}

impl Connection {
    async fn open(self, queue: mpsc::Receiver<Vec<u8>>) {
        match timeout(CONNECT_TIMEOUT, TcpStream::connect(self.remote)).await {
            Ok(Ok(stream)) => self.run(stream, queue).await,
            Ok(Err(_)) | Err(_) => {
                let failed = TcpEvent::ConnectFailed { remote: self.remote };
                let events = self.shared.events.clone();
                drop(self);
                let _ = events.send(failed).await;
            }
        }
    }

    /// Until either side is done with it.
    async fn run(self, mut stream: TcpStream, queue: mpsc::Receiver<Vec<u8>>) {
        let _ = stream.set_nodelay(true);
        let flow = FlowId::Connection { id: self.id, remote: self.remote };
        let wrote = AtomicBool::new(false);
        let (reader, writer) = stream.split();
        tokio::select! {
            () = self.read(reader, flow, &wrote) => {}
            () = write(writer, queue, &wrote) => {}
        }
        let events = self.shared.events.clone();
        drop(self);
        let _ = events.send(TcpEvent::Closed { flow }).await;
    }

    async fn read(&self, mut reader: ReadHalf<'_>, flow: FlowId, wrote: &AtomicBool) {
        let mut framing = (self.shared.framing)();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let length = match timeout(self.shared.config.idle, reader.read(&mut buffer)).await {
                Err(_) if wrote.swap(false, Ordering::Relaxed) => continue,
                Err(_) | Ok(Err(_) | Ok(0)) => return,
                Ok(Ok(length)) => length,
            };
            let framed = match framing.push(buffer.get(..length).unwrap_or(&[])) {
                Ok(framed) => framed,
                Err(error) => {
                    tracing::debug!(%error, "closing a SIP connection");
                    self.shared.metrics.rejected("unframeable", 1);
                    return;
                }
            };
            for _ in 0..framed.pings {
                let _ = self.shared.send(self.id, b"\r\n".to_vec());
            }
            for bytes in framed.messages {
                if self.shared.events.send(TcpEvent::Message { flow, bytes }).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn write(mut writer: WriteHalf<'_>, mut queue: mpsc::Receiver<Vec<u8>>, wrote: &AtomicBool) {
    while let Some(bytes) = queue.recv().await {
        match timeout(WRITE_TIMEOUT, writer.write_all(&bytes)).await {
            Ok(Ok(())) => wrote.store(true, Ordering::Relaxed),
            Ok(Err(_)) | Err(_) => return,
        }
    }
    let _ = timeout(WRITE_TIMEOUT, writer.shutdown()).await;
}

#[cfg(test)]
mod tests;
