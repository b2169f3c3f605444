//! Menu ⇄ call: what the interpreter says is played, timed, journalled.

use super::Engine;
use super::timers::Timer;
use super::wire_media::items;
use crate::call::{self, MenuExit};
use crate::event::{Actor, EventKind};
use crate::ids::*;
use crate::media::command::{AtEnd, Masking};
use crate::menu::api::{Action, Arrival, Fact, Input, PromptName};
use crate::menu::interpreter::Visit;
use crate::sealed::KeyedDigits;

impl Engine {
    pub(super) fn start_menu(&mut self, id: CallId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let Some(published) = &live.published else { return };
        let arrival = Arrival { entry: Some(live.entry.clone()), ..Arrival::default() };
        let (visit, actions) = Visit::start(published.program.clone(), arrival);
        live.visit = Some(visit);
        self.menu_actions(id, actions);
    }

    /// A key of the caller, wherever the visit stands.
    pub(super) fn on_caller_key(&mut self, id: CallId, key: Key) {
        let Some(live) = self.calls.get(&id) else { return };
        if *live.call.phase() == call::Phase::Menu {
            self.menu_input(id, Input::Key(key));
        } else {
            self.advance(id, call::Input::Key(key));
        }
    }

    pub(super) fn menu_input(&mut self, id: CallId, input: Input) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        if *live.call.phase() != call::Phase::Menu {
            return;
        }
        let Some(visit) = &mut live.visit else { return };
        let actions = visit.handle(input);
        self.menu_actions(id, actions);
    }

    fn menu_actions(&mut self, id: CallId, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Play { language, prompts, secret, .. } => {
                    let masking = if secret { Masking::Secret } else { Masking::Open };
                    self.play_menu(id, &language, &prompts, masking);
                }
                Action::Hush => {
                    if let Some(live) = self.calls.get_mut(&id) {
                        live.play.menu = false;
                        let masking = match live.visit.as_ref().is_some_and(Visit::is_secret) {
                            true => Masking::Secret,
                            false => Masking::Open,
                        };
                        self.play(id, Vec::new(), (AtEnd::Silence, masking));
                    }
                }
                Action::Wait(time) => self.timers.set(id, Timer::MenuWait, self.journal.now.mono + time),
                Action::Choose(atom) => {
                    let answer =
                        self.calls.get(&id).and_then(|live| Some(live.visit.as_ref()?.answer(&atom)));
                    self.menu_input(id, Input::Chosen(answer.unwrap_or(0)));
                }
                Action::Fact(fact) => self.menu_fact(id, fact),
                Action::Queue { queue, language, .. } => {
                    self.leave_menu(id, MenuExit::Queue(queue), language);
                }
                Action::Message { queue, language, .. } => {
                    self.leave_menu(id, MenuExit::Message(queue), language);
                }
                Action::Ask { .. } | Action::Callback { .. } | Action::Transfer { .. } => {}
                Action::End => {
                    let language = self
                        .calls
                        .get(&id)
                        .and_then(|live| live.visit.as_ref())
                        .map(|visit| visit.language().clone());
                    self.leave_menu(id, MenuExit::End, language.unwrap_or_else(|| Language::new("")));
                }
            }
        }
    }

    fn leave_menu(&mut self, id: CallId, exit: MenuExit, language: Language) {
        self.timers.cancel(id, Timer::MenuWait);
        if let Some(live) = self.calls.get_mut(&id) {
            live.play.menu = false;
        }
        self.advance(id, call::Input::MenuDone { exit, language });
    }

    fn play_menu(&mut self, id: CallId, language: &Language, prompts: &[PromptName], masking: Masking) {
        self.timers.cancel(id, Timer::MenuWait);
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.play.menu = true;
        live.play.tune = None;
        let Some(published) = &live.published else { return };
        let names: Vec<String> = prompts.iter().map(|prompt| prompt.0.clone()).collect();
        let items = items(&published.prompts, language.as_str(), &names);
        let unheard = names.iter().any(|name| published.prompts.get(language.as_str(), name).is_none());
        let collecting = live.visit.as_ref().is_some_and(|visit| visit.form().is_some());
        self.play(id, items, (AtEnd::Silence, masking));
        if unheard {
            // What has no recording in any language cannot be chosen from: a person, by their key.
            let person = if collecting { Key::Star } else { Key::Digit(0) };
            self.menu_input(id, Input::Key(person));
        }
    }

    fn menu_fact(&mut self, id: CallId, fact: Fact) {
        let now = self.journal.now.mono;
        let Some(live) = self.calls.get_mut(&id) else { return };
        let (actor, kind) = match fact {
            Fact::Language(language) => (Actor::Server, EventKind::LanguageSet { language }),
            Fact::Entered(menu) => (Actor::Server, EventKind::MenuEntered { menu }),
            Fact::Key { menu, key } => (Actor::Caller, EventKind::KeyPressed { menu, key }),
            Fact::Failed { menu, error } => (Actor::Caller, EventKind::MenuFailed { menu, error }),
            Fact::Information { menu, node } => (Actor::Server, EventKind::InformationHeard { menu, node }),
            Fact::Collected { menu, node, count, digits } => {
                let value = digits.map(|digits| live.sealer.seal::<KeyedDigits>(digits.reveal()));
                (Actor::Caller, EventKind::DigitsCollected { menu, node, count, value })
            }
            Fact::AgentRequested { menu } => {
                let since_answer_ms = live.call.since_answer_ms(now);
                (Actor::Caller, EventKind::AgentRequested { menu, since_answer_ms })
            }
            Fact::LookedUp { .. }
            | Fact::Verified { .. }
            | Fact::NotVerified { .. }
            | Fact::Surveyed { .. }
            | Fact::Elderly
            | Fact::PlanAnnounced(_) => return,
        };
        self.emit(actor, Some(id), kind);
    }
}
