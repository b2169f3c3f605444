//! CBA-38: a complaint option at main level.

use crate::bench::{at_bank, bank, both, changed, hears, refused_as, rings, usual, waits};
use crate::oracle::caller::Ending;

#[test]
fn cba_38_the_main_menu_offers_complaints_in_every_language() {
    for subject in both() {
        let world = usual(subject);
        let mandarin = hears(subject, &rings(subject, &world, "-"));
        assert!(mandarin.contains("投诉"), "{mandarin}");
        let english = crate::oracle::world::World { language: Some("en-US".into()), ..world };
        let english = hears(subject, &rings(subject, &english, "-"));
        assert!(english.contains("complaints"), "{english}");
    }
}

#[test]
fn cba_38_a_complaint_is_heard_by_its_people_or_recorded() {
    let world = usual(at_bank());
    assert_eq!(waits(rings(at_bank(), &world, "- 4 1")).ending, Some(Ending::Queue("complaints".into())));
    // A number for the answer, read back, then the complaint itself.
    let recorded = rings(at_bank(), &world, "- 4 2 = 1");
    assert!(matches!(recorded.ending, Some(Ending::Message(Some(_)))), "{:?}", recorded.ending);
}

#[test]
fn cba_38_a_bank_without_a_complaint_option_is_refused() {
    let main = "menus/main.toml";
    let other = changed(bank(), main, "投诉和建议请按4。", "其他业务请按4。");
    let other = changed(&other, main, "For complaints, press 4.", "For other matters, press 4.");
    let other = changed(&other, main, "leads_to = { menu = \"complaints\" }", "leads_to = \"person\"");
    refused_as("CBA-38", &other, main);
}
