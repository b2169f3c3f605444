//! Tells when drafts have changed, once they have been quiet for a moment (`serve --watch`).

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// An editor or `git checkout` writes several files in a row: wait until this long nothing came.
const QUIET: Duration = Duration::from_millis(300);

#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    #[error("{0} cannot be watched ({1}); does it exist?")]
    Path(PathBuf, notify::Error),
    #[error("files cannot be watched on this machine: {0}")]
    System(#[from] notify::Error),
}

/// Watches until it is dropped; dropping waits for a running callback.
pub struct DraftWatch {
    watcher: Option<RecommendedWatcher>,
    thread: Option<JoinHandle<()>>,
}

/// Calls `changed` from a thread of its own after any TOML or WAV file under `paths` has changed.
/// A file is watched by its directory, because editors replace files.
pub fn watch(paths: &[PathBuf], changed: impl FnMut() + Send + 'static) -> Result<DraftWatch, WatchError> {
    let (tell, told) = sync_channel(1);
    let mut watcher = notify::recommended_watcher(move |event| notice(&tell, event))?;
    for path in paths {
        let (place, mode) = match path.is_dir() {
            true => (path.as_path(), RecursiveMode::Recursive),
            false => (directory_of(path), RecursiveMode::NonRecursive),
        };
        watcher.watch(place, mode).map_err(|e| WatchError::Path(path.clone(), e))?;
    }
    let thread = std::thread::spawn(move || wait(&told, changed));
    Ok(DraftWatch { watcher: Some(watcher), thread: Some(thread) })
}

fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A full channel already means "changed"; an error of the watcher means that something was missed.
fn notice(tell: &SyncSender<()>, event: notify::Result<Event>) {
    let matters = match event {
        Ok(event) => !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|p| is_draft(p)),
        Err(_) => true,
    };
    if matters {
        let _ = tell.try_send(());
    }
}

/// Files that snapshots are made of; a path without extension may be a directory that came or went.
fn is_draft(path: &Path) -> bool {
    let hidden = path.file_name().and_then(|n| n.to_str()).is_none_or(|n| n.starts_with('.'));
    !hidden && path.extension().is_none_or(|e| e == "toml" || e == "wav")
}

fn wait(told: &Receiver<()>, mut changed: impl FnMut()) {
    while told.recv().is_ok() {
        loop {
            match told.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        changed();
    }
}

impl Drop for DraftWatch {
    fn drop(&mut self) {
        // The sender lives in the watcher: without it the thread ends.
        self.watcher = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_writes_in_a_row_are_one_change() {
        let (tell, told) = sync_channel(100);
        let (change, changes) = sync_channel(100);
        (0..20).for_each(|_| tell.send(()).unwrap());
        let thread = std::thread::spawn(move || wait(&told, || change.send(()).unwrap()));
        changes.recv().unwrap();
        drop(tell);
        thread.join().unwrap();
        assert_eq!(changes.iter().count(), 0);
    }

    #[test]
    fn only_what_snapshots_are_made_of_matters() {
        for draft in ["m/main.toml", "p/zh-CN/a.wav", "menus"] {
            assert!(is_draft(Path::new(draft)), "{draft}");
        }
        for other in ["m/.main.toml.swp", "m/main.toml~", "m/notes.txt", "p/.a.wav.77"] {
            assert!(!is_draft(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn files_and_directories_are_watched_also_when_an_editor_replaces_them() {
        let dir = tempfile::tempdir().unwrap();
        let menus = dir.path().join("menus");
        std::fs::create_dir(&menus).unwrap();
        let queues = dir.path().join("queues.toml");
        std::fs::write(&queues, "").unwrap();
        let (tell, told) = sync_channel(100);
        let tell_all = move || tell.send(std::fs::exists(&menus).unwrap()).unwrap();
        let watch = watch(&[dir.path().join("menus"), queues.clone()], tell_all).unwrap();
        let patience = Duration::from_secs(20);
        std::fs::write(dir.path().join("menus/main.toml"), "a").unwrap();
        told.recv_timeout(patience).unwrap();
        while told.try_recv().is_ok() {}
        std::fs::rename(dir.path().join("menus/main.toml"), &queues).unwrap();
        told.recv_timeout(patience).unwrap();
        drop(watch);
    }

    #[test]
    fn a_place_that_is_not_there_is_told() {
        let gone = PathBuf::from("/no/such/place/at/all");
        let error = watch(&[gone], || {}).err().unwrap();
        assert!(error.to_string().contains("/no/such/place"), "{error}");
    }
}
