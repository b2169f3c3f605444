//! CBA-9: Mandarin first, further languages selectable, every prompt in every language.

use crate::bench::{at_bank, bank, both, hears, refused, rings, usual};
use crate::hotline::SYSTEM;

#[test]
fn cba_9_mandarin_first_and_english_a_key_away() {
    for subject in both() {
        let world = usual(subject);
        let languages: Vec<&str> = subject.program.languages().iter().map(|l| l.as_str()).collect();
        assert_eq!(languages, ["zh-CN", "en-US"]);
        assert_eq!(rings(subject, &world, "").language().as_str(), "zh-CN");
    }
    let world = usual(at_bank());
    let english = rings(at_bank(), &world, "- 5 -");
    assert_eq!(english.language().as_str(), "en-US");
    assert!(hears(at_bank(), &english).contains("For a person, press 0."));
    let back = rings(at_bank(), &world, "- 5 - 5 -");
    assert_eq!(back.language().as_str(), "zh-CN");
}

#[test]
fn cba_9_every_prompt_is_said_in_every_language() {
    for subject in both() {
        for prompt in subject.program.prompts() {
            let said = |language| prompt.texts.get(language).is_some_and(|text| !text.trim().is_empty());
            assert!(subject.program.languages().iter().all(said), "{}", prompt.name.0);
        }
    }
}

#[test]
fn cba_9_a_text_that_lacks_a_language_is_refused() {
    for (file, from, to) in [
        ("menus/main.toml", ", en-US = \"Welcome to Sample Bank.\"", ""),
        ("menus/main.toml", "Welcome to Sample Bank.", ""),
        ("menus/loans.toml", "zh-CN = \"请输入八位申请编号。\", ", ""),
        (SYSTEM, ", en-US = \"I did not get a key.\"", ""),
        (SYSTEM, "没有收到您的按键。", " "),
    ] {
        refused("CBA-9", bank(), (file, from, to));
    }
}

/// Both languages are there, but each says the other.
#[test]
fn cba_9_a_text_in_the_wrong_language_is_refused() {
    let (zh, en) = ("挂失请按1。", "To report a lost card, press 1.");
    let swapped = format!("{{ zh-CN = \"{en}\", en-US = \"{zh}\" }}");
    refused(
        "CBA-9",
        bank(),
        ("menus/main.toml", &format!("{{ zh-CN = \"{zh}\", en-US = \"{en}\" }}"), &swapped),
    );
}

#[test]
fn cba_9_english_first_or_not_to_be_chosen_is_refused() {
    refused("CBA-9", bank(), (SYSTEM, "[\"zh-CN\", \"en-US\"]", "[\"en-US\", \"zh-CN\"]"));
    let choice = "leads_to = { language = { zh-CN = \"en-US\", en-US = \"zh-CN\" } }";
    refused("CBA-9", bank(), ("menus/main.toml", choice, "leads_to = \"repeat\""));
}
