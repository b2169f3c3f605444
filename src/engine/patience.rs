//! What a call waits for, and what becomes of it when a media worker does not answer.

use super::live::Sockets;
use super::timers::Timer;
use super::{AlarmState, Engine, Output};
use crate::call;
use crate::event::{Alarm, EventKind, Refusal};
use crate::ids::CallId;
use crate::menu::api::Input;

impl Engine {
    /// What a call hears when nothing can be played is decided by its phase; the output is the same.
    pub(super) fn on_timer(&mut self, id: CallId, timer: Timer) {
        match timer {
            Timer::MenuWait => self.menu_input(id, Input::Timeout),
            Timer::MessageLimit => self.advance(id, call::Input::MessageLimit),
            Timer::Media => self.on_media_silent(id),
        }
    }

    /// The worker does not answer: the call cannot be carried, and the next ones go elsewhere.
    fn on_media_silent(&mut self, id: CallId) {
        let Some(worker) = self.calls.get(&id).map(|live| live.worker) else { return };
        self.media.silent.insert(worker);
        let detail = format!("media worker {} does not answer", worker.0);
        self.set_alarm(Alarm::MediaWorker, AlarmState::Raised { detail });
        let Some(live) = self.calls.get(&id) else { return };
        let input = match live.answered {
            Some(_) => call::Input::CallerFailed,
            None => call::Input::OpenFailed(Refusal::NoMediaPort),
        };
        if live.call.ended().is_none() {
            self.advance(id, input);
        } else if live.caller.end_told {
            self.give_up_recording(id);
        } else {
            self.give_up_media(id);
        }
    }

    /// The worker does not close what is open: the call ends without it.
    fn give_up_media(&mut self, id: CallId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let agents = live.agents.iter_mut().map(|agent| &mut agent.sockets);
        let sockets = std::iter::once(&mut live.caller.sockets).chain(agents);
        let ports: Vec<u16> = sockets.filter_map(|s| std::mem::replace(s, Sockets::None).port()).collect();
        for port in ports {
            self.media.ports.release(self.journal.now.mono, port);
            self.unload(id);
        }
        self.finish_media(id);
    }

    /// The worker does not say where the recording is. The spool is kept: the next start finds it.
    fn give_up_recording(&mut self, id: CallId) {
        let Some(live) = self.calls.get(&id) else { return };
        if live.answered.is_some() && live.caller.recorded {
            let reason = "the media worker did not close it; the next start tries again".to_owned();
            self.emit_call(id, EventKind::RecordingFailed { reason });
        } else {
            self.outputs.push_back(Output::DiscardSpool { call: id });
        }
        self.forget(id);
    }
}
