//! Changes that break nothing and of which nothing may be said.

use super::numbers::numbers;
use super::places::{LANGUAGES, Place, choices, spoken, texts};
use crate::edit;
use crate::hotline::{Hotline, QUEUES, SYSTEM, menu_name};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("rename a menu everywhere", rename_menu),
    ("write comments and empty lines", comments),
    ("end lines as Windows does", windows),
    ("exchange the order of languages in a text", order_of_languages),
    ("write a text as a table of its own", own_table),
    ("say a text a little differently", reword),
    ("wait a little shorter or longer", within_bounds),
    ("add a queue that no menu leads to", another_queue),
    ("exchange two choices with their keys", renumbered),
    ("write the tables of a menu in another order", order_of_tables),
];

fn harmless(place: impl Into<String>, hotline: Hotline) -> Mutant {
    Mutant::new(place, hotline, Verdict::Harmless)
}

fn rename_menu(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in hotline.menus().filter(|(file, _)| !super::places::is_main(file)) {
        let name = menu_name(file);
        let mut renamed = hotline.without(file).with("menus/zz-renamed.toml", text.to_owned());
        for (file, text) in &mut renamed.files {
            if file.starts_with("menus/") {
                *text = text.replace(&format!("menu = \"{name}\""), "menu = \"zz-renamed\"");
            }
        }
        mutants.push(harmless(name, renamed));
    }
    mutants
}

fn comments(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in &hotline.files {
        let commented: String =
            text.lines().map(|line| format!("# 优惠 discount {{\n\n{line}\n\n")).collect();
        mutants.push(harmless(format!("{file}: written"), hotline.with(file, commented)));
        let bare: String =
            text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        mutants.push(harmless(format!("{file}: removed"), hotline.with(file, bare)));
    }
    mutants
}

fn windows(hotline: &Hotline) -> Vec<Mutant> {
    let of = |(file, text): (&String, &String)| {
        harmless(file.as_str(), hotline.with(file, text.replace('\n', "\r\n")))
    };
    hotline.files.iter().map(of).collect()
}

fn order_of_languages(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in texts(hotline) {
        let text = edit::edited(hotline.text(&place.file), &place.way, |item| {
            if let Some(table) = item.as_inline_table_mut() {
                let [one, other] = LANGUAGES.map(|language| table.remove(language));
                let both = LANGUAGES.into_iter().zip([one, other]).rev();
                for (language, value) in both {
                    if let Some(value) = value {
                        table.insert(language, value);
                    }
                }
            }
        });
        mutants.push(harmless(place.shown(), hotline.with(&place.file, text)));
    }
    mutants
}

/// `text = { … }` of the first choice of a menu as `[choice.text]`, which is the same in TOML.
fn own_table(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in choices(hotline).into_iter().flatten() {
        let text = edit::edited(hotline.text(&place.file), &place.below("text").way, |item| {
            if let Ok(table) = std::mem::take(item).into_table() {
                *item = toml_edit::Item::Table(table);
            }
        });
        mutants.push(harmless(place.shown(), hotline.with(&place.file, text)));
    }
    mutants
}

/// Two polite words in front: nothing that a limit of seconds would notice.
fn reword(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, language, text) in spoken(hotline) {
        let polite =
            if language.starts_with("zh") { format!("嗯，{text}") } else { format!("Well, {text}") };
        if place.file.starts_with("menus/") {
            mutants.push(harmless(place.shown(), place.set(hotline, polite)));
        }
    }
    mutants
}

/// One less and one more, where the bounds are further away.
fn within_bounds(hotline: &Hotline) -> Vec<Mutant> {
    let bounds = [
        ("first_digit", 2, 30),
        ("inter_digit", 1, 15),
        ("silences", 0, 5),
        ("wrong_keys", 0, 5),
        ("retries", 0, 5),
        ("attempts", 1, 5),
    ];
    let mut mutants = Vec::new();
    for (place, number) in numbers(hotline) {
        let Some((_, least, most)) = bounds.iter().find(|(name, ..)| *name == place.last()) else { continue };
        for to in [number - 1, number + 1].into_iter().filter(|to| (least..=most).contains(&to)) {
            mutants.push(harmless(format!("{} = {to}", place.shown()), place.set(hotline, to)));
        }
    }
    mutants
}

fn another_queue(hotline: &Hotline) -> Vec<Mutant> {
    let text = format!("{}\n[queues.night-shift]\nlimit = 5\n", hotline.text(QUEUES));
    vec![harmless("night-shift", hotline.with(QUEUES, text))]
}

/// Two neighbours change places, and their keys and what is said of them with it.
fn renumbered(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for menu in choices(hotline) {
        for pair in menu.windows(2) {
            let keys = [0, 1].map(|at| pair[at].below("key").string(hotline).unwrap_or_default());
            let text = edit::swapped(hotline.text(&pair[0].file), &pair[0].way, &pair[1].way);
            let mut mutant = hotline.with(&pair[0].file, text);
            for (at, from, to) in [(0, &keys[1], &keys[0]), (1, &keys[0], &keys[1])] {
                mutant = pair[at].below("key").set(&mutant, to.as_str());
                for language in LANGUAGES {
                    let said: Place = pair[at].below("text").below(language);
                    if let Some(text) = said.string(&mutant) {
                        mutant = said.set(&mutant, text.replace(from.as_str(), to));
                    }
                }
            }
            mutants.push(harmless(format!("{} ↔ {}", pair[0].shown(), pair[1].shown()), mutant));
        }
    }
    mutants
}

/// Tables of nodes in reverse, keys of the menu and choices before them.
fn order_of_tables(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in hotline.menus().filter(|(file, _)| *file != SYSTEM) {
        let mut parts: Vec<String> = Vec::new();
        for line in text.lines() {
            let begins = line.starts_with('[') && !line.starts_with("[[");
            if begins || parts.is_empty() {
                parts.push(String::new());
            }
            let last = parts.last_mut().expect("one was pushed");
            last.push_str(line);
            last.push('\n');
        }
        // Choices written below a table belong to the menu all the same.
        let (head, tables) = parts.split_first().expect("at least one part");
        let turned: String = tables.iter().rev().cloned().collect();
        let turned = format!("{head}\n{turned}");
        if turned.parse::<toml_edit::DocumentMut>().is_ok() {
            mutants.push(harmless(file, hotline.with(file, turned)));
        }
    }
    mutants
}
