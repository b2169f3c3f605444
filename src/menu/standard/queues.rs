//! Queues that menus lead to must be staffed somewhere: named in `ops/queues.toml`; and when one is
//! closed, callers must get somewhere.

use std::collections::BTreeSet;

use crate::config::finding::Severity;
use crate::ids::QueueId;
use crate::menu::draft::{Book, ConditionDraft, MenuDraft, TargetDraft};
use crate::menu::report::{Report, Rule, Spot, did_you_mean};
use crate::menu::standard::told::Told;
use crate::menu::view::{QueueView, WhenClosed};

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

pub const CLOSED_QUEUES: Rule = Rule {
    id: "closed-queues",
    source: "CBA-8",
    severity: Severity::Error,
    explanation: "At every hour a call ends at a person, a callback or a message, not in a circle of closed queues.",
};
pub const CLOSED_QUEUES_TOLD: Told = Told::hard(
    &CLOSED_QUEUES,
    r#"# ops/queues.toml
[queues.general]
hours = "office"
when_closed = { queue = "complaints" }
[queues.complaints]
hours = "office"
when_closed = { queue = "general" }
"#,
    r#"# ops/queues.toml
[queues.general]
hours = "office"
when_closed = { queue = "complaints" }
[queues.complaints]
hours = "office"
when_closed = "message"
"#,
);

/// Where findings about queues are that no menu makes.
const FILE: &str = "queues.toml";
/// Most queues one after another that a caller is sent on to because they are closed.
pub const MOST_HOPS: usize = 4;

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(known) = &book.views.queues else { return };
    for menu in &book.menus {
        for (queue, spot) in named(menu) {
            if !known.contains_key(queue) {
                let names = known.keys().map(QueueId::as_str);
                let help =
                    format!("{} Queues stand in ops/queues.toml.", did_you_mean(queue.as_str(), names));
                report.add(&UNKNOWN_QUEUE, spot, format!("there is no queue `{queue}`"), help);
            }
        }
    }
    for (queue, view) in known {
        if let WhenClosed::Queue(next) = &view.when_closed
            && !known.contains_key(next)
        {
            let names = known.keys().map(QueueId::as_str);
            let message = format!("queue `{queue}` sends callers on to `{next}` when closed, which is none");
            report.add_elsewhere(&UNKNOWN_QUEUE, FILE, message, &did_you_mean(next.as_str(), names));
        }
        if let Some(message) = circle(known, queue) {
            let help = "Let the last of them say when_closed = \"message\" or \"callback\".";
            report.add_elsewhere(&CLOSED_QUEUES, FILE, message, help);
        }
    }
}

/// Every queue a menu names, with the place.
fn named(menu: &MenuDraft) -> Vec<(&QueueId, &Spot)> {
    let mut all: Vec<(&QueueId, &Spot)> = Vec::new();
    all.extend(menu.person.iter().map(|at| (&at.value, &at.spot)));
    for target in menu.targets() {
        if let TargetDraft::Queue(queue)
        | TargetDraft::Message(Some(queue))
        | TargetDraft::Callback(Some(queue)) = &target.value
        {
            all.push((queue, &target.spot));
        }
    }
    let complaints = menu.nodes.complaints.iter().filter_map(|node| node.queue.as_ref());
    all.extend(complaints.map(|at| (&at.value, &at.spot)));
    for condition in menu.rows().flat_map(|row| &row.terms).map(|term| &term.condition) {
        if let ConditionDraft::Waiting { queue, .. }
        | ConditionDraft::Estimate { queue, .. }
        | ConditionDraft::Ready { queue, .. } = &condition.value
        {
            all.push((queue, &condition.spot));
        }
    }
    all
}

/// What is wrong with where callers of a closed queue go, told for the first queue of a circle only.
fn circle(known: &std::collections::BTreeMap<QueueId, QueueView>, from: &QueueId) -> Option<String> {
    let mut way = vec![from];
    let mut seen = BTreeSet::from([from]);
    while let Some(QueueView { hours: Some(_), when_closed: WhenClosed::Queue(next) }) =
        way.last().and_then(|at| known.get(*at))
    {
        way.push(next);
        if !seen.insert(next) {
            let told_here = next == from && way.iter().min() == Some(&from);
            return told_here
                .then(|| format!("when closed, these queues send callers in a circle: {}", told(&way)));
        }
    }
    let hops = way.len() - 1;
    (hops > MOST_HOPS).then(|| {
        format!(
            "when closed, queue `{from}` sends callers on {hops} times, at most {MOST_HOPS}: {}",
            told(&way)
        )
    })
}

fn told(way: &[&QueueId]) -> String {
    way.iter().map(|queue| queue.as_str()).collect::<Vec<_>>().join(" → ")
}
