//! The same things under the same names: a menu or node that is only called differently gets, on both
//! sides, the name that comes first in the alphabet.

use std::collections::{BTreeMap, BTreeSet};

use crate::menu::outline::{About, Outline, Place, PlaceKind};

/// Menus with another name now, on either side: the name each is compared under.
#[derive(Default)]
pub struct Renamed {
    pub old: BTreeMap<String, String>,
    pub new: BTreeMap<String, String>,
}

/// Renames menus first, then the nodes of menus that both have.
pub fn unify(old: &mut Outline, new: &mut Outline) -> Renamed {
    let pairs = pairs(old, new, |place| place.kind == PlaceKind::Menu);
    let mut renamed = Renamed::default();
    let mut places = (BTreeMap::new(), BTreeMap::new());
    for (was, is) in pairs {
        let name = was.name.clone().min(is.name.clone());
        renamed.old.insert(was.name, name.clone());
        renamed.new.insert(is.name, name);
    }
    for (outline, names) in [(&mut *old, &renamed.old), (&mut *new, &renamed.new)] {
        rename(outline, |place| {
            let home =
                if place.kind == PlaceKind::Menu { Some(&mut place.name) } else { place.menu.as_mut() };
            if let Some(home) = home
                && let Some(name) = names.get(home)
            {
                home.clone_from(name);
            }
        });
    }
    for (was, is) in self::pairs(old, new, |place| place.menu.is_some()) {
        let name = was.name.clone().min(is.name.clone());
        let called = |place: Place| Place { name: name.clone(), ..place };
        places.0.insert(was.clone(), called(was));
        places.1.insert(is.clone(), called(is));
    }
    for (outline, names) in [(old, &places.0), (new, &places.1)] {
        rename(outline, |place| {
            if let Some(name) = names.get(place) {
                place.clone_from(name);
            }
        });
    }
    renamed
}

fn rename(outline: &mut Outline, name: impl Fn(&mut Place)) {
    outline.entries.iter_mut().for_each(|(_, main)| name(main));
    for (place, about) in &mut outline.places {
        name(place);
        about.ways.iter_mut().for_each(|way| name(&mut way.leads_to));
    }
    // Looked up by place.
    outline.places.sort_by(|a, b| a.0.cmp(&b.0));
}

/// Places that only one side has by name, with the only one of the other side that is the same in all
/// that callers notice.
fn pairs(old: &Outline, new: &Outline, is_meant: impl Fn(&Place) -> bool) -> Vec<(Place, Place)> {
    let names = |outline: &Outline| -> BTreeSet<Place> {
        outline.places.iter().map(|(place, _)| place.clone()).filter(|place| is_meant(place)).collect()
    };
    let (olds, news) = (names(old), names(new));
    let alone = |outline: &Outline, others: &BTreeSet<Place>| {
        let mut by_content: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for (place, about) in outline.places.iter().filter(|(place, _)| is_meant(place)) {
            if !others.contains(place) {
                by_content.entry(content(place, about)).or_default().push(place.clone());
            }
        }
        by_content
    };
    let (lost, gained) = (alone(old, &news), alone(new, &olds));
    let only = |places: &Vec<Place>| if let [place] = places.as_slice() { Some(place.clone()) } else { None };
    let pair = |(content, was): (&String, &Vec<Place>)| Some((only(was)?, only(gained.get(content)?)?));
    lost.iter().filter_map(pair).collect()
}

/// What callers notice of a place, without names.
fn content(place: &Place, about: &About) -> String {
    let ways: Vec<_> = about.ways.iter().map(|way| (&way.by, &way.says)).collect();
    let menu = place.menu.as_deref().unwrap_or_default();
    format!("{:?} {menu} {:?} {:?} {ways:?}", place.kind, about.says, about.facts)
}
