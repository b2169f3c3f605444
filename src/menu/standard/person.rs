//! Behind key 0, silence and wrong keys there is a person, in every menu.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

pub const PERSON_REACHABLE: Rule = Rule {
    id: "person-reachable",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "Every caller can reach a person from any point, by one key or by doing nothing.",
};

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in book.menus.iter().filter(|menu| book.is_main(&menu.id) && menu.person.is_none()) {
        report.add(
            &PERSON_REACHABLE,
            &menu.spot,
            format!("no path to a person: main menu `{}` does not say which queue key 0 leads to", menu.id),
            "Write person = \"QUEUE\" at its top; the other menus inherit it.",
        );
    }
}
