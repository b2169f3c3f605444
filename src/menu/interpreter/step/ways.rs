//! Where things lead.

use super::{MOST_HOPS, Turn};
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Exit, Phase, Reason, Rows, State, Task, Way};
use crate::menu::model::{Condition, MAX_VARIABLES, Menu, MenuIx, Target, VariableIx};

impl Turn<'_, '_> {
    pub(super) fn go(&mut self, target: Target) {
        let State { main, menu, .. } = self.state;
        self.state.task = Task::None;
        self.state.hops = self.state.hops.saturating_add(1);
        if self.state.hops > MOST_HOPS {
            return self.lost();
        }
        match target {
            Target::Menu(next) => {
                // Down or across: back leads here. Up: as if one had come down.
                let up = self.program.is_above(main, next, menu);
                let above = if up { self.program.parent(main, next) } else { Some(menu) };
                self.enter(next, above);
            }
            Target::Back => match self.state.above {
                Some(above) => self.enter(above, self.program.parent(main, above)),
                None => self.go(Target::Repeat),
            },
            Target::Top => self.enter(self.program.main(main).menu, None),
            Target::Repeat => {
                self.fresh_menu();
                self.choices(None);
            }
            Target::Stay => self.welcome(),
            Target::Information(node) => {
                self.state.phase = Phase::Information(node);
                self.play(Heard::Information(menu, node));
            }
            Target::Collect(node) => self.ask(node, 0, None),
            Target::Language(table) => {
                let spoken = usize::from(self.state.language);
                self.state.language = table.get(spoken).copied().unwrap_or(0);
                self.note(Note::Language(self.state.language));
                self.notice();
            }
            Target::Branch(node) => self.decide(Rows::Branch(node), 0, 0),
            Target::Lookup(node) => self.look_up(node),
            Target::Verify(node) => self.begin_verify(node),
            Target::Survey(node) => self.question(node, 0),
            Target::Complaint(node) => self.begin_complaint(node),
            Target::Elderly => {
                self.elderly();
                match self.program.elderly.is_some_and(|profile| profile.straight_to_person) {
                    true => self.person(Way::Asked),
                    false => self.go(Target::Repeat),
                }
            }
            Target::Person => self.person(Way::Asked),
            Target::Queue(queue) => self.people(queue, Way::Asked),
            Target::Callback(queue) => {
                let queue = queue.unwrap_or_else(|| self.program.person(main, menu));
                self.begin_callback(queue, Reason::Chosen);
            }
            Target::Message(queue) => self.message(queue, None),
            Target::Transfer(number) if self.here().numbers.get(usize::from(number)).is_some() => {
                self.state.phase = Phase::TransferOut(number);
                self.play(Heard::TransferOut);
            }
            Target::Transfer(_) => self.person(Way::Fault),
            Target::End => {
                self.state.phase = Phase::Farewell;
                self.play(Heard::Farewell);
            }
        }
    }

    /// Nothing comes of what leads to itself: a person.
    fn lost(&mut self) {
        self.out.push(Effect::Lost);
        self.person(Way::Fault);
    }

    fn enter(&mut self, menu: MenuIx, above: Option<MenuIx>) {
        self.state.menu = menu;
        self.state.above = above;
        self.forget_variables();
        self.note(Note::Entered(menu));
        self.arrive();
    }

    /// Into another menu in place of the one just being entered.
    pub(super) fn enter_instead(&mut self, next: MenuIx) {
        let State { main, menu, above, .. } = self.state;
        self.state.hops = self.state.hops.saturating_add(1);
        if self.state.hops > MOST_HOPS {
            return self.lost();
        }
        let up = self.program.is_above(main, next, menu);
        self.enter(next, if up { self.program.parent(main, next) } else { above });
    }

    /// What the menu decides on entering, else its own words.
    pub(super) fn arrive(&mut self) {
        match self.here().on_entry {
            Some(branch) => self.decide(Rows::Branch(branch), 0, 0),
            None => self.welcome(),
        }
    }

    /// What an answer said is known as long as the caller stays in menus that set or use it.
    fn forget_variables(&mut self) {
        if self.state.variables == [0; MAX_VARIABLES] {
            return;
        }
        let menu = self.here();
        for (ix, value) in self.state.variables.iter_mut().enumerate() {
            if *value != 0 && !VariableIx::try_from(ix).is_ok_and(|ix| knows(menu, ix)) {
                *value = 0;
            }
        }
    }

    /// The visit leaves the menus: what no longer matters is no longer told apart.
    pub(super) fn end(&mut self, exit: Exit) {
        self.state.phase = Phase::Ended(exit);
        self.state.task = Task::None;
        self.state.hops = 0;
        self.state.variables = [0; MAX_VARIABLES];
    }
}

/// Does a menu set or use this variable?
fn knows(menu: &Menu, variable: VariableIx) -> bool {
    let branches = menu.branches.iter().flat_map(|branch| &branch.whens);
    let lookups = menu.lookups.iter().flat_map(|lookup| &lookup.whens);
    let mut terms = branches.chain(lookups).flat_map(|row| &row.terms);
    let uses = |condition: &Condition| matches!(condition, Condition::Variable(ix, _) if *ix == variable);
    menu.lookups.iter().any(|lookup| lookup.variables.contains(&variable))
        || terms.any(|(condition, _)| uses(condition))
}
