//! Sockets of media legs: many datagrams a system call in, one out, never waiting.

use std::io;
use std::net::SocketAddr;

mod batch;
mod sim;
mod udp;

pub use batch::{Batch, DATAGRAMS};
pub use sim::{SimNetwork, SimSocket};
pub use udp::{UdpNetwork, UdpRtpSocket};

/// One bound port.
pub trait RtpSocket {
    /// Sends one datagram now or not at all.
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()>;

    /// Takes what has arrived, at most [`DATAGRAMS`], into `batch`. Fewer than that: the socket is
    /// empty.
    fn receive(&mut self, batch: &mut Batch);
}

/// Where ports are bound.
pub trait Network {
    type Socket: RtpSocket;

    /// [`io::ErrorKind::AddrInUse`] if somebody else has the port.
    fn bind(&mut self, port: u16) -> io::Result<Self::Socket>;
}
