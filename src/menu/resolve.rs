//! Drafts to a program: names become indexes. Gives nothing where a name leads nowhere; the
//! rules of the standard have said so by then.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{Language, MenuId, QueueId};
use crate::menu::api::PromptName;
use crate::menu::draft::*;
use crate::menu::model::*;
use crate::menu::parse::MAX_LANGUAGES;

const FIRST_DIGIT_MS: u32 = 5_000;
const INTER_DIGIT_MS: u32 = 4_000;
const SILENCES: u8 = 2;
const WRONG_KEYS: u8 = 2;

struct Names<'b> {
    book: &'b Book,
    menus: BTreeMap<&'b MenuId, MenuIx>,
    queues: Vec<QueueId>,
}

pub fn resolve(book: &Book) -> Option<Program> {
    if book.mains.is_empty() || book.languages.is_empty() || u16::try_from(book.menus.len()).is_err() {
        return None;
    }
    let menus = book.menus.iter().enumerate().map(|(ix, menu)| (&menu.id, ix as MenuIx)).collect();
    let mut names = Names { book, menus, queues: Vec::new() };
    let menus = book.menus.iter().map(|draft| names.menu(draft)).collect::<Option<Vec<Menu>>>()?;
    let mains = book
        .mains
        .iter()
        .map(|(entry, main)| {
            let menu = *names.menus.get(main)?;
            let parents = parents(&menus, menu);
            let people = names.people(menu, &parents)?;
            Some(Main { entry: entry.clone(), menu, parents, people })
        })
        .collect::<Option<Vec<Main>>>()?;
    let prompts = prompts(book);
    Some(Program {
        languages: book.languages.clone(),
        staffing: vec![Staffing::default(); names.queues.len()],
        queues: names.queues,
        menus,
        mains,
        prompts,
        pieces: BTreeMap::new(),
        levels: Vec::new(),
        variables: Vec::new(),
        plans: book.views.plans.clone(),
        elderly: None,
        calendar: Vec::new(),
    })
}

