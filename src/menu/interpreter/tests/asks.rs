//! Questions to the bank's systems: answers that come late, keys pressed meanwhile, what is kept.

use std::collections::BTreeMap;

use super::{keys, played, queue};
use crate::ids::{EntryId, Language};
use crate::menu::Visit;
use crate::menu::api::{Action, Arrival, AskId, Atom, Fact, Input, MessagePurpose};
use crate::menu::ask::{Answer, Failure, Question};
use crate::menu::testing::hotline;
use crate::sealed::Redacted;

const CARD: &str = "4539578763621486#";

/// Past notice, plan and list of the elderly, in the main menu, in English.
fn in_main(number: Option<&str>) -> Visit {
    let number = number.map(|number| Redacted(number.to_owned()));
    let arrival =
        Arrival { entry: Some(EntryId::new("95599")), language: Some(Language::new("en-US")), number };
    let (mut visit, _) = Visit::start(hotline(), arrival);
    visit.handle(Input::PlayDone);
    for _ in ["plan", "elderly", "vip"] {
        visit.handle(Input::Chosen(0));
    }
    assert_eq!(visit.menu().as_str(), "main");
    visit
}

/// Keys, with every question of the world but the look-ups answered with yes.
fn press(visit: &mut Visit, text: &str) -> Vec<Action> {
    let mut all = Vec::new();
    for key in text.chars() {
        let mut actions = keys(visit, &key.to_string());
        while let Some(Action::Choose(_)) = actions.last() {
            let next = visit.handle(Input::Chosen(1));
            all.append(&mut actions);
            actions = next;
        }
        all.append(&mut actions);
    }
    all
}

fn asked(actions: &[Action]) -> (AskId, &Question) {
    let ask = actions.iter().find_map(|action| match action {
        Action::Ask { id, question } => Some((*id, question)),
        _ => None,
    });
    ask.expect("a question")
}

fn answer(fields: &[(&str, &str)]) -> Result<Answer, Failure> {
    let field = |(name, text): &(&str, &str)| ((*name).to_owned(), Redacted((*text).to_owned()));
    Ok(Answer { fields: fields.iter().map(field).collect::<BTreeMap<_, _>>() })
}

/// Card number and PIN are keyed in, the bank is asked.
fn verifying() -> (Visit, AskId) {
    let mut visit = in_main(None);
    let actions = press(&mut visit, &format!("11{CARD}123456"));
    let id = asked(&actions).0;
    (visit, id)
}

#[test]
fn secrets_go_into_the_question_and_nowhere_else() {
    let mut visit = in_main(None);
    let actions = press(&mut visit, &format!("11{CARD}123456"));
    assert!(visit.values.get(visit.state.menu, "pin").is_none(), "gone as soon as it was sent");
    let (id, question) = asked(&actions);
    assert_eq!((question.service.as_str(), question.path.as_str()), ("bank", "/verify"));
    let sent: Vec<(&str, &str)> =
        question.fields.iter().map(|(name, text)| (name.as_str(), text.reveal().as_str())).collect();
    assert_eq!(sent, [("card-number", "4539578763621486"), ("pin", "123456")]);
    let shown = format!("{actions:?} {visit:?}");
    assert!(!shown.contains("4539") && !shown.contains("123456"), "{shown}");
    assert!(!visit.is_secret(), "nothing is keyed in while it is asked");

    let actions = visit.answered(id, answer(&[("result", "verified")]));
    let (_, question) = asked(&actions);
    assert_eq!(question.fields.len(), 1, "the card number, which the look-up sends");
    let verified = actions.iter().find_map(|action| match action {
        Action::Fact(Fact::Verified { level, identity, .. }) => {
            Some((level.as_str(), identity.reveal().as_str()))
        }
        _ => None,
    });
    assert_eq!(verified, Some(("verified", "4539578763621486")));
    let actions = keys(&mut visit, "0");
    assert!(matches!(&actions[..], [.., Action::Choose(Atom::Open(_))]), "the hours of the queue");
    match &visit.handle(Input::Chosen(1))[..] {
        [.., Action::Queue { handover, .. }] => {
            assert_eq!(handover.verified.as_ref().map(|(level, _)| level.as_str()), Some("verified"));
        }
        other => panic!("{other:?}"),
    }
    let menu = visit.state.menu;
    assert!(visit.values.get(menu, "card-number").is_none(), "wiped at the end");
    assert!(visit.digits.is_empty() && visit.ahead.is_empty() && visit.verified.is_none());
}

#[test]
fn the_identity_is_asked_about_before_the_bank() {
    let mut visit = in_main(None);
    keys(&mut visit, "11");
    press(&mut visit, CARD);
    let actions = keys(&mut visit, "123456");
    match actions.last() {
        Some(Action::Choose(Atom::MayVerify(who))) => assert_eq!(who.reveal(), "4539578763621486"),
        other => panic!("{other:?}"),
    }
    let actions = visit.handle(Input::Chosen(0));
    assert!(actions.iter().any(|a| matches!(a, Action::Fact(Fact::NotVerified { result: "locked", .. }))));
    assert!(!actions.iter().any(|action| matches!(action, Action::Ask { .. })), "the bank is not asked");
}

