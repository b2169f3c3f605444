//! What each kind of place is like and where it leads.

use std::collections::BTreeMap;

use crate::ids::Language;
use crate::menu::model::*;
use crate::menu::outline::build::Build;
use crate::menu::outline::words::{self, fact};
use crate::menu::outline::{About, By, PlaceKind, Way};

/// A place being told.
pub struct Told {
    /// Whose nodes and choices are meant from here on.
    pub menu: MenuIx,
    about: About,
    pub led: Vec<(By, Target)>,
    /// Steps that it asks, in order.
    pub asked: Vec<u16>,
}

impl Told {
    fn done(&mut self, what: &'static str, target: Target) {
        self.led.push((By::Done { what }, target));
    }
}

impl Build<'_> {
    /// A node of this menu, or another menu.
    pub fn told(&self, at: MenuIx, target: Target) -> Told {
        let at = if let Target::Menu(below) = target { below } else { at };
        let menu = self.program.menu(at);
        let mut told = Told { menu: at, about: About::default(), led: Vec::new(), asked: Vec::new() };
        match target {
            Target::Menu(_) => self.menu(menu, &mut told),
            Target::Information(ix) => {
                if let Some(node) = menu.information.get(usize::from(ix)) {
                    told.about.says.extend(self.says("text", Some(&node.prompt)));
                    told.done("heard", node.target);
                }
            }
            Target::Collect(ix) => {
                if let Some(node) = menu.collects.get(usize::from(ix)) {
                    told.about = self.collect(node);
                    told.done("keyed in", node.target);
                }
            }
            Target::Branch(ix) => {
                if let Some(node) = menu.branches.get(usize::from(ix)) {
                    self.rows(&node.whens, &mut told);
                    told.led.push((By::Otherwise, node.otherwise));
                }
            }
            Target::Lookup(ix) => self.lookup(menu, ix, &mut told),
            Target::Verify(ix) => self.verify(menu, ix, &mut told),
            Target::Survey(ix) => self.survey(menu, ix, &mut told),
            Target::Complaint(ix) => self.complaint(menu, ix, &mut told),
            _ => {}
        }
        told
    }

    /// The same with its ways.
    pub fn about(&self, told: Told, target: Target) -> About {
        let Told { menu: at, mut about, led, asked } = told;
        let menu = self.program.menu(at);
        let asked = asked.iter().filter_map(|step| menu.collects.get(usize::from(*step)));
        for (n, node) in (1..=u8::MAX).zip(asked) {
            let leads_to = self.node(at, PlaceKind::Step, &node.name);
            about.ways.push(Way { by: By::Asks { n }, says: BTreeMap::new(), languages: None, leads_to });
        }
        let (rows, rest) = self.spoken(menu, target);
        for (ix, (by, target)) in led.into_iter().enumerate() {
            let languages = match by {
                // An answer that does not come meets no condition.
                By::Failed => None,
                _ => rows.get(ix).unwrap_or(&rest).clone(),
            };
            let says = match by {
                By::Key { key } => {
                    let choice = menu.choices.iter().find(|choice| choice.key == key);
                    choice.map(|choice| self.texts(&choice.prompt)).unwrap_or_default()
                }
                _ => BTreeMap::new(),
            };
            about.ways.push(Way { by, says, languages, leads_to: self.place(at, target) });
        }
        about
    }

    fn menu(&self, menu: &Menu, told: &mut Told) {
        let about = &mut told.about;
        about.says.extend(self.says("notice", menu.notice.as_ref()));
        about.says.extend(self.says("greeting", menu.greeting.as_ref()));
        about.says.extend(self.says("announcement", menu.announcement.as_ref()));
        about.limits = vec![
            fact("first key within", words::duration(menu.timing.first_digit)),
            fact("next key within", words::duration(menu.timing.inter_digit)),
            fact("silences forgiven", menu.timing.silences),
            fact("wrong keys forgiven", menu.timing.wrong_keys),
        ];
        let on_entry = menu.on_entry.and_then(|ix| menu.branches.get(usize::from(ix)));
        for when in on_entry.iter().flat_map(|branch| &branch.whens) {
            let condition = words::condition(self.program, when);
            told.led.push((By::Entering { condition }, when.target));
        }
        told.led.extend(menu.choices.iter().map(|choice| (By::Key { key: choice.key }, choice.target)));
    }

    pub fn collect(&self, node: &Collect) -> About {
        About {
            says: self.says("text", Some(&node.prompt)).into_iter().collect(),
            facts: words::step(node),
            limits: words::step_limits(node),
            ways: Vec::new(),
        }
    }

    fn lookup(&self, menu: &Menu, ix: u16, told: &mut Told) {
        let Some(node) = menu.lookups.get(usize::from(ix)) else { return };
        told.about.says.extend(self.says("text", node.prompt.as_ref()));
        told.about.facts.push(fact("asks", format!("{} {}", node.service, node.path)));
        if !node.send.is_empty() {
            told.about.facts.push(fact("sends", node.send.join(", ")));
        }
        self.rows(&node.whens, told);
        told.done("answered", node.target);
        told.led.push((By::Failed, node.failed));
    }

    fn verify(&self, menu: &Menu, ix: u16, told: &mut Told) {
        let Some(node) = menu.verifies.get(usize::from(ix)) else { return };
        told.about.says.extend(self.says("text", node.prompt.as_ref()));
        let level = self.program.levels.get(usize::from(node.level).wrapping_sub(1));
        told.about.facts = vec![
            fact("level", level.map_or("", String::as_str)),
            fact("attempts", node.attempts),
            fact("asks", format!("{} {}", node.service, node.path)),
        ];
        told.done("verified", node.target);
        told.led.push((By::Failed, node.failed));
        told.asked.clone_from(&node.ask);
    }

    fn survey(&self, menu: &Menu, ix: u16, told: &mut Told) {
        let Some(node) = menu.surveys.get(usize::from(ix)) else { return };
        for question in &node.questions {
            let what = format!("question {}", question.name);
            told.about.says.extend(self.says(&what, Some(&question.prompt)));
            told.about.facts.push(fact(&what, format!("keys 1 to {}", question.most)));
        }
        told.done("answered", node.target);
    }

    fn complaint(&self, menu: &Menu, ix: u16, told: &mut Told) {
        let Some(node) = menu.complaints.get(usize::from(ix)) else { return };
        told.about.says.extend(self.says("text", node.prompt.as_ref()));
        told.done("then", Target::Message(node.queue));
        told.asked.clone_from(&node.ask);
    }

    fn rows(&self, whens: &[When], told: &mut Told) {
        let row = |when: &When| (By::If { condition: words::condition(self.program, when) }, when.target);
        told.led.extend(whens.iter().map(row));
    }

    /// The languages in which each row of a decision is reached, and in which what follows the rows
    /// is; `None` = all.
    fn spoken(&self, menu: &Menu, target: Target) -> (Vec<Option<Vec<Language>>>, Option<Vec<Language>>) {
        let branch = |ix: u16| menu.branches.get(usize::from(ix)).map(|branch| branch.whens.as_slice());
        let whens = match target {
            Target::Menu(_) => menu.on_entry.and_then(branch),
            Target::Branch(ix) => branch(ix),
            Target::Lookup(ix) => menu.lookups.get(usize::from(ix)).map(|node| node.whens.as_slice()),
            _ => None,
        };
        let all = self.program.languages().len();
        let named = |row: &[LanguageIx]| {
            let names = || row.iter().map(|ix| self.program.language(*ix).clone()).collect();
            (row.len() != all).then(names)
        };
        let mut left: Vec<LanguageIx> = (0..).take(all).collect();
        let mut rows = Vec::new();
        for when in whens.unwrap_or_default() {
            let fits = |language: &LanguageIx| {
                when.terms.iter().all(|(term, wanted)| match term {
                    Condition::Language(wants) => (wants == language) == (*wanted == Wanted::Holds),
                    _ => true,
                })
            };
            let reached: Vec<LanguageIx> = left.iter().copied().filter(fits).collect();
            rows.push(named(&reached));
            // Where nothing but the language is asked, later rows never see it.
            if when.terms.iter().all(|(term, _)| matches!(term, Condition::Language(_))) {
                left.retain(|language| !reached.contains(language));
            }
        }
        (rows, named(&left))
    }
}
