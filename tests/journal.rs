//! The golden journal of every schema version loads for ever, and holds every kind of event.
//!
//! `HOTLINE_WRITE_GOLDEN=1 cargo test --test journal` writes the one of the current schema anew;
//! do that only to add new kinds of events, never to change old lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hotline::event::*;
use hotline::ids::*;
use hotline::io::journal::{self, Journal};
use hotline::io::secrets::SecretKey;
use hotline::io::spool::{self, SpoolDirectory, SpoolReader, SpoolWriter};
use hotline::media::command::Codec;
use hotline::now::{Mono, Now, Wall};
use hotline::record::block::Packet;
use hotline::record::spool::Entry;
use hotline::sealed::{CallKey, KeyedDigits, Sealed, Sealer};

const CALL: CallId = CallId { node: NodeId(1), boot: BootId(7), n: 42 };

fn golden(schema: u16) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/schema-{schema}.jsonl"))
}

/// The name of a kind in the journal. A new kind does not compile until it stands here, and then
/// fails until it stands in the golden journal.
fn name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::ServerStarted { .. } => "server_started",
        EventKind::ServerStopping { .. } => "server_stopping",
        EventKind::ServerStopped => "server_stopped",
        EventKind::ClockStepped { .. } => "clock_stepped",
        EventKind::AlarmRaised { .. } => "alarm_raised",
        EventKind::AlarmCleared { .. } => "alarm_cleared",
        EventKind::ConfigPublished { .. } => "config_published",
        EventKind::ConfigRefused { .. } => "config_refused",
        EventKind::DirectoryImported { .. } => "directory_imported",
        EventKind::CallArrived { .. } => "call_arrived",
        EventKind::CallRefused { .. } => "call_refused",
        EventKind::CallAnswered { .. } => "call_answered",
        EventKind::LanguageSet { .. } => "language_set",
        EventKind::MenuEntered { .. } => "menu_entered",
        EventKind::KeyPressed { .. } => "key_pressed",
        EventKind::MenuFailed { .. } => "menu_failed",
        EventKind::InformationHeard { .. } => "information_heard",
        EventKind::DigitsCollected { .. } => "digits_collected",
        EventKind::AgentRequested { .. } => "agent_requested",
        EventKind::QueueEntered { .. } => "queue_entered",
        EventKind::PositionAnnounced { .. } => "position_announced",
        EventKind::Offered { .. } => "offered",
        EventKind::OfferEnded { .. } => "offer_ended",
        EventKind::QueueLeft { .. } => "queue_left",
        EventKind::TalkStarted { .. } => "talk_started",
        EventKind::HoldStarted { .. } => "hold_started",
        EventKind::HoldEnded { .. } => "hold_ended",
        EventKind::TalkEnded { .. } => "talk_ended",
        EventKind::MessageLeft { .. } => "message_left",
        EventKind::CallEnded { .. } => "call_ended",
        EventKind::CallInterrupted { .. } => "call_interrupted",
        EventKind::RecordingArchived { .. } => "recording_archived",
        EventKind::RecordingFailed { .. } => "recording_failed",
        EventKind::DeviceRegistered { .. } => "device_registered",
        EventKind::DeviceUnregistered { .. } => "device_unregistered",
        EventKind::AgentSignedIn { .. } => "agent_signed_in",
        EventKind::AgentSignedOut { .. } => "agent_signed_out",
        EventKind::AgentStateChanged { .. } => "agent_state_changed",
        EventKind::SignInRefused { .. } => "sign_in_refused",
        EventKind::CallersImported { .. } => "callers_imported",
        EventKind::ConfigProposed { .. } => "config_proposed",
        EventKind::PlanProposed { .. } => "plan_proposed",
        EventKind::AnnouncementRecorded { .. } => "announcement_recorded",
        EventKind::PlanStarted { .. } => "plan_started",
        EventKind::PlanStopped { .. } => "plan_stopped",
        EventKind::PlanAnnounced { .. } => "plan_announced",
        EventKind::ElderlyCare => "elderly_care",
        EventKind::LookupMade { .. } => "lookup_made",
        EventKind::CallerVerified { .. } => "caller_verified",
        EventKind::VerificationFailed { .. } => "verification_failed",
        EventKind::SurveyAnswered { .. } => "survey_answered",
        EventKind::HandedOver { .. } => "handed_over",
        EventKind::ComplaintTaken { .. } => "complaint_taken",
        EventKind::CallbackPromised { .. } => "callback_promised",
        EventKind::TransferStarted { .. } => "transfer_started",
        EventKind::TransferEnded { .. } => "transfer_ended",
    }
}

