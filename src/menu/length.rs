//! How long prompts are: measured where there is a recording, else estimated from the text.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::forms::spoken_as;
use crate::menu::interpreter::heard::{Heard, Part};
use crate::menu::model::{LanguageIx, Program, PromptKind, PromptText};
use crate::menu::speak::Kind;

/// Lengths of recordings; what is missing is estimated.
pub type Measured = BTreeMap<(Language, PromptName), Duration>;

/// A pause that every sentence brings along.
const BREATH_MS: u64 = 250;
/// A Chinese character: about four and a half a second in a telephone voice.
const SYLLABLE_MS: u64 = 220;
/// A letter of an alphabet: about fourteen a second.
const LETTER_MS: u64 = 70;
/// A figure or sign that is read as a word.
const FIGURE_MS: u64 = 300;

/// A part of a spoken value that has no recording and no text.
const USUAL_VALUE: Duration = Duration::from_millis(600);

/// Speaking time of a text, on the slow side.
pub fn estimate(text: &str) -> Duration {
    let spoken: u64 = text
        .chars()
        .map(|c| match c {
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => SYLLABLE_MS,
            c if c.is_ascii_digit() => FIGURE_MS,
            c if c.is_alphabetic() => LETTER_MS,
            '。' | '，' | '.' | ',' | ';' | '；' | '、' => 100,
            _ => 20,
        })
        .sum();
    Duration::from_millis(if text.trim().is_empty() { 0 } else { spoken + BREATH_MS })
}

/// Length of every prompt of a program in every language.
pub struct Lengths {
    lengths: BTreeMap<PromptName, Vec<Duration>>,
    /// The longest prompt of which spoken values are put together.
    spoken: Duration,
}

impl Lengths {
    pub fn new(program: &Program, measured: &Measured) -> Self {
        let languages = program.languages();
        let of = |prompt: &PromptText, language: &Language| {
            let measured = measured.get(&(language.clone(), prompt.name.clone()));
            measured
                .copied()
                .unwrap_or_else(|| prompt.texts.get(language).map_or(Duration::ZERO, |t| estimate(t)))
        };
        let lengths = program.prompts().iter().map(|prompt| {
            (prompt.name.clone(), languages.iter().map(|language| of(prompt, language)).collect())
        });
        let lengths: BTreeMap<PromptName, Vec<Duration>> = lengths.collect();
        let values = program.prompts().iter().filter(|prompt| prompt.kind == PromptKind::Value);
        let values = values.filter_map(|prompt| lengths.get(&prompt.name)).flatten();
        let spoken = values.max().copied().unwrap_or(USUAL_VALUE);
        Lengths { lengths, spoken }
    }

    /// Length of a prompt; nothing if there is none.
    pub fn of(&self, prompt: &PromptName, language: u8) -> Duration {
        let lengths = self.lengths.get(prompt).and_then(|all| all.get(usize::from(language)));
        lengths.copied().unwrap_or(Duration::ZERO)
    }

    pub(super) fn of_heard(&self, program: &Program, heard: Heard, language: LanguageIx) -> Duration {
        heard.parts(program, language).into_iter().map(|part| self.of_part(program, part, language)).sum()
    }

    /// A value counts as long as the longest of its kind.
    pub(super) fn of_part(&self, program: &Program, part: Part<'_>, language: LanguageIx) -> Duration {
        match part {
            Part::Prompt(name) => self.of(name, language),
            Part::Sys(_) | Part::Plan(_) => {
                part.prompt(program).map_or(Duration::ZERO, |name| self.of(&name, language))
            }
            Part::Value(_, _, kind) => self.of_value(kind),
            Part::Typed(form) => self.of_value(spoken_as(form)),
            Part::Number => self.of_value(Kind::Digits),
        }
    }

    fn of_value(&self, kind: Kind) -> Duration {
        let most = u32::try_from(kind.most_prompts()).unwrap_or(u32::MAX);
        self.spoken.saturating_mul(most)
    }

    /// Milliseconds at the pace of elderly callers.
    pub(super) fn slow(ms: u32) -> u32 {
        ms.saturating_add(ms / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_near_what_a_voice_needs() {
        let seconds = |text| estimate(text).as_secs_f64();
        assert!((1.5..2.5).contains(&seconds("本次通话将被录音。")));
        assert!((1.2..2.2).contains(&seconds("This call is recorded.")));
        assert_eq!(estimate("  "), Duration::ZERO);
    }
}
