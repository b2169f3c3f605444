//! What callers tell instead of talking to somebody: a complaint (CBA-41) and how satisfied they are
//! (CBA-19).

use std::time::Duration;

use hotline::event::{EventKind, Outcome, SurveyAnswer};
use hotline::phone::listen::tone_seconds;

use super::caller::{CALLER_TONE, Caller, Crowd, Voices, digits};
use super::server::Server;
use super::stage::{Sample, Stage};

const COMPLAINING: &str = "13900000071";
const CONTENT: &str = "13900000072";
const SILENT: &str = "13900000073";
const CONTACT: &str = "13712345678";

#[tokio::test(flavor = "multi_thread")]
async fn complaints_and_opinions_are_taken_and_kept() {
    let mut server = Server::start(Stage::of(Sample::Bank)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let mut crowd = Crowd::default();

    let mut caller = Caller::dial(&server.stage, &voices, COMPLAINING).await;
    crowd.add(COMPLAINING, async move {
        caller.press("42").await;
        caller.hear("complaints.contact").await;
        caller.press(&format!("{CONTACT}#")).await;
        let said = digits(CONTACT);
        let mut all = vec!["system.confirm.before"];
        all.extend(said.iter().map(String::as_str));
        all.push("system.confirm.after");
        caller.hear_in_a_row(&all).await;
        caller.press("1").await;
        caller.hear("system.message.intro").await;
        caller.hear("system.beep").await;
        caller.speaks_for(Duration::from_secs(2)).await;
        caller.press("#").await;
        caller.hear("system.message.thanks").await;
        caller.is_hung_up_on().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, CONTENT).await;
    crowd.add(CONTENT, async move {
        caller.press("43").await;
        caller.hear("complaints.service.satisfied").await;
        // There is no such answer.
        caller.press("7").await;
        caller.hear("system.wrong_key").await;
        caller.hear("complaints.service.satisfied").await;
        caller.press("1").await;
        caller.hear("system.survey.thanks").await;
        caller.is_hung_up_on().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, SILENT).await;
    crowd.add(SILENT, async move {
        caller.press("43").await;
        caller.hear("complaints.service.satisfied").await;
        caller.hear("complaints.service.satisfied").await;
        caller.hear("system.goodbye").await;
        caller.is_hung_up_on().await;
        caller
    });
    crowd.all().await;

    let mut kept = server.stop().await;
    let visit = kept.call(COMPLAINING);
    assert_eq!(visit.row.outcome, Some(Outcome::Complaint));
    let (answers, length) = visit.one("complaint", |kind| match kind {
        EventKind::ComplaintTaken { answers, length_ms, .. } => Some((answers.clone(), *length_ms)),
        _ => None,
    });
    assert!((1_700..8_000).contains(&length), "{length} ms");
    let [spoken, _] = kept.recording(visit.row);
    assert!(tone_seconds(&spoken, CALLER_TONE) > 1.6);
    let row = visit.row.clone();
    let told: Vec<_> =
        answers.iter().map(|answer| (answer.step.as_str(), kept.open(&row, &answer.value))).collect();
    assert_eq!(told, [("contact", CONTACT.to_owned())]);

    let survey = |number: &str| {
        let visit = kept.call(number);
        visit.events.iter().find_map(|kind| match kind {
            EventKind::SurveyAnswered { answers, .. } => Some(answers.clone()),
            _ => None,
        })
    };
    let satisfied = SurveyAnswer { question: "satisfied".to_owned(), key: 1 };
    assert_eq!(survey(CONTENT), Some(vec![satisfied]));
    assert!(survey(SILENT).is_none_or(|answers| answers.is_empty()), "silence is no opinion");
    // Sealed or not: what was keyed in stands nowhere in the clear.
    let storage = std::fs::read_dir(server.config.storage.journal()).expect("the journal");
    for file in storage {
        let text = std::fs::read_to_string(file.expect("a segment").path()).unwrap_or_default();
        assert!(!text.contains(CONTACT) && !text.contains(COMPLAINING), "personal data is sealed");
    }
    assert!(!server.log().contains(CONTACT) && !server.log().contains(COMPLAINING));
}
