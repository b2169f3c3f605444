//! What is forbidden in words is forbidden in sound: recordings that nobody approved, that are not
//! those of the manifest, that say something else (CBA-10d).

use hotline::config::finding::Severity;
use hotline::ids::Language;
use hotline::menu::RecordingState;
use hotline::menu::api::PromptName;

use super::places::LANGUAGES;
use crate::hotline::{Hotline, Sound};
use crate::mutant::{Mutant, Operator, Verdict};

pub const ALL: &[Operator] = &[
    ("exchange a recording for another sound", |hotline| states(hotline, RecordingState::HashMismatch)),
    ("record and have nobody approve", |hotline| states(hotline, RecordingState::Unapproved)),
    ("change a text and not its recording", |hotline| states(hotline, RecordingState::TextChanged)),
    ("lay a sound beside the recordings", unknown),
    ("record everything as it is said", complete),
];

/// A few prompts of every kind: each is judged alike.
fn states(hotline: &Hotline, state: RecordingState) -> Vec<Mutant> {
    let severity = match state {
        RecordingState::TextChanged => Severity::Warning,
        _ => Severity::Error,
    };
    let checked = hotline.check();
    let Some(program) = checked.program() else { return Vec::new() };
    let mut mutants = Vec::new();
    for (number, prompt) in program.prompts().iter().enumerate() {
        let language = Language::new(LANGUAGES[number % LANGUAGES.len()]);
        let mut mutant = hotline.clone();
        mutant.sound = Some(Sound::State(language.clone(), PromptName(prompt.name.0.clone()), state));
        let verdict = Verdict::Breaks(&["CBA-10d"], severity);
        mutants.push(Mutant::new(format!("{} in {language}", prompt.name.0), mutant, verdict));
    }
    mutants
}

fn unknown(hotline: &Hotline) -> Vec<Mutant> {
    let of = |language: &str| {
        let file = format!("prompts/{language}/jingle.wav");
        let mut mutant = hotline.clone();
        mutant.sound = Some(Sound::Unknown(file.clone()));
        Mutant::new(file, mutant, Verdict::breaks(&["CBA-10d"]))
    };
    LANGUAGES.into_iter().map(of).collect()
}

fn complete(hotline: &Hotline) -> Vec<Mutant> {
    let mut mutant = hotline.clone();
    mutant.sound = Some(Sound::Complete);
    vec![Mutant::new("all", mutant, Verdict::Harmless)]
}
