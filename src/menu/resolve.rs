//! Drafts to a program: names become indexes. Gives nothing where a name leads nowhere; the
//! rules of the standard have said so by then.

mod conditions;
mod names;
mod nodes;
mod situations;
#[cfg(test)]
mod tests;
pub(in crate::menu) mod variables;
mod ways;

use crate::menu::draft::{Book, ElderlyDraft};
use crate::menu::model::*;
use crate::menu::said;
use crate::menu::standard::circles;

use names::{Names, millis};

/// Most plans of a hotline.
pub const MAX_PLANS: usize = 64;

pub fn resolve(book: &Book) -> Option<Program> {
    let small = u16::try_from(book.menus.len()).is_ok() && book.views.plans.len() <= MAX_PLANS;
    if book.mains.is_empty() || book.languages.is_empty() || !small {
        return None;
    }
    // The interpreter would decide for ever.
    if circles::silent(book).is_some() {
        return None;
    }
    let variables = variables::of(book)?;
    let mut names = Names::new(book, variables);
    let menus = book.menus.iter().map(|draft| names.menu(draft)).collect::<Option<Vec<Menu>>>()?;
    let mains = book
        .mains
        .iter()
        .map(|(entry, main)| {
            let menu = names.menu_ix(main)?;
            let parents = ways::parents(&menus, menu);
            let people = names.people(menu, &parents)?;
            Some(Main { entry: entry.clone(), menu, parents, people })
        })
        .collect::<Option<Vec<Main>>>()?;
    let staffing = names.staffing();
    let said = said::everything(book);
    let calendar = situations::classes(book, &menus, &staffing);
    Some(Program {
        languages: book.languages.clone(),
        queues: names.queues,
        staffing,
        menus,
        mains,
        prompts: said.prompts.into_iter().map(prompt).collect(),
        pieces: said.pieces,
        levels: book.system.levels().into_iter().map(str::to_owned).collect(),
        variables: names.variables,
        plans: book.views.plans.clone(),
        elderly: book.system.elderly.as_ref().map(elderly),
        calendar,
    })
}

fn prompt(said: said::Said) -> PromptText {
    let texts = said.texts.into_iter().map(|(language, text)| (language, text.value)).collect();
    PromptText { name: said.name, texts, kind: said.kind }
}

fn elderly(draft: &ElderlyDraft) -> Elderly {
    Elderly {
        first_digit: millis(draft.first_digit),
        inter_digit: millis(draft.inter_digit),
        straight_to_person: draft.straight_to_person,
    }
}
