//! The nodes of a menu have names of their own, because their prompts are named by them.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule};

pub const DUPLICATE_NAME: Rule = Rule {
    id: "duplicate-name",
    source: "CBA-10d",
    severity: Severity::Error,
    explanation: "Two nodes of a menu with one name would share one recording.",
};

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        let names = menu.names();
        for (ix, (kind, name)) in names.iter().enumerate() {
            let before = names.iter().take(ix).find(|(_, other)| other.value == name.value);
            if let Some((other, _)) = before {
                let message = format!("`{}` is already the name of an [{other}.{}]", name.value, name.value);
                report.add(&DUPLICATE_NAME, &name.spot, message, format!("Give this {kind} another name."));
            }
        }
    }
}
