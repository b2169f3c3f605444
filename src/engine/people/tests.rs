//! What is remembered of callers: languages, locks, callbacks, all over many calls and restarts.

use super::*;
use crate::event::{Actor, SCHEMA};
use crate::ids::{BootId, ConfigVersion, EntryId, MenuId, NodeId, QueueId, Seq};
use crate::now::Mono;
use crate::sealed::{Hasher, Sealer};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A journal of short calls, and the keys of those that were not erased.
#[derive(Default)]
struct Story {
    events: Vec<Event>,
    keys: BTreeMap<CallId, CallKey>,
}

fn settings() -> PeopleSettings {
    PeopleSettings { hasher: Hasher::new(&[3; 32]), lock: LockSettings::default() }
}

impl Story {
    /// A call from this number at this time, in which these things happen.
    fn call(&mut self, at: i64, number: &str, happens: impl FnOnce(&mut Sealer) -> Vec<EventKind>) -> CallId {
        let n = u32::try_from(self.keys.len()).unwrap() + 1;
        let call = CallId { node: NodeId(1), boot: BootId(1), n };
        let key = CallKey { call, bytes: [u8::try_from(n).unwrap(); 32] };
        let mut sealer = Sealer::new(key.clone(), BootId(1));
        self.keys.insert(call, key);
        let arrived = EventKind::CallArrived { entry: EntryId::new("95599"), caller: sealer.seal(number) };
        let happens = happens(&mut sealer);
        let over = EventKind::CallInterrupted { duration_ms: 0 };
        for kind in std::iter::once(arrived).chain(happens).chain([over]) {
            self.events.push(Event {
                schema: SCHEMA,
                seq: Seq(self.events.len() as u64 + 1),
                node: NodeId(1),
                boot: BootId(1),
                mono: Mono(0),
                wall: Wall(at),
                actor: Actor::Server,
                call: Some(call),
                config_version: ConfigVersion(1),
                plans: Vec::new(),
                drill: false,
                kind,
            });
        }
        call
    }

    fn wrong(&mut self, at: i64, identity: &str) {
        self.call(at, "13800138000", |sealer| {
            let hash = settings().hasher.identity(identity).to_hex();
            vec![EventKind::VerificationFailed {
                menu: MenuId::new("main"),
                node: "who".into(),
                result: "wrong".into(),
                identity: sealer.seal(&hash),
            }]
        });
    }

    fn fold(&self) -> People {
        let mut people = People::default();
        let settings = settings();
        let mut key = |call| self.keys.get(&call).cloned();
        let mut opener = Opener { settings: &settings, key: &mut key };
        for event in &self.events {
            people.apply(event, &mut opener);
        }
        // What a snapshot keeps is the whole.
        serde_json::from_str(&serde_json::to_string(&people).unwrap()).unwrap()
    }
}

fn spoken(language: &str) -> Vec<EventKind> {
    vec![EventKind::LanguageSet { language: language.into() }]
}

#[test]
fn the_language_spoken_last_is_remembered_for_400_days() {
    let mut story = Story::default();
    story.call(0, "13800138000", |_| spoken("zh-CN"));
    story.call(DAY_MS, "13800138000", |_| [spoken("zh-CN"), spoken("en-US")].concat());
    story.call(DAY_MS, "anonymous", |_| spoken("en-US"));
    let people = story.fold();
    let hash = |number: &str| settings().hasher.number(number);
    let language = |number: &str, at: i64| people.language(hash(number), Wall(at)).map(Language::as_str);
    assert_eq!(language("13800138000", 400 * DAY_MS), Some("en-US"));
    assert_eq!(language("13800138000", 401 * DAY_MS), None, "a stranger again");
    assert_eq!(language("13800138001", 2 * DAY_MS), None);
    assert_eq!(language("anonymous", 2 * DAY_MS), None, "nobody in particular");
    let mut later = people.clone();
    later.forget_old(Wall(402 * DAY_MS), LockSettings::default());
    assert_eq!(later, People::default(), "nothing is kept for ever");
}

#[test]
fn whose_key_is_destroyed_is_not_remembered_by_a_fold_made_anew() {
    let mut story = Story::default();
    let call = story.call(0, "13800138000", |_| spoken("en-US"));
    story.keys.remove(&call);
    assert_eq!(story.fold(), People::default());
}

/// CBA-32: attempts are limited over calls, whatever number they come from.
#[test]
fn cba_32_five_wrong_attempts_within_a_day_lock_the_identity_for_a_day() {
    let (mine, other) = (settings().hasher.identity("6222"), settings().hasher.identity("6223"));
    let mut story = Story::default();
    for n in 0..4 {
        story.wrong(n * HOUR_MS, "6222");
    }
    assert!(story.fold().may_verify(mine, Wall(4 * HOUR_MS)), "one is left");
    story.wrong(4 * HOUR_MS, "6222");
    let people = story.fold();
    assert!(!people.may_verify(mine, Wall(4 * HOUR_MS)));
    assert!(!people.may_verify(mine, Wall(28 * HOUR_MS - 1)));
    assert!(people.may_verify(mine, Wall(28 * HOUR_MS)), "and then five more");
    assert!(people.may_verify(other, Wall(4 * HOUR_MS)), "nobody else");
}

#[test]
fn wrong_attempts_far_apart_or_before_a_right_one_do_not_lock() {
    let mine = settings().hasher.identity("6222");
    let mut story = Story::default();
    for n in 0..8 {
        story.wrong(n * 7 * HOUR_MS, "6222");
    }
    assert!(story.fold().may_verify(mine, Wall(50 * HOUR_MS)), "never five within a day");
    let mut story = Story::default();
    for n in 0..8 {
        story.wrong(n, "6222");
        if n % 4 == 3 {
            let hash = mine.to_hex();
            story.call(n, "13800138000", |sealer| {
                vec![EventKind::CallerVerified {
                    menu: MenuId::new("main"),
                    node: "who".into(),
                    level: "verified".into(),
                    identity: sealer.seal(&hash),
                }]
            });
        }
    }
    assert!(story.fold().may_verify(mine, Wall(8)), "a right one forgives those before");
}

#[test]
fn callbacks_to_a_number_are_counted_for_a_day() {
    let mut story = Story::default();
    for at in [0, 20 * HOUR_MS, 23 * HOUR_MS] {
        story.call(at, "110", |sealer| {
            vec![EventKind::CallbackPromised { queue: QueueId::new("q"), number: sealer.seal("13800138000") }]
        });
    }
    let people = story.fold();
    let promised = |at| people.callbacks(settings().hasher.number("13800138000"), Wall(at));
    assert_eq!([promised(23 * HOUR_MS), promised(25 * HOUR_MS), promised(47 * HOUR_MS)], [3, 2, 0]);
    assert_eq!(people.callbacks(settings().hasher.number("110"), Wall(0)), 0);
}

#[test]
fn too_many_are_thinned_out_from_the_oldest() {
    let mut kept = BTreeMap::new();
    let hasher = settings().hasher;
    for n in 0..=MOST {
        kept.insert(hasher.number(&n.to_string()), Wall(i64::try_from(n).unwrap()));
        bound(&mut kept, |at| *at);
    }
    assert!(kept.len() <= MOST && kept.len() > MOST * 8 / 10, "{}", kept.len());
    assert!(kept.values().all(|at| at.0 > 9_000), "the newest stay");
}
