//! Entries of one call as bytes: the inside of a spool block, before it is encrypted.
//!
//! An entry is a tag, the leg's number (the call is named by the block), the time in nanoseconds,
//! and what the tag asks for; all big-endian.

use super::spool::{Entry, Source};
use crate::ids::{CallId, LegId, PromptHash};
use crate::media::command::Codec;
use crate::now::Mono;

const OPENED: u8 = 1;
const RECEIVED: u8 = 2;
const SENT_SILENCE: u8 = 3;
const SENT_PROMPT: u8 = 4;
const SENT_PEER: u8 = 5;
const MASKED: u8 = 6;
const UNMASKED: u8 = 7;
const CLOSED: u8 = 8;
const ENDED: u8 = 9;

/// Longest payload kept of one packet; more than any datagram holds of 20 ms of G.711.
pub const MAX_PAYLOAD: usize = u16::MAX as usize;

/// A voice packet within a block; [`Entry::Received`] without a copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet<'a> {
    pub leg: LegId,
    pub at: Mono,
    pub sequence: u16,
    pub timestamp: u32,
    pub codec: Codec,
    pub payload: &'a [u8],
}

/// One decoded entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item<'a> {
    Packet(Packet<'a>),
    /// Anything but [`Entry::Received`].
    Other(Entry),
}

impl Item<'_> {
    pub fn to_entry(&self) -> Entry {
        match self {
            Item::Packet(p) => Entry::Received {
                leg: p.leg,
                at: p.at,
                sequence: p.sequence,
                timestamp: p.timestamp,
                codec: p.codec,
                payload: p.payload.to_vec(),
            },
            Item::Other(entry) => entry.clone(),
        }
    }

    pub fn at(&self) -> Mono {
        match self {
            Item::Packet(packet) => packet.at,
            Item::Other(entry) => at_of(entry),
        }
    }
}

/// When an entry happened.
pub fn at_of(entry: &Entry) -> Mono {
    match entry {
        Entry::LegOpened { at, .. }
        | Entry::Received { at, .. }
        | Entry::Sent { at, .. }
        | Entry::Masked { at, .. }
        | Entry::LegClosed { at, .. }
        | Entry::CallEnded { at } => *at,
    }
}

/// The bytes are not entries: a mistake of the writer, since blocks are authenticated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a spool block holds an unknown entry")]
pub struct Malformed;

fn start(out: &mut Vec<u8>, tag: u8, leg: u16, at: Mono) {
    let mut head = [0; 11];
    head[0] = tag;
    head[1..3].copy_from_slice(&leg.to_be_bytes());
    head[3..].copy_from_slice(&at.0.to_be_bytes());
    out.extend_from_slice(&head);
}

/// Appends one packet; what exceeds [`MAX_PAYLOAD`] is cut.
pub fn encode_packet(out: &mut Vec<u8>, packet: &Packet<'_>) {
    start(out, RECEIVED, packet.leg.n, packet.at);
    let payload = packet.payload.get(..MAX_PAYLOAD).unwrap_or(packet.payload);
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
    let mut head = [0; 9];
    head[..2].copy_from_slice(&packet.sequence.to_be_bytes());
    head[2..6].copy_from_slice(&packet.timestamp.to_be_bytes());
    head[6] = packet.codec.payload_type();
    head[7..].copy_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(payload);
}

/// Appends one entry. A peer is always a leg of the same call.
pub fn encode(out: &mut Vec<u8>, entry: &Entry) {
    match entry {
        Entry::LegOpened { leg, at } => start(out, OPENED, leg.n, *at),
        Entry::Received { leg, at, sequence, timestamp, codec, payload } => {
            let (leg, at, sequence, timestamp, codec) = (*leg, *at, *sequence, *timestamp, *codec);
            encode_packet(out, &Packet { leg, at, sequence, timestamp, codec, payload });
        }
        Entry::Sent { leg, at, frames, source } => {
            let tag = match source {
                Source::Silence => SENT_SILENCE,
                Source::Prompt { .. } => SENT_PROMPT,
                Source::Peer { .. } => SENT_PEER,
            };
            start(out, tag, leg.n, *at);
            out.extend_from_slice(&frames.to_be_bytes());
            match source {
                Source::Silence => {}
                Source::Prompt { hash, offset } => {
                    out.extend_from_slice(&hash.0);
                    out.extend_from_slice(&offset.to_be_bytes());
                }
                Source::Peer { leg, sequence } => {
                    out.extend_from_slice(&leg.n.to_be_bytes());
                    out.extend_from_slice(&sequence.to_be_bytes());
                }
            }
        }
        Entry::Masked { leg, at, on } => {
            start(out, if *on { MASKED } else { UNMASKED }, leg.n, *at);
        }
        Entry::LegClosed { leg, at } => start(out, CLOSED, leg.n, *at),
        Entry::CallEnded { at } => start(out, ENDED, 0, *at),
    }
}

/// The entries of a block of `call`; ends after the first malformed one.
pub fn decode(call: CallId, bytes: &[u8]) -> Items<'_> {
    Items { call, rest: bytes }
}

/// Iterator of [`decode`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    call: CallId,
    rest: &'a [u8],
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(n)?;
    *rest = tail;
    Some(head)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

