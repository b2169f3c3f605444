//! Whose packets a leg believes. Recordings are evidence, and a port is open to everybody.
//!
//! The address that was negotiated is believed at its first packet. Behind address translation
//! packets come from elsewhere; then the first sender that proves itself by some packets in
//! sequence is taken, but for a short learning window the negotiated address may still claim its
//! place. After that the lock is final: another sender is believed only if it carries on the very
//! stream (SSRC and sequence) of one that has fallen silent, which a stranger cannot know.

use std::net::SocketAddr;
use std::time::Duration;

use crate::media::rtp;
use crate::now::Mono;

/// How long the negotiated address may displace a sender that was only proven.
const LEARNING: Duration = Duration::from_secs(2);
/// Packets in sequence that prove a sender from an unknown address.
const PROOF: u8 = 3;
/// Packets in sequence that prove a new stream from the peer's own address.
const PROOF_AT_HOME: u8 = 2;
/// Silence after which a stream may go on from another address.
const MOVED: Duration = Duration::from_millis(200);
/// How far a stream that moves may have got meanwhile.
const MOVED_PACKETS: u16 = 500;
/// Strangers watched at a time.
const CANDIDATES: usize = 4;

/// Whether a packet is the peer's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The stream goes on.
    Continued,
    /// The first packet of a stream: a new SSRC or the first at all.
    Begun,
    Foreign,
}

#[derive(Clone, Debug, Default)]
pub struct SourceLock {
    negotiated: Option<SocketAddr>,
    locked: Option<Locked>,
    candidates: [Option<Candidate>; CANDIDATES],
    next_candidate: usize,
}

#[derive(Clone, Debug)]
struct Locked {
    from: SocketAddr,
    ssrc: u32,
    sequence: u16,
    heard: Mono,
    /// Until then the negotiated address displaces it; `None` once final.
    learning_until: Option<Mono>,
}

#[derive(Clone, Debug)]
struct Candidate {
    from: SocketAddr,
    ssrc: u32,
    sequence: u16,
    in_sequence: u8,
}

impl SourceLock {
    /// Offer and answer named `remote`. A new address opens the lock again.
    pub fn negotiate(&mut self, remote: SocketAddr) {
        if self.negotiated != Some(remote) {
            *self = SourceLock { negotiated: Some(remote), ..Default::default() };
        }
    }

    /// Where the peer really is: to answer symmetrically (RFC 4961).
    pub fn peer(&self) -> Option<SocketAddr> {
        self.locked.as_ref().map(|locked| locked.from).or(self.negotiated)
    }

    /// A packet came at `now`.
    pub fn admit(&mut self, now: Mono, from: SocketAddr, header: &rtp::Header) -> Verdict {
        if let Some(locked) = &mut self.locked {
            if from == locked.from && header.ssrc == locked.ssrc {
                locked.sequence = header.sequence;
                locked.heard = now;
                return Verdict::Continued;
            }
            if locked.goes_on_at(now, header) {
                locked.from = from;
                locked.sequence = header.sequence;
                locked.heard = now;
                return Verdict::Continued;
            }
        }
        let is_negotiated = self.negotiated == Some(from);
        match self.locked.as_ref().map(|locked| (locked.from == from, locked.learning_until)) {
            None if is_negotiated => self.lock(now, from, header, None),
            None => {
                if self.prove(from, header) < PROOF {
                    return Verdict::Foreign;
                }
                self.lock(now, from, header, Some(now + LEARNING))
            }
            Some((false, Some(until))) if is_negotiated && now < until => self.lock(now, from, header, None),
            // The peer's address with another SSRC: the far end was exchanged behind it.
            Some((true, learning)) => {
                if self.prove(from, header) < PROOF_AT_HOME {
                    return Verdict::Foreign;
                }
                self.lock(now, from, header, learning)
            }
            Some((false, _)) => Verdict::Foreign,
        }
    }

    fn lock(
        &mut self,
        now: Mono,
        from: SocketAddr,
        header: &rtp::Header,
        learning_until: Option<Mono>,
    ) -> Verdict {
        let same_stream = self.locked.as_ref().is_some_and(|locked| locked.ssrc == header.ssrc);
        let (ssrc, sequence) = (header.ssrc, header.sequence);
        self.locked = Some(Locked { from, ssrc, sequence, heard: now, learning_until });
        self.candidates = Default::default();
        if same_stream { Verdict::Continued } else { Verdict::Begun }
    }

    /// How many packets of this stream came from this address in sequence.
    fn prove(&mut self, from: SocketAddr, header: &rtp::Header) -> u8 {
        let known = self.candidates.iter_mut().flatten().find(|c| c.from == from && c.ssrc == header.ssrc);
        if let Some(candidate) = known {
            let ahead = header.sequence.wrapping_sub(candidate.sequence);
            candidate.sequence = header.sequence;
            let in_sequence = (1..=5).contains(&ahead);
            candidate.in_sequence = if in_sequence { candidate.in_sequence.saturating_add(1) } else { 1 };
            return candidate.in_sequence;
        }
        self.next_candidate = (self.next_candidate + 1) % CANDIDATES;
        let (ssrc, sequence) = (header.ssrc, header.sequence);
        self.candidates[self.next_candidate] = Some(Candidate { from, ssrc, sequence, in_sequence: 1 });
        1
    }
}

