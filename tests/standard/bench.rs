//! The samples, changed or not, and callers who ring them.

use std::sync::LazyLock;

use hotline::config::finding::Severity;
use hotline::ids::Key;
use hotline::io::control::FindingLine;

use crate::hotline::Hotline;
use crate::oracle::caller::{Caller, Deed};
use crate::oracle::world::{World, worlds};
use crate::oracle::{Care, Subject};

static SAMPLES: LazyLock<Vec<Hotline>> = LazyLock::new(Hotline::samples);
static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| SAMPLES.iter().map(subject).collect());

/// The sample bank.
pub fn bank() -> &'static Hotline {
    &SAMPLES[0]
}

/// The sample town.
pub fn town() -> &'static Hotline {
    &SAMPLES[1]
}

/// The sample bank, to be rung.
pub fn at_bank() -> &'static Subject {
    &SUBJECTS[0]
}

pub fn at_town() -> &'static Subject {
    &SUBJECTS[1]
}

pub fn both() -> [&'static Subject; 2] {
    [at_bank(), at_town()]
}

fn subject(hotline: &Hotline) -> Subject {
    let checked = hotline.check();
    let program =
        checked.accepted.clone().unwrap_or_else(|| panic!("{}: {:#?}", hotline.name, checked.findings));
    Subject::new(program, checked.sources)
}

/// The usual situation: people are there, nothing is wrong.
pub fn usual(subject: &Subject) -> World {
    worlds(subject, Care::Brisk).remove(0)
}

/// Rings and does these things: keys as they are, `-` for nothing, `=` for digits as asked for.
pub fn rings<'s>(subject: &'s Subject, world: &'s World, deeds: &str) -> Caller<'s> {
    let deed = |c: char| match c {
        '-' => Deed::Nothing,
        '=' => Deed::Digits,
        c => Deed::Press(Key::from_char(c).expect("a key")),
    };
    let deeds: Vec<Deed> = deeds.chars().filter(|c| *c != ' ').map(deed).collect();
    Caller::repeats(subject, world, &deeds)
}

/// Goes on doing nothing until the menus are left.
pub fn waits(mut caller: Caller<'_>) -> Caller<'_> {
    for _ in 0..80 {
        if caller.ending.is_none() {
            caller.does(Deed::Nothing);
        }
    }
    caller
}

/// What is or was heard last, as text.
pub fn hears(subject: &Subject, caller: &Caller<'_>) -> String {
    caller.last_heard().map_or(String::new(), |heard| {
        let texts = heard.prompts.iter().map(|prompt| subject.program.text_of(prompt, &heard.language));
        texts.collect::<Vec<_>>().join(" ")
    })
}

/// A file of a sample with one text in place of another.
pub fn changed(hotline: &Hotline, file: &str, from: &str, to: &str) -> Hotline {
    let text = hotline.text(file);
    assert!(text.contains(from), "{file} has no {from}");
    hotline.with(file, text.replacen(from, to, 1))
}

/// The change is refused for this requirement, at a line of that file.
pub fn refused(id: &str, hotline: &Hotline, (file, from, to): (&str, &str, &str)) -> FindingLine {
    refused_as(id, &changed(hotline, file, from, to), file)
}

pub fn refused_as(id: &str, hotline: &Hotline, file: &str) -> FindingLine {
    let checked = hotline.check();
    assert!(checked.accepted.is_none() || checked.errors().next().is_some(), "it is accepted");
    let fits = |f: &&FindingLine| {
        f.severity == Severity::Error && f.source == id && f.file == file && f.line >= 1 && !f.help.is_empty()
    };
    checked
        .findings
        .iter()
        .find(fits)
        .cloned()
        .unwrap_or_else(|| panic!("no {id} in {file}: {:#?}", checked.findings))
}
