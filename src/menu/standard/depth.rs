//! Menus are shallow: at most three above one another.

use std::collections::{BTreeMap, VecDeque};

use crate::config::finding::Severity;
use crate::ids::MenuId;
use crate::menu::draft::{Book, MenuDraft, TargetDraft};
use crate::menu::report::{Report, Rule, Spot};

pub const MENU_DEPTH: Rule = Rule {
    id: "menu-depth",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "Every level costs a menu's listening; beyond three callers give up.",
};

const DEEPEST: u32 = 3;

pub fn check(book: &Book, report: &mut Report<'_>) {
    for (menu, (depth, spot)) in depths(book) {
        if depth == DEEPEST + 1 {
            let message = format!("menu `{menu}` is {depth} levels deep, at most {DEEPEST}");
            report.add(&MENU_DEPTH, &spot, message, "Offer it further up, or join two menus.");
        }
    }
}

/// Every menu that can be reached: its least depth (a main menu has 1) and what leads to it.
pub fn depths(book: &Book) -> BTreeMap<MenuId, (u32, Spot)> {
    let mut depths: BTreeMap<MenuId, (u32, Spot)> = BTreeMap::new();
    let mut queue = VecDeque::new();
    for (_, main) in &book.mains {
        if let Some(menu) = MenuDraft::find(&book.menus, main)
            && depths.insert(menu.id.clone(), (1, menu.spot.clone())).is_none()
        {
            queue.push_back((menu, 1));
        }
    }
    while let Some((menu, depth)) = queue.pop_front() {
        for target in menu.targets() {
            if let TargetDraft::Menu(id) = &target.value
                && let Some(next) = MenuDraft::find(&book.menus, &MenuId::new(id))
                && !depths.contains_key(&next.id)
            {
                depths.insert(next.id.clone(), (depth + 1, target.spot.clone()));
                queue.push_back((next, depth + 1));
            }
        }
    }
    depths
}
