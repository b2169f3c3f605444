//! How far each menu is from a person, for the table that people read.

use std::time::Duration;

use crate::menu::interpreter::heard::{Heard, Place};
use crate::menu::interpreter::state::{Ear, Mistakes, Phase};
use crate::menu::length::Lengths;
use crate::menu::model::{Choice, LanguageIx, MenuIx, Program, Target};
use crate::menu::prove::MenuRow;
use crate::menu::prove::graph::Graph;
use crate::menu::system::Sys;

pub(super) fn rows(
    program: &Program,
    lengths: &Lengths,
    graph: &Graph<'_>,
    times: &[Option<Duration>],
) -> Vec<MenuRow> {
    let mut rows = Vec::new();
    for (main_ix, main) in program.mains.iter().enumerate() {
        let main_ix = main_ix as u16;
        let reachable = |ix: &MenuIx| *ix == main.menu || program.parent(main_ix, *ix).is_some();
        let mut menus: Vec<MenuIx> = (0..program.menus.len() as u16).filter(reachable).collect();
        menus.sort_by_key(|menu| (way(program, main_ix, *menu).len(), keys(program, main_ix, *menu)));
        for menu in menus {
            let listening = per_language(program, |language| {
                let before = before(program, lengths, main_ix, menu, language);
                before + until(program, lengths, menu, language, Sys::Person.name())
            });
            let silent = per_language(program, |language| {
                let before = before(program, lengths, main_ix, menu, language);
                before + silent(lengths, graph, times, (main_ix, menu, language))
            });
            let mut keys = keys(program, main_ix, menu);
            keys.push('0');
            rows.push(MenuRow {
                entry: main.entry.clone(),
                menu: program.menu(menu).id.clone(),
                keys,
                listening,
                silent,
                person: program.queue(program.person(main_ix, menu)).clone(),
            });
        }
    }
    rows
}

/// The slowest language counts.
fn per_language(program: &Program, time: impl Fn(LanguageIx) -> Duration) -> Duration {
    (0..program.languages().len() as LanguageIx).map(time).max().unwrap_or_default()
}

/// The menus above, from the main one down to the parent, each with the next one below it.
fn way(program: &Program, main: u16, menu: MenuIx) -> Vec<(MenuIx, MenuIx)> {
    let mut way = Vec::new();
    let mut at = menu;
    while let Some(above) = program.parent(main, at).filter(|_| way.len() < program.menus.len()) {
        way.push((above, at));
        at = above;
    }
    way.reverse();
    way
}

/// The choice of `above` that leads to `below`, if a choice does so directly.
fn choice_to(program: &Program, above: MenuIx, below: MenuIx) -> Option<&Choice> {
    program.menu(above).choices.iter().find(|choice| choice.target == Target::Menu(below))
}

/// Keys from the main menu into this one, each followed by a space; `…` where it is more than a key.
fn keys(program: &Program, main: u16, menu: MenuIx) -> String {
    let key = |(above, below)| match choice_to(program, above, below) {
        Some(choice) => format!("{} ", choice.key),
        None => "… ".to_owned(),
    };
    way(program, main, menu).into_iter().map(key).collect()
}

/// Time from the answer to entering the menu, for somebody who listens until each key is told.
fn before(program: &Program, lengths: &Lengths, main: u16, menu: MenuIx, language: LanguageIx) -> Duration {
    let notice = Heard::Notice(program.main(main).menu);
    let steps = way(program, main, menu).into_iter().map(|(above, below)| {
        let prompt = choice_to(program, above, below).map_or(Sys::Person.name(), |c| c.prompt.0.as_str());
        until(program, lengths, above, language, prompt)
    });
    lengths.of_heard(program, notice, language) + steps.sum::<Duration>()
}

/// Time from entering a menu to the end of one of its prompts.
fn until(program: &Program, lengths: &Lengths, menu: MenuIx, language: LanguageIx, prompt: &str) -> Duration {
    let mut time = Duration::ZERO;
    for heard in Heard::Welcome(menu, Place::Top).prompts(program, language) {
        time += lengths.of(&heard, language);
        if heard.0 == prompt {
            break;
        }
    }
    time
}

/// Time from entering a menu to a person for somebody who does nothing there.
fn silent(
    lengths: &Lengths,
    graph: &Graph<'_>,
    times: &[Option<Duration>],
    (main, menu, language): (u16, MenuIx, LanguageIx),
) -> Duration {
    let fresh = Phase::Menu { ear: Ear::Listening, mistakes: Mistakes::default() };
    let here = |at: &usize| {
        let state = &graph.states[*at];
        (state.main, state.menu, state.language, state.phase) == (main, menu, language, fresh)
    };
    let place = if graph.program.main(main).menu == menu { Place::Top } else { Place::Below };
    let welcome = lengths.of_heard(graph.program, Heard::Welcome(menu, place), language);
    let rest = (0..graph.states.len()).find(here).and_then(|at| times[at]);
    welcome + rest.unwrap_or_default()
}
