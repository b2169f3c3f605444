//! A callback is offered instead of waiting: the number is read back before it is promised.

use super::Turn;
use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note, Number};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{CallbackStage, Ear, Exit, Mistakes, Phase, Reason, Step, Way};
use crate::menu::model::{QueueIx, Target};
use crate::menu::system::Sys;

/// Digits of a telephone number, and how often a caller may try to key one in again.
const LEAST_DIGITS: u8 = 3;
const MOST_DIGITS: u8 = 20;
const RETRIES: u8 = 2;

/// Whose callback, and why it is offered.
type For = (QueueIx, Reason);

impl Turn<'_, '_> {
    pub(super) fn begin_callback(&mut self, queue: QueueIx, reason: Reason) {
        self.choose(Phase::Callback { queue, reason, stage: CallbackStage::Shown });
    }

    fn stage(&mut self, (queue, reason): For, stage: CallbackStage) {
        self.state.phase = Phase::Callback { queue, reason, stage };
    }

    pub(super) fn callback(&mut self, whose: For, stage: CallbackStage, input: &Input) {
        match (stage, input) {
            (CallbackStage::Shown, Input::Chosen(1)) => {
                self.out.push(Effect::Offer(Number::Shown));
                self.offer(whose, Mistakes::default(), None);
            }
            (CallbackStage::Shown, Input::Chosen(_)) => self.enter_number(whose, 0, None),
            (CallbackStage::Typed, Input::Chosen(1)) => {
                self.out.push(Effect::Offer(Number::Typed));
                self.offer(whose, Mistakes::default(), None);
            }
            (CallbackStage::Typed, Input::Chosen(_)) => {
                self.out.push(Effect::Forget);
                self.stage(whose, CallbackStage::Refused);
                self.play(Heard::CallbackRefused);
            }
            (
                CallbackStage::Shown | CallbackStage::Typed,
                Input::Key(_) | Input::PlayDone | Input::Timeout,
            ) => {}

            (CallbackStage::Offer { mistakes, .. }, Input::Key(key)) => {
                self.offer_key(whose, mistakes, *key);
            }
            (CallbackStage::Offer { ear: Ear::Listening, mistakes }, Input::PlayDone) => {
                self.stage(whose, CallbackStage::Offer { ear: Ear::Silence, mistakes });
                self.wait_key();
            }
            (CallbackStage::Offer { ear: Ear::Silence, mistakes }, Input::Timeout) => {
                self.offer_failed(whose, mistakes, MenuError::Silence);
            }
            (CallbackStage::Offer { ear: Ear::Listening, .. }, Input::Timeout)
            | (CallbackStage::Offer { ear: Ear::Silence, .. }, Input::PlayDone)
            | (CallbackStage::Offer { .. }, Input::Chosen(_)) => {}

            (CallbackStage::Enter { failures, step }, input) => {
                self.number(whose, failures, step, input);
            }

            (CallbackStage::Refused | CallbackStage::Thanks, Input::Key(Key::Digit(0))) => {
                self.key_to_person();
            }
            (CallbackStage::Refused, Input::PlayDone | Input::Key(_)) => self.message(Some(whose.0), None),
            (CallbackStage::Thanks, Input::PlayDone) => {
                self.out.push(Effect::End);
                self.end(Exit::Callback);
            }
            (CallbackStage::Thanks, Input::Key(_))
            | (CallbackStage::Refused | CallbackStage::Thanks, Input::Timeout | Input::Chosen(_)) => {}
        }
    }

    fn offer(&mut self, whose: For, mistakes: Mistakes, wrong: Option<Sys>) {
        self.stage(whose, CallbackStage::Offer { ear: Ear::Listening, mistakes });
        self.play(Heard::CallbackOffer(whose.1, wrong));
    }

