//! The index against rebuilds, restarts, lags and a database that fails.

use std::sync::Arc;

use super::*;
use crate::event::{Actor, EndedBy, EventKind, LeftQueue, LegStats, OverflowTarget, SCHEMA};
use crate::ids::{BootId, ConfigVersion, Key, NodeId, WorkerId};
use crate::io::journal::Journal;
use crate::now::Mono;
use crate::sealed::{CallKey, Sealer};

const NODE: NodeId = NodeId(1);
/// A name that a careless import may bring.
const AGENT: &str = "a|1%7C_\\";

struct Script {
    boot: BootId,
    seq: u64,
    events: Vec<Event>,
}

impl Script {
    fn add(&mut self, n: u32, kind: EventKind) {
        self.seq += 1;
        let call = CallId { node: NODE, boot: self.boot, n };
        self.events.push(Event {
            schema: SCHEMA,
            seq: Seq(self.seq),
            node: NODE,
            boot: self.boot,
            mono: Mono(self.seq),
            wall: Wall(i64::try_from(self.seq).unwrap() * 10),
            actor: Actor::Server,
            call: Some(call),
            config_version: ConfigVersion(1),
            plans: Vec::new(),
            drill: n.is_multiple_of(5),
            kind,
        });
    }

    /// A call of some kind, depending on `n`; without its recording.
    fn call(&mut self, n: u32) {
        let call = CallId { node: NODE, boot: self.boot, n };
        let mut sealer = Sealer::new(CallKey { call, bytes: [1; 32] }, self.boot);
        let entry = if n.is_multiple_of(2) { "95588" } else { "95599" }.into();
        self.add(n, EventKind::CallArrived { entry, caller: sealer.seal("13800138000") });
        if n % 7 == 6 {
            self.add(n, EventKind::CallRefused { reason: crate::event::Refusal::TooManyCalls, code: 503 });
            return;
        }
        self.add(
            n,
            EventKind::CallAnswered {
                worker: WorkerId(0),
                codec: "PCMA".into(),
                recorded: !n.is_multiple_of(3),
            },
        );
        self.add(n, EventKind::LanguageSet { language: "zh-CN".into() });
        self.add(n, EventKind::MenuEntered { menu: "main".into() });
        self.add(n, EventKind::KeyPressed { menu: "main".into(), key: Key::Digit(0) });
        self.add(n, EventKind::AgentRequested { menu: "main".into(), since_answer_ms: 70 });
        let queue: QueueId = if n.is_multiple_of(4) { "card_loss" } else { "cards" }.into();
        self.add(n, EventKind::QueueEntered { queue: queue.clone(), waiting: 1 });
        let left = match n % 3 {
            0 => LeftQueue::Overflowed { to: OverflowTarget::Queue("general".into()) },
            1 => LeftQueue::Answered,
            _ => LeftQueue::Abandoned,
        };
        let answered = left == LeftQueue::Answered;
        self.add(
            n,
            EventKind::QueueLeft { queue: queue.clone(), left, waited_ms: 30, agent: None, reason: None },
        );
        if answered {
            self.add(n, EventKind::TalkStarted { queue, agent: AGENT.into() });
        }
        if n % 8 == 2 {
            let number = sealer.seal("13800138000");
            self.add(n, EventKind::CallbackPromised { queue: "cards".into(), number });
        }
        let outcome = if answered { Outcome::Agent } else { Outcome::Abandoned };
        let (by, caller_leg) = (EndedBy::Caller, LegStats::default());
        self.add(n, EventKind::CallEnded { outcome, by, duration_ms: 900, caller_leg });
    }

    fn archived(&mut self, n: u32) {
        self.add(
            n,
            EventKind::RecordingArchived {
                file: format!("2026/11/21/1-1-{n}.wav"),
                sha256: "ab".repeat(32),
                length_ms: 900,
                missing_ms: 0,
                masked_ms: 20,
            },
        );
    }
}

