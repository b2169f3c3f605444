//! The prompts' directory against what the menus want: what is fit to be heard, and what is not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::clip::hash;
use super::manifest::{FILE, Manifest, ManifestError, PromptKey, Recording};
use super::wav::decode;
use super::{MAX_FILE, MAX_FILES};
use crate::config::finding::{Finding, Severity};
use crate::ids::{Language, PromptHash};
use crate::menu::api::PromptName;
use crate::menu::{ManifestView, RecordingState, SoundKind};

/// A prompt that menus or queues use, in one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub language: String,
    pub name: String,
    pub kind: String,
    /// Empty for sound without words.
    pub text: String,
}

/// How a prompt stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Approved, unchanged, and says the text of the menu.
    Current,
    /// No file and no entry: to be made.
    Missing,
    /// Approved for another text or kind than the menu has now.
    Outdated,
    /// Another sound than the one approved, or never approved (CBA-10d).
    Unapproved,
    /// The file is no sound we can play.
    Unreadable,
    /// Recorded, and nothing uses it any more.
    Stale,
}

/// One prompt with all that is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    pub language: String,
    pub name: String,
    pub state: State,
    pub wanted: Option<Wanted>,
    pub recording: Option<Recording>,
    /// Hash of the file as it is, if there is one.
    pub file: Option<PromptHash>,
    /// How long the file sounds.
    pub length: Duration,
    /// Why it is `Unreadable`.
    pub why: String,
}

/// Everything in a directory of prompts and everything wanted, sorted by language and name.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    pub directory: PathBuf,
    pub prompts: Vec<Prompt>,
    pub manifest: Manifest,
}

/// Drafts may lack recordings, what is published may not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strictness {
    Draft,
    Publish,
}

/// Looks at every file once.
pub fn inspect(directory: &Path, wanted: &[Wanted]) -> Result<Inspection, ManifestError> {
    let manifest = Manifest::read(&directory.join(FILE))?;
    let mut files = audio_files(directory)?;
    let wanted: BTreeMap<PromptKey, &Wanted> =
        wanted.iter().map(|w| ((w.language.clone(), w.name.clone()), w)).collect();
    let mut keys: BTreeSet<PromptKey> = wanted.keys().cloned().collect();
    keys.extend(files.keys().cloned());
    keys.extend(manifest.recordings.keys().cloned());
    let prompts = keys.into_iter().map(|key| {
        let file = files.remove(&key);
        judge(key.clone(), wanted.get(&key).copied(), manifest.recordings.get(&key), file)
    });
    let prompts = prompts.collect::<Result<Vec<_>, _>>()?;
    Ok(Inspection { directory: directory.to_owned(), prompts, manifest })
}

fn judge(
    key: PromptKey,
    wanted: Option<&Wanted>,
    recording: Option<&Recording>,
    file: Option<PathBuf>,
) -> Result<Prompt, std::io::Error> {
    let bytes = file.map(|path| read_bounded(&path)).transpose()?;
    let found = bytes.as_deref().map(hash);
    let (length, unreadable) = match bytes.as_deref().map(decode) {
        Some(Ok(sound)) => (sound.length(), None),
        Some(Err(error)) => (Duration::ZERO, Some(error)),
        None => (Duration::ZERO, None),
    };
    let approved = recording.is_some_and(|r| Some(r.sha256) == found && !r.approver.trim().is_empty());
    let says_it = |w: &Wanted| recording.is_some_and(|r| r.text == w.text && r.kind == w.kind);
    let state = match (wanted, found) {
        (Some(_), None) => State::Missing,
        (None, None) => State::Stale,
        (_, Some(_)) if unreadable.is_some() => State::Unreadable,
        (_, Some(_)) if !approved => State::Unapproved,
        (None, Some(_)) => State::Stale,
        (Some(w), Some(_)) if says_it(w) => State::Current,
        (Some(_), Some(_)) => State::Outdated,
    };
    let (language, name) = key;
    let why = unreadable.map(|e| e.to_string()).unwrap_or_default();
    Ok(Prompt {
        language,
        name,
        state,
        wanted: wanted.cloned(),
        recording: recording.cloned(),
        file: found,
        length,
        why,
    })
}

