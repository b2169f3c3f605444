//! One caller's visit: plays the interpreter as telephone and engine do, and keeps what was heard.

use std::sync::Arc;

use hotline::ids::{Key, Language, QueueId};
use hotline::menu::Visit;
use hotline::menu::api::{Action, Atom, Fact, Input, PromptName};

use super::world::World;
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
    /// Keys in digits until they are taken, then `#`.
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
    /// Since the answer, when it began.
    pub at: Millis,
}

/// Milliseconds.
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
    /// Milliseconds until something happens by itself.
    waits: Option<u64>,
    pub ending: Option<Ending>,
    pub menus: Vec<String>,
    pub keys: u32,
    /// Milliseconds since the answer.
    pub clock: u64,
}

impl<'s> Caller<'s> {
    pub fn rings(subject: &'s Subject, world: &'s World) -> Caller<'s> {
        let program = Arc::clone(&subject.program);
        let (visit, actions) = Visit::start(program, &world.entry, world.language.clone());
        let mut caller = Caller {
            subject,
            world,
            visit,
            heard: Vec::new(),
            is_playing: false,
            waits: None,
            ending: None,
            menus: Vec::new(),
            keys: 0,
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
        match deed {
            Deed::Nothing => self.nothing(),
            Deed::Press(key) => self.press(key),
            Deed::Digits => self.digits(),
        }
    }

    /// Neither plays nor waits nor has ended: nothing will ever happen again.
    pub fn is_stuck(&self) -> bool {
        self.ending.is_none() && !self.is_playing && self.waits.is_none()
    }

    pub fn is_collecting(&self) -> bool {
        self.visit.form().is_some()
    }

    /// Digits keyed in for the step under way.
    pub fn typed(&self) -> usize {
        self.visit.digits().map_or(0, |digits| digits.0.len())
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
        if self.is_playing {
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
            self.input(Input::Key(key));
        }
    }

    fn digits(&mut self) {
        let before = self.heard.len();
        for _ in 0..MOST_DIGITS {
            if self.heard.len() != before || self.ending.is_some() || !self.is_collecting() {
                return;
            }
            self.press(Key::Digit(1));
        }
        self.press(Key::Pound);
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
                Action::Play { language, prompts, secret, .. } => {
                    self.is_playing = true;
                    self.waits = None;
                    let (menu, keys, at) = (self.menu(), self.keys, self.clock);
                    self.heard.push(Heard { menu, language, prompts, secret, keys, at });
                }
                Action::Hush => self.is_playing = false,
                Action::Wait(time) => {
                    self.is_playing = false;
                    self.waits = Some(time.as_millis() as u64);
                }
                Action::Choose(atom) => self.choose(&atom),
                Action::Fact(Fact::Entered(menu)) => self.menus.push(menu.to_string()),
                Action::Fact(_) => {}
                Action::Queue { queue, .. } => self.ending = Some(Ending::Queue(queue)),
                Action::Message { queue, .. } => self.ending = Some(Ending::Message(queue)),
                Action::Callback { queue, .. } => self.ending = Some(Ending::Callback(queue)),
                Action::Transfer { number, .. } => self.ending = Some(Ending::Transfer(number)),
                Action::Ask { .. } => {}
                Action::End => self.ending = Some(Ending::HungUp),
            }
        }
    }

    fn choose(&mut self, atom: &Atom) {
        let answer = self.world.answer(atom);
        self.input(Input::Chosen(answer));
    }
}
