//! What holds beside the tree: languages, queues and their hours, schedules, plans.

use crate::menu::draw::Picture;
use crate::menu::outline::{Fact, Named};

/// A heading with its lines: name and what is known of it.
pub struct Section {
    pub heading: &'static str,
    pub lines: Vec<(String, String)>,
}

/// Sections that have something to say.
pub fn sections(picture: &Picture<'_>) -> Vec<Section> {
    let outline = &picture.outline;
    let plain = |fact: &Fact| (fact.what.clone(), fact.value.clone());
    let general =
        Section { heading: "the hotline", lines: outline.everywhere.facts.iter().map(plain).collect() };
    let queues = named("queues", &outline.queues, |facts| {
        let closed = |fact: &Fact| fact.what == "when closed";
        let told = |fact: &Fact| match closed(fact) {
            true => format!("closed: {}", fact.value),
            false => fact.value.clone(),
        };
        joined(facts, told)
    });
    let schedules = named("hours", &outline.schedules, |facts| joined(facts, |fact| fact.value.clone()));
    let plans = named("plans", &outline.plans, |facts| {
        let yes: Vec<Fact> = facts.iter().filter(|fact| fact.value == "yes").cloned().collect();
        joined(&yes, |fact| fact.what.clone())
    });
    let all = [general, queues, schedules, plans];
    all.into_iter().filter(|section| !section.lines.is_empty()).collect()
}

fn named(heading: &'static str, all: &[Named], words: impl Fn(&[Fact]) -> String) -> Section {
    Section { heading, lines: all.iter().map(|one| (one.name.clone(), words(&one.facts))).collect() }
}

fn joined(facts: &[Fact], words: impl Fn(&Fact) -> String) -> String {
    facts.iter().map(words).collect::<Vec<_>>().join("; ")
}