impl<'a> Items<'a> {
    /// Bytes not yet decoded.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(&mut self) -> Option<Item<'a>> {
        let rest = &mut self.rest;
        let [tag] = take_array(rest)?;
        let leg = LegId { call: self.call, n: u16::from_be_bytes(take_array(rest)?) };
        let at = Mono(u64::from_be_bytes(take_array(rest)?));
        Some(Item::Other(match tag {
            OPENED => Entry::LegOpened { leg, at },
            MASKED => Entry::Masked { leg, at, on: true },
            UNMASKED => Entry::Masked { leg, at, on: false },
            CLOSED => Entry::LegClosed { leg, at },
            ENDED => Entry::CallEnded { at },
            RECEIVED => {
                let sequence = u16::from_be_bytes(take_array(rest)?);
                let timestamp = u32::from_be_bytes(take_array(rest)?);
                let codec = match take_array(rest)? {
                    [0] => Codec::Pcmu,
                    [8] => Codec::Pcma,
                    _ => return None,
                };
                let length = u16::from_be_bytes(take_array(rest)?);
                let payload = take(rest, usize::from(length))?;
                return Some(Item::Packet(Packet { leg, at, sequence, timestamp, codec, payload }));
            }
            SENT_SILENCE | SENT_PROMPT | SENT_PEER => {
                let frames = u16::from_be_bytes(take_array(rest)?);
                let source = match tag {
                    SENT_PROMPT => Source::Prompt {
                        hash: PromptHash(take_array(rest)?),
                        offset: u32::from_be_bytes(take_array(rest)?),
                    },
                    SENT_PEER => Source::Peer {
                        leg: LegId { call: self.call, n: u16::from_be_bytes(take_array(rest)?) },
                        sequence: u16::from_be_bytes(take_array(rest)?),
                    },
                    _ => Source::Silence,
                };
                Entry::Sent { leg, at, frames, source }
            }
            _ => return None,
        }))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let item = self.take().ok_or(Malformed);
        if item.is_err() {
            self.rest = &[];
        }
        Some(item)
    }
}

/// Makes room in the unwritten entries of a call: drops the oldest sound until at most `keep`
/// bytes are left. Openings, masks and closings stay, for without them the rest could not be
/// placed. Says how many entries were dropped.
pub fn drop_oldest(call: CallId, buffer: &mut Vec<u8>, keep: usize) -> u64 {
    let mut excess = buffer.len().saturating_sub(keep);
    let mut kept = Vec::with_capacity(buffer.len());
    let mut dropped = 0;
    let mut items = decode(call, buffer);
    loop {
        let before = items.rest();
        let Some(Ok(item)) = items.next() else { break };
        let size = before.len() - items.rest().len();
        let is_sound = matches!(item, Item::Packet(_) | Item::Other(Entry::Sent { .. }));
        if excess > 0 && is_sound {
            excess = excess.saturating_sub(size);
            dropped += 1;
        } else {
            kept.extend_from_slice(&before[..size]);
        }
    }
    *buffer = kept;
    dropped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::{BootId, NodeId};

    const CALL: CallId = CallId { node: NodeId(1), boot: BootId(2), n: 3 };

    fn entries() -> impl Strategy<Value = Entry> {
        let leg = any::<u16>().prop_map(|n| LegId { call: CALL, n });
        let at = any::<u64>().prop_map(Mono);
        let source = prop_oneof![
            Just(Source::Silence),
            (any::<[u8; 32]>(), any::<u32>())
                .prop_map(|(hash, offset)| Source::Prompt { hash: PromptHash(hash), offset }),
            (leg.clone(), any::<u16>()).prop_map(|(leg, sequence)| Source::Peer { leg, sequence }),
        ];
        prop_oneof![
            (leg.clone(), at.clone()).prop_map(|(leg, at)| Entry::LegOpened { leg, at }),
            (leg.clone(), at.clone()).prop_map(|(leg, at)| Entry::LegClosed { leg, at }),
            at.clone().prop_map(|at| Entry::CallEnded { at }),
            (leg.clone(), at.clone(), any::<bool>()).prop_map(|(leg, at, on)| Entry::Masked { leg, at, on }),
            (leg.clone(), at.clone(), any::<u16>(), source)
                .prop_map(|(leg, at, frames, source)| Entry::Sent { leg, at, frames, source }),
            (
                leg,
                at,
                any::<u16>(),
                any::<u32>(),
                any::<bool>(),
                proptest::collection::vec(any::<u8>(), 0..200)
            )
                .prop_map(|(leg, at, sequence, timestamp, mu, payload)| {
                    let codec = if mu { Codec::Pcmu } else { Codec::Pcma };
                    Entry::Received { leg, at, sequence, timestamp, codec, payload }
                }),
        ]
    }

    proptest! {
        #[test]
        fn entries_come_back_as_they_went_in(list in proptest::collection::vec(entries(), 0..20)) {
            let mut bytes = Vec::new();
            list.iter().for_each(|entry| encode(&mut bytes, entry));
            let back: Vec<Entry> = decode(CALL, &bytes).map(|item| item.unwrap().to_entry()).collect();
            prop_assert_eq!(back, list);
        }

        #[test]
        fn any_bytes_decode_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(CALL, &bytes).count();
        }

        #[test]
        fn dropping_keeps_structure_and_the_newest_sound(
            list in proptest::collection::vec(entries(), 0..40), keep in 0_usize..3_000,
        ) {
            let mut bytes = Vec::new();
            list.iter().for_each(|entry| encode(&mut bytes, entry));
            let dropped = drop_oldest(CALL, &mut bytes, keep);
            let back: Vec<Entry> = decode(CALL, &bytes).map(|item| item.unwrap().to_entry()).collect();
            let is_sound = |e: &&Entry| matches!(e, Entry::Received { .. } | Entry::Sent { .. });
            let sound: Vec<&Entry> = list.iter().filter(is_sound).collect();
            let left: Vec<&Entry> = back.iter().filter(is_sound).collect();
            prop_assert_eq!(&sound[usize::try_from(dropped).unwrap()..], &left[..]);
            prop_assert_eq!(list.len() - back.len(), usize::try_from(dropped).unwrap());
        }
    }
}
