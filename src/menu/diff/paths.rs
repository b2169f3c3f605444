//! Ways of callers, by entry and language: lost, gained, moved, leading elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::diff::pairs::pairs;
use crate::menu::diff::texts::in_menu;
use crate::menu::diff::{Both, Change, PathChange, PlaceChange, Reached};
use crate::menu::outline::{By, Outline, Place, PlaceKind, Routes, Way};

/// A change as one caller meets it.
type One = (Option<Reached>, Option<Reached>);

pub fn changes(both: &Both<'_>) -> (Vec<PathChange>, Vec<PlaceChange>) {
    let mut met = Met::default();
    for entry in both.entries() {
        let main = |outline: &Outline| {
            let known = outline.entries.iter().find(|(known, _)| known.as_str() == entry);
            known.map(|(_, main)| main.clone())
        };
        let mains = (main(both.old), main(both.new));
        for language in languages(both) {
            let old = mains.0.as_ref().filter(|_| both.old.languages.contains(language));
            let new = mains.1.as_ref().filter(|_| both.new.languages.contains(language));
            met.who = (entry.to_owned(), language.to_string());
            of_caller(both, (old, new), language, &mut met);
        }
    }
    let common: BTreeSet<&str> = both.languages.iter().map(|language| language.as_str()).collect();
    let paths = met.ones.iter().flat_map(|(one, who)| {
        let told = |(entries, languages)| PathChange {
            change: change(one),
            entries,
            languages,
            old: one.0.clone(),
            new: one.1.clone(),
        };
        grouped(who, &common).into_iter().map(told)
    });
    let places = met.places.iter().flat_map(|((change, place), who)| {
        let told =
            |(entries, languages)| PlaceChange { change: *change, entries, languages, place: place.clone() };
        grouped(who, &common).into_iter().map(told)
    });
    (paths.collect(), places.collect())
}

/// An entry and a language.
type Who = (String, String);

/// Changes and who meets them.
#[derive(Default)]
struct Met {
    /// Whose changes come next.
    who: Who,
    ones: BTreeMap<One, BTreeSet<Who>>,
    places: BTreeMap<(Change, String), BTreeSet<Who>>,
}

impl Met {
    fn one(&mut self, one: One) {
        self.ones.entry(one).or_default().insert(self.who.clone());
    }
}

/// Of either side, each once.
fn languages<'o>(both: &Both<'o>) -> BTreeSet<&'o Language> {
    both.old.languages.iter().chain(&both.new.languages).collect()
}

fn change(one: &One) -> Change {
    match one {
        (_, None) => Change::Lost,
        (None, _) => Change::Gained,
        (Some(old), Some(new)) if old.leads_to == new.leads_to => Change::Moved,
        _ => Change::LeadsElsewhere,
    }
}

/// Entries that meet a change in the same languages stand together; no languages = those of both.
fn grouped(who: &BTreeSet<Who>, common: &BTreeSet<&str>) -> Vec<(Vec<String>, Vec<String>)> {
    let mut by_entry: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (entry, language) in who {
        by_entry.entry(entry).or_default().insert(language);
    }
    let mut by_languages: BTreeMap<BTreeSet<&str>, Vec<String>> = BTreeMap::new();
    for (entry, languages) in by_entry {
        by_languages.entry(languages).or_default().push(entry.to_owned());
    }
    let named = |languages: BTreeSet<&str>| match languages == *common {
        true => Vec::new(),
        false => languages.into_iter().map(str::to_owned).collect(),
    };
    by_languages.into_iter().map(|(languages, entries)| (entries, named(languages))).collect()
}

