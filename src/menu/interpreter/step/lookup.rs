//! A system of the bank is asked, and its answer decides (CBA-25: without one, a person).

use super::{LONGEST_ASK, Next, Turn};
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Ear, Phase, Rows, Said, Way};
use crate::menu::model::Target;

impl Turn<'_, '_> {
    pub(super) fn look_up(&mut self, node: u16) {
        self.state.phase = Phase::Lookup { node, ear: Ear::Listening };
        self.play(Heard::Lookup(self.state.menu, node));
        self.out.push(Effect::Ask);
    }

    pub(super) fn lookup(&mut self, node: u16, ear: Ear, input: &Input) {
        match (ear, input) {
            (Ear::Listening | Ear::Silence, Input::Key(key)) => self.asking_key(*key),
            (Ear::Listening, Input::PlayDone) => {
                self.state.phase = Phase::Lookup { node, ear: Ear::Silence };
                self.out.push(Effect::Wait(LONGEST_ASK));
            }
            (Ear::Silence, Input::Timeout) => {
                self.note(Note::LookupTimedOut { menu: self.state.menu, node });
                self.say(Said::LookupFailed(node));
            }
            (Ear::Listening | Ear::Silence, Input::Chosen(1)) => self.read(node, 0),
            (Ear::Listening | Ear::Silence, Input::Chosen(_)) => self.say(Said::LookupFailed(node)),
            (Ear::Listening, Input::Timeout) | (Ear::Silence, Input::PlayDone) => {}
        }
    }

    /// A person at once; other keys are kept by the visit.
    pub(super) fn asking_key(&mut self, key: Key) {
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Star => {
                self.note_key(key);
                self.person(Way::Asked);
            }
            Key::Digit(_) | Key::Pound => {}
        }
    }

    /// Takes the variables from this place of the list on from the answer.
    fn read(&mut self, node: u16, at: u8) {
        let variables = self.here().lookups.get(usize::from(node)).map_or(0, |node| node.variables.len());
        if usize::from(at) < variables {
            self.choose(Phase::Reading { node, at });
        } else {
            self.state.hops = self.state.hops.saturating_add(1);
            self.decide(Rows::Lookup(node), 0, 0);
        }
    }

    pub(super) fn reading(&mut self, node: u16, at: u8, input: &Input) {
        match input {
            Input::Chosen(value) => {
                let variable = self.here().lookups.get(usize::from(node));
                let variable = variable.and_then(|node| node.variables.get(usize::from(at)));
                let slot = variable.and_then(|ix| self.state.variables.get_mut(usize::from(*ix)));
                if let Some(slot) = slot {
                    *slot = *value;
                }
                self.read(node, at.saturating_add(1));
            }
            Input::Key(_) | Input::PlayDone | Input::Timeout => {}
        }
    }

    // --- what is said before it goes on ----------------------------------------------------

    pub(super) fn say(&mut self, said: Said) {
        self.state.phase = Phase::Said(said);
        self.play(Heard::Said(said));
    }

    pub(super) fn said(&mut self, said: Said, input: &Input) {
        match input {
            Input::Key(key) => {
                if self.said_key(*key, Heard::Said(said)) == Next::GoOn {
                    self.after(said);
                }
            }
            Input::PlayDone => self.after(said),
            Input::Timeout | Input::Chosen(_) => {}
        }
    }

    fn after(&mut self, said: Said) {
        let menu = self.here();
        let target = match said {
            Said::LookupFailed(node) => menu.lookups.get(usize::from(node)).map(|node| node.failed),
            Said::VerifyFailed(node) | Said::Locked(node) => {
                menu.verifies.get(usize::from(node)).map(|node| node.failed)
            }
            Said::SurveyThanks(node) => menu.surveys.get(usize::from(node)).map(|node| node.target),
        };
        self.go(target.unwrap_or(Target::Person));
    }
}
