//! Steps asked one after the other, then a message is recorded (CBA-41).

use super::{Next, Turn};
use crate::menu::api::Input;
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Phase, Task, Way};

impl Turn<'_, '_> {
    pub(super) fn begin_complaint(&mut self, node: u16) {
        let text = self.here().complaints.get(usize::from(node)).is_some_and(|rules| rules.prompt.is_some());
        if text {
            self.state.phase = Phase::Complaint(node);
            self.play(Heard::Complaint(self.state.menu, node));
        } else {
            self.complaint_step(node, 0);
        }
    }

    pub(super) fn complaint(&mut self, node: u16, input: &Input) {
        match input {
            Input::Key(key) => {
                if self.said_key(*key, Heard::Complaint(self.state.menu, node)) == Next::GoOn {
                    self.complaint_step(node, 0);
                }
            }
            Input::PlayDone => self.complaint_step(node, 0),
            Input::Timeout | Input::Chosen(_) => {}
        }
    }

    pub(super) fn complaint_step(&mut self, node: u16, step: u8) {
        let Some(rules) = self.here().complaints.get(usize::from(node)) else {
            return self.person(Way::Fault);
        };
        match rules.ask.get(usize::from(step)) {
            Some(collect) => {
                self.state.task = Task::Complaint { node, step };
                self.ask(*collect, 0, None);
            }
            None => self.message(rules.queue, Some(node)),
        }
    }
}
