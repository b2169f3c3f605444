//! How far each menu is from a person, for the table that people read.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::menu::interpreter::heard::{Heard, Place};
use crate::menu::interpreter::state::{Ear, Mistakes, Phase};
use crate::menu::length::Lengths;
use crate::menu::model::{Choice, LanguageIx, MenuIx, Program, Target};
use crate::menu::prove::MenuRow;
use crate::menu::prove::graph::Graph;
use crate::menu::prove::silence::{NEVER, Times};
use crate::menu::prove::situation::Mask;
use crate::menu::system::Sys;

pub(super) fn rows(program: &Program, lengths: &Lengths, silent: &Silent) -> Vec<MenuRow> {
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
                before + silent.of(program, lengths, (main_ix, menu, language))
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

/// By main menu, menu and language: the longest a caller takes who has just entered a menu and does
/// nothing, from the end of its first words on.
#[derive(Default)]
pub(super) struct Silent {
    ms: FxHashMap<(u16, MenuIx, LanguageIx), u32>,
}

impl Silent {
    /// Takes in a lot of situations.
    pub fn take(&mut self, graph: &Graph<'_>, reached: &[Mask], times: &Times) {
        let fresh = Phase::Menu { ear: Ear::Listening, mistakes: Mistakes::default() };
        for (at, state) in graph.states.iter().enumerate().filter(|(_, state)| state.phase == fresh) {
            let lanes = times.of(at).iter().enumerate();
            let known = lanes.filter(|(lane, ms)| reached[at] >> lane & 1 == 1 && **ms != NEVER);
            let longest = known.map(|(_, ms)| *ms).max().unwrap_or(0);
            let slot = self.ms.entry((state.main, state.menu, state.language)).or_default();
            *slot = longest.max(*slot);
        }
    }

    fn of(&self, program: &Program, lengths: &Lengths, at: (u16, MenuIx, LanguageIx)) -> Duration {
        let (main, menu, language) = at;
        let place = if program.main(main).menu == menu { Place::Top } else { Place::Below };
        let welcome = lengths.of_heard(program, Heard::Welcome(menu, place), language);
        welcome + Duration::from_millis(self.ms.get(&at).copied().unwrap_or(0).into())
    }
}
