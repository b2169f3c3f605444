//! Identification and secret, attempts limited (CBA-32).

use super::{LONGEST_ASK, Turn};
use crate::menu::api::Input;
use crate::menu::interpreter::effect::{Effect, Note};
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::query::{LOCKED, UNAVAILABLE, VERIFIED, WRONG};
use crate::menu::interpreter::state::{Ear, Phase, Said, Task, Way};
use crate::menu::model::Target;
use crate::menu::system::Sys;

impl Turn<'_, '_> {
    /// Ask number `step` of what the verification asks; after the last one, the bank's system.
    pub(super) fn verify_step(&mut self, node: u16, step: u8, attempt: u8) {
        let Some(rules) = self.here().verifies.get(usize::from(node)) else {
            return self.person(Way::Fault);
        };
        match rules.ask.get(usize::from(step)) {
            Some(collect) => {
                let wrong = (step == 0 && attempt > 1).then_some(Sys::VerifyWrong);
                self.state.task = Task::Verify { node, step, attempt };
                self.ask(*collect, 0, wrong);
            }
            None => {
                self.state.task = Task::Verify { node, step: 0, attempt };
                self.choose(Phase::MayVerify(node));
            }
        }
    }

    pub(super) fn may_verify(&mut self, node: u16, input: &Input) {
        match input {
            Input::Chosen(1) => {
                self.state.phase = Phase::Verify { node, ear: Ear::Listening };
                self.play(Heard::Verify(self.state.menu, node));
                self.out.push(Effect::Ask);
            }
            Input::Chosen(_) => self.not_verified(node, Said::Locked(node), "locked"),
            Input::Key(_) | Input::PlayDone | Input::Timeout => {}
        }
    }

    pub(super) fn verify(&mut self, node: u16, ear: Ear, input: &Input) {
        match (ear, input) {
            (Ear::Listening | Ear::Silence, Input::Key(key)) => self.asking_key(*key),
            (Ear::Listening, Input::PlayDone) => {
                self.state.phase = Phase::Verify { node, ear: Ear::Silence };
                self.out.push(Effect::Wait(LONGEST_ASK));
            }
            (Ear::Silence, Input::Timeout) => self.verify_result(node, UNAVAILABLE),
            (Ear::Listening | Ear::Silence, Input::Chosen(result)) => self.verify_result(node, *result),
            (Ear::Listening, Input::Timeout) | (Ear::Silence, Input::PlayDone) => {}
        }
    }

    fn verify_result(&mut self, node: u16, result: u8) {
        match result {
            VERIFIED => {
                let Some(rules) = self.here().verifies.get(usize::from(node)) else {
                    return self.person(Way::Fault);
                };
                let (level, target) = (rules.level, rules.target);
                self.state.level = self.state.level.max(level);
                self.note(Note::Verified { menu: self.state.menu, node, level });
                self.go(target);
            }
            WRONG => self.wrong(node),
            LOCKED => self.not_verified(node, Said::Locked(node), "locked"),
            _ => self.not_verified(node, Said::VerifyFailed(node), "unavailable"),
        }
    }

    /// Again from the first step while attempts are left.
    fn wrong(&mut self, node: u16) {
        let attempt = match self.state.task {
            Task::Verify { attempt, .. } => attempt,
            Task::None | Task::Complaint { .. } => u8::MAX,
        };
        let most = self.here().verifies.get(usize::from(node)).map_or(0, |rules| rules.attempts);
        if attempt >= most {
            return self.not_verified(node, Said::Locked(node), "wrong");
        }
        self.note(Note::NotVerified { menu: self.state.menu, node, result: "wrong" });
        self.verify_step(node, 0, attempt + 1);
    }

    fn not_verified(&mut self, node: u16, said: Said, result: &'static str) {
        self.note(Note::NotVerified { menu: self.state.menu, node, result });
        self.state.task = Task::None;
        self.say(said);
    }

    pub(super) fn begin_verify(&mut self, node: u16) {
        // A verification that asks nothing cannot be.
        match self.here().verifies.get(usize::from(node)).is_some_and(|rules| !rules.ask.is_empty()) {
            true => self.verify_step(node, 0, 1),
            false => self.go(Target::Person),
        }
    }
}
