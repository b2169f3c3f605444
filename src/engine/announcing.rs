//! Announcements by telephone: what the dialogue of `call/announce.rs` wants done (CBA-24).

use super::command::Reply;
use super::plans::Words;
use super::timers::Timer;
use super::wire_media::items;
use super::{Engine, Output};
use crate::call::announce::{Action, Announce, Input, Offer, Say};
use crate::call::{self, StaffResult};
use crate::config::plans::PlanConfig;
use crate::event::{Actor, EventKind};
use crate::ids::{AgentId, CallId, LegId, PlanId};
use crate::media::command::{AtEnd, Capturing, Clip, Command, Masking, PlayItem};
use crate::menu::api::Pace;

/// A member of staff who is recording an announcement.
#[derive(Clone, Debug)]
pub(super) struct Announcing {
    agent: AgentId,
    dialogue: Announce,
    /// The plan that is spoken of.
    plan: Option<PlanId>,
    /// What was recorded in this call.
    clip: Option<(PlanId, Clip)>,
}

/// What the shell is to make playable: trimmed, as loud as every prompt, stored by its hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnnouncementOrder {
    pub call: CallId,
    pub plan: PlanId,
    /// Who spoke it.
    pub by: AgentId,
    /// 8,000 a second.
    pub samples: std::sync::Arc<[i16]>,
}

impl Engine {
    /// Work number and secret were right.
    pub(super) fn start_announcing(&mut self, id: CallId, agent: AgentId) {
        let offers = self.offers(&agent);
        let may = self.house.directory.announcers.contains(&agent);
        let Some(staff) = self.calls.get_mut(&id).and_then(|live| live.staff.as_mut()) else { return };
        if !may || offers.is_empty() {
            return self.advance(id, call::Input::StaffDone(StaffResult::Refused));
        }
        let (dialogue, actions) = Announce::begin(offers);
        staff.announcing = Some(Box::new(Announcing { agent, dialogue, plan: None, clip: None }));
        self.announce(id, actions);
    }

    /// Plans with a number and an announcement; those that wait for somebody else to confirm them.
    fn offers(&self, agent: &AgentId) -> Vec<Offer> {
        let offer = |plan: &PlanConfig| {
            let recorded = self.announcement(&plan.name).is_some();
            let waits = recorded && self.proposed_by_another(&plan.name, agent);
            Some(Offer { plan: plan.name.clone(), number: plan.number?, waits })
        };
        let announced = self.declared_plans().iter().filter(|plan| plan.is_told_by_telephone());
        announced.filter_map(offer).collect()
    }

    /// What was recorded by telephone for a plan in force or proposed.
    pub(super) fn announcement(&self, plan: &PlanId) -> Option<&Clip> {
        let hash = self.folds.plans.recorded(plan)?;
        self.media.announcements.get(plan).filter(|clip| clip.hash == hash)
    }

    pub(super) fn is_announcing(&self, id: CallId) -> bool {
        let staff = self.calls.get(&id).and_then(|live| live.staff.as_ref());
        staff.is_some_and(|staff| staff.announcing.is_some())
    }

    pub(super) fn announcing_input(&mut self, id: CallId, input: Input) {
        let now = self.journal.now.mono;
        let Some(announcing) = self.announcing(id) else { return };
        let actions = announcing.dialogue.handle(now, input);
        if !actions.is_empty() {
            self.timers.cancel(id, Timer::Announce);
            self.announce(id, actions);
        }
    }

    /// The worker hands over what was said.
    pub(super) fn on_captured(&mut self, leg: LegId, samples: std::sync::Arc<[i16]>) {
        let Some(announcing) = self.announcing(leg.call) else { return };
        let (Some(plan), by) = (announcing.plan.clone(), announcing.agent.clone()) else { return };
        let order = AnnouncementOrder { call: leg.call, plan, by, samples };
        self.outputs.push_back(Output::KeepAnnouncement(order));
    }

    /// The shell has made it playable, or cannot.
    pub(super) fn on_announcement_kept(&mut self, id: CallId, clip: Option<Clip>) {
        let Some(announcing) = self.announcing(id) else { return };
        let input = if clip.is_some() { Input::Kept } else { Input::NotKept };
        announcing.clip = announcing.plan.clone().zip(clip);
        self.announcing_input(id, input);
    }

    fn announcing(&mut self, id: CallId) -> Option<&mut Announcing> {
        self.calls.get_mut(&id)?.staff.as_mut()?.announcing.as_deref_mut()
    }

