//! Menu files and what is known around them, read from disk for `check`, `try` and `show`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::ids::{EntryId, MenuId, QueueId};
use crate::menu::{ManifestView, Sources};

/// Larger files are no menus.
const MOST_BYTES: u64 = 1 << 20;

/// A directory or file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {why}")]
pub struct Unreadable {
    pub path: PathBuf,
    pub why: String,
}

fn unreadable(path: &Path, why: impl ToString) -> Unreadable {
    Unreadable { path: path.to_owned(), why: why.to_string() }
}

/// Menus of `dir` with entries and queues of `ops` (default: `ops` beside `dir`), if they are there.
pub fn load(dir: &Path, ops: Option<&Path>, manifest: Option<ManifestView>) -> Result<Sources, Unreadable> {
    let beside = dir.join("..").join("ops");
    let ops = ops.unwrap_or(&beside);
    let files = menu_files(dir)?;
    let mains = entries(&ops.join("hotline.toml"))?;
    let mains = mains.unwrap_or_else(|| vec![(EntryId::new("main"), MenuId::new("main"))]);
    Ok(Sources { files, mains, queues: queues(&ops.join("queues.toml"))?, manifest })
}

fn menu_files(dir: &Path) -> Result<Vec<(String, String)>, Unreadable> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| unreadable(dir, e))? {
        let path = entry.map_err(|e| unreadable(dir, e))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.extension().is_some_and(|extension| extension == "toml") && !hidden {
            let text = read(&path)?;
            files.push((path.display().to_string(), text));
        }
    }
    if files.is_empty() {
        return Err(unreadable(dir, "there is no menu file (*.toml) in it"));
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, Unreadable> {
    let length = std::fs::metadata(path).map_err(|e| unreadable(path, e))?.len();
    if length > MOST_BYTES {
        return Err(unreadable(path, "larger than 1 MiB"));
    }
    std::fs::read_to_string(path).map_err(|e| unreadable(path, e))
}

/// A file that need not be there, read leniently: its own checks are made elsewhere.
fn optional(path: &Path) -> Result<Option<toml::Table>, Unreadable> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read(path)?;
    text.parse::<toml::Table>().map(Some).map_err(|e| unreadable(path, e.message()))
}

/// `[sip] entries = { "95599" = "main" }`.
fn entries(path: &Path) -> Result<Option<Vec<(EntryId, MenuId)>>, Unreadable> {
    let Some(table) = optional(path)? else { return Ok(None) };
    let entries = table.get("sip").and_then(|sip| sip.get("entries")).and_then(toml::Value::as_table);
    let pair = |(entry, menu): (&String, &toml::Value)| {
        let menu = menu.as_str().or_else(|| menu.get("menu").and_then(toml::Value::as_str))?;
        Some((EntryId::new(entry), MenuId::new(menu)))
    };
    Ok(entries.map(|entries| entries.iter().filter_map(pair).collect()))
}

/// `[queues.NAME]` tables.
fn queues(path: &Path) -> Result<Option<BTreeSet<QueueId>>, Unreadable> {
    let Some(table) = optional(path)? else { return Ok(None) };
    let queues = table.get("queues").and_then(toml::Value::as_table);
    Ok(queues.map(|queues| queues.keys().map(QueueId::new).collect()))
}
