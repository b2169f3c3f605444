//! Another language, spoken by everything from there on.

use hotline::event::Outcome;

use super::caller::{Caller, Staff, Voices};
use super::server::Server;
use super::stage::{Sample, Stage};

const ENGLISH: &str = "13900000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_changes_the_language_and_is_spoken_to_in_it_by_everybody() {
    let mut server = Server::start(Stage::of(Sample::Bank)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let staff = Staff::at_work(&server, &[("1001", "general")]).await;

    let mut caller = Caller::dial(&server.stage, &voices, ENGLISH).await;
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

    drop(staff);
    let kept = server.stop().await;
    let visit = kept.call(ENGLISH);
    assert_eq!(visit.row.language.as_ref().map(|l| l.as_str()), Some("en-US"));
    assert_eq!((visit.row.keys.as_str(), visit.row.outcome), ("54*0", Some(Outcome::Agent)));
}
