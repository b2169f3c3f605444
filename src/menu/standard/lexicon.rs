//! The reviewed list of words that sound like advertising, and how a text is looked through.
//!
//! The words stand in `lexicon.toml`. Spaces and marks inside Chinese words, wide letters, capitals
//! and traditional characters hide nothing. A word found is a suspicion: people decide.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The list as it is kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    reviewed: Reviewed,
    traditional: String,
    class: Vec<Class>,
}

/// Who reviewed the list, and when.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    pub by: String,
    pub on: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    name: String,
    language: String,
    words: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

/// What makes a text suspected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Suspicion {
    /// `campaign`, `price`, `superlative` …
    pub class: &'static str,
    /// The word of the list, or the price as it stands.
    pub word: String,
}

struct Lexicon {
    reviewed: Reviewed,
    /// Traditional to simplified.
    simplified: BTreeMap<char, char>,
    classes: Vec<Class>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    let raw: Raw = toml::from_str(include_str!("lexicon.toml")).expect("the lexicon is readable");
    let signs: Vec<char> = raw.traditional.chars().collect();
    let simplified = signs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    Lexicon { reviewed: raw.reviewed, simplified, classes: raw.class }
});

/// Signs of money, before a figure.
const CURRENCIES: [char; 4] = ['$', '¥', '€', '£'];
/// Units of money, behind a figure.
const UNITS: [&str; 6] = ["元", "块钱", "dollar", "yuan", "rmb", "euro"];
/// Marks that somebody may put inside a Chinese word, so that it is not recognised.
const INSIDE: &str = " \t\n·・•-_*~'\"“”‘’.|/\\、\u{200b}\u{200c}\u{200d}\u{feff}";

pub fn reviewed() -> &'static Reviewed {
    &LEXICON.reviewed
}

/// The first thing in a text that sounds like advertising, in whatever language it is written.
pub fn suspicion(text: &str) -> Option<Suspicion> {
    let plain = plain(text);
    let dense: String = plain.chars().filter(|c| !INSIDE.contains(*c)).collect();
    let spaced = spaced(&plain);
    for class in &LEXICON.classes {
        let (found, text): (fn(&str, &str) -> bool, &str) = match class.language.as_str() {
            "zh" => (|text, word| text.contains(word), &dense),
            _ => (contains_word, &spaced),
        };
        // What is service all the same is taken out, so that it hides nothing beside it.
        let mut text = Cow::Borrowed(text);
        for service in &class.not {
            if text.contains(service.as_str()) {
                text = Cow::Owned(text.replace(service.as_str(), "。"));
            }
        }
        if let Some(word) = class.words.iter().find(|word| found(&text, word)) {
            return Some(Suspicion { class: &class.name, word: word.clone() });
        }
    }
    price(&plain).map(|word| Suspicion { class: "price", word })
}

/// The word that makes a text suspected.
pub fn campaign_word(text: &str) -> Option<String> {
    suspicion(text).map(|found| found.word)
}

/// Wide letters made narrow, capitals small, traditional characters simplified.
fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '￥' => '¥',
        '’' => '\'',
        c => c,
    };
    let simple = |c: char| LEXICON.simplified.get(&c).copied().unwrap_or(c);
    text.chars().map(narrow).flat_map(char::to_lowercase).map(simple).collect()
}

/// One space between words, also for hyphens and line ends.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c == '-' || c == '_');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Does a word begin here? Its end is open: "discounts" is a discount.
fn contains_word(text: &str, word: &str) -> bool {
    let alphabetic = word.starts_with(|c: char| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !alphabetic || !before.is_some_and(|c| c.is_ascii_alphabetic())
    })
}

/// A figure of money or a percentage, as it stands.
fn price(text: &str) -> Option<String> {
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (head, tail) = rest.split_at(at);
        before = head.trim_end().chars().next_back().or(before);
        let end = tail.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(tail.len());
        let (figure, after) = tail.split_at(end);
        let follows = after.trim_start();
        if let Some(currency) = before.filter(|c| CURRENCIES.contains(c)) {
            return Some(format!("{currency}{figure}"));
        }
        if let Some(unit) = UNITS.into_iter().chain(["%"]).find(|unit| follows.starts_with(unit)) {
            return Some(format!("{figure}{unit}"));
        }
        before = figure.chars().next_back();
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advertising_is_recognised_however_it_is_written() {
        for (text, class) in [
            ("限时优惠", "campaign"),
            ("优 惠多多", "campaign"),
            ("优·惠多多", "campaign"),
            ("現在辦理，優惠多多", "campaign"),
            ("仅需9.9元", "price"),
            ("每月９．９元", "price"),
            ("年费 99 元", "price"),
            ("我们的利率最低", "superlative"),
            ("最优惠的价格", "campaign"),
            ("年化收益3.5%", "return"),
            ("利息5％", "price"),
            ("ＳＰＥＣＩＡＬ　ＯＦＦＥＲ", "campaign"),
            ("Our limited-time loan", "pressure"),
            ("only $5 a month", "price"),
            ("It is 5 dollars.", "price"),
            ("the best ever card", "superlative"),
            ("Discounts for you", "campaign"),
        ] {
            assert_eq!(suspicion(text).map(|found| found.class), Some(class), "{text}");
        }
    }

    #[test]
    fn service_is_left_alone() {
        for text in [
            "挂失请按1。",
            "最低还款额查询请按2。",
            "谨防中奖诈骗，我行不会索要密码。",
            "如需人工服务，只需按0。",
            "请输入16位卡号。",
            "For a person, press 0.",
            "Press 1 to rewind a message.",
            "您排在第3位。",
            "The branch is open from 9 to 17.",
            "95599为您服务。",
        ] {
            assert_eq!(suspicion(text), None, "{text}");
        }
    }

    #[test]
    fn the_list_is_reviewed_and_every_word_finds_itself() {
        assert!(!reviewed().by.is_empty() && reviewed().on.len() == 10);
        for class in &LEXICON.classes {
            assert!(["zh", "en"].contains(&class.language.as_str()));
            for word in &class.words {
                assert!(suspicion(word).is_some(), "{} {word}", class.name);
            }
        }
        assert_eq!(suspicion("優惠"), suspicion("优惠"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,40}|[0-9.,$¥元优惠 ]{0,30}") {
            suspicion(&text);
        }
    }
}