impl Names<'_> {
    fn queue(&mut self, id: &QueueId) -> QueueIx {
        let at = self.queues.iter().position(|queue| queue == id).unwrap_or_else(|| {
            self.queues.push(id.clone());
            self.queues.len() - 1
        });
        // As many as there are menus and nodes at most, which is far below.
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// By menu: its own queue of people, else that of the main menu. Menus that cannot be
    /// reached from here never ask.
    fn people(&mut self, main: MenuIx, parents: &[Option<MenuIx>]) -> Option<Vec<QueueIx>> {
        let book = self.book;
        let of = |ix: usize| book.menus.get(ix).and_then(|menu| menu.person.as_ref());
        let inherited = of(usize::from(main)).cloned();
        let mut people = Vec::with_capacity(parents.len());
        for (ix, parent) in parents.iter().enumerate() {
            let reachable = parent.is_some() || ix == usize::from(main);
            people.push(match of(ix).or(inherited.as_ref()) {
                Some(person) => self.queue(&person.value),
                None if reachable => return None,
                None => 0,
            });
        }
        Some(people)
    }

    fn menu(&mut self, draft: &MenuDraft) -> Option<Menu> {
        let id = &draft.id;
        let name = |node: &str| PromptName(format!("{id}.{node}"));
        let said = |node: &str, speech: Option<&SpeechDraft>| speech.map(|_| name(node));
        let mut choices = Vec::with_capacity(draft.choices.len());
        for choice in &draft.choices {
            let key = choice.key.as_ref()?.value;
            let target = self.target(draft, &choice.leads_to.as_ref()?.value)?;
            choices.push(Choice { key, prompt: name(&format!("choice.{key}")), target });
        }
        let mut information = Vec::with_capacity(draft.information.len());
        for node in &draft.information {
            let target = match &node.leads_to {
                Some(target) => self.target(draft, &target.value)?,
                None => Target::Repeat,
            };
            let prompt = name(&node.name.value);
            information.push(Information { name: node.name.value.clone(), prompt, target });
        }
        let timing = timing(draft.timing);
        let mut collects = Vec::with_capacity(draft.collects.len());
        for node in &draft.collects {
            let target = self.target(draft, &node.leads_to.as_ref()?.value)?;
            collects.push(collect(node, name(&node.name.value), target, timing));
        }
        Some(Menu {
            id: id.clone(),
            notice: said("notice", draft.notice.as_ref()),
            greeting: said("greeting", draft.greeting.as_ref()),
            announcement: said("announcement", draft.announcement.as_ref().and_then(|a| a.text.as_ref())),
            timing,
            choices,
            information,
            collects,
            on_entry: None,
            branches: Vec::new(),
            lookups: Vec::new(),
            verifies: Vec::new(),
            surveys: Vec::new(),
            complaints: Vec::new(),
            numbers: Vec::new(),
        })
    }

    fn target(&mut self, menu: &MenuDraft, target: &TargetDraft) -> Option<Target> {
        let node = |at: Option<usize>| at.and_then(|at| u16::try_from(at).ok());
        Some(match target {
            TargetDraft::Menu(id) => Target::Menu(*self.menus.get(&MenuId::new(id))?),
            TargetDraft::Queue(queue) => Target::Queue(self.queue(queue)),
            TargetDraft::Information(name) => {
                Target::Information(node(menu.information.iter().position(|n| n.name.value == *name))?)
            }
            TargetDraft::Collect(name) => {
                Target::Collect(node(menu.collects.iter().position(|n| n.name.value == *name))?)
            }
            TargetDraft::Language(to) => Target::Language([self.language(to)?; MAX_LANGUAGES]),
            TargetDraft::Languages(pairs) => {
                let mut table = [0; MAX_LANGUAGES];
                for (slot, language) in table.iter_mut().zip(&self.book.languages) {
                    *slot = self.language(pairs.get(language)?)?;
                }
                Target::Language(table)
            }
            TargetDraft::Message(queue) => Target::Message(queue.as_ref().map(|queue| self.queue(queue))),
            TargetDraft::Person => Target::Person,
            TargetDraft::Repeat => Target::Repeat,
            TargetDraft::Back => Target::Back,
            TargetDraft::End => Target::End,
        })
    }

    fn language(&self, language: &Language) -> Option<LanguageIx> {
        let at = self.book.languages.iter().position(|l| l == language)?;
        LanguageIx::try_from(at).ok()
    }
}

fn millis(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
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
        confirm: false,
        first_digit: node.timing.first_digit.map_or(menu.first_digit, millis),
        inter_digit: node.timing.inter_digit.map_or(menu.inter_digit, millis),
        target,
    }
}

/// Breadth first from the main menu: by menu, the one above it.
fn parents(menus: &[Menu], main: MenuIx) -> Vec<Option<MenuIx>> {
    let mut parents = vec![None; menus.len()];
    let mut queue = std::collections::VecDeque::from([main]);
    while let Some(at) = queue.pop_front() {
        let menu = &menus[usize::from(at)];
        let targets = (menu.choices.iter().map(|c| c.target))
            .chain(menu.information.iter().map(|i| i.target))
            .chain(menu.collects.iter().map(|c| c.target));
        for target in targets {
            if let Target::Menu(next) = target
                && next != main
                && parents[usize::from(next)].is_none()
            {
                parents[usize::from(next)] = Some(at);
                queue.push_back(next);
            }
        }
    }
    parents
}

fn prompts(book: &Book) -> Vec<PromptText> {
    let texts = |speech: &SpeechDraft| {
        speech.texts.iter().map(|(language, text)| (language.clone(), text.value.clone())).collect()
    };
    let all = book.speeches().into_iter();
    all.map(|(name, speech, kind)| PromptText { name: PromptName(name), texts: texts(speech), kind })
        .collect()
}
