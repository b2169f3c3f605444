//! Menus are shallow: at most three above one another.

use std::collections::{BTreeMap, VecDeque};

use crate::config::finding::Severity;
use crate::ids::MenuId;
use crate::menu::draft::{Book, MenuDraft, TargetDraft};
use crate::menu::report::{Report, Rule, Spot};
use crate::menu::standard::packs::bounds;
use crate::menu::standard::told::Told;

pub const MENU_DEPTH: Rule = Rule {
    id: "menu-depth",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "Every level costs a menu's listening; beyond three callers give up.",
};
pub const MENU_DEPTH_TOLD: Told = Told::hard(
    &MENU_DEPTH,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "房贷请按2。", en-US = "For a mortgage, press 2." }
leads_to = { menu = "mortgage" }
# menus/mortgage.toml
[[choice]]
key = "1"
text = { zh-CN = "更多请按1。", en-US = "For more, press 1." }
leads_to = { menu = "rates" }
# menus/rates.toml
[[choice]]
key = "1"
text = { zh-CN = "更多请按1。", en-US = "For more, press 1." }
leads_to = { queue = "general" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "房贷请按2。", en-US = "For a mortgage, press 2." }
leads_to = { menu = "mortgage" }
# menus/mortgage.toml
[[choice]]
key = "1"
text = { zh-CN = "更多请按1。", en-US = "For more, press 1." }
leads_to = { queue = "general" }
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let deepest = bounds(book).depth;
    for (menu, (depth, spot)) in depths(book) {
        if depth == deepest + 1 {
            let message = format!("menu `{menu}` is {depth} levels deep, at most {deepest}");
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
