//! The bank's systems that menus ask must be known to the server.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::report::{Report, Rule, did_you_mean};

pub const UNKNOWN_SERVICE: Rule = Rule {
    id: "unknown-service",
    source: "CBA-25",
    severity: Severity::Error,
    explanation: "A question to a system that the server does not know always fails.",
};

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(known) = &book.views.services else { return };
    for nodes in book.menus.iter().map(|menu| &menu.nodes) {
        let lookups = nodes.lookups.iter().filter_map(|node| node.service.as_ref());
        let verifies = nodes.verifies.iter().filter_map(|node| node.service.as_ref());
        for service in lookups.chain(verifies).filter(|service| !known.contains(&service.value)) {
            let names = known.iter().map(String::as_str);
            let help = format!(
                "{} Services are tables [lookups.NAME] of ops/hotline.toml.",
                did_you_mean(&service.value, names)
            );
            report.add(
                &UNKNOWN_SERVICE,
                &service.spot,
                format!("there is no service `{}`", service.value),
                help,
            );
        }
    }
}
