//! Snapshots of the folds beside the journal: a start reads the newest one and the events after it.

use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::ids::Seq;
use crate::io::append;

/// How many are kept: should the newest be unreadable, the one before still saves most of the work.
const KEPT: usize = 2;

#[derive(Serialize, Deserialize)]
struct Head {
    seq: Seq,
    bytes: u64,
    sha256: String,
}

fn path(directory: &Path, seq: Seq) -> PathBuf {
    directory.join(format!("snapshot-{:020}", seq.0))
}

/// Writes the state after event `seq`. The events up to it must be synced already.
pub fn write(directory: &Path, seq: Seq, bytes: &[u8]) -> io::Result<()> {
    let head = Head { seq, bytes: bytes.len() as u64, sha256: hex::encode(digest(&SHA256, bytes)) };
    let mut line = serde_json::to_vec(&head)?;
    line.push(b'\n');
    append::replace_file(&path(directory, seq), &[&line, bytes])?;
    for (_, old) in list(directory)?.into_iter().skip(KEPT) {
        std::fs::remove_file(old)?;
    }
    Ok(())
}

/// Snapshots, the newest first.
fn list(directory: &Path) -> io::Result<Vec<(Seq, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_prefix("snapshot-"));
        if let Some(seq) = number.and_then(|n| n.parse().ok()) {
            found.push((Seq(seq), path));
        }
    }
    found.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Ok(found)
}

/// The newest sound snapshot. One ahead of the journal's `last` event tells of events that were
/// lost; it is removed, because other events will bear those numbers.
pub fn newest(directory: &Path, last: Seq) -> io::Result<Option<(Seq, Vec<u8>)>> {
    for (seq, path) in list(directory)? {
        if seq > last {
            tracing::warn!(file = %path.display(), "snapshot is ahead of the journal, removed");
            std::fs::remove_file(path)?;
            continue;
        }
        match read(&path) {
            Ok(Some((inside, bytes))) if inside == seq => return Ok(Some((seq, bytes))),
            Ok(_) => tracing::warn!(file = %path.display(), "snapshot is damaged, using an older one"),
            Err(error) => tracing::warn!(file = %path.display(), %error, "snapshot is unreadable"),
        }
    }
    Ok(None)
}

fn read(path: &Path) -> io::Result<Option<(Seq, Vec<u8>)>> {
    let mut bytes = std::fs::read(path)?;
    let Some(end) = bytes.iter().position(|b| *b == b'\n') else { return Ok(None) };
    let Ok(head) = serde_json::from_slice::<Head>(&bytes[..end]) else { return Ok(None) };
    bytes.drain(..=end);
    let sound = head.bytes == bytes.len() as u64 && head.sha256 == hex::encode(digest(&SHA256, &bytes));
    Ok(sound.then_some((head.seq, bytes)))
}
