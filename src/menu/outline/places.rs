//! Names of places, from the indexes of targets.

use crate::menu::model::*;
use crate::menu::outline::build::Build;
use crate::menu::outline::{Place, PlaceKind};

impl Build<'_> {
    pub fn node(&self, menu: MenuIx, kind: PlaceKind, name: &str) -> Place {
        let menu = Some(self.program.menu(menu).id.to_string());
        Place { kind, menu, name: name.to_owned() }
    }

    pub fn place(&self, at: MenuIx, target: Target) -> Place {
        let menu = self.program.menu(at);
        let outside = |kind, name: String| Place { kind, menu: None, name };
        let queue =
            |queue: Option<QueueIx>| queue.map_or_else(String::new, |ix| self.program.queue(ix).to_string());
        let node = |kind, name: Option<&String>| self.node(at, kind, name.map_or("", String::as_str));
        let of = |ix: u16| usize::from(ix);
        match target {
            Target::Menu(ix) => Place::menu(self.program.menu(ix).id.as_str()),
            Target::Queue(ix) => outside(PlaceKind::Queue, queue(Some(ix))),
            Target::Information(ix) => {
                node(PlaceKind::Information, menu.information.get(of(ix)).map(|node| &node.name))
            }
            Target::Collect(ix) => node(PlaceKind::Collect, menu.collects.get(of(ix)).map(|node| &node.name)),
            Target::Branch(ix) => node(PlaceKind::Branch, menu.branches.get(of(ix)).map(|node| &node.name)),
            Target::Lookup(ix) => node(PlaceKind::Lookup, menu.lookups.get(of(ix)).map(|node| &node.name)),
            Target::Verify(ix) => node(PlaceKind::Verify, menu.verifies.get(of(ix)).map(|node| &node.name)),
            Target::Survey(ix) => node(PlaceKind::Survey, menu.surveys.get(of(ix)).map(|node| &node.name)),
            Target::Complaint(ix) => {
                node(PlaceKind::Complaint, menu.complaints.get(of(ix)).map(|node| &node.name))
            }
            Target::Language(table) => outside(PlaceKind::Language, self.languages(&table)),
            Target::Message(to) => outside(PlaceKind::Message, queue(to)),
            Target::Callback(by) => outside(PlaceKind::Callback, queue(by)),
            Target::Transfer(ix) => {
                outside(PlaceKind::Transfer, menu.numbers.get(of(ix)).cloned().unwrap_or_default())
            }
            Target::Elderly => outside(PlaceKind::Elderly, String::new()),
            Target::Person => outside(PlaceKind::Person, String::new()),
            Target::Repeat | Target::Stay => outside(PlaceKind::Again, String::new()),
            Target::Back => outside(PlaceKind::Back, String::new()),
            Target::Top => outside(PlaceKind::Top, String::new()),
            Target::End => outside(PlaceKind::End, String::new()),
        }
    }

    /// `en-US`, or by language spoken `en-US or zh-CN`.
    fn languages(&self, table: &[LanguageIx]) -> String {
        let to =
            self.program.languages().iter().zip(table).map(|(_, to)| self.program.language(*to).as_str());
        let mut names: Vec<&str> = Vec::new();
        for name in to {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(" or ")
    }
}
