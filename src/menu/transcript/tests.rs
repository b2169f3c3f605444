//! Visits to a hotline that uses all of the language, told as transcripts.

use super::{Scene, World, parse_deeds, transcript};
use crate::ids::Language;
use crate::menu::testing::hotline;

/// What is told of a visit in English. `hear` lines are left out unless asked for.
fn told(given: &[&str], keys: &str) -> Vec<String> {
    let all = heard(given, keys);
    all.into_iter().filter(|line| !line.starts_with("hear ")).collect()
}

fn heard(given: &[&str], keys: &str) -> Vec<String> {
    let mut world = World::default();
    for given in given {
        world.given(given).unwrap();
    }
    let scene = Scene { entry: None, language: Some(Language::new("en-US")), world };
    let text = transcript(&hotline(), scene, &parse_deeds(keys).unwrap());
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| *line != "language en-US" && *line != "menu main").collect()
}

const CARD: &str = "4539578763621486#";
const VERIFIED: [&str; 2] =
    ["lookup bank /verify verified", "lookup bank /balance card=active balance=1234.50"];

fn last(given: &[&str], keys: &str) -> String {
    told(given, keys).pop().unwrap()
}

#[test]
fn cba_32_a_verified_caller_hears_the_balance() {
    let lines = heard(&VERIFIED, &format!(". 1 1 {CARD} 123456 . 0"));
    assert!(lines.contains(&"ask bank /verify with card-number, pin".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"verified holder: verified".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"ask bank /balance with card-number".to_owned()), "{lines:#?}");
    let balance = "hear Your balance is one thousand two hundred thirty-four yuan and fifty fen";
    assert!(lines.iter().any(|line| line.starts_with(balance)), "{lines:#?}");
    assert_eq!(lines.last().unwrap(), "queue night (en-US), verified".replace("night", "general").as_str());
    let text = lines.join("\n");
    assert!(!text.contains("4539") && !text.contains("123456"), "{text}");
    assert!(text.contains("press •"), "{text}");
}

#[test]
fn a_level_reached_is_kept_for_the_visit() {
    let lines = told(&VERIFIED, &format!(". 1 1 {CARD} 123456 . 1 ."));
    assert_eq!(lines.iter().filter(|line| line.starts_with("verified")).count(), 1, "{lines:#?}");
    let asked = lines.iter().filter(|line| line.starts_with("ask bank /balance")).count();
    assert_eq!(asked, 2, "the second time without asking who it is: {lines:#?}");
}

#[test]
fn an_answer_decides_ways() {
    let given = ["lookup bank /verify verified", "lookup bank /balance card=blocked"];
    assert_eq!(last(&given, &format!(". 1 1 {CARD} 123456 .")), "queue card-loss (en-US), verified");
}

#[test]
fn cba_25_a_system_that_is_down_is_explained_and_leads_to_people() {
    let lines = heard(&["lookup bank /verify verified"], &format!(". 1 1 {CARD} 123456 ."));
    assert!(lines.contains(&"looked up balance: unreachable".to_owned()), "{lines:#?}");
    assert_eq!(
        lines[lines.len() - 3..],
        ["hear lookup failed", "person asked for", "queue general (en-US), verified"]
    );
    let lines = told(&[], &format!(". 1 1 {CARD} 123456 ."));
    assert!(lines.contains(&"not verified holder: unavailable".to_owned()), "{lines:#?}");
    assert_eq!(lines.last().unwrap(), "queue general (en-US)");
}

#[test]
fn a_value_that_is_missing_or_nonsense_leads_to_a_person_who_is_told_of_the_fault() {
    for answer in ["card=active", "balance=a-lot"] {
        let given = ["lookup bank /verify verified", &format!("lookup bank /balance {answer}")];
        let lines = heard(&given, &format!(". 1 1 {CARD} 123456 ."));
        assert_eq!(lines.last().unwrap(), "queue general (en-US), verified");
        let said = &lines[lines.len() - 2];
        assert_eq!(said, "hear Sorry, there is a fault on our side. I am putting you through to a person.");
    }
}

#[test]
fn cba_32_wrong_secrets_are_limited() {
    let wrong = format!(". 1 1 {CARD} 111111 . {CARD} 222222 . .");
    let lines = told(&["lookup bank /verify wrong"], &wrong);
    let refused = lines.iter().filter(|line| *line == "not verified holder: wrong").count();
    assert_eq!(refused, 2, "{lines:#?}");
    assert_eq!(lines.last().unwrap(), "queue general (en-US)", "after the last attempt: {lines:#?}");

    let given = ["lookup bank /verify wrong", "lookup bank /verify verified"];
    let lines = told(&given, &wrong);
    assert!(lines.contains(&"verified holder: verified".to_owned()), "the second time right: {lines:#?}");

    for given in [["locked", "holiday"], ["holiday", "lookup bank /verify locked"]] {
        let lines = told(&given, &format!(". 1 1 {CARD} 111111 ."));
        assert!(lines.contains(&"not verified holder: locked".to_owned()), "{lines:#?}");
        assert_eq!(lines.last().unwrap(), "queue general (en-US)");
    }
}

#[test]
fn an_amount_is_keyed_in_with_a_star_read_back_and_spoken() {
    let lines = heard(&[], ". 1 2 12*50# . 1 .");
    let back = "hear You entered twelve yuan and fifty fen";
    let generic = "hear confirm before twelve yuan and fifty fen";
    assert!(lines.iter().any(|line| line.starts_with(back) || line.starts_with(generic)), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("hear The amount is twelve yuan")), "{lines:#?}");
    assert!(lines.contains(&"collected amount: 4 digits".to_owned()), "{lines:#?}");
    assert_eq!(last(&[], ". 1 2 12**"), "queue general (en-US)", "two stars are a person");
    let again = told(&[], ". 1 2 12*505# . 7# . 2 8# 1");
    assert!(again.contains(&"mistake bad input".to_owned()), "{again:#?}");
    assert_eq!(again.iter().filter(|line| line.starts_with("collected")).count(), 1, "{again:#?}");
}

