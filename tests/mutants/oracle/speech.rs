//! What texts are: there, in their language, and how long they take to say by an estimate of our own.

use std::collections::HashMap;

use hotline::ids::Language;
use hotline::menu::{Program, PromptKind};

use super::caller::{Heard, Millis};
use super::lexicon::{is_written_in, names_language};
use super::{Fault, Subject};

/// Seconds of every prompt in every language.
pub struct Seconds(HashMap<(String, Language), Millis>);

impl Seconds {
    pub fn of(program: &Program) -> Seconds {
        let prompts = program.prompts().iter();
        let all = prompts.flat_map(|prompt| {
            prompt
                .texts
                .iter()
                .map(|(language, text)| ((prompt.name.0.clone(), language.clone()), millis(text)))
        });
        Seconds(all.collect())
    }

    pub fn prompt(&self, name: &str, language: &Language) -> Millis {
        self.0.get(&(name.to_owned(), language.clone())).copied().unwrap_or(0)
    }
}

/// A Chinese syllable a bit over a fifth of a second, an English word two fifths, a breath each.
pub fn millis(text: &str) -> Millis {
    let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count() as Millis;
    let figures = text.chars().filter(char::is_ascii_digit).count() as Millis;
    let words = text.split(|c: char| !c.is_ascii_alphabetic() && c != '\'').filter(|word| !word.is_empty());
    let breaths = text.matches(['。', '.', '？', '?', '!', '！']).count() as Millis;
    han * 225 + words.count() as Millis * 390 + figures * 280 + breaths * 250
}

pub fn millis_of(subject: &Subject, heard: &Heard) -> Millis {
    heard.prompts.iter().map(|prompt| subject.seconds.prompt(&prompt.0, &heard.language)).sum()
}

/// Too long, clearly or perhaps: two honest estimates may differ by a third.
pub fn too_long(id: &'static str, took: Millis, most: Millis, what: String) -> Option<Fault> {
    let sure = took * 10 > most * 13;
    let maybe = took * 10 > most * 7;
    maybe.then(|| Fault { sure, ..Fault::error(id, format!("{what} takes too long")) })
}

pub fn faults(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    for prompt in subject.program.prompts() {
        let name = &prompt.name.0;
        // What the hotline says by itself is judged where it is heard.
        let is_digit = name.starts_with("system.digit") || name.starts_with("say.");
        let is_own = name.starts_with("system.");
        for language in subject.program.languages() {
            let text = prompt.texts.get(language).map_or("", String::as_str);
            if text.trim().is_empty() && !is_own {
                faults.push(Fault::error("CBA-9", format!("`{name}` is silent in {language}")));
            } else if !text.trim().is_empty()
                && !is_written_in(text, language.as_str())
                && !is_digit
                && !names_language(text)
            {
                faults.push(Fault::error("CBA-9", format!("`{name}` in {language} is in another language")));
            }
            let what = format!("`{name}` in {language}");
            if matches!(prompt.kind, PromptKind::Notice | PromptKind::Greeting) {
                faults.extend(too_long("CBA-10b", millis(text), 8_000, what));
            }
        }
    }
    if !subject.program.languages().first().is_some_and(|first| first.as_str().starts_with("zh")) {
        faults.push(Fault::error("CBA-9", "Mandarin is not the first language".to_owned()));
    }
    faults
}
