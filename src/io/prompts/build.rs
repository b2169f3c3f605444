//! `hotline prompts build`: speaks every text that has no recording, and enters it in the manifest.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clip::hash;
use super::inspect::{Inspection, Prompt, State, Wanted, inspect, path, read_bounded};
use super::manifest::{FILE, ManifestError, Recording, SYNTHESISED};
use super::synthesise::{SynthesisError, Synthesiser};
use super::{files, shape, tones, wav};
use crate::now::Wall;

/// What to build and in whose name.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    pub directory: &'a Path,
    pub wanted: &'a [Wanted],
    pub synthesiser: &'a Synthesiser,
    /// Approver of what is made; a person's name.
    pub by: &'a str,
    pub at: Wall,
    pub stale: Stale,
}

/// What happens to recordings that nothing uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stale {
    Keep,
    Remove,
}

/// What a build did, each as `LANGUAGE/NAME`.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Built {
    pub made: Vec<String>,
    pub kept: usize,
    pub removed: Vec<String>,
    pub stale: Vec<String>,
    /// Not made, and why: a person's recording is never overwritten.
    pub left_alone: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{0}: {1}")]
    Manifest(PathBuf, ManifestError),
    #[error("{0}: {1}")]
    Synthesis(String, SynthesisError),
    #[error("{0}: {1}")]
    Sound(String, wav::WavError),
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    #[error("`{0}` has no words and is no hold audio or tone; put a recording at {1} and approve it")]
    NoTone(String, PathBuf),
    #[error("say who approves what is made: --by NAME")]
    NoApprover,
    #[error("`{0}` in {1} is used by no menu, so there is nothing to approve; check the spelling")]
    NothingToApprove(String, String),
    #[error("`{0}` cannot be the name of a file; use letters, figures, `.`, `-` and `_`")]
    BadName(String),
}

/// Makes what is missing and what was made for another text. Run twice, it does nothing twice.
pub fn build(order: &Order) -> Result<Built, BuildError> {
    if order.by.trim().is_empty() {
        return Err(BuildError::NoApprover);
    }
    let mut inspection = look(order.directory, order.wanted)?;
    let mut built = Built::default();
    for prompt in std::mem::take(&mut inspection.prompts) {
        let label = format!("{}/{}", prompt.language, prompt.name);
        match (prompt.state, &prompt.wanted) {
            (State::Current, _) => built.kept += 1,
            (State::Missing, Some(wanted)) => {
                make(order, wanted, &mut inspection)?;
                built.made.push(label);
            }
            (State::Outdated, Some(wanted)) if is_synthesised(&prompt) => {
                make(order, wanted, &mut inspection)?;
                built.made.push(label);
            }
            (State::Stale, _) if order.stale == Stale::Remove && may_go(&prompt) => {
                remove(order.directory, &prompt, &mut inspection)?;
                built.removed.push(label);
            }
            (State::Stale, _) => built.stale.push(label),
            (State::Missing | State::Outdated | State::Unapproved | State::Unreadable, _) => {
                built.left_alone.push(label);
            }
        }
    }
    Ok(built)
}

fn look(directory: &Path, wanted: &[Wanted]) -> Result<Inspection, BuildError> {
    inspect(directory, wanted).map_err(|e| BuildError::Manifest(directory.join(FILE), e))
}

fn is_synthesised(prompt: &Prompt) -> bool {
    prompt.recording.as_ref().is_some_and(Recording::is_synthesised)
}

/// What a person spoke is not removed by a program, nor what nobody approved.
fn may_go(prompt: &Prompt) -> bool {
    is_synthesised(prompt) || prompt.file.is_none()
}

