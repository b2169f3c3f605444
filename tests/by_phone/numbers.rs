//! Digits that are read back, so that a wrong one is noticed before anything is done with it.

use hotline::event::{EventKind, Outcome};

use super::caller::Caller;
use super::kept::Kept;
use super::scene::Scene;

const CAREFUL: &str = "13900000031";
const ENGLISH: &str = "13900000032";
const IMPATIENT: &str = "13900000033";

pub async fn ring(scene: &mut Scene) {
    let careful = async |mut caller: Caller| {
        caller.press("32").await;
        caller.hear("loans.application").await;
        caller.press("20261140").await;
        caller.is_read_back("20261140").await;
        caller.press("2").await;
        caller.hear("loans.application").await;
        caller.press("20261104").await;
        caller.is_read_back("20261104").await;
        caller.press("1").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(CAREFUL, careful).await;
    let english = async |mut caller: Caller| {
        caller.press("5").await;
        caller.speaks("en-US");
        caller.hear_beginning("main.greeting").await;
        caller.press("32").await;
        caller.hear("loans.application").await;
        caller.press("98765432").await;
        caller.is_read_back("98765432").await;
        caller.press("1").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(ENGLISH, english).await;
    let impatient = async |mut caller: Caller| {
        caller.press("32").await;
        caller.hear_beginning("loans.application").await;
        caller.press("55555555").await;
        caller.hear("system.confirm.before").await;
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(IMPATIENT, impatient).await;
}

pub fn kept(kept: &Kept) {
    // What was not said to be right was never taken.
    for (number, digits) in [(CAREFUL, Some("20261104")), (ENGLISH, Some("98765432")), (IMPATIENT, None)] {
        let visit = kept.call(number);
        let collected = visit.events.iter().filter_map(|kind| match kind {
            EventKind::DigitsCollected { node, value: Some(value), .. } => {
                Some((node.as_str(), kept.open(visit.row, value)))
            }
            _ => None,
        });
        let wanted = digits.map(|digits| ("application", digits.to_owned()));
        assert_eq!(collected.collect::<Vec<_>>(), Vec::from_iter(wanted), "{number}");
        assert_eq!(visit.row.outcome, Some(Outcome::Agent), "{number}");
    }
}
