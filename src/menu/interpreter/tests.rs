//! The interpreter against its promises, on the sample hotline.

mod anything;
mod asks;

use std::sync::Arc;

use proptest::prelude::*;

use super::{MAX_AHEAD, Visit};
use crate::event::MenuError;
use crate::ids::{EntryId, Key, Language};
use crate::menu::api::{Action, Arrival, Atom, Fact, Input, PromptName};
use crate::menu::standard::tests::{sample, sources};
use crate::menu::{Program, compile};

fn arrival(language: Option<Language>) -> Arrival {
    Arrival { entry: Some(EntryId::new("95599")), language, number: None }
}

fn start() -> (Visit, Vec<Action>) {
    Visit::start(sample(), arrival(None))
}

fn keys(visit: &mut Visit, keys: &str) -> Vec<Action> {
    keys.chars().flat_map(|c| visit.handle(Input::Key(Key::from_char(c).unwrap()))).collect()
}

/// Past the notice, in the main menu.
fn in_main() -> Visit {
    let (mut visit, _) = start();
    visit.handle(Input::PlayDone);
    visit
}

fn played(actions: &[Action]) -> Vec<&str> {
    let play = actions.iter().rev().find_map(|action| match action {
        Action::Play { prompts, .. } => Some(prompts),
        _ => None,
    });
    play.into_iter().flatten().map(|PromptName(name)| name.as_str()).collect()
}

fn queue(actions: &[Action]) -> Option<&str> {
    match actions.last() {
        Some(Action::Queue { queue, .. }) => Some(queue.as_str()),
        _ => None,
    }
}

#[test]
fn a_visit_begins_with_the_notice() {
    let (visit, actions) = start();
    assert_eq!(played(&actions), ["main.notice"]);
    assert_eq!(actions[0], Action::Fact(Fact::Language("zh-CN".into())));
    assert_eq!(actions[1], Action::Fact(Fact::Entered("main".into())));
    assert_eq!(visit.menu().as_str(), "main");
}

#[test]
fn an_unknown_entry_or_language_still_gets_a_menu() {
    let language = Some(Language::new("xx"));
    let arrival = Arrival { entry: Some(EntryId::new("nowhere")), language, number: None };
    let (visit, actions) = Visit::start(sample(), arrival);
    assert_eq!(played(&actions), ["main.notice"]);
    assert_eq!(visit.language().as_str(), "zh-CN");
}

#[test]
fn cba_10b_zero_during_the_prompt_leads_to_a_person_at_once() {
    let mut visit = in_main();
    let actions = keys(&mut visit, "0");
    assert_eq!(queue(&actions), Some("general"));
    assert!(actions.contains(&Action::Fact(Fact::AgentRequested { menu: "main".into() })));
    assert!(visit.has_ended());
    assert_eq!(keys(&mut visit, "0123"), [], "nothing follows the last action");
}

#[test]
fn keys_during_the_notice_are_kept_and_acted_on_at_its_end() {
    let (mut visit, _) = start();
    assert_eq!(keys(&mut visit, "12"), [], "a notice is heard in full");
    let actions = visit.handle(Input::PlayDone);
    assert_eq!(played(&actions), ["card-loss.new-card"]);
    let plays = actions.iter().filter(|action| matches!(action, Action::Play { .. })).count();
    assert_eq!(plays, 1, "what is passed through is not even begun");
}

#[test]
fn only_so_many_keys_are_kept() {
    let (mut visit, _) = start();
    keys(&mut visit, &"#".repeat(MAX_AHEAD));
    keys(&mut visit, "0");
    let actions = visit.handle(Input::PlayDone);
    assert!(!visit.has_ended(), "the key beyond the limit is lost");
    assert!(!actions.is_empty());
}

#[test]
fn silence_and_wrong_keys_lead_to_a_person() {
    let mut visit = in_main();
    for _ in 0..2 {
        visit.handle(Input::PlayDone);
        visit.handle(Input::Timeout);
    }
    assert_eq!(queue(&visit.handle(Input::PlayDone)), Some("general"));

    let mut visit = in_main();
    let actions = keys(&mut visit, "998");
    let failed = Action::Fact(Fact::Failed { menu: "main".into(), error: MenuError::WrongKey });
    assert_eq!(actions.iter().filter(|action| **action == failed).count(), 3);
    assert!(!format!("{actions:?}").contains("Key {"), "a key that fits nowhere is no fact");
    assert_eq!(played(&actions), ["system.transfer_to_person"]);
    assert_eq!(queue(&keys(&mut visit, "5")), Some("general"), "any key makes it faster");
}

