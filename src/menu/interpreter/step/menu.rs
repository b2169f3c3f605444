//! In a menu, and in an information of it.

use super::Turn;
use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::Note;
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Ear, Mistakes, Phase, Way};
use crate::menu::model::Target;
use crate::menu::system::Sys;

impl Turn<'_, '_> {
    pub(super) fn menu(&mut self, ear: Ear, mistakes: Mistakes, input: &Input) {
        match (ear, input) {
            (Ear::Listening | Ear::Silence, Input::Key(key)) => self.menu_key(*key),
            (Ear::Listening, Input::PlayDone) => {
                self.state.phase = Phase::Menu { ear: Ear::Silence, mistakes };
                self.wait_key();
            }
            (Ear::Silence, Input::Timeout) => self.menu_failed(MenuError::Silence),
            (Ear::Silence, Input::PlayDone)
            | (Ear::Listening, Input::Timeout)
            | (Ear::Listening | Ear::Silence, Input::Chosen(_)) => {}
        }
    }

    fn menu_key(&mut self, key: Key) {
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Star => {
                self.note_key(key);
                self.go(Target::Back);
            }
            Key::Pound => {
                self.note_key(key);
                self.go(Target::Repeat);
            }
            Key::Digit(_) => self.choice_key(key),
        }
    }

    fn choice_key(&mut self, key: Key) {
        match self.here().choices.iter().find(|choice| choice.key == key) {
            Some(choice) => {
                self.note_key(key);
                self.go(choice.target);
            }
            // Not a fact: what fits nowhere may be a secret keyed in at the wrong time.
            None => self.menu_failed(MenuError::WrongKey),
        }
    }

    /// Beyond the limit in a row: a person, never a hang-up (CBA-10b).
    fn menu_failed(&mut self, error: MenuError) {
        let before = match self.state.phase {
            Phase::Menu { mistakes, .. } => mistakes,
            _ => Mistakes::default(),
        };
        match self.mistaken(before, error) {
            None => self.person(Way::Led),
            Some((mistakes, said)) => {
                self.state.phase = Phase::Menu { ear: Ear::Listening, mistakes };
                self.choices(Some(said));
            }
        }
    }

    pub(super) fn welcome(&mut self) {
        self.fresh_menu();
        self.play(Heard::Welcome(self.state.menu, self.place()));
    }

    pub(super) fn fresh_menu(&mut self) {
        self.state.phase = Phase::Menu { ear: Ear::Listening, mistakes: Mistakes::default() };
    }

    pub(super) fn choices(&mut self, wrong: Option<Sys>) {
        self.play(Heard::Choices(self.state.menu, self.place(), wrong));
    }

    pub(super) fn information(&mut self, node: u16, input: &Input) {
        match input {
            Input::Key(Key::Digit(0)) => self.key_to_person(),
            Input::Key(Key::Star) => {
                self.note_key(Key::Star);
                self.go(Target::Repeat);
            }
            Input::Key(Key::Pound) => {
                self.note_key(Key::Pound);
                self.go(Target::Information(node));
            }
            // Who knows the choices need not hear all of it.
            Input::Key(key @ Key::Digit(_)) => self.choice_key(*key),
            Input::PlayDone => {
                self.note(Note::Information { menu: self.state.menu, node });
                let target = self.here().information.get(usize::from(node)).map(|node| node.target);
                self.go(target.unwrap_or(Target::Repeat));
            }
            Input::Timeout | Input::Chosen(_) => {}
        }
    }
}