/// What a caller meets who hears this language.
fn of_caller(both: &Both<'_>, mains: (Option<&Place>, Option<&Place>), language: &Language, met: &mut Met) {
    let dialled =
        |main: &Place| Reached { keys: String::new(), announced: String::new(), leads_to: main.to_string() };
    let (Some(old), Some(new)) = mains else {
        let one = (mains.0.map(dialled), mains.1.map(dialled));
        if one != (None, None) {
            met.one(one);
        }
        return;
    };
    if old != new {
        met.one((Some(dialled(old)), Some(dialled(new))));
    }
    let olds = Routes::new(both.old, old, Some(language));
    let news = Routes::new(both.new, new, Some(language));
    let places: BTreeSet<&Place> = olds.places().chain(news.places()).collect();
    let mut walked = (Vec::new(), Vec::new());
    for place in places {
        let was: Vec<&Way> = ways(&olds, place);
        let is: Vec<&Way> = ways(&news, place);
        for pair in pairs(&was, &is) {
            match pair {
                (Some(was), Some(is)) if was.by == is.by && was.leads_to == is.leads_to => {}
                (Some(was), Some(is)) => {
                    let one = (reached(&olds, both.old, place, was), reached(&news, both.new, place, is));
                    met.one((Some(one.0), Some(one.1)));
                }
                (Some(was), None) if counts(was) => walked.0.push((place, was)),
                (None, Some(is)) if counts(is) => walked.1.push((place, is)),
                _ => {}
            }
        }
    }
    let between = between_places(walked, (&olds, both.old), (&news, both.new));
    between.into_iter().for_each(|one| met.one(one));
    places_met(&olds, &news, met);
}

/// What no way leads to any more, or only now.
fn places_met(olds: &Routes<'_>, news: &Routes<'_>, met: &mut Met) {
    let ends = |routes: &Routes<'_>| -> BTreeSet<String> {
        let led = routes.places().flat_map(|place| routes.ways(place)).map(|(_, way)| &way.leads_to);
        led.filter(|place| is_somewhere(place)).map(in_menu).collect()
    };
    let (old, new) = (ends(olds), ends(news));
    let lost = old.difference(&new).map(|place| (Change::Lost, place.clone()));
    let gained = new.difference(&old).map(|place| (Change::Gained, place.clone()));
    for one in lost.chain(gained) {
        met.places.entry(one).or_default().insert(met.who.clone());
    }
}

/// Does a caller mean to come there?
fn is_somewhere(place: &Place) -> bool {
    use PlaceKind::*;
    match place.kind {
        Menu | Information | Lookup | Verify | Survey | Complaint | Queue | Message | Callback | Transfer
        | Language | Elderly | End => true,
        // A person is there always; the others are steps on the way.
        Person | Branch | Collect | Step | Again | Back | Top => false,
    }
}

/// Steps that are asked are no ways of callers.
fn ways<'o>(routes: &Routes<'o>, place: &Place) -> Vec<&'o Way> {
    if !routes.reaches(place) {
        return Vec::new();
    }
    let ways = routes.ways(place).map(|(_, way)| way);
    ways.filter(|way| !matches!(way.by, By::Asks { .. })).collect()
}

/// That the menu comes again after an information goes without saying.
fn counts(way: &Way) -> bool {
    way.leads_to.kind != PlaceKind::Again || !matches!(way.by, By::Done { .. })
}

fn reached(routes: &Routes<'_>, outline: &Outline, from: &Place, way: &Way) -> Reached {
    let mut keys: Vec<String> = routes.to(from).iter().map(|way| way.by.to_string()).collect();
    keys.push(way.by.to_string());
    Reached {
        keys: keys.join(" "),
        announced: outline.in_first(&way.says).to_owned(),
        leads_to: way.leads_to.to_string(),
    }
}

/// Ways of a side, each with the place it starts from.
type Walked<'o, 'p> = Vec<(&'p Place, &'o Way)>;

/// What was lost in one place and gained in another: menus, and options announced alike.
fn between_places<'o>(
    (lost, gained): (Walked<'o, '_>, Walked<'o, '_>),
    (olds, old): (&Routes<'_>, &Outline),
    (news, new): (&Routes<'_>, &Outline),
) -> Vec<One> {
    let mut lost: Vec<(&Way, Reached)> =
        lost.into_iter().map(|(place, way)| (way, reached(olds, old, place, way))).collect();
    let mut gained: Vec<(&Way, Reached)> =
        gained.into_iter().map(|(place, way)| (way, reached(news, new, place, way))).collect();
    lost.sort_by(|a, b| a.1.cmp(&b.1));
    gained.sort_by(|a, b| a.1.cmp(&b.1));
    let mut ones = Vec::new();
    for (was, from) in lost {
        let is_it = |(is, _): &(&Way, Reached)| {
            let menu = was.leads_to.kind == PlaceKind::Menu;
            was.leads_to == is.leads_to && (menu || !was.says.is_empty() && was.says == is.says)
        };
        let to = gained.iter().position(is_it).map(|at| gained.remove(at).1);
        ones.push((Some(from), to));
    }
    ones.extend(gained.into_iter().map(|(_, to)| (None, Some(to))));
    ones
}
