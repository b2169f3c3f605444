//! Choices dropped, led elsewhere, doubled, put in another order; menus made deep and wide.

use super::places::{choices, is_main};
use crate::edit;
use crate::hotline::{Hotline, menu_name};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("drop a choice", drop),
    ("lead a choice elsewhere", retarget),
    ("give a choice the key of the next", duplicate_key),
    ("give a choice the key 0, * or #", reserved_key),
    ("exchange the places of two choices", reorder),
    ("exchange the keys of two choices", swap_keys),
    ("exchange where two choices lead", swap_targets),
    ("leave a gap in the keys", gap),
    ("hang a chain of menus below a menu", chain),
    ("add choices to a menu", widen),
];

fn drop(hotline: &Hotline) -> Vec<Mutant> {
    let all = choices(hotline).into_iter().flatten();
    all.map(|place| Mutant::new(place.shown(), place.removed(hotline), Verdict::Measured)).collect()
}

fn retarget(hotline: &Hotline) -> Vec<Mutant> {
    let words = ["end", "repeat", "back", "person", "message"].map(|word| (word.to_owned(), word.into()));
    let menus =
        hotline.menu_names().into_iter().map(|menu| (format!("menu {menu}"), edit::table("menu", &menu)));
    let queues =
        hotline.queues().into_iter().map(|queue| (format!("queue {queue}"), edit::table("queue", &queue)));
    let targets: Vec<(String, toml_edit::Value)> = words.into_iter().chain(menus).chain(queues).collect();
    let mut mutants = Vec::new();
    for place in choices(hotline).into_iter().flatten() {
        for (name, target) in &targets {
            let mutant = place.below("leads_to").set(hotline, target.clone());
            if mutant.text(&place.file) != hotline.text(&place.file) {
                mutants.push(Mutant::new(format!("{} → {name}", place.shown()), mutant, Verdict::Measured));
            }
        }
    }
    mutants
}

fn duplicate_key(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for menu in choices(hotline) {
        for pair in menu.windows(2) {
            let key = pair[1].below("key").string(hotline).unwrap_or_default();
            let mutant = pair[0].below("key").set(hotline, key);
            mutants.push(Mutant::new(pair[0].shown(), mutant, Verdict::breaks(&["CBA-10a"])));
        }
    }
    mutants
}

fn reserved_key(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in choices(hotline).into_iter().flatten() {
        for key in ["0", "*", "#"] {
            let mutant = place.below("key").set(hotline, key);
            let place = format!("{} key {key}", place.shown());
            mutants.push(Mutant::new(place, mutant, Verdict::breaks(&["CBA-10b"])));
        }
    }
    mutants
}

fn pairs(hotline: &Hotline, key: Option<&str>, verdict: &Verdict) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for menu in choices(hotline) {
        for pair in menu.windows(2) {
            let (one, other) = match key {
                Some(key) => (pair[0].below(key), pair[1].below(key)),
                None => (pair[0].clone(), pair[1].clone()),
            };
            let text = edit::swapped(hotline.text(&one.file), &one.way, &other.way);
            let place = format!("{} ↔ {}", one.shown(), other.shown());
            mutants.push(Mutant::new(place, hotline.with(&one.file, text), verdict.clone()));
        }
    }
    mutants
}

fn reorder(hotline: &Hotline) -> Vec<Mutant> {
    // Numbered as before, so the second key comes first: worth a warning.
    pairs(hotline, None, &Verdict::Measured)
}

fn swap_keys(hotline: &Hotline) -> Vec<Mutant> {
    pairs(hotline, Some("key"), &Verdict::breaks(&["CBA-10a"]))
}

fn swap_targets(hotline: &Hotline) -> Vec<Mutant> {
    pairs(hotline, Some("leads_to"), &Verdict::Measured)
}

/// The last choice gets a key further on, said so.
fn gap(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for menu in choices(hotline) {
        let Some(last) = menu.last() else { continue };
        let key = last.below("key").string(hotline).unwrap_or_default();
        let mut mutant = last.below("key").set(hotline, "9");
        for language in super::places::LANGUAGES {
            let place = last.below("text").below(language);
            if let Some(text) = place.string(&mutant) {
                mutant = place.set(&mutant, text.replace(&key, "9"));
            }
        }
        mutants.push(Mutant::new(last.shown(), mutant, Verdict::Measured));
    }
    mutants
}

/// A choice more at the end of a menu.
fn with_choice(text: &str, key: usize, leads_to: &str) -> String {
    format!(
        "{text}\n[[choice]]\nkey = \"{key}\"\n\
         text = {{ zh-CN = \"其他业务请按{key}。\", en-US = \"For other matters, press {key}.\" }}\n\
         leads_to = {leads_to}\n"
    )
}

fn chain(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (menu, place) in choices(hotline).iter().zip(hotline.menus().map(|(file, _)| file.to_owned())) {
        let key = menu.len() + 1;
        for length in 1..=3 {
            let to = |number| match number {
                number if number < length => format!("{{ menu = \"chain-{}\" }}", number + 1),
                _ => "\"repeat\"".to_owned(),
            };
            let mut mutant =
                hotline.with(&place, with_choice(hotline.text(&place), key, "{ menu = \"chain-1\" }"));
            for number in 1..=length {
                let text = with_choice("", 1, &to(number));
                mutant = mutant.with(&format!("menus/chain-{number}.toml"), text);
            }
            mutants.push(Mutant::new(format!("{place}: {length} more"), mutant, Verdict::Measured));
        }
    }
    mutants
}

fn widen(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (menu, file) in choices(hotline).iter().zip(hotline.menus().map(|(file, _)| file.to_owned())) {
        for count in [4, 5, 6, 9] {
            if menu.len() >= count || (is_main(&file) && count > 8) {
                continue;
            }
            let mut text = hotline.text(&file).to_owned();
            for key in menu.len() + 1..=count {
                text = with_choice(&text, key, "\"person\"");
            }
            let place = format!("{}: {count} choices", menu_name(&file));
            mutants.push(Mutant::new(place, hotline.with(&file, text), Verdict::Measured));
        }
        // A telephone has no tenth key: two choices share one.
        let mut text = hotline.text(&file).to_owned();
        for key in menu.len() + 1..=10 {
            text = with_choice(&text, key.min(9), "\"person\"");
        }
        let place = format!("{}: 10 choices", menu_name(&file));
        mutants.push(Mutant::new(place, hotline.with(&file, text), Verdict::breaks(&["CBA-10a"])));
    }
    mutants
}
