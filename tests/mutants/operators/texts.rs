//! Texts emptied, exchanged, translated into the wrong language, made long, said the wrong way round.

use super::places::{LANGUAGES, choices, spoken, texts};
use crate::edit;
use crate::hotline::Hotline;
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("empty a text", empty),
    ("remove one language of a text", drop_language),
    ("remove a text", drop_text),
    ("exchange the languages of a text", swap_languages),
    ("exchange two texts", swap_texts),
    ("say ten times as much", lengthen),
    ("say the key before the option", key_first),
    ("say another key than the key", other_key),
    ("say no key", no_key),
    ("a third language without texts", third_language),
    ("take a language away", fewer_languages),
    ("put English first", english_first),
];

fn empty(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, _, _) in spoken(hotline) {
        for (name, text) in [("nothing", ""), ("a space", " "), ("a full stop", "。")] {
            let verdict = match name {
                // A prompt of marks alone: silence too, but no rule need know every mark.
                "a full stop" => Verdict::Open,
                _ => missing(&place),
            };
            let shown = format!("{} is {name}", place.shown());
            mutants.push(Mutant::new(shown, place.set(hotline, text), verdict));
        }
    }
    mutants
}

/// What is always said must be there; of the rest callers tell whether it is heard.
fn missing(place: &super::places::Place) -> Verdict {
    let name = place.way.get(1).map_or("", |step| match step {
        edit::Step::Key(name) => name,
        edit::Step::At(_) => "",
    });
    let sometimes =
        ["closed", "confirm", "lookup", "verify", "callback", "survey", "transfer_out", "transfer_failed"];
    let part = name.strip_prefix("system.").and_then(|name| name.split('.').next());
    match part.filter(|_| place.is_system()) {
        Some(part) if sometimes.contains(&part) => Verdict::Measured,
        _ => Verdict::breaks(&["CBA-9"]),
    }
}

fn drop_language(hotline: &Hotline) -> Vec<Mutant> {
    let of = |(place, _, _): (super::places::Place, _, _)| {
        Mutant::new(place.shown(), place.removed(hotline), missing(&place))
    };
    spoken(hotline).into_iter().map(of).collect()
}

fn drop_text(hotline: &Hotline) -> Vec<Mutant> {
    let of = |place: super::places::Place| {
        let verdict = match place.kind() {
            "greeting" | "announcement" | "lookup" | "verify" | "complaint" => Verdict::Harmless,
            "notice" => Verdict::breaks(&["HB-notice"]),
            // A plan may be announced by telephone.
            _ if place.file.starts_with("ops/") => Verdict::Harmless,
            _ if place.is_system() => missing(&place.below("zh-CN")),
            _ => Verdict::breaks(&[]),
        };
        Mutant::new(place.shown(), place.removed(hotline), verdict)
    };
    texts(hotline).into_iter().map(of).collect()
}

fn swap_languages(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for place in texts(hotline) {
        let [one, other] = LANGUAGES.map(|language| place.below(language));
        if one.string(hotline).is_some() && other.string(hotline).is_some() {
            let text = edit::swapped(hotline.text(&place.file), &one.way, &other.way);
            let verdict = match place.last() {
                // Figures are read alike by both, and a language is offered in the other one.
                name if name.starts_with("system.digit") => Verdict::Open,
                _ => Verdict::Measured,
            };
            mutants.push(Mutant::new(place.shown(), hotline.with(&place.file, text), verdict));
        }
    }
    mutants
}

fn swap_texts(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for pair in texts(hotline).windows(2) {
        if pair[0].file == pair[1].file {
            let text = edit::swapped(hotline.text(&pair[0].file), &pair[0].way, &pair[1].way);
            let place = format!("{} ↔ {}", pair[0].shown(), pair[1].shown());
            mutants.push(Mutant::new(place, hotline.with(&pair[0].file, text), Verdict::Measured));
        }
    }
    mutants
}

/// Courteous and empty words in front, nine times as many as were there.
fn lengthen(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, language, text) in spoken(hotline) {
        let filler = if language.starts_with("zh") {
            "请您耐心听完这一段话。"
        } else {
            "Please be patient and listen to this. "
        };
        let mut long = String::new();
        while long.chars().count() < 9 * text.chars().count() {
            long.push_str(filler);
        }
        long.push_str(&text);
        mutants.push(Mutant::new(place.shown(), place.set(hotline, long), Verdict::Measured));
    }
    mutants
}

/// Texts of choices with their keys.
fn keyed(hotline: &Hotline) -> Vec<(super::places::Place, &'static str, String, String)> {
    let mut found = Vec::new();
    for choice in choices(hotline).into_iter().flatten() {
        let key = choice.below("key").string(hotline).unwrap_or_default();
        for language in LANGUAGES {
            let place = choice.below("text").below(language);
            if let Some(text) = place.string(hotline) {
                found.push((place, language, text, key.clone()));
            }
        }
    }
    found
}

fn key_first(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, _, text, key) in keyed(hotline) {
        let (option, turned) = match text.split_once("请按") {
            Some((option, _)) => (option.to_owned(), format!("按{key}是{option}。")),
            None => {
                let option = text.split(", press").next().unwrap_or(&text).to_owned();
                let turned = format!("Press {key} {}.", option.to_lowercase());
                (option, turned)
            }
        };
        assert!(!option.is_empty(), "{text}");
        let mutant = place.set(hotline, turned);
        mutants.push(Mutant::new(place.shown(), mutant, Verdict::breaks(&["CBA-10a"])));
    }
    mutants
}

fn other_key(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, _, text, key) in keyed(hotline) {
        let other = if key == "7" { "8" } else { "7" };
        let mutant = place.set(hotline, text.replace(&key, other));
        mutants.push(Mutant::new(place.shown(), mutant, Verdict::breaks(&["CBA-10a"])));
    }
    mutants
}

fn no_key(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, language, text, key) in keyed(hotline) {
        let silent = text.replace(&key, if language.starts_with("zh") { "这里" } else { "here" });
        mutants.push(Mutant::new(place.shown(), place.set(hotline, silent), Verdict::breaks(&["CBA-10a"])));
    }
    mutants
}

fn languages(hotline: &Hotline, place: &str, to: &[&str], verdict: Verdict) -> Vec<Mutant> {
    let mut list = toml_edit::Array::new();
    list.extend(to.iter().copied());
    let text = edit::set(
        hotline.text(crate::hotline::SYSTEM),
        &[edit::Step::Key("languages".to_owned())],
        toml_edit::Value::Array(list),
    );
    vec![Mutant::new(place, hotline.with(crate::hotline::SYSTEM, text), verdict)]
}

fn third_language(hotline: &Hotline) -> Vec<Mutant> {
    languages(hotline, "fr-FR", &["zh-CN", "en-US", "fr-FR"], Verdict::breaks(&["CBA-9"]))
}

fn fewer_languages(hotline: &Hotline) -> Vec<Mutant> {
    [&["zh-CN"][..], &["en-US"], &[]]
        .into_iter()
        .flat_map(|to| languages(hotline, &format!("{to:?}"), to, Verdict::breaks(&[])))
        .collect()
}

fn english_first(hotline: &Hotline) -> Vec<Mutant> {
    languages(hotline, "en-US, zh-CN", &["en-US", "zh-CN"], Verdict::breaks(&["CBA-9"]))
}