/// Forty calls, some recordings archived late, one call still under way.
fn script() -> Vec<Event> {
    let mut script = Script { boot: BootId(1), seq: 0, events: Vec::new() };
    for n in 1..=40 {
        script.call(n);
        if n > 5 && (n - 5) % 3 != 0 && (n - 5) % 7 != 6 {
            script.archived(n - 5);
        }
    }
    let call = CallId { node: NODE, boot: BootId(1), n: 99 };
    let mut sealer = Sealer::new(CallKey { call, bytes: [1; 32] }, BootId(1));
    script.add(99, EventKind::CallArrived { entry: "95588".into(), caller: sealer.seal("1") });
    script.events
}

struct House {
    dir: tempfile::TempDir,
    journal: Journal,
}

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(&dir.path().join("journal"), NODE).unwrap();
        House { dir, journal }
    }

    fn journal(&self) -> std::path::PathBuf {
        self.dir.path().join("journal")
    }

    async fn index(&self, name: &str) -> Index {
        Index::open(&self.dir.path().join(name)).await.unwrap()
    }
}

async fn all(index: &Index) -> Vec<CallRow> {
    index.list(&Filter::default()).await.unwrap()
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows_as_living_through_it() {
    let mut house = House::new();
    let events = script();
    let mut lived = house.index("lived.sqlite").await;
    for (i, batch) in events.chunks(7).enumerate() {
        house.journal.append(batch).unwrap();
        lived.apply(batch).await.unwrap();
        if i % 5 == 4 {
            lived.close().await;
            lived = house.index("lived.sqlite").await;
        }
    }
    let mut rebuilt = house.index("rebuilt.sqlite").await;
    assert_eq!(rebuilt.rebuild(&house.journal()).await.unwrap(), events.last().unwrap().seq);
    assert_eq!(all(&rebuilt).await, all(&lived).await);
    assert_eq!(all(&lived).await.len(), 41);

    let mut folded = Rows::default();
    let mut expected = std::collections::BTreeMap::new();
    for event in &events {
        if let Some(row) = folded.missing(event).and_then(|call| expected.get(&call).cloned()) {
            folded.insert(row);
        }
        folded.apply(event);
        expected.extend(folded.drain_changed().into_iter().map(|row| (row.call, row)));
    }
    let mut stored = all(&lived).await;
    stored.sort_by_key(|row| row.call);
    assert_eq!(stored, expected.into_values().collect::<Vec<CallRow>>(), "columns lose nothing");
    lived.rebuild(&house.journal()).await.unwrap();
    assert_eq!(all(&lived).await, all(&rebuilt).await, "a rebuild in place");
    assert_eq!(lived.open_rows().await.unwrap().last().unwrap().call.n, 99);
}

#[tokio::test]
async fn known_events_change_nothing_and_an_index_ahead_is_built_anew() {
    let mut house = House::new();
    let events = script();
    house.journal.append(&events[..100]).unwrap();
    let mut index = house.index("a.sqlite").await;
    index.apply(&events[..120]).await.unwrap();
    index.apply(&events[50..110]).await.unwrap();
    assert_eq!(index.as_of().await.unwrap(), Seq(120));
    assert_eq!(index.catch_up(&house.journal()).await.unwrap(), Seq(100));
    let mut other = house.index("b.sqlite").await;
    other.apply(&events[..100]).await.unwrap();
    assert_eq!(all(&index).await, all(&other).await);
}

#[tokio::test]
async fn filters_find_what_they_name_and_pages_follow() {
    let house = House::new();
    let mut index = house.index("a.sqlite").await;
    index.apply(&script()).await.unwrap();
    let rows = all(&index).await;
    let check = async |filter: Filter, expected: &dyn Fn(&CallRow) -> bool| {
        let found = index.list(&filter).await.unwrap();
        let due: Vec<CallRow> = rows.iter().filter(|row| expected(row)).cloned().collect();
        assert!(!due.is_empty());
        assert_eq!(found, due, "{filter:?}");
    };
    let queue = |name: &'static str| move |row: &CallRow| row.visits.iter().any(|v| v.queue.as_str() == name);
    check(Filter { queue: Some("cards".into()), ..Filter::default() }, &queue("cards")).await;
    check(Filter { queue: Some("card_loss".into()), ..Filter::default() }, &queue("card_loss")).await;
    let none = Filter { queue: Some("card%".into()), ..Filter::default() };
    assert!(index.list(&none).await.unwrap().is_empty(), "names are no patterns");
    check(Filter { agent: Some(AGENT.into()), ..Filter::default() }, &|row| !row.agents.is_empty()).await;
    let abandoned = Some(Outcome::Abandoned);
    check(Filter { outcome: abandoned, ..Filter::default() }, &|row| row.outcome == abandoned).await;
    check(Filter { entry: Some("95588".into()), ..Filter::default() }, &|row| {
        row.entry == Some("95588".into())
    })
    .await;
    check(Filter { callbacks: true, ..Filter::default() }, &|row| row.services.callback.is_some()).await;
    let (from, to) = (Wall(500), Wall(1_500));
    check(Filter { from: Some(from), to: Some(to), ..Filter::default() }, &|row| {
        (from..to).contains(&row.arrived_at)
    })
    .await;
    let some = vec![rows[3].call, rows[7].call];
    check(Filter { calls: Some(some.clone()), ..Filter::default() }, &|row| some.contains(&row.call)).await;
    assert!(index.list(&Filter { calls: Some(Vec::new()), ..Filter::default() }).await.unwrap().is_empty());

    let mut paged: Vec<CallRow> = Vec::new();
    loop {
        let after = paged.last().map(|row| (row.arrived_at, row.call));
        let page = index.list(&Filter { after, limit: 6, ..Filter::default() }).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, rows);
    assert_eq!(index.get(rows[0].call).await.unwrap().as_ref(), Some(&rows[0]));
}

#[tokio::test]
async fn a_database_that_fails_changes_nothing_and_recovers() {
    let house = House::new();
    let events = script();
    let path = house.dir.path().join("a.sqlite");
    let mut index = Index::open(&path).await.unwrap();
    index.apply(&events[..50]).await.unwrap();
    let other = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("ALTER TABLE calls RENAME TO hidden").execute(&other).await.unwrap();
    assert!(index.apply(&events[50..100]).await.is_err());
    sqlx::query("ALTER TABLE hidden RENAME TO calls").execute(&other).await.unwrap();
    assert_eq!(index.as_of().await.unwrap(), Seq(50));
    index.apply(&events[50..]).await.unwrap();
    let mut straight = house.index("b.sqlite").await;
    straight.apply(&events).await.unwrap();
    assert_eq!(all(&index).await, all(&straight).await);
}

#[tokio::test]
async fn the_indexer_catches_up_with_what_it_was_not_told() {
    let mut house = House::new();
    let events = script();
    house.journal.append(&events[..60]).unwrap();
    let indexer = Indexer::spawn(house.index("a.sqlite").await, &house.journal());
    let mut status = indexer.status();
    status.wait_for(|s| s.as_of == Seq(60)).await.unwrap();
    house.journal.append(&events[60..90]).unwrap();
    house.journal.append(&events[90..]).unwrap();
    let told: Arc<[Event]> = events[90..].into();
    indexer.offer(told);
    let last = events.last().unwrap().seq;
    status.wait_for(|s| s.as_of == last && s.failing.is_none()).await.unwrap();
    indexer.finish().await;
    let mut straight = house.index("b.sqlite").await;
    straight.apply(&events).await.unwrap();
    assert_eq!(all(&house.index("a.sqlite").await).await, all(&straight).await);
}
