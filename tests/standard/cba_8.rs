//! CBA-8: every hour of every day, holidays included, leads somewhere useful.

use crate::bench::{at_town, bank, refused, refused_as, rings, town, waits};
use crate::edit::{Step, add};
use crate::hotline::QUEUES;
use crate::oracle::Care;
use crate::oracle::caller::Ending;
use crate::oracle::world::worlds;

#[test]
fn cba_8_every_hour_of_every_day_leads_to_people_a_callback_or_a_message() {
    let all = worlds(at_town(), Care::Thorough);
    let moments: Vec<_> = all.iter().filter(|world| world.list.is_none()).collect();
    assert!(
        moments.iter().any(|world| world.class.holiday) && moments.iter().any(|world| !world.class.holiday)
    );
    let mut closed = 0;
    for world in moments {
        for deeds in ["", "-0", "-1-0", "-2-0", "-12", "---"] {
            let ending = waits(rings(at_town(), world, deeds)).ending;
            match ending.clone().unwrap_or_else(|| panic!("{deeds}: nowhere, {}", world.shown())) {
                Ending::Queue(queue) => assert!(world.is_rostered(at_town(), &queue), "{}", world.shown()),
                Ending::Message(_) | Ending::Callback(_) => closed += 1,
                Ending::Transfer(_) | Ending::HungUp => panic!("{deeds}: {ending:?}, {}", world.shown()),
            }
        }
    }
    assert!(closed > 0, "the town has hours in which nobody is there");
}

#[test]
fn cba_8_a_message_while_people_are_at_work_is_refused() {
    // Others are there when the branches are closed, so a message is no answer.
    let queue = ["queues", "general"].map(|key| Step::Key(key.to_owned()));
    let text = add(bank().text(QUEUES), &queue, "hours", "branches");
    let found = refused_as("CBA-8", &bank().with(QUEUES, text), "menus/main.toml");
    assert_eq!(found.rule, "instead-of-person");
}

#[test]
fn cba_8_hours_that_nobody_wrote_and_closed_queues_in_a_circle_are_refused() {
    for (from, to) in [
        ("hours = \"day\"", "hours = \"dya\""),
        ("when_closed = { queue = \"citizens\" }", "when_closed = { queue = \"faults\" }"),
    ] {
        let checked = crate::bench::changed(town(), QUEUES, from, to).check();
        let told = checked.errors().find(|finding| finding.file == QUEUES);
        assert!(told.is_some_and(|finding| finding.line > 1), "{to}: {:#?}", checked.findings);
    }
    refused_in_calendar();
}

fn refused_in_calendar() {
    let calendar = "ops/calendar.toml";
    let broken = crate::bench::changed(town(), calendar, "08:00-20:00", "08:00-25:00");
    assert!(broken.check().errors().any(|finding| finding.file == calendar && finding.line > 1));
}

/// Closed hours never end in a hang-up.
#[test]
fn cba_8_a_goodbye_out_of_hours_is_refused() {
    refused(
        "CBA-10b",
        town(),
        ("menus/documents.toml", "otherwise = { information = \"closed-now\" }", "otherwise = \"end\""),
    );
}
