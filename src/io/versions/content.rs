//! What a snapshot consists of, as files: read from drafts or from a snapshot, compared, digested.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::config::finding::{Finding, Severity};
use crate::config::server::ServerConfig;
use crate::ids::{EntryId, MenuId};
use crate::io::prompts::manifest::{Manifest, ManifestError};

/// Largest menu or queue file; a person writes a few kilobytes.
const MAX_TEXT: u64 = 1 << 20;
/// Most menu files.
const MAX_MENUS: usize = 1_000;

/// Where drafts stand, and which dialled number leads to which menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drafts {
    pub menus: PathBuf,
    pub prompts: PathBuf,
    /// A file.
    pub queues: PathBuf,
    pub mains: Vec<(EntryId, MenuId)>,
}

/// The files of a snapshot, apart from the sound.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Content {
    /// Name of the file without directory → text.
    pub menus: BTreeMap<String, String>,
    pub queues: String,
    pub mains: BTreeMap<EntryId, MenuId>,
    pub manifest: Manifest,
}

/// Where the files of a content stand, for findings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places {
    pub menus: PathBuf,
    pub queues: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    entries: BTreeMap<EntryId, MenuId>,
}

impl Drafts {
    /// As configured.
    pub fn of(config: &ServerConfig) -> Drafts {
        Drafts {
            menus: config.directories.menus.clone(),
            prompts: config.directories.prompts.clone(),
            queues: config.directories.queues.clone(),
            mains: config.sip.entries.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
        }
    }

    pub fn places(&self) -> Places {
        Places { menus: self.menus.clone(), queues: self.queues.clone() }
    }

    /// Everything but the manifest, which belongs to the sound.
    pub fn read(&self) -> Result<Content, Vec<Finding>> {
        let menus = read_menus(&self.menus);
        let queues = read_text(&self.queues);
        match (menus, queues) {
            (Ok(menus), Ok(queues)) => {
                let mains = self.mains.iter().cloned().collect();
                Ok(Content { menus, queues, mains, manifest: Manifest::default() })
            }
            (menus, queues) => Err([menus.err(), queues.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

impl Content {
    pub fn read(directory: &Path) -> Result<Content, Vec<Finding>> {
        let entries = directory.join("entries.toml");
        let mains = toml::from_str::<Entries>(&read_text(&entries)?)
            .map_err(|e| vec![broken(&entries, e.message())])?;
        let manifest = directory.join("manifest.toml");
        let listed = Manifest::parse(&read_text(&manifest)?).map_err(|e| vec![e.finding(&manifest)])?;
        Ok(Content {
            menus: read_menus(&directory.join("menus"))?,
            queues: read_text(&directory.join("queues.toml"))?,
            mains: mains.entries,
            manifest: listed,
        })
    }

    /// Relative path → bytes, as they stand in a snapshot.
    pub fn files(&self) -> Result<BTreeMap<PathBuf, String>, ManifestError> {
        let entries = Entries { entries: self.mains.clone() };
        let entries = toml::to_string(&entries).map_err(|e| ManifestError::Write(e.to_string()))?;
        let mut files: BTreeMap<PathBuf, String> =
            self.menus.iter().map(|(name, text)| (Path::new("menus").join(name), text.clone())).collect();
        files.insert("queues.toml".into(), self.queues.clone());
        files.insert("entries.toml".into(), entries);
        files.insert("manifest.toml".into(), self.manifest.to_text()?);
        Ok(files)
    }

    /// SHA-256 over names and texts of all files; the sound is in it through the manifest's hashes.
    pub fn digest(&self) -> Result<String, ManifestError> {
        let mut sum = Context::new(&SHA256);
        for (path, text) in self.files()? {
            let name = path.to_string_lossy();
            for part in [name.as_bytes(), text.as_bytes()] {
                sum.update(&(part.len() as u64).to_be_bytes());
                sum.update(part);
            }
        }
        Ok(hex::encode(sum.finish()))
    }
}

/// The menu files of a directory.
pub fn read_menus(directory: &Path) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    let unreadable = |e: std::io::Error| vec![broken(directory, &e.to_string())];
    let mut menus = BTreeMap::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.ends_with(".toml") && !name.starts_with('.') {
            menus.insert(name.to_owned(), read_text(&path)?);
        }
        if menus.len() > MAX_MENUS {
            return Err(vec![broken(directory, "more than 1,000 menus")]);
        }
    }
    Ok(menus)
}

/// A text of at most 1 MiB.
pub fn read_text(path: &Path) -> Result<String, Vec<Finding>> {
    let unreadable = |e: std::io::Error| vec![broken(path, &e.to_string())];
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_TEXT {
        return Err(vec![broken(path, "it is larger than 1 MiB")]);
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// A file that is needed and cannot be used.
pub fn broken(path: &Path, why: &str) -> Finding {
    Finding {
        rule: "file-unreadable",
        source: "",
        severity: Severity::Error,
        file: path.display().to_string(),
        span: 0..0,
        line: 1,
        column: 1,
        message: format!("cannot be read: {why}"),
        help: "check the path given, or that in `[directories]` of hotline.toml, and that it may be read"
            .to_owned(),
    }
}
