//! One side of a call: packets in, a packet of 20 ms out a tick.
//!
//! A worker calls [`Leg::receive`] for each datagram, [`Leg::next_frame`] each tick and then
//! [`Leg::poll`] until it returns nothing. Time is an argument throughout; the same input at the
//! same times gives the same output.

use std::net::SocketAddr;

use crate::event::LegStats;
use crate::ids::Key;
use crate::media::bridge::Fifo;
use crate::media::command::{Codec, Masking, Negotiated, PlayId};
use crate::media::dtmf::KeyReader;
use crate::media::g711;
use crate::media::mask::Mask;
use crate::media::outbound::{Outbound, PACKET_BYTES};
use crate::media::player::{Heard, Player};
use crate::media::receive_stats::{Arrival, IsVoice, ReceiveStats};
use crate::media::reports::Reports;
use crate::media::rtcp;
use crate::media::rtp;
use crate::media::source::{SourceLock, Verdict};
use crate::media::watch::Watch;
use crate::now::{Mono, Now};

#[derive(Clone, Debug)]
pub struct Leg {
    /// `None` while we have offered and wait for the answer.
    media: Option<Negotiated>,
    speech: Speech,
    hearing: Hearing,
    outbound: Outbound,
    source: SourceLock,
    inbound: ReceiveStats,
    keys: KeyReader,
    mask: Mask,
    watch: Watch,
    reports: Reports,
    first: First,
}

/// Whether the leg sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speech {
    On,
    /// Not until it is told what to play or bridged.
    Muted,
}

/// What the leg's person hears.
#[derive(Clone, Debug)]
enum Hearing {
    Silence,
    List(Player),
    Peer(Box<Fifo>),
}

/// Whether the first packet of the peer has come, and been told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum First {
    Awaited,
    Came,
    Told,
}

/// What a received datagram was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceiveOutcome<'a> {
    Voice(Voice<'a>),
    /// A packet of a telephone-event; never recorded. `Some` at the first packet of a press.
    Key(Option<Key>),
    /// Comfort noise or an unknown payload type: a sign of life and nothing more.
    Nothing,
    Dropped(Dropped),
}

/// A voice packet of the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Voice<'a> {
    pub sequence: u16,
    pub timestamp: u32,
    pub codec: Codec,
    pub payload: &'a [u8],
    pub recording: Recording,
}

/// Whether a voice packet may be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    Allowed,
    Masked,
}

/// Why a datagram was not used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dropped {
    Malformed,
    /// Not from the leg's peer.
    Foreign,
    /// Seen before, or far out of sequence.
    Repeated,
}

/// A packet to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    pub to: SocketAddr,
    pub packet: &'a [u8; PACKET_BYTES],
    pub heard: Heard,
}

/// What happened meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    FirstPacket,
    PlayDone(PlayId),
    NoMedia {
        for_ms: u32,
    },
    /// Recording of received sound is masked from now on, or no longer.
    Masked(bool),
}

impl Leg {
    pub fn new(now: Mono, seed: u64, media: Option<Negotiated>, speech: Speech) -> Self {
        let mut source = SourceLock::default();
        if let Some(media) = &media {
            source.negotiate(media.remote);
        }
        Leg {
            media,
            speech,
            hearing: Hearing::Silence,
            outbound: Outbound::new(seed),
            source,
            inbound: ReceiveStats::default(),
            keys: KeyReader::default(),
            mask: Mask::default(),
            watch: Watch::new(now),
            reports: Reports::new(now, seed),
            first: First::Awaited,
        }
    }

    /// A re-INVITE, or the answer to our offer.
    pub fn update(&mut self, now: Mono, media: Negotiated) {
        let before = self.media.replace(media);
        if before.is_none_or(|before| before.remote != media.remote) {
            self.source.negotiate(media.remote);
            self.reports.forget_address();
        }
        if before.is_none_or(|before| !before.peer_sends) {
            self.watch.heard(now);
        }
        if before.is_some_and(|before| before.codec != media.codec)
            && let Hearing::Peer(fifo) = &mut self.hearing
        {
            **fifo = Fifo::new(media.codec);
        }
    }

    /// From the next frame on the leg hears this, and is masked or not.
    pub fn play(&mut self, now: Mono, list: Player, masking: Masking) {
        self.speech = Speech::On;
        self.hearing = Hearing::List(list);
        self.mask.command(now, masking);
    }

    /// From the next frame on the leg hears what is given to [`Leg::hear`].
    pub fn listen(&mut self) {
        self.speech = Speech::On;
        let codec = self.media.map_or(Codec::Pcmu, |media| media.codec);
        self.hearing = Hearing::Peer(Box::new(Fifo::new(codec)));
    }

    /// From the next frame on the leg hears silence.
    pub fn stop_listening(&mut self) {
        self.hearing = Hearing::Silence;
    }

    /// A voice packet of the leg this one listens to.
    pub fn hear(&mut self, voice: &Voice<'_>) {
        if let Hearing::Peer(fifo) = &mut self.hearing {
            fifo.push(voice.codec, voice.sequence, voice.timestamp, voice.payload);
        }
    }

