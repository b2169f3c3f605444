//! Rows of conditions: the first one that fits decides. What the state knows is decided at once,
//! the rest is asked, a term at a time.

use super::Turn;
use crate::menu::api::Input;
use crate::menu::interpreter::query::rows_of;
use crate::menu::interpreter::state::{Phase, Rows};
use crate::menu::model::{Condition, Target, Wanted};

impl Turn<'_, '_> {
    pub(super) fn deciding(&mut self, (rows, row, term): (Rows, u16, u16), input: &Input) {
        match input {
            Input::Chosen(answer) => {
                let terms = rows_of(self.program, &self.state, rows).get(usize::from(row));
                let wanted = terms.and_then(|row| row.terms.get(usize::from(term))).map(|term| term.1);
                if wanted.is_none_or(|wanted| fits(*answer == 1, wanted)) {
                    self.decide(rows, row, term.saturating_add(1));
                } else {
                    self.decide(rows, row.saturating_add(1), 0);
                }
            }
            // Keys are kept by the visit until the answer is there.
            Input::Key(_) | Input::PlayDone | Input::Timeout => {}
        }
    }

    /// Goes through the rows from this term on, until one fits or something must be asked.
    pub(super) fn decide(&mut self, rows: Rows, mut row: u16, mut term: u16) {
        let all = rows_of(self.program, &self.state, rows);
        while let Some(when) = all.get(usize::from(row)) {
            let Some((condition, wanted)) = when.terms.get(usize::from(term)) else {
                return self.decided(rows, when.target);
            };
            match self.known(condition) {
                Some(holds) if fits(holds, *wanted) => term += 1,
                Some(_) => (row, term) = (row + 1, 0),
                None => return self.choose(Phase::Deciding { rows, row, term }),
            }
        }
        let menu = self.here();
        let otherwise = match rows {
            Rows::Branch(node) => menu.branches.get(usize::from(node)).map(|node| node.otherwise),
            Rows::Lookup(node) => menu.lookups.get(usize::from(node)).map(|node| node.target),
        };
        self.decided(rows, otherwise.unwrap_or(Target::Person));
    }

    /// Whether it holds, if the state knows.
    fn known(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Language(language) => Some(self.state.language == *language),
            Condition::Level(level) => Some(self.state.level >= *level),
            Condition::Variable(variable, value) => {
                Some(self.state.variables.get(usize::from(*variable)) == Some(value))
            }
            Condition::Elderly => Some(self.state.elderly),
            Condition::Open(_)
            | Condition::Holiday
            | Condition::Caller(_)
            | Condition::Plan(_)
            | Condition::Waiting { .. }
            | Condition::Estimate { .. }
            | Condition::Ready { .. } => None,
        }
    }

    fn decided(&mut self, rows: Rows, target: Target) {
        let on_entry = match (rows, self.here().on_entry) {
            (Rows::Branch(node), Some(entry)) => node == entry,
            (Rows::Branch(_) | Rows::Lookup(_), _) => false,
        };
        match target {
            // Nothing of this menu was heard: back leads where it would have led from here.
            Target::Menu(next) if on_entry => self.enter_instead(next),
            _ => self.go(target),
        }
    }
}

fn fits(holds: bool, wanted: Wanted) -> bool {
    holds == (wanted == Wanted::Holds)
}
