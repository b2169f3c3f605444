//! HB-elder: elderly callers: slower speech, more time, straight to a person.

use hotline::menu::api::CallerList;

use crate::bench::{at_bank, at_town, bank, changed, rings, usual, waits};
use crate::hotline::SYSTEM;
use crate::oracle::caller::Ending;
use crate::oracle::world::World;

#[test]
fn hb_elder_known_elderly_callers_of_the_bank_are_put_straight_through() {
    let elderly = World { list: Some(CallerList::Elderly), ..usual(at_bank()) };
    let caller = waits(rings(at_bank(), &elderly, ""));
    assert_eq!(caller.ending, Some(Ending::Queue("general".into())));
    assert_eq!(caller.keys, 0, "without a key");
    let menu = |prompt: &str| prompt.contains(".choice.");
    assert!(
        !caller.heard.iter().any(|heard| heard.prompts.iter().any(|prompt| menu(&prompt.0))),
        "no menu first"
    );
}

#[test]
fn hb_elder_the_town_speaks_slower_and_waits_longer_by_list_or_by_choice() {
    let usual = usual(at_town());
    let elderly = World { list: Some(CallerList::Elderly), ..usual.clone() };
    for caller in [rings(at_town(), &elderly, "-"), rings(at_town(), &usual, "-5")] {
        assert!(caller.is_slow, "slower speech");
    }
    let waited = |world, deeds| {
        let mut caller = rings(at_town(), world, deeds);
        let before = caller.clock;
        caller.does(crate::oracle::caller::Deed::Nothing);
        caller.clock - before
    };
    assert!(!rings(at_town(), &usual, "-").is_slow);
    assert!(waited(&elderly, "--") > waited(&usual, "--"), "longer to the first key");
    assert!(waited(&usual, "-5-") > waited(&usual, "--"));
}

#[test]
fn hb_elder_a_profile_out_of_bounds_or_misspelt_is_refused() {
    for (from, to) in [
        ("first_digit = 10", "first_digit = 99"),
        ("inter_digit = 8", "inter_digit = 0"),
        ("straight_to_person", "straight_to_preson"),
    ] {
        let checked = changed(bank(), SYSTEM, from, to).check();
        let told = checked.errors().find(|finding| finding.file == SYSTEM);
        assert!(told.is_some_and(|finding| finding.line > 1), "{to}: {:#?}", checked.findings);
    }
}
