//! What the engine tells a media worker, and what it hears back. Bounded channels both ways.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::event::LegStats;
use crate::ids::{CallId, Key, LegId, PromptHash, WorkerId};
use crate::now::Mono;

/// G.711 flavours; both 8,000 Hz, 160 bytes a frame of 20 ms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Codec {
    Pcmu,
    Pcma,
}

impl Codec {
    /// Static RTP payload type (RFC 3551 table 4).
    pub fn payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
        }
    }

    /// Encoding name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
        }
    }
}

/// What offer and answer settled on for one leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Negotiated {
    /// Where the peer says it receives RTP; RTCP is one port higher.
    pub remote: SocketAddr,
    pub codec: Codec,
    /// Payload type of the codec on the wire.
    pub payload_type: u8,
    /// Payload type of telephone-event/8000, if the peer understands it.
    pub dtmf: Option<u8>,
    /// False while the peer has put us on hold (sendonly or inactive) and hears nothing from us.
    pub peer_receives: bool,
    /// False while the peer sends nothing (recvonly or inactive); silence is then no fault.
    pub peer_sends: bool,
}

/// One prompt ready to be played: encoded once per codec at load and shared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Clip {
    pub hash: PromptHash,
    pub pcmu: Arc<[u8]>,
    pub pcma: Arc<[u8]>,
}

impl Clip {
    pub fn length(&self) -> Duration {
        Duration::from_micros(self.pcmu.len() as u64 * 125)
    }
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({:?}, {:?})", self.hash, self.length())
    }
}

/// Something a leg hears.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlayItem {
    Clip(Clip),
    Silence(Duration),
}

/// Number of a play list of one leg; later lists replace earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PlayId(pub u32);

/// What a leg hears when its list is at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtEnd {
    /// Silence frames; RTP never stops.
    Silence,
    /// From the beginning again (hold audio).
    Loop,
}

/// Whether what the leg's person says and keys is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Masking {
    /// Recorded as it comes.
    Open,
    /// Nothing received is recorded (a secret is being keyed in); taken back by a later command,
    /// and then only 300 ms after the last digit.
    Secret,
}

/// Orders to a worker. A command for a leg that is gone is ignored.
#[derive(Clone, Debug)]
pub enum Command {
    /// Bind `port` (RTP) and `port + 1` (RTCP), start sending silence. Answered by
    /// [`MediaEvent::Opened`] or [`MediaEvent::OpenFailed`].
    Open {
        leg: LegId,
        port: u16,
        media: Negotiated,
        /// Seeds SSRC, first sequence number and first time stamp (RFC 3550 §5.1).
        seed: u64,
        /// False only for entries exempt from recording.
        record: bool,
        /// Do not send until the first `Play`, `Bridge` or `Unmute` (an agent's leg that is ringing).
        muted: bool,
    },
    /// Bind a port before the peer's address is known (we are going to offer). Same answers.
    Reserve { leg: LegId, port: u16, seed: u64, record: bool },
    /// A re-INVITE or an answer to our offer changed the peer's side.
    Update { leg: LegId, media: Negotiated },
    /// Replace what the leg hears, from the next frame on, together with its masking: one atomic
    /// step. Ends a bridge of the leg's hearing. Answered by [`MediaEvent::PlayDone`] unless
    /// replaced or looping.
    Play { leg: LegId, id: PlayId, items: Vec<PlayItem>, at_end: AtEnd, masking: Masking },
    /// The two legs of one call hear each other; both directions are recorded.
    Bridge { a: LegId, b: LegId },
    /// Neither hears the other any more; both hear silence until told otherwise.
    Unbridge { a: LegId, b: LegId },
    /// Keep what the leg's person says, apart from the recording of the call, to be played back.
    Capture { leg: LegId, step: Capturing },
    /// Send no more, close the sockets. Answered by [`MediaEvent::Closed`].
    Close { leg: LegId },
    /// All legs are closed: write the call's last block. Answered by [`MediaEvent::CallSpooled`].
    EndCall { call: CallId },
    /// Finish blocks, sync, stop the thread.
    Shutdown,
}

/// A capture from its beginning to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capturing {
    /// From here on, in place of one that runs.
    Begin,
    /// That was it: answered by [`MediaEvent::Captured`].
    End,
    /// Nothing of it is wanted.
    Forget,
}

/// Where the sound of a call stands in the spool.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SpoolRef {
    /// Number of the segment file of the worker.
    pub segment: u32,
    /// Offsets of the call's blocks within it.
    pub offsets: Vec<u64>,
}

/// What a worker reports.
#[derive(Clone, PartialEq, Debug)]
pub enum MediaEvent {
    /// Sockets are bound; with `record`, the spool has taken the leg's first entry at `at`.
    Opened {
        leg: LegId,
        at: Mono,
    },
    OpenFailed {
        leg: LegId,
        why: OpenFailure,
    },
    /// A key was pressed: once per press, at its first packet.
    Digit {
        leg: LegId,
        key: Key,
    },
    PlayDone {
        leg: LegId,
        id: PlayId,
    },
    /// What was said between [`Capturing::Begin`] and [`Capturing::End`], 8,000 samples a second; empty
    /// if nothing was, or if the leg is not recorded.
    Captured {
        leg: LegId,
        samples: Arc<[i16]>,
    },
    /// The first RTP packet of the peer came: there is sound in this direction.
    FirstPacket {
        leg: LegId,
    },
    /// Neither RTP nor RTCP for this long although the peer should send.
    NoMedia {
        leg: LegId,
        for_ms: u32,
    },
    Closed {
        leg: LegId,
        stats: LegStats,
    },
    /// Every block of the call is written; `spool` is empty for an unrecorded call.
    CallSpooled {
        call: CallId,
        worker: WorkerId,
        spool: Vec<SpoolRef>,
    },
    /// The spool cannot be written (disk full …) or can again.
    SpoolFailing {
        worker: WorkerId,
        failing: bool,
    },
    /// The worker's own lateness against its slots, worst of the last second.
    Lateness {
        worker: WorkerId,
        worst_us: u32,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenFailure {
    /// The port is in use by somebody else; another may work.
    PortTaken,
    /// The spool refuses new calls.
    Spool,
    TooManyLegs,
    Other,
}

/// Every prompt of a published snapshot, by language and name; immutable and shared.
#[derive(Clone, Debug, Default)]
pub struct PromptTable {
    clips: std::collections::BTreeMap<(String, String), Clip>,
}

impl PromptTable {
    /// Language of sound without words: hold audio, tones.
    pub const ANY: &'static str = "any";

    pub fn insert(&mut self, language: &str, name: &str, clip: Clip) {
        self.clips.insert((language.to_owned(), name.to_owned()), clip);
    }

    /// The clip in `language`, else without words, else in any other language: never silence if
    /// there is a recording at all.
    pub fn get(&self, language: &str, name: &str) -> Option<&Clip> {
        self.exact(language, name)
            .or_else(|| self.exact(Self::ANY, name))
            .or_else(|| self.clips.iter().find(|((_, n), _)| n == name).map(|(_, clip)| clip))
    }

    /// The clip in this language and no other.
    pub fn exact(&self, language: &str, name: &str) -> Option<&Clip> {
        self.clips.get(&(language.to_owned(), name.to_owned()))
    }

    pub fn by_hash(&self, hash: PromptHash) -> Option<&Clip> {
        self.clips.values().find(|clip| clip.hash == hash)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Clip)> {
        self.clips.iter().map(|((language, name), clip)| (language.as_str(), name.as_str(), clip))
    }
}
