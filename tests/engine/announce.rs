//! An emergency announcement by telephone, from the star code to what callers hear (CBA-24).

use std::sync::Arc;
use std::time::Duration;

use hotline::acd::api::AgentProfile;
use hotline::engine::{Directory, Input, Verdict};
use hotline::event::{Actor, EventKind};
use hotline::ids::*;
use hotline::media::command::{Capturing, Clip, Command, MediaEvent, PlayItem};
use hotline::now::Mono;
use hotline::sip::api::{DeviceAccount, DeviceKind};

use super::{House, support};

fn leg(n: u32) -> LegId {
    LegId::caller(CallId { node: NodeId(1), boot: BootId(1), n })
}

fn clip(n: u8) -> Clip {
    Clip { hash: PromptHash([n; 32]), pcmu: vec![n; 16_000].into(), pcma: vec![n; 16_000].into() }
}

/// Two agents with the right and one without, each at a telephone 127.0.0.(work number - 1000).
fn staffed() -> House {
    let mut house = House::open(support::published());
    let agent = |n: u8| AgentId::new(format!("10{n:02}"));
    let profile = |n: u8| AgentProfile {
        id: agent(n),
        skills: Default::default(),
        queues: Vec::new(),
        languages: Vec::new(),
    };
    let device = |n: u8| DeviceAccount {
        id: DeviceId::new(format!("desk{n}")),
        kind: DeviceKind::Static { contact: format!("sip:desk{n}@127.0.0.{n}:5060") },
    };
    let directory = Directory {
        agents: [11, 12, 13].map(|n| (agent(n), profile(n))).into(),
        devices: [11, 12, 13].map(device).into(),
        announcers: [agent(11), agent(12)].into(),
        imported: false,
    };
    house.input(Input::Directory(Arc::new(directory)));
    house
}

/// What somebody does on the telephone of call `n`.
struct Caller<'h> {
    house: &'h mut House,
    n: u32,
}

impl Caller<'_> {
    fn dials(house: &mut House, host: u8, n: u32, number: &str) {
        house.dial(host, number);
        house.media(MediaEvent::Opened { leg: leg(n), at: Mono(0) });
    }

    /// Dials the star code; the secret is right.
    fn announces(house: &mut House, host: u8, n: u32) -> Caller<'_> {
        Caller::dials(house, host, n, &format!("*85*10{host}*360528"));
        let call = leg(n).call;
        house.input(Input::SecretVerified { call, verdict: Verdict::Right });
        Caller { house, n }
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            let key = if key == '#' { Key::Pound } else { Key::Digit(key.to_digit(10).unwrap() as u8) };
            self.house.media(MediaEvent::Digit { leg: leg(self.n), key });
        }
        self
    }

    /// What is being heard, to its end.
    fn hears(&mut self) -> Vec<PlayItem> {
        let last = self.house.orders.iter().rev().find_map(|order| match order {
            Command::Play { leg: of, id, items, .. } if *of == leg(self.n) => Some((*id, items.clone())),
            _ => None,
        });
        let (id, items) = last.unwrap();
        self.house.media(MediaEvent::PlayDone { leg: leg(self.n), id });
        items
    }

    fn speaks(&mut self, seconds: u64) -> &mut Self {
        self.house.now.mono += Duration::from_secs(seconds);
        self.house.now.wall.0 += i64::try_from(seconds * 1_000).unwrap();
        self
    }

    /// Chooses a plan and records; the shell makes this clip of it.
    fn records(&mut self, plan: &str, sound: Clip) -> &mut Self {
        self.hears();
        self.keys(plan).keys("#").hears();
        assert!(self.captures(Capturing::Begin), "after the tone");
        self.speaks(3).keys("#");
        assert!(self.captures(Capturing::End));
        let samples = vec![1_000; 24_000].into();
        self.house.media(MediaEvent::Captured { leg: leg(self.n), samples });
        let order = self.house.spoken.pop().expect("the shell is asked");
        assert_eq!(order.samples.len(), 24_000);
        self.house.input(Input::AnnouncementKept { call: order.call, clip: Some(sound) });
        self
    }

    fn captures(&self, wanted: Capturing) -> bool {
        let is = |order: &Command| matches!(order, Command::Capture { leg: of, step } if *of == leg(self.n) && *step == wanted);
        self.house.orders.iter().any(is)
    }
}

impl House {
    fn times(&self, wanted: impl Fn(&EventKind) -> bool) -> usize {
        self.events.iter().filter(|event| wanted(&event.kind)).count()
    }

    fn started(&self) -> usize {
        self.times(|kind| matches!(kind, EventKind::PlanStarted { .. }))
    }
}