#[test]
fn answers_that_come_late_change_nothing() {
    let (mut visit, id) = verifying();
    assert_eq!(visit.answered(AskId(id.0 + 1), answer(&[("result", "verified")])), []);
    assert_eq!(visit.handle(Input::Chosen(1)), [], "only an answer answers");
    let actions = keys(&mut visit, "0");
    assert!(actions.iter().any(|action| matches!(action, Action::Choose(_))));
    assert_eq!(visit.answered(id, answer(&[("result", "verified")])), [], "the caller has gone on");
    assert!(queue(&visit.handle(Input::Chosen(1))).is_some());
    assert_eq!(visit.answered(id, Err(Failure::TimedOut)), [], "and has left");

    let (mut visit, id) = verifying();
    let first = visit.answered(id, answer(&[("result", "wrong")]));
    assert_eq!(played(&first)[0], "system.verify.wrong");
    assert_eq!(visit.answered(id, answer(&[("result", "verified")])), [], "an answer counts once");
}

#[test]
fn a_system_that_never_answers_is_given_up() {
    let (mut visit, id) = verifying();
    assert!(matches!(visit.handle(Input::PlayDone)[..], [Action::Wait(_)]));
    let actions = visit.handle(Input::Timeout);
    assert_eq!(played(&actions), ["system.lookup.failed"]);
    assert_eq!(visit.answered(id, answer(&[("result", "verified")])), []);
}

#[test]
fn keys_pressed_while_it_is_asked_are_for_what_comes_next() {
    let (mut visit, id) = verifying();
    assert_eq!(keys(&mut visit, "45395"), [], "kept");
    let actions = visit.answered(id, answer(&[("result", "wrong")]));
    assert_eq!(visit.digits().unwrap().reveal(), "45395", "the card number is keyed in again");
    let facts = actions.iter().filter(|a| matches!(a, Action::Fact(Fact::Key { .. }))).count();
    assert_eq!(facts, 0, "and what a secret step takes is never a fact");
}

#[test]
fn digits_typed_ahead_over_a_question_reach_their_step() {
    let mut visit = in_main(None);
    keys(&mut visit, "11");
    let actions = keys(&mut visit, &format!("{CARD}123456"));
    assert!(matches!(actions.last(), Some(Action::Choose(Atom::DigitsFit))), "of the card number");
    let actions = visit.handle(Input::Chosen(1));
    assert!(matches!(actions.last(), Some(Action::Choose(Atom::MayVerify(_)))), "the PIN was kept");
    let pins = actions.iter().filter(
        |a| matches!(a, Action::Fact(Fact::Collected { node, count: 6, digits: None, .. }) if node == "pin"),
    );
    assert_eq!(pins.count(), 1);
    assert!(!actions.iter().any(|a| matches!(a, Action::Fact(Fact::Key { .. }))));
}

#[test]
fn fields_decide_and_are_spoken_and_the_newest_answer_counts() {
    let (mut visit, id) = verifying();
    let actions = visit.answered(id, answer(&[("result", "verified")]));
    let id = asked(&actions).0;
    let actions = visit.answered(id, answer(&[("balance", "5"), ("card", "gold"), ("balance2", "7")]));
    assert_eq!(played(&actions)[0], "accounts.told.1");
    assert!(played(&actions).contains(&"say.5"));
    assert!(!format!("{actions:?}").contains("gold"));
    let actions = keys(&mut visit, "1");
    let id = asked(&actions).0;
    let actions = visit.answered(id, answer(&[("card", "gold")]));
    assert!(matches!(actions.last(), Some(Action::Choose(Atom::Open(_)))), "no balance: a person");
    let actions = visit.handle(Input::Chosen(1));
    assert_eq!(played(&actions), ["system.error", "system.transfer_to_person"]);
    assert_eq!(queue(&visit.handle(Input::PlayDone)), Some("general"));
}

#[test]
fn a_complaint_carries_what_was_keyed_in() {
    let mut visit = in_main(None);
    keys(&mut visit, "31");
    visit.handle(Input::PlayDone);
    let actions = keys(&mut visit, "010123#");
    match actions.last() {
        Some(Action::Message { purpose: MessagePurpose::Complaint { node, answers, .. }, .. }) => {
            assert_eq!(node, "report");
            assert_eq!(answers[0].1.reveal(), "010123");
        }
        other => panic!("{other:?}"),
    }
    assert!(!format!("{actions:?}").contains("010123"));
}

#[test]
fn the_number_shown_is_asked_about_and_promised() {
    let mut visit = in_main(Some("+8613800000000"));
    let actions = keys(&mut visit, "4");
    match actions.last() {
        Some(Action::Choose(Atom::CallbackAllowed(number))) => assert_eq!(number.reveal(), "+8613800000000"),
        other => panic!("{other:?}"),
    }
    let actions = visit.handle(Input::Chosen(1));
    assert_eq!(played(&actions)[..3], ["system.callback.offer.before", "say.8", "say.6"]);
    let actions = keys(&mut visit, "1");
    match &actions[..] {
        [Action::Callback { number, .. }, Action::Play { .. }] => {
            assert_eq!(number.reveal(), "+8613800000000")
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(visit.handle(Input::PlayDone)[..], [Action::End]));
}

#[test]
fn a_number_that_cannot_be_read_out_is_not_offered() {
    let mut visit = in_main(Some("anonymous"));
    let actions = keys(&mut visit, "4");
    assert_eq!(played(&actions)[0], "system.callback.enter");
}

#[test]
fn what_has_no_recording_leads_to_a_person_from_everywhere() {
    for way in ["", "1", "11", "12", "21", "22", "31", "32", "4"] {
        let mut visit = in_main(None);
        press(&mut visit, way);
        for _ in 0..8 {
            let actions = visit.unheard();
            if let Some(Action::Choose(_)) = actions.last() {
                visit.handle(Input::Chosen(1));
            }
        }
        assert!(visit.has_ended(), "after {way}");
    }
}
