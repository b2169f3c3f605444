//! CBA-10a: shallow menus, few options, the option named before its key.

use hotline::config::finding::Severity;

use crate::bench::{at_bank, bank, both, changed, hears, refused, refused_as, rings, usual};
use crate::oracle::walk::walk;

#[test]
fn cba_10a_menus_are_shallow_and_short() {
    for subject in both() {
        let walk = walk(subject, &usual(subject), (vec![Vec::new()], Default::default()), 600);
        assert_eq!(walk.too_deep(), []);
        for heard in &walk.heard.all {
            let choices = heard.prompts.iter().filter(|prompt| prompt.0.contains(".choice.")).count();
            assert!(choices <= 9, "{heard:?}");
        }
    }
}

#[test]
fn cba_10a_the_option_is_named_and_then_its_key() {
    let world = usual(at_bank());
    let main = hears(at_bank(), &rings(at_bank(), &world, "-"));
    let (option, key) = (main.find("挂失"), main.find("请按1"));
    assert!(option.is_some() && option < key, "{main}");
    assert!(main.find("请按1") < main.find("请按2") && main.find("请按4") < main.find("press 5"), "{main}");
}

#[test]
fn cba_10a_a_key_before_its_option_another_key_or_none_is_refused() {
    for to in ["请按1挂失。", "按1，挂失。", "挂失请按2。", "挂失。", "三个工作日内可挂失。"]
    {
        refused("CBA-10a", bank(), ("menus/main.toml", "挂失请按1。", to));
    }
    for to in
        ["Press 1 to report a lost card.", "To report a lost card, press 11.", "To report one lost card."]
    {
        refused("CBA-10a", bank(), ("menus/main.toml", "To report a lost card, press 1.", to));
    }
}

/// Whole days are no key three, and no option before it.
#[test]
fn cba_10a_a_number_in_a_text_is_no_key() {
    let to = "可在手机银行或任一网点申请，三个工作日内答复。";
    refused("CBA-10a", bank(), ("menus/loans.toml", "信用卡中心请按3。", to));
}

#[test]
fn cba_10a_two_choices_on_a_key_are_refused_and_a_gap_is_told() {
    refused("CBA-10a", bank(), ("menus/main.toml", "key = \"4\"", "key = \"3\""));
    let gap = changed(bank(), "menus/main.toml", "key = \"5\"", "key = \"7\"");
    let gap =
        changed(&changed(&gap, "menus/main.toml", "press 5", "press 7"), "menus/main.toml", "请按5", "请按7");
    let findings = gap.check().findings;
    assert!(
        findings.iter().any(|f| f.source == "CBA-10a" && f.severity == Severity::Warning),
        "{findings:#?}"
    );
}

fn choice(key: usize, leads_to: &str) -> String {
    format!(
        "\n[[choice]]\nkey = \"{key}\"\n\
         text = {{ zh-CN = \"其他请按{key}。\", en-US = \"For others, press {key}.\" }}\nleads_to = {leads_to}\n"
    )
}

#[test]
fn cba_10a_a_fourth_level_and_a_tenth_option_are_refused() {
    let loans = "menus/loans.toml";
    let deep = bank().with(loans, bank().text(loans).to_owned() + &choice(4, "{ menu = \"third\" }"));
    let deep = deep.with("menus/third.toml", choice(1, "{ menu = \"fourth\" }"));
    let third = deep.with("menus/fourth.toml", choice(1, "\"person\""));
    refused_as("CBA-10a", &third, "menus/third.toml");
    let fine = deep.with("menus/third.toml", choice(1, "\"person\""));
    assert_eq!(fine.check().errors().count(), 0, "three levels are allowed");

    let many: String = (4..=10).map(|key| choice(key.min(9), "\"person\"")).collect();
    refused_as("CBA-10a", &bank().with(loans, bank().text(loans).to_owned() + &many), loans);
}
