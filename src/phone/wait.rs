//! Waiting for what is heard: looks again when more has come, never at a clock.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::audio::Audio;
use super::call::NotHeard;
use super::listen::{Match, correlation, tone_seconds};

/// Look again after this many new samples (a quarter of a second).
const STEP: usize = 2_000;
/// A prompt may be found this much later in what is looked at than it would end exactly.
const MARGIN: usize = 16_000;
/// When nothing has come for so long, the stream may be over: look at what there is.
const QUIET: Duration = Duration::from_millis(300);

pub(super) async fn prompt(
    audio: &Audio,
    mark: usize,
    prompt: &[i16],
    timeout: Duration,
) -> Result<Match, NotHeard> {
    let deadline = Instant::now() + timeout;
    let mut news = audio.news();
    let mut looked = mark;
    let mut best = Match::default();
    let mut step = STEP;
    loop {
        let length = *news.borrow_and_update();
        if length >= mark + prompt.len() * 9 / 10 && length >= looked + step {
            // What lies further back was looked at before.
            let from = looked.saturating_sub(prompt.len() + MARGIN).max(mark);
            looked = length;
            let (heard, wanted) = (audio.heard_from(from), prompt.to_vec());
            let found =
                tokio::task::spawn_blocking(move || correlation(&heard, &wanted)).await.unwrap_or_default();
            if found.score > best.score {
                best = Match { offset: found.offset + from, ..found };
            }
            if best.is_heard() {
                return Ok(best);
            }
        }
        let quiet = Instant::now() + QUIET;
        match timeout_at(deadline.min(quiet), news.changed()).await {
            Ok(Ok(())) => step = STEP,
            Err(_) if quiet < deadline => step = 1,
            Ok(Err(_)) | Err(_) => return last_look(audio, mark, prompt, best).await,
        }
    }
}

/// One look at everything: the stream may have ended just after the prompt.
async fn last_look(audio: &Audio, mark: usize, prompt: &[i16], best: Match) -> Result<Match, NotHeard> {
    let (heard, wanted) = (audio.heard_from(mark), prompt.to_vec());
    let found = tokio::task::spawn_blocking(move || correlation(&heard, &wanted)).await.unwrap_or_default();
    let found = Match { offset: found.offset + mark, ..found };
    let best = if found.score > best.score { found } else { best };
    if best.is_heard() { Ok(best) } else { Err(NotHeard { best }) }
}

pub(super) async fn tone(
    audio: &Audio,
    mark: usize,
    hz: f64,
    seconds: f64,
    timeout: Duration,
) -> Result<(), NotHeard> {
    let deadline = Instant::now() + timeout;
    let mut news = audio.news();
    loop {
        let held = tone_seconds(&audio.heard_from(mark), hz);
        if held >= seconds {
            return Ok(());
        }
        let length = *news.borrow_and_update();
        let more = timeout_at(deadline, news.wait_for(|n| *n >= length + STEP)).await;
        if !matches!(more, Ok(Ok(_))) {
            let best = Match { coverage: held / seconds.max(0.001), ..Match::default() };
            return Err(NotHeard { best });
        }
    }
}
