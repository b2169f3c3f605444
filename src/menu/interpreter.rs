//! A caller's visit to the menus: a thin wrapper that adds to the provable [`state`] what must
//! stay out of it: keys typed ahead and digits keyed in, both bounded and wiped.

pub(in crate::menu) mod effect;
pub(in crate::menu) mod state;
pub(in crate::menu) mod step;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use secrecy::zeroize::{Zeroize, Zeroizing};

use crate::ids::{EntryId, Key, Language, MenuId};
use crate::menu::api::{Action, Atom, Fact, Handover, Input, MessagePurpose, Pace};
use crate::menu::forms;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::state::{Phase, State};
use crate::menu::model::{Collect, Program};
use crate::menu::parse::MAX_DIGITS;
use crate::sealed::Redacted;

/// Most keys kept while the notice plays; more are lost.
pub const MAX_AHEAD: usize = 16;

/// One caller in the menus of one program.
pub struct Visit {
    program: Arc<Program>,
    state: State,
    /// Event codes of keys kept for later, oldest first.
    ahead: Zeroizing<Vec<u8>>,
    /// Digits of the step under way, as text.
    digits: Zeroizing<String>,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("menu", self.menu()).field("language", self.language()).finish()
    }
}

impl Visit {
    /// The first actions play the notice of the main menu. An entry the program does not know
    /// gets the first main menu, a language it does not speak the first language.
    pub fn start(program: Arc<Program>, entry: &EntryId, language: Option<Language>) -> (Self, Vec<Action>) {
        let main = program.mains.iter().position(|main| main.entry == *entry).unwrap_or(0);
        let spoken = |wanted: &Language| program.languages.iter().position(|l| l == wanted);
        let language = language.as_ref().and_then(spoken).unwrap_or(0);
        let mut out = Vec::new();
        // Both are positions in lists whose lengths fit (checked when the program was made).
        let state = step::start(&program, main as u16, language as u8, &mut out);
        let ahead = Zeroizing::new(Vec::with_capacity(MAX_AHEAD));
        let digits = Zeroizing::new(String::with_capacity(usize::from(MAX_DIGITS)));
        let mut visit = Visit { program, state, ahead, digits };
        let actions = visit.render(out);
        (visit, actions)
    }

    /// What happened, and so what is to be done. After the last action of a visit nothing more.
    pub fn handle(&mut self, input: Input) -> Vec<Action> {
        if let Input::Key(key) = input
            && self.state.keeps_keys()
        {
            if self.ahead.len() < MAX_AHEAD {
                self.ahead.push(key.event_code());
            }
            return Vec::new();
        }
        let mut actions = self.step(&input);
        while !self.state.keeps_keys() && !self.state.has_ended() && !self.ahead.is_empty() {
            let code = self.ahead.remove(0);
            if let Some(key) = Key::from_event_code(code) {
                replace(&mut actions, self.step(&Input::Key(key)));
            }
        }
        if self.state.has_ended() {
            self.ahead.zeroize();
            self.digits.zeroize();
        }
        actions
    }

    /// Answers a question of the interpreter that needs nothing but the digits themselves.
    pub fn answer(&self, atom: &Atom) -> u8 {
        match atom {
            Atom::DigitsFit => {
                let fits = self.collecting().is_some_and(|rules| forms::fits(rules.form, &self.digits));
                u8::from(fits)
            }
            _ => 0,
        }
    }

    /// The menu the caller is in.
    pub fn menu(&self) -> &MenuId {
        &self.program.menu(self.state.menu).id
    }

    pub fn language(&self) -> &Language {
        self.program.language(self.state.language)
    }

    /// Is a secret being keyed in? Then nothing received may be recorded.
    pub fn is_secret(&self) -> bool {
        self.collecting().is_some_and(|rules| rules.secret)
    }

    /// Has the last action of the visit been said?
    pub fn has_ended(&self) -> bool {
        self.state.has_ended()
    }