impl Locked {
    /// The same stream goes on although its address has been silent: the peer's port was mapped anew.
    fn goes_on_at(&self, now: Mono, header: &rtp::Header) -> bool {
        let ahead = header.sequence.wrapping_sub(self.sequence);
        header.ssrc == self.ssrc && now.since(self.heard) >= MOVED && (1..=MOVED_PACKETS).contains(&ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "192.0.2.1:4000";
    const MAPPED: &str = "198.51.100.7:61000";
    const STRANGER: &str = "203.0.113.9:9";

    struct Scene(SourceLock);

    impl Scene {
        fn new() -> Self {
            let mut lock = SourceLock::default();
            lock.negotiate(PEER.parse().unwrap());
            Scene(lock)
        }

        fn packet(&mut self, ms: u64, from: &str, ssrc: u32, sequence: u16) -> Verdict {
            let header = rtp::Header { marker: false, payload_type: 0, sequence, timestamp: 0, ssrc };
            self.0.admit(Mono::from_millis(ms), from.parse().unwrap(), &header)
        }
    }

    #[test]
    fn the_negotiated_address_is_believed_at_once_and_for_good() {
        let mut scene = Scene::new();
        assert_eq!(scene.packet(0, PEER, 1, 1), Verdict::Begun);
        assert_eq!(scene.packet(20, PEER, 1, 2), Verdict::Continued);
        for sequence in 0..20 {
            assert_eq!(scene.packet(40, STRANGER, 7, sequence), Verdict::Foreign);
        }
        assert_eq!(scene.0.peer(), Some(PEER.parse().unwrap()));
    }

    #[test]
    fn a_translated_address_is_believed_once_proven() {
        let mut scene = Scene::new();
        assert_eq!(scene.packet(0, MAPPED, 1, 1), Verdict::Foreign);
        assert_eq!(scene.packet(20, STRANGER, 7, 900), Verdict::Foreign);
        assert_eq!(scene.packet(20, MAPPED, 1, 2), Verdict::Foreign);
        assert_eq!(scene.packet(40, MAPPED, 1, 3), Verdict::Begun);
        assert_eq!(scene.0.peer(), Some(MAPPED.parse().unwrap()));
        assert_eq!(scene.packet(3000, PEER, 2, 1), Verdict::Foreign, "the window is over");
    }

    #[test]
    fn a_quick_stranger_gives_way_to_the_negotiated_address() {
        let mut scene = Scene::new();
        for sequence in 0..3 {
            scene.packet(0, STRANGER, 7, sequence);
        }
        assert_eq!(scene.0.peer(), Some(STRANGER.parse().unwrap()));
        assert_eq!(scene.packet(1500, PEER, 1, 1), Verdict::Begun);
        assert_eq!(scene.packet(1520, STRANGER, 7, 4), Verdict::Foreign);
        assert_eq!(scene.0.peer(), Some(PEER.parse().unwrap()));
    }

    #[test]
    fn a_stream_may_move_only_when_silent_and_only_itself() {
        let mut scene = Scene::new();
        scene.packet(0, PEER, 1, 10);
        assert_eq!(scene.packet(100, STRANGER, 1, 11), Verdict::Foreign, "the peer was heard just now");
        assert_eq!(scene.packet(500, STRANGER, 1, 9_000), Verdict::Foreign, "out of sequence");
        assert_eq!(scene.packet(500, STRANGER, 2, 11), Verdict::Foreign, "another stream");
        assert_eq!(scene.packet(500, MAPPED, 1, 12), Verdict::Continued);
        assert_eq!(scene.0.peer(), Some(MAPPED.parse().unwrap()));
    }

    #[test]
    fn the_far_end_may_be_exchanged_behind_the_same_address() {
        let mut scene = Scene::new();
        scene.packet(0, PEER, 1, 10);
        assert_eq!(scene.packet(20, PEER, 2, 500), Verdict::Foreign, "a single stray packet");
        assert_eq!(scene.packet(40, PEER, 2, 501), Verdict::Begun);
        assert_eq!(scene.packet(60, PEER, 2, 502), Verdict::Continued);
    }

    #[test]
    fn a_new_negotiated_address_opens_the_lock() {
        let mut scene = Scene::new();
        scene.packet(0, PEER, 1, 10);
        scene.0.negotiate(PEER.parse().unwrap());
        assert_eq!(scene.packet(20, PEER, 1, 11), Verdict::Continued, "nothing changed");
        scene.0.negotiate(MAPPED.parse().unwrap());
        assert_eq!(scene.packet(40, MAPPED, 3, 1), Verdict::Begun);
        assert_eq!(scene.packet(60, PEER, 1, 12), Verdict::Foreign);
    }
}
