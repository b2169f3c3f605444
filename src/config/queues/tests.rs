//! Queue files and what is found in them.

use super::*;
use crate::config::finding::Severity;

const SAMPLE: &str = include_str!("../../../ops/queues.toml");

/// `rule line:column` of everything found.
fn found(text: &str) -> Vec<String> {
    let (_, findings) = parse("ops/queues.toml", text);
    findings.iter().map(|f| format!("{} {}:{}", f.rule, f.line, f.column)).collect()
}

#[test]
fn the_sample_is_clean_and_says_what_it_means() {
    let (queues, findings) = parse("ops/queues.toml", SAMPLE);
    assert_eq!(findings, []);
    let names: Vec<&str> = queues.iter().map(|q| q.id.as_str()).collect();
    assert_eq!(names, ["card-loss", "complaints", "general", "overflow"]);
    let by_name = |name: &str| queues.iter().find(|q| q.id.as_str() == name).unwrap();
    let general = by_name("general");
    assert_eq!(general.limit, Some(20));
    assert_eq!(general.overflow, OverflowTarget::Queue("overflow".into()));
    assert_eq!(by_name("overflow").overflow, OverflowTarget::Message);
    assert!(by_name("card-loss").priority < general.priority, "lost cards first");
}

#[test]
fn what_is_not_said_has_the_default_the_manual_tells() {
    let (queues, findings) = parse("q.toml", "[queues.general]\n");
    assert_eq!(findings, []);
    assert_eq!(queues, [default_queue("general".into())]);
}

#[test]
fn every_setting_arrives() {
    let text = r#"
        [queues.vip]
        skills = { card = 3, english = 1 }
        strategy = "longest idle"
        priority = 1
        ring_time = "10 s"
        wrap_up = "1 min 30 s"
        service_target = { percent = 95, within = "10 s" }
        limit = 0
        max_wait = "never"
        overflow = "message"
        announce_every = "1 min"
        hold_audio = "piano"
    "#;
    let (queues, findings) = parse("q.toml", text);
    assert_eq!(findings, []);
    let expected = QueueConfig {
        id: "vip".into(),
        skills: BTreeMap::from([("card".into(), 3), ("english".into(), 1)]),
        strategy: StrategyKind::LongestIdle,
        priority: 1,
        ring_time: Duration::from_secs(10),
        wrap_up: Duration::from_secs(90),
        service_target: ServiceTarget { percent: 95, within: Duration::from_secs(10) },
        limit: Some(0),
        max_wait: None,
        overflow: OverflowTarget::Message,
        announce_every: Some(Duration::from_secs(60)),
        hold_audio: "piano".to_owned(),
    };
    assert_eq!(queues, [expected]);
}

