//! Values said as people say them, in Mandarin and English, from a small set of short recordings.
//!
//! Turns a value in machine form into the prompts that say it, one after another. Plays nothing,
//! and does not judge what a value means. The list of prompts tells the value: where the value is
//! personal (a balance, a number), so is the list.
//!
//! | kind | machine form | Mandarin | English |
//! |---|---|---|---|
//! | digits | `0123`, at most 32 | 零幺二三 | zero one two three |
//! | number | `-12345`, `3.14` | 负一万二千三百四十五，三点一四 | minus twelve thousand three hundred forty-five |
//! | amount | `1234.50`, `USD 0.05` | 一千二百三十四元五角，五美分 | one thousand two hundred thirty-four yuan and fifty fen |
//! | date | `2026-11-22`, `20261122` | 二零二六年十一月二十二日 | November twenty-second, twenty twenty-six |
//! | time | `09:05` | 九点零五分 | nine oh five a.m. |
//! | duration | `3725` (seconds) | 一小时两分五秒 | one hour two minutes five seconds |

mod english;
mod mandarin;
mod set;
mod value;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::ids::Language;
use crate::menu::api::PromptName;

use set::{PIECES, Piece};
use value::Value;

/// How a value is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One after another, as telephone and card numbers are: `0123`, 1 to 32 digits.
    Digits,
    /// `-12345` or `3.14`: up to ±10^12, at most six decimals.
    Number,
    /// `1234.50` yuan, or a currency of ISO 4217 before it: `CNY`, `USD`, `EUR`, `HKD`.
    /// Up to ±10^12; decimals after the second must be zeros.
    Amount,
    /// `2026-11-22` or, as callers key it in, `20261122`: 1900 to 2199.
    Date,
    /// `09:05`, 00:00 to 23:59. By 24 hours in Mandarin, by a.m. and p.m. in English.
    Time,
    /// Whole seconds; from a day on rounded to the minute, and then less than 1,000 days.
    Duration,
}

/// No value and no language has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no way to say a value: use digits, number, amount, date, time or duration")]
pub struct UnknownKind(pub String);

impl Kind {
    pub const ALL: [Kind; 6] =
        [Kind::Digits, Kind::Number, Kind::Amount, Kind::Date, Kind::Time, Kind::Duration];

    /// As menu files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Digits => "digits",
            Kind::Number => "number",
            Kind::Amount => "amount",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Duration => "duration",
        }
    }

    /// No value of this kind takes more prompts, in either voice; some value takes as many.
    pub fn most_prompts(self) -> usize {
        match self {
            Kind::Digits => 32,
            Kind::Number => 28,
            Kind::Amount => 26,
            Kind::Date => 7,
            Kind::Time => 6,
            Kind::Duration => 11,
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// Whose grammar is spoken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Voice {
    Mandarin,
    English,
}

impl From<&Language> for Voice {
    /// `zh`, `zh-CN`, `zh-Hans-SG` … are Mandarin; all else is English.
    fn from(tag: &Language) -> Self {
        let primary = tag.as_str().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") { Voice::Mandarin } else { Voice::English }
    }
}

/// The prompts that say `value`, in order; `None` if it is not of the kind.
pub fn speak(kind: Kind, value: &str, voice: Voice) -> Option<Vec<PromptName>> {
    let value = Value::parse(kind, value)?;
    Some(match voice {
        Voice::Mandarin => mandarin::say(&value),
        Voice::English => english::say(&value),
    })
}

/// Every prompt of the set with its text in Mandarin and in English: what a recording must say.
pub fn prompts() -> Vec<(PromptName, &'static str, &'static str)> {
    prompts_for(&Kind::ALL)
}

/// The prompts that values of these kinds need, with their texts in Mandarin and in English.
/// Each stands in both voices, because every prompt exists in every language (CBA-9).
pub fn prompts_for(kinds: &[Kind]) -> Vec<(PromptName, &'static str, &'static str)> {
    let needed = PIECES.iter().filter(|piece| piece.kinds.iter().any(|kind| kinds.contains(kind)));
    needed.map(|piece| (PromptName(piece.name.to_owned()), piece.zh, piece.en)).collect()
}

/// The text of prompts of the set, joined as it is written: for transcripts.
/// A prompt of another set stands there by its name.
pub fn text(prompts: &[PromptName], voice: Voice) -> String {
    let mut text = String::new();
    let mut before: Option<&str> = None;
    for PromptName(name) in prompts {
        let piece = PIECES.iter().find(|piece| piece.name == name);
        if let (Voice::English, Some(before)) = (voice, before) {
            text.push_str(gap(before, name));
        }
        text.push_str(piece.map_or(name, |piece: &Piece| match voice {
            Voice::Mandarin => piece.zh,
            Voice::English => piece.en,
        }));
        before = Some(name);
    }
    text
}

/// What is written between two English pieces: "thirty-four", "November second, twenty twenty".
fn gap(before: &str, after: &str) -> &'static str {
    let figure = |name: &str| name.strip_prefix("say.").and_then(|n| n.parse::<u8>().ok());
    match (figure(before), figure(after)) {
        (Some(20..), Some(1..10)) => "-",
        _ if before.starts_with("say.day.") => ", ",
        _ => " ",
    }
}

/// A sentence in the making: names of prompts, one after another.
#[derive(Default)]
struct Line(Vec<PromptName>);

impl Line {
    /// A prompt by the rest of its name.
    fn push(&mut self, piece: &str) {
        self.0.push(PromptName(format!("say.{piece}")));
    }

    /// A number that is one prompt: 0 to 20, and the tens to 90.
    fn figure(&mut self, figure: impl std::fmt::Display) {
        self.push(&figure.to_string());
    }

    /// Digits one after another, 1 as it is said in telephone numbers.
    fn digits(&mut self, digits: &[u8]) {
        for digit in digits {
            match digit {
                1 => self.push("1.digit"),
                _ => self.figure(digit),
            }
        }
    }
}
