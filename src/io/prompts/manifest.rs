//! `prompts/manifest.toml`: which audio is approved, by whom, and what it says (CBA-10d).

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::finding::{Finding, Severity, place};
use crate::ids::PromptHash;

/// Name of the file within the prompts' directory and within a snapshot.
pub const FILE: &str = "manifest.toml";

const HEAD: &str = "# Every recording with its hash, what it says and who approved it.\n\
                    # Written by `hotline prompts build` and `hotline prompts approve`; audio that is not\n\
                    # listed here, or has another hash, is refused (CBA-10d).\n\n";

/// One approved recording.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub language: String,
    pub name: String,
    pub sha256: PromptHash,
    /// What it is for: `hold`, `tone`, or a kind the menus declare.
    pub kind: String,
    /// What is said, word for word; empty for sound without words.
    pub text: String,
    /// `synthesised by …` or `recorded`.
    pub origin: String,
    pub approver: String,
    /// Day of the approval, `YYYY-MM-DD`.
    pub date: String,
}

impl Recording {
    /// Made by a program: may be made again when the text changes. What a person spoke may not.
    pub fn is_synthesised(&self) -> bool {
        self.origin.starts_with(SYNTHESISED)
    }
}

/// How the origin of everything begins that a program made.
pub const SYNTHESISED: &str = "synthesised";

/// Language and name of a recording.
pub type PromptKey = (String, String);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manifest {
    pub recordings: BTreeMap<PromptKey, Recording>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    recording: Vec<Recording>,
}

/// A manifest that is there and cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{message}")]
    Syntax { message: String, offset: usize, text: String },
    #[error("{0} {1} is listed twice")]
    Twice(String, String),
    #[error("the manifest cannot be written: {0}")]
    Write(String),
}

impl Manifest {
    /// Reads it; a directory without one has an empty manifest.
    pub fn read(path: &Path) -> Result<Manifest, ManifestError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Manifest::parse(&text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Manifest::default()),
            Err(e) => Err(e.into()),
        }
    }

    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        let raw: Raw = toml::from_str(text).map_err(|e| ManifestError::Syntax {
            message: e.message().to_owned(),
            offset: e.span().map_or(0, |span| span.start),
            text: text.to_owned(),
        })?;
        let mut manifest = Manifest::default();
        for recording in raw.recording {
            let key = (recording.language.clone(), recording.name.clone());
            if manifest.recordings.insert(key.clone(), recording).is_some() {
                return Err(ManifestError::Twice(key.0, key.1));
            }
        }
        Ok(manifest)
    }

    /// The file's text, sorted by language and name, so that versions compare line by line.
    pub fn to_text(&self) -> Result<String, ManifestError> {
        let raw = Raw { recording: self.recordings.values().cloned().collect() };
        let body = toml::to_string(&raw).map_err(|e| ManifestError::Write(e.to_string()))?;
        Ok(format!("{HEAD}{body}"))
    }

    pub fn insert(&mut self, recording: Recording) {
        self.recordings.insert((recording.language.clone(), recording.name.clone()), recording);
    }

    pub fn get(&self, language: &str, name: &str) -> Option<&Recording> {
        self.recordings.get(&(language.to_owned(), name.to_owned()))
    }
}

impl ManifestError {
    pub fn finding(&self, file: &Path) -> Finding {
        let (line, column, span) = match self {
            ManifestError::Syntax { offset, text, .. } => {
                let (line, column) = place(text, *offset);
                (line, column, *offset..*offset)
            }
            _ => (1, 1, 0..0),
        };
        Finding {
            rule: "manifest-unreadable",
            source: "CBA-10d",
            severity: Severity::Error,
            file: file.display().to_string(),
            span,
            line,
            column,
            message: format!("the manifest of recordings cannot be read: {self}"),
            help: "mend the line, or take the file of the last version from `hotline versions`".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(language: &str, name: &str) -> Recording {
        Recording {
            language: language.into(),
            name: name.into(),
            sha256: PromptHash([3; 32]),
            kind: "prompt".into(),
            text: "按0转人工 \"0\" #".into(),
            origin: "synthesised by espeak-ng".into(),
            approver: "Li".into(),
            date: "2026-01-31".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_sorted() {
        let mut manifest = Manifest::default();
        manifest.insert(recording("zh-CN", "main"));
        manifest.insert(recording("en-US", "main"));
        let text = manifest.to_text().unwrap();
        assert!(text.find("en-US") < text.find("zh-CN"));
        assert_eq!(Manifest::parse(&text).unwrap(), manifest);
        assert_eq!(Manifest::parse(HEAD).unwrap(), Manifest::default());
    }

    #[test]
    fn faults_are_told_with_their_place() {
        let finding = |text: &str| Manifest::parse(text).unwrap_err().finding(Path::new("p/manifest.toml"));
        let unknown = finding("[[recording]]\nlanguag = \"x\"\n");
        assert_eq!((unknown.line, unknown.severity), (2, Severity::Error), "{unknown:?}");
        let one = Manifest { recordings: [(("a".into(), "b".into()), recording("a", "b"))].into() };
        let body = one.to_text().unwrap();
        let twice = format!("{body}\n{}", body.replace(HEAD, ""));
        assert!(finding(&twice).message.contains("a b is listed twice"));
    }
}
