//! CBA-6: one number; every caller can use self-service and can reach a person.

use hotline::config::finding::Severity;

use crate::bench::{at_bank, bank, both, changed, hears, refused, rings, usual, waits};
use crate::oracle::caller::Ending;

#[test]
fn cba_6_one_number_leads_to_self_service_and_to_people() {
    for subject in both() {
        assert_eq!(subject.program.mains().count(), 1, "one dialled number");
        let world = usual(subject);
        assert!(matches!(waits(rings(subject, &world, "-0")).ending, Some(Ending::Queue(_))));
    }
    let world = usual(at_bank());
    let hours = rings(at_bank(), &world, "- 2 2");
    assert!(hears(at_bank(), &hours).contains("营业"), "self-service without a person");
    assert_eq!(hours.ending, None);
}

#[test]
fn cba_6_a_number_without_a_menu_or_without_people_is_refused() {
    let no_menu = changed(bank(), "ops/hotline.toml", "= \"main\"", "= \"mian\"");
    assert!(no_menu.check().errors().any(|finding| finding.rule == "unknown-target"));
    refused("CBA-10b", bank(), ("menus/main.toml", "person = \"general\"", ""));
}

/// What nobody can get to is self-service for nobody.
#[test]
fn cba_6_a_menu_that_nothing_leads_to_is_told() {
    let lost = changed(bank(), "menus/main.toml", "leads_to = { menu = \"loans\" }", "leads_to = \"person\"");
    let checked = lost.check();
    let told = checked.findings.iter().find(|finding| finding.source == "CBA-6");
    let told = told.expect("it is told");
    assert_eq!((told.file.as_str(), told.severity), ("menus/loans.toml", Severity::Warning));
}
