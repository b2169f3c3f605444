//! Packs of rules: what a country or an industry asks for beyond the base, a file each.
//!
//! A pack is data (bounds, keys, weights) and rules. It can only add and tighten: the base rules are
//! always on, with any pack or none. Another country's pack is a new file here and a line in [`PACKS`].

mod cn_banking;
mod pci;

use crate::config::finding::Severity;
use crate::ids::Key;
use crate::menu::draft::Book;
use crate::menu::report::Report;
use crate::menu::standard::told::Told;

/// What a pack changes.
pub struct Pack {
    /// As written in `system.toml`.
    pub id: &'static str,
    /// Whom it is for, one sentence.
    pub about: &'static str,
    pub bounds: Bounds,
    /// Base rules that weigh more.
    pub tightens: &'static [(&'static str, Severity)],
    pub rules: &'static [&'static Told],
    pub checks: &'static [fn(&Book, &mut Report<'_>)],
}

/// How much callers may be asked to bear. The strictest of all packs counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Menus above one another.
    pub depth: u32,
    /// Options a menu.
    pub options: usize,
    /// Options a menu from which it is worth a thought.
    pub comfortable_options: usize,
    /// Seconds of a notice and of a greeting.
    pub notice: u64,
    pub greeting: u64,
    /// Seconds of a menu up to the announcement of a person, and of the way there from the answer.
    pub menu: u64,
}

/// Hard: packs may only go below.
pub const BASE: Bounds =
    Bounds { depth: 3, options: 9, comfortable_options: 5, notice: 8, greeting: 8, menu: 30 };

/// Keys that mean the same in every menu of a tree. The interpreter knows these and no others yet.
pub const BACK: Key = Key::Star;
pub const REPEAT: Key = Key::Pound;

pub const PACKS: [&Pack; 2] = [&cn_banking::PACK, &pci::PACK];

pub fn find(id: &str) -> Option<&'static Pack> {
    PACKS.into_iter().find(|pack| pack.id == id)
}

/// The packs that the hotline chose, as far as they exist.
pub fn chosen(book: &Book) -> impl Iterator<Item = &'static Pack> {
    book.system.packs.iter().filter_map(|pack| find(&pack.value))
}

/// The bounds in force.
pub fn bounds(book: &Book) -> Bounds {
    chosen(book).fold(BASE, |a, pack| {
        let b = pack.bounds;
        Bounds {
            depth: a.depth.min(b.depth),
            options: a.options.min(b.options),
            comfortable_options: a.comfortable_options.min(b.comfortable_options),
            notice: a.notice.min(b.notice),
            greeting: a.greeting.min(b.greeting),
            menu: a.menu.min(b.menu),
        }
    })
}

pub fn check(book: &Book, report: &mut Report<'_>) {
    // Named twice it is checked once: equal findings are joined.
    for check in chosen(book).flat_map(|pack| pack.checks) {
        check(book, report);
    }
}
