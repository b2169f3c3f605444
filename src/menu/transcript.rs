//! A caller's visit as text, without audio: what is heard, pressed and decided.
//! Scripts beside the menus (`NAME.script`) are such transcripts, so they read like a talk.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::ids::{EntryId, Key, Language};
use crate::menu::api::{Action, Arrival, Fact, Input};
use crate::menu::interpreter::Visit;
use crate::menu::model::Program;

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

/// A visit being told.
pub struct Telling {
    program: Arc<Program>,
    visit: Visit,
    text: String,
}

/// Most prompts that follow one another by themselves before we stop listening.
const MOST_PLAYS: usize = 16;

impl Telling {
    pub fn start(program: Arc<Program>, entry: &EntryId, language: Option<Language>) -> Self {
        let (visit, actions) = Visit::start(
            Arc::clone(&program),
            Arrival { entry: Some(entry.clone()), language, number: None },
        );
        let mut telling = Telling { program, visit, text: String::new() };
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

    fn listen(&mut self) {
        for _ in 0..MOST_PLAYS {
            if !self.visit.is_playing() {
                break;
            }
            let actions = self.visit.handle(Input::PlayDone);
            self.tell(actions);
        }
    }

    fn tell(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Play { language, prompts, secret, .. } => {
                    let texts: Vec<&str> =
                        prompts.iter().map(|prompt| self.program.text_of(prompt, &language)).collect();
                    let text = texts.join(" ");
                    self.line(if secret { "hear (secret)" } else { "hear" }, &text);
                }
                Action::Fact(fact) => self.fact(&fact),
                Action::Choose(atom) => {
                    let answer = self.visit.answer(&atom);
                    let actions = self.visit.handle(Input::Chosen(answer));
                    self.tell(actions);
                }
                Action::Queue { queue, language, .. } => self.line("queue", &format!("{queue} ({language})")),
                Action::Message { queue, language, .. } => {
                    let queue = queue.map_or_else(String::new, |queue| format!("for {queue} "));
                    self.line("message", &format!("{queue}({language})"));
                }
                Action::End => self.line("end", ""),
                Action::Hush
                | Action::Wait(_)
                | Action::Ask { .. }
                | Action::Callback { .. }
                | Action::Transfer { .. } => {}
            }
        }
    }

    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Language(language) => self.line("language", language.as_str()),
            Fact::Entered(menu) => self.line("menu", menu.as_str()),
            // Pressed is told where it happens; typed ahead, it was told then.
            Fact::Key { .. } => {}
            Fact::Failed { error, .. } => {
                let error = match error {
                    crate::event::MenuError::Silence => "silence",
                    crate::event::MenuError::WrongKey => "wrong key",
                    crate::event::MenuError::BadInput => "bad input",
                };
                self.line("mistake", error);
            }
            Fact::Information { node, .. } => self.line("heard all of", node),
            Fact::Collected { node, count, digits, .. } => {
                let open = if digits.is_some() { "digits" } else { "secret digits" };
                self.line("collected", &format!("{node}: {count} {open}"));
            }
            Fact::AgentRequested { .. } => self.line("person", "asked for"),
            Fact::LookedUp { .. }
            | Fact::Verified { .. }
            | Fact::NotVerified { .. }
            | Fact::Surveyed { .. }
            | Fact::Elderly
            | Fact::PlanAnnounced(_) => {}
        }
    }

    fn line(&mut self, what: &str, detail: &str) {
        // Writing to a String does not fail.
        let _ = match detail {
            "" => writeln!(self.text, "{what}"),
            _ => writeln!(self.text, "{what:<13} {detail}"),
        };
    }
}

/// The whole transcript of a script.
pub fn transcript(
    program: &Arc<Program>,
    entry: &EntryId,
    language: Option<Language>,
    deeds: &[Deed],
) -> String {
    let mut telling = Telling::start(Arc::clone(program), entry, language);
    for deed in deeds {
        telling.deed(*deed);
    }
    telling.listen();
    telling.take()
}
