//! The transitions: from a state and an input to the next state and its effects, a table for each
//! kind of phase. Inputs that cannot be meant (an end of playing while nothing plays) change nothing.

mod branch;
mod callback;
mod collect;
mod complaint;
mod confirm;
mod lookup;
mod menu;
mod opening;
mod person;
mod survey;
mod verify;
mod ways;

use std::time::Duration;

use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::{Input, Pace};
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::{Heard, Place};
use crate::menu::interpreter::state::{Exit, Mistakes, Phase, State, Task, Way};
use crate::menu::model::{LanguageIx, MAX_VARIABLES, Menu, Program, Target};
use crate::menu::system::Sys;

/// Longest a system of the bank may take after its text was heard; then it counts as failed.
pub const LONGEST_ASK: Duration = Duration::from_secs(15);
/// Most ways gone without anything being heard; beyond, a person.
const MOST_HOPS: u8 = 16;

/// A transition under way.
struct Turn<'p, 'o> {
    program: &'p Program,
    state: State,
    out: &'o mut Vec<Effect>,
}

/// The first state of a visit.
pub fn start(program: &Program, main: u16, language: LanguageIx, out: &mut Vec<Effect>) -> State {
    let menu = program.main(main).menu;
    let state = State {
        main,
        menu,
        above: None,
        language,
        phase: Phase::Notice,
        task: Task::None,
        level: 0,
        elderly: false,
        hops: 0,
        variables: [0; MAX_VARIABLES],
    };
    let mut turn = Turn { program, state, out };
    turn.note(Note::Language(language));
    turn.note(Note::Entered(menu));
    turn.notice();
    turn.state
}

/// Something to be said cannot be said: a person, who is told nothing wrong.
pub fn fault(program: &Program, state: State, out: &mut Vec<Effect>) -> State {
    let mut turn = Turn { program, state, out };
    turn.out.push(Effect::Forget);
    turn.person(Way::Fault);
    turn.state
}

/// Appends what is to be done to `out`.
pub fn step(program: &Program, state: State, input: &Input, out: &mut Vec<Effect>) -> State {
    let mut turn = Turn { program, state, out };
    match state.phase {
        Phase::Notice | Phase::PlanAsked(_) | Phase::Plan(_) | Phase::ElderlyAsked => turn.opening(input),
        Phase::Deciding { rows, row, term } => turn.deciding((rows, row, term), input),
        Phase::Menu { ear, mistakes } => turn.menu(ear, mistakes, input),
        Phase::Information(node) => turn.information(node, input),
        Phase::Collect { node, failures, step } => turn.collect((node, failures), step, input),
        Phase::Confirm { node, ear, mistakes } => turn.confirm(node, (ear, mistakes), input),
        Phase::Lookup { node, ear } => turn.lookup(node, ear, input),
        Phase::Reading { node, at } => turn.reading(node, at, input),
        Phase::MayVerify(node) => turn.may_verify(node, input),
        Phase::Verify { node, ear } => turn.verify(node, ear, input),
        Phase::Survey { node, question, ear, mistakes } => {
            turn.survey((node, question), (ear, mistakes), input)
        }
        Phase::Complaint(node) => turn.complaint(node, input),
        Phase::Callback { queue, reason, stage } => turn.callback((queue, reason), stage, input),
        Phase::Said(said) => turn.said(said, input),
        Phase::Hours { .. } | Phase::Closed(_) | Phase::Transfer(_) | Phase::TransferOut(_) => {
            turn.leaving(input)
        }
        Phase::Farewell => turn.farewell(input),
        Phase::Ended(_) => {}
    }
    turn.state
}

impl<'p> Turn<'p, '_> {
    fn note(&mut self, note: Note) {
        self.out.push(Effect::Note(note));
    }

    /// Key pressed where it means something, for the journal.
    fn note_key(&mut self, key: Key) {
        self.note(Note::Key { menu: self.state.menu, key });
    }

    fn play(&mut self, heard: Heard) {
        self.play_masked(heard, false);
    }

    fn play_masked(&mut self, heard: Heard, secret: bool) {
        self.state.hops = 0;
        let pace = if self.state.elderly { Pace::Slow } else { Pace::Usual };
        self.out.push(Effect::Play { heard, language: self.state.language, secret, pace });
    }

    fn here(&self) -> &'p Menu {
        self.program.menu(self.state.menu)
    }

    fn place(&self) -> Place {
        if self.state.above.is_some() { Place::Below } else { Place::Top }
    }

    /// Waits for the first key, at least as long as elderly callers need (HB-elder).
    fn wait_first(&mut self, usual: Duration) {
        let elderly = self.program.elderly.filter(|_| self.state.elderly);
        self.out.push(Effect::Wait(elderly.map_or(usual, |profile| profile.first_digit.max(usual))));
    }

    fn wait_next(&mut self, usual: Duration) {
        let elderly = self.program.elderly.filter(|_| self.state.elderly);
        self.out.push(Effect::Wait(elderly.map_or(usual, |profile| profile.inter_digit.max(usual))));
    }

    /// Waits for a key that answers.
    fn wait_key(&mut self) {
        self.wait_first(self.here().timing.first_digit);
    }

    fn choose(&mut self, phase: Phase) {
        self.state.phase = phase;
        self.out.push(Effect::Choose);
    }

    /// One mistake more: what is said about it, or nothing if it was one too many.
    fn mistaken(&mut self, before: Mistakes, error: MenuError) -> Option<(Mistakes, Sys)> {
        let timing = self.here().timing;
        self.note(Note::Failed { menu: self.state.menu, error });
        let Mistakes { silences, wrong_keys } = before;
        let (now, said) = match error {
            MenuError::Silence => {
                (Mistakes { silences: silences.saturating_add(1), wrong_keys }, Sys::Silence)
            }
            MenuError::WrongKey | MenuError::BadInput => {
                (Mistakes { silences, wrong_keys: wrong_keys.saturating_add(1) }, Sys::WrongKey)
            }
        };
        let too_many = now.silences > timing.silences || now.wrong_keys > timing.wrong_keys;
        (!too_many).then_some((now, said))
    }

    fn farewell(&mut self, input: &Input) {
        match input {
            Input::PlayDone => {
                self.out.push(Effect::End);
                self.end(Exit::Farewell);
            }
            Input::Key(Key::Digit(0)) => self.key_to_person(),
            Input::Key(_) | Input::Timeout | Input::Chosen(_) => {}
        }
    }

    /// Something is said, and then it goes on by itself: a key makes it faster and is kept.
    fn said_key(&mut self, key: Key, again: Heard) -> Next {
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Star => {
                self.note_key(key);
                self.go(Target::Repeat);
            }
            Key::Pound => {
                self.note_key(key);
                self.play(again);
            }
            Key::Digit(_) => {
                self.out.push(Effect::Keep(key));
                return Next::GoOn;
            }
        }
        Next::Done
    }
}

/// What is left to do after a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Done,
    GoOn,
}
