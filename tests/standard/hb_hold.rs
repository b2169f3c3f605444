//! HB-hold: waiting callers hear comfort and honest information, never dead air, never an advert.

use crate::bench::{bank, both, changed, refused};
use crate::hotline::{QUEUES, SYSTEM};

const WAITING: [&str; 5] = [
    "system.queue.welcome",
    "system.queue.position.before",
    "system.queue.position.after",
    "system.queue.choices",
    "system.queue.wait",
];

#[test]
fn hb_hold_comfort_position_and_alternatives_are_said_in_every_language() {
    for subject in both() {
        for name in WAITING {
            let prompt = subject.program.prompts().iter().find(|prompt| prompt.name.0 == name);
            let prompt = prompt.unwrap_or_else(|| panic!("{name}"));
            assert_eq!(prompt.texts.len(), subject.program.languages().len(), "{name}");
        }
    }
}

#[test]
fn hb_hold_a_hotline_that_is_silent_to_those_who_wait_is_refused() {
    for text in ["\"system.queue.welcome\" = ", "\"system.queue.wait\" = ", "\"system.queue.choices\" = "] {
        let silent = changed(bank(), SYSTEM, text, &format!("# {text}"));
        assert!(silent.check().errors().any(|finding| finding.file == SYSTEM), "{text}");
    }
    let never = changed(bank(), QUEUES, "announce_every = \"20 s\"", "announce_every = \"20 years\"");
    assert!(never.check().errors().any(|finding| finding.file == QUEUES && finding.line > 1));
}

#[test]
fn hb_hold_nothing_is_sold_to_those_who_wait() {
    refused("CBA-10c", bank(), (SYSTEM, "谢谢您的等候。", "谢谢您的等候，信用卡限时优惠。"));
    refused("CBA-10c", bank(), (SYSTEM, "Please hold.", "Please hold. Ask for our special offer."));
}
