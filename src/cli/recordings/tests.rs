//! Records as the command line shows them, and tampering as it finds it.

use super::*;
use crate::cli::calls::{self, ListQuery};
use crate::cli::records::Numbers;
use crate::event::{Actor, EndedBy, Event, LegStats, Outcome, SCHEMA};
use crate::ids::{BootId, ConfigVersion, NodeId, WorkerId};
use crate::io::index::Index;
use crate::io::journal::Journal;
use crate::io::keys::KeyTable;
use crate::io::secrets::Secrets;
use crate::now::{Mono, Wall};
use crate::sealed::{CallKey, Redacted, Sealer};

const NODE: NodeId = NodeId(1);
const NUMBER: &str = "13800138000";

fn call(n: u32) -> CallId {
    CallId { node: NODE, boot: BootId(1), n }
}

/// Three recorded calls, as a server leaves them.
async fn storage(dir: &tempfile::TempDir) -> Storage {
    let storage = Storage::under(dir.path());
    let secrets = Secrets::open_or_create(&storage.secrets).unwrap();
    let mut keys = KeyTable::open(&secrets).unwrap();
    let (mut journal, _) = Journal::open(&storage.journal, NODE).unwrap();
    let mut index = Index::open(&storage.index).await.unwrap();
    for n in 1..=3 {
        let key = CallKey { call: call(n), bytes: [7; 32] };
        keys.append(&[(key.clone(), Some(NUMBER))]).unwrap();
        let file = format!("1970/01/01/{}.wav", call(n));
        let path = storage.recordings.join(&file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("sound {n}")).unwrap();
        let sha256 = finaliser::hash_file(&path).unwrap();
        let caller = Sealer::new(key, BootId(1)).seal(NUMBER);
        let kinds = [
            EventKind::CallArrived { entry: "95588".into(), caller },
            EventKind::CallAnswered { worker: WorkerId(0), codec: "PCMA".into(), recorded: true },
            EventKind::CallEnded {
                outcome: Outcome::SelfService,
                by: EndedBy::Caller,
                duration_ms: 61_000,
                caller_leg: LegStats::default(),
            },
            EventKind::RecordingArchived { file, sha256, length_ms: 61_000, missing_ms: 0, masked_ms: 0 },
        ];
        let next = journal.next_seq().0;
        let events: Vec<Event> = (next..).zip(kinds).map(|(seq, kind)| event(seq, n, kind)).collect();
        journal.append(&events).unwrap();
        index.apply(&events).await.unwrap();
    }
    index.close().await;
    storage
}

fn event(seq: u64, n: u32, kind: EventKind) -> Event {
    Event {
        schema: SCHEMA,
        seq: Seq(seq),
        node: NODE,
        boot: BootId(1),
        mono: Mono::from_millis(seq * 500),
        wall: Wall(i64::try_from(seq).unwrap()),
        actor: Actor::Server,
        call: Some(call(n)),
        config_version: ConfigVersion(1),
        plans: Vec::new(),
        drill: false,
        kind,
    }
}

async fn verified(storage: &Storage) -> (Verdict, String) {
    let mut out = Vec::new();
    let verdict = verify(storage, Format::Text, &mut out).await.unwrap();
    (verdict, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn sound_records_verify_and_each_tampering_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let storage = storage(&dir).await;
    let (verdict, text) = verified(&storage).await;
    assert_eq!(verdict, Verdict::Sound, "{text}");
    assert!(text.contains("12 events in 1 segments, 3 calls, 3 recordings, 3 files: all sound"), "{text}");

    let day = storage.recordings.join("1970/01/01");
    std::fs::write(day.join("1-1-1.wav"), "other").unwrap();
    std::fs::rename(day.join("1-1-2.wav"), day.join("1-1-9.wav")).unwrap();
    let (verdict, text) = verified(&storage).await;
    assert_eq!(verdict, Verdict::Problems(3));
    assert!(text.contains("call 1-1-1: 1970/01/01/1-1-1.wav: was altered"), "{text}");
    assert!(text.contains("call 1-1-2: 1970/01/01/1-1-2.wav: is missing"), "{text}");
    assert!(text.contains("1970/01/01/1-1-9.wav: belongs to no call"), "{text}");
    std::fs::rename(day.join("1-1-9.wav"), day.join("1-1-2.wav")).unwrap();
    std::fs::write(day.join("1-1-1.wav"), "sound 1").unwrap();

    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", storage.index.display())).await.unwrap();
    sqlx::query("UPDATE calls SET sha256 = 'ff' WHERE call = '1-1-3'").execute(&pool).await.unwrap();
    pool.close().await;
    let (verdict, text) = verified(&storage).await;
    assert_eq!(verdict, Verdict::Problems(1));
    assert!(text.contains("call 1-1-3: the index tells another recording"), "{text}");
}

#[tokio::test]
async fn an_altered_journal_line_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let storage = storage(&dir).await;
    let path = storage.journal.join("1970-01-01.1.jsonl");
    let text = std::fs::read_to_string(&path).unwrap().replacen("61000", "31000", 1);
    std::fs::write(&path, text).unwrap();
    let (verdict, text) = verified(&storage).await;
    assert!(matches!(verdict, Verdict::Problems(_)));
    assert!(text.contains("journal 1970-01-01.1.jsonl, line 4:"), "{text}");
}

#[tokio::test]
async fn numbers_are_shown_only_when_asked_for_and_calls_are_found_by_them() {
    let dir = tempfile::tempdir().unwrap();
    let storage = storage(&dir).await;
    let run = async |query: ListQuery, format| {
        let mut out = Vec::new();
        calls::list(&storage, &query, format, &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    };
    for format in [Format::Text, Format::Json] {
        let sealed = run(ListQuery::default(), format).await;
        assert!(!sealed.contains(NUMBER) && sealed.contains("(sealed)"), "{sealed}");
        let opened = run(ListQuery { numbers: Numbers::Opened, ..ListQuery::default() }, format).await;
        assert_eq!(opened.matches(NUMBER).count(), 3, "{opened}");
    }
    let by_number = ListQuery { number: Some(Redacted(NUMBER.to_owned())), ..ListQuery::default() };
    assert_eq!(run(by_number, Format::Json).await.lines().count(), 3);
    let nobody = ListQuery { number: Some(Redacted("110".to_owned())), ..ListQuery::default() };
    assert_eq!(run(nobody, Format::Json).await, "");

    let secrets = Secrets::open(&storage.secrets).unwrap();
    KeyTable::open(&secrets).unwrap().destroy(call(1)).unwrap();
    let mut out = Vec::new();
    calls::show(&storage, call(1), Numbers::Opened, Format::Text, &mut out).await.unwrap();
    let shown = String::from_utf8(out).unwrap();
    assert!(shown.contains("caller     (erased)") && !shown.contains(NUMBER), "{shown}");
    assert!(shown.contains("call_answered  codec=PCMA  recorded=true"), "{shown}");
    assert!(shown.contains("1:01"), "{shown}");
    let mut out = Vec::new();
    list(&storage, &Filter::default(), Format::Text, &mut out).await.unwrap();
    assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    let copy = dir.path().join("copy.wav");
    export(&storage, call(2), &copy).await.unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), b"sound 2");
    let again = export(&storage, call(2), &copy).await.unwrap_err();
    assert!(again.to_string().starts_with("writing"), "nothing is overwritten: {again}");
    assert!(export(&storage, call(8), &copy).await.is_err());
    assert!(calls::show(&storage, call(8), Numbers::Sealed, Format::Text, &mut Vec::new()).await.is_err());
}
