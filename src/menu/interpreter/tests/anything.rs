//! Whatever happens in a hotline that uses all of the language, the promises hold.

use proptest::prelude::*;

use crate::ids::Key;
use crate::menu::Visit;
use crate::menu::api::{Action, Arrival, AskId, Fact, Input};
use crate::menu::ask::{Answer, Failure};
use crate::menu::interpreter::query::Query;
use crate::menu::interpreter::state::State;
use crate::menu::interpreter::step;
use crate::menu::testing::hotline;
use crate::sealed::Redacted;

/// Something that happens to a visit.
#[derive(Clone, Debug)]
enum Deed {
    Input(Input),
    Answered(Result<&'static str, Failure>),
    Unheard,
}

const ANSWERS: [&str; 6] =
    ["result=verified", "result=wrong", "result=locked", "balance=12.50", "card=blocked", "balance=none"];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => (0usize..12).prop_map(|ix| Deed::Input(Input::Key(Key::ALL[ix]))),
        5 => Just(Deed::Input(Input::PlayDone)),
        3 => Just(Deed::Input(Input::Timeout)),
        6 => (0u8..4).prop_map(|answer| Deed::Input(Input::Chosen(answer))),
        4 => (0usize..6).prop_map(|ix| Deed::Answered(Ok(ANSWERS[ix]))),
        1 => Just(Deed::Answered(Err(Failure::TimedOut))),
        1 => Just(Deed::Unheard),
    ]
}

/// Ways that lead somewhere, so that deep places are met too.
fn way() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "11",
        "12",
        "21",
        "22",
        "31",
        "32",
        "4",
        "5",
        "6",
        "114539578763621486#123456",
    ])
}

fn start(number: bool) -> (Visit, Vec<Action>) {
    let number = number.then(|| Redacted("13800000000".to_owned()));
    Visit::start(hotline(), Arrival { number, ..Arrival::default() })
}

/// The question that was asked last.
fn ask(actions: &[Action], before: AskId) -> AskId {
    let asked = actions.iter().rev().find_map(|action| match action {
        Action::Ask { id, .. } => Some(*id),
        _ => None,
    });
    asked.unwrap_or(before)
}

fn happen(visit: &mut Visit, deed: &Deed, asked: AskId) -> Vec<Action> {
    match deed {
        Deed::Input(input) => visit.handle(input.clone()),
        Deed::Answered(result) => {
            let fields = |text: &str| {
                let (name, value) = text.split_once('=').unwrap();
                Answer { fields: [(name.to_owned(), Redacted(value.to_owned()))].into() }
            };
            visit.answered(asked, result.map(fields))
        }
        Deed::Unheard => visit.unheard(),
    }
}

/// Notices end and the world answers; then the key of the table, and what follows of it by itself.
fn leads_to_a_person(visit: &mut Visit) -> bool {
    let mut pressed = false;
    for _ in 0..64 {
        if visit.has_ended() {
            break;
        }
        let asks = matches!(
            Query::of(&visit.program, &visit.state),
            Some(query) if !matches!(query, Query::Lookup | Query::Verify)
        );
        let key = if visit.state.collects() { Key::Star } else { Key::Digit(0) };
        if asks {
            visit.handle(Input::Chosen(1));
        } else if visit.state.keeps(key) {
            visit.handle(Input::PlayDone);
        } else if !pressed {
            pressed = true;
            let amount = visit.form() == Some(crate::menu::forms::Form::Amount);
            visit.handle(Input::Key(key));
            if amount && !visit.has_ended() && visit.form() == Some(crate::menu::forms::Form::Amount) {
                visit.handle(Input::Key(key));
            }
        } else {
            visit.handle(Input::PlayDone);
        }
    }
    visit.has_ended()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(
        number in any::<bool>(),
        typed in way(),
        deeds in prop::collection::vec(deed(), 0..80),
    ) {
        let (mut visit, actions) = start(number);
        let mut asked = ask(&actions, AskId(0));
        let typed = typed.chars().map(|c| Deed::Input(Input::Key(Key::from_char(c).unwrap())));
        for deed in typed.chain(deeds) {
            let (ended, was_secret) = (visit.has_ended(), visit.is_secret());
            let actions = happen(&mut visit, &deed, asked);
            asked = ask(&actions, asked);
            prop_assert!(!ended || actions.is_empty(), "nothing follows the end");
            let is_last = |action: &Action| matches!(
                action,
                Action::Queue { .. } | Action::Message { .. } | Action::Transfer { .. } | Action::End
            );
            let last = actions.iter().position(is_last);
            prop_assert!(last.is_none_or(|at| at + 1 == actions.len()), "a way out is the last action");
            prop_assert_eq!(last.is_some(), !ended && visit.has_ended());
            for action in &actions {
                if let Action::Play { prompts, .. } = action {
                    prop_assert!(!prompts.is_empty(), "never silence");
                }
            }
            let is_digit = matches!(deed, Deed::Input(Input::Key(Key::Digit(_))));
            let is_fact = actions.iter().any(|action| matches!(action, Action::Fact(Fact::Key { .. })));
            prop_assert!(!(was_secret && is_digit && is_fact), "a secret digit is no fact");
            let questions = actions.iter().filter(|action| matches!(action, Action::Choose(_))).count();
            prop_assert!(questions <= 1 && (questions == 0 || matches!(actions.last(), Some(Action::Choose(_)))));
        }
        prop_assert!(leads_to_a_person(&mut visit), "one key leads out: {:?}", visit.state);
    }

    /// No state, not even one that cannot come to be, makes a transition panic or go on for ever.
    #[test]
    fn steps_are_total(
        typed in way(),
        deeds in prop::collection::vec(deed(), 0..40),
        changes in (any::<u16>(), any::<u8>(), any::<[u8; 8]>(), any::<bool>(), 0u8..20),
        inputs in prop::collection::vec(deed(), 1..6),
    ) {
        let (mut visit, actions) = start(true);
        let mut asked = ask(&actions, AskId(0));
        for deed in typed.chars().map(|c| Deed::Input(Input::Key(Key::from_char(c).unwrap()))).chain(deeds) {
            let actions = happen(&mut visit, &deed, asked);
            asked = ask(&actions, asked);
        }
        let (menu, level, variables, elderly, hops) = changes;
        let menu = menu % hotline().menus.len() as u16;
        let mut state = State { menu, level, variables, elderly, hops, ..visit.state };
        let mut out = Vec::new();
        for deed in inputs {
            if let Deed::Input(input) = deed {
                state = step::step(&hotline(), state, &input, &mut out);
            } else {
                state = step::fault(&hotline(), state, &mut out);
            }
        }
        prop_assert!(out.len() < 400);
    }
}
