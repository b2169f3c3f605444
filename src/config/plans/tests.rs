//! Plan files and what is found in them.

use super::*;

const SAMPLE: &str = include_str!("../../../ops/plans.toml");

fn languages() -> Vec<Language> {
    vec![Language::new("zh-CN"), Language::new("en-US")]
}

/// `rule line:column` of everything found.
fn found(text: &str) -> Vec<String> {
    let file = read("ops/plans.toml", text, &languages());
    file.findings.iter().map(|f| format!("{} {}:{}", f.rule, f.line, f.column)).collect()
}

#[test]
fn the_sample_is_clean_and_says_what_it_means() {
    let PlanFile { plans, findings } = read("ops/plans.toml", SAMPLE, &languages());
    assert_eq!(findings, []);
    let kinds: Vec<String> = plans.iter().map(|plan| format!("{} {}", plan.name, plan.kind)).collect();
    assert_eq!(
        kinds,
        ["disaster disaster", "incident incident", "surge surge", "system-failure system failure"]
    );
    let by_name = |name: &str| plans.iter().find(|plan| plan.name.as_str() == name).unwrap();
    assert_eq!(by_name("surge").ends_after, Some(Duration::from_secs(8 * 3_600)));
    assert_eq!(by_name("surge").texts().count(), 2);
    assert_eq!(by_name("disaster").announcement, Announcement::ByTelephone);
    let view = by_name("disaster").view();
    assert!(view.announcement && view.instead_of_people && by_name("disaster").two_persons);
    assert_eq!(PlanConfig::prompt(&view.name).0, "plan.disaster");
}

#[test]
fn what_is_not_said_has_the_default_the_manual_tells() {
    let file = read("p.toml", "[plans.fire]\nkind = \"incident\"\n", &languages());
    assert_eq!(file.findings, []);
    assert_eq!(file.plans, [default_plan("fire".into())]);
    assert!(!file.plans[0].view().announcement);
    assert_eq!(read("p.toml", "", &[]), PlanFile::default(), "a hotline may have no plan");
}

#[test]
fn all_mistakes_are_found_at_once_with_their_places() {
    let text = "\
[plans.fire]
number = 1
kind = \"fire\"
anouncement = 3
two_persons = \"yes\"
ends_after = \"soon\"
[plans.flood]
number = 1
announcement = \"rain\"
[plan.other]
[plans.storm]
kind = \"disaster\"
announcement = { zh-CN = \"\", de-DE = \"Sturm\" }
instead_of_people = 1
";
    let expected = [
        "unknown-kind 3:8",
        "unknown-key 4:1",
        "wrong-type 5:15",
        "bad-duration 6:14",
        "missing-key 7:8",
        "same-number 7:8",
        "wrong-type 9:16",
        "unknown-key 10:2",
        "missing-text 13:16",
        "bad-text 13:26",
        "unknown-language 13:30",
        "wrong-type 14:21",
    ];
    assert_eq!(found(text), expected);
}

#[test]
fn cba_10c_an_emergency_is_no_occasion_for_advertising() {
    let text =
        "[plans.surge]\nkind = \"surge\"\nannouncement = { zh-CN = \"限时优惠\", en-US = \"Sorry.\" }\n";
    assert_eq!(found(text), ["no-advert 3:26"]);
}

#[test]
fn broken_files_are_findings_and_never_panics() {
    for text in ["[plans", "plans = 3", "[plans.fire]\nkind = \n", "\u{feff}[plans.\"\"]", "[[plans]]"] {
        assert!(!found(text).is_empty(), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "[\\[\\]a-z =\"{}0-9\n,.#]{0,200}") {
        read("p.toml", &text, &[]);
    }
}
