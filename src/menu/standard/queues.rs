//! Queues that menus lead to must be staffed somewhere: named in `ops/queues.toml`.

use crate::config::finding::Severity;
use crate::ids::QueueId;
use crate::menu::draft::{Book, TargetDraft};
use crate::menu::report::{Report, Rule, Spot, did_you_mean};
use crate::menu::standard::told::Told;

pub const UNKNOWN_QUEUE: Rule = Rule {
    id: "unknown-queue",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "A queue nobody serves is not a person.",
};
pub const UNKNOWN_QUEUE_TOLD: Told = Told::hard(
    &UNKNOWN_QUEUE,
    r#"# menus/loans.toml
person = "genral"
"#,
    r#"# menus/loans.toml
person = "general"
"#,
);

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(known) = &book.queues else { return };
    let mut check = |queue: &QueueId, spot: &Spot| {
        if !known.contains(queue) {
            let names = known.iter().map(QueueId::as_str);
            let help = format!("{} Queues stand in ops/queues.toml.", did_you_mean(queue.as_str(), names));
            report.add(&UNKNOWN_QUEUE, spot, format!("there is no queue `{queue}`"), help);
        }
    };
    for menu in &book.menus {
        if let Some(person) = &menu.person {
            check(&person.value, &person.spot);
        }
        for target in menu.targets() {
            if let TargetDraft::Queue(queue) | TargetDraft::Message(Some(queue)) = &target.value {
                check(queue, &target.spot);
            }
        }
    }
}
