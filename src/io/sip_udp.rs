//! SIP over UDP: one socket, one thread that receives in batches, senders anywhere.
//!
//! No wake-up per packet: `recvmmsg` waits for the first datagram and takes what else is there.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, SockAddrStorage, SockRef, Socket, Type};

use crate::ids::FlowId;

/// Datagrams taken at once.
const BATCH: usize = 32;
/// A UDP datagram is never longer.
const LONGEST: usize = 65_536;
/// Kernel buffers: a burst of some thousand requests must survive until the thread runs.
const SOCKET_BUFFER: usize = 4 << 20;
/// How soon the thread sees that it is to stop.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Datagrams with the flows they came over.
pub type Batch = Vec<(FlowId, Vec<u8>)>;

/// A bound socket.
pub struct SipUdp {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    failed: Arc<AtomicU64>,
}

/// Sends without ever waiting; clone freely.
#[derive(Clone)]
pub struct UdpSender {
    socket: Arc<UdpSocket>,
    failed: Arc<AtomicU64>,
}

/// The receiving thread; stops when dropped.
pub struct UdpReceiver {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SipUdp {
    pub fn bind(listen: SocketAddr) -> io::Result<SipUdp> {
        let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))?;
        if listen.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // The kernel grants what net.core.rmem_max allows; less is no error.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
        socket.set_read_timeout(Some(LOOK_UP))?;
        socket.bind(&listen.into())?;
        let socket = UdpSocket::from(socket);
        let local = socket.local_addr()?;
        Ok(SipUdp { socket: Arc::new(socket), local, failed: Arc::default() })
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    pub fn sender(&self) -> UdpSender {
        UdpSender { socket: self.socket.clone(), failed: self.failed.clone() }
    }

    /// Receives on a thread of its own; `on_batch` empties the batch and says whether to go on.
    pub fn start(
        self,
        mut on_batch: impl FnMut(&mut Batch) -> bool + Send + 'static,
    ) -> io::Result<UdpReceiver> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let receive = move || {
            let mut receiver = Receiver::new(&self.socket);
            let mut batch = Batch::with_capacity(BATCH);
            while !stopped.load(Ordering::Relaxed) {
                if let Err(error) = receiver.receive(&mut batch) {
                    tracing::warn!(%error, "receiving SIP over UDP");
                    std::thread::sleep(LOOK_UP);
                }
                if !batch.is_empty() && !on_batch(&mut batch) {
                    return;
                }
                batch.clear();
            }
        };
        let thread = std::thread::Builder::new().name("sip-udp".to_owned()).spawn(receive)?;
        Ok(UdpReceiver { stop, thread: Some(thread) })
    }
}

impl UdpSender {
    /// Hands a datagram to the kernel. A full buffer or an unreachable peer loses it, as the network
    /// may: SIP sends again. Losses are counted.
    pub fn send(&self, remote: SocketAddr, bytes: &[u8]) {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        if SockRef::from(&*self.socket).send_to_with_flags(bytes, &SockAddr::from(remote), flags).is_err() {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Datagrams lost on the way to the kernel since the last time this was asked.
    pub fn take_failed(&self) -> u64 {
        self.failed.swap(0, Ordering::Relaxed)
    }
}

impl UdpReceiver {
    /// Ends the thread within [`LOOK_UP`] and waits for it.
    pub fn stop(self) {}
}

impl Drop for UdpReceiver {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread receiving SIP over UDP panicked");
        }
    }
}

/// Buffers of `recvmmsg`, used again for every batch.
struct Receiver<'s> {
    socket: &'s UdpSocket,
    buffers: Vec<u8>,
    names: Vec<SockAddrStorage>,
}

impl<'s> Receiver<'s> {
    fn new(socket: &'s UdpSocket) -> Self {
        let names = (0..BATCH).map(|_| SockAddrStorage::zeroed()).collect();
        Receiver { socket, buffers: vec![0; BATCH * LONGEST], names }
    }

