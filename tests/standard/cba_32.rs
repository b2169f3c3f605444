//! CBA-32: identification and verification before money; attempts limited; the level is carried on.

use crate::bench::{at_bank, bank, changed, refused, rings, usual, waits};
use crate::oracle::caller::{Caller, Ending};
use crate::oracle::walk::walk;
use crate::oracle::world::{System, World};

fn hears_balance(caller: &Caller<'_>) -> bool {
    caller
        .heard
        .iter()
        .any(|heard| heard.prompts.iter().any(|name| name.0.starts_with("accounts.balance-told")))
}

#[test]
fn cba_32_the_balance_is_told_to_whom_the_bank_has_verified() {
    let world = usual(at_bank());
    assert!(hears_balance(&rings(at_bank(), &world, "- 2 1 = = - - -")));
}

/// Nobody whom the bank does not verify comes to hear of money, whatever they press.
#[test]
fn cba_32_nobody_else_hears_it() {
    for system in [System::Says("wrong"), System::Says("locked"), System::Fails, System::Silent] {
        let world = World { system, ..usual(at_bank()) };
        let walk = walk(at_bank(), &world, (vec![Vec::new()], Default::default()), 600);
        let told = |prompt: &str| prompt.starts_with("accounts.balance-told");
        let heard = walk.heard.all.iter().flat_map(|heard| &heard.prompts).any(|prompt| told(&prompt.0));
        assert!(!heard, "{system:?}");
    }
}

#[test]
fn cba_32_attempts_are_limited_and_then_a_person_helps() {
    let world = World { system: System::Says("wrong"), ..usual(at_bank()) };
    let mut caller = rings(at_bank(), &world, "- 2 1");
    let mut asked = 0;
    for _ in 0..40 {
        if caller.ending.is_some() {
            break;
        }
        asked += usize::from(caller.is_pending());
        let deed = if caller.is_collecting() { "=" } else { "-" };
        match deed {
            "=" => caller.does(crate::oracle::caller::Deed::Digits),
            _ => caller.does(crate::oracle::caller::Deed::Nothing),
        }
    }
    assert_eq!(asked, 3, "three attempts");
    assert_eq!(waits(caller).ending, Some(Ending::Queue("general".into())));
}

#[test]
fn cba_32_card_number_and_pin_are_keyed_in_behind_a_mask() {
    let world = usual(at_bank());
    for deeds in ["- 2 1", "- 2 1 ="] {
        assert!(rings(at_bank(), &world, deeds).last_heard().is_some_and(|heard| heard.secret), "{deeds}");
    }
    refused("CBA-35d", bank(), ("menus/accounts.toml", "secret = true\nretries = 1", "retries = 1"));
}

#[test]
fn cba_32_a_verification_without_limits_steps_or_a_level_is_refused() {
    for (from, to) in [
        ("attempts = 3", "attempts = 99"),
        ("attempts = 3", "attempts = 0"),
        ("ask = [\"card-number\", \"pin\"]", "ask = []"),
        ("ask = [\"card-number\", \"pin\"]", "ask = [\"card-number\", \"pni\"]"),
        ("level = \"verified\"", "level = \"verifeid\""),
    ] {
        let checked = changed(bank(), "menus/accounts.toml", from, to).check();
        let told = checked.errors().find(|finding| finding.file == "menus/accounts.toml");
        assert!(told.is_some_and(|finding| finding.line > 30), "{to}: {:#?}", checked.findings);
    }
}
