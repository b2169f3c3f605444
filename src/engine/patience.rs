//! What a call waits for.

use super::Engine;
use super::timers::Timer;
use crate::call::{self, announce};
use crate::event::TransferEnd;
use crate::ids::CallId;
use crate::menu::api::Input;

impl Engine {
    /// What a call hears when nothing can be played is decided by its phase; the output is the same.
    pub(super) fn on_timer(&mut self, id: CallId, timer: Timer) {
        match timer {
            Timer::MenuWait => self.menu_input(id, Input::Timeout),
            Timer::MessageLimit => self.advance(id, call::Input::MessageLimit),
            Timer::Promise => self.advance(id, call::Input::NotKept),
            Timer::TransferRings => {
                self.advance(id, call::Input::TransferFailed(TransferEnd::NoAnswer));
            }
            Timer::Announce => self.announcing_input(id, announce::Input::Silence),
            Timer::Media => self.on_media_silent(id),
        }
    }
}
