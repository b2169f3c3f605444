//! Messages: left instead of waiting, and left because a queue is full.

use std::time::Duration;

use hotline::event::{EventKind, Outcome};
use hotline::phone::listen::tone_seconds;
use toml_edit::value;

use super::caller::{CALLER_TONE, Caller, Voices};
use super::server::Server;
use super::stage::{Sample, Stage};

const TIRED: &str = "13900000011";
const TURNED_AWAY: &str = "13900000012";

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_taken_and_kept_whole_however_they_end() {
    let stage = Stage::of(Sample::Bank);
    stage.edit("ops/queues.toml", |file| file["queues"]["general"]["limit"] = value(1));
    let mut server = Server::start(stage).await;
    let voices = Voices::load(&server.config.directories.prompts);

    let mut tired = Caller::dial(&server.stage, &voices, TIRED).await;
    tired.hear("main.notice").await;
    tired.press("0").await;
    tired.hear_in_a_row(&["system.queue.welcome", "system.queue.position.before", "system.digit.1"]).await;
    let mut turned_away = Caller::dial(&server.stage, &voices, TURNED_AWAY).await;
    turned_away.press("0").await;
    turned_away.hear("system.message.intro").await;
    tired.press("*").await;
    tired.hear("system.message.intro").await;
    tokio::join!(speaks_after_the_tone(&mut tired), speaks_after_the_tone(&mut turned_away));
    turned_away.hangs_up().await;
    tired.press("#").await;
    tired.hear("system.message.thanks").await;
    tired.is_hung_up_on().await;

    let kept = server.stop().await;
    for number in [TIRED, TURNED_AWAY] {
        let visit = kept.call(number);
        let length = visit.one("message", |kind| match kind {
            EventKind::MessageLeft { length_ms, .. } => Some(*length_ms),
            _ => None,
        });
        assert!((1_700..8_000).contains(&length), "{length} ms");
        assert_eq!(visit.row.outcome, Some(Outcome::Message));
        let [caller, heard] = kept.recording(visit.row);
        assert!(tone_seconds(&caller, CALLER_TONE) > 1.6 && tone_seconds(&heard, CALLER_TONE) < 0.2);
    }
}

async fn speaks_after_the_tone(caller: &mut Caller) {
    caller.hear("system.beep").await;
    caller.speaks_for(Duration::from_secs(2)).await;
}
