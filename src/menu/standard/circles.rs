//! Decisions that lead to decisions must end at something that is heard. Followed without regard to
//! what the conditions say: two rows that exclude each other at noon may both fit a second later.

use std::collections::BTreeMap;

use crate::config::finding::Severity;
use crate::menu::draft::{Book, BranchDraft, MenuDraft, TargetDraft};
use crate::menu::report::{At, Report, Rule, Spot};
use crate::menu::standard::told::Told;

pub const SILENT_CIRCLE: Rule = Rule {
    id: "silent-circle",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "A circle of decisions without anything heard would hold a caller in silence for ever.",
};
pub const SILENT_CIRCLE_TOLD: Told = Told::hard(
    &SILENT_CIRCLE,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { branch = "hour" }
[branch.hour]
otherwise = { branch = "day" }
[[branch.hour.when]]
open = "office"
leads_to = "person"
[branch.day]
otherwise = { branch = "hour" }
[[branch.day.when]]
holiday = true
leads_to = { information = "apply" }
"#,
    r#"# menus/loans.toml
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[[choice]]
key = "2"
text = { zh-CN = "申请进度请按2。", en-US = "For an application in progress, press 2." }
leads_to = { branch = "hour" }
[branch.hour]
otherwise = { information = "apply" }
[[branch.hour.when]]
open = "office"
leads_to = "person"
"#,
);

/// A circle: where its last step stands, and the way round in words.
pub struct Circle {
    pub spot: Spot,
    pub way: Vec<String>,
}

pub fn check(book: &Book, report: &mut Report<'_>) {
    if let Some(Circle { spot, way }) = silent(book) {
        let message = format!("decisions lead in a circle, and nothing is heard: {}", way.join(" → "));
        let help = "Lead to an information, a menu without such a [[when]], or a person instead.";
        report.add(&SILENT_CIRCLE, &spot, message, help);
    }
}

/// The first circle found, if there is one.
pub fn silent(book: &Book) -> Option<Circle> {
    let decisions = Decisions::of(book);
    let mut done = vec![false; decisions.all.len()];
    (0..decisions.all.len()).find_map(|start| decisions.walk(start, &mut done))
}

/// A menu and one of its branches; without one, what is decided on entering it.
type Decision<'b> = (&'b MenuDraft, Option<&'b BranchDraft>);

struct Decisions<'b> {
    book: &'b Book,
    all: Vec<Decision<'b>>,
    entries: BTreeMap<&'b str, usize>,
    branches: BTreeMap<(&'b str, &'b str), usize>,
}

/// A decision being followed, and the ways out of it that are left.
struct Open<'b> {
    at: usize,
    left: Vec<(usize, &'b Spot)>,
}

impl<'b> Decisions<'b> {
    fn of(book: &'b Book) -> Self {
        let (mut entries, mut branches) = (BTreeMap::new(), BTreeMap::new());
        let mut all: Vec<Decision<'b>> = Vec::new();
        for menu in &book.menus {
            if !menu.whens.is_empty() {
                entries.insert(menu.id.as_str(), all.len());
                all.push((menu, None));
            }
            for branch in &menu.nodes.branches {
                branches.insert((menu.id.as_str(), branch.name.value.as_str()), all.len());
                all.push((menu, Some(branch)));
            }
        }
        Decisions { book, all, entries, branches }
    }

    /// Depth first; what is done leads to no circle.
    fn walk(&self, start: usize, done: &mut [bool]) -> Option<Circle> {
        if done[start] {
            return None;
        }
        let mut path = vec![Open { at: start, left: self.next(start) }];
        while let Some(open) = path.last_mut() {
            let Some((next, spot)) = open.left.pop() else {
                done[open.at] = true;
                path.pop();
                continue;
            };
            if let Some(begin) = path.iter().position(|open| open.at == next) {
                let round = path.iter().skip(begin).map(|open| open.at).chain([next]);
                return Some(Circle { spot: spot.clone(), way: round.map(|at| self.told(at)).collect() });
            }
            if !done[next] {
                path.push(Open { at: next, left: self.next(next) });
            }
        }
        None
    }

    /// Decisions that follow one at once, with the place that says so.
    fn next(&self, at: usize) -> Vec<(usize, &'b Spot)> {
        let (menu, branch) = self.all[at];
        let rows = branch.map_or(&menu.whens, |branch| &branch.whens).iter().map(|row| &row.leads_to);
        let otherwise = branch.map(|branch| &branch.otherwise);
        let targets = rows.chain(otherwise).flatten();
        targets.flat_map(|target| self.follow(menu, target)).collect()
    }

    fn follow(&self, menu: &'b MenuDraft, target: &'b At<TargetDraft>) -> Vec<(usize, &'b Spot)> {
        let id = menu.id.as_str();
        let next: Vec<Option<&usize>> = match &target.value {
            TargetDraft::Menu(next) => vec![self.entries.get(next.as_str())],
            TargetDraft::Branch(name) => vec![self.branches.get(&(id, name.as_str()))],
            TargetDraft::Top => {
                self.book.mains.iter().map(|(_, main)| self.entries.get(main.as_str())).collect()
            }
            TargetDraft::Back => self.above(id).map(|above| self.entries.get(above)).collect(),
            // Into the menu again, now in another way.
            TargetDraft::Language(_) | TargetDraft::Languages(_) => vec![self.entries.get(id)],
            TargetDraft::Elderly => {
                let again = self.book.system.elderly.as_ref().is_some_and(|e| !e.straight_to_person);
                vec![self.entries.get(id).filter(|_| again)]
            }
            TargetDraft::Queue(_)
            | TargetDraft::Information(_)
            | TargetDraft::Collect(_)
            | TargetDraft::Lookup(_)
            | TargetDraft::Verify(_)
            | TargetDraft::Survey(_)
            | TargetDraft::Complaint(_)
            | TargetDraft::Message(_)
            | TargetDraft::Callback(_)
            | TargetDraft::Transfer(_)
            | TargetDraft::Person
            | TargetDraft::Repeat
            | TargetDraft::End => Vec::new(),
        };
        next.into_iter().flatten().map(|next| (*next, &target.spot)).collect()
    }

    /// Menus that lead to one.
    fn above(&self, id: &str) -> impl Iterator<Item = &'b str> {
        let leads = move |menu: &&MenuDraft| {
            menu.targets().any(|target| matches!(&target.value, TargetDraft::Menu(to) if to == id))
        };
        self.book.menus.iter().filter(leads).map(|menu| menu.id.as_str())
    }

    fn told(&self, at: usize) -> String {
        let (menu, branch) = self.all[at];
        match branch {
            Some(branch) => format!("[branch.{}] of {}", branch.name.value, menu.id),
            None => format!("[[when]] of {}", menu.id),
        }
    }
}
