//! The spool directory: which calls each segment holds, so that it is removed when all of them
//! are archived.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::read::{self, Places};
use super::segment::SegmentName;
use crate::ids::CallId;
use crate::io::secrets::SecretKey;

#[derive(Debug, Default)]
struct Use {
    calls: BTreeSet<CallId>,
    /// A worker still writes it.
    open: bool,
}

/// Shared by the media workers' writers and the finaliser.
#[derive(Debug)]
pub struct SpoolDirectory {
    path: PathBuf,
    key: SecretKey,
    segments: Mutex<BTreeMap<SegmentName, Use>>,
}

impl SpoolDirectory {
    /// Opens (or makes) the directory and finds the calls that earlier starts left in it.
    pub fn open(path: &Path, key: SecretKey) -> io::Result<(Arc<SpoolDirectory>, BTreeMap<CallId, Places>)> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let found = read::scan(path)?;
        let mut segments: BTreeMap<SegmentName, Use> = BTreeMap::new();
        for name in read::segments(path)? {
            if read::is_unreadable(path, name)? {
                // It may hold the only sound of a call: whoever can read it may remove it.
                tracing::error!(segment = %name, "a spool segment of another version, or damaged, is kept");
                continue;
            }
            segments.entry(name).or_default();
        }
        for (call, places) in &found {
            for (worker, place) in places {
                let name = SegmentName { worker: *worker, boot: call.boot, n: place.segment };
                segments.entry(name).or_default().calls.insert(*call);
            }
        }
        let directory = SpoolDirectory { path: path.to_owned(), key, segments: Mutex::new(segments) };
        directory.remove_unused();
        Ok((Arc::new(directory), found))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SegmentName, Use>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begun(&self, name: SegmentName) {
        self.lock().insert(name, Use { calls: BTreeSet::new(), open: true });
    }

    /// A first block of `call` is in the segment.
    pub(super) fn used(&self, name: SegmentName, call: CallId) {
        self.lock().entry(name).or_default().calls.insert(call);
    }

    pub(super) fn closed(&self, name: SegmentName) {
        if let Some(use_) = self.lock().get_mut(&name) {
            use_.open = false;
        }
        self.remove_unused();
    }

    /// The call's recording is safe in the archive, and the event that says so is synced: segments
    /// that hold nothing else are removed.
    pub fn archived(&self, call: CallId) {
        for use_ in self.lock().values_mut() {
            use_.calls.remove(&call);
        }
        self.remove_unused();
    }

    /// Segments now on disk.
    pub fn segments(&self) -> usize {
        self.lock().len()
    }

    fn remove_unused(&self) {
        let mut unused = Vec::new();
        self.lock().retain(|name, use_| {
            let keep = use_.open || !use_.calls.is_empty();
            if !keep {
                unused.push(*name);
            }
            keep
        });
        for name in unused {
            if let Err(error) = fs::remove_file(self.path.join(name.to_string())) {
                tracing::warn!(segment = %name, %error, "a spool segment that is done was not removed");
            }
        }
    }
}
