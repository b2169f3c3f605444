//! A caller's visit to the menus: a thin wrapper that adds to the provable [`state`] what must
//! stay out of it: keys typed ahead, digits keyed in, what the bank's systems answered; all bounded
//! and wiped.

pub(in crate::menu) mod effect;
mod facts;
pub(in crate::menu) mod heard;
pub(in crate::menu) mod query;
mod render;
pub(in crate::menu) mod state;
pub(in crate::menu) mod step;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;
use std::sync::Arc;

use secrecy::zeroize::{Zeroize, Zeroizing};

use crate::ids::{Key, Language, MenuId};
use crate::menu::api::{Action, Arrival, AskId, Atom, Fact, Input};
use crate::menu::ask::{Answer, Failure};
use crate::menu::forms;
use crate::menu::interpreter::query::{LOCKED, Query, UNAVAILABLE, VERIFIED, WRONG};
use crate::menu::interpreter::state::{Phase, State};
use crate::menu::interpreter::values::Values;
use crate::menu::model::{Collect, Program};
use crate::menu::parse::MAX_DIGITS;
use crate::sealed::Redacted;

/// Most keys kept while they cannot act; more are lost. A card number and a PIN fit.
pub const MAX_AHEAD: usize = 40;
/// Digits keyed in for a step, with the points of an amount.
const MAX_TYPED: usize = 2 * MAX_DIGITS as usize + 1;

/// One caller in the menus of one program.
pub struct Visit {
    program: Arc<Program>,
    state: State,
    /// Event codes of keys kept for later, oldest first.
    ahead: Zeroizing<Vec<u8>>,
    /// Digits of the step under way, as text.
    digits: Zeroizing<String>,
    /// The number rung from, if it was shown.
    shown: Option<Redacted<String>>,
    /// The number a callback is offered to.
    offered: Option<Redacted<String>>,
    values: Values,
    /// The question not answered yet.
    asked: Option<AskId>,
    questions: u32,
    /// The answer being looked through.
    answer: Answer,
    /// Level and identity.
    verified: Option<(u8, Redacted<String>)>,
    survey: Vec<(String, u8)>,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("menu", self.menu()).field("language", self.language()).finish()
    }
}

impl Visit {
    /// The first actions play the notice of the main menu. An entry the program does not know
    /// gets the first main menu, a language it does not speak the first language.
    pub fn start(program: Arc<Program>, arrival: Arrival) -> (Self, Vec<Action>) {
        let main = program.mains.iter().position(|main| Some(&main.entry) == arrival.entry.as_ref());
        let spoken = |wanted: &Language| program.languages.iter().position(|l| l == wanted);
        let language = arrival.language.as_ref().and_then(spoken).unwrap_or(0);
        let mut out = Vec::new();
        // Both are positions in lists whose lengths fit (checked when the program was made).
        let state = step::start(&program, main.unwrap_or(0) as u16, language as u8, &mut out);
        let mut visit = Visit {
            program,
            state,
            ahead: Zeroizing::new(Vec::with_capacity(MAX_AHEAD)),
            digits: Zeroizing::new(String::with_capacity(MAX_TYPED)),
            shown: arrival.number,
            offered: None,
            values: Values::default(),
            asked: None,
            questions: 0,
            answer: Answer::default(),
            verified: None,
            survey: Vec::new(),
        };
        let mut actions = Vec::new();
        visit.render(out, &mut actions);
        (visit, actions)
    }

    /// What happened, and so what is to be done. After the last action of a visit nothing more.
    pub fn handle(&mut self, input: Input) -> Vec<Action> {
        match input {
            Input::Key(key) if self.state.keeps(key) => {
                if self.ahead.len() < MAX_AHEAD {
                    self.ahead.push(key.event_code());
                }
                Vec::new()
            }
            Input::Chosen(_) if !self.asks_outside() => Vec::new(),
            Input::Key(_) | Input::PlayDone | Input::Timeout | Input::Chosen(_) => {
                let actions = self.step(&input);
                self.act_on_kept(actions)
            }
        }
    }

    /// The answer to [`Action::Ask`], or why there is none. Answers to older questions, and those
    /// that come when the caller has gone on, change nothing.
    pub fn answered(&mut self, id: AskId, result: Result<Answer, Failure>) -> Vec<Action> {
        if self.asked != Some(id) {
            return Vec::new();
        }
        self.asked = None;
        let program = Arc::clone(&self.program);
        let menu = program.menu(self.state.menu);
        let looked_up = |node: &str, result| {
            Action::Fact(Fact::LookedUp { menu: menu.id.clone(), node: node.to_owned(), result })
        };
        let mut actions = Vec::new();
        let outcome = match self.state.phase {
            Phase::Lookup { node, .. } => {
                let node = menu.lookups.get(usize::from(node)).map_or("", |node| node.name.as_str());
                actions.push(looked_up(node, result.as_ref().map_or_else(|f| f.label(), |_| "answered")));
                let answered = result.is_ok();
                self.keep_answer(result.unwrap_or_default());
                u8::from(answered)
            }
            Phase::Verify { node, .. } => {
                let node = menu.verifies.get(usize::from(node)).map_or("", |node| node.name.as_str());
                let outcome = verified(&result);
                if outcome == UNAVAILABLE {
                    let why = result.as_ref().map_or_else(|f| f.label(), |_| Failure::Nonsense.label());
                    actions.push(looked_up(node, why));
                }
                outcome
            }
            _ => return Vec::new(),
        };
        actions.extend(self.step(&Input::Chosen(outcome)));
        self.answer = Answer::default();
        self.act_on_kept(actions)
    }

