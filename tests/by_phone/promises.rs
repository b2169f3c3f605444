//! What callers tell instead of talking to somebody: a complaint (CBA-41) and how satisfied they are
//! (CBA-19).

use std::time::Duration;

use hotline::event::{EventKind, Outcome, SurveyAnswer};

use super::caller::Caller;
use super::kept::Kept;
use super::messages::is_recorded;
use super::scene::Scene;
use super::server::Server;

const COMPLAINING: &str = "13900000071";
const CONTENT: &str = "13900000072";
const SILENT: &str = "13900000073";
/// Keyed in for the answer to the complaint.
const CONTACT: &str = "13712345678";

pub async fn ring(scene: &mut Scene) {
    let complaining = async |mut caller: Caller| {
        caller.press("42").await;
        caller.hear("complaints.contact").await;
        caller.press(&format!("{CONTACT}#")).await;
        caller.is_read_back(CONTACT).await;
        caller.press("1").await;
        caller.leaves_a_message().await;
        caller.press("#").await;
        caller.hear("system.message.thanks").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(COMPLAINING, complaining).await;
    let content = async |mut caller: Caller| {
        caller.press("43").await;
        caller.hear("complaints.service.satisfied").await;
        // There is no such answer.
        caller.press("7").await;
        caller.hear_in_a_row(&["system.wrong_key", "complaints.service.satisfied"]).await;
        caller.press("1").await;
        caller.hear("system.survey.thanks").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(CONTENT, content).await;
    let silent = async |mut caller: Caller| {
        caller.press("43").await;
        caller.hear("complaints.service.satisfied").await;
        caller.hear("complaints.service.satisfied").await;
        caller.hear("system.goodbye").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(SILENT, silent).await;
}

pub fn kept(kept: &Kept, server: &Server) {
    let visit = kept.call(COMPLAINING);
    assert_eq!(visit.row.outcome, Some(Outcome::Complaint));
    let (answers, length) = visit.one("complaint", |kind| match kind {
        EventKind::ComplaintTaken { answers, length_ms, .. } => Some((answers.clone(), *length_ms)),
        _ => None,
    });
    is_recorded(kept, COMPLAINING, Duration::from_millis(length));
    let told: Vec<_> =
        answers.iter().map(|answer| (answer.step.as_str(), kept.open(visit.row, &answer.value))).collect();
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
    is_sealed(server, &[CONTACT, COMPLAINING]);
}

/// Personal data stands in the clear neither in the journal nor in the log.
fn is_sealed(server: &Server, personal: &[&str]) {
    let segments = std::fs::read_dir(server.config.storage.journal()).expect("the journal");
    let mut texts = vec![server.log()];
    for segment in segments {
        let path = segment.expect("a segment").path();
        texts.extend(
            path.is_file()
                .then(|| String::from_utf8_lossy(&std::fs::read(path).expect("a segment")).into_owned()),
        );
    }
    for text in &texts {
        assert!(personal.iter().all(|datum| !text.contains(datum)), "{personal:?} is in\n{text}");
    }
}
