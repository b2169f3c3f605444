//! Something to be heard, and what it is put together from: prompts, and places for values.

use crate::menu::api::PromptName;
use crate::menu::interpreter::query::plan_name;
use crate::menu::interpreter::state::{Reason, Said};
use crate::menu::model::{Form, LanguageIx, MenuIx, Piece, PlanIx, Program};
use crate::menu::speak::Kind;
use crate::menu::system::Sys;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Heard {
    /// The notice of a main menu: no barge-in.
    Notice(MenuIx),
    Plan(PlanIx),
    /// On entering: greeting, announcement, choices, the person.
    Welcome(MenuIx, Place),
    /// Again: what went wrong, choices, the person.
    Choices(MenuIx, Place, Option<Sys>),
    Information(MenuIx, u16),
    Collect(MenuIx, u16, Option<Sys>),
    /// What was keyed in for this step, read back.
    Confirm(MenuIx, u16, Option<Sys>),
    Lookup(MenuIx, u16),
    Verify(MenuIx, u16),
    Question(MenuIx, u16, u8, Option<Sys>),
    Complaint(MenuIx, u16),
    CallbackOffer(Reason, Option<Sys>),
    CallbackEnter(Option<Sys>),
    CallbackRefused,
    CallbackThanks,
    Said(Said),
    Closed,
    /// Through to a person, with what went wrong.
    Transfer(Option<Sys>),
    TransferOut,
    Farewell,
}

/// Whether there is a menu above to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    Top,
    Below,
}

/// A part of what is heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part<'p> {
    Prompt(&'p PromptName),
    Sys(Sys),
    Plan(PlanIx),
    /// A value by its name, in this menu.
    Value(MenuIx, &'p str, Kind),
    /// What is being keyed in.
    Typed(Form),
    /// The number a callback is offered to.
    Number,
}

impl Heard {
    /// The parts in this language, in order.
    pub fn parts(self, program: &Program, language: LanguageIx) -> Vec<Part<'_>> {
        let mut parts = Parts { program, language, all: Vec::new() };
        parts.add(self);
        parts.all
    }

    /// The prompts in this language, in order, without the values between them.
    pub fn prompts(self, program: &Program, language: LanguageIx) -> Vec<PromptName> {
        let parts = self.parts(program, language);
        parts.into_iter().filter_map(|part| part.prompt(program)).collect()
    }
}

impl Part<'_> {
    /// Its prompt; `None` for a value.
    pub fn prompt(self, program: &Program) -> Option<PromptName> {
        match self {
            Part::Prompt(name) => Some(name.clone()),
            Part::Sys(sys) => Some(PromptName(sys.name().to_owned())),
            Part::Plan(plan) => plan_name(program, plan).map(|name| PromptName(format!("plan.{name}"))),
            Part::Value(..) | Part::Typed(_) | Part::Number => None,
        }
    }
}

struct Parts<'p> {
    program: &'p Program,
    language: LanguageIx,
    all: Vec<Part<'p>>,
}

impl<'p> Parts<'p> {
    fn sys(&mut self, sys: Sys) {
        self.all.push(Part::Sys(sys));
    }

    fn wrong(&mut self, wrong: Option<Sys>) {
        self.all.extend(wrong.map(Part::Sys));
    }

    /// A prompt of a menu, which may have values in it.
    fn prompt(&mut self, menu: MenuIx, name: &'p PromptName) {
        match self.program.pieces.get(name) {
            None => self.all.push(Part::Prompt(name)),
            Some(languages) => {
                let pieces = languages.get(usize::from(self.language)).map_or(&[][..], Vec::as_slice);
                self.all.extend(pieces.iter().map(|piece| match piece {
                    Piece::Prompt(name) => Part::Prompt(name),
                    Piece::Value { name, kind } => Part::Value(menu, name, *kind),
                }));
            }
        }
    }

