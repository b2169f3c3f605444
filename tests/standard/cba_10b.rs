//! CBA-10b: a person is easy to find: announced in every menu, one key away from anywhere, and where
//! silence and wrong keys lead.

use crate::bench::{at_bank, at_town, bank, both, hears, refused, rings, usual, waits};
use crate::hotline::SYSTEM;
use crate::oracle::Memory;
use crate::oracle::caller::{Caller, Ending};

fn queue(caller: Caller<'_>) -> String {
    match waits(caller).ending {
        Some(Ending::Queue(queue)) => queue.to_string(),
        other => panic!("no person: {other:?}"),
    }
}

/// Every point of both samples, in every situation: key 0 or `*`, silence, wrong keys.
#[test]
fn cba_10b_from_every_point_a_person_is_one_key_or_doing_nothing_away() {
    for subject in both() {
        let behaviour = Memory::thorough().of(subject);
        let sure: Vec<_> = behaviour.faults.iter().filter(|fault| fault.sure).collect();
        assert!(sure.is_empty(), "{sure:#?}");
        assert!(behaviour.heard.len() > 50, "the walk went everywhere");
    }
}

#[test]
fn cba_10b_key_0_acts_while_a_prompt_plays_and_is_kept_during_the_notice() {
    let world = usual(at_bank());
    assert_eq!(queue(rings(at_bank(), &world, "-0")), "general");
    assert_eq!(queue(rings(at_bank(), &world, "-10")), "card-loss", "the menu's own people");
    let notice = rings(at_bank(), &world, "0");
    assert_eq!(notice.ending, None, "the notice is heard in full");
    assert_eq!(queue(notice), "general");
}

#[test]
fn cba_10b_star_is_a_person_while_digits_are_keyed_in_and_0_is_a_digit() {
    let world = usual(at_bank());
    let collecting = rings(at_bank(), &world, "-32 0");
    assert!(collecting.is_collecting() && collecting.ending.is_none());
    assert_eq!(queue(rings(at_bank(), &world, "-32 0 *")), "general");
    assert!(hears(at_bank(), &rings(at_bank(), &world, "-32")).contains("人工服务请按星号"));
}

#[test]
fn cba_10b_silence_and_wrong_keys_lead_to_a_person() {
    for subject in both() {
        let world = usual(subject);
        queue(rings(subject, &world, ""));
        queue(rings(subject, &world, "- 9 9 9"));
    }
    assert_eq!(queue(rings(at_town(), &usual(at_town()), "-1 ---")), "faults");
}

#[test]
fn cba_10b_every_menu_announces_the_person_in_every_language() {
    for subject in both() {
        for heard in Memory::default().of(subject).heard.iter() {
            if heard.prompts.iter().any(|prompt| prompt.0.contains(".choice.")) {
                let said = |prompt: &&hotline::menu::api::PromptName| prompt.0 == "system.menu.person";
                let person = heard.prompts.iter().find(said).expect("the person is announced");
                let text = subject.program.text_of(person, &heard.language);
                assert!(text.contains('0') && (text.contains("人工") || text.contains("person")), "{text}");
            }
        }
    }
}

#[test]
fn cba_10b_hotlines_that_hide_or_lose_the_person_are_refused() {
    for (file, from, to) in [
        ("menus/main.toml", "person = \"general\"", ""),
        ("menus/main.toml", "person = \"general\"", "person = \"nobody\""),
        ("menus/main.toml", "key = \"4\"", "key = \"0\""),
        (SYSTEM, "人工服务请按0。", "感谢您的来电。"),
        (SYSTEM, "人工服务请按0。", "返回请按0。"),
        (SYSTEM, "For a person, press 0.", "To go back, press 0."),
        (SYSTEM, "按井号结束，人工服务请按星号。", "按井号结束。"),
        (SYSTEM, "Then press pound. For a person, press star.", "Then press pound. To go back, press star."),
    ] {
        refused("CBA-10b", bank(), (file, from, to));
    }
}

#[test]
fn cba_10b_silence_that_ends_in_a_hang_up_or_in_a_circle_is_refused() {
    let hours = "[information.hours]";
    for to in ["\"end\"", "{ information = \"hours\" }"] {
        let to = format!("{hours}\nleads_to = {to}");
        refused("CBA-10b", bank(), ("menus/accounts.toml", hours, &to));
    }
}

#[test]
fn cba_10b_a_long_way_to_hearing_of_a_person_is_refused() {
    let long = "您好，欢迎致电示范银行，".repeat(8);
    refused("CBA-10b", bank(), ("menus/main.toml", "您好，欢迎致电示范银行。", &long));
}