    /// A datagram came to the RTP port.
    pub fn receive<'a>(&mut self, now: Mono, from: SocketAddr, datagram: &'a [u8]) -> ReceiveOutcome<'a> {
        let Some((header, payload)) = rtp::parse(datagram) else {
            return ReceiveOutcome::Dropped(Dropped::Malformed);
        };
        let Some(media) = self.media else {
            // Nobody has been named as the peer.
            return ReceiveOutcome::Dropped(Dropped::Foreign);
        };
        match self.source.admit(now, from, &header) {
            Verdict::Continued => {}
            Verdict::Begun => self.keys = KeyReader::default(),
            Verdict::Foreign => return ReceiveOutcome::Dropped(Dropped::Foreign),
        }
        self.watch.heard(now);
        let content = content(&media, header.payload_type);
        let is_voice = if matches!(content, Content::Voice(_)) { IsVoice::Yes } else { IsVoice::No };
        if self.inbound.record(now, &header, is_voice) == Arrival::Refused {
            return ReceiveOutcome::Dropped(Dropped::Repeated);
        }
        if self.first == First::Awaited {
            self.first = First::Came;
        }
        match content {
            Content::Voice(_) if payload.is_empty() => ReceiveOutcome::Nothing,
            Content::Voice(codec) => ReceiveOutcome::Voice(Voice {
                sequence: header.sequence,
                timestamp: header.timestamp,
                codec,
                payload,
                recording: if self.mask.is_on(now) { Recording::Masked } else { Recording::Allowed },
            }),
            Content::Key => match self.keys.read(&header, payload) {
                Some(read) => {
                    self.mask.key(now, read.phase);
                    ReceiveOutcome::Key(read.pressed)
                }
                None => ReceiveOutcome::Dropped(Dropped::Malformed),
            },
            Content::Other => ReceiveOutcome::Nothing,
        }
    }

    /// A datagram came to the RTCP port.
    pub fn receive_report(&mut self, now: Mono, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        if self.source.peer().is_none_or(|peer| peer.ip() != from.ip()) {
            return Err(Dropped::Foreign);
        }
        let incoming = rtcp::read(datagram).ok_or(Dropped::Malformed)?;
        self.watch.heard(now);
        self.reports.heard(now, from, &incoming);
        Ok(())
    }

    /// The tick at `at`: the packet to be sent, if one is.
    pub fn next_frame(&mut self, at: Mono) -> Option<Frame<'_>> {
        let media = self.media?;
        self.outbound.tick(at);
        if self.speech == Speech::Muted {
            return None;
        }
        let payload = self.outbound.payload();
        let heard = match &mut self.hearing {
            Hearing::Silence => {
                payload.fill(g711::silence(media.codec));
                Heard::Silence
            }
            Hearing::List(player) => player.frame(media.codec, payload),
            Hearing::Peer(fifo) => fifo.pull(payload),
        };
        if !media.peer_receives {
            // On hold: prompts go on unheard, so that the caller's visit does not stand still.
            self.outbound.pause();
            return None;
        }
        let to = self.source.peer().unwrap_or(media.remote);
        Some(Frame { to, packet: self.outbound.packet(media.payload_type), heard })
    }

    /// The report to be sent now, if one is due: where to, and its length in `out`.
    pub fn report(&mut self, now: Now, out: &mut [u8; rtcp::MAX_BYTES]) -> Option<(SocketAddr, usize)> {
        if !self.reports.is_due(now.mono) {
            return None;
        }
        let to = self.reports.destination(self.source.peer()?)?;
        Some((to, self.reports.write(now, &self.outbound, &mut self.inbound, out)))
    }

    /// The next thing that happened up to `now`.
    pub fn poll(&mut self, now: Mono) -> Option<Notice> {
        if self.first == First::Came {
            self.first = First::Told;
            return Some(Notice::FirstPacket);
        }
        if let Some(on) = self.mask.change(now) {
            return Some(Notice::Masked(on));
        }
        if let Hearing::List(player) = &mut self.hearing
            && let Some(id) = player.take_done()
        {
            return Some(Notice::PlayDone(id));
        }
        if self.media.is_some_and(|media| media.peer_sends)
            && let Some(for_ms) = self.watch.check(now)
        {
            return Some(Notice::NoMedia { for_ms });
        }
        None
    }

    pub fn stats(&self) -> LegStats {
        LegStats {
            received: self.inbound.received(),
            sent: self.outbound.sent(),
            lost: self.inbound.lost(),
            jitter_us: self.inbound.jitter_us(),
        }
    }
}

/// What a payload type means on this leg.
enum Content {
    Voice(Codec),
    Key,
    Other,
}

/// The negotiated types first; else the static ones of G.711, which some peers send unasked.
fn content(media: &Negotiated, payload_type: u8) -> Content {
    if payload_type == media.payload_type {
        return Content::Voice(media.codec);
    }
    if media.dtmf == Some(payload_type) {
        return Content::Key;
    }
    match payload_type {
        0 => Content::Voice(Codec::Pcmu),
        8 => Content::Voice(Codec::Pcma),
        _ => Content::Other,
    }
}

#[cfg(test)]
mod tests;