#[test]
fn a_stale_end_of_playing_or_wait_changes_nothing() {
    let mut visit = in_main();
    assert_eq!(visit.handle(Input::Timeout), [], "no wait runs while it plays");
    assert_eq!(visit.handle(Input::Chosen(1)), []);
    assert!(matches!(visit.handle(Input::PlayDone)[..], [Action::Wait(_)]));
    assert_eq!(visit.handle(Input::PlayDone), []);
}

#[test]
fn star_goes_back_and_pound_repeats() {
    let mut visit = in_main();
    assert_eq!(played(&keys(&mut visit, "1")).last(), Some(&"system.menu.back"));
    let again = keys(&mut visit, "#");
    assert_eq!(played(&again)[0], "card-loss.choice.1");
    keys(&mut visit, "*");
    assert_eq!(visit.menu().as_str(), "main");
    let top = keys(&mut visit, "*");
    assert_eq!(played(&top)[0], "main.choice.1", "nothing is above the main menu: it is said again");
}

#[test]
fn a_language_brings_its_own_notice() {
    let mut visit = in_main();
    let actions = keys(&mut visit, "5");
    assert!(actions.contains(&Action::Fact(Fact::Language("en-US".into()))));
    assert_eq!(played(&actions), ["main.notice"]);
    assert_eq!(visit.language().as_str(), "en-US");
    let actions = visit.handle(Input::PlayDone);
    assert_eq!(played(&actions)[0], "main.greeting");
}

#[test]
fn secrets_are_masked_counted_and_never_shown() {
    let mut visit = in_main();
    let mut all = keys(&mut visit, "21");
    assert!(visit.is_secret());
    assert!(matches!(all.last(), Some(Action::Play { secret: true, .. })));
    all.extend(keys(&mut visit, "4539578763621486#"));
    assert_eq!(all.last(), Some(&Action::Choose(Atom::DigitsFit)));
    assert_eq!(visit.answer(&Atom::DigitsFit), 1);
    all.extend(keys(&mut visit, "12"));
    all.extend(visit.handle(Input::Chosen(1)));
    assert_eq!(visit.digits().unwrap().reveal(), "12", "keys while it was asked are kept");
    all.extend(keys(&mut visit, "3456"));
    let pin = Fact::Collected { menu: "accounts".into(), node: "pin".into(), count: 6, digits: None };
    assert!(all.contains(&Action::Fact(pin)));
    assert_eq!(queue(&all), Some("general"));
    assert!(!visit.is_secret());
    assert!(visit.digits().is_none());
    let pressed = all.iter().filter(|action| matches!(action, Action::Fact(Fact::Key { .. }))).count();
    assert_eq!(pressed, 2, "only the two menu keys are facts");
}

#[test]
fn open_digits_are_facts_once() {
    let mut visit = in_main();
    let actions = keys(&mut visit, "3220240017");
    let digits = actions.iter().find_map(|action| match action {
        Action::Fact(Fact::Collected { digits, .. }) => digits.clone(),
        _ => None,
    });
    assert_eq!(digits.unwrap().reveal(), "20240017");
    assert!(!format!("{actions:?}").contains("20240017"));
}

#[test]
fn digits_that_do_not_fit_lead_to_a_person_after_the_last_try() {
    let mut visit = in_main();
    keys(&mut visit, "21");
    for _ in 0..3 {
        keys(&mut visit, "4539578763621487#");
        assert_eq!(visit.answer(&Atom::DigitsFit), 0);
        visit.handle(Input::Chosen(0));
    }
    assert_eq!(queue(&visit.handle(Input::PlayDone)), Some("general"));
}

#[test]
fn star_while_digits_are_collected_is_a_person() {
    let mut visit = in_main();
    let actions = keys(&mut visit, "21453*");
    assert_eq!(queue(&actions), Some("general"));
}

