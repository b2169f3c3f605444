//! A network in memory: what is sent to an address is there for its socket, at once and in order.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Batch, DATAGRAMS, Network, RtpSocket};

/// Datagrams a port holds; later ones are lost, as in a kernel.
const HELD: usize = 64;

type Queue = VecDeque<(SocketAddr, Vec<u8>)>;

/// One host of the network; clones share the wire, [`SimNetwork::host`] adds others to it.
#[derive(Clone, Debug)]
pub struct SimNetwork {
    ip: IpAddr,
    wire: Arc<Mutex<BTreeMap<SocketAddr, Queue>>>,
}

impl SimNetwork {
    pub fn new(ip: IpAddr) -> Self {
        SimNetwork { ip, wire: Arc::default() }
    }

    /// Another host on the same wire.
    pub fn host(&self, ip: IpAddr) -> Self {
        SimNetwork { ip, wire: Arc::clone(&self.wire) }
    }
}

impl Network for SimNetwork {
    type Socket = SimSocket;

    fn bind(&mut self, port: u16) -> io::Result<SimSocket> {
        let local = SocketAddr::new(self.ip, port);
        let mut wire = lock(&self.wire);
        if wire.contains_key(&local) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        wire.insert(local, Queue::new());
        Ok(SimSocket { local, wire: Arc::clone(&self.wire) })
    }
}

/// A bound port; unbound when dropped.
#[derive(Debug)]
pub struct SimSocket {
    local: SocketAddr,
    wire: Arc<Mutex<BTreeMap<SocketAddr, Queue>>>,
}

impl RtpSocket for SimSocket {
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        if let Some(queue) = lock(&self.wire).get_mut(&to)
            && queue.len() < HELD
        {
            queue.push_back((self.local, datagram.to_vec()));
        }
        Ok(())
    }

    fn receive(&mut self, batch: &mut Batch) {
        batch.clear();
        let mut wire = lock(&self.wire);
        let Some(queue) = wire.get_mut(&self.local) else { return };
        for (from, datagram) in queue.drain(..queue.len().min(DATAGRAMS)) {
            batch.push(from, &datagram);
        }
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        lock(&self.wire).remove(&self.local);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
