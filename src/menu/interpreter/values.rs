//! What a caller keyed in and what the bank's systems answered, as long as the visit needs it:
//! never in the provable state, never shown, wiped at the end.

use secrecy::zeroize::Zeroizing;

use crate::menu::forms;
use crate::menu::model::{Menu, MenuIx, Piece, Program, VariableIx};

/// Most values kept; more are refused.
const MAX_VALUES: usize = 64;
/// Longest value of an answer that is kept, in bytes.
const MAX_TEXT: usize = 128;

#[derive(Default)]
pub struct Values {
    all: Vec<Value>,
}

struct Value {
    menu: MenuIx,
    name: String,
    text: Zeroizing<String>,
    secret: bool,
}

impl Values {
    pub fn get(&self, menu: MenuIx, name: &str) -> Option<&str> {
        let value = self.all.iter().find(|value| value.menu == menu && value.name == name);
        value.map(|value| value.text.as_str())
    }

    /// The digits of a step, if something can come to need them.
    pub fn remember(&mut self, program: &Program, (menu, node): (MenuIx, u16), digits: &str) {
        let rules = program.menu(menu);
        let Some(step) = rules.collects.get(usize::from(node)) else { return };
        if !step.secret || is_sent(rules, &step.name) || is_verified(rules, node) {
            self.set(menu, &step.name, &forms::machine(step.form, digits), step.secret);
        }
    }

    /// Wipes what only a verification needed.
    pub fn forget_secrets(&mut self, program: &Program, menu: MenuIx) {
        let rules = program.menu(menu);
        self.all.retain(|value| {
            let identity = rules.verifies.iter().any(|node| {
                node.ask.first().and_then(|ix| rules.collects.get(usize::from(*ix))).map(|step| &step.name)
                    == Some(&value.name)
            });
            !(value.secret && value.menu == menu) || identity || is_sent(rules, &value.name)
        });
    }

    /// A field of an answer, or that the newest answer has none of this name.
    pub fn answer(&mut self, menu: MenuIx, name: &str, text: Option<&str>) {
        match text.filter(|text| text.len() <= MAX_TEXT) {
            Some(text) => self.set(menu, name, text, false),
            None => self.all.retain(|value| value.menu != menu || value.name != name),
        }
    }

    pub fn clear(&mut self) {
        self.all.clear();
    }

    fn set(&mut self, menu: MenuIx, name: &str, text: &str, secret: bool) {
        self.all.retain(|value| value.menu != menu || value.name != name);
        if self.all.len() < MAX_VALUES {
            let text = Zeroizing::new(text.to_owned());
            self.all.push(Value { menu, name: name.to_owned(), text, secret });
        }
    }
}

/// Is this step sent by some look-up of the menu?
fn is_sent(menu: &Menu, name: &str) -> bool {
    menu.lookups.iter().any(|lookup| lookup.send.iter().any(|sent| sent == name))
}

fn is_verified(menu: &Menu, node: u16) -> bool {
    menu.verifies.iter().any(|verify| verify.ask.contains(&node))
}

/// Names of the values that texts of this menu speak.
pub fn spoken(program: &Program, menu: MenuIx) -> Vec<&str> {
    let prefix = format!("{}.", program.menu(menu).id);
    let pieces = program.pieces.iter().filter(|(name, _)| name.0.starts_with(&prefix));
    let mut names: Vec<&str> = pieces
        .flat_map(|(_, languages)| languages.iter().flatten())
        .filter_map(|piece| match piece {
            Piece::Value { name, .. } => Some(name.as_str()),
            Piece::Prompt(_) => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The value of the state for what a field says: from 1 if it is named by some condition.
pub fn variable(program: &Program, variable: VariableIx, text: Option<&str>) -> u8 {
    let values = program.variables.get(usize::from(variable)).map_or(&[][..], |v| v.values.as_slice());
    let at = text.and_then(|text| values.iter().position(|value| value == text));
    at.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0)
}
