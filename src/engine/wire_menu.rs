//! Menu ⇄ call: what the interpreter says is played, timed, journalled.

use std::time::Duration;

use super::atoms::is_number;
use super::timers::Timer;
use super::wire_media::items;
use super::{Engine, Output};
use crate::call::{self, MenuExit};
use crate::event::{Actor, EventKind, KeyedAnswer, SurveyAnswer};
use crate::ids::*;
use crate::media::command::{AtEnd, Clip, Masking, PlayItem};
use crate::menu::api::{Action, Arrival, AskId, Fact, Input, MessagePurpose, PromptName};
use crate::menu::ask::{Answer, Failure, Question};
use crate::menu::interpreter::Visit;
use crate::sealed::{KeyedDigits, Redacted};

/// What the names of plans' announcements begin with.
const PLAN: &str = "plan.";

impl Engine {
    pub(super) fn start_menu(&mut self, id: CallId) {
        let now = self.journal.now.wall;
        let Some(live) = self.calls.get_mut(&id) else { return };
        let Some(published) = &live.published else { return };
        let number = &live.caller.number;
        let chosen = self.folds.people.language(live.caller.hash, now);
        let written = || self.house.callers.language(live.caller.hash);
        let arrival = Arrival {
            entry: Some(live.entry.clone()),
            language: chosen.or_else(written).cloned(),
            number: is_number(number.reveal()).then(|| number.clone()),
        };
        let (visit, actions) = Visit::start(published.program.clone(), arrival);
        live.menus.visit = Some(visit);
        self.menu_actions(id, actions);
    }

    /// A key of the caller, wherever the visit stands.
    pub(super) fn on_caller_key(&mut self, id: CallId, key: Key) {
        if self.is_announcing(id) {
            return self.announcing_input(id, call::announce::Input::Key(key));
        }
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
        let Some(visit) = &mut live.menus.visit else { return };
        let actions = visit.handle(input);
        self.menu_actions(id, actions);
    }