#[test]
fn a_pause_ends_the_digits() {
    let mut visit = in_main();
    keys(&mut visit, "32123");
    let actions = visit.handle(Input::Timeout);
    assert!(
        actions.contains(&Action::Fact(Fact::Failed { menu: "loans".into(), error: MenuError::BadInput }))
    );
    assert_eq!(played(&actions)[0], "system.bad_input");
}

#[test]
fn pound_out_of_habit_after_the_last_digit_is_no_mistake() {
    let mut visit = in_main();
    keys(&mut visit, "21453957876362148");
    keys(&mut visit, "6#");
    visit.handle(Input::Chosen(1));
    assert_eq!(keys(&mut visit, "#"), []);
    assert_eq!(queue(&keys(&mut visit, "123456")), Some("general"));
}

/// Anything may be sent at any time: see that promises hold along the way.
fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        6 => (0usize..12).prop_map(|ix| Input::Key(Key::ALL[ix])),
        3 => Just(Input::PlayDone),
        2 => Just(Input::Timeout),
        1 => (0u8..3).prop_map(Input::Chosen),
    ]
}

proptest! {
    #[test]
    fn whatever_is_pressed_the_promises_hold(inputs in prop::collection::vec(any_input(), 0..60)) {
        let (mut visit, _) = start();
        for input in inputs {
            let (ended, was_secret) = (visit.has_ended(), visit.is_secret());
            let is_digit = matches!(input, Input::Key(Key::Digit(_)));
            let actions = visit.handle(input);
            prop_assert!(!ended || actions.is_empty());
            let last = actions.iter().position(|action| {
                matches!(action, Action::Queue { .. } | Action::Message { .. } | Action::End)
            });
            prop_assert!(last.is_none_or(|at| at + 1 == actions.len()), "a way out is the last action");
            prop_assert_eq!(last.is_some(), !ended && visit.has_ended());
            for action in &actions {
                if let Action::Play { prompts, .. } = action {
                    prop_assert!(!prompts.is_empty(), "never silence");
                }
            }
            let is_fact = actions.iter().any(|action| matches!(action, Action::Fact(Fact::Key { .. })));
            prop_assert!(!(was_secret && is_digit && is_fact), "a secret digit is no fact");
        }
    }

    #[test]
    fn from_anywhere_a_person_is_one_key_away(inputs in prop::collection::vec(any_input(), 0..60)) {
        let (mut visit, _) = start();
        let after = |input: &Input| {
            visit.handle(input.clone());
            !visit.has_ended()
        };
        let before_the_end = inputs.iter().map(after).take_while(|goes_on| *goes_on).count();
        let (mut visit, _) = start();
        for input in inputs.into_iter().take(before_the_end) {
            visit.handle(input);
        }
        // Notices end and questions are answered; then the key of the table.
        while !visit.has_ended() && visit.state.keeps(Key::Digit(0)) {
            visit.handle(Input::PlayDone);
            visit.handle(Input::Chosen(0));
        }
        prop_assume!(!visit.has_ended());
        let key = if visit.form().is_some() { Key::Star } else { Key::Digit(0) };
        let actions = visit.handle(Input::Key(key));
        prop_assert!(queue(&actions).is_some());
    }
}

#[test]
fn a_menu_reached_sideways_goes_back_where_one_came_from() {
    let mut sources = sources();
    let (_, text) = sources.files.iter_mut().find(|(path, _)| path.ends_with("card-loss.toml")).unwrap();
    text.push_str(
        "\n[[choice]]\nkey = \"3\"\ntext = { zh-CN = \"贷款请按3。\", en-US = \"For loans, press 3.\" }\n\
         leads_to = { menu = \"loans\" }\n",
    );
    let compiled = compile(&sources);
    assert_eq!(compiled.findings, []);
    let program: Arc<Program> = Arc::new(compiled.program.unwrap());
    let (mut visit, _) = Visit::start(program, arrival(None));
    visit.handle(Input::PlayDone);
    keys(&mut visit, "13");
    assert_eq!(visit.menu().as_str(), "loans");
    keys(&mut visit, "*");
    assert_eq!(visit.menu().as_str(), "card-loss");
    keys(&mut visit, "*");
    assert_eq!(visit.menu().as_str(), "main");
}
