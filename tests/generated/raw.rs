//! Generated sets as numbers, which shrink well: every number is taken modulo what can be named.

use proptest::prelude::*;

/// A hotline.
#[derive(Clone, Debug)]
pub struct RawSet {
    pub menus: Vec<RawMenu>,
    /// Hours (0 = always, else a schedule) and where to when closed.
    pub queues: Vec<(u8, u8)>,
    /// Plans: may a callback or a message stand in for a person?
    pub plans: Vec<bool>,
    /// Open schedules of each class, a bit each, and whether it is a holiday.
    pub classes: Vec<(u8, bool)>,
    pub elderly: u8,
}

/// A target by number.
pub type To = u16;

#[derive(Clone, Debug)]
pub struct RawMenu {
    pub person: u8,
    pub choices: Vec<To>,
    pub information: Vec<To>,
    pub collects: Vec<RawCollect>,
    pub branches: Vec<(Vec<(u8, To)>, To)>,
    pub lookups: Vec<(Vec<(u8, To)>, To, To)>,
    pub verify: Option<(u8, To, To)>,
    pub survey: Option<(u8, To)>,
    pub complaint: bool,
    pub on_entry: Vec<(u8, To)>,
    pub timing: (u8, u8),
}

#[derive(Clone, Debug)]
pub struct RawCollect {
    pub form: u8,
    pub confirm: bool,
    pub retries: u8,
    pub to: To,
}

fn rows() -> impl Strategy<Value = Vec<(u8, To)>> {
    prop::collection::vec((any::<u8>(), any::<To>()), 0..=2)
}

fn collect() -> impl Strategy<Value = RawCollect> {
    (0u8..4, any::<bool>(), 0u8..3, any::<To>()).prop_map(|(form, confirm, retries, to)| RawCollect {
        form,
        confirm,
        retries,
        to,
    })
}

fn menu() -> impl Strategy<Value = RawMenu> {
    let way = any::<To>;
    let nodes = (
        prop::collection::vec(way(), 0..=2),
        prop::collection::vec(collect(), 0..=2),
        prop::collection::vec((rows(), way()), 0..=1),
        prop::collection::vec((rows(), way(), way()), 0..=1),
        prop::option::weighted(0.2, (any::<u8>(), way(), way())),
        prop::option::weighted(0.2, (any::<u8>(), way())),
        prop::bool::weighted(0.15),
    );
    let entry = prop_oneof![4 => Just(Vec::new()), 1 => rows()];
    (any::<u8>(), prop::collection::vec(way(), 1..=3), nodes, entry, (0u8..3, 0u8..3)).prop_map(
        |(person, choices, nodes, on_entry, timing)| {
            let (information, collects, branches, lookups, verify, survey, complaint) = nodes;
            RawMenu {
                person,
                choices,
                information,
                collects,
                branches,
                lookups,
                verify,
                survey,
                complaint,
                on_entry,
                timing,
            }
        },
    )
}

/// At most so many menus below the main one.
pub fn set(size: usize) -> impl Strategy<Value = RawSet> {
    (
        prop::collection::vec(menu(), 1..=size),
        prop::collection::vec((prop_oneof![3 => Just(0u8), 2 => 1u8..3], any::<u8>()), 1..=3),
        prop::collection::vec(any::<bool>(), 0..=2),
        prop::collection::vec((any::<u8>(), any::<bool>()), 1..=3),
        any::<u8>(),
    )
        .prop_map(|(menus, queues, plans, classes, elderly)| RawSet {
            menus,
            queues,
            plans,
            classes,
            elderly,
        })
}
