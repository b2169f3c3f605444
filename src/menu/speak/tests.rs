//! What is said, against tables, an ear that understands it, and a second way to say it.

mod ear;
mod english;
mod laws;
mod mandarin;

use super::*;

/// What is said of a value, joined.
fn said(kind: Kind, value: &str, voice: Voice) -> Option<String> {
    speak(kind, value, voice).map(|prompts| text(&prompts, voice))
}

fn check(kind: Kind, voice: Voice, table: &[(&str, &str)]) {
    for (value, expected) in table {
        assert_eq!(said(kind, value, voice).as_deref(), Some(*expected), "{kind:?} {value}");
    }
}

/// What is of no kind, or of another one.
const NO_VALUES: [(Kind, &[&str]); 6] = [
    (Kind::Digits, &["", " ", "12a", "-1", "1.5", "１２", "一", "123456789012345678901234567890123"]),
    (
        Kind::Number,
        &[
            "",
            "-",
            "+1",
            "--1",
            ".5",
            "5.",
            "1.2.3",
            "1e5",
            "1,000",
            " 1",
            "1 ",
            "0x10",
            "NaN",
            "一",
            "1000000000001",
            "-1000000000001",
            "1000000000000.1",
            "99999999999999999999999",
            "0.1234567",
        ],
    ),
    (
        Kind::Amount,
        &[
            "",
            "CNY",
            "CNY ",
            "CNY  1",
            " 1",
            "JPY 100",
            "usd 1",
            "¥1",
            "1.234",
            "1.001",
            "1000000000001",
            "1000000000000.01",
            "USD 1 2",
            "USD -",
            "1 USD",
            "-USD 1",
        ],
    ),
    (
        Kind::Date,
        &[
            "",
            "2026",
            "2026-11",
            "2026-13-01",
            "2026-00-10",
            "2026-11-00",
            "2026-11-31",
            "2026-02-29",
            "2100-02-29",
            "1899-12-31",
            "2200-01-01",
            "26-11-22",
            "2026-1-02",
            "2026/11/22",
            "22.11.2026",
            "2026-11-22T09:05",
            "-2026-11-22",
            "20261122-",
            "2026-1122",
            "２０２６1122",
            "0002026-11-22",
        ],
    ),
    (
        Kind::Time,
        &[
            "", ":", "9:05", "09:5", "24:00", "12:60", "0905", "09:05:30", "-1:00", "+1:00", "a9:05", "九点",
            "09：05",
        ],
    ),
    (Kind::Duration, &["", "-5", "1.5", "PT5M", "1:05", "86399970", "99999999999999999999", "五"]),
];

#[test]
fn what_is_not_of_the_kind_is_not_said() {
    for (kind, values) in NO_VALUES {
        for value in values {
            for voice in [Voice::Mandarin, Voice::English] {
                assert_eq!(said(kind, value, voice), None, "{kind:?} `{value}` {voice:?}");
            }
        }
    }
}

#[test]
fn kinds_have_the_names_of_menu_files() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(serde_json::from_value::<Kind>(kind.as_str().into()).unwrap(), kind);
    }
    assert_eq!("Amount".parse::<Kind>(), Err(UnknownKind("Amount".into())));
}

#[test]
fn the_voice_follows_the_language() {
    for (tag, voice) in [
        ("zh-CN", Voice::Mandarin),
        ("zh", Voice::Mandarin),
        ("ZH_Hans", Voice::Mandarin),
        ("en-US", Voice::English),
        ("zhx", Voice::English),
        ("", Voice::English),
    ] {
        assert_eq!(Voice::from(&Language::new(tag)), voice, "{tag}");
    }
}

#[test]
fn a_prompt_of_another_set_stands_in_a_transcript_by_its_name() {
    let prompts = ["say.2", "main.greeting"].map(|name| PromptName(name.into()));
    assert_eq!(text(&prompts, Voice::English), "two main.greeting");
    assert_eq!(text(&prompts, Voice::Mandarin), "二main.greeting");
}
