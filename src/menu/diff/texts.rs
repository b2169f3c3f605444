//! What callers hear, before and after, in the languages that both speak.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::diff::pairs::pairs;
use crate::menu::diff::{Both, Spoken, TextChange};
use crate::menu::outline::{About, By, Place, Said, Way};

/// What it is, and the text by language.
type Texts<'o> = Option<(String, &'o BTreeMap<Language, String>)>;

pub fn changes(both: &Both<'_>) -> Vec<TextChange> {
    let mut changes = Vec::new();
    let olds = both.old.places.iter();
    let places: BTreeSet<&Place> = olds.chain(&both.new.places).map(|(place, _)| place).collect();
    let nothing = About::default();
    for place in places {
        let (old, new) = (both.old.about(place), both.new.about(place));
        let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
        let name = in_menu(place);
        says(both, &name, (&old.says, &new.says), &mut changes);
        // Options that are new or gone are told with their ways.
        for pair in pairs(&keyed(old), &keyed(new)) {
            if let (Some(was), Some(is)) = pair {
                let texts = (Some((option(was), &was.says)), Some((option(is), &is.says)));
                one(both, &name, texts, &mut changes);
            }
        }
    }
    let everywhere = (&both.old.everywhere.says[..], &both.new.everywhere.says[..]);
    says(both, "everywhere", everywhere, &mut changes);
    changes
}

/// `main`, `loans, information apply`.
pub fn in_menu(place: &Place) -> String {
    match &place.menu {
        Some(menu) => format!("{menu}, {place}"),
        None => place.to_string(),
    }
}

fn keyed(about: &About) -> Vec<&Way> {
    about.ways.iter().filter(|way| matches!(way.by, By::Key { .. })).collect()
}

fn option(way: &Way) -> String {
    format!("option {}", way.by)
}

fn says(both: &Both<'_>, place: &str, (old, new): (&[Said], &[Said]), changes: &mut Vec<TextChange>) {
    let whats: BTreeSet<&str> = old.iter().chain(new).map(|said| said.what.as_str()).collect();
    for what in whats {
        let find = |says: &'_ [Said]| says.iter().position(|said| said.what == what);
        let old = find(old).map(|at| (what.to_owned(), &old[at].texts));
        let new = find(new).map(|at| (what.to_owned(), &new[at].texts));
        one(both, place, (old, new), changes);
    }
}

fn one(both: &Both<'_>, place: &str, (old, new): (Texts<'_>, Texts<'_>), changes: &mut Vec<TextChange>) {
    for language in &both.languages {
        let spoken = |texts: &Texts<'_>| {
            let (what, texts) = texts.as_ref()?;
            Some(Spoken { what: what.clone(), text: texts.get(language)?.clone() })
        };
        let (old, new) = (spoken(&old), spoken(&new));
        if old.as_ref().map(|said| &said.text) != new.as_ref().map(|said| &said.text) {
            changes.push(TextChange { place: place.to_owned(), language: language.to_string(), old, new });
        }
    }
}
