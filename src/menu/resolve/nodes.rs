//! Menus and their nodes.

use crate::menu::api::PromptName;
use crate::menu::draft::*;
use crate::menu::model::*;
use crate::menu::report::At;
use crate::menu::resolve::names::{Names, millis, numbers};
use crate::menu::resolve::variables;

const FIRST_DIGIT_MS: u32 = 5_000;
const INTER_DIGIT_MS: u32 = 4_000;
const SILENCES: u8 = 2;
const WRONG_KEYS: u8 = 2;

/// Name of the branch that is decided on entering.
const ON_ENTRY: &str = "when";

/// A menu with the names of its prompts.
struct Said<'d>(&'d MenuDraft);

impl Said<'_> {
    fn name(&self, node: &str) -> PromptName {
        PromptName(format!("{}.{node}", self.0.id))
    }

    fn maybe(&self, node: &str, speech: Option<&SpeechDraft>) -> Option<PromptName> {
        speech.map(|_| self.name(node))
    }
}

impl Names<'_> {
    pub fn menu(&mut self, draft: &MenuDraft) -> Option<Menu> {
        let said = Said(draft);
        let mut choices = Vec::with_capacity(draft.choices.len());
        for choice in &draft.choices {
            let key = choice.key.as_ref()?.value;
            let target = self.target(draft, &choice.leads_to.as_ref()?.value)?;
            choices.push(Choice { key, prompt: said.name(&format!("choice.{key}")), target });
        }
        let mut information = Vec::with_capacity(draft.information.len());
        for node in &draft.information {
            let name = node.name.value.clone();
            let target = self.or(draft, node.leads_to.as_ref(), Target::Repeat)?;
            information.push(Information { prompt: said.name(&name), name, target });
        }
        let timing = timing(draft.timing);
        let mut collects = Vec::with_capacity(draft.collects.len());
        for node in &draft.collects {
            // A step that only verifications and complaints ask leads nowhere by itself.
            let target = self.or(draft, node.leads_to.as_ref(), Target::Person)?;
            collects.push(collect(node, said.name(&node.name.value), target, timing));
        }
        let announcement = draft.announcement.as_ref().and_then(|a| a.text.as_ref());
        Some(Menu {
            id: draft.id.clone(),
            notice: said.maybe("notice", draft.notice.as_ref()),
            greeting: said.maybe("greeting", draft.greeting.as_ref()),
            announcement: said.maybe("announcement", announcement),
            timing,
            choices,
            information,
            collects,
            on_entry: (!draft.whens.is_empty()).then_some(0),
            branches: self.branches(draft)?,
            lookups: self.lookups(draft)?,
            verifies: self.verifies(draft)?,
            surveys: self.surveys(draft)?,
            complaints: self.complaints(draft)?,
            numbers: numbers(draft),
        })
    }

    fn branches(&mut self, draft: &MenuDraft) -> Option<Vec<Branch>> {
        let mut branches = Vec::new();
        if !draft.whens.is_empty() {
            let whens = self.whens(draft, &draft.whens)?;
            branches.push(Branch { name: ON_ENTRY.to_owned(), whens, otherwise: Target::Stay });
        }
        for node in &draft.nodes.branches {
            branches.push(Branch {
                name: node.name.value.clone(),
                whens: self.whens(draft, &node.whens)?,
                otherwise: self.target(draft, &node.otherwise.as_ref()?.value)?,
            });
        }
        Some(branches)
    }

    fn lookups(&mut self, draft: &MenuDraft) -> Option<Vec<Lookup>> {
        let mut lookups = Vec::new();
        for node in &draft.nodes.lookups {
            let sent = node.send.iter().map(|step| draft.collect(&step.value).map(|_| step.value.clone()));
            lookups.push(Lookup {
                name: node.name.value.clone(),
                prompt: Said(draft).maybe(&node.name.value, node.text.as_ref()),
                service: node.service.as_ref()?.value.clone(),
                path: node.path.as_ref()?.value.clone(),
                send: sent.collect::<Option<Vec<String>>>()?,
                variables: variables::set_by(self.book, draft, node, &self.variables),
                whens: self.whens(draft, &node.whens)?,
                target: self.target(draft, &node.leads_to.as_ref()?.value)?,
                failed: self.or(draft, node.failed.as_ref(), Target::Person)?,
            });
        }
        Some(lookups)
    }

    fn verifies(&mut self, draft: &MenuDraft) -> Option<Vec<Verify>> {
        let mut verifies = Vec::new();
        for node in &draft.nodes.verifies {
            let level = node.level.as_ref().map_or(USUAL_LEVEL, |level| &level.value);
            verifies.push(Verify {
                name: node.name.value.clone(),
                prompt: Said(draft).maybe(&node.name.value, node.text.as_ref()),
                service: node.service.as_ref()?.value.clone(),
                path: node.path.as_ref()?.value.clone(),
                ask: self.steps(draft, &node.ask).filter(|steps| !steps.is_empty())?,
                level: self.level(level)?,
                attempts: node.attempts,
                target: self.target(draft, &node.leads_to.as_ref()?.value)?,
                failed: self.or(draft, node.failed.as_ref(), Target::Person)?,
            });
        }
        Some(verifies)
    }

    fn surveys(&mut self, draft: &MenuDraft) -> Option<Vec<Survey>> {
        let mut surveys = Vec::new();
        for node in &draft.nodes.surveys {
            let question = |question: &QuestionDraft| {
                Some(Question {
                    name: question.name.as_ref()?.value.clone(),
                    prompt: Said(draft).name(&question.prompt(&node.name.value)),
                    most: question.most,
                })
            };
            let questions = node.questions.iter().map(question).collect::<Option<Vec<Question>>>()?;
            if questions.is_empty() {
                return None;
            }
            let target = self.or(draft, node.leads_to.as_ref(), Target::End)?;
            surveys.push(Survey { name: node.name.value.clone(), questions, target });
        }
        Some(surveys)
    }

    fn complaints(&mut self, draft: &MenuDraft) -> Option<Vec<Complaint>> {
        let mut complaints = Vec::new();
        for node in &draft.nodes.complaints {
            complaints.push(Complaint {
                name: node.name.value.clone(),
                prompt: Said(draft).maybe(&node.name.value, node.text.as_ref()),
                ask: self.steps(draft, &node.ask)?,
                queue: node.queue.as_ref().map(|queue| self.queue(&queue.value)),
            });
        }
        Some(complaints)
    }

    fn steps(&self, draft: &MenuDraft, names: &[At<String>]) -> Option<Vec<u16>> {
        names.iter().map(|name| self.collect(draft, &name.value)).collect()
    }
}

fn timing(draft: TimingDraft) -> Timing {
    Timing {
        first_digit: millis(draft.first_digit.unwrap_or(FIRST_DIGIT_MS)),
        inter_digit: millis(draft.inter_digit.unwrap_or(INTER_DIGIT_MS)),
        silences: draft.silences.unwrap_or(SILENCES),
        wrong_keys: draft.wrong_keys.unwrap_or(WRONG_KEYS),
    }
}

fn collect(node: &CollectDraft, prompt: PromptName, target: Target, menu: Timing) -> Collect {
    Collect {
        name: node.name.value.clone(),
        prompt,
        form: node.form,
        min: node.min,
        max: node.max,
        secret: node.secret,
        retries: node.retries,
        confirm: node.confirm.is_some() && !node.secret,
        first_digit: node.timing.first_digit.map_or(menu.first_digit, millis),
        inter_digit: node.timing.inter_digit.map_or(menu.inter_digit, millis),
        target,
    }
}
