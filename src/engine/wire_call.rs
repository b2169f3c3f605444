//! The call's own wishes, carried out in order.

use super::timers::Timer;
use super::{Engine, Output};
use crate::acd::api::Input as AcdInput;
use crate::call::{self, Action, Joined, MESSAGE_LIMIT};
use crate::event::EventKind;
use crate::ids::*;
use crate::media::command::Command;
use crate::sip::api::Reply;

impl Engine {
    /// Give a call an input and do what it says.
    pub(super) fn advance(&mut self, id: CallId, input: call::Input) {
        let now = self.journal.now.mono;
        let Some(live) = self.calls.get_mut(&id) else { return };
        let actions = live.call.handle(now, input);
        if let Some(arm) = live.call.arm() {
            self.arms.record(arm);
        }
        for action in actions {
            self.act(id, action);
        }
    }

    fn act(&mut self, id: CallId, action: Action) {
        let now = self.journal.now.mono;
        match action {
            Action::Answer => self.answer_caller(id),
            Action::Refuse(why) => self.refuse(id, why),
            Action::StartMenu => self.start_menu(id),
            Action::StartStaff => self.start_staff(id),
            Action::EnterQueue(queue) => {
                self.hand_over(id, &queue);
                self.router.handle(now, AcdInput::Enter { call: id, queue });
            }
            Action::LeaveQueue(left) => self.router.handle(now, AcdInput::Leave { call: id, left }),
            Action::Hear(tune) => self.hear(id, tune),
            Action::StartMessageLimit => {
                self.timers.set(id, Timer::MessageLimit, now + MESSAGE_LIMIT);
            }
            Action::Bridge(joined) => self.bridge(id, joined),
            Action::Promise => self.promise(id),
            Action::ResumeMenu => self.resume_menu(id),
            Action::Dial(number) => self.dial(id, number),
            Action::EndPeer => {
                self.timers.cancel(id, Timer::TransferRings);
                self.end_peer(id);
            }
            Action::ReleaseAgent(agent) => self.router.handle(now, AcdInput::Released { agent }),
            Action::HoldAgent(agent) => self.router.handle(now, AcdInput::Held { agent }),
            Action::ResumeAgent(agent) => self.router.handle(now, AcdInput::Resumed { agent }),
            Action::HangUp => self.hang_up(id),
            Action::CloseMedia => self.close_media(id),
            Action::Fact(kind) => self.emit_call(id, kind),
        }
    }

    fn answer_caller(&mut self, id: CallId) {
        let now = self.journal.now;
        let Some(live) = self.calls.get_mut(&id) else { return };
        live.answered = Some(now);
        let reply = Reply { code: 200, sdp: live.caller.sdp.clone(), ..Reply::default() };
        let dialog = live.caller.dialog;
        let answered = EventKind::CallAnswered {
            worker: live.worker,
            codec: live.caller.media.map_or("PCMU", |media| media.codec.name()).to_owned(),
            recorded: live.caller.recorded,
        };
        // The event stands before the answer: nothing is ever answered and not in the journal.
        self.emit_call(id, answered);
        self.stack.respond(now, dialog, reply);
    }

    /// What is known of the caller goes to routing and to the agent's desk (CBA-32).
    fn hand_over(&mut self, id: CallId, queue: &QueueId) {
        let Some(live) = self.calls.get(&id) else { return };
        let handover = &live.menus.handover;
        let verified = handover.verified.as_ref().map(|(level, _)| level.clone());
        let elderly = handover.elderly;
        if verified.is_some() || elderly {
            self.emit_call(id, EventKind::HandedOver { queue: queue.clone(), verified, elderly });
        }
    }

    fn bridge(&mut self, id: CallId, joined: Joined) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let Some(peer) = live.peer().map(|peer| peer.leg) else { return };
        let (a, b) = (LegId::caller(id), peer);
        let command = match joined {
            Joined::Together => {
                live.play.tune = None;
                Command::Bridge { a, b }
            }
            Joined::Apart => Command::Unbridge { a, b },
        };
        self.outputs.push_back(Output::Media { worker: live.worker, command });
    }

    fn hang_up(&mut self, id: CallId) {
        let now = self.journal.now;
        let Some(live) = self.calls.get(&id) else { return };
        let dialog = live.caller.dialog;
        if self.dialogs.remove(&dialog).is_some() {
            self.stack.bye(now, dialog);
        }
    }

    fn close_media(&mut self, id: CallId) {
        let now = self.journal.now.mono;
        self.timers.cancel_all(id);
        let Some(live) = self.calls.get(&id) else { return };
        let dialog = live.caller.dialog;
        let mut legs = vec![LegId::caller(id)];
        legs.extend(live.peers.iter().map(|peer| peer.leg));
        self.dialogs.remove(&dialog);
        for leg in legs {
            self.close_sockets(leg);
        }
        self.timers.set(id, Timer::Media, now + super::settings::CLOSING_PATIENCE);
        self.finish_media(id);
    }
}
