//! What a snapshot consists of, as files: read from drafts or from a snapshot, compared, digested.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::config::finding::{Finding, Severity};
use crate::config::server::{Directories, ServerConfig};
use crate::ids::{EntryId, MenuId};
use crate::io::prompts::manifest::{Manifest, ManifestError};

/// Largest menu or queue file; a person writes a few kilobytes.
const MAX_TEXT: u64 = 1 << 20;
/// Most menu files.
const MAX_MENUS: usize = 1_000;

const QUEUES: &str = "queues.toml";
const CALENDAR: &str = "calendar.toml";
const PLANS: &str = "plans.toml";

/// Where drafts stand, which dialled number leads to which menu, and what menus may use of the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drafts {
    pub prompts: PathBuf,
    pub places: Places,
    pub mains: Vec<(EntryId, MenuId)>,
    pub offers: Offers,
}

/// What the server's settings let menus do. `None`: not known, so not checked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offers {
    /// Names of systems that can be asked.
    pub services: Option<BTreeSet<String>>,
    pub transfer_prefixes: Option<Vec<String>>,
}

/// The files of a snapshot, apart from the sound.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Content {
    /// Name of the file without directory → text.
    pub menus: BTreeMap<String, String>,
    pub queues: String,
    /// Snapshots of earlier versions of the program have none; nor has a hotline without schedules.
    pub calendar: Option<String>,
    pub plans: Option<String>,
    pub mains: BTreeMap<EntryId, MenuId>,
    pub manifest: Manifest,
}

/// Where the files of a content stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places {
    pub menus: PathBuf,
    /// Files.
    pub queues: PathBuf,
    pub calendar: PathBuf,
    pub plans: PathBuf,
}

impl Places {
    /// Of a snapshot, or of a directory of drafts: menus, and the other files by their usual names.
    pub fn new(menus: PathBuf, ops: &Path) -> Places {
        let file = |name| ops.join(name);
        Places { menus, queues: file(QUEUES), calendar: file(CALENDAR), plans: file(PLANS) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    entries: BTreeMap<EntryId, MenuId>,
}

impl Drafts {
    /// As configured.
    pub fn of(config: &ServerConfig) -> Drafts {
        let Directories { menus, prompts, queues, calendar, plans } = config.directories.clone();
        Drafts {
            prompts,
            places: Places { menus, queues, calendar, plans },
            mains: config.sip.entries.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
            offers: Offers {
                services: Some(config.lookups.keys().cloned().collect()),
                transfer_prefixes: Some(config.sip.outgoing.transfer_prefixes.clone()),
            },
        }
    }

    /// `menus`, `prompts` and `ops` in a directory, with one entry; the server's settings are not known.
    pub fn in_directory(root: &Path, entry: &str, main: &str) -> Drafts {
        Drafts {
            prompts: root.join("prompts"),
            places: Places::new(root.join("menus"), &root.join("ops")),
            mains: vec![(EntryId::new(entry), MenuId::new(main))],
            offers: Offers::default(),
        }
    }

    /// Everything but the manifest, which belongs to the sound.
    pub fn read(&self) -> Result<Content, Vec<Finding>> {
        let places = &self.places;
        let menus = read_menus(&places.menus);
        let queues = read_text(&places.queues);
        let calendar = read_if_there(&places.calendar);
        let plans = read_if_there(&places.plans);
        match (menus, queues, calendar, plans) {
            (Ok(menus), Ok(queues), Ok(calendar), Ok(plans)) => {
                let mains = self.mains.iter().cloned().collect();
                Ok(Content { menus, queues, calendar, plans, mains, manifest: Manifest::default() })
            }
            (menus, queues, calendar, plans) => {
                let wrong = [menus.err(), queues.err(), calendar.err(), plans.err()];
                Err(wrong.into_iter().flatten().flatten().collect())
            }
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
            queues: read_text(&directory.join(QUEUES))?,
            calendar: read_if_there(&directory.join(CALENDAR))?,
            plans: read_if_there(&directory.join(PLANS))?,
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
        files.insert(QUEUES.into(), self.queues.clone());
        files.extend(self.calendar.clone().map(|text| (CALENDAR.into(), text)));
        files.extend(self.plans.clone().map(|text| (PLANS.into(), text)));
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

/// As [`read_text`]; nothing if there is no such file.
pub fn read_if_there(path: &Path) -> Result<Option<String>, Vec<Finding>> {
    match path.try_exists() {
        Ok(false) => Ok(None),
        Ok(true) | Err(_) => read_text(path).map(Some),
    }
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
