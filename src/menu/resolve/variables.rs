//! Fields of answers that decide ways. Only values that some condition names are told apart, so
//! that the states of a caller stay few enough to be proved.

use crate::menu::draft::{Book, ConditionDraft, LookupDraft, MenuDraft};
use crate::menu::model::{MAX_VARIABLES, Variable, VariableIx};

/// Every field that a condition names, with the values named; `None` if they are too many.
pub fn of(book: &Book) -> Option<Vec<Variable>> {
    let all = every(book);
    let fits =
        all.len() <= MAX_VARIABLES && all.iter().all(|variable| variable.values.len() <= MAX_VARIABLES);
    fits.then_some(all)
}

/// As many as there are.
pub fn every(book: &Book) -> Vec<Variable> {
    let mut all: Vec<Variable> = Vec::new();
    for (name, value) in book.menus.iter().flat_map(fields) {
        let at = all.iter().position(|variable| variable.name == *name).unwrap_or_else(|| {
            all.push(Variable { name: name.clone(), values: Vec::new() });
            all.len() - 1
        });
        let variable = &mut all[at];
        if !variable.values.contains(value) {
            variable.values.push(value.clone());
        }
    }
    all
}

/// Fields and values in the conditions of a menu.
fn fields(menu: &MenuDraft) -> impl Iterator<Item = (&String, &String)> {
    let terms = menu.rows().flat_map(|row| &row.terms);
    terms.filter_map(|term| match &term.condition.value {
        ConditionDraft::Field { name, value } => Some((name, value)),
        _ => None,
    })
}

/// Which of them a look-up's answer decides: those among its fields if it tells them; else those of
/// its own menu, and those of menus that ask nobody themselves.
pub fn set_by(book: &Book, menu: &MenuDraft, node: &LookupDraft, variables: &[Variable]) -> Vec<VariableIx> {
    let named_in = |menu: &MenuDraft, name: &str| fields(menu).any(|(field, _)| field == name);
    let sets = |name: &str| {
        if !node.fields.is_empty() {
            return node.fields.iter().any(|field| field.value == name);
        }
        let elsewhere = book.menus.iter().filter(|other| other.nodes.lookups.is_empty());
        named_in(menu, name) || elsewhere.into_iter().any(|other| named_in(other, name))
    };
    let indexes = variables.iter().enumerate().filter(|(_, variable)| sets(&variable.name));
    indexes.filter_map(|(ix, _)| VariableIx::try_from(ix).ok()).collect()
}
