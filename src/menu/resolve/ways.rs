//! Which menu lies above which: the shortest way from the main menu, followed through branches,
//! look-ups, verifications and whatever else leads on.

use std::collections::VecDeque;

use crate::menu::model::{Menu, MenuIx, Target, When};

/// Breadth first from the main menu: by menu, the one above it.
pub fn parents(menus: &[Menu], main: MenuIx) -> Vec<Option<MenuIx>> {
    let mut parents = vec![None; menus.len()];
    let mut queue = VecDeque::from([main]);
    while let Some(at) = queue.pop_front() {
        let Some(menu) = menus.get(usize::from(at)) else { continue };
        for next in below(menu) {
            if next != main
                && let Some(parent) = parents.get_mut(usize::from(next))
                && parent.is_none()
            {
                *parent = Some(at);
                queue.push_back(next);
            }
        }
    }
    parents
}

/// Menus that one leads to: those of choices first, as callers know them.
fn below(menu: &Menu) -> Vec<MenuIx> {
    let mut seen: Vec<Target> = Vec::new();
    let mut left: VecDeque<Target> = menu.choices.iter().map(|choice| choice.target).collect();
    left.extend(menu.on_entry.map(Target::Branch));
    let mut menus = Vec::new();
    while let Some(target) = left.pop_front() {
        if seen.contains(&target) {
            continue;
        }
        seen.push(target);
        if let Target::Menu(next) = target {
            menus.push(next);
        }
        left.extend(after(menu, target));
    }
    menus
}

/// Where a node of a menu leads.
fn after(menu: &Menu, target: Target) -> Vec<Target> {
    let rows = |whens: &[When]| whens.iter().map(|when| when.target).collect::<Vec<_>>();
    let of = |ix: u16| usize::from(ix);
    match target {
        Target::Information(ix) => menu.information.get(of(ix)).map(|node| vec![node.target]),
        Target::Collect(ix) => menu.collects.get(of(ix)).map(|node| vec![node.target]),
        Target::Branch(ix) => {
            menu.branches.get(of(ix)).map(|node| [rows(&node.whens), vec![node.otherwise]].concat())
        }
        Target::Lookup(ix) => {
            menu.lookups.get(of(ix)).map(|node| [rows(&node.whens), vec![node.target, node.failed]].concat())
        }
        Target::Verify(ix) => menu.verifies.get(of(ix)).map(|node| vec![node.target, node.failed]),
        Target::Survey(ix) => menu.surveys.get(of(ix)).map(|node| vec![node.target]),
        Target::Complaint(_)
        | Target::Menu(_)
        | Target::Queue(_)
        | Target::Language(_)
        | Target::Message(_)
        | Target::Callback(_)
        | Target::Transfer(_)
        | Target::Elderly
        | Target::Person
        | Target::Repeat
        | Target::Back
        | Target::Top
        | Target::End
        | Target::Stay => None,
    }
    .unwrap_or_default()
}
