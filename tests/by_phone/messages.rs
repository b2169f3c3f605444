//! A message instead of waiting, kept whole however it ends.

use std::time::Duration;

use hotline::event::{EventKind, Outcome};
use hotline::phone::listen::tone_seconds;

use super::caller::{CALLER_TONE, Caller};
use super::kept::Kept;
use super::scene::Scene;

/// One ends the message by key, the other one by hanging up.
const CALLERS: [(&str, bool); 2] = [("13900000011", true), ("13900000012", false)];

/// Nobody is at work in the queue of complaints.
pub async fn ring(scene: &mut Scene) {
    for (number, by_key) in CALLERS {
        let visit = async move |mut caller: Caller| {
            caller.press("41").await;
            caller.hear_in_a_row(&["system.queue.welcome", "system.queue.position.before"]).await;
            caller.press("*").await;
            caller.leaves_a_message().await;
            if by_key {
                caller.press("#").await;
                caller.hear("system.message.thanks").await;
                caller.is_hung_up_on().await;
            } else {
                caller.hangs_up().await;
            }
        };
        scene.rings(number, visit).await;
    }
}

pub fn kept(kept: &Kept) {
    for (number, _) in CALLERS {
        let visit = kept.call(number);
        let length = visit.one("message", |kind| match kind {
            EventKind::MessageLeft { length_ms, .. } => Some(*length_ms),
            _ => None,
        });
        assert_eq!(visit.row.outcome, Some(Outcome::Message));
        is_recorded(kept, number, Duration::from_millis(length));
    }
}

/// What was said after the tone is in the caller's channel, and nowhere else.
pub fn is_recorded(kept: &Kept, number: &str, length: Duration) {
    assert!((1_700..8_000).contains(&length.as_millis()), "{number}: {length:?}");
    let [caller, heard] = kept.recording(kept.call(number).row);
    let (said, echoed) = (tone_seconds(&caller, CALLER_TONE), tone_seconds(&heard, CALLER_TONE));
    assert!(said > 1.6 && echoed < 0.2, "{number}: {said} s, and {echoed} s in the other channel");
}
