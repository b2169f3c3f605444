//! How things behave, before and after: limits, conditions in another order, hours, queues, plans.

use std::collections::{BTreeMap, BTreeSet};

use crate::menu::diff::people::tenths;
use crate::menu::diff::texts::in_menu;
use crate::menu::diff::{Both, FactChange, Side, Sounds};
use crate::menu::outline::{About, By, Fact, Named, Outline, Way};
use crate::menu::prove::Proof;

/// By place and what it is.
type Facts = BTreeMap<(String, String), String>;

pub fn changes(both: &Both<'_>, (old, new): (&Side<'_>, &Side<'_>)) -> Vec<FactChange> {
    let (mut olds, mut news) = (around(both.old, old), around(both.new, new));
    for (place, was) in &both.old.places {
        // What is new or gone is told with the ways to it.
        if let Some(is) = both.new.about(place) {
            let name = in_menu(place);
            of_place(&name, was, &mut olds);
            of_place(&name, is, &mut news);
            order(&name, (was, is), (&mut olds, &mut news));
        }
    }
    let keys: BTreeSet<&(String, String)> = olds.keys().chain(news.keys()).collect();
    let change = |key: &(String, String)| FactChange {
        place: key.0.clone(),
        what: key.1.clone(),
        old: olds.get(key).cloned(),
        new: news.get(key).cloned(),
    };
    let changed = keys.into_iter().map(change).filter(|change| change.old != change.new);
    changed.chain(sounds(old.sounds, new.sounds)).collect()
}

/// Another voice for the same words. Other words are told as texts.
fn sounds<'s>(old: &'s Sounds, new: &'s Sounds) -> impl Iterator<Item = FactChange> + use<'s> {
    let short = |hash: &String| hash.chars().take(8).collect::<String>();
    let both = old.iter().filter_map(|(key, was)| Some((key, was, new.get(key)?)));
    both.filter(|(_, was, is)| was != is).map(move |((name, _), was, is)| FactChange {
        place: name.clone(),
        what: "recording".to_owned(),
        old: Some(short(was)),
        new: Some(short(is)),
    })
}

/// What holds beside the places of the menus.
fn around(outline: &Outline, side: &Side<'_>) -> Facts {
    let mut facts: Facts = side.settings.clone();
    add("the hotline", outline.everywhere.facts.iter().chain(&outline.everywhere.limits), &mut facts);
    named("queue", &outline.queues, &mut facts);
    named("hours", &outline.schedules, &mut facts);
    named("plan", &outline.plans, &mut facts);
    proof(side.proof, &mut facts);
    facts
}

fn proof(proof: &Proof, facts: &mut Facts) {
    let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
    let all = [
        ("most keys to a person", proof.worst_keys.to_string()),
        ("most seconds of a silent caller to a person", seconds(tenths(proof.worst_silence))),
    ];
    let place = |what: &str| ("from anywhere".to_owned(), what.to_owned());
    facts.extend(all.into_iter().map(|(what, value)| (place(what), value)));
}

fn named(kind: &str, all: &[Named], facts: &mut Facts) {
    for one in all {
        add(&format!("{kind} {}", one.name), one.facts.iter(), facts);
    }
}

fn of_place(place: &str, about: &About, facts: &mut Facts) {
    add(place, about.facts.iter().chain(&about.limits), facts);
    let steps: Vec<&str> = about.ways.iter().filter(is_step).map(|way| way.leads_to.name.as_str()).collect();
    if !steps.is_empty() {
        facts.insert((place.to_owned(), "steps".to_owned()), steps.join(", "));
    }
}

fn is_step(way: &&Way) -> bool {
    matches!(way.by, By::Asks { .. })
}

fn add<'f>(place: &str, all: impl Iterator<Item = &'f Fact>, facts: &mut Facts) {
    facts.extend(all.map(|fact| ((place.to_owned(), fact.what.clone()), fact.value.clone())));
}

/// Options and conditions that both have, if they come in another order.
fn order(place: &str, (was, is): (&About, &About), (olds, news): (&mut Facts, &mut Facts)) {
    let common = |about: &About, other: &About| -> Vec<String> {
        let kept = |way: &&Way| !is_step(way) && other.ways.iter().any(|one| one.by == way.by);
        about.ways.iter().filter(kept).map(|way| way.by.to_string()).collect()
    };
    let (before, after) = (common(was, is), common(is, was));
    if before != after {
        let key = (place.to_owned(), "order".to_owned());
        olds.insert(key.clone(), before.join(" "));
        news.insert(key, after.join(" "));
    }
}