#[test]
fn cba_24_what_was_spoken_and_heard_is_what_callers_hear() {
    let mut house = staffed();
    let mut staff = Caller::announces(&mut house, 11, 1);
    staff.records("1", clip(7));
    assert_eq!(staff.hears()[0], PlayItem::Clip(clip(7)), "it is played back");
    assert_eq!(staff.house.started(), 0, "nothing is in force before it was heard");
    staff.keys("1");
    let recorded =
        house.events.iter().find(|event| matches!(event.kind, EventKind::AnnouncementRecorded { .. }));
    let recorded = recorded.expect("who spoke it stands in the journal");
    assert_eq!((&recorded.actor, recorded.call), (&Actor::Agent("1011".into()), Some(leg(1).call)));
    assert!(
        matches!(&recorded.kind, EventKind::AnnouncementRecorded { plan, length_ms: 2_000, .. } if plan.as_str() == "surge")
    );
    assert!(house.happened(|kind| matches!(kind, EventKind::PlanStarted { by, .. } if by == "1011")));

    Caller::dials(&mut house, 5, 2, "95599");
    let mut caller = Caller { house: &mut house, n: 2 };
    caller.hears();
    assert_eq!(caller.hears(), [PlayItem::Clip(clip(7))], "after the notice");
    assert!(house.happened(|kind| matches!(kind, EventKind::PlanAnnounced { .. })));

    let mut staff = Caller::announces(&mut house, 12, 3);
    staff.records("1", clip(8)).hears();
    staff.keys("3");
    assert!(house.happened(|kind| matches!(kind, EventKind::PlanStopped { by, .. } if by == "1012")));
    Caller::dials(&mut house, 6, 4, "95599");
    let mut caller = Caller { house: &mut house, n: 4 };
    caller.hears();
    assert!(!caller.hears().contains(&PlayItem::Clip(clip(7))), "the plan is over");
}

#[test]
fn a_second_person_hears_it_before_it_is_in_force() {
    let mut house = staffed();
    let mut first = Caller::announces(&mut house, 11, 1);
    first.records("3", clip(7)).hears();
    first.keys("1");
    assert_eq!(house.started(), 0);
    assert!(house.happened(|kind| matches!(kind, EventKind::PlanProposed { by, .. } if by == "1011")));
    let mut second = Caller::announces(&mut house, 12, 2);
    second.hears();
    second.keys("3#");
    assert_eq!(second.hears()[0], PlayItem::Clip(clip(7)), "what the first has said");
    second.keys("1");
    assert_eq!(house.started(), 1);
    Caller::dials(&mut house, 5, 3, "95599");
    let mut caller = Caller { house: &mut house, n: 3 };
    caller.hears();
    assert_eq!(caller.hears(), [PlayItem::Clip(clip(7))]);
}

/// Otherwise the second person would put in force what nobody else has heard.
#[test]
fn who_speaks_anew_proposes_anew() {
    let mut house = staffed();
    Caller::announces(&mut house, 11, 1).records("3", clip(7)).hears();
    Caller { house: &mut house, n: 1 }.keys("1");
    let mut second = Caller::announces(&mut house, 12, 2);
    second.hears();
    second.keys("3#").hears();
    second.keys("2").hears();
    second.speaks(3).keys("#");
    second.house.media(MediaEvent::Captured { leg: leg(2), samples: vec![1_000; 24_000].into() });
    second.house.input(Input::AnnouncementKept { call: leg(2).call, clip: Some(clip(8)) });
    second.hears();
    second.keys("1");
    assert_eq!(house.started(), 0);
    assert_eq!(house.times(|kind| matches!(kind, EventKind::PlanProposed { .. })), 2);
}

#[test]
fn without_the_right_or_the_secret_nothing_is_recorded() {
    let mut house = staffed();
    Caller::announces(&mut house, 13, 1).hears();
    Caller { house: &mut house, n: 1 }.keys("1#").hears();
    Caller::dials(&mut house, 11, 2, "*85*1011*1111");
    house.input(Input::SecretVerified { call: leg(2).call, verdict: Verdict::Wrong });
    Caller { house: &mut house, n: 2 }.keys("1#").hears();
    assert!(!house.orders.iter().any(|order| matches!(order, Command::Capture { .. })));
    assert!(house.happened(|kind| matches!(kind, EventKind::SignInRefused { .. })));
    assert_eq!(house.started(), 0);
}

#[test]
fn whoever_hangs_up_leaves_everything_as_it_was() {
    let mut house = staffed();
    let mut staff = Caller::announces(&mut house, 11, 1);
    staff.records("1", clip(7)).hears();
    house.media(MediaEvent::Closed { leg: leg(1), stats: Default::default() });
    house.now.mono += Duration::from_secs(60);
    house.input(Input::Tick);
    assert_eq!(house.started(), 0);
    assert_eq!(house.times(|kind| matches!(kind, EventKind::AnnouncementRecorded { .. })), 0);
}
