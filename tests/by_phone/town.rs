//! What only the town's hotline has: numbers, dates and times told by its own system, callers who need
//! no menu, and announcements of an emergency (CBA-24).

use hotline::event::{EventKind, Outcome};

use super::caller::{Caller, digits};
use super::kept::Kept;
use super::scene::Scene;
use super::service::{Question, Reply};

const IN_THE_DARK: &str = "13900000101";
const APPLICANT: &str = "13900000102";
const HOSPITAL: &str = "13900000103";
const IN_THE_STORM: &str = "13900000104";
const AFTER_THE_STORM: &str = "13900000105";

pub fn reply(question: &Question) -> Reply {
    let object = |text: &str| Reply::Object(text.to_owned());
    match question.path.as_str() {
        "/hotline/outages" => object(r#"{"status":"repair","until":"18:30"}"#),
        "/hotline/applicant" if question.field("birthday") == "19800229" => {
            object(r#"{"result":"verified"}"#)
        }
        "/hotline/applicant" => object(r#"{"result":"wrong"}"#),
        "/hotline/progress" => object(r#"{"state":"open","ready":"2027-01-15","fee":"10"}"#),
        _ => Reply::Status(404),
    }
}

pub async fn ring(scene: &mut Scene) {
    let in_the_dark = async |mut caller: Caller| {
        caller.press("11200030").await;
        caller.is_read_back("200030").await;
        caller.press("1").await;
        caller.hear("faults.outage").await;
        let mut said = vec!["faults.known-outage.1".to_owned()];
        said.extend(digits("200030"));
        // 预计在十八点三十分恢复
        let time = [
            "faults.known-outage.2",
            "say.18",
            "say.oclock",
            "say.30",
            "say.minute",
            "faults.known-outage.3",
        ];
        said.extend(time.map(str::to_owned));
        caller.hear_in_a_row(&said.iter().map(String::as_str).collect::<Vec<_>>()).await;
        caller.hangs_up().await;
    };
    scene.rings(IN_THE_DARK, in_the_dark).await;
    let applicant = async |mut caller: Caller| {
        caller.press("22").await;
        caller.hear("documents.case").await;
        caller.press("12345678").await;
        caller.hear("documents.birthday").await;
        caller.press("19800229").await;
        // 二零二七年一月十五日
        let date = ["say.2", "say.0", "say.2", "say.7", "say.year", "say.month.1", "say.day.15"];
        let mut said = vec!["documents.progress-told.1"];
        said.extend(date);
        said.push("documents.progress-told.2");
        caller.hear_in_a_row(&said).await;
        caller.hangs_up().await;
    };
    scene.rings(APPLICANT, applicant).await;
    scene.server.knows("callers.csv", &format!("{HOSPITAL},Hospital,vip,\n"));
    let hospital = async |mut caller: Caller| {
        caller.hear("main.notice").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(HOSPITAL, hospital).await;
}

/// A plan put in force and taken back while others ring.
pub async fn ring_in_a_storm(scene: &mut Scene) {
    scene.server.stage.run("plans start storm --by Li --reason rain");
    let in_the_storm = async |mut caller: Caller| {
        caller.hear_in_a_row(&["main.notice", "plan.storm", "main.greeting"]).await;
        caller.hangs_up().await;
    };
    scene.rings(IN_THE_STORM, in_the_storm).await;
    scene.all().await;
    scene.server.stage.run("plans stop storm --by Li --reason over");
    let after_the_storm = async |mut caller: Caller| {
        caller.hear_in_a_row(&["main.notice", "main.greeting"]).await;
        caller.hangs_up().await;
    };
    scene.rings(AFTER_THE_STORM, after_the_storm).await;
    scene.all().await;
}

pub fn kept(kept: &Kept) {
    for number in [IN_THE_DARK, APPLICANT] {
        let visit = kept.call(number);
        let answered =
            |kind: &EventKind| matches!(kind, EventKind::LookupMade { result, .. } if result == "answered");
        assert!(visit.has(answered), "{number}: {:#?}", visit.events);
        assert_eq!(visit.row.outcome, Some(Outcome::SelfService), "{number}");
    }
    let hospital = kept.call(HOSPITAL);
    assert_eq!((hospital.row.keys.as_str(), hospital.row.outcome), ("", Some(Outcome::Agent)));
    let announced =
        |kind: &EventKind| matches!(kind, EventKind::PlanAnnounced { plan } if plan.as_str() == "storm");
    assert!(kept.call(IN_THE_STORM).has(announced) && !kept.call(AFTER_THE_STORM).has(announced));
}
