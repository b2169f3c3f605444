//! Digits are keyed in, a step at a time.

use super::Turn;
use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Ear, Mistakes, Phase, Step, Task, Way};
use crate::menu::model::{Collect, Form, Target};
use crate::menu::system::Sys;

/// A step under way: its node, and how often it failed.
type At = (u16, u8);

impl Turn<'_, '_> {
    pub(super) fn collect(&mut self, at: At, step: Step, input: &Input) {
        let Some(rules) = self.here().collects.get(usize::from(at.0)) else {
            return self.person(Way::Fault);
        };
        match (step, input) {
            (Step::Prompt | Step::Entering { .. }, Input::Key(Key::Star)) => self.star(rules, at, step),
            (Step::Prompt, Input::Key(Key::Digit(digit))) => {
                self.out.push(Effect::Hush);
                self.digit(rules, at, 0, *digit);
            }
            (Step::Entering { count, .. }, Input::Key(Key::Digit(digit))) => {
                self.digit(rules, at, count, *digit);
            }
            // Pressed out of habit after the last digit of the step before.
            (Step::Prompt, Input::Key(Key::Pound)) => {}
            (Step::Entering { count, .. }, Input::Key(Key::Pound)) => self.entered(rules, at, count),
            (Step::Prompt, Input::PlayDone) => {
                self.entering(at, Step::Entering { count: 0, star: false });
                self.wait_first(rules.first_digit);
            }
            (Step::Entering { count: 0, .. }, Input::Timeout) => {
                self.collect_failed(rules, at, MenuError::Silence);
            }
            (Step::Entering { count, .. }, Input::Timeout) => self.entered(rules, at, count),
            (Step::Asking, Input::Chosen(1)) => self.fitting(rules, at.0),
            (Step::Asking, Input::Chosen(_)) => self.collect_failed(rules, at, MenuError::BadInput),
            (Step::Prompt, Input::Timeout | Input::Chosen(_))
            | (Step::Entering { .. }, Input::PlayDone | Input::Chosen(_)) => {}
            // Keys are kept by the visit until the answer is there.
            (Step::Asking, Input::Key(_) | Input::PlayDone | Input::Timeout) => {}
        }
    }

    fn entering(&mut self, (node, failures): At, step: Step) {
        self.state.phase = Phase::Collect { node, failures, step };
    }

    /// `*` is a person; in an amount it is the decimal point, and twice a person.
    fn star(&mut self, rules: &Collect, at: At, step: Step) {
        let (count, twice) = match step {
            Step::Entering { count, star } => (count, star),
            Step::Prompt | Step::Asking => (0, false),
        };
        if rules.form == Form::Amount && !twice {
            if step == Step::Prompt {
                self.out.push(Effect::Hush);
            }
            self.out.push(Effect::Store(b'.'));
            self.entering(at, Step::Entering { count, star: true });
            return self.wait_next(rules.inter_digit);
        }
        if !rules.secret {
            self.note_key(Key::Star);
        }
        self.out.push(Effect::Forget);
        self.person(Way::Asked);
    }

    fn digit(&mut self, rules: &Collect, at: At, count: u8, digit: u8) {
        self.out.push(Effect::Store(b'0' + digit % 10));
        let count = count.saturating_add(1);
        if count >= rules.max {
            return self.entered(rules, at, count);
        }
        self.entering(at, Step::Entering { count, star: false });
        self.wait_next(rules.inter_digit);
    }

    /// Input is over: by `#`, by the last digit, or by a pause.
    fn entered(&mut self, rules: &Collect, at: At, count: u8) {
        if count < rules.min {
            return self.collect_failed(rules, at, MenuError::BadInput);
        }
        if rules.form == Form::Digits {
            return self.fitting(rules, at.0);
        }
        self.entering(at, Step::Asking);
        self.out.push(Effect::Choose);
    }

    /// What was keyed in is of the wanted form.
    fn fitting(&mut self, rules: &Collect, node: u16) {
        if rules.confirm && !rules.secret {
            self.state.phase = Phase::Confirm { node, ear: Ear::Listening, mistakes: Mistakes::default() };
            return self.play(Heard::Confirm(self.state.menu, node, None));
        }
        self.collected(node);
    }

    pub(super) fn collected(&mut self, node: u16) {
        self.note(Note::Collected { menu: self.state.menu, node });
        self.out.push(Effect::Remember(node));
        match self.state.task {
            Task::None => {
                let target = self.here().collects.get(usize::from(node)).map(|node| node.target);
                self.go(target.unwrap_or(Target::Person));
            }
            Task::Verify { node, step, attempt } => self.verify_step(node, step.saturating_add(1), attempt),
            Task::Complaint { node, step } => self.complaint_step(node, step.saturating_add(1)),
        }
    }

    fn collect_failed(&mut self, rules: &Collect, (node, failures): At, error: MenuError) {
        self.note(Note::Failed { menu: self.state.menu, error });
        self.out.push(Effect::Forget);
        let said = match error {
            MenuError::Silence => Sys::Silence,
            MenuError::WrongKey | MenuError::BadInput => Sys::BadInput,
        };
        if failures >= rules.retries {
            return self.person(Way::Led);
        }
        self.ask(node, failures + 1, Some(said));
    }

    /// Ask for the digits; the mask goes up together with the prompt.
    pub(super) fn ask(&mut self, node: u16, failures: u8, wrong: Option<Sys>) {
        let secret = self.here().collects.get(usize::from(node)).is_some_and(|rules| rules.secret);
        self.entering((node, failures), Step::Prompt);
        self.play_masked(Heard::Collect(self.state.menu, node, wrong), secret);
    }
}