    /// What is to be heard has no recording: on to a person, or on with leaving the menus.
    pub fn unheard(&mut self) -> Vec<Action> {
        match self.state.phase {
            Phase::Closed(_) | Phase::Transfer(_) | Phase::TransferOut(_) | Phase::Farewell => {
                self.handle(Input::PlayDone)
            }
            Phase::Ended(_) => Vec::new(),
            _ => {
                let mut actions = Vec::new();
                self.fault(&mut actions);
                self.act_on_kept(actions)
            }
        }
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

    /// What must the digits being keyed in look like? `None` while none are.
    pub fn form(&self) -> Option<forms::Form> {
        let number = self.state.collects().then_some(forms::Form::Digits);
        self.collecting().map(|rules| rules.form).or(number)
    }

    /// Digits of the step under way, for answering [`Action::Choose`]; also of a secret step, so
    /// prefer [`Visit::answer`], which makes no copy.
    pub fn digits(&self) -> Option<Redacted<String>> {
        self.collecting().map(|_| Redacted(self.digits.to_string()))
    }

    /// Does something play that goes on by itself when it ends?
    pub(in crate::menu) fn is_playing(&self) -> bool {
        self.state.is_playing()
    }

    fn collecting(&self) -> Option<&Collect> {
        match self.state.phase {
            Phase::Collect { node, .. } => self.program.menu(self.state.menu).collects.get(usize::from(node)),
            _ => None,
        }
    }

    /// Is the world outside asked something that it answers at once?
    fn asks_outside(&self) -> bool {
        match Query::of(&self.program, &self.state) {
            None | Some(Query::Lookup | Query::Verify | Query::Variable(_)) => false,
            Some(
                Query::Digits
                | Query::Holds(_)
                | Query::Open(_)
                | Query::Plan(_)
                | Query::Elderly
                | Query::CallbackShown
                | Query::CallbackTyped
                | Query::MayVerify,
            ) => true,
        }
    }

    /// Keys kept for later act as soon as they can.
    fn act_on_kept(&mut self, mut actions: Vec<Action>) -> Vec<Action> {
        // A key may be put back once or twice on its way; the bound says so to a reader.
        for _ in 0..4 * MAX_AHEAD {
            let first = self.ahead.first().and_then(|code| Key::from_event_code(*code));
            let Some(key) = first.filter(|key| !self.state.keeps(*key) && !self.state.has_ended()) else {
                break;
            };
            self.ahead.remove(0);
            replace(&mut actions, self.step(&Input::Key(key)));
        }
        if !self.state.awaits_system() {
            self.asked = None;
        }
        if self.state.has_ended() {
            self.wipe();
        }
        actions
    }

    fn wipe(&mut self) {
        self.ahead.zeroize();
        self.digits.zeroize();
        self.values.clear();
        self.answer = Answer::default();
        self.survey.clear();
        (self.shown, self.offered, self.verified) = (None, None, None);
    }

    fn step(&mut self, input: &Input) -> Vec<Action> {
        let mut out = Vec::new();
        let mut actions = Vec::new();
        self.state = step::step(&self.program, self.state, input, &mut out);
        self.render(out, &mut actions);
        actions
    }

    /// Something to be said cannot be said.
    fn fault(&mut self, actions: &mut Vec<Action>) {
        let mut out = Vec::new();
        self.state = step::fault(&self.program, self.state, &mut out);
        self.render(out, actions);
    }

    /// Keeps of an answer what texts of this menu speak; the rest is looked through once.
    fn keep_answer(&mut self, answer: Answer) {
        let field = |name: &str| answer.fields.get(name).map(|text| text.reveal().as_str());
        for name in values::spoken(&self.program, self.state.menu) {
            let menu = self.program.menu(self.state.menu);
            if !menu.collects.iter().any(|step| step.name == name) {
                self.values.answer(self.state.menu, name, field(name));
            }
        }
        self.answer = answer;
    }
}

/// What the service says of a caller who wants to be verified.
fn verified(result: &Result<Answer, Failure>) -> u8 {
    let said = result.as_ref().ok().and_then(|answer| answer.fields.get("result"));
    match said.map(|text| text.reveal().as_str()) {
        Some("verified") => VERIFIED,
        Some("wrong") => WRONG,
        Some("locked") => LOCKED,
        _ => UNAVAILABLE,
    }
}

/// Actions of a key typed ahead follow at once: what they replace is not even begun.
fn replace(actions: &mut Vec<Action>, later: Vec<Action>) {
    let replaces = later.iter().any(|action| match action {
        Action::Play { .. }
        | Action::Queue { .. }
        | Action::Message { .. }
        | Action::Transfer { .. }
        | Action::End => true,
        Action::Hush
        | Action::Wait(_)
        | Action::Choose(_)
        | Action::Ask { .. }
        | Action::Fact(_)
        | Action::Callback { .. } => false,
    });
    if replaces {
        // What was promised or happened stays.
        actions.retain(|action| matches!(action, Action::Fact(_) | Action::Callback { .. }));
    }
    actions.extend(later);
}
