//! The commands on directories: exit codes, gates, words of JSON, kind errors.

use std::path::{Path, PathBuf};

use hotline::cli::args::Format;
use hotline::cli::check::{CLEAN, UNREADABLE};
use hotline::cli::diff::{self, CHANGED, UNCHANGED, Wanted, Which};
use hotline::cli::drafts;
use hotline::cli::try_::{self, Try};
use hotline::menu::diff::Gate;

use crate::hotline_::{Sample, bank, city, root};

/// A sample in a directory of its own; its services are not known, so not checked.
fn house(sample: &Sample) -> tempfile::TempDir {
    let house = tempfile::tempdir().unwrap();
    let (menus, ops) = (house.path().join("menus"), house.path().join("ops"));
    std::fs::create_dir_all(&menus).unwrap();
    std::fs::create_dir_all(&ops).unwrap();
    for (name, text) in &sample.sources.files {
        std::fs::write(menus.join(name), text).unwrap();
    }
    for file in ["queues.toml", "calendar.toml", "plans.toml"] {
        let from = root(sample.name).join("ops").join(file);
        if from.exists() {
            std::fs::copy(from, ops.join(file)).unwrap();
        }
    }
    house
}

fn compared(old: &Path, new: &Path, gate: Gate, format: Format) -> (u8, String) {
    let which = |path: &Path| Which::Directory(path.to_owned());
    let wanted = Wanted { gate, format, ..Wanted::default() };
    let mut out = Vec::new();
    let code = diff::run(None, (&which(old), &which(new)), &wanted, &mut out).unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn exit_codes_make_a_gate() {
    let old = house(&bank());
    let same = house(&bank());
    let told = house(&bank().edited("main.toml", "Welcome to Sample Bank.", "Welcome."));
    let option = "[[choice]]\nkey = \"3\"\ntext = { zh-CN = \"结束通话请按3。\", en-US = \"To end the call, press 3.\" }\nleads_to = \"end\"\n";
    let fewer = house(&bank().edited("accounts.toml", option, ""));
    let broken = house(&bank().edited("main.toml", "greeting =", "greting ="));
    let free = Gate::default();
    let strict = Gate { max_seconds: Some(60), no_lost_paths: true };
    let code = |new: &tempfile::TempDir, gate| compared(old.path(), new.path(), gate, Format::Text).0;

    assert_eq!(code(&same, free), UNCHANGED);
    assert_eq!(code(&told, free), CHANGED);
    assert_eq!(code(&told, strict), UNCHANGED, "another greeting is no matter of this gate");
    assert_eq!(code(&fewer, strict), CHANGED);
    assert_eq!(code(&told, Gate { max_seconds: Some(5), no_lost_paths: false }), CHANGED);
    assert_eq!(code(&broken, free), UNREADABLE);
    assert_eq!(code(&broken, strict), UNREADABLE);
    let (code, text) =
        compared(&old.path().join("menus"), &PathBuf::from("/nonexistent"), free, Format::Text);
    assert!(code == UNREADABLE && text.contains("/nonexistent cannot be compared"), "{text}");

    let (_, text) = compared(old.path(), fewer.path(), strict, Format::Text);
    assert!(text.contains("Stopped at the gate:") && text.contains("lost: 2 3"), "{text}");
    let (_, text) = compared(old.path(), same.path(), strict, Format::Text);
    assert_eq!(text, "Nothing changes for callers.\nThe gate is open.\n");
}

#[test]
fn programs_read_the_difference() {
    let old = house(&bank());
    let mut new =
        bank().edited("card-loss.toml", "{ information = \"new-card\" }", "{ queue = \"general\" }");
    new.name = "bank";
    let new = house(&new);
    let queues = new.path().join("ops/queues.toml");
    let text = std::fs::read_to_string(&queues).unwrap();
    std::fs::write(queues, text.replace("limit = 20", "limit = 10")).unwrap();
    let (code, text) = compared(old.path(), new.path(), Gate::default(), Format::Json);
    assert_eq!(code, CHANGED);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let path = &json["difference"]["paths"][0];
    assert_eq!(path["change"], "leads_elsewhere");
    assert_eq!(path["old"]["leads_to"], "information new-card");
    assert_eq!((&path["new"]["keys"], &path["new"]["leads_to"]), (&"1 2".into(), &"queue general".into()));
    let facts = json["difference"]["facts"].as_array().unwrap();
    let limit = facts.iter().find(|fact| fact["what"] == "most callers waiting").unwrap();
    assert_eq!((&limit["old"], &limit["new"]), (&"20".into(), &"10".into()));
    assert_eq!(json["changed"], true);
}

fn tried(house: &tempfile::TempDir, wanted: &Try<'_>, input: &str) -> (u8, String) {
    let drafts = drafts::around(&house.path().join("menus"), None).unwrap();
    let mut out = Vec::new();
    let code = try_::run(&drafts, wanted, &mut input.as_bytes(), &mut out).unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn a_call_is_tried_at_a_time_under_a_plan() {
    let house = house(&city());
    let at = |at| Try { keys: Some("2 1"), at: Some(at), language: Some("en-US"), ..Try::default() };
    for (when, words) in [
        ("2026-10-01 03:00", "Today is a public holiday."),
        ("2026-10-10 10:00", "The service hall is open now"),
        ("2026-10-09 20:00", "on working days from nine to five."),
        ("2026-10-09T01:30:00Z", "The service hall is open now"),
    ] {
        let (code, text) = tried(&house, &at(when), "");
        assert!(code == CLEAN && text.contains(words), "{when}: {text}");
    }
    let night = Try { keys: Some("0"), at: Some("2026-10-09 23:00"), ..Try::default() };
    let (_, text) = tried(&house, &night, "");
    assert!(
        text.contains("Friday 9 October 2026 23:00; open: nothing") && !text.contains("queue "),
        "{text}"
    );
    let storm = Try { keys: Some("."), plans: vec!["storm"], language: Some("en-US"), ..Try::default() };
    let (_, text) = tried(&house, &storm, "");
    assert!(text.contains("Some roads are closed because of heavy rain."), "{text}");
    let vip = Try { keys: Some("."), callers: vec!["vip"], ..Try::default() };
    let (_, text) = tried(&house, &vip, "");
    assert!(text.contains("queue         citizens"), "{text}");
}

#[test]
fn what_cannot_be_tried_is_told_with_a_remedy() {
    let house = house(&city());
    let keys = Some("0");
    let wrong = [
        (Try { at: Some("tomorrow"), keys, ..Try::default() }, "\"2026-10-01 03:00\""),
        (Try { plans: vec!["strom"], keys, ..Try::default() }, "Did you mean `storm`?"),
        (Try { callers: vec!["elderley"], keys, ..Try::default() }, "Did you mean `elderly`?"),
        (Try { given: vec!["closed ofice"], keys, ..Try::default() }, "Did you mean `office`?"),
        (Try { given: vec!["waiting citizn 3"], keys, ..Try::default() }, "Did you mean `citizens`?"),
        (
            Try { given: vec!["lookup town /outage x=1"], keys, ..Try::default() },
            "Did you mean `town /outages`?",
        ),
        (Try { given: vec!["rain"], keys, ..Try::default() }, "write closed NAME"),
        (Try { language: Some("fr-FR"), keys, ..Try::default() }, "it speaks zh-CN, en-US"),
        (Try { entry: Some("1"), keys, ..Try::default() }, "it has main"),
        (Try { keys: Some("1 x"), ..Try::default() }, "word 2 is no key"),
    ];
    for (wanted, words) in wrong {
        let (code, text) = tried(&house, &wanted, "");
        assert!(code == UNREADABLE && text.contains(words), "{wanted:?}: {text}");
    }
}

#[test]
fn the_world_changes_while_a_call_is_tried_from_the_keyboard() {
    let house = house(&city());
    let wanted = Try { language: Some("en-US"), ..Try::default() };
    let input = "2\ngiven: closed ofice\ngiven: closed office\n?\n1\n\n";
    let (code, text) = tried(&house, &wanted, input);
    assert_eq!(code, CLEAN);
    for words in
        ["Did you mean `office`?", "on working days from nine to five.", "Ctrl-D hangs up", "hung up"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}
