//! Conditions, look-ups, verification, surveys, complaints, transfers, spoken values.

use super::places::{Place, places, spoken};
use crate::edit::{self, Step, Way};
use crate::hotline::{Hotline, SYSTEM};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("lose a row of a branch", lost_row),
    ("lose what else a branch leads to", lost_otherwise),
    ("misspell a term of a condition", misspelt_term),
    ("ask a service that there is not", other_service),
    ("misspell a step or a level of a verification", misspelt_ask),
    ("ask for identification before anything else", identify_first),
    ("send calls on to a number that is not permitted", other_number),
    ("ring back instead of a person", ring_back),
    ("speak a value of no kind, of no end, or a secret", spoken_value),
    ("name a pack that there is not", other_pack),
];

fn is_row(way: &Way) -> bool {
    matches!(way.as_slice(), [.., Step::Key(when), Step::At(_)] if when == "when")
}

fn lost_row(hotline: &Hotline) -> Vec<Mutant> {
    let all = places(hotline, "menus/", |_, way| is_row(way));
    all.into_iter()
        .map(|place| Mutant::new(place.shown(), place.removed(hotline), Verdict::Measured))
        .collect()
}

fn lost_otherwise(hotline: &Hotline) -> Vec<Mutant> {
    let all = places(hotline, "menus/", |_, way| edit::last(way) == "otherwise");
    let of = |place: Place| Mutant::new(place.shown(), place.removed(hotline), Verdict::breaks(&[]));
    all.into_iter().map(of).collect()
}

fn misspelt_term(hotline: &Hotline) -> Vec<Mutant> {
    let terms = ["caller", "not_caller", "language", "verified", "not_verified", "plan", "no_plan", "queue"];
    let in_row = |way: &Way| {
        let above = way.len().checked_sub(1).and_then(|last| way.get(..last)).map(<[Step]>::to_vec);
        terms.contains(&edit::last(way)) && above.is_some_and(|above| is_row(&above))
    };
    let mut all = places(hotline, "menus/", |_, way| in_row(way));
    all.retain(|place| place.string(hotline).is_some());
    let of = |place: Place| {
        let other = format!("{}x", place.string(hotline).unwrap_or_default());
        Mutant::new(format!("{} = {other}", place.shown()), place.set(hotline, other), Verdict::breaks(&[]))
    };
    all.into_iter().map(of).collect()
}

fn other_service(hotline: &Hotline) -> Vec<Mutant> {
    let known = edit::document(hotline.text("ops/hotline.toml")).get("lookups").is_some();
    let all = places(hotline, "menus/", |_, way| edit::last(way) == "service");
    let of = |place: Place| {
        // Nothing is known of services that nobody wrote down.
        let verdict = if known { Verdict::breaks(&["CBA-25"]) } else { Verdict::Open };
        Mutant::new(place.shown(), place.set(hotline, "nobody"), verdict)
    };
    all.into_iter().map(of).collect()
}

fn misspelt_ask(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let is_step = |way: &Way| matches!(way.as_slice(), [.., Step::Key(list), Step::At(_)] if list == "ask" || list == "send");
    let steps = places(hotline, "menus/", |_, way| is_step(way));
    let levels = places(hotline, "menus/", |file, way| file != SYSTEM && edit::last(way) == "level");
    for place in steps.into_iter().chain(levels) {
        let other = format!("{}x", place.string(hotline).unwrap_or_default());
        let mutant = place.set(hotline, other);
        mutants.push(Mutant::new(format!("{} misspelt", place.shown()), mutant, Verdict::breaks(&[])));
    }
    for place in places(hotline, "menus/", |_, way| edit::last(way) == "ask") {
        let none = place.set(hotline, toml_edit::Value::Array(toml_edit::Array::new()));
        mutants.push(Mutant::new(format!("{} is empty", place.shown()), none, Verdict::breaks(&[])));
    }
    mutants
}

/// Who has not heard of a person yet is asked who they are.
fn identify_first(hotline: &Hotline) -> Vec<Mutant> {
    let step = "\n[[when]]\ncaller = \"known\"\nleads_to = { collect = \"who-calls\" }\n\
        \n[collect.who-calls]\n\
        text = { zh-CN = \"请输入客户编号。\", en-US = \"Please enter your customer number.\" }\n\
        min = 4\nmax = 8\nretries = 1\nleads_to = \"repeat\"\n";
    let main = "menus/main.toml";
    let mutant = hotline.with(main, format!("{}{step}", hotline.text(main)));
    vec![Mutant::new(main, mutant, Verdict::breaks(&["CBA-10b", "CBA-32"]))]
}

fn other_number(hotline: &Hotline) -> Vec<Mutant> {
    let permitted = hotline.text("ops/hotline.toml").contains("transfer_prefixes");
    let mut mutants = Vec::new();
    for place in places(hotline, "menus/", |_, way| edit::last(way) == "transfer") {
        for (number, known) in [("10086", true), ("00441632960000", true), ("", false), ("call me", false)] {
            let verdict = if known && !permitted { Verdict::Open } else { Verdict::breaks(&[]) };
            mutants.push(Mutant::new(
                format!("{} = {number}", place.shown()),
                place.set(hotline, number),
                verdict,
            ));
        }
    }
    mutants
}

/// Where nobody pressed a key for it, a callback stands in for a person.
fn ring_back(hotline: &Hotline) -> Vec<Mutant> {
    let Some(queue) = hotline.queues().into_iter().next() else { return Vec::new() };
    let mut mutants = Vec::new();
    for place in super::places::targets(hotline) {
        let mutant = place.set(hotline, edit::table("callback", &queue));
        mutants.push(Mutant::new(place.shown(), mutant, Verdict::Measured));
    }
    mutants
}

fn spoken_value(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (place, _, text) in spoken(hotline) {
        let Some((before, rest)) = text.split_once('{') else { continue };
        let Some((value, after)) = rest.split_once('}') else { continue };
        let name = value.split(':').next().unwrap_or(value);
        let mut broken = vec![
            ("of no kind", format!("{before}{{{name}:money}}{after}")),
            ("of no end", format!("{before}{{{value}{after}")),
            ("of no name", format!("{before}{{}}{after}")),
        ];
        let file = edit::document(hotline.text(&place.file));
        let steps = file.get("collect").and_then(|steps| steps.as_table_like());
        let secret = steps.into_iter().flat_map(|steps| steps.iter()).find_map(|(name, step)| {
            step.get("secret")
                .and_then(|secret| secret.as_bool())
                .filter(|secret| *secret)
                .map(|_| name.to_owned())
        });
        broken.extend(secret.map(|name| ("secret", format!("{before}{{{name}}}{after}"))));
        for (what, text) in broken {
            let shown = format!("{} {what}", place.shown());
            mutants.push(Mutant::new(shown, place.set(hotline, text), Verdict::breaks(&[])));
        }
    }
    mutants
}

fn other_pack(hotline: &Hotline) -> Vec<Mutant> {
    let all = places(
        hotline,
        SYSTEM,
        |_, way| matches!(way.as_slice(), [Step::Key(packs), Step::At(_)] if packs == "packs"),
    );
    let of = |place: Place| Mutant::new(place.shown(), place.set(hotline, "moon"), Verdict::breaks(&[]));
    all.into_iter().map(of).collect()
}