    /// What must the digits asked about look like?
    pub fn form(&self) -> Option<forms::Form> {
        self.collecting().map(|rules| rules.form)
    }

    /// Digits of the step under way, for answering [`Action::Choose`]; also of a secret step, so
    /// prefer [`Visit::answer`], which makes no copy.
    pub fn digits(&self) -> Option<Redacted<String>> {
        self.collecting().map(|_| Redacted(self.digits.to_string()))
    }

    pub(in crate::menu) fn phase(&self) -> Phase {
        self.state.phase
    }

    fn collecting(&self) -> Option<&Collect> {
        match self.state.phase {
            Phase::Collect { node, .. } => self.program.menu(self.state.menu).collects.get(usize::from(node)),
            _ => None,
        }
    }

    fn step(&mut self, input: &Input) -> Vec<Action> {
        let mut out = Vec::new();
        self.state = step::step(&self.program, self.state, input, &mut out);
        self.render(out)
    }

    fn render(&mut self, effects: Vec<Effect>) -> Vec<Action> {
        effects.into_iter().filter_map(|effect| self.render_one(effect)).collect()
    }

    fn render_one(&mut self, effect: Effect) -> Option<Action> {
        let language = |ix: u8| self.program.language(ix).clone();
        let queue = |ix: u16| self.program.queue(ix).clone();
        Some(match effect {
            Effect::Play { heard, language: spoken, secret } => Action::Play {
                language: language(spoken),
                prompts: heard.prompts(&self.program),
                secret,
                pace: Pace::Usual,
            },
            Effect::Hush => Action::Hush,
            Effect::Wait(time) => Action::Wait(time),
            Effect::Choose => Action::Choose(Atom::DigitsFit),
            Effect::Store(digit) => {
                if self.digits.len() < usize::from(MAX_DIGITS) {
                    self.digits.push(char::from(b'0' + digit % 10));
                }
                return None;
            }
            Effect::Forget => {
                self.digits.zeroize();
                return None;
            }
            Effect::Note(note) => Action::Fact(self.fact(note)),
            Effect::Queue { queue: to, language: spoken } => {
                Action::Queue { queue: queue(to), language: language(spoken), handover: Handover::default() }
            }
            Effect::Message { queue: to, language: spoken } => Action::Message {
                queue: to.map(queue),
                language: language(spoken),
                purpose: MessagePurpose::Message,
            },
            Effect::End => Action::End,
        })
    }

    fn fact(&self, note: Note) -> Fact {
        let id = |menu: u16| self.program.menu(menu).id.clone();
        match note {
            Note::Language(language) => Fact::Language(self.program.language(language).clone()),
            Note::Entered(menu) => Fact::Entered(id(menu)),
            Note::Key { menu, key } => Fact::Key { menu: id(menu), key },
            Note::Failed { menu, error } => Fact::Failed { menu: id(menu), error },
            Note::Information { menu, node } => {
                let node = self.program.menu(menu).information.get(usize::from(node));
                Fact::Information { menu: id(menu), node: node.map_or_else(String::new, |n| n.name.clone()) }
            }
            Note::Collected { menu, node, count } => {
                let node = self.program.menu(menu).collects.get(usize::from(node));
                let open = node.filter(|node| !node.secret);
                Fact::Collected {
                    menu: id(menu),
                    node: node.map_or_else(String::new, |node| node.name.clone()),
                    count,
                    digits: open.map(|_| Redacted(self.digits.to_string())),
                }
            }
            Note::AgentRequested(menu) => Fact::AgentRequested { menu: id(menu) },
        }
    }
}

/// Actions of a key typed ahead follow at once: what they replace is not even begun.
fn replace(actions: &mut Vec<Action>, later: Vec<Action>) {
    let replaces = later.iter().any(|action| {
        matches!(action, Action::Play { .. } | Action::Queue { .. } | Action::Message { .. } | Action::End)
    });
    if replaces {
        actions.retain(|action| matches!(action, Action::Fact(_)));
    }
    actions.extend(later);
}
