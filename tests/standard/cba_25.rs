//! CBA-25: when a system of the bank is down, callers hear so and are led to people.

use crate::bench::{at_bank, at_town, bank, hears, refused, rings, town, usual, waits};
use crate::oracle::caller::{Caller, Ending};
use crate::oracle::world::{System, World};

fn heard(caller: &Caller<'_>, prompt: &str) -> bool {
    caller.heard.iter().any(|heard| heard.prompts.iter().any(|name| name.0 == prompt))
}

#[test]
fn cba_25_a_system_that_fails_or_is_silent_is_explained_and_leads_to_people() {
    for system in [System::Fails, System::Silent] {
        for (subject, deeds) in [(at_bank(), "- 2 1 = ="), (at_town(), "- 1 1 = 1")] {
            let world = World { system, ..usual(subject) };
            let caller = waits(rings(subject, &world, deeds));
            assert!(heard(&caller, "system.lookup.failed"), "{system:?} {deeds}");
            assert!(
                matches!(caller.ending, Some(Ending::Queue(_))),
                "{system:?} {deeds} {:?}",
                caller.ending
            );
        }
    }
}

#[test]
fn cba_25_while_a_system_is_asked_a_person_is_one_key_away() {
    let world = World { system: System::Silent, ..usual(at_bank()) };
    let asking = rings(at_bank(), &world, "- 2 1 = =");
    assert!(hears(at_bank(), &asking).contains("请稍候"));
    assert!(matches!(waits(rings(at_bank(), &world, "- 2 1 = = 0")).ending, Some(Ending::Queue(_))));
}

#[test]
fn cba_25_nothing_else_stops() {
    let world = World { system: System::Fails, ..usual(at_bank()) };
    assert!(hears(at_bank(), &rings(at_bank(), &world, "- 2 2")).contains("营业"));
    assert_eq!(waits(rings(at_bank(), &world, "-0")).ending, Some(Ending::Queue("general".into())));
}

#[test]
fn cba_25_a_failure_that_ends_the_call_and_a_service_nobody_wrote_are_refused() {
    let (file, failed) = ("menus/faults.toml", "failed = \"person\"");
    refused("CBA-10b", town(), (file, failed, "failed = \"end\""));
    refused("CBA-25", town(), (file, "service = \"town\"", "service = \"twon\""));
    refused(
        "CBA-8",
        bank(),
        ("menus/accounts.toml", "failed = { queue = \"general\" }", "failed = \"message\""),
    );
}