    fn add(&mut self, heard: Heard) {
        match heard {
            Heard::Notice(ix) => self.all.extend(self.program.menu(ix).notice.as_ref().map(Part::Prompt)),
            Heard::Plan(plan) => self.all.push(Part::Plan(plan)),
            Heard::Welcome(ix, place) => {
                let menu = self.program.menu(ix);
                self.all.extend(menu.greeting.iter().chain(&menu.announcement).map(Part::Prompt));
                self.add(Heard::Choices(ix, place, None));
            }
            Heard::Choices(ix, place, wrong) => {
                self.wrong(wrong);
                let choices = &self.program.menu(ix).choices;
                self.all.extend(choices.iter().map(|choice| Part::Prompt(&choice.prompt)));
                self.sys(Sys::Person);
                if place == Place::Below {
                    self.sys(Sys::Back);
                }
            }
            Heard::Confirm(menu, node, wrong) => {
                self.wrong(wrong);
                let node = self.program.menu(menu).collects.get(usize::from(node));
                self.sys(Sys::ConfirmBefore);
                self.all.push(Part::Typed(node.map_or(Form::Digits, |node| node.form)));
                self.sys(Sys::ConfirmAfter);
                self.sys(Sys::Person);
            }
            Heard::CallbackOffer(reason, wrong) => {
                self.wrong(wrong);
                self.sys(Sys::CallbackOfferBefore);
                self.all.push(Part::Number);
                self.sys(Sys::CallbackOfferAfter);
                if reason == Reason::Chosen {
                    self.sys(Sys::Person);
                }
            }
            Heard::CallbackEnter(wrong) => {
                self.wrong(wrong);
                self.sys(Sys::CallbackEnter);
                self.sys(Sys::CollectKeys);
            }
            Heard::CallbackThanks => {
                self.sys(Sys::CallbackThanks);
                self.sys(Sys::Goodbye);
            }
            Heard::Transfer(wrong) => {
                self.wrong(wrong);
                self.sys(Sys::TransferToPerson);
            }
            Heard::CallbackRefused => self.sys(Sys::CallbackRefused),
            Heard::Closed => self.sys(Sys::Closed),
            Heard::TransferOut => self.sys(Sys::TransferOut),
            Heard::Farewell => self.sys(Sys::Goodbye),
            Heard::Said(said) => self.sys(match said {
                Said::LookupFailed(_) | Said::VerifyFailed(_) => Sys::LookupFailed,
                Said::Locked(_) => Sys::VerifyLocked,
                Said::SurveyThanks(_) => Sys::SurveyThanks,
            }),
            Heard::Information(..)
            | Heard::Collect(..)
            | Heard::Lookup(..)
            | Heard::Verify(..)
            | Heard::Question(..)
            | Heard::Complaint(..) => self.add_node(heard),
        }
    }

    /// Texts of nodes of a menu.
    fn add_node(&mut self, heard: Heard) {
        match heard {
            Heard::Information(ix, node) => {
                if let Some(node) = self.program.menu(ix).information.get(usize::from(node)) {
                    self.prompt(ix, &node.prompt);
                }
            }
            Heard::Collect(ix, node, wrong) => {
                self.wrong(wrong);
                if let Some(node) = self.program.menu(ix).collects.get(usize::from(node)) {
                    self.prompt(ix, &node.prompt);
                }
                self.sys(Sys::CollectKeys);
            }
            Heard::Lookup(ix, node) => {
                let node = self.program.menu(ix).lookups.get(usize::from(node));
                self.or_wait(ix, node.and_then(|node| node.prompt.as_ref()));
            }
            Heard::Verify(ix, node) => {
                let node = self.program.menu(ix).verifies.get(usize::from(node));
                self.or_wait(ix, node.and_then(|node| node.prompt.as_ref()));
            }
            Heard::Question(ix, node, question, wrong) => {
                self.wrong(wrong);
                let node = self.program.menu(ix).surveys.get(usize::from(node));
                if let Some(question) = node.and_then(|node| node.questions.get(usize::from(question))) {
                    self.prompt(ix, &question.prompt);
                }
            }
            Heard::Complaint(ix, node) => {
                let node = self.program.menu(ix).complaints.get(usize::from(node));
                if let Some(prompt) = node.and_then(|node| node.prompt.as_ref()) {
                    self.prompt(ix, prompt);
                }
            }
            _ => {}
        }
    }

    fn or_wait(&mut self, menu: MenuIx, prompt: Option<&'p PromptName>) {
        match prompt {
            Some(prompt) => self.prompt(menu, prompt),
            None => self.sys(Sys::LookupWait),
        }
    }
}
