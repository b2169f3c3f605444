//! One caller's visit: plays the interpreter as telephone and engine do, and keeps what was heard.

use std::sync::Arc;

use hotline::ids::{Key, Language, QueueId};
use hotline::menu::Visit;
use hotline::menu::api::{Action, Arrival, AskId, Atom, Fact, Input, Pace, PromptName};
use hotline::menu::ask::Question;
use hotline::menu::forms::Form;
use hotline::sealed::Redacted;

use super::world::{Asked, World};
use super::{Subject, speech};

/// How a visit left the menus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    Queue(QueueId),
    Message(Option<QueueId>),
    Callback(QueueId),
    Transfer(String),
    /// Farewell, and the line is cut.
    HungUp,
}

/// What a caller does at a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Deed {
    /// Hears what plays to its end, or waits until something happens.
    Nothing,
    /// Presses at once, whatever plays.
    Press(Key),
    /// Keys in what is asked for, and `#` if that was not the end.
    Digits,
}

/// One order to play.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Heard {
    pub menu: String,
    pub language: Language,
    pub prompts: Vec<PromptName>,
    pub secret: bool,
    /// Keys pressed by then.
    pub keys: u32,
}

pub type Millis = u64;

/// Most digits keyed in before a caller tries `#`.
const MOST_DIGITS: usize = 32;

pub struct Caller<'s> {
    subject: &'s Subject,
    world: &'s World,
    visit: Visit,
    pub heard: Vec<Heard>,
    /// The last of `heard` is still playing.
    pub is_playing: bool,
    /// Until something happens by itself.
    waits: Option<Millis>,
    /// What the bank's system was asked and has not answered yet.
    pending: Option<(AskId, Question)>,
    /// What was played last is spoken slowly.
    pub is_slow: bool,
    pub ending: Option<Ending>,
    pub menus: Vec<String>,
    pub asked: Vec<Asked>,
    pub keys: u32,
    /// Questions about queues.
    queues: usize,
    /// The last deed was a key, and the world was asked nothing because of it.
    pub was_chosen: bool,
    /// Digits pressed since something was heard last.
    pub typed: usize,
    /// Since the answer.
    pub clock: Millis,
}