    fn announce(&mut self, id: CallId, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Hear(say) => self.say(id, say),
                Action::Wait(time) => self.timers.set(id, Timer::Announce, self.journal.now.mono + time),
                Action::Record => self.capture(id, Capturing::Begin),
                Action::Keep(plan) => {
                    if let Some(announcing) = self.announcing(id) {
                        announcing.plan = Some(plan);
                    }
                    self.capture(id, Capturing::End);
                }
                Action::Discard => self.capture(id, Capturing::Forget),
                Action::Start(plan) => self.announced(id, plan),
                Action::Stop(plan) => {
                    let result = self.with_words(id, |engine, actor, words| {
                        engine.stop_plan(actor, plan, words).map(|()| StaffResult::PlanEnded)
                    });
                    self.announcing_over(id, result);
                }
                Action::GiveUp => self.announcing_over(id, StaffResult::Refused),
            }
        }
    }

    /// What was heard is put in force: journalled with who spoke it, then the plan begins.
    fn announced(&mut self, id: CallId, plan: PlanId) {
        let is_in_force = self.folds.plans.is_in_force(&plan);
        let two_persons = self.declared_plans().iter().any(|p| p.name == plan && p.two_persons);
        let Some(announcing) = self.announcing(id) else { return };
        let (agent, clip) = (announcing.agent.clone(), announcing.clip.take().filter(|(of, _)| *of == plan));
        if is_in_force && two_persons {
            // Another person would have to hear it first: end the plan, then start it again.
            return self.announcing_over(id, StaffResult::Refused);
        }
        let was_recorded = clip.is_some();
        if let Some((_, clip)) = clip {
            let length_ms = u64::try_from(clip.length().as_millis()).unwrap_or(u64::MAX);
            let recorded =
                EventKind::AnnouncementRecorded { plan: plan.clone(), sha256: clip.hash, length_ms };
            self.media.announcements.insert(plan.clone(), clip);
            self.emit(Actor::Agent(agent), Some(id), recorded);
        }
        let result = match (is_in_force, was_recorded && two_persons) {
            (true, _) => StaffResult::PlanStarted,
            // Nobody else has heard this recording yet.
            (false, true) => self.with_words(id, |engine, actor, words| {
                engine.propose_plan(actor, plan, words).map(|_| StaffResult::PlanProposed)
            }),
            (false, false) => self.with_words(id, |engine, actor, words| {
                engine.start_plan(actor, plan, words).map(|reply| match reply {
                    Reply::Proposed => StaffResult::PlanProposed,
                    _ => StaffResult::PlanStarted,
                })
            }),
        };
        self.announcing_over(id, result);
    }

    /// An order in the name of who dialled.
    fn with_words(
        &mut self,
        id: CallId,
        order: impl FnOnce(&mut Engine, Actor, Words) -> Result<StaffResult, String>,
    ) -> StaffResult {
        let Some(agent) = self.announcing(id).map(|announcing| announcing.agent.clone()) else {
            return StaffResult::Refused;
        };
        let words = Words { by: agent.to_string(), reason: "by telephone".to_owned() };
        order(self, Actor::Agent(agent), words).unwrap_or(StaffResult::Refused)
    }

    fn announcing_over(&mut self, id: CallId, result: StaffResult) {
        self.timers.cancel(id, Timer::Announce);
        if let Some(staff) = self.calls.get_mut(&id).and_then(|live| live.staff.as_mut()) {
            staff.announcing = None;
        }
        self.advance(id, call::Input::StaffDone(result));
    }

    fn capture(&mut self, id: CallId, step: Capturing) {
        let Some(live) = self.calls.get(&id) else { return };
        let command = Command::Capture { leg: LegId::caller(id), step };
        self.outputs.push_back(Output::Media { worker: live.worker, command });
    }

    fn say(&mut self, id: CallId, say: Say) {
        let names: &[&str] = match say {
            Say::Choose => &["system.announce.choose"],
            Say::Unknown => &["system.announce.unknown", "system.announce.choose"],
            Say::Speak => &["system.announce.speak", "system.beep"],
            Say::Nothing => &[],
            Say::Judge => &["system.announce.judge"],
        };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let heard = match say {
            Say::Judge => self.to_judge(id).map(PlayItem::Clip),
            Say::Choose | Say::Unknown | Say::Speak | Say::Nothing => None,
        };
        let Some(published) = self.calls.get(&id).and_then(|live| live.published.as_ref()) else { return };
        let language = published.program.languages().first().map_or("", |language| language.as_str());
        let said = items(&published.prompts, (language, Pace::Usual), &names);
        self.play(id, heard.into_iter().chain(said).collect(), (AtEnd::Silence, Masking::Open));
    }

    /// What was just recorded, else what somebody else has recorded for this plan.
    fn to_judge(&mut self, id: CallId) -> Option<Clip> {
        let announcing = self.announcing(id)?;
        let plan = announcing.dialogue.judging()?.clone();
        match announcing.clip.clone().filter(|(of, _)| *of == plan) {
            Some((_, clip)) => Some(clip),
            None => self.announcement(&plan).cloned(),
        }
    }
}