fn make(order: &Order, wanted: &Wanted, inspection: &mut Inspection) -> Result<(), BuildError> {
    let label = format!("{}/{}", wanted.language, wanted.name);
    if !is_file_name(&wanted.language) || !is_file_name(&wanted.name) {
        return Err(BuildError::BadName(label));
    }
    let target = path(order.directory, &wanted.language, &wanted.name);
    let (samples, origin) = match wanted.text.is_empty() {
        true => {
            let tone = tones::of_kind(&wanted.kind);
            let tone = tone.ok_or_else(|| BuildError::NoTone(wanted.name.clone(), target.clone()))?;
            (shape::to_i16(&tone), format!("{SYNTHESISED} by hotline prompts build"))
        }
        false => {
            let sound = order.synthesiser.speak(&wanted.language, &wanted.text);
            let sound = sound.map_err(|e| BuildError::Synthesis(label.clone(), e))?;
            let samples = shape::telephone(sound).map_err(|e| BuildError::Sound(label.clone(), e))?;
            let command = order.synthesiser.command(&wanted.language, &wanted.text).join(" ");
            (samples, format!("{SYNTHESISED} by {command}"))
        }
    };
    let file = wav::encode(&samples).map_err(|e| BuildError::Sound(label, e))?;
    files::write_whole(&target, &file).map_err(|e| BuildError::Io(target, e))?;
    inspection.manifest.insert(Recording {
        language: wanted.language.clone(),
        name: wanted.name.clone(),
        sha256: hash(&file),
        kind: wanted.kind.clone(),
        text: wanted.text.clone(),
        origin,
        approver: order.by.to_owned(),
        date: day(order.at),
    });
    save(order.directory, inspection)
}

/// Names come from files that people edit: none may lead out of the directory.
fn is_file_name(name: &str) -> bool {
    !name.starts_with('.') && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn remove(directory: &Path, prompt: &Prompt, inspection: &mut Inspection) -> Result<(), BuildError> {
    let file = prompt.path(directory);
    match std::fs::remove_file(&file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(BuildError::Io(file, e)),
        _ => {}
    }
    inspection.manifest.recordings.remove(&(prompt.language.clone(), prompt.name.clone()));
    save(directory, inspection)
}

/// After every recording, so that an interrupted build leaves nothing unapproved behind.
fn save(directory: &Path, inspection: &Inspection) -> Result<(), BuildError> {
    let file = directory.join(FILE);
    let text = inspection.manifest.to_text().map_err(|e| BuildError::Manifest(file.clone(), e))?;
    files::write_whole(&file, text.as_bytes()).map_err(|e| BuildError::Io(file, e))
}

/// Enters the file as it is for the text as it is: somebody has listened to it.
pub fn approve(order: &Order, language: &str, name: &str) -> Result<Recording, BuildError> {
    if order.by.trim().is_empty() {
        return Err(BuildError::NoApprover);
    }
    let mut inspection = look(order.directory, order.wanted)?;
    let unknown = || BuildError::NothingToApprove(name.to_owned(), language.to_owned());
    let found = inspection.prompts.iter().find(|p| p.language == language && p.name == name);
    let prompt = found.ok_or_else(unknown)?;
    let wanted = prompt.wanted.clone().ok_or_else(unknown)?;
    let file = prompt.path(order.directory);
    let bytes = read_bounded(&file).map_err(|e| BuildError::Io(file, e))?;
    super::clip::clip(&bytes).map_err(|e| BuildError::Sound(format!("{language}/{name}"), e))?;
    let same = prompt.recording.as_ref().filter(|r| r.sha256 == hash(&bytes));
    let recording = Recording {
        language: wanted.language,
        name: wanted.name,
        sha256: hash(&bytes),
        kind: wanted.kind,
        text: wanted.text,
        origin: same.map_or("recorded".to_owned(), |r| r.origin.clone()),
        approver: order.by.to_owned(),
        date: day(order.at),
    };
    inspection.manifest.insert(recording.clone());
    save(order.directory, &inspection)?;
    Ok(recording)
}

/// The day in UTC, as the manifest shows it.
pub fn day(at: Wall) -> String {
    let time = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).date().to_string()
}
