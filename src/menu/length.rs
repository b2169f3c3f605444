//! How long prompts are: measured where there is a recording, else estimated from the text.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::interpreter::effect::Effect;
use crate::menu::interpreter::heard::Heard;
use crate::menu::model::{Program, PromptText};

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
        Lengths { lengths: lengths.collect() }
    }

    /// Length of a prompt; nothing if there is none.
    pub fn of(&self, prompt: &PromptName, language: u8) -> Duration {
        let lengths = self.lengths.get(prompt).and_then(|all| all.get(usize::from(language)));
        lengths.copied().unwrap_or(Duration::ZERO)
    }

    pub(super) fn of_heard(&self, program: &Program, heard: Heard, language: u8) -> Duration {
        heard.prompts(program, language).iter().map(|prompt| self.of(prompt, language)).sum()
    }

    /// Time an effect takes before anything else happens by itself.
    pub(super) fn of_effect(&self, program: &Program, effect: &Effect) -> Duration {
        match effect {
            Effect::Play { heard, language, .. } => self.of_heard(program, *heard, *language),
            Effect::Wait(time) => *time,
            _ => Duration::ZERO,
        }
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