#[test]
fn hours_and_holidays_decide() {
    for (given, node) in
        [(&[][..], "open-now"), (&["closed office"], "closed-now"), (&["holiday"], "holiday")]
    {
        let lines = told(given, ". 2 1 .");
        assert_eq!(
            lines.iter().rev().find(|l| l.starts_with("heard")).unwrap(),
            &format!("heard all of {node}")
        );
    }
}

#[test]
fn a_closed_queue_leads_to_the_one_that_has_people() {
    assert_eq!(last(&["closed office"], ". 0"), "queue night (en-US)");
    assert_eq!(last(&[], ". 0"), "queue general (en-US)");
    assert_eq!(last(&["caller vip"], "."), "queue vip (en-US)", "decided before anything is heard");
}

#[test]
fn hb_elder_elderly_callers_are_slower_from_the_list_or_by_choice() {
    let lines = told(&["caller elderly"], ". 0");
    assert!(lines.contains(&"elderly slower and longer from here on".to_owned()), "{lines:#?}");
    assert_eq!(lines.last().unwrap(), "queue general (en-US), elderly");
    assert_eq!(last(&[], ". 6 0"), "queue general (en-US), elderly");
}

#[test]
fn cba_24_the_announcement_of_a_plan_in_force_is_heard_and_may_be_cut_short() {
    let lines = heard(&["plan storm"], ". .");
    let at = |text: &str| lines.iter().position(|line| line.starts_with(text)).unwrap();
    assert!(at("announced storm") < at("hear Welcome"), "{lines:#?}");
    assert_eq!(last(&["plan storm"], "!0"), "queue general (en-US)", "kept through the notice");
    let typed = told(&["plan storm"], "!2 !1 .");
    assert!(typed.contains(&"menu office".to_owned()), "a key typed ahead passes through: {typed:#?}");
    assert!(!heard(&["plan surge"], ".").iter().any(|line| line.contains("plan")), "it has none");
}

#[test]
fn hb_callback_the_number_is_read_back_before_it_is_promised() {
    let lines = heard(&["number 13800000000"], ". 4 1");
    assert!(lines.iter().any(|line| line.contains("one three eight zero")), "{lines:#?}");
    assert_eq!(lines[lines.len() - 3], "callback promised for general (en-US)");
    assert_eq!(lines.last().unwrap(), "end");

    let typed = told(&["number 13800000000"], ". 4 2 010123# 1");
    assert!(typed.contains(&"callback promised for general (en-US)".to_owned()), "{typed:#?}");
    let unknown = told(&[], ". 4 010123# 1");
    assert!(unknown.contains(&"callback promised for general (en-US)".to_owned()), "{unknown:#?}");
    assert_eq!(last(&["no-callback"], ". 4 010123#"), "message for general (en-US)");
    assert_eq!(last(&[], ". 4 0101*"), "queue general (en-US)");
    assert_eq!(last(&["number 1380"], ". 4 - - -"), "queue general (en-US)", "silence is no yes");
}

#[test]
fn cba_41_a_complaint_is_a_message_with_what_was_keyed_in() {
    let lines = told(&[], ". 3 1 010123#");
    assert_eq!(lines.last().unwrap(), "message for complaints (en-US), complaint report with contact");
    assert_eq!(last(&[], ". 3 1 01*"), "queue general (en-US)");
    assert_eq!(last(&[], ". 3 1 !0"), "queue general (en-US)", "0 during the text");
}

#[test]
fn cba_19_a_survey_takes_one_key_each() {
    let lines = told(&[], ". 3 2 5 3");
    assert_eq!(lines[lines.len() - 2..], ["survey care: agent 5, menu 3", "end"]);
    let skipped = told(&[], ". 3 2 - - 2");
    assert!(skipped.contains(&"survey care: menu 2".to_owned()), "{skipped:#?}");
    let silent = told(&[], ". 3 2 - - - - .");
    assert!(!silent.iter().any(|line| line.starts_with("survey")), "{silent:#?}");
    assert_eq!(silent.last().unwrap(), "end");
    let back = told(&[], ". 3 2 5 *");
    assert!(back.contains(&"survey care: agent 5".to_owned()), "{back:#?}");
    assert_eq!(last(&[], ". 3 2 9 9 9"), "queue general (en-US)", "wrong keys lead to a person");
    assert_eq!(last(&[], ". 3 2 0"), "queue general (en-US)");
}

#[test]
fn calls_are_sent_on() {
    assert_eq!(last(&[], ". 2 2 ."), "transfer 96777 (en-US), else general");
    assert_eq!(last(&[], ". 2 2 !0"), "queue general (en-US)");
}

#[test]
fn a_person_is_one_key_away_while_a_system_is_asked() {
    for key in ["!0", "!*"] {
        let lines = told(&VERIFIED, &format!(". 1 1 {CARD} 123456 {key}"));
        assert_eq!(lines.last().unwrap(), "queue general (en-US)");
    }
}

#[test]
fn what_cannot_be_given_is_said() {
    let mut world = World::default();
    for text in
        ["", "closed", "caller queen", "waiting general many", "lookup bank", "lookup bank /x nonsense"]
    {
        assert!(world.given(text).is_err(), "{text}");
    }
    let error = world.given("numbr 13800000000").unwrap_err();
    assert!(!error.to_string().contains("138"), "{error}");
}
