//! A caller's visit as text, without audio: what is heard, pressed and decided.
//! Scripts beside the menus (`NAME.script`) are such transcripts, so they read like a talk.

#[cfg(test)]
mod tests;
mod told;
mod world;

use std::sync::Arc;

use crate::ids::{EntryId, Key, Language};
use crate::menu::api::{Action, Arrival, AskId, Atom, Input};
use crate::menu::ask::Question;
use crate::menu::interpreter::Visit;
use crate::menu::model::Program;

pub use world::{BadGiven, World};

/// What a caller does in a script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Hears everything, then presses.
    Press(Key),
    /// Presses while the prompt plays.
    Interrupt(Key),
    /// Hears everything, then does nothing until the wait is over.
    Silence,
    /// Hears everything that comes by itself.
    Listen,
}

/// Not a script: the word that cannot be understood is not shown, it may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("word {word} is no key: write keys (0-9, *, #), !KEY to interrupt, - for silence, . to listen")]
pub struct BadScript {
    /// Counted from 1.
    pub word: usize,
}

/// Keys and waits in one line: `1 2 0`, `123456#`, `!0` (at once), `-` (silence), `.` (listen).
pub fn parse_deeds(text: &str) -> Result<Vec<Deed>, BadScript> {
    let mut deeds = Vec::new();
    for (number, word) in text.split_whitespace().enumerate() {
        let bad = || BadScript { word: number + 1 };
        match word {
            "-" => deeds.push(Deed::Silence),
            "." => deeds.push(Deed::Listen),
            _ => {
                let (now, keys) = word.strip_prefix('!').map_or((false, word), |keys| (true, keys));
                if keys.is_empty() {
                    return Err(bad());
                }
                for (place, c) in keys.chars().enumerate() {
                    let key = Key::from_char(c).ok_or_else(bad)?;
                    let interrupts = now || place > 0;
                    deeds.push(if interrupts { Deed::Interrupt(key) } else { Deed::Press(key) });
                }
            }
        }
    }
    Ok(deeds)
}

/// Who calls where, and what the world around is like.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// The dialled number; `None` = the first entry.
    pub entry: Option<EntryId>,
    /// The one spoken last time; `None` = the hotline's first.
    pub language: Option<Language>,
    pub world: World,
}

/// A visit being told.
pub struct Telling {
    program: Arc<Program>,
    visit: Visit,
    world: World,
    /// The question to the bank's system that is not answered yet.
    asked: Option<(AskId, Question)>,
    text: String,
}

/// Most prompts and answers that follow one another by themselves before we stop listening.
const MOST_PLAYS: usize = 32;

impl Telling {
    pub fn start(program: Arc<Program>, scene: Scene) -> Self {
        let Scene { entry, language, world } = scene;
        let arrival = Arrival { entry, language, number: world.number() };
        let (visit, actions) = Visit::start(Arc::clone(&program), arrival);
        let mut telling = Telling { program, visit, world, asked: None, text: String::new() };
        telling.tell(actions);
        telling
    }

    pub fn deed(&mut self, deed: Deed) {
        if self.visit.has_ended() {
            return;
        }
        match deed {
            Deed::Listen => self.listen(),
            Deed::Silence => {
                self.listen();
                if !self.visit.has_ended() {
                    self.line("silence", "");
                    let actions = self.visit.handle(Input::Timeout);
                    self.tell(actions);
                }
            }
            Deed::Press(key) => {
                self.listen();
                self.press(key);
            }
            Deed::Interrupt(key) => self.press(key),
        }
    }

    /// What was told since the last time.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    pub fn has_ended(&self) -> bool {
        self.visit.has_ended()
    }

    /// The world around, to be changed while the visit goes on.
    pub fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn press(&mut self, key: Key) {
        if self.visit.has_ended() {
            return;
        }
        let shown = if self.visit.is_secret() && key != Key::Star && key != Key::Pound {
            "•".to_owned()
        } else {
            key.to_string()
        };
        self.line("press", &shown);
        let actions = self.visit.handle(Input::Key(key));
        self.tell(actions);
    }

    /// Hears what comes by itself; the bank's systems answer when their text was heard.
    fn listen(&mut self) {
        for _ in 0..MOST_PLAYS {
            let actions = if self.visit.is_playing() {
                self.visit.handle(Input::PlayDone)
            } else if let Some((id, question)) = self.asked.take() {
                self.visit.answered(id, self.world.ask(&question))
            } else {
                break;
            };
            self.tell(actions);
        }
    }

    fn tell(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Play { language, prompts, secret, .. } => {
                    let text = self.words(&language, &prompts);
                    self.line(if secret { "hear (secret)" } else { "hear" }, &text);
                }
                Action::Fact(fact) => self.fact(&fact),
                Action::Choose(atom) => {
                    let answer = match atom {
                        Atom::DigitsFit => self.visit.answer(&atom),
                        _ => self.world.answer(&atom),
                    };
                    let actions = self.visit.handle(Input::Chosen(answer));
                    self.tell(actions);
                }
                Action::Ask { id, question } => {
                    self.ask(&question);
                    self.asked = Some((id, question));
                }
                Action::Queue { queue, language, handover } => {
                    self.line("queue", &format!("{queue} ({language}){}", told::handover(&handover)));
                }
                Action::Message { queue, language, purpose } => {
                    let queue = queue.map_or_else(String::new, |queue| format!("for {queue} "));
                    self.line("message", &format!("{queue}({language}){}", told::purpose(&purpose)));
                }
                Action::Callback { queue, language, .. } => {
                    self.line("callback", &format!("promised for {queue} ({language})"));
                }
                Action::Transfer { number, language, otherwise } => {
                    self.line("transfer", &format!("{number} ({language}), else {otherwise}"));
                }
                Action::End => self.line("end", ""),
                Action::Hush | Action::Wait(_) => {}
            }
        }
    }
}

/// The whole transcript of a script.
pub fn transcript(program: &Arc<Program>, scene: Scene, deeds: &[Deed]) -> String {
    let mut telling = Telling::start(Arc::clone(program), scene);
    for deed in deeds {
        telling.deed(*deed);
    }
    telling.listen();
    telling.take()
}
