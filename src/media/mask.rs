//! What must not be recorded: secrets, and the tone of any key while it is pressed.
//!
//! Some telephones send a key as a telephone-event *and* as a tone in the voice packets. A key
//! typed ahead of a secret step would stay in the recording, so voice is masked around every
//! telephone-event, not only while a secret is asked for.

use std::time::Duration;

use crate::media::command::Masking;
use crate::media::dtmf::Phase;
use crate::now::Mono;

/// A secret step stays masked this long after its last key.
const AFTER_SECRET: Duration = Duration::from_millis(300);
/// A tone in the voice packets may lag the telephone-event by this much.
const AFTER_TONE: Duration = Duration::from_millis(40);
/// A key whose end got lost is taken for released after this long without a packet.
const RELEASED: Duration = Duration::from_millis(240);

#[derive(Clone, Debug, Default)]
pub struct Mask {
    stage: Stage,
    /// Voice is masked until then because a key is or was down.
    tone_until: Mono,
    /// As last told by [`Mask::change`].
    told: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    #[default]
    Open,
    Secret,
    /// The secret step is over; its last key may still sound.
    Closing {
        until: Mono,
    },
}

impl Mask {
    pub fn command(&mut self, now: Mono, masking: Masking) {
        self.stage = match (self.stage, masking) {
            (_, Masking::Secret) => Stage::Secret,
            (Stage::Open, Masking::Open) => Stage::Open,
            // Counted from the command, not from the last telephone-event: that key may have come
            // by SIP INFO, of which nothing is seen here.
            (Stage::Secret, Masking::Open) => Stage::Closing { until: now + AFTER_SECRET },
            (closing @ Stage::Closing { .. }, Masking::Open) => closing,
        };
    }

    /// A packet of a telephone-event came.
    pub fn key(&mut self, now: Mono, phase: Phase) {
        self.tone_until = match phase {
            Phase::Down => self.tone_until.max(now + RELEASED),
            Phase::Up => now + AFTER_TONE,
        };
        if let Stage::Closing { until } = &mut self.stage
            && now < *until
        {
            *until = now + AFTER_SECRET;
        }
    }

    pub fn is_on(&self, now: Mono) -> bool {
        now < self.tone_until
            || match self.stage {
                Stage::Open => false,
                Stage::Secret => true,
                Stage::Closing { until } => now < until,
            }
    }

    /// `Some` when masking has begun or ended since the last time this was asked.
    pub fn change(&mut self, now: Mono) -> Option<bool> {
        let on = self.is_on(now);
        (on != std::mem::replace(&mut self.told, on)).then_some(on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Mono {
        Mono::from_millis(ms)
    }

    #[test]
    fn a_secret_is_masked_until_after_its_last_key() {
        let mut mask = Mask::default();
        mask.command(ms(1000), Masking::Secret);
        assert_eq!(mask.change(ms(1000)), Some(true));
        assert!(mask.is_on(ms(60_000)), "however long it takes");
        mask.key(ms(60_000), Phase::Down);
        mask.command(ms(60_005), Masking::Open);
        mask.key(ms(60_100), Phase::Up);
        assert!(mask.is_on(ms(60_399)));
        assert!(!mask.is_on(ms(60_400)));
        assert_eq!(mask.change(ms(60_400)), Some(false));
        assert_eq!(mask.change(ms(60_420)), None);
    }

    #[test]
    fn a_second_open_command_does_not_shorten_the_mask() {
        let mut mask = Mask::default();
        mask.command(ms(0), Masking::Secret);
        mask.command(ms(100), Masking::Open);
        mask.command(ms(120), Masking::Open);
        assert!(mask.is_on(ms(399)));
        assert!(!mask.is_on(ms(400)));
    }

    #[test]
    fn any_key_masks_the_voice_around_it() {
        let mut mask = Mask::default();
        assert!(!mask.is_on(ms(100)));
        mask.key(ms(100), Phase::Down);
        assert!(mask.is_on(ms(101)));
        mask.key(ms(180), Phase::Up);
        assert!(mask.is_on(ms(219)));
        assert!(!mask.is_on(ms(220)));
        mask.key(ms(300), Phase::Down);
        assert!(!mask.is_on(ms(540)), "the end was lost");
    }
}