impl<'s> Caller<'s> {
    pub fn rings(subject: &'s Subject, world: &'s World) -> Caller<'s> {
        let program = Arc::clone(&subject.program);
        let arrival = Arrival {
            entry: Some(world.entry.clone()),
            language: world.language.clone(),
            number: world.shows_number.then(|| Redacted("13800138000".to_owned())),
        };
        let (visit, actions) = Visit::start(program, arrival);
        let mut caller = Caller {
            subject,
            world,
            visit,
            heard: Vec::new(),
            is_playing: false,
            waits: None,
            pending: None,
            is_slow: false,
            ending: None,
            menus: Vec::new(),
            asked: Vec::new(),
            keys: 0,
            queues: 0,
            was_chosen: false,
            typed: 0,
            clock: 0,
        };
        caller.take(actions);
        caller
    }

    /// A visit that goes on to the same point as another.
    pub fn repeats(subject: &'s Subject, world: &'s World, deeds: &[Deed]) -> Caller<'s> {
        let mut caller = Caller::rings(subject, world);
        for deed in deeds {
            caller.does(*deed);
        }
        caller
    }

    pub fn does(&mut self, deed: Deed) {
        let (before, begun) = (self.asked.len(), self.has_begun());
        match deed {
            Deed::Nothing => self.nothing(),
            Deed::Press(key) => self.press(key),
            Deed::Digits => self.digits(),
        }
        // A key pressed into the announcement of a plan waits until all that belongs to the beginning
        // is asked.
        self.was_chosen = deed != Deed::Nothing && (!begun || self.asked.len() == before);
    }

    /// Are notice and announcements over?
    fn has_begun(&self) -> bool {
        let opening = |prompt: &PromptName| prompt.0.starts_with("plan.") || prompt.0.ends_with(".notice");
        !self.last_heard().and_then(|heard| heard.prompts.first()).is_some_and(opening)
    }

    /// Neither plays nor waits nor has ended: nothing will ever happen again.
    pub fn is_stuck(&self) -> bool {
        self.ending.is_none() && !self.is_playing && self.waits.is_none() && !self.is_pending()
    }

    pub fn is_collecting(&self) -> bool {
        self.visit.form().is_some()
    }

    /// Will the bank's system answer?
    pub fn is_pending(&self) -> bool {
        let question = self.pending.as_ref().map(|(_, question)| question);
        question.is_some_and(|question| self.world.system(self.subject, question).is_some())
    }

    /// What plays, or played last.
    pub fn last_heard(&self) -> Option<&Heard> {
        self.heard.last()
    }

    pub fn menu(&self) -> String {
        self.visit.menu().to_string()
    }

    pub fn language(&self) -> Language {
        self.visit.language().clone()
    }

    fn nothing(&mut self) {
        if self.ending.is_some() {
            return;
        }
        if let Some((id, question)) =
            self.pending.take_if(|(_, question)| self.world.system(self.subject, question).is_some())
        {
            if let Some(result) = self.world.system(self.subject, &question) {
                let actions = self.visit.answered(id, result);
                self.take(actions);
            }
        } else if self.is_playing {
            self.is_playing = false;
            if let Some(heard) = self.heard.last() {
                self.clock += speech::millis_of(self.subject, heard);
            }
            self.input(Input::PlayDone);
        } else if let Some(wait) = self.waits.take() {
            self.clock += wait;
            self.input(Input::Timeout);
        }
    }

    fn press(&mut self, key: Key) {
        if self.ending.is_none() {
            self.keys += 1;
            self.typed += usize::from(matches!(key, Key::Digit(_)) && self.is_collecting());
            self.input(Input::Key(key));
        }
    }

    fn digits(&mut self) {
        let before = self.heard.len();
        for digit in self.fitting().bytes().take(MOST_DIGITS) {
            self.press(Key::Digit(digit - b'0'));
            if self.heard.len() != before || self.ending.is_some() || !self.is_collecting() {
                return;
            }
        }
        self.press(Key::Pound);
    }

    /// Digits as they are asked for here: a card number and a date that there are.
    pub fn fitting(&self) -> &'static str {
        match self.visit.form() {
            Some(Form::Card) => "4539578763621486",
            Some(Form::Date) => "20240229",
            _ => "13800138000138001380013800138000",
        }
    }

    fn input(&mut self, input: Input) {
        let actions = self.visit.handle(input);
        self.take(actions);
    }

    fn take(&mut self, actions: Vec<Action>) {
        for action in actions {
            if self.ending.is_some() {
                return;
            }
            match action {
                Action::Play { language, prompts, secret, pace } => {
                    self.is_slow = pace == Pace::Slow;
                    self.is_playing = true;
                    self.waits = None;
                    self.typed = 0;
                    let (menu, keys) = (self.menu(), self.keys);
                    self.heard.push(Heard { menu, language, prompts, secret, keys });
                }
                Action::Hush => self.is_playing = false,
                Action::Wait(time) => {
                    self.is_playing = false;
                    self.waits = Some(time.as_millis() as Millis);
                }
                Action::Choose(atom) => self.choose(atom),
                Action::Fact(Fact::Entered(menu)) => self.menus.push(menu.to_string()),
                Action::Fact(_) => {}
                Action::Queue { queue, .. } => self.ending = Some(Ending::Queue(queue)),
                Action::Message { queue, .. } => self.ending = Some(Ending::Message(queue)),
                Action::Callback { queue, .. } => self.ending = Some(Ending::Callback(queue)),
                Action::Transfer { number, .. } => self.ending = Some(Ending::Transfer(number)),
                Action::Ask { id, question } => {
                    self.asked.push(Asked::System);
                    self.pending = Some((id, question));
                }
                Action::End => self.ending = Some(Ending::HungUp),
            }
        }
    }

    fn choose(&mut self, atom: Atom) {
        let yes = match atom {
            Atom::DigitsFit => self.visit.answer(&atom) == 1,
            Atom::Waiting { .. } | Atom::Estimate { .. } | Atom::Ready { .. } => {
                self.queues += 1;
                self.world.queues[(self.queues - 1) % 2]
            }
            _ => self.world.answer(&atom),
        };
        if matches!(atom, Atom::CallbackAllowed(_)) {
            self.asked.push(Asked::Number);
        }
        if !matches!(atom, Atom::DigitsFit | Atom::MayVerify(_)) {
            self.asked.push(Asked::Atom(atom));
        }
        self.input(Input::Chosen(u8::from(yes)));
    }
}
