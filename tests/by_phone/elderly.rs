//! Elderly callers: slower speech, longer timing, straight to a person (HB-elder).

use hotline::event::EventKind;

use super::caller::{Caller, Shown};
use super::kept::Kept;
use super::scene::Scene;

const SLOW: &str = "zh-CN+slow";
/// On the list of elderly callers, and nobody in particular.
const GRANDMOTHER: &str = "13900000091";
const NEPHEW: &str = "13900000092";
const CHOOSING: &str = "13900000093";

/// At the bank known elderly callers come straight to a person.
pub async fn ring_the_bank(scene: &mut Scene) {
    scene.server.knows("callers.csv", &format!("{GRANDMOTHER},Grandmother,elderly,\n"));
    let grandmother = async |mut caller: Caller| {
        caller.hear("main.notice").await;
        caller.speaks(SLOW);
        caller.hear("system.transfer_to_person").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(GRANDMOTHER, grandmother).await;
    let nephew = async |mut caller: Caller| {
        caller.hear_in_a_row(&["main.notice", "main.greeting"]).await;
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(NEPHEW, nephew).await;
}

pub fn kept_by_the_bank(kept: &Kept, shown: &[Shown]) {
    let told = shown.iter().filter(|call| call.elderly).count();
    assert_eq!(told, 1, "the desk is told: {shown:?}");
    assert!(cared_for(kept, GRANDMOTHER) && !cared_for(kept, NEPHEW));
    assert!(kept.call(GRANDMOTHER).row.keys.is_empty(), "without a key");
}

fn cared_for(kept: &Kept, number: &str) -> bool {
    kept.call(number).has(|kind| matches!(kind, EventKind::ElderlyCare))
}

/// In the town whoever chooses it hears everything slower and has more time.
pub async fn ring_the_town(scene: &mut Scene) {
    let voices = scene.voices.clone();
    let choosing = async move |mut caller: Caller| {
        caller.hear("main.notice").await;
        caller.press("5").await;
        caller.speaks(SLOW);
        let choices = ["main.choice.1", "main.choice.2", "main.choice.3"];
        caller.hear_in_a_row(&choices).await;
        for prompt in choices {
            let times = voices.get(SLOW, prompt).len() as f64 / voices.get("zh-CN", prompt).len() as f64;
            assert!((1.2..1.3).contains(&times), "{prompt} is {times:.2} times as long");
        }
        let person = caller.hear("system.menu.person").await;
        let asked_again = caller.hear("system.silence").await;
        let end = person + voices.get(SLOW, "system.menu.person").len();
        let waited = asked_again.saturating_sub(end) as f64 / 8_000.0;
        assert!((9.5..11.5).contains(&waited), "ten seconds for a key, not {waited:.1}");
        caller.hangs_up().await;
    };
    scene.rings(CHOOSING, choosing).await;
}

pub fn kept_by_the_town(kept: &Kept) {
    assert!(cared_for(kept, CHOOSING));
}