const KINDS: usize = 56;

fn server_kinds() -> Vec<EventKind> {
    vec![
        EventKind::ServerStarted { version: "0.1.0".into() },
        EventKind::ServerStopping { calls: 3 },
        EventKind::ServerStopped,
        EventKind::ClockStepped { by_ms: -3_600_000 },
        EventKind::AlarmRaised { alarm: Alarm::Spool, detail: "No space left on device".into() },
        EventKind::AlarmCleared { alarm: Alarm::Spool, turned_away: 0 },
        EventKind::ConfigPublished {
            version: ConfigVersion(4),
            by: "李雷".into(),
            reason: "新菜单 \"卡\"".into(),
            digest: "ab".repeat(32),
        },
        EventKind::ConfigRefused { findings: 2 },
        EventKind::DirectoryImported { agents: 20, devices: 21 },
        EventKind::DeviceRegistered { device: "desk-1".into() },
        EventKind::DeviceUnregistered { device: "desk-1".into() },
        EventKind::AgentSignedIn { agent: "1001".into(), device: "desk-1".into() },
        EventKind::AgentSignedOut { agent: "1001".into() },
        EventKind::AgentStateChanged {
            agent: "1001".into(),
            state: AgentState::NotReady { reason: "lunch".into() },
        },
        EventKind::AgentStateChanged { agent: "1001".into(), state: AgentState::WrapUp },
        EventKind::SignInRefused { device: "desk-2".into() },
    ]
}

fn menu_kinds(sealer: &mut Sealer) -> Vec<EventKind> {
    let menu = MenuId::from("main");
    vec![
        EventKind::CallArrived { entry: "95588".into(), caller: sealer.seal("13800138000") },
        EventKind::CallRefused { reason: Refusal::StorageAlarm, code: 503 },
        EventKind::CallAnswered { worker: WorkerId(1), codec: "PCMA".into(), recorded: true },
        EventKind::LanguageSet { language: "zh-CN".into() },
        EventKind::MenuEntered { menu: menu.clone() },
        EventKind::KeyPressed { menu: menu.clone(), key: Key::Star },
        EventKind::MenuFailed { menu: menu.clone(), error: MenuError::Silence },
        EventKind::InformationHeard { menu: menu.clone(), node: "hours".into() },
        EventKind::DigitsCollected {
            menu: menu.clone(),
            node: "account".into(),
            count: 4,
            value: Some(sealer.seal("6222")),
        },
        EventKind::DigitsCollected { menu: menu.clone(), node: "pin".into(), count: 6, value: None },
        EventKind::AgentRequested { menu, since_answer_ms: 7_250 },
    ]
}

