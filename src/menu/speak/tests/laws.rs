//! Laws that hold for every value: what is said is understood, the set is neither short nor long,
//! and nothing panics.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::*;
use super::ear::{english_number, english_word, mandarin_digit, mandarin_number, mandarin_units, schoolbook};
use super::said;

/// Numbers of every size, and of many zeros.
fn numbers() -> impl Strategy<Value = u64> {
    let sized = (0u32..13).prop_flat_map(|size| 0..=10u64.pow(size));
    let sparse = prop::collection::vec(prop_oneof![5 => Just(0u64), 1 => 1..10u64, 1 => 1..3u64], 1..=12)
        .prop_map(|digits| digits.iter().fold(0, |n, digit| n * 10 + digit));
    prop_oneof![sized, sparse]
}

fn any_value() -> impl Strategy<Value = (Kind, String)> {
    let date = (1900..2200, 1..13, 1..29).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"));
    prop_oneof![
        "[0-9]{1,32}".prop_map(|v| (Kind::Digits, v)),
        (numbers(), "(|\\.[0-9]{1,6})").prop_map(|(n, d)| (Kind::Number, format!("-{n}{d}"))),
        ("(|CNY |USD |EUR |HKD )", any::<bool>(), numbers(), 0u8..100).prop_map(|(c, minus, n, d)| {
            (Kind::Amount, format!("{c}{}{n}.{d:02}", if minus { "-" } else { "" }))
        }),
        date.prop_map(|v| (Kind::Date, v)),
        (0..24, 0..60).prop_map(|(h, m)| (Kind::Time, format!("{h:02}:{m:02}"))),
        (0u32..86_000_000).prop_map(|s| (Kind::Duration, s.to_string())),
        (0u32..90_000).prop_map(|s| (Kind::Duration, s.to_string())),
    ]
}

#[test]
fn the_ear_hears_mistakes() {
    assert_eq!(mandarin_number("一万二千三百四十五"), Some(12345));
    assert_eq!(mandarin_number("十亿零五万"), Some(1_000_050_000));
    assert_eq!(mandarin_number("一元"), None);
    assert_eq!(english_number("one hundred thousand twenty-one"), Some(100_021));
    for wrong in
        ["one one", "thousand", "one thousand one million", "zero one", "twenty-zero", "two-twenty", ""]
    {
        assert_eq!(english_number(wrong), None, "{wrong}");
    }
    assert_eq!(schoolbook(102_030_004), "一亿零二百零三万零四");
    assert_eq!(schoolbook(1_000_000_000_000), "一万亿");
}

#[test]
fn small_numbers_are_understood_and_put_as_school_teaches() {
    for n in 0..30_000u64 {
        let mandarin = said(Kind::Number, &n.to_string(), Voice::Mandarin).unwrap();
        assert_eq!(mandarin_number(&mandarin), Some(n), "{mandarin}");
        assert_eq!(mandarin, schoolbook(n));
        let english = said(Kind::Number, &n.to_string(), Voice::English).unwrap();
        assert_eq!(english_number(&english), Some(n), "{english}");
    }
}

