//! The world around a visit in a transcript: what a script says of it with lines such as
//! `given: closed branches`. Without any, everything is open, nobody is known, no plan is in force,
//! nobody waits, callbacks are allowed and the bank's systems do not answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::ids::{Language, PlanId, QueueId};
use crate::menu::api::{Atom, CallerList, PromptName};
use crate::menu::ask::{Answer, Failure, Question};
use crate::sealed::Redacted;

#[derive(Clone, Debug, Default)]
pub struct World {
    /// Schedules that are not open.
    closed: BTreeSet<String>,
    /// All of them are closed, apart from these.
    only_open: Option<BTreeSet<String>>,
    holiday: bool,
    /// Lists the caller stands on.
    lists: BTreeSet<CallerList>,
    number: Option<Redacted<String>>,
    plans: BTreeSet<PlanId>,
    queues: BTreeMap<QueueId, Load>,
    /// By service and path: answers in the order they come; the last one stays.
    answers: BTreeMap<(String, String), VecDeque<Result<Answer, Failure>>>,
    no_callback: bool,
    locked: bool,
    /// Of prompts that the menus have no text for: announcements of plans.
    texts: BTreeMap<(Language, PromptName), String>,
}

/// How busy a queue is.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    waiting: u32,
    estimate: Duration,
    /// `None`: enough of them.
    ready: Option<u32>,
}

/// Not something that can be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`given: {0}` cannot be understood: write closed NAME, open NAME, holiday, caller known|vip|blocked|elderly, \
     number DIGITS, plan NAME, waiting QUEUE COUNT, estimate QUEUE SECONDS, ready QUEUE COUNT, no-callback, \
     locked, or lookup SERVICE PATH with FIELD=VALUE …, verified, wrong, locked or failed"
)]
pub struct BadGiven(pub String);

impl World {
    /// One thing more about the world, as a script says it.
    pub fn given(&mut self, text: &str) -> Result<(), BadGiven> {
        // What is given may be personal, so only its first word is told again.
        let bad = || BadGiven(text.split_whitespace().next().unwrap_or_default().to_owned());
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["closed", names @ ..] if !names.is_empty() => {
                self.closed.extend(names.iter().map(|name| (*name).to_owned()));
            }
            ["open", names @ ..] if !names.is_empty() => {
                let open = self.only_open.get_or_insert_default();
                open.extend(names.iter().map(|name| (*name).to_owned()));
            }
            ["holiday"] => self.holiday = true,
            ["caller", lists @ ..] if !lists.is_empty() => {
                for list in lists {
                    self.lists.insert(list_of(list).ok_or_else(bad)?);
                }
            }
            ["number", number] => self.number = Some(Redacted((*number).to_owned())),
            ["plan", plans @ ..] if !plans.is_empty() => {
                self.plans.extend(plans.iter().copied().map(PlanId::new));
            }
            ["waiting", queue, count] => self.load(queue).waiting = count.parse().map_err(|_| bad())?,
            ["estimate", queue, seconds] => {
                let seconds = seconds.parse().map_err(|_| bad())?;
                self.load(queue).estimate = Duration::from_secs(seconds);
            }
            ["ready", queue, count] => self.load(queue).ready = Some(count.parse().map_err(|_| bad())?),
            ["no-callback"] => self.no_callback = true,
            ["locked"] => self.locked = true,
            ["lookup", service, path, answer @ ..] if !answer.is_empty() => {
                let answer = answer_of(answer).ok_or_else(bad)?;
                let key = ((*service).to_owned(), (*path).to_owned());
                self.answers.entry(key).or_default().push_back(answer);
            }
            _ => return Err(bad()),
        }
        Ok(())
    }

    /// The number the caller rings from, if it is shown.
    pub fn number(&self) -> Option<Redacted<String>> {
        self.number.clone()
    }

    /// Words of a prompt that comes from elsewhere than the menus.
    pub fn says(&mut self, language: &Language, prompt: PromptName, text: &str) {
        self.texts.insert((language.clone(), prompt), text.to_owned());
    }

    pub fn text(&self, language: &Language, prompt: &PromptName) -> Option<&str> {
        self.texts.get(&(language.clone(), prompt.clone())).map(String::as_str)
    }

    /// 1 = yes, 0 = no.
    pub fn answer(&self, atom: &Atom) -> u8 {
        let load = |queue: &QueueId| self.queues.get(queue).copied().unwrap_or_default();
        u8::from(match atom {
            // Known by the visit alone.
            Atom::DigitsFit => false,
            Atom::Open(schedule) => {
                let only = self.only_open.as_ref().is_none_or(|open| open.contains(schedule));
                only && !self.closed.contains(schedule)
            }
            Atom::Holiday => self.holiday,
            Atom::Caller(CallerList::Known) => !self.lists.is_empty(),
            Atom::Caller(list) => self.lists.contains(list),
            Atom::Plan(plan) => self.plans.contains(plan),
            Atom::Waiting { queue, above } => load(queue).waiting > *above,
            Atom::Estimate { queue, above } => load(queue).estimate > *above,
            Atom::Ready { queue, below } => load(queue).ready.is_some_and(|ready| ready < *below),
            Atom::CallbackAllowed(_) => !self.no_callback,
            Atom::MayVerify(_) => !self.locked,
        })
    }

    /// What the bank's system says.
    pub fn ask(&mut self, question: &Question) -> Result<Answer, Failure> {
        let key = (question.service.clone(), question.path.clone());
        let Some(answers) = self.answers.get_mut(&key) else { return Err(Failure::Unreachable) };
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.unwrap_or(Err(Failure::Unreachable))
    }

    fn load(&mut self, queue: &str) -> &mut Load {
        self.queues.entry(QueueId::new(queue)).or_default()
    }
}

fn list_of(word: &str) -> Option<CallerList> {
    Some(match word {
        "known" => CallerList::Known,
        "vip" => CallerList::Vip,
        "blocked" => CallerList::Blocked,
        "elderly" => CallerList::Elderly,
        _ => return None,
    })
}

/// `FIELD=VALUE …`, a result of a verification, or `failed`.
fn answer_of(words: &[&str]) -> Option<Result<Answer, Failure>> {
    let field = |name: &str, value: &str| (name.to_owned(), Redacted(value.to_owned()));
    match words {
        ["failed"] => Some(Err(Failure::Unreachable)),
        [result @ ("verified" | "wrong" | "locked")] => {
            Some(Ok(Answer { fields: BTreeMap::from([field("result", result)]) }))
        }
        _ => {
            let fields =
                words.iter().map(|word| word.split_once('=').map(|(name, value)| field(name, value)));
            Some(Ok(Answer { fields: fields.collect::<Option<_>>()? }))
        }
    }
}
