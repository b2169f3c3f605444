//! The way to a person taken away, hidden or turned in a circle; the notice and the masks removed.

use super::places::{LANGUAGES, Place, is_main, places, targets};
use crate::edit::{self, Step, Way};
use crate::hotline::{Hotline, QUEUES, SYSTEM};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("remove the person of a menu", no_person),
    ("announce something else than a person", not_announced),
    ("announce something else than star for a person", star_not_announced),
    ("let an information lead to itself or another", circle),
    ("let something that happens by itself end", ends_by_itself),
    ("remove or change the notice", notice),
    ("take the mask off a step", unmasked),
    ("lead to a queue that is nobody's", unknown_queue),
    ("take a queue away", queue_gone),
];

const PERSON: Verdict = Verdict::Breaks(&["CBA-10b"], hotline::config::finding::Severity::Error);

fn no_person(hotline: &Hotline) -> Vec<Mutant> {
    let all =
        places(hotline, "menus/", |_, way| matches!(way.as_slice(), [Step::Key(key)] if key == "person"));
    let of = |place: Place| {
        // The other menus inherit it from the main one.
        let verdict = if is_main(&place.file) { PERSON } else { Verdict::Harmless };
        Mutant::new(place.shown(), place.removed(hotline), verdict)
    };
    all.into_iter().map(of).collect()
}

fn system_text(name: &str, language: &str) -> Place {
    let way = ["text", name, language].map(|key| Step::Key(key.to_owned())).to_vec();
    Place::new(SYSTEM, way)
}

fn not_announced(hotline: &Hotline) -> Vec<Mutant> {
    let others = [
        ["感谢您的来电。", "返回请按0。", "人工服务请按9。", "人工服务。", "重听请按0。"],
        [
            "Thank you for calling.",
            "To go back, press 0.",
            "For a person, press 9.",
            "For a person.",
            "To hear this again, press 0.",
        ],
    ];
    replaced(hotline, "system.menu.person", others)
}

fn star_not_announced(hotline: &Hotline) -> Vec<Mutant> {
    let others = [
        [
            "按井号结束。",
            "按井号结束，返回请按星号。",
            "按井号结束，人工服务请按0。",
            "请稍候。",
            "人工服务。",
        ],
        [
            "Then press pound.",
            "Then press pound. To go back, press star.",
            "Then press pound. For a person, press 0.",
            "One moment.",
            "For a person.",
        ],
    ];
    replaced(hotline, "system.collect.keys", others)
}

fn replaced(hotline: &Hotline, name: &str, others: [[&str; 5]; 2]) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (language, others) in LANGUAGES.into_iter().zip(others) {
        for other in others {
            let place = system_text(name, language);
            mutants.push(Mutant::new(
                format!("{}: {other}", place.shown()),
                place.set(hotline, other),
                PERSON,
            ));
        }
    }
    mutants
}

/// Nodes of a kind: `[information.NAME]` and their names.
fn nodes(hotline: &Hotline, kind: &str) -> Vec<(Place, String)> {
    let wanted = |way: &Way| matches!(way.as_slice(), [Step::Key(k), Step::Key(_)] if k == kind);
    let all = places(hotline, "menus/", |file, way| file != SYSTEM && wanted(way));
    all.into_iter().map(|place| (place.clone(), place.last().to_owned())).collect()
}

fn circle(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let all = nodes(hotline, "information");
    for (place, name) in &all {
        let mutant = place.add(hotline, "leads_to", edit::table("information", name));
        mutants.push(Mutant::new(format!("{} → itself", place.shown()), mutant, Verdict::Measured));
        for (other, other_name) in
            all.iter().filter(|(other, _)| other.file == place.file && other.way != place.way)
        {
            let there = place.add(hotline, "leads_to", edit::table("information", other_name));
            let back = other.add(&there, "leads_to", edit::table("information", name));
            mutants.push(Mutant::new(format!("{} ↔ {other_name}", place.shown()), back, Verdict::Measured));
        }
    }
    mutants
}

/// Targets of nodes, which are taken without a key, and informations without one.
fn ends_by_itself(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let words = ["end", "message", "back", "repeat", "person"];
    for place in targets(hotline).into_iter().filter(|place| place.kind() != "choice") {
        for word in words {
            let mutant = place.set(hotline, word);
            mutants.push(Mutant::new(format!("{} → {word}", place.shown()), mutant, Verdict::Measured));
        }
    }
    for (place, _) in nodes(hotline, "information") {
        for word in words {
            let mutant = place.add(hotline, "leads_to", word);
            mutants.push(Mutant::new(format!("{} → {word}", place.shown()), mutant, Verdict::Measured));
        }
    }
    mutants
}

fn notice(hotline: &Hotline) -> Vec<Mutant> {
    const NOTICE: Verdict = Verdict::Breaks(&["HB-notice"], hotline::config::finding::Severity::Error);
    let all =
        places(hotline, "menus/", |_, way| matches!(way.as_slice(), [Step::Key(key)] if key == "notice"));
    let mut mutants = Vec::new();
    for place in all {
        mutants.push(Mutant::new(format!("{} removed", place.shown()), place.removed(hotline), NOTICE));
        for (language, other) in LANGUAGES.into_iter().zip(["您好。", "Hello."]) {
            let text = place.below(language);
            mutants.push(Mutant::new(format!("{}: {other}", text.shown()), text.set(hotline, other), NOTICE));
        }
    }
    mutants
}

fn unmasked(hotline: &Hotline) -> Vec<Mutant> {
    let all = places(hotline, "menus/", |_, way| edit::last(way) == "secret");
    let mut mutants = Vec::new();
    for place in all {
        let verdict = || Verdict::breaks(&["CBA-35d", "CBA-32"]);
        mutants.push(Mutant::new(format!("{} removed", place.shown()), place.removed(hotline), verdict()));
        mutants.push(Mutant::new(format!("{} = false", place.shown()), place.set(hotline, false), verdict()));
    }
    mutants
}

/// Everywhere a queue is named.
fn queue_names(hotline: &Hotline) -> Vec<Place> {
    let queues = hotline.queues();
    let named = ["person", "queue", "message", "callback"];
    let mut all = places(hotline, "menus/", |file, way| file != SYSTEM && named.contains(&edit::last(way)));
    all.retain(|place| place.string(hotline).is_some_and(|name| queues.contains(&name)));
    all
}

fn unknown_queue(hotline: &Hotline) -> Vec<Mutant> {
    let of = |place: Place| {
        let other = format!("{}s", place.string(hotline).unwrap_or_default());
        Mutant::new(format!("{} = {other}", place.shown()), place.set(hotline, other), PERSON)
    };
    queue_names(hotline).into_iter().map(of).collect()
}

fn queue_gone(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let used: Vec<String> = queue_names(hotline).iter().filter_map(|place| place.string(hotline)).collect();
    for queue in hotline.queues() {
        let place = Place::new(QUEUES, vec![Step::Key("queues".to_owned()), Step::Key(queue.clone())]);
        // What only other queues lead to is a matter of the queues.
        let verdict = if used.contains(&queue) { PERSON } else { Verdict::Open };
        mutants.push(Mutant::new(place.shown(), place.removed(hotline), verdict));
    }
    mutants
}
