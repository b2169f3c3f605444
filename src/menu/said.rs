//! Everything a hotline can say, prompt by prompt: what is to be recorded. Texts with values are
//! known by their pieces `MENU.NODE.1`, `MENU.NODE.2` …, values by the small prompts that say them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::draft::{Book, SpeechDraft};
use crate::menu::forms;
use crate::menu::model::{Piece, PromptKind};
use crate::menu::report::At;
use crate::menu::speak::{self, Kind, Voice};
use crate::menu::system;
use crate::menu::values::{self, Part};

/// A prompt with its text in each language, and where that stands.
#[derive(Clone, Debug)]
pub struct Said {
    pub name: PromptName,
    pub kind: PromptKind,
    /// A piece may be absent in a language that needs fewer of them.
    pub texts: BTreeMap<Language, At<String>>,
}

/// What the texts come to.
#[derive(Default)]
pub struct Everything {
    /// System texts first, then menu by menu, then values.
    pub prompts: Vec<Said>,
    /// By the name of a text with values and by language: how it is put together.
    pub pieces: BTreeMap<PromptName, Vec<Vec<Piece>>>,
}

pub fn everything(book: &Book) -> Everything {
    let mut all = Everything::default();
    let mut kinds = BTreeSet::new();
    for (name, speech, kind) in book.speeches() {
        all.add(book, PromptName(name), speech, kind, &mut kinds);
    }
    kinds.extend(read_back(book));
    all.prompts.extend(value_prompts(book, kinds));
    all
}

impl Everything {
    fn add(
        &mut self,
        book: &Book,
        name: PromptName,
        speech: &SpeechDraft,
        kind: PromptKind,
        kinds: &mut BTreeSet<Kind>,
    ) {
        let used = speech.texts.values().flat_map(|text| values::of(&text.value)).map(|(_, kind)| kind);
        let used: Vec<Kind> = used.collect();
        if used.is_empty() {
            let said = |text: &At<String>| At { value: values::plain(&text.value), spot: text.spot.clone() };
            let texts = speech.texts.iter().map(|(language, text)| (language.clone(), said(text)));
            return self.prompts.push(Said { name, kind, texts: texts.collect() });
        }
        kinds.extend(used);
        let mut recorded: Vec<BTreeMap<Language, At<String>>> = Vec::new();
        let mut by_language = Vec::new();
        for language in &book.languages {
            let text = speech.texts.get(language);
            let (pieces, texts) = text.map(|text| cut(&name, &text.value)).unwrap_or_default();
            by_language.push(pieces);
            let spot = text.map_or(&speech.spot, |text| &text.spot);
            for (ix, text) in texts.into_iter().enumerate() {
                if recorded.len() <= ix {
                    recorded.push(BTreeMap::new());
                }
                recorded[ix].insert(language.clone(), At { value: text, spot: spot.clone() });
            }
        }
        for (ix, texts) in recorded.into_iter().enumerate() {
            self.prompts.push(Said { name: numbered(&name, ix), kind, texts });
        }
        self.pieces.insert(name, by_language);
    }
}

fn numbered(name: &PromptName, ix: usize) -> PromptName {
    PromptName(format!("{}.{}", name.0, ix + 1))
}

/// Pieces of a text, and the texts of those that are recorded. A full stop behind a value is no
/// piece: there is nothing to hear of it.
fn cut(name: &PromptName, text: &str) -> (Vec<Piece>, Vec<String>) {
    let (mut pieces, mut texts) = (Vec::new(), Vec::new());
    for part in values::parts(text).unwrap_or_default() {
        match part {
            Part::Value { name, kind } => pieces.push(Piece::Value { name, kind }),
            Part::Text(text) if text.chars().any(char::is_alphanumeric) => {
                pieces.push(Piece::Prompt(numbered(name, texts.len())));
                texts.push(text.trim().to_owned());
            }
            Part::Text(_) => {}
        }
    }
    (pieces, texts)
}

/// What is read back to callers: digits they confirm, the number they are rung back at.
fn read_back(book: &Book) -> Vec<Kind> {
    let collects = book.menus.iter().flat_map(|menu| &menu.collects);
    let confirmed = collects.filter(|node| node.confirm.is_some() && !node.secret);
    let mut kinds: Vec<Kind> = confirmed.map(|node| forms::spoken_as(node.form)).collect();
    if system::offers_callback(book) {
        kinds.push(Kind::Digits);
    }
    kinds
}

fn value_prompts(book: &Book, kinds: BTreeSet<Kind>) -> impl Iterator<Item = Said> {
    let kinds: Vec<Kind> = kinds.into_iter().collect();
    let small = if kinds.is_empty() { Vec::new() } else { speak::prompts_for(&kinds) };
    small.into_iter().map(|(name, mandarin, english)| {
        let texts = book.languages.iter().map(|language| {
            let text = match Voice::from(language) {
                Voice::Mandarin => mandarin,
                Voice::English => english,
            };
            (language.clone(), At { value: text.to_owned(), spot: book.system.spot.clone() })
        });
        Said {
            name,
            kind: PromptKind::Value,
            texts: texts.filter(|(_, text)| !text.value.is_empty()).collect(),
        }
    })
}
