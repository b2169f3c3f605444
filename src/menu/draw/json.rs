//! The outline for programs.

use serde::Serialize;
use serde_json::{Value, json};

use crate::menu::draw::Picture;
use crate::menu::outline::{About, Place};
use crate::menu::prove::MenuRow;

#[derive(Serialize)]
struct Entry<'p> {
    entry: &'p str,
    menu: &'p str,
}

#[derive(Serialize)]
struct Told<'p> {
    #[serde(flatten)]
    place: &'p Place,
    #[serde(flatten)]
    about: &'p About,
}

#[derive(Serialize)]
struct Person<'p> {
    entry: &'p str,
    menu: &'p str,
    keys: &'p str,
    listening_s: f64,
    silent_s: f64,
    queue: &'p str,
}

pub fn value(picture: &Picture<'_>) -> Value {
    let (outline, proof) = (&picture.outline, picture.proof);
    let entries =
        outline.entries.iter().map(|(entry, main)| Entry { entry: entry.as_str(), menu: &main.name });
    let places = outline.places.iter().map(|(place, about)| Told { place, about });
    json!({
        "entries": entries.collect::<Vec<_>>(),
        "languages": outline.languages,
        "places": places.collect::<Vec<_>>(),
        "everywhere": outline.everywhere,
        "queues": outline.queues,
        "schedules": outline.schedules,
        "plans": outline.plans,
        "people": proof.menus.iter().map(person).collect::<Vec<_>>(),
        "proof": {
            "holds": proof.holds(),
            "worst_keys": proof.worst_keys,
            "worst_silence_s": proof.worst_silence.as_secs_f64(),
            "worst_path": proof.worst_path,
        },
    })
}

fn person(row: &MenuRow) -> Person<'_> {
    Person {
        entry: row.entry.as_str(),
        menu: row.menu.as_str(),
        keys: &row.keys,
        listening_s: row.listening.as_secs_f64(),
        silent_s: row.silent.as_secs_f64(),
        queue: row.person.as_str(),
    }
}
