//! Names that are misspelt, files and tables that are gone, lines that were lost.

use super::places::{Place, places, tables, targets};
use crate::edit::{self, Step};
use crate::hotline::{Hotline, SYSTEM, menu_name};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("misspell where something leads", misspelt),
    ("write a key that there is not", unknown_key),
    ("lose a file", lost_file),
    ("lose a line", lost_line),
    ("lose a quotation mark, bracket or brace", lost_mark),
    ("rename a node and nothing that leads to it", renamed_node),
];

fn misspelt(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in targets(hotline) {
        if let Some(word) = place.string(hotline) {
            let mutant = place.set(hotline, format!("{word}e"));
            mutants.push(Mutant::new(place.shown(), mutant, Verdict::breaks(&[])));
        }
        for kind in ["menu", "information", "collect", "branch", "lookup", "verify", "survey", "complaint"] {
            let named = place.below(kind);
            if let Some(name) = named.string(hotline) {
                let mutant = named.set(hotline, format!("{name}e"));
                mutants.push(Mutant::new(named.shown(), mutant, Verdict::breaks(&[])));
            }
        }
        let language = place.below("language");
        for from in super::places::LANGUAGES {
            let to = language.below(from);
            if to.string(hotline).is_some() {
                let mutant = to.set(hotline, "en-UK");
                mutants.push(Mutant::new(to.shown(), mutant, Verdict::breaks(&[])));
                let mutant = to.removed(hotline);
                let place = format!("{} removed", to.shown());
                mutants.push(Mutant::new(place, mutant, Verdict::breaks(&[])));
            }
        }
    }
    mutants
}

fn unknown_key(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in tables(hotline) {
        // Below these the names are free.
        let holds_names = place.way.len() == 1
            && ["information", "collect", "branch", "lookup", "verify", "survey", "complaint", "text"]
                .contains(&place.last());
        let value = if holds_names { "text" } else { "5" };
        let mutant = place.add(hotline, "greating", value);
        mutants.push(Mutant::new(place.shown(), mutant, Verdict::breaks(&[])));
    }
    mutants
}

fn lost_file(hotline: &Hotline) -> Vec<Mutant> {
    let files: Vec<&String> = hotline.files.keys().filter(|file| file.starts_with("menus/")).collect();
    let of = |file: &String| Mutant::new(file.as_str(), hotline.without(file), Verdict::breaks(&[]));
    files.into_iter().map(of).collect()
}

fn lost_line(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in hotline.files.iter().filter(|(file, _)| file.starts_with("menus/")) {
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let rest = text.lines().enumerate().filter(|(other, _)| *other != number);
            let mut lost: String = rest.map(|(_, line)| format!("{line}\n")).collect();
            if text.is_empty() {
                lost.clear();
            }
            let is_toml = lost.parse::<toml_edit::DocumentMut>().is_ok();
            let verdict = match line {
                _ if !is_toml => Verdict::breaks(&[]),
                // The keys below it are now those of another table.
                line if line.starts_with('[') => Verdict::Open,
                // Needed although a default would do no harm; text of the hotline itself.
                line if ["max ", "levels", "leads_to"].iter().any(|needed| line.starts_with(needed)) => {
                    Verdict::Open
                }
                _ if file == SYSTEM => Verdict::Open,
                _ => Verdict::Measured,
            };
            let place = format!("{file}:{} {line}", number + 1);
            mutants.push(Mutant::new(place, hotline.with(file, lost), verdict));
        }
    }
    mutants
}

fn lost_mark(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in hotline.menus() {
        let marks = text.char_indices().filter(|(_, c)| "\"[]{}=".contains(*c));
        for (number, (at, mark)) in marks.enumerate() {
            if number % 5 != 0 {
                continue;
            }
            let mut lost = text.to_owned();
            lost.remove(at);
            let line = text[..at].matches('\n').count() + 1;
            if lost.parse::<toml_edit::DocumentMut>().is_err() {
                let place = format!("{file}:{line} {mark}");
                mutants.push(Mutant::new(place, hotline.with(file, lost), Verdict::breaks(&[])));
            }
        }
    }
    mutants
}

fn renamed_node(hotline: &Hotline) -> Vec<Mutant> {
    let kinds = ["information", "collect", "branch", "lookup", "verify", "survey", "complaint"];
    let is_node = |way: &edit::Way| matches!(way.as_slice(), [Step::Key(k), Step::Key(_)] if kinds.contains(&k.as_str()));
    let all = places(hotline, "menus/", |file, way| file != SYSTEM && is_node(way));
    let of = |place: Place| {
        let (kind, name) = (place.kind().to_owned(), place.last().to_owned());
        let text = hotline.text(&place.file).replace(&format!("[{kind}.{name}"), &format!("[{kind}.other"));
        let text = text.replace(&format!("[[{kind}.{name}"), &format!("[[{kind}.other"));
        let place = format!("{} {kind} {name}", menu_name(&place.file));
        (place, text)
    };
    let mut mutants = Vec::new();
    for place in all {
        let file = place.file.clone();
        let (shown, text) = of(place);
        mutants.push(Mutant::new(shown, hotline.with(&file, text), Verdict::breaks(&[])));
    }
    mutants
}
