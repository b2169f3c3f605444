//! The way to a person: the queue's hours, and what happens when nobody is at work (CBA-8).

use super::Turn;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::query::hours;
use crate::menu::interpreter::state::{Exit, Phase, Reason, Way};
use crate::menu::model::{Closed, QueueIx, Target};
use crate::menu::system::Sys;

/// Most closed queues that one after another lead to the next; then a message.
const MOST_MOVES: u8 = 4;

impl Turn<'_, '_> {
    /// On the way out of the menus.
    pub(super) fn leaving(&mut self, input: &Input) {
        match (self.state.phase, input) {
            (Phase::Hours { queue, way, .. }, Input::Chosen(1)) => self.open(queue, way),
            (Phase::Hours { queue, moves, way }, Input::Chosen(_)) => self.not_open(queue, moves, way),
            (Phase::Hours { .. }, Input::Key(_) | Input::PlayDone | Input::Timeout) => {}

            // Nothing to choose from any more: any key only makes it faster.
            (Phase::Closed(queue), Input::PlayDone | Input::Key(_)) => self.instead_of_people(queue),
            (Phase::Transfer(queue), Input::PlayDone | Input::Key(_)) => self.queue(queue),
            (Phase::Closed(_) | Phase::Transfer(_), Input::Timeout | Input::Chosen(_)) => {}

            (Phase::TransferOut(_), Input::Key(Key::Digit(0))) => self.key_to_person(),
            (Phase::TransferOut(_), Input::Key(key @ Key::Star)) => {
                self.note_key(*key);
                self.go(Target::Repeat);
            }
            (Phase::TransferOut(number), Input::PlayDone) => {
                let otherwise = self.program.person(self.state.main, self.state.menu);
                self.out.push(Effect::Transfer { number, language: self.state.language, otherwise });
                self.end(Exit::Transfer);
            }
            (Phase::TransferOut(_), Input::Key(_) | Input::Timeout | Input::Chosen(_)) => {}

            // Not on the way out.
            (_, Input::Key(_) | Input::PlayDone | Input::Timeout | Input::Chosen(_)) => {}
        }
    }

    /// Key 0: a person, at once.
    pub(super) fn key_to_person(&mut self) {
        self.note_key(Key::Digit(0));
        self.person(Way::Asked);
    }

    /// The people of this menu.
    pub(super) fn person(&mut self, way: Way) {
        self.people(self.program.person(self.state.main, self.state.menu), way);
    }

    pub(super) fn people(&mut self, queue: QueueIx, way: Way) {
        self.note(Note::AgentRequested(self.state.menu));
        self.rostered(queue, 0, way);
    }

    fn rostered(&mut self, queue: QueueIx, moves: u8, way: Way) {
        match hours(self.program, queue) {
            Some(_) => self.choose(Phase::Hours { queue, moves, way }),
            None => self.open(queue, way),
        }
    }

    fn open(&mut self, queue: QueueIx, way: Way) {
        let wrong = match way {
            Way::Asked => return self.queue(queue),
            Way::Led => None,
            Way::Fault => Some(Sys::Error),
        };
        self.state.phase = Phase::Transfer(queue);
        self.play(Heard::Transfer(wrong));
    }

    fn when_closed(&self, queue: QueueIx) -> Closed {
        self.program.staffing.get(usize::from(queue)).map_or(Closed::Message, |staffing| staffing.when_closed)
    }

    /// On to another queue without a word, for there may be people; else told that there are none.
    fn not_open(&mut self, queue: QueueIx, moves: u8, way: Way) {
        match self.when_closed(queue) {
            Closed::Queue(next) if moves < MOST_MOVES => self.rostered(next, moves + 1, way),
            Closed::Queue(_) | Closed::Message | Closed::Callback => {
                self.state.phase = Phase::Closed(queue);
                self.play(Heard::Closed);
            }
        }
    }

    fn instead_of_people(&mut self, queue: QueueIx) {
        match self.when_closed(queue) {
            Closed::Callback => self.begin_callback(queue, Reason::Closed),
            Closed::Message | Closed::Queue(_) => self.message(Some(queue), None),
        }
    }

    fn queue(&mut self, queue: QueueIx) {
        self.out.push(Effect::Queue { queue, language: self.state.language });
        self.end(Exit::Person(queue));
    }

    /// For this queue, else for the people of the menu.
    pub(super) fn message(&mut self, queue: Option<QueueIx>, complaint: Option<u16>) {
        let queue = queue.or_else(|| Some(self.program.person(self.state.main, self.state.menu)));
        self.out.push(Effect::Message { queue, language: self.state.language, complaint });
        self.end(Exit::Message);
    }
}