/// The file's bytes; more than any prompt may have is cut, and so is refused as another sound.
pub fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `LANGUAGE/NAME.wav` under the directory; other files are nobody's business.
fn audio_files(directory: &Path) -> std::io::Result<BTreeMap<PromptKey, PathBuf>> {
    let mut files = BTreeMap::new();
    let languages = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        Err(e) => return Err(e),
    };
    for language in languages {
        let language = language?;
        if !language.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(language.path())? {
            let path = file?.path();
            let name = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".wav"));
            let language = language.file_name();
            if let (Some(name), Some(language)) = (name, language.to_str())
                && !name.starts_with('.')
                && files.len() < MAX_FILES
            {
                files.insert((language.to_owned(), name.to_owned()), path.clone());
            }
        }
    }
    Ok(files)
}

impl Prompt {
    /// Where its file is or would be.
    pub fn path(&self, directory: &Path) -> PathBuf {
        path(directory, &self.language, &self.name)
    }

    /// What is wrong with it, if something is.
    pub fn finding(&self, directory: &Path, strictness: Strictness) -> Option<Finding> {
        let missing = match strictness {
            Strictness::Draft => Severity::Warning,
            Strictness::Publish => Severity::Error,
        };
        let what = format!("`{}` in {}", self.name, self.language);
        let approve = format!("hotline prompts approve {}/{} --by NAME", self.language, self.name);
        let (rule, source, severity, message, help) = match self.state {
            State::Current => return None,
            State::Missing => (
                "recording-missing",
                "CBA-9",
                missing,
                format!("{what} has no recording"),
                "run `hotline prompts build --by NAME`, or record it".to_owned(),
            ),
            State::Outdated => (
                "recording-missing",
                "CBA-10d",
                missing,
                format!("{what} was recorded for another text or kind than the menu has"),
                self.remedy_outdated(&approve),
            ),
            State::Unapproved => (
                "audio-unknown",
                "CBA-10d",
                Severity::Error,
                format!("{what} is not the sound that the manifest approves"),
                format!("listen to it, then `{approve}`; or remove the file"),
            ),
            State::Unreadable => (
                "audio-unreadable",
                "CBA-10d",
                Severity::Error,
                format!("{what} cannot be played: {}", self.why),
                "record it again, or remove the file".to_owned(),
            ),
            State::Stale => (
                "recording-stale",
                "CBA-10d",
                Severity::Warning,
                format!("{what} is used by nothing"),
                "run `hotline prompts build --remove-stale --by NAME`, or keep it for later".to_owned(),
            ),
        };
        let file = self.path(directory).display().to_string();
        Some(Finding { rule, source, severity, file, span: 0..0, line: 1, column: 1, message, help })
    }

    fn remedy_outdated(&self, approve: &str) -> String {
        match self.recording.as_ref().is_some_and(Recording::is_synthesised) {
            true => "run `hotline prompts build --by NAME`".to_owned(),
            false => format!("record the new text, then `{approve}`"),
        }
    }
}

impl Inspection {
    /// What the rules for menus may know of the recordings; the hold audio is told by the queues.
    pub fn view(&self) -> ManifestView {
        let mut view = ManifestView::default();
        for ((language, name), recording) in &self.manifest.recordings {
            let key = (Language::new(language), PromptName(name.clone()));
            view.kinds.insert(key, SoundKind::of(&recording.kind));
        }
        for prompt in &self.prompts {
            let listed = prompt.recording.is_some();
            let state = match prompt.state {
                State::Current => RecordingState::Current,
                State::Outdated => RecordingState::TextChanged,
                State::Unapproved | State::Unreadable if !listed => {
                    view.unknown_files.push(prompt.path(&self.directory).display().to_string());
                    continue;
                }
                State::Unapproved if prompt.recording.as_ref().map(|r| r.sha256) == prompt.file => {
                    RecordingState::Unapproved
                }
                State::Unapproved | State::Unreadable => RecordingState::HashMismatch,
                State::Missing | State::Stale => continue,
            };
            let name = PromptName(prompt.name.clone());
            let key = (Language::new(&prompt.language), name);
            if state == RecordingState::Current {
                view.measured.insert(key.clone(), prompt.length);
            }
            view.recordings.insert(key, state);
        }
        view
    }

    pub fn findings(&self, strictness: Strictness) -> Vec<Finding> {
        self.prompts.iter().filter_map(|p| p.finding(&self.directory, strictness)).collect()
    }
}

pub fn path(directory: &Path, language: &str, name: &str) -> PathBuf {
    directory.join(language).join(format!("{name}.wav"))
}