fn queue_kinds() -> Vec<EventKind> {
    let (queue, agent) = (QueueId::from("cards"), AgentId::from("1001"));
    let overflow = OverflowTarget::Queue("general".into());
    let why = Why {
        strategy: "longest_idle".into(),
        candidates: vec!["1001 idle 41 s".into()],
        excluded: vec!["1003 lacks card>=3".into()],
    };
    vec![
        EventKind::QueueEntered { queue: queue.clone(), waiting: 2 },
        EventKind::PositionAnnounced { queue: queue.clone(), position: 2, estimate_s: Some(90) },
        EventKind::PositionAnnounced { queue: queue.clone(), position: 1, estimate_s: None },
        EventKind::QueueLeft {
            queue: queue.clone(),
            left: LeftQueue::Overflowed { to: overflow },
            waited_ms: 60_000,
            agent: None,
            reason: Some(OverflowReason::WaitedTooLong),
        },
        EventKind::Offered { queue: queue.clone(), agent: agent.clone(), device: "desk-1".into(), why },
        EventKind::OfferEnded {
            queue: queue.clone(),
            agent: agent.clone(),
            end: OfferEnd::NoAnswer,
            rang_ms: 15_000,
        },
        EventKind::QueueLeft {
            queue: queue.clone(),
            left: LeftQueue::Answered,
            waited_ms: 16_200,
            agent: Some(agent.clone()),
            reason: None,
        },
        EventKind::TalkStarted { queue: queue.clone(), agent: agent.clone() },
        EventKind::HoldStarted { agent: agent.clone() },
        EventKind::HoldEnded { agent: agent.clone(), held_ms: 12_000 },
        EventKind::TalkEnded { queue: queue.clone(), agent, talked_ms: 125_000, by: EndedBy::Agent },
        EventKind::MessageLeft { queue: Some(queue), length_ms: 9_000 },
        EventKind::MessageLeft { queue: None, length_ms: 9_000 },
        EventKind::CallEnded {
            outcome: Outcome::SelfService,
            by: EndedBy::Caller,
            duration_ms: 150_000,
            caller_leg: LegStats { received: 7_500, sent: 7_500, lost: 3, jitter_us: 1_250 },
        },
        EventKind::CallInterrupted { duration_ms: 4_300 },
        EventKind::RecordingArchived {
            file: "2026/11/21/1-7-42.wav".into(),
            sha256: "cd".repeat(32),
            length_ms: 150_000,
            missing_ms: 60,
            masked_ms: 4_000,
        },
        EventKind::RecordingFailed { reason: "no block of the call can be read".into() },
    ]
}

/// Kinds that came later: they stand behind those before, whose lines never change.
fn self_service_kinds(sealer: &mut Sealer) -> Vec<EventKind> {
    let (menu, queue) = (MenuId::from("cards"), QueueId::from("cards"));
    let (by, reason) = ("李雷".to_owned(), "台风".to_owned());
    vec![
        EventKind::PlanStarted {
            plan: "storm".into(),
            by: by.clone(),
            reason: reason.clone(),
            until: Some(Wall(1_795_390_582_000)),
        },
        EventKind::PlanStopped { plan: "storm".into(), by, reason },
        EventKind::PlanAnnounced { plan: "storm".into() },
        EventKind::ElderlyCare,
        EventKind::LookupMade {
            menu: menu.clone(),
            node: "balance".into(),
            result: "timed_out".into(),
            took_ms: 3_000,
        },
        EventKind::CallerVerified {
            menu: menu.clone(),
            node: "who".into(),
            level: "verified".into(),
            // As it was first written, and must load for ever: whatever is sealed is not looked into.
            identity: Sealed::from_hex(&sealer.seal::<KeyedDigits>("6222").to_hex()).unwrap(),
        },
        EventKind::VerificationFailed {
            menu: menu.clone(),
            node: "who".into(),
            result: "wrong".into(),
            identity: sealer.seal(&"ef".repeat(32)),
        },
        EventKind::SurveyAnswered {
            menu: menu.clone(),
            node: "survey".into(),
            answers: vec![SurveyAnswer { question: "satisfaction".into(), key: 1 }],
        },
        EventKind::HandedOver { queue: queue.clone(), verified: Some("verified".into()), elderly: true },
        EventKind::ComplaintTaken {
            menu,
            node: "complaint".into(),
            queue: Some(queue.clone()),
            answers: vec![KeyedAnswer { step: "branch".into(), value: sealer.seal("6222") }],
            length_ms: 42_000,
        },
        EventKind::CallbackPromised { queue: queue.clone(), number: sealer.seal("13800138000") },
        EventKind::TransferStarted { number: sealer.seal("13800138000"), otherwise: queue },
        EventKind::TransferEnded {
            end: TransferEnd::Answered,
            rang_ms: 4_000,
            talked_ms: 60_000,
            by: EndedBy::Callee,
        },
        EventKind::CallEnded {
            outcome: Outcome::Complaint,
            by: EndedBy::Callee,
            duration_ms: 150_000,
            caller_leg: LegStats::default(),
        },
        EventKind::CallersImported { callers: 300 },
        EventKind::AlarmRaised { alarm: Alarm::Calendar, detail: "2027".into() },
        EventKind::ConfigProposed {
            version: ConfigVersion(5),
            by: "李雷".into(),
            reason: "cards".into(),
            digest: "cd".repeat(32),
        },
        EventKind::PlanProposed { plan: "storm".into(), by: "韩梅梅".into(), reason: "flood".into() },
        EventKind::AnnouncementRecorded {
            plan: "storm".into(),
            sha256: PromptHash([7; 32]),
            length_ms: 9_000,
        },
    ]
}

