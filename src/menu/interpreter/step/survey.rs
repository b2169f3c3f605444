//! Questions answered by one key each (CBA-19). Silence skips a question after one repeat.

use super::Turn;
use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Ear, Mistakes, Phase, Said, Way};
use crate::menu::model::Target;
use crate::menu::system::Sys;

/// Silences in a row that a question is said again for.
const REPEATS: u8 = 1;

impl Turn<'_, '_> {
    pub(super) fn question(&mut self, node: u16, question: u8) {
        let survey = self.here().surveys.get(usize::from(node));
        match survey.and_then(|node| node.questions.get(usize::from(question))) {
            Some(_) => self.put((node, question), Mistakes::default(), None),
            None => {
                self.note(Note::Surveyed { menu: self.state.menu, node });
                self.say(Said::SurveyThanks(node));
            }
        }
    }

    fn put(&mut self, (node, question): (u16, u8), mistakes: Mistakes, wrong: Option<Sys>) {
        self.state.phase = Phase::Survey { node, question, ear: Ear::Listening, mistakes };
        self.play(Heard::Question(self.state.menu, node, question, wrong));
    }

    pub(super) fn survey(&mut self, at: (u16, u8), (ear, mistakes): (Ear, Mistakes), input: &Input) {
        let (node, question) = at;
        match (ear, input) {
            (Ear::Listening | Ear::Silence, Input::Key(key)) => self.survey_key(at, mistakes, *key),
            (Ear::Listening, Input::PlayDone) => {
                self.state.phase = Phase::Survey { node, question, ear: Ear::Silence, mistakes };
                self.wait_key();
            }
            (Ear::Silence, Input::Timeout) => {
                self.note(Note::Failed { menu: self.state.menu, error: MenuError::Silence });
                let silences = mistakes.silences.saturating_add(1);
                if silences > REPEATS {
                    return self.question(node, question.saturating_add(1));
                }
                self.put(at, Mistakes { silences, ..mistakes }, Some(Sys::Silence));
            }
            (Ear::Listening, Input::Timeout)
            | (Ear::Silence, Input::PlayDone)
            | (Ear::Listening | Ear::Silence, Input::Chosen(_)) => {}
        }
    }

    fn survey_key(&mut self, at: (u16, u8), mistakes: Mistakes, key: Key) {
        let (node, question) = at;
        let survey = self.here().surveys.get(usize::from(node));
        let most = survey.and_then(|node| node.questions.get(usize::from(question))).map_or(0, |q| q.most);
        match key {
            Key::Digit(0) => {
                self.note(Note::Surveyed { menu: self.state.menu, node });
                self.key_to_person();
            }
            Key::Star => {
                self.note(Note::Surveyed { menu: self.state.menu, node });
                self.note_key(key);
                self.go(Target::Repeat);
            }
            Key::Pound => {
                self.note_key(key);
                self.put(at, mistakes, None);
            }
            Key::Digit(digit) if digit <= most => {
                self.out.push(Effect::Answer { node, question, key: digit });
                self.question(node, question.saturating_add(1));
            }
            Key::Digit(_) => match self.mistaken(mistakes, MenuError::WrongKey) {
                None => {
                    self.note(Note::Surveyed { menu: self.state.menu, node });
                    self.person(Way::Led);
                }
                Some((mistakes, said)) => self.put(at, mistakes, Some(said)),
            },
        }
    }
}