proptest! {
    #[test]
    fn numbers_are_understood(n in numbers(), minus: bool, decimals in "(|[0-9]{1,6})") {
        prop_assume!(n < 1_000_000_000_000);
        let point = if decimals.is_empty() { "" } else { "." };
        let negative = minus && (n > 0 || decimals.bytes().any(|b| b != b'0'));
        let value = format!("{}{n}{point}{decimals}", if minus { "-" } else { "" });

        let text = said(Kind::Number, &value, Voice::Mandarin).unwrap();
        prop_assert_eq!(text.starts_with('负'), negative);
        let (whole, after) = text.trim_start_matches('负').split_once('点').unwrap_or((text.trim_start_matches('负'), ""));
        prop_assert_eq!(mandarin_number(whole), Some(n));
        prop_assert_eq!(whole, schoolbook(n));
        let heard: Option<String> = after.chars().map(|c| mandarin_digit(c).map(|d| d.to_string())).collect();
        prop_assert_eq!(heard.as_deref(), Some(decimals.as_str()));

        let text = said(Kind::Number, &value, Voice::English).unwrap();
        prop_assert_eq!(text.starts_with("minus "), negative);
        let figures = text.trim_start_matches("minus ");
        let (whole, after) = figures.split_once(" point ").unwrap_or((figures, ""));
        prop_assert_eq!(english_number(whole), Some(n));
        let heard: Option<String> =
            after.split_whitespace().map(|w| english_word(w).map(|d| d.to_string())).collect();
        prop_assert_eq!(heard.as_deref(), Some(decimals.as_str()));
    }

    #[test]
    fn amounts_are_understood(n in numbers(), hundredths in 0u64..100, currency in 0usize..4) {
        prop_assume!(n < 1_000_000_000_000);
        let value = format!("{} {n}.{hundredths:02}", ["CNY", "HKD", "USD", "EUR"][currency]);
        let text = said(Kind::Amount, &value, Voice::Mandarin).unwrap();
        let heard = if currency < 2 {
            mandarin_units(&text, &[["元", "港元"][currency], "角", "分"]).map(|all| (all[0], all[1] * 10 + all[2]))
        } else {
            let units = [["美元", "美分"], ["欧元", "欧分"]][currency - 2];
            mandarin_units(&text, &units).map(|all| (all[0], all[1]))
        };
        prop_assert_eq!(heard, Some((n, hundredths)), "{}", text);

        let text = said(Kind::Amount, &value, Voice::English).unwrap();
        let (many, small) =
            [("yuan", "fen"), ("Hong Kong dollars", "cents"), ("dollars", "cents"), ("euros", "cents")][currency];
        let count = |part: &str, unit: &str| {
            let one = unit.trim_end_matches('s');
            let n = part.strip_suffix(unit).map(|n| (n, false)).or(part.strip_suffix(one).map(|n| (n, true)));
            n.and_then(|(n, single)| english_number(n.trim()).filter(|n| unit == one || single == (*n == 1)))
        };
        let heard = match text.split_once(" and ") {
            Some((whole, part)) => count(whole, many).zip(count(part, small)),
            None if n == 0 && hundredths > 0 => Some(0).zip(count(&text, small)),
            None => count(&text, many).zip(Some(0)),
        };
        prop_assert_eq!(heard, Some((n, hundredths)), "{}", text);
    }

    #[test]
    fn dates_are_understood(year in 1900u64..2200, month in 1u64..13, day in 1u64..29) {
        let value = format!("{year}-{month:02}-{day:02}");
        let text = said(Kind::Date, &value, Voice::Mandarin).unwrap();
        let (figures, rest) = text.split_once('年').unwrap();
        let heard = figures.chars().try_fold(0, |n, c| Some(n * 10 + mandarin_digit(c)?));
        prop_assert_eq!(heard, Some(year));
        prop_assert_eq!(mandarin_units(rest, &["月", "日"]), Some(vec![month, day]));

        let text = said(Kind::Date, &value, Voice::English).unwrap();
        let (_, spoken) = text.split_once(", ").unwrap();
        let heard = match spoken.split(' ').collect::<Vec<_>>()[..] {
            ["two", "thousand"] => Some(2000),
            ["two", "thousand", unit] => english_word(unit).map(|n| 2000 + n),
            [century, "hundred"] => english_word(century).map(|n| n * 100),
            [century, "oh", unit] => english_word(century).zip(english_word(unit)).map(|(c, n)| c * 100 + n),
            [century, rest] => english_word(century).zip(english_word(rest)).map(|(c, n)| c * 100 + n),
            _ => None,
        };
        prop_assert_eq!(heard, Some(year), "{}", spoken);
    }

    #[test]
    fn durations_are_understood(seconds in prop_oneof![0u64..90_000, 0u64..86_399_970]) {
        let rounded = if seconds < 86_400 { seconds } else { (seconds + 30) / 60 * 60 };
        let text = said(Kind::Duration, &seconds.to_string(), Voice::Mandarin).unwrap();
        let minutes = if text.contains("分钟") { "分钟" } else { "分" };
        let heard = mandarin_units(&text, &["天", "小时", minutes, "秒"]).unwrap();
        prop_assert_eq!(heard[0] * 86_400 + heard[1] * 3600 + heard[2] * 60 + heard[3], rounded, "{}", text);

        let text = said(Kind::Duration, &seconds.to_string(), Voice::English).unwrap();
        let (mut heard, mut words) = (0, Vec::new());
        for word in text.split(' ') {
            let length = match word.trim_end_matches('s') {
                "day" => 86_400,
                "hour" => 3600,
                "minute" => 60,
                "second" => 1,
                _ => {
                    words.push(word);
                    continue;
                }
            };
            let n = english_number(&words.join(" ")).unwrap();
            prop_assert_eq!(word.ends_with('s'), n != 1, "{}", text);
            heard += n * length;
            words.clear();
        }
        prop_assert_eq!((heard, words.len()), (rounded, 0), "{}", text);
    }

    #[test]
    fn digits_are_understood(value in "[0-9]{1,32}") {
        let heard = |voice| {
            let text = said(Kind::Digits, &value, voice).unwrap();
            match voice {
                Voice::Mandarin => text.chars().map(mandarin_digit).collect::<Option<Vec<_>>>(),
                Voice::English => text.split(' ').map(english_word).collect(),
            }
        };
        let meant: Vec<u64> = value.bytes().map(|b| u64::from(b - b'0')).collect();
        prop_assert_eq!(heard(Voice::Mandarin).unwrap_or_default(), meant.clone());
        prop_assert_eq!(heard(Voice::English).unwrap_or_default(), meant.clone());
    }

    #[test]
    fn what_is_said_is_in_the_set_of_its_kind_and_within_its_bound((kind, value) in any_value()) {
        let set: BTreeSet<PromptName> = prompts_for(&[kind]).into_iter().map(|(name, ..)| name).collect();
        for voice in [Voice::Mandarin, Voice::English] {
            let prompts = speak(kind, &value, voice).unwrap();
            prop_assert!((1..=kind.most_prompts()).contains(&prompts.len()), "{} {:?}", value, prompts);
            for prompt in prompts {
                prop_assert!(set.contains(&prompt), "{:?} {} {:?}", kind, value, prompt);
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}", near in "[-+.: 0-9A-Z０-９年]{0,40}", any in any::<String>()) {
        for kind in Kind::ALL {
            for value in [&text, &near, &any] {
                let (zh, en) = (speak(kind, value, Voice::Mandarin), speak(kind, value, Voice::English));
                prop_assert_eq!(zh.is_some(), en.is_some(), "a value in one voice is one in the other");
            }
        }
    }
}

#[test]
fn all_times_sound_different() {
    for voice in [Voice::Mandarin, Voice::English] {
        let all: BTreeSet<String> = (0..24 * 60)
            .map(|minute| said(Kind::Time, &format!("{:02}:{:02}", minute / 60, minute % 60), voice).unwrap())
            .collect();
        assert_eq!(all.len(), 24 * 60);
    }
    for minute in 0..24 * 60u64 {
        let (hour, minute) = (minute / 60, minute % 60);
        let text = said(Kind::Time, &format!("{hour:02}:{minute:02}"), Voice::Mandarin).unwrap();
        assert_eq!(mandarin_units(&text.replace('整', ""), &["点", "分"]), Some(vec![hour, minute]));
    }
}

/// Values that use up the set of a kind, the longest among them.
fn exhausting(kind: Kind) -> Vec<String> {
    let dates = || (1900..2200).map(|year| format!("{year}-{:02}-{:02}", year % 12 + 1, year % 28 + 1));
    match kind {
        Kind::Digits => vec!["01234567890123456789012345678901".into()],
        Kind::Number => (0..200)
            .map(|n| n.to_string())
            .chain(["-777777777777.123456", "1000000000000", "200"].map(String::from))
            .collect(),
        Kind::Amount => ["CNY", "USD", "EUR", "HKD"]
            .into_iter()
            .flat_map(|currency| {
                ["1.01", "2.02", "1.25", "-777777777777.77", "1000000000000"]
                    .map(String::from)
                    .into_iter()
                    .chain((0..100).map(|n| n.to_string()))
                    .map(move |figures| format!("{currency} {figures}"))
            })
            .collect(),
        Kind::Date => dates().chain(["29", "30", "31"].map(|day| format!("2027-01-{day}"))).collect(),
        Kind::Time => (0..24 * 60).map(|m| format!("{:02}:{:02}", m / 60, m % 60)).collect(),
        Kind::Duration => (0..100)
            .map(|n| n * 86_400)
            .chain([1, 2, 60, 61, 120, 3600, 7200, 999 * 86_400 + 86_340, 100 * 86_400])
            .map(|seconds| seconds.to_string())
            .collect(),
    }
}

#[test]
fn every_prompt_of_a_kinds_set_is_said_by_some_value_of_it() {
    for kind in Kind::ALL {
        let lines: Vec<Vec<PromptName>> = exhausting(kind)
            .iter()
            .flat_map(|value| {
                [Voice::Mandarin, Voice::English].map(|voice| speak(kind, value, voice).unwrap())
            })
            .collect();
        assert_eq!(lines.iter().map(Vec::len).max(), Some(kind.most_prompts()), "{kind:?}");
        let used: BTreeSet<PromptName> = lines.into_iter().flatten().collect();
        let set: BTreeSet<PromptName> = prompts_for(&[kind]).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(used, set, "{kind:?}");
    }
}

#[test]
fn the_set_is_small_and_its_texts_stand_in_their_script() {
    let set = prompts();
    let names: BTreeSet<&PromptName> = set.iter().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), set.len(), "each name once");
    assert!(set.len() <= 130, "{}", set.len());
    assert!(prompts_for(&[]).is_empty());
    for (PromptName(name), zh, en) in &set {
        assert!(name.starts_with("say."));
        assert!(!zh.is_empty() && zh.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}");
        assert!(en.starts_with(|c: char| c.is_ascii_alphabetic()) && en.is_ascii(), "{name}");
    }
}
