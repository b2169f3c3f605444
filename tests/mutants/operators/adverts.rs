//! Adverts in words: declared and not, in Mandarin and English, wherever something is said.

use super::places::{Place, choices, is_main, places, spoken};
use crate::edit::{self, Step};
use crate::hotline::{Hotline, SYSTEM};
use crate::mutant::{Mutant, Operator, Verdict};
use crate::oracle::SLOGANS;

pub const ALL: &[Operator] = &[
    ("say an advert in a text", in_words),
    ("say an advert in the greeting, each of them", each),
    ("declare a choice an advert", declared_choice),
    ("announce something on sale", announcement),
    ("declare an information an advert", declared_information),
];

const ADVERT: Verdict = Verdict::Breaks(&["CBA-10c"], hotline::config::finding::Severity::Error);

/// Where something is said unasked, what is sold there is forbidden.
fn verdict(place: &Place) -> Verdict {
    match place.kind() {
        _ if place.is_system() => ADVERT,
        "announcement" if place.file.starts_with("ops/") => ADVERT,
        "notice" | "greeting" | "announcement" | "choice" if is_main(&place.file) => ADVERT,
        // Asked for, below the main menu.
        "information" if !is_main(&place.file) => Verdict::Harmless,
        _ if place.file.starts_with("ops/") => ADVERT,
        _ => Verdict::Open,
    }
}

fn in_words(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (number, (place, language, text)) in spoken(hotline).into_iter().enumerate() {
        let own: Vec<&str> =
            SLOGANS.iter().filter(|(of, _)| language.starts_with(of)).map(|(_, slogan)| *slogan).collect();
        let slogan = own[number / 2 % own.len()];
        let shown = format!("{}: {slogan}", place.shown());
        mutants.push(Mutant::new(shown, place.set(hotline, format!("{slogan} {text}")), verdict(&place)));
    }
    mutants
}

fn each(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, language, text) in
        spoken(hotline).into_iter().filter(|(place, ..)| place.kind() == "greeting")
    {
        for (_, slogan) in SLOGANS.iter().filter(|(of, _)| language.starts_with(of)) {
            let mutant = place.set(hotline, format!("{text} {slogan}"));
            mutants.push(Mutant::new(format!("{}: {slogan}", place.shown()), mutant, ADVERT));
        }
    }
    mutants
}

fn declared_choice(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in choices(hotline).into_iter().flatten() {
        let verdict = if is_main(&place.file) { ADVERT } else { Verdict::Harmless };
        mutants.push(Mutant::new(place.shown(), place.add(hotline, "kind", "advert"), verdict));
    }
    mutants
}

/// An announcement in every menu, as an advert and as a notice that nobody can take for one.
fn announcement(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (file, text) in hotline.menus() {
        let said = [
            ("declared", "kind = \"advert\"\n", "新的信用卡。", "A new credit card.", true),
            ("in Mandarin", "", SLOGANS[0].1, "Some roads are closed.", true),
            ("in English", "", "部分道路封闭。", SLOGANS[6].1, true),
            ("of service", "", "部分道路封闭。", "Some roads are closed.", false),
        ];
        for (name, kind, mandarin, english, sells) in said {
            let table = format!(
                "[announcement]\n{kind}text = {{ zh-CN = \"{mandarin}\", en-US = \"{english}\" }}\n\n"
            );
            // Before the first table, so that the keys above stay those of the menu.
            let at = text.find("\n[").map_or(0, |at| at + 1);
            let at = if text.starts_with('[') { 0 } else { at };
            let mut changed = text.to_owned();
            changed.insert_str(at, &table);
            let verdict = match (sells, is_main(file)) {
                (true, true) => ADVERT,
                (true, false) => Verdict::Open,
                (false, _) => Verdict::Harmless,
            };
            mutants.push(Mutant::new(format!("{file}: {name}"), hotline.with(file, changed), verdict));
        }
    }
    mutants
}

fn declared_information(hotline: &Hotline) -> Vec<Mutant> {
    let is_information =
        |way: &edit::Way| matches!(way.as_slice(), [Step::Key(kind), Step::Key(_)] if kind == "information");
    let found = places(hotline, "menus/", |file, way| file != SYSTEM && is_information(way));
    let of = |place: Place| {
        let verdict = if is_main(&place.file) { Verdict::Open } else { Verdict::Harmless };
        Mutant::new(place.shown(), place.add(hotline, "kind", "advert"), verdict)
    };
    found.into_iter().map(of).collect()
}
