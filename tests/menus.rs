//! The sample hotline: clean, proved, and every `menus/NAME.script` tells what it should.
//!
//! A script holds cases: `== title`, `keys: …` (see `hotline try --keys`), perhaps `language: …`,
//! then the expected transcript. `UPDATE_SCRIPTS=1 cargo test --test menus` writes what is told now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotline::ids::{EntryId, Language, MenuId, QueueId};
use hotline::menu::transcript::{parse_deeds, transcript};
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
        queues: Some(queues.into_iter().map(QueueId::new).collect::<BTreeSet<_>>()),
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
            let told = transcript(&program, &entry, case.language, &deeds);
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
