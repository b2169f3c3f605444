//! What was keyed in is read back: 1 right, 2 again.

use super::Turn;
use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::Effect;
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Ear, Mistakes, Phase, Way};
use crate::menu::model::Target;
use crate::menu::system::Sys;

impl Turn<'_, '_> {
    pub(super) fn confirm(&mut self, node: u16, (ear, mistakes): (Ear, Mistakes), input: &Input) {
        match (ear, input) {
            (Ear::Listening | Ear::Silence, Input::Key(key)) => self.confirm_key(node, mistakes, *key),
            (Ear::Listening, Input::PlayDone) => {
                self.state.phase = Phase::Confirm { node, ear: Ear::Silence, mistakes };
                self.wait_key();
            }
            (Ear::Silence, Input::Timeout) => self.confirm_failed(node, mistakes, MenuError::Silence),
            (Ear::Listening, Input::Timeout)
            | (Ear::Silence, Input::PlayDone)
            | (Ear::Listening | Ear::Silence, Input::Chosen(_)) => {}
        }
    }

    fn confirm_key(&mut self, node: u16, mistakes: Mistakes, key: Key) {
        match key {
            Key::Digit(0) => {
                self.out.push(Effect::Forget);
                self.key_to_person();
            }
            Key::Digit(1) => self.collected(node),
            Key::Digit(2) => {
                self.out.push(Effect::Forget);
                self.ask(node, 0, None);
            }
            Key::Star => {
                self.out.push(Effect::Forget);
                self.note_key(key);
                self.go(Target::Repeat);
            }
            Key::Pound => self.read_back(node, mistakes, None),
            // Digits of a number that was too long: no fact.
            Key::Digit(_) => self.confirm_failed(node, mistakes, MenuError::WrongKey),
        }
    }

    fn confirm_failed(&mut self, node: u16, mistakes: Mistakes, error: MenuError) {
        match self.mistaken(mistakes, error) {
            None => {
                self.out.push(Effect::Forget);
                self.person(Way::Led);
            }
            Some((mistakes, said)) => self.read_back(node, mistakes, Some(said)),
        }
    }

    fn read_back(&mut self, node: u16, mistakes: Mistakes, wrong: Option<Sys>) {
        self.state.phase = Phase::Confirm { node, ear: Ear::Listening, mistakes };
        self.play(Heard::Confirm(self.state.menu, node, wrong));
    }
}