/// One event of every kind, and every sort of actor.
fn every_event() -> Vec<Event> {
    let mut sealer = Sealer::new(CallKey { call: CALL, bytes: [9; 32] }, BootId(7));
    let actors = [
        Actor::Server,
        Actor::Caller,
        Actor::Agent("1001".into()),
        Actor::Token { name: "ops".into(), role: Role::Operator },
        Actor::Peer { uid: 1_000 },
    ];
    let server = server_kinds().into_iter().map(|kind| (None, kind));
    let call = menu_kinds(&mut sealer).into_iter().chain(queue_kinds()).collect::<Vec<_>>();
    let call = call.into_iter().chain(self_service_kinds(&mut sealer)).map(|kind| (Some(CALL), kind));
    let numbered = (1_u64..).zip(server.chain(call));
    let event = |(seq, (call, kind))| Event {
        schema: 1,
        seq: Seq(seq),
        node: NodeId(1),
        boot: BootId(7),
        mono: Mono(seq * 1_000_000_007),
        wall: Wall(1_795_304_182_000 + i64::try_from(seq).unwrap()),
        actor: actors[usize::try_from(seq).unwrap() % actors.len()].clone(),
        call,
        config_version: ConfigVersion(4),
        plans: if seq % 9 == 0 { vec![PlanId::from("storm")] } else { Vec::new() },
        drill: seq % 11 == 0,
        kind,
    };
    numbered.map(event).collect()
}

/// Loads a golden file as a journal.
fn load(schema: u16) -> Vec<Event> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(golden(schema), dir.path().join("2026-11-21.1.jsonl")).unwrap();
    let report = journal::verify(dir.path()).unwrap();
    assert!(report.is_sound() && report.torn_bytes == 0, "{report:?}");
    let (_, opened) = Journal::open(dir.path(), NodeId(1)).unwrap();
    assert!(opened.torn.is_none());
    opened.tail.map(|event| event.unwrap()).collect()
}

#[test]
fn the_golden_journal_of_schema_1_loads_and_means_the_same() {
    let expected = every_event();
    if std::env::var_os("HOTLINE_WRITE_GOLDEN").is_some() {
        let dir = tempfile::tempdir().unwrap();
        Journal::open(dir.path(), NodeId(1)).unwrap().0.append(&expected).unwrap();
        std::fs::copy(dir.path().join("2026-11-21.1.jsonl"), golden(1)).unwrap();
    }
    let loaded = load(1);
    assert_eq!(loaded, expected);
    let kinds: BTreeSet<&str> = loaded.iter().map(|event| name(&event.kind)).collect();
    assert_eq!(kinds.len(), KINDS, "every kind of event is in the golden journal");
    for event in &loaded {
        let value = serde_json::to_value(&event.kind).unwrap();
        assert_eq!(value["event"], name(&event.kind));
    }
}

#[test]
fn what_is_written_today_is_what_was_written_then() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path(), NodeId(1)).unwrap().0;
    journal.append(&load(1)).unwrap();
    let written = std::fs::read_to_string(dir.path().join("2026-11-21.1.jsonl")).unwrap();
    let golden = std::fs::read_to_string(golden(1)).unwrap();
    for (written, golden) in written.lines().zip(golden.lines()).skip(1) {
        let event = |line: &str| line.split(",\"chain\":").next().unwrap().to_owned();
        assert_eq!(event(written), event(golden), "a field moved or changed its name");
    }
}

#[test]
fn personal_data_is_not_in_the_journal() {
    let golden = std::fs::read_to_string(golden(1)).unwrap();
    assert!(!golden.contains("13800138000") && !golden.contains("\"6222\""));
}

