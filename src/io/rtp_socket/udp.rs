//! Real sockets.

use std::io;
use std::mem::size_of;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};

use socket2::{Domain, Protocol, Socket, Type};

use super::{Batch, Network, RtpSocket};

/// Room for about 40 packets as the kernel counts: what is older than half a second is no use.
const RECEIVE_BUFFER: usize = 16 << 10;
/// Expedited Forwarding (RFC 3246) in the upper six bits: voice goes first.
const TRAFFIC_CLASS: u32 = 0xB8;

/// Binds ports of one local address.
#[derive(Clone, Copy, Debug)]
pub struct UdpNetwork {
    bind: IpAddr,
}

impl UdpNetwork {
    pub fn new(bind: IpAddr) -> Self {
        UdpNetwork { bind }
    }
}

impl Network for UdpNetwork {
    type Socket = UdpRtpSocket;

    fn bind(&mut self, port: u16) -> io::Result<UdpRtpSocket> {
        let domain = if self.bind.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        let marked = match self.bind {
            IpAddr::V4(_) => socket.set_tos_v4(TRAFFIC_CLASS),
            IpAddr::V6(_) => socket.set_tclass_v6(TRAFFIC_CLASS),
        };
        // Some containers forbid it; calls work without.
        let _ = marked;
        socket.bind(&SocketAddr::new(self.bind, port).into())?;
        Ok(UdpRtpSocket { fd: socket.into() })
    }
}

#[derive(Debug)]
pub struct UdpRtpSocket {
    fd: OwnedFd,
}

impl RtpSocket for UdpRtpSocket {
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        match to {
            SocketAddr::V4(to) => {
                let to = libc::sockaddr_in {
                    sin_family: libc::AF_INET as libc::sa_family_t,
                    sin_port: to.port().to_be(),
                    sin_addr: libc::in_addr { s_addr: u32::from(*to.ip()).to_be() },
                    sin_zero: [0; 8],
                };
                send_to(&self.fd, &to, datagram)
            }
            SocketAddr::V6(to) => {
                let to = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as libc::sa_family_t,
                    sin6_port: to.port().to_be(),
                    sin6_flowinfo: 0,
                    sin6_addr: libc::in6_addr { s6_addr: to.ip().octets() },
                    sin6_scope_id: to.scope_id(),
                };
                send_to(&self.fd, &to, datagram)
            }
        }
    }

    fn receive(&mut self, batch: &mut Batch) {
        batch.fill(self.fd.as_raw_fd());
    }
}

/// `A` is one of the kernel's address types.
fn send_to<A>(fd: &OwnedFd, to: &A, datagram: &[u8]) -> io::Result<()> {
    // SAFETY: both pointers are to live memory of the stated lengths, only read by the kernel.
    let sent = unsafe {
        libc::sendto(
            fd.as_raw_fd(),
            datagram.as_ptr().cast(),
            datagram.len(),
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            std::ptr::from_ref(to).cast(),
            size_of::<A>() as libc::socklen_t,
        )
    };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn pair() -> Option<(UdpRtpSocket, UdpRtpSocket, SocketAddr, SocketAddr)> {
        let mut network = UdpNetwork::new(Ipv4Addr::LOCALHOST.into());
        let a = network.bind(0).ok()?;
        let b = network.bind(0).ok()?;
        let address = |s: &UdpRtpSocket| socket2::SockRef::from(&s.fd).local_addr().ok()?.as_socket();
        let (to_a, to_b) = (address(&a)?, address(&b)?);
        Some((a, b, to_a, to_b))
    }

    #[test]
    fn datagrams_come_in_order_with_their_source() {
        let (mut a, mut b, from, to) = pair().unwrap();
        for n in 0..6u8 {
            a.send(to, &[n; 172]).unwrap();
        }
        let mut batch = Batch::default();
        b.receive(&mut batch);
        let taken: Vec<_> = batch.iter().map(|(source, bytes)| (source, bytes.len(), bytes[0])).collect();
        assert_eq!(taken, [(from, 172, 0), (from, 172, 1), (from, 172, 2), (from, 172, 3)]);
        b.receive(&mut batch);
        assert_eq!(batch.len(), 2);
        b.receive(&mut batch);
        assert!(batch.is_empty());
    }

    #[test]
    fn a_datagram_too_long_for_a_telephone_comes_empty() {
        let (mut a, mut b, _, to) = pair().unwrap();
        a.send(to, &[1; 1400]).unwrap();
        let mut batch = Batch::default();
        b.receive(&mut batch);
        assert_eq!(batch.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn a_port_in_use_is_told() {
        let (_a, _b, taken, _) = pair().unwrap();
        let error = UdpNetwork::new(taken.ip()).bind(taken.port()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
