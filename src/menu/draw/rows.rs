//! What each box or line of a picture says, the same for all pictures.

use std::collections::BTreeMap;

use crate::ids::EntryId;
use crate::menu::draw::Picture;
use crate::menu::outline::{About, By, Fact, Outline, Place, PlaceKind, Routes, Said, Stop, Way};
use crate::menu::prove::MenuRow;

/// The tree under one main menu, with the numbers dialled for it.
pub struct Tree<'p> {
    pub rows: Vec<Row<'p>>,
}

/// One line of the tree, in the order of reading.
pub struct Row<'p> {
    /// Index of the row above in the tree; `None` for the main menu.
    pub above: Option<usize>,
    pub depth: usize,
    pub place: &'p Place,
    /// The key, or in words how one comes here; empty for the main menu.
    pub by: String,
    pub has_key: bool,
    /// How the key is announced, in the first language.
    pub announced: &'p str,
    /// What it is: `information hours`, `95599 → main`.
    pub title: String,
    /// `0 → general, 23 s`; empty for all but menus.
    pub person: String,
    /// What is said there, in the first language, with what it is.
    pub said: Vec<(String, &'p str)>,
    /// `16 to 19 digits`, `secret`.
    pub facts: Vec<String>,
    /// What follows is drawn elsewhere.
    pub elsewhere: bool,
}

impl Picture<'_> {
    /// A tree for each main menu.
    pub fn trees(&self) -> Vec<Tree<'_>> {
        let mut entries: BTreeMap<&Place, Vec<&EntryId>> = BTreeMap::new();
        for (entry, main) in &self.outline.entries {
            entries.entry(main).or_default().push(entry);
        }
        entries.into_iter().map(|(main, entries)| self.tree_of(main, &entries)).collect()
    }

    fn tree_of<'p>(&'p self, main: &'p Place, entries: &[&EntryId]) -> Tree<'p> {
        let outline = &self.outline;
        let entry = entries.first().copied();
        let stops = Routes::new(outline, main, None).tree();
        // Rows left out would be pointed at by none that stays: nothing follows them.
        let mut kept: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rows: Vec<Row<'p>> = Vec::new();
        for (at, stop) in stops.iter().enumerate().filter(|(_, stop)| !goes_without_saying(stop)) {
            kept.insert(at, rows.len());
            let mut row = self.row(stop, entry);
            row.above = stop.above.and_then(|above| kept.get(&above).copied());
            if stop.above.is_none() {
                let dialled: Vec<&str> = entries.iter().map(|entry| entry.as_str()).collect();
                row.title = format!("{} → {}", dialled.join(", "), row.title);
            }
            rows.push(row);
        }
        Tree { rows }
    }

    fn row<'p>(&'p self, stop: &Stop<'p>, entry: Option<&EntryId>) -> Row<'p> {
        let (outline, place) = (&self.outline, stop.place);
        let about = outline.about(place).filter(|_| stop.open);
        let said = about.map(|about| texts(outline, about)).unwrap_or_default();
        let facts = about.map(facts).unwrap_or_default();
        let person = self.person(place, entry);
        Row {
            above: stop.above,
            depth: stop.depth,
            place,
            by: stop.way.map(by).unwrap_or_default(),
            has_key: stop.way.is_some_and(|way| matches!(way.by, By::Key { .. })),
            announced: stop.way.map_or("", |way| outline.in_first(&way.says)),
            title: if place.kind == PlaceKind::Menu { place.name.clone() } else { place.to_string() },
            person: person.map(seconds).unwrap_or_default(),
            said,
            facts,
            elsewhere: !stop.open && place.opens(),
        }
    }

    fn person(&self, place: &Place, entry: Option<&EntryId>) -> Option<&MenuRow> {
        let is_it = |row: &&MenuRow| Some(&row.entry) == entry && row.menu.as_str() == place.name;
        self.proof.menus.iter().filter(|_| place.kind == PlaceKind::Menu).find(is_it)
    }
}

/// After an information the menu comes again, unless something else is said.
fn goes_without_saying(stop: &Stop<'_>) -> bool {
    let heard = stop.way.is_some_and(|way| way.by == By::Done { what: "heard" });
    heard && stop.place.kind == PlaceKind::Again
}

/// How one goes, in words for a reader.
fn by(way: &Way) -> String {
    let spoken = way.languages.as_ref().filter(|languages| !languages.is_empty());
    let words = match &way.by {
        By::Key { key } => return key.to_string(),
        By::Entering { condition } => format!("on entering, if {condition}"),
        By::If { condition } => format!("if {condition}"),
        By::Otherwise => "otherwise".to_owned(),
        By::Done { what } => (*what).to_owned(),
        By::Failed => "failed".to_owned(),
        By::Asks { n } => format!("step {n}"),
    };
    match spoken {
        // The condition says so itself.
        None | Some(_) if words.contains("is spoken") => words,
        None => words,
        Some(languages) => {
            let names: Vec<&str> = languages.iter().map(|language| language.as_str()).collect();
            format!("{words} ({})", names.join(", "))
        }
    }
}

fn seconds(row: &MenuRow) -> String {
    format!("0 → {}, {:.0} s", row.person, row.listening.as_secs_f64())
}

/// Questions are told with the keys that answer them.
fn texts<'o>(outline: &'o Outline, about: &'o About) -> Vec<(String, &'o str)> {
    let what = |said: &Said| match about.facts.iter().find(|fact| fact.what == said.what) {
        Some(fact) => format!("{}, {}", said.what, fact.value),
        None => said.what.clone(),
    };
    about.says.iter().map(|said| (what(said), outline.in_first(&said.texts))).collect()
}

fn facts(about: &About) -> Vec<String> {
    let fact = |fact: &Fact| match fact.what.as_str() {
        "digits" => format!("{} digits", fact.value),
        "form" | "people" => fact.value.clone(),
        "secret" | "read back" => fact.what.clone(),
        what => format!("{what} {}", fact.value),
    };
    let is_said = |fact: &&Fact| about.says.iter().any(|said| said.what == fact.what);
    about.facts.iter().filter(|fact| !is_said(fact)).map(fact).collect()
}
