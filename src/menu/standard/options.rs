//! Few options a menu: what is not remembered is not chosen.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

pub const TOO_MANY_OPTIONS: Rule = Rule {
    id: "too-many-options",
    source: "CBA-10a",
    severity: Severity::Error,
    explanation: "More than nine options fit on no telephone.",
};
pub const MANY_OPTIONS: Rule = Rule {
    id: "many-options",
    source: "CBA-10a",
    severity: Severity::Warning,
    explanation: "Beyond five options callers lose track.",
};

const MOST: usize = 9;
const COMFORTABLE: usize = 5;

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let count = menu.choices.len();
        let help = "Move rarer choices into a submenu, or leave them to a person.";
        let message = format!("menu `{}` has {count} options", menu.id);
        if let Some(first_beyond) = menu.choices.get(MOST) {
            report.add(&TOO_MANY_OPTIONS, &first_beyond.spot, format!("{message}, at most {MOST}"), help);
        } else if let Some(first_beyond) = menu.choices.get(COMFORTABLE) {
            report.add(&MANY_OPTIONS, &first_beyond.spot, format!("{message}, better {COMFORTABLE}"), help);
        }
    }
}
