//! Effects become actions: names, digits and values are put in.

use std::sync::Arc;

use secrecy::zeroize::Zeroize;

use super::{MAX_AHEAD, MAX_TYPED, Visit, values};
use crate::menu::api::{Action, AskId, Atom, Input, MessagePurpose, PromptName};
use crate::menu::ask::Question;
use crate::menu::forms::{machine, spoken_as};
use crate::menu::interpreter::effect::{Effect, Number};
use crate::menu::interpreter::heard::{Heard, Part};
use crate::menu::interpreter::query::{ELDERLY, Query, atom_of, plan_name};
use crate::menu::interpreter::state::Phase;
use crate::menu::interpreter::step;
use crate::menu::model::{LanguageIx, Program};
use crate::menu::speak::{Kind, Voice, speak};
use crate::sealed::Redacted;

/// Most questions in a row that the visit answers by itself.
const MOST_OWN: usize = 64;

/// A value that is to be spoken is missing, or is not what it should be.
struct Unsaid;

impl Visit {
    pub(super) fn render(&mut self, effects: Vec<Effect>, actions: &mut Vec<Action>) {
        let mut effects = effects;
        for _ in 0..MOST_OWN {
            for effect in effects {
                match self.render_one(effect) {
                    Ok(action) => actions.extend(action),
                    Err(Unsaid) => return self.fault(actions),
                }
            }
            let Some(answer) = self.own_answer() else { return };
            if matches!(actions.last(), Some(Action::Choose(_))) {
                actions.pop();
            }
            effects = Vec::new();
            self.state = step::step(&self.program, self.state, &Input::Chosen(answer), &mut effects);
        }
    }

    /// The answer to what the state waits for, if the visit itself knows.
    fn own_answer(&self) -> Option<u8> {
        match Query::of(&self.program, &self.state)? {
            Query::Variable(variable) => {
                let name = self.program.variables.get(usize::from(variable)).map_or("", |v| v.name.as_str());
                let text = self.answer.fields.get(name).map(|text| text.reveal().as_str());
                Some(values::variable(&self.program, variable, text))
            }
            // A number that was not shown, or cannot be read out, cannot be offered.
            Query::CallbackShown => {
                let number = self.shown.as_ref().and_then(|number| self.said(Kind::Digits, &digits(number)));
                if number.is_none() { Some(0) } else { None }
            }
            Query::Digits
            | Query::Holds(_)
            | Query::Open(_)
            | Query::Plan(_)
            | Query::Elderly
            | Query::CallbackTyped
            | Query::MayVerify
            | Query::Lookup
            | Query::Verify => None,
        }
    }

    fn render_one(&mut self, effect: Effect) -> Result<Option<Action>, Unsaid> {
        let program = Arc::clone(&self.program);
        let language = |ix: LanguageIx| program.language(ix).clone();
        let queue = |ix: u16| program.queue(ix).clone();
        Ok(Some(match effect {
            Effect::Play { heard, language: spoken, secret, pace } => Action::Play {
                language: language(spoken),
                prompts: self.prompts(&program, heard, spoken)?,
                secret,
                pace,
            },
            Effect::Lost => return Ok(None),
            Effect::Hush => Action::Hush,
            Effect::Wait(time) => Action::Wait(time),
            Effect::Choose => return Ok(self.atom(&program).map(Action::Choose)),
            Effect::Ask => return Ok(self.ask(&program)),
            Effect::Note(note) => return Ok(self.fact(&program, note).map(Action::Fact)),
            Effect::Queue { queue: to, language: spoken } => {
                Action::Queue { queue: queue(to), language: language(spoken), handover: self.handover() }
            }
            Effect::Message { queue: to, language: spoken, complaint } => Action::Message {
                queue: to.map(queue),
                language: language(spoken),
                purpose: complaint.map_or(MessagePurpose::Message, |node| self.complaint(&program, node)),
            },
            Effect::Callback { queue: to, language: spoken } => Action::Callback {
                queue: queue(to),
                language: language(spoken),
                number: self.offered.take().ok_or(Unsaid)?,
            },
            Effect::Transfer { number, language: spoken, otherwise } => Action::Transfer {
                number: program.menu(self.state.menu).numbers.get(usize::from(number)).ok_or(Unsaid)?.clone(),
                language: language(spoken),
                otherwise: queue(otherwise),
            },
            Effect::End => Action::End,
            Effect::Store(_)
            | Effect::Forget
            | Effect::Remember(_)
            | Effect::Keep(_)
            | Effect::Offer(_)
            | Effect::Answer { .. } => {
                self.keep(&program, effect);
                return Ok(None);
            }
        }))
    }