#[test]
fn all_mistakes_are_found_at_once_with_their_places() {
    let text = "\
[queues.general]
limt = 3
limit = -1
ring_time = 15
wrap_up = \"soon\"
max_wait = \"0 s\"
priority = 999
skills = { card = 11 }
strategy = \"fastest\"
overflow = \"voicemail\"
service_target = { percent = 0, whithin = \"20 s\" }
[queue.other]
";
    let expected = [
        "unknown-key 2:1",
        "out-of-range 3:9",
        "wrong-type 4:13",
        "bad-duration 5:11",
        "out-of-range 6:12",
        "out-of-range 7:12",
        "out-of-range 8:19",
        "unknown-strategy 9:12",
        "unknown-target 10:12",
        "out-of-range 11:30",
        "unknown-key 11:33",
        "unknown-key 12:2",
    ];
    assert_eq!(found(text), expected);
    let (_, findings) = parse("q.toml", text);
    assert_eq!(findings[0].help, "Did you mean `limit`?");
    assert_eq!(findings[11].help, "Did you mean `queues`?");
    assert!(findings.iter().all(|f| f.severity == Severity::Error && f.file == "q.toml"));
}

#[test]
fn overflow_leads_somewhere_and_in_no_circle() {
    let to = |from: &str, to: &str| format!("[queues.{from}]\noverflow = {{ queue = \"{to}\" }}\n");
    assert_eq!(found(&to("general", "genera1")), ["unknown-queue 2:12"]);
    assert_eq!(found(&to("general", "general")), ["overflow-circle 2:12"]);
    let circle = to("a", "b") + &to("b", "c") + &to("c", "a") + &to("d", "a");
    assert_eq!(found(&circle), ["overflow-circle 2:12"], "said once, and not of who only leads into it");
    let (_, findings) = parse("q.toml", &circle);
    assert_eq!(findings[0].message, "Callers would go in a circle: a → b → c → a.");
}

#[test]
fn hours_name_a_schedule_and_lead_somewhere() {
    let known = BTreeSet::from(["office".to_owned()]);
    let of = |text: &str| read("q.toml", text, Some(&known));
    let rules = |text: &str| of(text).findings.iter().map(|f| f.rule).collect::<Vec<_>>();
    let text = "[queues.a]\nhours = \"office\"\nwhen_closed = { queue = \"b\" }\n[queues.b]\n";
    let file = of(text);
    assert_eq!(file.findings, []);
    let (a, b) = (&file.views[&QueueId::new("a")], &file.views[&QueueId::new("b")]);
    assert_eq!((a.hours.as_deref(), &a.when_closed), (Some("office"), &WhenClosed::Queue("b".into())));
    assert_eq!(b, &QueueView::default(), "always open, and a message else");
    let callback = of("[queues.a]\nhours = \"office\"\nwhen_closed = \"callback\"\n");
    assert_eq!(callback.views[&QueueId::new("a")].when_closed, WhenClosed::Callback);

    let misspelt = of("[queues.a]\nhours = \"ofice\"\n");
    assert_eq!(misspelt.findings[0].help, "Did you mean `office`?");
    assert_eq!(rules("[queues.a]\nhours = 3\n"), ["wrong-type"]);
    assert_eq!(rules("[queues.a]\nhours = \"office\"\nwhen_closed = \"beep\"\n"), ["unknown-target"]);
    assert_eq!(rules("[queues.a]\nwhen_closed = \"callback\"\n"), ["never-closed"]);
    let to = |from: &str, to: &str| {
        format!("[queues.{from}]\nhours = \"office\"\nwhen_closed = {{ queue = \"{to}\" }}\n")
    };
    assert_eq!(rules(&to("a", "c")), ["unknown-queue"]);
    assert_eq!(rules(&(to("a", "b") + &to("b", "a"))), ["closed-circle"]);
}

#[test]
fn what_the_standard_wants_is_a_warning() {
    let (queues, findings) =
        parse("q.toml", "[queues.general]\nring_time = \"25 s\"\nannounce_every = \"never\"\n");
    let sources: Vec<_> = findings.iter().map(|f| (f.rule, f.source, f.severity)).collect();
    let warning = Severity::Warning;
    assert_eq!(sources, [("ring-time", "HB-ring", warning), ("position-told", "HB-hold", warning)]);
    assert_eq!(queues[0].ring_time, Duration::from_secs(25), "a warning hinders nothing");
}

#[test]
fn broken_files_are_findings_and_never_panics() {
    for text in
        ["[queues", "queues = 3", "[queues.general]\nlimit = \n", "\u{feff}[queues.\"\"]", "[[queues]]", ""]
    {
        assert!(!found(text).is_empty(), "{text:?}");
    }
    assert_eq!(found("[queues]\ngeneral = 3"), ["wrong-type 2:11"]);
}

#[test]
fn durations_are_written_for_people() {
    let s = Duration::from_secs;
    for (text, expected) in [("15 s", s(15)), ("2 min", s(120)), ("1 h 30 min", s(5_400)), ("0 s", s(0))] {
        assert_eq!(parse_duration(text), Some(expected), "{text}");
    }
    assert_eq!(parse_duration("500 ms"), Some(Duration::from_millis(500)));
    for bad in ["", "15", "15s", "-1 s", "1 s 2", "1 day", "99999999999 h", "1.5 s"] {
        assert_eq!(parse_duration(bad), None, "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "[\\[\\]a-z =\"{}0-9\n,.#]{0,200}") {
        parse("q.toml", &text);
    }
}
