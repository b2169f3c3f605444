//! The sample hotline: clean, proved, and every `menus/NAME.script` tells what it should.
//!
//! A script holds cases: `== title`, `keys: …` (see `hotline try --keys`), perhaps `language: …` and
//! `given: …` about the world around (closed hours, answers of the bank's systems), then the
//! expected transcript. `UPDATE_SCRIPTS=1 cargo test --test menus` writes what is told now.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotline::cli::args::{Format, Shape};
use hotline::cli::try_::{self, Try};
use hotline::cli::{check, drafts, show};
use hotline::config::finding::Tongue;
use hotline::ids::{EntryId, Language, MenuId, QueueId};
use hotline::io::versions::Drafts;
use hotline::menu::transcript::{Scene, World, parse_deeds, transcript};
use hotline::menu::view::Views;
use hotline::menu::{Compiled, Program, PromptKind, Sources, compile};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("menus")
}

fn files(extension: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn sample() -> Compiled {
    let queues = ["general", "card-loss", "complaints", "overflow"];
    compile(&Sources {
        files: files("toml"),
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: Views::of_queues(queues.map(QueueId::new)),
        manifest: None,
    })
}

fn program() -> Arc<Program> {
    Arc::new(sample().program.expect("the sample compiles"))
}

#[test]
fn the_sample_is_clean_and_proved() {
    let compiled = sample();
    assert_eq!(compiled.findings, []);
    let proof = compiled.proof.unwrap();
    assert!(proof.holds());
    assert_eq!(proof.worst_keys, 1, "a person is one key away from anywhere");
    let main = proof.menus.first().unwrap();
    assert_eq!((main.menu.as_str(), main.keys.as_str()), ("main", "0"));
    assert!(main.listening.as_secs() < 25, "{:?}", main.listening);
}

#[test]
fn prompts_are_few_short_and_in_every_language() {
    let program = program();
    let prompts = program.prompts();
    assert!(prompts.len() <= 60, "{}", prompts.len());
    for prompt in prompts {
        assert_eq!(prompt.texts.len(), program.languages().len(), "{}", prompt.name.0);
        assert_ne!(prompt.kind, PromptKind::Advert);
    }
}

/// One case of a script: its head as written, and the transcript below it.
struct Case {
    head: String,
    keys: String,
    language: Option<Language>,
    expected: String,
}

fn cases(text: &str) -> (String, Vec<Case>) {
    let mut parts = text.split("== ");
    let preamble = parts.next().unwrap_or("").to_owned();
    let case = |part: &str| {
        let (head, expected) = part.split_once("\n\n").unwrap_or((part, ""));
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Case {
            keys: field("keys:").unwrap_or("").to_owned(),
            language: field("language:").map(Language::new),
            head: head.trim_end().to_owned(),
            expected: expected.trim_end().to_owned(),
        }
    };
    (preamble, parts.map(case).collect())
}

#[test]
fn scripts_tell_what_they_should() {
    let program = program();
    let entry = EntryId::new("95599");
    let update = std::env::var_os("UPDATE_SCRIPTS").is_some();
    let mut told_cases = 0;
    for (path, text) in files("script") {
        let (mut written, cases) = cases(&text);
        for case in cases {
            let deeds = parse_deeds(&case.keys).unwrap_or_else(|e| panic!("{path}: {e}"));
            let mut world = World::default();
            for given in case.head.lines().filter_map(|line| line.strip_prefix("given:")) {
                world.given(given).unwrap_or_else(|e| panic!("{path}: {e}"));
            }
            let scene = Scene { entry: Some(entry.clone()), language: case.language, world };
            let told = transcript(&program, scene, &deeds);
            if !update {
                assert_eq!(told.trim_end(), case.expected, "{path}: {}", case.head);
            }
            written.push_str(&format!("== {}\n\n{}\n\n", case.head, told.trim_end()));
            told_cases += 1;
        }
        if update {
            std::fs::write(&path, format!("{}\n", written.trim_end())).unwrap();
        }
    }
    assert!(told_cases >= 10);
}

fn around(menus: &Path) -> Drafts {
    drafts::around(menus, None).unwrap()
}

/// The sample with one text replaced, checked as the command line does.
fn checked(from: &str, to: &str, format: Format) -> (u8, String) {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files("toml") {
        let name = Path::new(&path).file_name().unwrap().to_owned();
        std::fs::write(
            directory.path().join(name),
            if from.is_empty() { text } else { text.replace(from, to) },
        )
        .unwrap();
    }
    let mut out = Vec::new();
    let code = check::run(&around(directory.path()), None, format, &mut out).unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn check_says_clean_and_shows_the_way_to_a_person() {
    let (code, text) = checked("", "", Format::Text);
    assert_eq!(code, check::CLEAN, "{text}");
    assert!(text.contains("Proved over") && text.contains("1 key away"), "{text}");
    for menu in ["main", "card-loss", "accounts", "loans", "complaints"] {
        assert!(text.lines().any(|line| line.starts_with(menu)), "{menu} not in {text}");
    }
}

#[test]
fn check_underlines_what_is_wrong_and_says_what_to_do() {
    let (code, text) = checked("greeting =", "greating =", Format::Text);
    assert_eq!(code, check::FINDINGS);
    assert!(text.contains("main.toml:6:1: `greating` is"), "{text}");
    assert!(text.contains("Did you mean `greeting`?"), "{text}");
    assert!(text.contains("greating = { zh-CN"), "the line itself is shown: {text}");
}

#[test]
fn check_speaks_json() {
    let (code, text) = checked("menu = \"loans\"", "menu = \"loan\"", Format::Json);
    assert_eq!(code, check::FINDINGS);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rules: Vec<&str> =
        json["findings"].as_array().unwrap().iter().filter_map(|f| f["rule"].as_str()).collect();
    assert!(rules.contains(&"unknown-target"), "{text}");
    let (_, clean) = checked("", "", Format::Json);
    let json: serde_json::Value = serde_json::from_str(&clean).unwrap();
    assert_eq!(json["proof"]["holds"], true);
}

#[test]
fn check_of_nothing_is_unreadable() {
    let mut out = Vec::new();
    let code = check::run(&around(Path::new("/nonexistent")), None, Format::Text, &mut out).unwrap();
    assert_eq!(code, check::UNREADABLE);
    assert!(String::from_utf8(out).unwrap().contains("/nonexistent:1:1: cannot be read"));
}

#[test]
fn try_runs_from_the_keyboard_until_the_caller_hangs_up() {
    let mut out = Vec::new();
    let wanted = Try { language: Some("en-US"), ..Try::default() };
    let mut input: &[u8] = b"\n1\n%\n";
    let code = try_::run(&around(&directory()), &wanted, &mut input, &mut out).unwrap();
    assert_eq!(code, check::CLEAN);
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("To block a card now, press 1."), "{text}");
    assert!(text.contains("is no key") && text.ends_with("hung up\n"), "{text}");
}

#[test]
fn show_draws_keys_and_seconds() {
    for (drawn_as, expected) in [
        (Shape::Tree, ["└─ 2", "card-loss (0 → card-loss, "]),
        (Shape::Mermaid, ["flowchart LR", "card-loss (0 → card-loss, "]),
        (Shape::Svg, [">card-loss</text>", ">0 → card-loss, "]),
        (Shape::Json, ["\"listening_s\"", "\"leads_to\""]),
    ] {
        let mut out = Vec::new();
        assert_eq!(
            show::run(&around(&directory()), drawn_as, Tongue::English, &mut out).unwrap(),
            check::CLEAN
        );
        let text = String::from_utf8(out).unwrap();
        assert!(expected.iter().all(|words| text.contains(words)), "{text}");
    }
}
