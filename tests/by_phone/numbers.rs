//! Digits that are read back, so that a wrong one is noticed before anything is done with it.

use hotline::event::{EventKind, Outcome};

use super::caller::{Caller, Crowd, Staff, Voices, digits};
use super::server::Server;
use super::stage::{Sample, Stage};

const CAREFUL: &str = "13900000031";
const ENGLISH: &str = "13900000032";
const IMPATIENT: &str = "13900000033";

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_read_back_until_they_are_right() {
    let mut server = Server::start(Stage::of(Sample::Bank)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let agents = ["1001", "1002", "1003"].map(|agent| (agent, "general"));
    let staff = Staff::at_work(&server, &agents).await;
    let mut crowd = Crowd::default();

    let mut caller = Caller::dial(&server.stage, &voices, CAREFUL).await;
    crowd.add(CAREFUL, async move {
        caller.press("32").await;
        caller.hear("loans.application").await;
        caller.press("20261140").await;
        reads_back(&mut caller, "20261140").await;
        caller.press("2").await;
        caller.hear("loans.application").await;
        caller.press("20261104").await;
        reads_back(&mut caller, "20261104").await;
        caller.press("1").await;
        caller.talks_to_a_person().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, ENGLISH).await;
    crowd.add(ENGLISH, async move {
        caller.press("5").await;
        caller.speaks("en-US");
        caller.hear("main.greeting").await;
        caller.press("32").await;
        caller.hear("loans.application").await;
        caller.press("98765432").await;
        reads_back(&mut caller, "98765432").await;
        caller.press("1").await;
        caller.talks_to_a_person().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, IMPATIENT).await;
    crowd.add(IMPATIENT, async move {
        caller.press("32").await;
        caller.hear_beginning("loans.application").await;
        caller.press("55555555").await;
        caller.hear("system.confirm.before").await;
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller
    });
    for caller in crowd.all().await {
        caller.hangs_up().await;
    }
    drop(staff);

    let mut kept = server.stop().await;
    let value = |number: &str| {
        let visit = kept.call(number);
        let last = visit.events.iter().rev().find_map(|kind| match kind {
            EventKind::DigitsCollected { node, value: Some(value), .. } => {
                Some((node.clone(), value.clone()))
            }
            _ => None,
        });
        assert_eq!(visit.row.outcome, Some(Outcome::Agent), "{number}");
        (visit.row.clone(), last.unwrap_or_else(|| panic!("digits of {number}: {:#?}", visit.events)))
    };
    for (number, digits) in [(value(CAREFUL), "20261104"), (value(ENGLISH), "98765432")] {
        let (row, (node, sealed)) = number;
        assert_eq!((node.as_str(), kept.open(&row, &sealed).as_str()), ("application", digits));
    }
}

async fn reads_back(caller: &mut Caller, typed: &str) {
    let said = digits(typed);
    let mut all = vec!["system.confirm.before"];
    all.extend(said.iter().map(String::as_str));
    all.push("system.confirm.after");
    caller.hear_in_a_row(&all).await;
}