    /// A system of the bank has answered, or there is no answer.
    pub(super) fn on_answered(&mut self, id: CallId, ask: AskId, result: Result<Answer, Failure>) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let waited_for = live.menus.asked.is_some_and(|(asked, _)| asked == ask);
        if !waited_for || *live.call.phase() != call::Phase::Menu {
            return;
        }
        let Some(visit) = &mut live.menus.visit else { return };
        let actions = visit.answered(ask, result);
        self.menu_actions(id, actions);
    }

    pub(super) fn menu_actions(&mut self, id: CallId, actions: Vec<Action>) {
        let mut actions = actions.into_iter();
        while let Some(action) = actions.next() {
            if let Action::Callback { queue, number, .. } = action {
                // The caller hears the rest when the promise is kept.
                if let Some(live) = self.calls.get_mut(&id) {
                    live.menus.held = actions.collect();
                }
                return self.want_callback(id, queue, &number);
            }
            self.menu_action(id, action);
        }
    }

    fn menu_action(&mut self, id: CallId, action: Action) {
        match action {
            Action::Play { language, prompts, secret, pace } => {
                let masking = if secret { Masking::Secret } else { Masking::Open };
                if let Some(live) = self.calls.get_mut(&id) {
                    live.menus.pace = pace;
                }
                self.play_menu(id, &language, &prompts, masking);
            }
            Action::Hush => self.hush(id),
            Action::Wait(time) => self.timers.set(id, Timer::MenuWait, self.journal.now.mono + time),
            Action::Choose(atom) => {
                let answer = self.answer_atom(id, &atom);
                self.menu_input(id, Input::Chosen(answer));
            }
            Action::Ask { id: ask, question } => self.ask(id, ask, question),
            Action::Fact(fact) => self.menu_fact(id, fact),
            Action::Callback { queue, number, .. } => self.want_callback(id, queue, &number),
            Action::Queue { queue, language, handover } => {
                if let Some(live) = self.calls.get_mut(&id) {
                    live.menus.handover = handover;
                }
                self.leave_menu(id, MenuExit::Queue(queue), language);
            }
            Action::Message { queue, language, purpose } => {
                let exit = self.message_exit(id, queue, purpose);
                self.leave_menu(id, exit, language);
            }
            Action::Transfer { number, language, otherwise } => {
                let Some(live) = self.calls.get_mut(&id) else { return };
                let sealed = live.sealer.seal(&number);
                let transfer = call::Transfer { number: Redacted(number), sealed, otherwise };
                self.leave_menu(id, MenuExit::Transfer(transfer), language);
            }
            Action::End => {
                let visit = self.calls.get(&id).and_then(|live| live.menus.visit.as_ref());
                let language = visit.map_or_else(|| Language::new(""), |visit| visit.language().clone());
                self.leave_menu(id, MenuExit::End, language);
            }
        }
    }

    fn hush(&mut self, id: CallId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.play.menu = false;
        let masking = match live.menus.visit.as_ref().is_some_and(Visit::is_secret) {
            true => Masking::Secret,
            false => Masking::Open,
        };
        self.play(id, Vec::new(), (AtEnd::Silence, masking));
    }

    fn ask(&mut self, id: CallId, ask: AskId, question: Question) {
        let now = self.journal.now.mono;
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.menus.asked = Some((ask, now));
        self.outputs.push_back(Output::Ask { call: id, id: ask, question });
    }

    fn want_callback(&mut self, id: CallId, queue: QueueId, number: &Redacted<String>) {
        self.timers.cancel(id, Timer::MenuWait);
        let Some(live) = self.calls.get_mut(&id) else { return };
        let number = live.sealer.seal(number.reveal());
        self.advance(id, call::Input::CallbackWanted { queue, number });
    }

    fn message_exit(&mut self, id: CallId, queue: Option<QueueId>, purpose: MessagePurpose) -> MenuExit {
        let (MessagePurpose::Complaint { menu, node, answers }, Some(live)) =
            (purpose, self.calls.get_mut(&id))
        else {
            return MenuExit::Message(queue);
        };
        let seal = |(step, digits): (String, Redacted<String>)| {
            let value = live.sealer.seal(digits.reveal());
            KeyedAnswer { step, value }
        };
        let answers = answers.into_iter().map(seal).collect();
        MenuExit::Complaint(call::Complaint { menu, node, queue, answers })
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
        // What was recorded by telephone takes the place of what was published.
        let plan = |prompt: &PromptName| prompt.0.strip_prefix(PLAN).map(PlanId::new);
        let by_telephone = |prompt| plan(prompt).and_then(|plan| self.announcement(&plan).cloned());
        let by_telephone: Vec<Option<Clip>> = prompts.iter().map(by_telephone).collect();
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.play.menu = true;
        live.play.tune = None;
        let Some(published) = &live.published else { return };
        let names: Vec<String> = prompts.iter().map(|prompt| prompt.0.clone()).collect();
        let mut items = items(&published.prompts, (language.as_str(), live.menus.pace), &names);
        for (item, clip) in items.iter_mut().zip(by_telephone) {
            if let Some(clip) = clip {
                *item = PlayItem::Clip(clip);
            }
        }
        // What a plan has to say may be recorded later: until then the menu says its own.
        let wanted = |name: &&String| !name.starts_with(PLAN);
        let heard = |name: &String| published.prompts.get(language.as_str(), name).is_some();
        let unheard = !names.iter().filter(wanted).all(heard);
        self.play(id, items, (AtEnd::Silence, masking));
        if unheard {
            // What has no recording in any language cannot be chosen from.
            let visit = self.calls.get_mut(&id).and_then(|live| live.menus.visit.as_mut());
            let actions = visit.map_or_else(Vec::new, Visit::unheard);
            self.menu_actions(id, actions);
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
            | Fact::PlanAnnounced(_) => return self.later_fact(id, fact),
        };
        self.emit(actor, Some(id), kind);
    }

    /// Facts of nodes that ask others, and of the house.
    fn later_fact(&mut self, id: CallId, fact: Fact) {
        let now = self.journal.now.mono;
        let hasher = &self.settings.people.hasher;
        let Some(live) = self.calls.get_mut(&id) else { return };
        let (actor, kind) = match fact {
            Fact::LookedUp { menu, node, result } => {
                let took = live.menus.asked.map_or(Duration::ZERO, |(_, at)| now.since(at));
                let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                (Actor::Server, EventKind::LookupMade { menu, node, result: result.to_owned(), took_ms })
            }
            Fact::Verified { menu, node, level, identity } => {
                let sealed = live.sealer.seal(&hasher.identity(identity.reveal()).to_hex());
                live.menus.handover.verified = Some((level.clone(), identity));
                (Actor::Caller, EventKind::CallerVerified { menu, node, level, identity: sealed })
            }
            Fact::NotVerified { menu, node, result, identity } => {
                let identity = live.sealer.seal(&hasher.identity(identity.reveal()).to_hex());
                let result = result.to_owned();
                (Actor::Caller, EventKind::VerificationFailed { menu, node, result, identity })
            }
            Fact::Surveyed { menu, node, answers } => {
                let answer = |(question, key)| SurveyAnswer { question, key };
                let answers = answers.into_iter().map(answer).collect();
                (Actor::Caller, EventKind::SurveyAnswered { menu, node, answers })
            }
            Fact::Elderly => {
                live.menus.handover.elderly = true;
                (Actor::Server, EventKind::ElderlyCare)
            }
            Fact::PlanAnnounced(plan) => (Actor::Server, EventKind::PlanAnnounced { plan }),
            Fact::Language(_)
            | Fact::Entered(_)
            | Fact::Key { .. }
            | Fact::Failed { .. }
            | Fact::Information { .. }
            | Fact::Collected { .. }
            | Fact::AgentRequested { .. } => return,
        };
        self.emit(actor, Some(id), kind);
    }
}
