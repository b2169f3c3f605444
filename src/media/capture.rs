//! Keeps what somebody says for the moment, to be played back to them at once: an announcement recorded
//! by telephone. The recording of the call is another thing and goes on.

use std::time::Duration;

use super::g711;
use super::hold_back::Kept;

/// Samples of the longest capture.
const MOST: u32 = 65 * 8_000;

/// Received voice in the order of its time stamps; what was lost is silence.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// Time stamp of the first packet.
    began: Option<u32>,
    samples: Vec<i16>,
}

impl Capture {
    pub fn push(&mut self, kept: &Kept<'_>) {
        let began = *self.began.get_or_insert(kept.timestamp);
        // Older than the first packet wraps around and is out of bounds, like what is too late.
        let at = kept.timestamp.wrapping_sub(began);
        if at >= MOST {
            return;
        }
        let voice = g711::samples(kept.codec, kept.payload);
        let at = at as usize;
        let end = (at + voice.len()).min(MOST as usize);
        if self.samples.len() < end {
            self.samples.resize(end, 0);
        }
        self.samples[at..end].copy_from_slice(&voice[..end - at]);
    }

    pub fn length(&self) -> Duration {
        Duration::from_micros(self.samples.len() as u64 * 125)
    }

    /// 8,000 samples a second.
    pub fn into_samples(self) -> Vec<i16> {
        self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::command::Codec;
    use crate::now::Mono;

    fn push(capture: &mut Capture, timestamp: u32, sample: i16) {
        let payload = g711::bytes(Codec::Pcma, &[sample; 160]);
        let kept = Kept { at: Mono(0), sequence: 0, timestamp, codec: Codec::Pcma, payload: &payload };
        capture.push(&kept);
    }

    fn about(samples: &[i16], wanted: i16) -> bool {
        samples.iter().all(|sample| (sample - wanted).abs() < 300)
    }

    #[test]
    fn packets_stand_in_the_order_of_their_time_and_gaps_are_silent() {
        let mut capture = Capture::default();
        let began = u32::MAX - 200;
        push(&mut capture, began, 8_000);
        push(&mut capture, began.wrapping_add(480), 2_000);
        push(&mut capture, began.wrapping_add(160), 4_000);
        assert_eq!(capture.length(), Duration::from_millis(80));
        let samples = capture.into_samples();
        assert!(about(&samples[..160], 8_000) && about(&samples[160..320], 4_000));
        assert!(about(&samples[320..480], 0) && about(&samples[480..], 2_000));
    }

    #[test]
    fn it_is_bounded_and_late_packets_of_before_are_left_out() {
        let mut capture = Capture::default();
        push(&mut capture, 1_000_000, 8_000);
        push(&mut capture, 1_000_000 - 160, 2_000);
        push(&mut capture, 1_000_000 + MOST - 80, 2_000);
        push(&mut capture, 3_000_000, 2_000);
        assert_eq!(capture.samples.len(), MOST as usize);
        assert!(about(&capture.samples[..160], 8_000));
    }
}
