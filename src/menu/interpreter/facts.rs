//! What happened, for the journal and for whoever takes the caller over.

use super::Visit;
use crate::menu::api::{Fact, Handover, MessagePurpose};
use crate::menu::ask::Failure;
use crate::menu::forms;
use crate::menu::interpreter::effect::Note;
use crate::menu::interpreter::query::plan_name;
use crate::menu::model::{Level, MenuIx, Program};
use crate::sealed::Redacted;

impl Visit {
    /// The fact with its names and digits; `None` if there is nothing to tell after all.
    pub(super) fn fact(&mut self, program: &Program, note: Note) -> Option<Fact> {
        let id = |menu: MenuIx| program.menu(menu).id.clone();
        Some(match note {
            Note::Language(language) => Fact::Language(program.language(language).clone()),
            Note::Entered(menu) => Fact::Entered(id(menu)),
            Note::Key { menu, key } => Fact::Key { menu: id(menu), key },
            Note::Failed { menu, error } => Fact::Failed { menu: id(menu), error },
            Note::Information { menu, node } => {
                let node = program.menu(menu).information.get(usize::from(node));
                Fact::Information { menu: id(menu), node: node.map_or_else(String::new, |n| n.name.clone()) }
            }
            Note::Collected { menu, node } => {
                let node = program.menu(menu).collects.get(usize::from(node));
                let open = node.filter(|node| !node.secret);
                let count = self.digits.bytes().filter(u8::is_ascii_digit).count();
                Fact::Collected {
                    menu: id(menu),
                    node: node.map_or_else(String::new, |node| node.name.clone()),
                    count: u8::try_from(count).unwrap_or(u8::MAX),
                    digits: open.map(|node| Redacted(forms::machine(node.form, &self.digits))),
                }
            }
            Note::AgentRequested(menu) => Fact::AgentRequested { menu: id(menu) },
            Note::LookupTimedOut { menu, node } => {
                let node = program.menu(menu).lookups.get(usize::from(node)).map(|node| node.name.clone());
                let result = Failure::TimedOut.label();
                Fact::LookedUp { menu: id(menu), node: node.unwrap_or_default(), result }
            }
            Note::Verified { menu, node, level } => {
                let identity = self.identity(program, (menu, node));
                if self.verified.as_ref().is_none_or(|(before, _)| *before <= level) {
                    self.verified = Some((level, identity.clone()));
                }
                let node = verify_name(program, (menu, node));
                Fact::Verified { menu: id(menu), node, level: level_name(program, level), identity }
            }
            Note::NotVerified { menu, node, result } => {
                let identity = self.identity(program, (menu, node));
                let node = verify_name(program, (menu, node));
                Fact::NotVerified { menu: id(menu), node, result, identity }
            }
            Note::Surveyed { menu, node } => {
                let answers = std::mem::take(&mut self.survey);
                if answers.is_empty() {
                    return None;
                }
                let node = program.menu(menu).surveys.get(usize::from(node)).map(|node| node.name.clone());
                Fact::Surveyed { menu: id(menu), node: node.unwrap_or_default(), answers }
            }
            Note::Elderly => Fact::Elderly,
            Note::PlanAnnounced(plan) => Fact::PlanAnnounced(plan_name(program, plan)?),
        })
    }

    /// Who the caller says to be: the first thing this verification asks.
    pub(super) fn identity(&self, program: &Program, (menu, node): (MenuIx, u16)) -> Redacted<String> {
        let rules = program.menu(menu);
        let first = rules.verifies.get(usize::from(node)).and_then(|node| node.ask.first());
        let step = first.and_then(|ix| rules.collects.get(usize::from(*ix)));
        let text = step.and_then(|step| self.values.get(menu, &step.name));
        Redacted(text.unwrap_or_default().to_owned())
    }

    pub(super) fn handover(&self) -> Handover {
        let verified = self.verified.as_ref();
        Handover {
            verified: verified.map(|(level, who)| (level_name(&self.program, *level), who.clone())),
            elderly: self.state.elderly,
        }
    }

    /// A complaint with what was keyed in for it; what is secret stays out.
    pub(super) fn complaint(&self, program: &Program, node: u16) -> MessagePurpose {
        let menu = program.menu(self.state.menu);
        let Some(rules) = menu.complaints.get(usize::from(node)) else { return MessagePurpose::Message };
        let steps = rules.ask.iter().filter_map(|ix| menu.collects.get(usize::from(*ix)));
        let answers = steps.filter(|step| !step.secret).filter_map(|step| {
            let text = self.values.get(self.state.menu, &step.name)?;
            Some((step.name.clone(), Redacted(text.to_owned())))
        });
        MessagePurpose::Complaint {
            menu: menu.id.clone(),
            node: rules.name.clone(),
            answers: answers.collect(),
        }
    }
}

fn level_name(program: &Program, level: Level) -> String {
    let at = usize::from(level).checked_sub(1);
    at.and_then(|at| program.levels.get(at)).cloned().unwrap_or_default()
}

fn verify_name(program: &Program, (menu, node): (MenuIx, u16)) -> String {
    let node = program.menu(menu).verifies.get(usize::from(node));
    node.map_or_else(String::new, |node| node.name.clone())
}