    /// What the visit keeps to itself.
    fn keep(&mut self, program: &Program, effect: Effect) {
        match effect {
            Effect::Store(byte) if self.digits.len() < MAX_TYPED => self.digits.push(char::from(byte)),
            Effect::Forget => self.digits.zeroize(),
            Effect::Remember(node) => {
                self.values.remember(program, (self.state.menu, node), &self.digits);
                self.digits.zeroize();
            }
            Effect::Keep(key) if self.ahead.len() < MAX_AHEAD => self.ahead.insert(0, key.event_code()),
            Effect::Offer(Number::Shown) => self.offered = self.shown.clone(),
            Effect::Offer(Number::Typed) => {
                self.offered = Some(Redacted(self.digits.to_string()));
                self.digits.zeroize();
            }
            Effect::Answer { node, question, key } => {
                let survey = program.menu(self.state.menu).surveys.get(usize::from(node));
                let question = survey.and_then(|node| node.questions.get(usize::from(question)));
                self.survey.extend(question.map(|question| (question.name.clone(), key)));
            }
            _ => {}
        }
    }

    // --- questions -------------------------------------------------------------------------

    /// What the world outside is asked now.
    fn atom(&self, program: &Program) -> Option<Atom> {
        let digits = || Redacted(self.digits.to_string());
        match Query::of(program, &self.state)? {
            Query::Digits => Some(Atom::DigitsFit),
            Query::Holds(condition) => atom_of(program, condition),
            Query::Open(schedule) => Some(Atom::Open(schedule.to_owned())),
            Query::Plan(plan) => plan_name(program, plan).map(Atom::Plan),
            Query::Elderly => Some(ELDERLY),
            Query::CallbackShown => self.shown.clone().map(Atom::CallbackAllowed),
            Query::CallbackTyped => Some(Atom::CallbackAllowed(digits())),
            Query::MayVerify => {
                let Phase::MayVerify(node) = self.state.phase else { return None };
                Some(Atom::MayVerify(self.identity(program, (self.state.menu, node))))
            }
            Query::Lookup | Query::Verify | Query::Variable(_) => None,
        }
    }

    /// The question to the bank's system that the state is there for.
    fn ask(&mut self, program: &Program) -> Option<Action> {
        let ix = self.state.menu;
        let menu = program.menu(ix);
        let field = |name: &String| Some((name.clone(), Redacted(self.values.get(ix, name)?.to_owned())));
        let question = match self.state.phase {
            Phase::Lookup { node, .. } => {
                let node = menu.lookups.get(usize::from(node))?;
                let fields = node.send.iter().filter_map(field).collect();
                Question { service: node.service.clone(), path: node.path.clone(), fields }
            }
            Phase::Verify { node, .. } => {
                let node = menu.verifies.get(usize::from(node))?;
                let steps = node.ask.iter().filter_map(|ix| menu.collects.get(usize::from(*ix)));
                let fields = steps.filter_map(|step| field(&step.name)).collect();
                Question { service: node.service.clone(), path: node.path.clone(), fields }
            }
            _ => return None,
        };
        self.values.forget_secrets(program, ix);
        self.questions = self.questions.wrapping_add(1);
        let id = AskId(self.questions);
        self.asked = Some(id);
        Some(Action::Ask { id, question })
    }

    // --- what is heard ---------------------------------------------------------------------

    /// The prompts of all parts, values put in.
    fn prompts(
        &self,
        program: &Program,
        heard: Heard,
        language: LanguageIx,
    ) -> Result<Vec<PromptName>, Unsaid> {
        let mut prompts = Vec::new();
        for part in heard.parts(program, language) {
            let value = match part {
                Part::Prompt(_) | Part::Sys(_) | Part::Plan(_) => {
                    prompts.extend(part.prompt(program));
                    continue;
                }
                Part::Value(menu, name, kind) => {
                    self.values.get(menu, name).and_then(|text| self.said(kind, text))
                }
                Part::Typed(form) => self.said(spoken_as(form), &machine(form, &self.digits)),
                Part::Number => {
                    self.offered.as_ref().and_then(|number| self.said(Kind::Digits, &digits(number)))
                }
            };
            prompts.extend(value.ok_or(Unsaid)?);
        }
        // A text that is absent in this language cannot be said either.
        if prompts.is_empty() { Err(Unsaid) } else { Ok(prompts) }
    }

    /// The prompts that say a value in the language spoken; `None` if it is no value of this kind.
    fn said(&self, kind: Kind, text: &str) -> Option<Vec<PromptName>> {
        speak(kind, text, Voice::from(self.language()))
    }
}

/// A telephone number as it is read out: `+86 10…` without what is not a digit.
fn digits(number: &Redacted<String>) -> String {
    number.reveal().chars().filter(char::is_ascii_digit).collect()
}
