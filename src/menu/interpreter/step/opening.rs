//! The beginning of a visit: the notice, announcements of plans in force, the elderly (HB-elder).

use super::{Next, Turn};
use crate::menu::api::Input;
use crate::menu::interpreter::effect::Note;
use crate::menu::interpreter::heard::Heard;
use crate::menu::interpreter::state::{Phase, Way};
use crate::menu::model::PlanIx;

impl Turn<'_, '_> {
    pub(super) fn opening(&mut self, input: &Input) {
        match (self.state.phase, input) {
            (Phase::Notice, Input::PlayDone) => self.plans(0),
            // Kept by the visit, acted on at the end of the notice.
            (Phase::Notice, Input::Key(_) | Input::Timeout | Input::Chosen(_)) => {}

            (Phase::PlanAsked(plan), Input::Chosen(1)) => {
                self.state.phase = Phase::Plan(plan);
                self.play(Heard::Plan(plan));
            }
            (Phase::PlanAsked(plan), Input::Chosen(_)) => self.plans(plan.saturating_add(1)),
            (Phase::PlanAsked(_), Input::Key(_) | Input::PlayDone | Input::Timeout) => {}

            (Phase::Plan(plan), Input::Key(key)) => {
                if self.said_key(*key, Heard::Plan(plan)) == Next::GoOn {
                    self.plans(plan.saturating_add(1));
                }
            }
            (Phase::Plan(plan), Input::PlayDone) => {
                self.note(Note::PlanAnnounced(plan));
                self.plans(plan.saturating_add(1));
            }
            (Phase::Plan(_), Input::Timeout | Input::Chosen(_)) => {}

            (Phase::ElderlyAsked, Input::Chosen(1)) => self.known_elderly(),
            (Phase::ElderlyAsked, Input::Chosen(_)) => self.arrive(),
            (Phase::ElderlyAsked, Input::Key(_) | Input::PlayDone | Input::Timeout) => {}

            // Not of the opening.
            (_, Input::Key(_) | Input::PlayDone | Input::Timeout | Input::Chosen(_)) => {}
        }
    }

    /// The notice of the main menu in the language now spoken, then the menu the caller is in.
    pub(super) fn notice(&mut self) {
        let main = self.program.main(self.state.main).menu;
        if self.program.menu(main).notice.is_none() {
            return self.plans(0);
        }
        self.state.phase = Phase::Notice;
        self.play(Heard::Notice(main));
    }

    /// The announcements of this plan and those after it, as far as they are in force.
    fn plans(&mut self, from: PlanIx) {
        let plans = self.program.plans.iter().enumerate().skip(usize::from(from));
        let next = plans.filter(|(_, plan)| plan.announcement).map(|(ix, _)| ix).next();
        match next.and_then(|ix| PlanIx::try_from(ix).ok()) {
            Some(plan) => self.choose(Phase::PlanAsked(plan)),
            None if self.program.elderly.is_some() && !self.state.elderly => self.choose(Phase::ElderlyAsked),
            None => self.arrive(),
        }
    }

    fn known_elderly(&mut self) {
        self.elderly();
        if self.program.elderly.is_some_and(|profile| profile.straight_to_person) {
            return self.person(Way::Led);
        }
        self.arrive();
    }

    /// Slower and longer from here on.
    pub(super) fn elderly(&mut self) {
        if !self.state.elderly {
            self.state.elderly = true;
            self.note(Note::Elderly);
        }
    }
}
