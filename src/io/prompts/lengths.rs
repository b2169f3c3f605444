//! How long the approved recordings are, from the headers of their files alone, and what they say.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hound::WavReader;

use super::inspect::path;
use super::manifest::{FILE, Manifest};
use super::{MAX_FILES, MAX_SECONDS};
use crate::ids::Language;
use crate::media::command::PromptTable;
use crate::menu::Program;
use crate::menu::api::PromptName;
use crate::menu::length::Measured;

/// Approved recordings with their lengths and texts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recorded {
    recordings: BTreeMap<(Language, PromptName), (Duration, String)>,
}

/// A file as it was when its header was read.
type Seen = (SystemTime, u64);

/// Lengths by file, read again when its time or size has changed.
static KNOWN: LazyLock<Mutex<BTreeMap<PathBuf, (Seen, Duration)>>> = LazyLock::new(Mutex::default);

impl Recorded {
    /// What the manifest of a directory lists; what cannot be read is left out, for its length is
    /// then estimated and the inspection of recordings tells what is wrong.
    pub fn read(directory: &Path) -> Recorded {
        let manifest = Manifest::read(&directory.join(FILE)).unwrap_or_default();
        let mut recorded = Recorded::default();
        for recording in manifest.recordings.into_values() {
            if let Some(length) = known(path(directory, &recording.language, &recording.name)) {
                recorded.insert(&recording.language, &recording.name, length, recording.text);
            }
        }
        recorded
    }

    /// The sound of a snapshot.
    pub fn of(prompts: &PromptTable, manifest: &Manifest) -> Recorded {
        let mut recorded = Recorded::default();
        for (language, name, clip) in prompts.iter() {
            let text = manifest.get(language, name).map(|recording| recording.text.clone());
            recorded.insert(language, name, clip.length(), text.unwrap_or_default());
        }
        recorded
    }

    fn insert(&mut self, language: &str, name: &str, length: Duration, text: String) {
        let key = (Language::new(language), PromptName(name.to_owned()));
        self.recordings.insert(key, (length, text));
    }

    pub fn is_empty(&self) -> bool {
        self.recordings.is_empty()
    }

    /// Does each recording say what the program has it say?
    pub fn says(&self, program: &Program) -> bool {
        self.recordings.iter().all(|((language, name), (_, text))| says(program, language, name, text))
    }

    /// Lengths; with a program, only of recordings that say what it has them say.
    pub fn lengths(&self, program: Option<&Program>) -> Measured {
        let right = |((language, name), (_, text)): &(&(Language, PromptName), &(Duration, String))| {
            program.is_none_or(|program| says(program, language, name, text))
        };
        self.recordings.iter().filter(right).map(|(key, (length, _))| (key.clone(), *length)).collect()
    }
}

/// A prompt that the program does not have is no contradiction.
fn says(program: &Program, language: &Language, name: &PromptName, text: &str) -> bool {
    let wanted = program.text_of(name, language);
    wanted.is_empty() || wanted == text
}

fn known(file: PathBuf) -> Option<Duration> {
    let meta = std::fs::metadata(&file).ok()?;
    let seen = (meta.modified().ok()?, meta.len());
    let all = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((before, length)) = all().get(&file).filter(|(before, _)| *before == seen) {
        let _ = before;
        return Some(*length);
    }
    let length = header(&file)?;
    let mut all = all();
    if all.len() >= MAX_FILES {
        all.clear();
    }
    all.insert(file, (seen, length));
    Some(length)
}

/// The length that the header tells.
fn header(file: &Path) -> Option<Duration> {
    let reader = WavReader::new(BufReader::with_capacity(256, File::open(file).ok()?)).ok()?;
    let rate = f64::from(reader.spec().sample_rate.max(1));
    let seconds = f64::from(reader.duration()) / rate;
    (seconds <= f64::from(MAX_SECONDS)).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PromptHash;
    use crate::io::prompts::manifest::Recording;
    use crate::io::prompts::wav;

    #[test]
    fn lengths_are_those_of_the_files_and_follow_them() {
        let directory = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::default();
        for name in ["short", "gone"] {
            manifest.insert(Recording {
                language: "en-US".into(),
                name: name.into(),
                sha256: PromptHash([1; 32]),
                kind: "system".into(),
                text: "Hello".into(),
                origin: "recorded".into(),
                approver: "Li".into(),
                date: "2026-01-01".into(),
            });
        }
        std::fs::write(directory.path().join(FILE), manifest.to_text().unwrap()).unwrap();
        std::fs::create_dir(directory.path().join("en-US")).unwrap();
        let file = directory.path().join("en-US/short.wav");
        let lengths = || {
            let measured = Recorded::read(directory.path()).lengths(None);
            measured.into_iter().map(|((_, name), length)| (name.0, length.as_millis())).collect::<Vec<_>>()
        };
        assert_eq!(lengths(), [], "what is not there has no length");
        for (samples, ms) in [(8_000, 1_000), (8_000, 1_000), (12_000, 1_500)] {
            std::fs::write(&file, wav::encode(&vec![7; samples]).unwrap()).unwrap();
            assert_eq!(lengths(), [("short".to_owned(), ms)]);
        }
        std::fs::write(&file, b"no sound at all").unwrap();
        assert_eq!(lengths(), []);
    }
}
