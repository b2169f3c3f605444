//! Plays a list of prompts and pauses, copied frame by frame in the leg's codec.

use crate::ids::PromptHash;
use crate::media::FRAME_BYTES;
use crate::media::command::{AtEnd, Clip, Codec, PlayId, PlayItem};
use crate::media::g711;

/// What one frame held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    Silence,
    /// 160 bytes of a prompt from `offset` on; fewer, and then silence, at its end.
    Prompt {
        hash: PromptHash,
        offset: u32,
    },
    /// The packet of the other leg with this RTP sequence number.
    Peer {
        sequence: u16,
    },
}

#[derive(Clone, Debug)]
pub struct Player {
    id: PlayId,
    items: Vec<PlayItem>,
    at_end: AtEnd,
    /// The item being played, and how many of its bytes are.
    item: usize,
    offset: usize,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Ahead,
    Reached,
    Told,
}

impl Player {
    pub fn new(id: PlayId, items: Vec<PlayItem>, at_end: AtEnd) -> Self {
        Player { id, items, at_end, item: 0, offset: 0, end: End::Ahead }
    }

    /// The next 20 ms into `out`, which is one frame long. The end of an item is filled up with
    /// silence; the next one begins with the next frame.
    pub fn frame(&mut self, codec: Codec, out: &mut [u8; FRAME_BYTES]) -> Heard {
        // Empty items are passed over. Enough steps to leave this item, begin again and come round;
        // if they do not suffice there is nothing to play at all.
        for _ in 0..self.items.len() + 2 {
            let (from, length) = (self.offset, self.length(codec));
            match self.items.get(self.item) {
                Some(_) if from >= length => {
                    self.item += 1;
                    self.offset = 0;
                }
                Some(PlayItem::Clip(clip)) => {
                    let sound = sound(clip, codec).get(from..).unwrap_or_default();
                    fill(out, sound, codec);
                    self.offset += FRAME_BYTES;
                    let offset = u32::try_from(from).unwrap_or(u32::MAX);
                    return Heard::Prompt { hash: clip.hash, offset };
                }
                Some(PlayItem::Silence(_)) => {
                    self.offset += FRAME_BYTES;
                    break;
                }
                None => match self.at_end {
                    AtEnd::Loop => self.item = 0,
                    AtEnd::Silence => {
                        if self.end == End::Ahead {
                            self.end = End::Reached;
                        }
                        break;
                    }
                },
            }
        }
        out.fill(g711::silence(codec));
        Heard::Silence
    }

    /// The list's number, once, after its last frame has been heard.
    pub fn take_done(&mut self) -> Option<PlayId> {
        if self.end == End::Reached {
            self.end = End::Told;
            return Some(self.id);
        }
        None
    }

    /// Bytes of the item being played.
    fn length(&self, codec: Codec) -> usize {
        match self.items.get(self.item) {
            Some(PlayItem::Clip(clip)) => sound(clip, codec).len(),
            Some(PlayItem::Silence(length)) => {
                usize::try_from(length.as_micros() / 125).unwrap_or(usize::MAX)
            }
            None => 0,
        }
    }
}

fn sound(clip: &Clip, codec: Codec) -> &[u8] {
    match codec {
        Codec::Pcmu => &clip.pcmu,
        Codec::Pcma => &clip.pcma,
    }
}

fn fill(out: &mut [u8; FRAME_BYTES], sound: &[u8], codec: Codec) {
    let length = sound.len().min(FRAME_BYTES);
    out[..length].copy_from_slice(&sound[..length]);
    out[length..].fill(g711::silence(codec));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn clip(tag: u8, bytes: &[u8]) -> Clip {
        let pcma: Vec<u8> = bytes.iter().map(|b| b ^ 0x80).collect();
        Clip { hash: PromptHash([tag; 32]), pcmu: bytes.into(), pcma: pcma.into() }
    }

    fn frames(player: &mut Player, codec: Codec, count: usize) -> Vec<(Heard, [u8; FRAME_BYTES])> {
        let one = |_| {
            let mut out = [0; FRAME_BYTES];
            (player.frame(codec, &mut out), out)
        };
        (0..count).map(one).collect()
    }

    proptest! {
        #[test]
        fn what_is_heard_is_the_prompt_byte_for_byte(
            sounds in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..700), 1..5),
            codec in prop::sample::select(vec![Codec::Pcmu, Codec::Pcma]),
        ) {
            let clips: Vec<Clip> = sounds.iter().enumerate().map(|(n, bytes)| clip(n as u8, bytes)).collect();
            let items = clips.iter().cloned().map(PlayItem::Clip).collect();
            let mut player = Player::new(PlayId(1), items, AtEnd::Silence);
            for clip in &clips {
                for (n, part) in sound(clip, codec).chunks(FRAME_BYTES).enumerate() {
                    let (heard, out) = frames(&mut player, codec, 1)[0];
                    prop_assert_eq!(heard, Heard::Prompt { hash: clip.hash, offset: (n * FRAME_BYTES) as u32 });
                    prop_assert_eq!(&out[..part.len()], part);
                    prop_assert!(out[part.len()..].iter().all(|b| *b == g711::silence(codec)));
                    prop_assert_eq!(player.take_done(), None, "its last frame is yet to be heard");
                }
            }
            prop_assert_eq!(frames(&mut player, codec, 1)[0].0, Heard::Silence);
            prop_assert_eq!(player.take_done(), Some(PlayId(1)));
            frames(&mut player, codec, 3);
            prop_assert_eq!(player.take_done(), None, "told once");
        }
    }

    #[test]
    fn pauses_last_as_long_as_they_say() {
        let pause = PlayItem::Silence(Duration::from_millis(60));
        let items = vec![pause, PlayItem::Clip(clip(1, &[7; 160]))];
        let mut player = Player::new(PlayId(1), items, AtEnd::Silence);
        let heard: Vec<bool> =
            frames(&mut player, Codec::Pcmu, 5).iter().map(|(heard, _)| *heard != Heard::Silence).collect();
        assert_eq!(heard, [false, false, false, true, false]);
    }

    #[test]
    fn hold_audio_begins_again_without_a_gap_and_never_ends() {
        let items = vec![PlayItem::Clip(clip(1, &[7; 320]))];
        let mut player = Player::new(PlayId(1), items, AtEnd::Loop);
        let offsets: Vec<Heard> =
            frames(&mut player, Codec::Pcma, 5).into_iter().map(|(heard, _)| heard).collect();
        let at = |offset| Heard::Prompt { hash: PromptHash([1; 32]), offset };
        assert_eq!(offsets, [at(0), at(160), at(0), at(160), at(0)]);
        assert_eq!(player.take_done(), None);
    }

    #[test]
    fn empty_lists_end_at_once_and_empty_loops_are_silence() {
        let mut player = Player::new(PlayId(3), vec![], AtEnd::Silence);
        assert_eq!(frames(&mut player, Codec::Pcmu, 1)[0].0, Heard::Silence);
        assert_eq!(player.take_done(), Some(PlayId(3)));
        let items = vec![PlayItem::Clip(clip(1, &[])), PlayItem::Silence(Duration::ZERO)];
        let mut player = Player::new(PlayId(3), items, AtEnd::Loop);
        assert_eq!(frames(&mut player, Codec::Pcmu, 1)[0].0, Heard::Silence);
    }
}
