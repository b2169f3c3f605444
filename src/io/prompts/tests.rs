//! Building, approving and checking a directory of prompts, with a synthesiser of ours.

use std::path::Path;

use super::build::{Built, Order, Stale, approve, build};
use super::inspect::{State, Strictness, Wanted, inspect, path};
use super::manifest::{FILE, Manifest};
use super::synthesise::Synthesiser;
use super::{shape, tones, wav};
use crate::config::finding::Severity;
use crate::now::Wall;

fn wanted(language: &str, name: &str, text: &str) -> Wanted {
    Wanted { language: language.into(), name: name.into(), kind: "prompt".into(), text: text.into() }
}

/// A synthesiser that says a tone whatever the text is.
fn tone_speaker(dir: &Path) -> Synthesiser {
    let file = dir.join("voice.wav");
    std::fs::write(&file, wav::encode(&shape::to_i16(&tones::beep())).unwrap()).unwrap();
    Synthesiser::new(vec!["cat".into(), file.display().to_string()]).unwrap()
}

fn run(dir: &Path, wanted: &[Wanted], stale: Stale) -> Built {
    let order = Order {
        directory: &dir.join("prompts"),
        wanted,
        synthesiser: &tone_speaker(dir),
        by: "Li",
        at: Wall(1_760_000_000_000),
        stale,
    };
    build(&order).unwrap()
}

fn states(dir: &Path, wanted: &[Wanted]) -> Vec<State> {
    inspect(&dir.join("prompts"), wanted).unwrap().prompts.iter().map(|p| p.state).collect()
}

#[test]
fn a_build_makes_what_is_missing_and_a_second_one_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let beep = Wanted { kind: tones::KIND_TONE.into(), ..wanted("any", tones::BEEP, "") };
    let wanted = [wanted("zh-CN", "main.greeting", "您好"), beep];
    assert_eq!(states(dir.path(), &wanted), [State::Missing, State::Missing]);
    let first = run(dir.path(), &wanted, Stale::Keep);
    assert_eq!(first.made, ["any/system.beep", "zh-CN/main.greeting"]);
    assert_eq!(states(dir.path(), &wanted), [State::Current, State::Current]);
    let second = run(dir.path(), &wanted, Stale::Keep);
    assert_eq!(second, Built { kept: 2, ..Built::default() });
    let manifest = Manifest::read(&dir.path().join("prompts").join(FILE)).unwrap();
    let greeting = manifest.get("zh-CN", "main.greeting").unwrap();
    assert_eq!((greeting.text.as_str(), greeting.approver.as_str()), ("您好", "Li"));
    assert_eq!(greeting.date, "2025-10-09");
    assert!(greeting.is_synthesised() && greeting.origin.contains("cat"));
}

#[test]
fn a_changed_text_is_spoken_again_but_a_persons_recording_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let old = [wanted("en-US", "a", "old"), wanted("en-US", "b", "old")];
    run(dir.path(), &old, Stale::Keep);
    // Somebody records `b` in a studio and approves it.
    let prompts = dir.path().join("prompts");
    std::fs::write(path(&prompts, "en-US", "b"), wav::encode(&[9_000; 800]).unwrap()).unwrap();
    assert_eq!(states(dir.path(), &old), [State::Current, State::Unapproved]);
    let synthesiser = tone_speaker(dir.path());
    let order = Order {
        directory: &prompts,
        wanted: &old,
        synthesiser: &synthesiser,
        by: "Wang",
        at: Wall(0),
        stale: Stale::Keep,
    };
    assert_eq!(approve(&order, "en-US", "b").unwrap().origin, "recorded");
    assert!(approve(&order, "en-US", "nothing").is_err());
    assert!(approve(&Order { by: " ", ..order }, "en-US", "b").is_err());
    assert_eq!(states(dir.path(), &old), [State::Current, State::Current]);

    let new = [wanted("en-US", "a", "new"), wanted("en-US", "b", "new")];
    let built = run(dir.path(), &new, Stale::Keep);
    assert_eq!(built.made, ["en-US/a"]);
    assert_eq!(built.left_alone, ["en-US/b"]);
    assert_eq!(states(dir.path(), &new), [State::Current, State::Outdated]);
    let finding = inspect(&prompts, &new).unwrap().findings(Strictness::Publish).remove(0);
    assert_eq!((finding.rule, finding.severity), ("recording-missing", Severity::Error));
    assert!(finding.help.contains("record the new text"), "{}", finding.help);
}

#[test]
fn unknown_audio_is_an_error_and_a_missing_recording_one_only_in_publishing() {
    let dir = tempfile::tempdir().unwrap();
    let both = [wanted("en-US", "a", "text"), wanted("en-US", "b", "text")];
    run(dir.path(), &both[..1], Stale::Keep);
    let prompts = dir.path().join("prompts");
    std::fs::write(path(&prompts, "en-US", "advert"), wav::encode(&[9_000; 800]).unwrap()).unwrap();
    std::fs::write(path(&prompts, "en-US", "broken"), b"RIFF").unwrap();
    let rules = |strictness| {
        let findings = inspect(&prompts, &both).unwrap().findings(strictness);
        findings.iter().map(|f| (f.rule, f.severity)).collect::<Vec<_>>()
    };
    let (warning, error) = (Severity::Warning, Severity::Error);
    let unknown = [("audio-unknown", error), ("recording-missing", warning), ("audio-unreadable", error)];
    assert_eq!(rules(Strictness::Draft), unknown);
    assert_eq!(rules(Strictness::Publish)[1], ("recording-missing", error));
}

#[test]
fn what_nothing_uses_is_told_and_goes_only_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let both = [wanted("en-US", "a", "text"), wanted("en-US", "b", "text")];
    run(dir.path(), &both, Stale::Keep);
    assert_eq!(run(dir.path(), &both[..1], Stale::Keep).stale, ["en-US/b"]);
    assert_eq!(run(dir.path(), &both[..1], Stale::Remove).removed, ["en-US/b"]);
    assert_eq!(states(dir.path(), &both[..1]), [State::Current]);
}
