//! A file that only grows: each append is one write and leaves either all of it or nothing.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// An append-only file with a known good length. After a failed append it is cut back to that
/// length (at the latest before the next append), so that the same bytes can be tried again.
#[derive(Debug)]
pub struct AppendFile {
    file: Arc<File>,
    good: u64,
    /// A failed write may have left bytes behind the good length.
    dirty: bool,
}

impl AppendFile {
    /// A new file, readable by its owner alone; fails if it exists.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        Ok(AppendFile { file: Arc::new(file), good: 0, dirty: false })
    }

    /// An existing (or new) file, cut to `good` bytes if it is longer.
    pub fn open(path: &Path, good: u64) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        if file.metadata()?.len() > good {
            file.set_len(good)?;
        }
        Ok(AppendFile { file: Arc::new(file), good, dirty: false })
    }

    pub fn len(&self) -> u64 {
        self.good
    }

    pub fn is_empty(&self) -> bool {
        self.good == 0
    }

    /// For another thread to sync; stays valid whatever becomes of this.
    pub fn handle(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Writes all of `bytes` at the end and says where they begin, or leaves the file as it was.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        if self.dirty {
            self.file.set_len(self.good)?;
            self.dirty = false;
        }
        let start = self.good;
        let mut written = 0;
        while written < bytes.len() {
            match write_at(&self.file, &bytes[written..], start + written as u64) {
                Ok(0) => return Err(self.take_back(io::ErrorKind::WriteZero.into())),
                Ok(n) => written += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.take_back(e)),
            }
        }
        self.good = start + bytes.len() as u64;
        Ok(start)
    }

    fn take_back(&mut self, error: io::Error) -> io::Error {
        self.dirty = self.file.set_len(self.good).is_err();
        error
    }

    /// Replaces bytes within the good length (erasing); synced before it returns.
    pub fn overwrite(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        if at + bytes.len() as u64 > self.good {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.file.write_all_at(bytes, at)?;
        self.file.sync_data()
    }
}

#[cfg(not(test))]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
    file.write_at(bytes, at)
}

/// Under test a disk may be full: see [`full_disk`].
#[cfg(test)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<usize> {
    let room = full_disk::take(bytes.len());
    if room == 0 && !bytes.is_empty() {
        return Err(io::ErrorKind::StorageFull.into());
    }
    file.write_at(&bytes[..room], at)
}

/// A disk of this test's thread with room for so many more bytes.
#[cfg(test)]
pub mod full_disk {
    use std::cell::Cell;

    thread_local! { static ROOM: Cell<Option<usize>> = const { Cell::new(None) }; }

    pub fn set_room(bytes: Option<usize>) {
        ROOM.with(|room| room.set(bytes));
    }

    pub(super) fn take(wanted: usize) -> usize {
        ROOM.with(|room| match room.get() {
            None => wanted,
            Some(left) => {
                let granted = wanted.min(left);
                room.set(Some(left - granted));
                granted
            }
        })
    }
}

/// Makes names created, renamed or removed in a directory survive a power cut.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Writes a whole small file so that after a power cut there is the old one or the new one.
pub fn replace_file(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    use std::io::Write;
    let temporary = path.with_extension("tmp");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_append_that_does_not_fit_leaves_nothing_and_can_be_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let mut file = AppendFile::create(&path).unwrap();
        file.append(b"one").unwrap();
        full_disk::set_room(Some(2));
        assert_eq!(file.append(b"three").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        full_disk::set_room(None);
        assert_eq!(file.append(b"three").unwrap(), 3);
        assert_eq!(std::fs::read(&path).unwrap(), b"onethree");
    }

    #[test]
    fn opening_cuts_what_lies_behind_the_good_length() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, b"goodtorn").unwrap();
        let mut file = AppendFile::open(&path, 4).unwrap();
        file.append(b"!").unwrap();
        file.overwrite(0, b"G").unwrap();
        assert!(file.overwrite(5, b"x").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"Good!");
    }
}
