//! Names of menus, queues, languages and nodes as indexes; queues are numbered as they come.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{Language, MenuId, QueueId};
use crate::menu::draft::*;
use crate::menu::model::*;
use crate::menu::parse::MAX_LANGUAGES;
use crate::menu::view::WhenClosed;

pub struct Names<'b> {
    pub book: &'b Book,
    menus: BTreeMap<&'b MenuId, MenuIx>,
    pub queues: Vec<QueueId>,
    pub variables: Vec<Variable>,
}

/// Position of a node in its list.
fn position<T>(nodes: &[T], name_of: impl Fn(&T) -> &str, name: &str) -> Option<u16> {
    let at = nodes.iter().position(|node| name_of(node) == name)?;
    u16::try_from(at).ok()
}

impl<'b> Names<'b> {
    pub fn new(book: &'b Book, variables: Vec<Variable>) -> Self {
        let menus = book.menus.iter().enumerate().map(|(ix, menu)| (&menu.id, ix as MenuIx)).collect();
        Names { book, menus, queues: Vec::new(), variables }
    }

    pub fn menu_ix(&self, id: &MenuId) -> Option<MenuIx> {
        self.menus.get(id).copied()
    }

    pub fn queue(&mut self, id: &QueueId) -> QueueIx {
        let at = self.queues.iter().position(|queue| queue == id).unwrap_or_else(|| {
            self.queues.push(id.clone());
            self.queues.len() - 1
        });
        // As many as there are menus and nodes at most, which is far below.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// By menu: its own queue of people, else that of the main menu. Menus that cannot be
    /// reached from here never ask.
    pub fn people(&mut self, main: MenuIx, parents: &[Option<MenuIx>]) -> Option<Vec<QueueIx>> {
        let book = self.book;
        let of = |ix: usize| book.menus.get(ix).and_then(|menu| menu.person.as_ref());
        let inherited = of(usize::from(main)).cloned();
        let mut people = Vec::with_capacity(parents.len());
        for (ix, parent) in parents.iter().enumerate() {
            let reachable = parent.is_some() || ix == usize::from(main);
            people.push(match of(ix).or(inherited.as_ref()) {
                Some(person) => self.queue(&person.value),
                None if reachable => return None,
                None => 0,
            });
        }
        Some(people)
    }

    /// By queue: its hours, and where callers go outside them. Queues named there get their turn
    /// in the same list.
    pub fn staffing(&mut self) -> Vec<Staffing> {
        let known = self.book.views.queues.as_ref();
        let mut staffing = Vec::new();
        while let Some(queue) = self.queues.get(staffing.len()).cloned() {
            let view = known.and_then(|known| known.get(&queue));
            let when_closed = match view.map(|view| &view.when_closed) {
                None | Some(WhenClosed::Message) => Closed::Message,
                Some(WhenClosed::Callback) => Closed::Callback,
                Some(WhenClosed::Queue(next)) => Closed::Queue(self.queue(next)),
            };
            staffing.push(Staffing { hours: view.and_then(|view| view.hours.clone()), when_closed });
        }
        staffing
    }

    pub fn language(&self, language: &Language) -> Option<LanguageIx> {
        let at = self.book.languages.iter().position(|l| l == language)?;
        LanguageIx::try_from(at).ok()
    }

    /// Levels count from 1; 0 is "not verified".
    pub fn level(&self, name: &str) -> Option<Level> {
        let at = self.book.system.levels().iter().position(|level| *level == name)?;
        Level::try_from(at + 1).ok()
    }

    pub fn collect(&self, menu: &MenuDraft, name: &str) -> Option<u16> {
        position(&menu.collects, |node| &node.name.value, name)
    }

    pub fn target(&mut self, menu: &MenuDraft, target: &TargetDraft) -> Option<Target> {
        let nodes = &menu.nodes;
        Some(match target {
            TargetDraft::Menu(id) => Target::Menu(self.menu_ix(&MenuId::new(id))?),
            TargetDraft::Queue(queue) => Target::Queue(self.queue(queue)),
            TargetDraft::Information(name) => {
                Target::Information(position(&menu.information, |node| &node.name.value, name)?)
            }
            TargetDraft::Collect(name) => Target::Collect(self.collect(menu, name)?),
            TargetDraft::Branch(name) => {
                // The decision on entering is the first branch of a menu, if there is one.
                let first = u16::from(!menu.whens.is_empty());
                Target::Branch(first + position(&nodes.branches, |node| &node.name.value, name)?)
            }
            TargetDraft::Lookup(name) => {
                Target::Lookup(position(&nodes.lookups, |node| &node.name.value, name)?)
            }
            TargetDraft::Verify(name) => {
                Target::Verify(position(&nodes.verifies, |node| &node.name.value, name)?)
            }
            TargetDraft::Survey(name) => {
                Target::Survey(position(&nodes.surveys, |node| &node.name.value, name)?)
            }
            TargetDraft::Complaint(name) => {
                Target::Complaint(position(&nodes.complaints, |node| &node.name.value, name)?)
            }
            TargetDraft::Language(to) => Target::Language([self.language(to)?; MAX_LANGUAGES]),
            TargetDraft::Languages(pairs) => {
                let mut table = [0; MAX_LANGUAGES];
                for (slot, language) in table.iter_mut().zip(&self.book.languages) {
                    *slot = self.language(pairs.get(language)?)?;
                }
                Target::Language(table)
            }
            TargetDraft::Message(queue) => Target::Message(queue.as_ref().map(|queue| self.queue(queue))),
            TargetDraft::Callback(queue) => Target::Callback(queue.as_ref().map(|queue| self.queue(queue))),
            TargetDraft::Transfer(number) => {
                Target::Transfer(position(&numbers(menu), |known| known.as_str(), number)?)
            }
            TargetDraft::Elderly => Target::Elderly,
            TargetDraft::Person => Target::Person,
            TargetDraft::Repeat => Target::Repeat,
            TargetDraft::Back => Target::Back,
            TargetDraft::Top => Target::Top,
            TargetDraft::End => Target::End,
        })
    }

    /// The target of a key that may be left out.
    pub fn or(
        &mut self,
        menu: &MenuDraft,
        target: Option<&crate::menu::report::At<TargetDraft>>,
        otherwise: Target,
    ) -> Option<Target> {
        target.map_or(Some(otherwise), |target| self.target(menu, &target.value))
    }
}

/// Numbers a menu transfers to, each once.
pub fn numbers(menu: &MenuDraft) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for target in menu.targets() {
        if let TargetDraft::Transfer(number) = &target.value
            && !numbers.contains(number)
        {
            numbers.push(number.clone());
        }
    }
    numbers
}

pub fn millis(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}