    fn offer_key(&mut self, whose: For, mistakes: Mistakes, key: Key) {
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Digit(1) => {
                self.out.push(Effect::Callback { queue: whose.0, language: self.state.language });
                self.stage(whose, CallbackStage::Thanks);
                self.play(Heard::CallbackThanks);
            }
            Key::Digit(2) => self.enter_number(whose, 0, None),
            Key::Star => {
                self.note_key(key);
                self.go(Target::Repeat);
            }
            Key::Pound => {
                self.note_key(key);
                self.offer(whose, mistakes, None);
            }
            Key::Digit(_) => self.offer_failed(whose, mistakes, MenuError::WrongKey),
        }
    }

    fn offer_failed(&mut self, whose: For, mistakes: Mistakes, error: MenuError) {
        match self.mistaken(mistakes, error) {
            None => self.unsettled(whose),
            Some((mistakes, said)) => self.offer(whose, mistakes, Some(said)),
        }
    }

    /// No number was agreed on: a person, or a message where nobody is at work.
    fn unsettled(&mut self, (queue, reason): For) {
        self.out.push(Effect::Forget);
        match reason {
            Reason::Chosen => self.person(Way::Led),
            Reason::Closed => self.message(Some(queue), None),
        }
    }

    // --- another number --------------------------------------------------------------------

    fn enter_number(&mut self, whose: For, failures: u8, wrong: Option<Sys>) {
        self.stage(whose, CallbackStage::Enter { failures, step: Step::Prompt });
        self.play(Heard::CallbackEnter(wrong));
    }

    fn number(&mut self, whose: For, failures: u8, step: Step, input: &Input) {
        match (step, input) {
            (_, Input::Key(Key::Star)) => {
                self.note_key(Key::Star);
                self.out.push(Effect::Forget);
                self.person(Way::Asked);
            }
            (Step::Prompt, Input::Key(Key::Digit(digit))) => {
                self.out.push(Effect::Hush);
                self.number_digit(whose, failures, 0, *digit);
            }
            (Step::Entering { count, .. }, Input::Key(Key::Digit(digit))) => {
                self.number_digit(whose, failures, count, *digit);
            }
            (Step::Prompt, Input::Key(Key::Pound)) => {}
            (Step::Entering { count, .. }, Input::Key(Key::Pound)) => {
                self.number_entered(whose, failures, count);
            }
            (Step::Prompt, Input::PlayDone) => {
                let step = Step::Entering { count: 0, star: false };
                self.stage(whose, CallbackStage::Enter { failures, step });
                self.wait_key();
            }
            (Step::Entering { count: 0, .. }, Input::Timeout) => {
                self.number_failed(whose, failures, MenuError::Silence);
            }
            (Step::Entering { count, .. }, Input::Timeout) => self.number_entered(whose, failures, count),
            (Step::Prompt, Input::Timeout | Input::Chosen(_))
            | (Step::Entering { .. }, Input::PlayDone | Input::Chosen(_))
            // Asked about in a stage of its own.
            | (Step::Asking, Input::Key(_) | Input::PlayDone | Input::Timeout | Input::Chosen(_)) => {}
        }
    }

    fn number_digit(&mut self, whose: For, failures: u8, count: u8, digit: u8) {
        self.out.push(Effect::Store(b'0' + digit % 10));
        let count = count.saturating_add(1);
        if count >= MOST_DIGITS {
            return self.number_entered(whose, failures, count);
        }
        let step = Step::Entering { count, star: false };
        self.stage(whose, CallbackStage::Enter { failures, step });
        self.wait_next(self.here().timing.inter_digit);
    }

    fn number_entered(&mut self, whose: For, failures: u8, count: u8) {
        if count < LEAST_DIGITS {
            return self.number_failed(whose, failures, MenuError::BadInput);
        }
        self.stage(whose, CallbackStage::Typed);
        self.out.push(Effect::Choose);
    }

    fn number_failed(&mut self, whose: For, failures: u8, error: MenuError) {
        self.note(Note::Failed { menu: self.state.menu, error });
        self.out.push(Effect::Forget);
        if failures >= RETRIES {
            return self.unsettled(whose);
        }
        let said = match error {
            MenuError::Silence => Sys::Silence,
            MenuError::WrongKey | MenuError::BadInput => Sys::BadInput,
        };
        self.enter_number(whose, failures + 1, Some(said));
    }
}
