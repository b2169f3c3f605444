//! Where operators find what they change.

use crate::edit::{self, Step, Way};
use crate::hotline::Hotline;

pub use crate::hotline::LANGUAGES;

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    pub way: Way,
}

impl Place {
    pub fn new(file: &str, way: Way) -> Place {
        Place { file: file.to_owned(), way }
    }

    pub fn shown(&self) -> String {
        format!("{} {}", self.file, edit::shown(&self.way))
    }

    pub fn below(&self, key: &str) -> Place {
        let mut way = self.way.clone();
        way.push(Step::Key(key.to_owned()));
        Place { file: self.file.clone(), way }
    }

    pub fn string(&self, hotline: &Hotline) -> Option<String> {
        edit::string(hotline.text(&self.file), &self.way)
    }

    /// First keys of the way, such as `choice` or `information`.
    pub fn kind(&self) -> &str {
        match self.way.first() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    pub fn last(&self) -> &str {
        edit::last(&self.way)
    }

    pub fn is_system(&self) -> bool {
        self.file == crate::hotline::SYSTEM
    }

    /// With another value here.
    pub fn set(&self, hotline: &Hotline, to: impl Into<toml_edit::Value>) -> Hotline {
        hotline.with(&self.file, edit::set(hotline.text(&self.file), &self.way, to))
    }

    pub fn removed(&self, hotline: &Hotline) -> Hotline {
        hotline.with(&self.file, edit::removed(hotline.text(&self.file), &self.way))
    }

    pub fn add(&self, hotline: &Hotline, key: &str, to: impl Into<toml_edit::Value>) -> Hotline {
        hotline.with(&self.file, edit::add(hotline.text(&self.file), &self.way, key, to))
    }
}

/// All places of the files whose name begins so that fulfil a wish.
pub fn places(hotline: &Hotline, folder: &str, wanted: impl Fn(&str, &Way) -> bool) -> Vec<Place> {
    let files = hotline.files.iter().filter(|(file, _)| file.starts_with(folder));
    let mut found = Vec::new();
    for (file, text) in files {
        let ways = edit::places(text).into_iter().filter(|way| wanted(file, way));
        found.extend(ways.map(|way| Place::new(file, way)));
    }
    found
}

/// Texts: tables with a text by language.
pub fn texts(hotline: &Hotline) -> Vec<Place> {
    let named = |way: &Way| {
        let text = ["text", "notice", "greeting", "announcement"].contains(&edit::last(way));
        let of_system = matches!(way.as_slice(), [Step::Key(text), Step::Key(_)] if text == "text");
        text || of_system
    };
    let mut found = places(hotline, "menus/", |_, way| named(way));
    found.extend(places(hotline, "ops/", |file, way| file.ends_with("plans.toml") && named(way)));
    found.retain(|place| LANGUAGES.iter().any(|language| place.below(language).string(hotline).is_some()));
    found
}

/// A text in one language.
pub fn spoken(hotline: &Hotline) -> Vec<(Place, &'static str, String)> {
    let mut found = Vec::new();
    for place in texts(hotline) {
        for language in LANGUAGES {
            let below = place.below(language);
            if let Some(text) = below.string(hotline) {
                found.push((below, language, text));
            }
        }
    }
    found
}

/// `[[choice]]` tables, menu by menu.
pub fn choices(hotline: &Hotline) -> Vec<Vec<Place>> {
    let of = |file: &str| {
        let is_choice =
            |way: &Way| matches!(way.as_slice(), [Step::Key(key), Step::At(_)] if key == "choice");
        let ways = edit::places(hotline.text(file)).into_iter().filter(is_choice);
        ways.map(|way| Place::new(file, way)).collect()
    };
    hotline.menus().map(|(file, _)| of(file)).collect()
}

/// Places where something leads somewhere.
pub fn targets(hotline: &Hotline) -> Vec<Place> {
    let leads = ["leads_to", "otherwise", "failed"];
    places(hotline, "menus/", |_, way| leads.contains(&edit::last(way)))
}

/// Tables of the menus, the files themselves too.
pub fn tables(hotline: &Hotline) -> Vec<Place> {
    let mut found = places(hotline, "menus/", |_, _| true);
    found.retain(|place| {
        let document = edit::document(hotline.text(&place.file));
        let item = edit::find(document.as_item(), &place.way);
        // Of texts and targets the keys are names, so anything may stand there.
        item.is_some_and(|item| item.is_table()) && place.last() != "text"
    });
    found
}

/// Is this file the main menu?
pub fn is_main(file: &str) -> bool {
    file == "menus/main.toml"
}