/// A server killed at any moment leaves a prefix of the file (what was written by one write may
/// be cut anywhere). Every prefix opens, and no event that was whole is lost.
#[test]
fn every_prefix_of_a_journal_opens() {
    let source = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(source.path(), NodeId(1)).unwrap().0;
    for batch in every_event().chunks(5) {
        journal.append(batch).unwrap();
    }
    let whole = std::fs::read(source.path().join("2026-11-21.1.jsonl")).unwrap();
    for cut in (0..=whole.len()).step_by(131) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("2026-11-21.1.jsonl"), &whole[..cut]).unwrap();
        let (mut journal, opened) = Journal::open(dir.path(), NodeId(1)).unwrap();
        let lines = whole[..cut].iter().filter(|b| **b == b'\n').count();
        let kept: Vec<Event> = opened.tail.map(|event| event.unwrap()).collect();
        assert_eq!(kept.len(), lines.saturating_sub(1), "cut at {cut}");
        journal.append(&every_event()[kept.len()..]).unwrap();
        drop(journal);
        assert_eq!(journal::read_all(dir.path()).unwrap().count(), every_event().len());
        assert!(journal::verify(dir.path()).unwrap().is_sound());
    }
}

/// In the killed process: journals and spools until it is killed, telling each thing that is done.
fn write_until_killed(directory: &Path) {
    use std::io::Write;
    let (mut journal, opened) = Journal::open(&directory.join("journal"), NodeId(1)).unwrap();
    let (spool, _) = SpoolDirectory::open(&directory.join("spool"), SecretKey::new([5; 32])).unwrap();
    let call = CallId { node: NodeId(1), boot: opened.boot, n: 1 };
    let leg = LegId::caller(call);
    let mut writer = SpoolWriter::open(spool, WorkerId(0), NodeId(1), opened.boot, Now::default()).unwrap();
    writer.push(&Entry::LegOpened { leg, at: Mono(0) });
    for n in 0_u16.. {
        let mut event = every_event()[usize::from(n) % 40].clone();
        (event.seq, event.boot) = (journal.next_seq(), opened.boot);
        journal.append(&[event]).unwrap();
        let payload = &[7; 160];
        writer.push_received(&Packet {
            leg,
            at: Mono(0),
            sequence: n,
            timestamp: 0,
            codec: Codec::Pcma,
            payload,
        });
        writer.flush(Mono::from_millis(u64::from(n) * 100)).unwrap();
        println!("done {n}");
        std::io::stdout().flush().unwrap();
    }
}

/// `kill -9` again and again: what was told as written is there, and nothing else is wrong.
#[test]
fn a_killed_writer_loses_nothing_it_has_told() {
    use std::io::BufRead;
    const DIRECTORY: &str = "HOTLINE_TEST_KILLED_WRITER";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return write_until_killed(Path::new(&directory));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut written = 0;
    for round in 1..=5_u32 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["a_killed_writer_loses_nothing_it_has_told", "--exact", "--nocapture"])
            .env(DIRECTORY, dir.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let out = std::io::BufReader::new(child.stdout.take().unwrap());
        let told =
            out.lines().map_while(Result::ok).filter(|line| line.contains("done ")).take(37 * round as usize);
        let told = u64::try_from(told.count()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();

        let journal = dir.path().join("journal");
        let (_, opened) = Journal::open(&journal, NodeId(1)).unwrap();
        assert_eq!(opened.boot, BootId(2 * round), "each start of either has its own number");
        let events = opened.tail.inspect(|event| assert!(event.is_ok())).count() as u64;
        assert!(events >= written + told, "{events} events of {written} and {told}");
        written = events;
        assert!(journal::verify(&journal).unwrap().is_sound());

        let reader = SpoolReader::new(&dir.path().join("spool"), SecretKey::new([5; 32]));
        let call = CallId { node: NodeId(1), boot: BootId(2 * round - 1), n: 1 };
        let places = spool::places_of(&dir.path().join("spool"), call).unwrap();
        let packets = reader.read_call(call, &places).unwrap().len() as u64 - 1;
        assert!(packets >= told, "{packets} packets of {told}");
    }
}
