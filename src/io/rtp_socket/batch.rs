//! Room for what one system call brings, used again for every socket of a worker.

use std::mem::{MaybeUninit, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Datagrams taken at a time. A leg gets one each 20 ms; the others are for bursts.
pub const DATAGRAMS: usize = 4;
/// The longest datagram taken whole: 60 ms of G.711 with a generous header.
pub const DATAGRAM_BYTES: usize = 640;

/// Received datagrams and where they came from.
pub struct Batch {
    bytes: Box<[[u8; DATAGRAM_BYTES]; DATAGRAMS]>,
    from: Box<[libc::sockaddr_storage; DATAGRAMS]>,
    lengths: [usize; DATAGRAMS],
    sources: [Option<SocketAddr>; DATAGRAMS],
    count: usize,
}

impl Default for Batch {
    fn default() -> Self {
        // SAFETY: a sockaddr_storage is plain numbers; all zeros is AF_UNSPEC.
        let from = unsafe { MaybeUninit::<[libc::sockaddr_storage; DATAGRAMS]>::zeroed().assume_init() };
        Batch {
            bytes: Box::new([[0; DATAGRAM_BYTES]; DATAGRAMS]),
            from: Box::new(from),
            lengths: [0; DATAGRAMS],
            sources: [None; DATAGRAMS],
            count: 0,
        }
    }
}

impl Batch {
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn clear(&mut self) {
        self.count = 0;
    }

    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        (0..self.count).filter_map(|n| Some((self.sources[n]?, &self.bytes[n][..self.lengths[n]])))
    }

    /// Adds one datagram; false if there is no room. Longer ones are cut off.
    pub fn push(&mut self, from: SocketAddr, datagram: &[u8]) -> bool {
        let n = self.count;
        if n >= DATAGRAMS {
            return false;
        }
        let length = datagram.len().min(DATAGRAM_BYTES);
        self.bytes[n][..length].copy_from_slice(&datagram[..length]);
        self.lengths[n] = length;
        self.sources[n] = Some(from);
        self.count += 1;
        true
    }

    /// Takes what has arrived at a non-blocking socket.
    pub(super) fn fill(&mut self, fd: libc::c_int) {
        self.count = 0;
        let mut parts = [const { MaybeUninit::<libc::iovec>::zeroed() }; DATAGRAMS];
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::zeroed() }; DATAGRAMS];
        for n in 0..DATAGRAMS {
            parts[n]
                .write(libc::iovec { iov_base: self.bytes[n].as_mut_ptr().cast(), iov_len: DATAGRAM_BYTES });
            // SAFETY: headers were zeroed, which is a valid mmsghdr; padding stays zero.
            let header = unsafe { headers[n].assume_init_mut() };
            header.msg_hdr.msg_iov = parts[n].as_mut_ptr();
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_name = std::ptr::from_mut(&mut self.from[n]).cast();
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        }
        // SAFETY: each header points at a buffer of the stated length and at an address of its own,
        // which outlive the call; the kernel writes nowhere else.
        let taken = unsafe {
            libc::recvmmsg(
                fd,
                headers.as_mut_ptr().cast(),
                DATAGRAMS as libc::c_uint,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        // Errors (nothing there, a port unreachable told by ICMP) mean that nothing was taken.
        let taken = usize::try_from(taken).unwrap_or(0).min(DATAGRAMS);
        for (n, header) in headers.iter().take(taken).enumerate() {
            // SAFETY: zeroed above and then filled in by the kernel.
            let header = unsafe { header.assume_init_ref() };
            let cut_off = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
            // What was cut off is no packet of a telephone; empty, it is counted as malformed.
            self.lengths[n] = if cut_off { 0 } else { (header.msg_len as usize).min(DATAGRAM_BYTES) };
            self.sources[n] = source(&self.from[n]);
        }
        self.count = taken;
    }
}

fn source(from: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match i32::from(from.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says which of the address types the storage holds; it is large
            // and aligned enough for each.
            let from = unsafe { &*std::ptr::from_ref(from).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr));
            Some(SocketAddrV4::new(ip, u16::from_be(from.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let from = unsafe { &*std::ptr::from_ref(from).cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(from.sin6_addr.s6_addr);
            Some(SocketAddrV6::new(ip, u16::from_be(from.sin6_port), 0, from.sin6_scope_id).into())
        }
        _ => None,
    }
}
