//! The shortest way to every place: the tree that is drawn, and the keys by which callers know a place.

use std::collections::{BTreeMap, VecDeque};

use crate::ids::Language;
use crate::menu::outline::{Outline, Place, Way};

/// Shortest ways from one main menu.
pub struct Routes<'o> {
    outline: &'o Outline,
    language: Option<&'o Language>,
    /// By place: where one comes from, and by which of its ways. The main menu has none.
    came: BTreeMap<&'o Place, Option<(&'o Place, usize)>>,
    main: &'o Place,
}

/// A way in the tree, in the order of reading.
#[derive(Clone, Copy, Debug)]
pub struct Stop<'o> {
    /// Index of the stop above; `None` for the main menu.
    pub above: Option<usize>,
    pub depth: usize,
    pub way: Option<&'o Way>,
    pub place: &'o Place,
    /// What follows stands below; otherwise it stands elsewhere or nothing follows.
    pub open: bool,
}

impl<'o> Routes<'o> {
    /// As callers go who hear this language; all ways if none is given.
    pub fn new(outline: &'o Outline, main: &'o Place, language: Option<&'o Language>) -> Routes<'o> {
        let mut routes = Routes { outline, language, came: BTreeMap::from([(main, None)]), main };
        let mut left = VecDeque::from([main]);
        while let Some(place) = left.pop_front() {
            for (ix, way) in routes.ways(place) {
                if way.leads_to.opens() && !routes.came.contains_key(&way.leads_to) {
                    routes.came.insert(&way.leads_to, Some((place, ix)));
                    left.push_back(&way.leads_to);
                }
            }
        }
        routes
    }

    pub fn reaches(&self, place: &Place) -> bool {
        self.came.contains_key(place)
    }

    /// Every place that is reached.
    pub fn places(&self) -> impl Iterator<Item = &'o Place> {
        self.came.keys().copied()
    }

    /// Ways on from a place, with their numbers.
    pub fn ways(&self, place: &Place) -> impl Iterator<Item = (usize, &'o Way)> + use<'o> {
        let language = self.language;
        let spoken = move |way: &Way| {
            let among =
                |languages: &Vec<Language>| language.is_none_or(|language| languages.contains(language));
            way.languages.as_ref().is_none_or(among)
        };
        let ways = self.outline.about(place).map_or(&[][..], |about| &about.ways);
        ways.iter().enumerate().filter(move |(_, way)| spoken(way))
    }

    /// The ways from the main menu to a place; empty for the main menu itself.
    pub fn to(&self, place: &Place) -> Vec<&'o Way> {
        let mut ways = Vec::new();
        let mut at = self.came.get(place).copied().flatten();
        while let Some((from, ix)) = at {
            ways.extend(self.outline.about(from).and_then(|about| about.ways.get(ix)));
            at = self.came.get(from).copied().flatten();
        }
        ways.reverse();
        ways
    }

    /// The tree in the order of reading: each place is opened where the shortest way to it ends.
    pub fn tree(&self) -> Vec<Stop<'o>> {
        let mut stops = Vec::new();
        let root = Stop { above: None, depth: 0, way: None, place: self.main, open: true };
        let mut left = vec![root];
        while let Some(stop) = left.pop() {
            stops.push(stop);
            if !stop.open {
                continue;
            }
            let above = stops.len() - 1;
            let begin = left.len();
            for (ix, way) in self.ways(stop.place) {
                let place = &way.leads_to;
                let open = self.came.get(place) == Some(&Some((stop.place, ix)));
                left.push(Stop { above: Some(above), depth: stop.depth + 1, way: Some(way), place, open });
            }
            left[begin..].reverse();
        }
        stops
    }
}
