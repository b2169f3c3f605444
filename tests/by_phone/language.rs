//! Another language: spoken by everything from there on, and remembered when the caller rings again.

use hotline::event::Outcome;

use super::caller::Caller;
use super::kept::Kept;
use super::scene::Scene;

const FOREIGNER: &str = "13900000001";

pub async fn ring(scene: &mut Scene) {
    let again = scene.dialling(FOREIGNER);
    let visit = async |mut caller: Caller| {
        caller.hear("main.notice").await;
        caller.hear_beginning("main.greeting").await;
        caller.press("5").await;
        caller.speaks("en-US");
        caller.hear("main.greeting").await;
        caller.press("4").await;
        caller.hear("complaints.choice.1").await;
        caller.press("*").await;
        caller.hear("main.choice.1").await;
        caller.press("0").await;
        caller.hear("system.agent.number.before").await;
        caller.hear("system.agent.number.after").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;

        let mut caller = again.await;
        caller.speaks("en-US");
        caller.hear_in_a_row(&["main.notice", "main.greeting"]).await;
        caller.hangs_up().await;
    };
    scene.rings(FOREIGNER, visit).await;
}

pub fn kept(kept: &Kept) {
    let calls = kept.calls(FOREIGNER);
    let told: Vec<_> = calls
        .iter()
        .map(|visit| {
            (visit.row.language.as_ref().map(|l| l.as_str()), visit.row.keys.as_str(), visit.row.outcome)
        })
        .collect();
    let english = Some("en-US");
    assert_eq!(told, [(english, "54*0", Some(Outcome::Agent)), (english, "", Some(Outcome::SelfService))]);
}