    /// Appends what is there, waiting up to [`LOOK_UP`] for the first datagram.
    fn receive(&mut self, batch: &mut Batch) -> io::Result<()> {
        let name_length = self.names.first().map_or(0, SockAddrStorage::size_of);
        let mut slices: Vec<libc::iovec> = self
            .buffers
            .chunks_exact_mut(LONGEST)
            .map(|buffer| libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: LONGEST })
            .collect();
        let mut headers: Vec<libc::mmsghdr> = slices
            .iter_mut()
            .zip(&mut self.names)
            .map(|(slice, name)| {
                // SAFETY: all zeros is a valid msghdr (null pointers, zero lengths).
                let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
                header.msg_hdr.msg_name = std::ptr::from_mut(name).cast();
                header.msg_hdr.msg_namelen = name_length;
                header.msg_hdr.msg_iov = slice;
                header.msg_hdr.msg_iovlen = 1;
                header
            })
            .collect();
        let count = libc::c_uint::try_from(headers.len()).unwrap_or(0);
        // SAFETY: every header points to one iovec over its own part of `buffers` and to its own
        // name; all of them outlive the call, and `count` is their number.
        let received = unsafe {
            libc::recvmmsg(
                self.socket.as_raw_fd(),
                headers.as_mut_ptr(),
                count,
                libc::MSG_WAITFORONE,
                std::ptr::null_mut(),
            )
        };
        let Ok(received) = usize::try_from(received) else {
            let error = io::Error::last_os_error();
            return match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => Ok(()),
                _ => Err(error),
            };
        };
        let lengths: Vec<(usize, libc::socklen_t)> = headers
            .iter()
            .take(received)
            .map(|header| (usize::try_from(header.msg_len).unwrap_or(LONGEST), header.msg_hdr.msg_namelen))
            .collect();
        for (n, (length, name_length)) in lengths.into_iter().enumerate() {
            let name = std::mem::replace(&mut self.names[n], SockAddrStorage::zeroed());
            // SAFETY: the kernel wrote an address of `name_length` bytes into this storage.
            let remote = unsafe { SockAddr::new(name, name_length) }.as_socket();
            let datagram = self.buffers.get(n * LONGEST..n * LONGEST + length);
            if let (Some(remote), Some(datagram)) = (remote, datagram) {
                batch.push((FlowId::Udp { remote }, datagram.to_vec()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn loopback() -> SipUdp {
        SipUdp::bind("127.0.0.1:0".parse().unwrap()).unwrap()
    }

    #[test]
    fn datagrams_arrive_in_batches_with_their_flow_and_answers_go_back() {
        let server = loopback();
        let (address, sender) = (server.local_addr(), server.sender());
        let (received, batches) = sync_channel(64);
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        for n in 0..100u32 {
            client.send_to(n.to_string().as_bytes(), address).unwrap();
        }
        client.send_to(b"", address).unwrap();
        let receiver = server
            .start(move |batch| batch.drain(..).all(|datagram| received.send(datagram).is_ok()))
            .unwrap();
        for n in 0..100u32 {
            let (flow, bytes) = batches.recv().unwrap();
            assert_eq!(flow, FlowId::Udp { remote: client.local_addr().unwrap() });
            assert_eq!(bytes, n.to_string().as_bytes());
            sender.send(flow.remote(), &bytes);
        }
        assert_eq!(batches.recv().unwrap().1, b"", "an empty datagram is a datagram");
        let mut buffer = [0; 16];
        assert_eq!(client.recv(&mut buffer).unwrap(), 1);
        assert_eq!(sender.take_failed(), 0);
        sender.send("127.0.0.1:0".parse().unwrap(), b"port 0 takes nothing");
        sender.send("[::1]:5060".parse().unwrap(), b"another family");
        assert_eq!((sender.take_failed(), sender.take_failed()), (2, 0));
        receiver.stop();
    }

    #[test]
    fn the_thread_ends_when_its_taker_has_enough() {
        let server = loopback();
        let address = server.local_addr();
        let (received, batches) = sync_channel(1);
        let receiver = server
            .start(move |_| {
                let _ = received.send(());
                false
            })
            .unwrap();
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"x", address).unwrap();
        batches.recv().unwrap();
        assert!(batches.recv().is_err(), "the thread is gone and its channel with it");
        drop(receiver);
    }
}
