//! Promises to callers: told only when the disk has them for good.

use super::settings::PROMISE_PATIENCE;
use super::timers::Timer;
use super::{Engine, Output};
use crate::call;
use crate::ids::CallId;

impl Engine {
    /// The caller waits for the word.
    pub(super) fn promise(&mut self, id: CallId) {
        if self.is_journal_failing() {
            return self.advance(id, call::Input::NotKept);
        }
        self.outputs.push_back(Output::Promise { call: id });
        self.timers.set(id, Timer::Promise, self.journal.now.mono + PROMISE_PATIENCE);
    }

    pub(super) fn on_kept(&mut self, id: CallId) {
        self.timers.cancel(id, Timer::Promise);
        self.advance(id, call::Input::Kept);
    }

    /// The menus go on with what they had said after the promise.
    pub(super) fn resume_menu(&mut self, id: CallId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let held = std::mem::take(&mut live.menus.held);
        self.menu_actions(id, held);
    }
}
