//! Snapshots on the disk: `N/` with its files, `prompts/HASH.wav` shared by all, `current`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::content::Content;
use crate::ids::{ConfigVersion, PromptHash};
use crate::io::prompts::files::{sync_directory, write_whole};
use crate::io::prompts::manifest::Recording;
use crate::now::Wall;

/// Who published a snapshot, when and why; `meta.toml` in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub version: ConfigVersion,
    pub by: String,
    pub reason: String,
    /// Milliseconds since 1970, UTC.
    pub at: Wall,
    /// SHA-256 of the snapshot's files, hex.
    pub digest: String,
    /// What changed against the version before, one line a change.
    pub difference: Vec<String>,
}

/// A snapshot that is not in force before another person confirms it; `proposal.toml` in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// In force when it was proposed; what changes was told against this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<ConfigVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
}

/// Who put a proposal in force, why and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    pub by: String,
    pub reason: String,
    /// Milliseconds since 1970, UTC.
    pub at: Wall,
}

const PROPOSAL: &str = "proposal.toml";

/// The directory of all snapshots.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    pub fn open(root: PathBuf) -> io::Result<Store> {
        std::fs::create_dir_all(root.join("prompts"))?;
        Ok(Store { root })
    }

    pub fn directory(&self, version: ConfigVersion) -> PathBuf {
        self.root.join(version.0.to_string())
    }

    pub fn prompt(&self, hash: PromptHash) -> PathBuf {
        self.root.join("prompts").join(format!("{hash}.wav"))
    }

    /// Held while a snapshot is made, against a second process doing the same; freed when dropped.
    pub fn lock(&self) -> io::Result<File> {
        let file = File::options().create(true).append(true).open(self.root.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// Numbers of all complete snapshots, ascending: a directory is complete, for it was renamed.
    pub fn versions(&self) -> io::Result<Vec<ConfigVersion>> {
        let mut versions = Vec::new();
        for entry in std::fs::read_dir(&self.root)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
            versions.extend(number.map(ConfigVersion));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    /// The version in force: what `current` says, else the newest that ever was.
    pub fn current(&self) -> io::Result<Option<ConfigVersion>> {
        let versions = self.versions()?;
        let said = std::fs::read_to_string(self.root.join("current")).ok();
        let said = said.and_then(|text| text.trim().parse().ok()).map(ConfigVersion);
        let newest = || versions.iter().rev().copied().find(|version| !self.waits(*version));
        Ok(said.filter(|version| versions.contains(version)).or_else(newest))
    }

    /// It is proposed and nobody has confirmed it; so is one whose proposal cannot be read.
    pub fn waits(&self, version: ConfigVersion) -> bool {
        self.proposal(version).map_or(true, |p| p.is_some_and(|p| p.confirmed.is_none()))
    }

    /// `None` for a version that needed no second person.
    pub fn proposal(&self, version: ConfigVersion) -> io::Result<Option<Proposal>> {
        match std::fs::read_to_string(self.directory(version).join(PROPOSAL)) {
            Ok(text) => toml::from_str(&text).map(Some).map_err(|e| invalid(e.message())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub fn meta(&self, version: ConfigVersion) -> io::Result<Meta> {
        let text = std::fs::read_to_string(self.directory(version).join("meta.toml"))?;
        toml::from_str(&text).map_err(|e| invalid(e.message()))
    }

    /// Keeps the sound under its hash; known sound is not written again.
    pub fn keep_prompt(&self, hash: PromptHash, file: &[u8]) -> io::Result<()> {
        let target = self.prompt(hash);
        match target.exists() {
            true => Ok(()),
            false => write_whole(&target, file),
        }
    }

    /// Who recorded a sound by telephone, and when: `announcements/HASH.toml`.
    pub fn keep_announcement(&self, recording: &Recording) -> io::Result<()> {
        let file = self.root.join("announcements").join(format!("{}.toml", recording.sha256));
        write_whole(&file, text(recording)?.as_bytes())
    }

    /// Writes the snapshot beside, renames it to its number, then points `current` at it: a crash
    /// anywhere leaves the version before in force. The caller holds the lock.
    pub fn add(&self, meta: &Meta, content: &Content) -> io::Result<()> {
        self.write(meta, content, None)?;
        self.point_at(meta.version)
    }

    /// As [`Store::add`], but the version in force stays.
    pub fn propose(&self, meta: &Meta, content: &Content, proposal: &Proposal) -> io::Result<()> {
        self.write(meta, content, Some(proposal))
    }

    /// Puts a proposal in force. The caller holds the lock.
    pub fn confirm(&self, version: ConfigVersion, proposal: &Proposal) -> io::Result<()> {
        write_whole(&self.directory(version).join(PROPOSAL), text(proposal)?.as_bytes())?;
        self.point_at(version)
    }

    fn write(&self, meta: &Meta, content: &Content, proposal: Option<&Proposal>) -> io::Result<()> {
        let draft = self.root.join(".draft");
        match std::fs::remove_dir_all(&draft) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => std::fs::create_dir_all(draft.join("menus"))?,
        }
        for (path, text) in content.files().map_err(|e| invalid(&e.to_string()))? {
            write_whole(&draft.join(path), text.as_bytes())?;
        }
        if let Some(proposal) = proposal {
            write_whole(&draft.join(PROPOSAL), text(proposal)?.as_bytes())?;
        }
        write_whole(&draft.join("meta.toml"), text(meta)?.as_bytes())?;
        std::fs::rename(&draft, self.directory(meta.version))?;
        sync_directory(&self.root)
    }

    fn point_at(&self, version: ConfigVersion) -> io::Result<()> {
        write_whole(&self.root.join("current"), format!("{}\n", version.0).as_bytes())
    }

    pub fn root(&self) -> &Path {
        &self.root
    }
}

fn text(value: &impl Serialize) -> io::Result<String> {
    toml::to_string(value).map_err(|e| invalid(&e.to_string()))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}
