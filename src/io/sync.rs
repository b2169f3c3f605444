//! Group commit: whatever was written is made durable within 50 ms, by a thread of its own.

use std::fs::File;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::outbox::{OutboxState, Source};
use crate::event::Alarm;
use crate::ids::CallId;

const WITHIN: Duration = Duration::from_millis(50);

/// Files with new bytes, in the order in which they must reach the disk, and what to do then.
#[derive(Default)]
struct Unsynced {
    files: [Option<Arc<File>>; 2],
    afterwards: Vec<Afterwards>,
}

/// What waits until everything written so far is on the disk for good.
pub enum Afterwards {
    /// The journal knows where the call's recording is: its spool may go.
    Archived(CallId),
    /// Somebody may be told what was promised to them.
    Tell(Box<dyn FnOnce() + Send>),
}

type Shared = Arc<Mutex<Unsynced>>;

/// The thread that calls fdatasync.
pub struct SyncThread {
    dirty: Shared,
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SyncThread {
    /// `on_archived` is told the calls whose archiving is in the journal for good.
    pub fn spawn(
        state: Arc<OutboxState>,
        on_archived: impl Fn(CallId) + Send + 'static,
    ) -> std::io::Result<SyncThread> {
        let dirty = Shared::default();
        let (stop, stopped) = sync_channel(1);
        let files = Arc::clone(&dirty);
        let thread = std::thread::Builder::new()
            .name("sync".into())
            .spawn(move || run(&files, &stopped, &state, &on_archived))?;
        Ok(SyncThread { dirty, stop: Some(stop), thread: Some(thread) })
    }

    /// These files have new bytes; the first is synced before the second.
    pub fn wrote(&self, files: [Option<Arc<File>>; 2], afterwards: impl Iterator<Item = Afterwards>) {
        if let Ok(mut dirty) = self.dirty.lock() {
            if files.iter().any(Option::is_some) {
                dirty.files = files;
            }
            dirty.afterwards.extend(afterwards);
        }
    }

    /// Sync a last time and end.
    pub fn stop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that syncs the journal has panicked");
        }
    }
}

fn run(dirty: &Shared, stopped: &Receiver<()>, state: &OutboxState, on_archived: &dyn Fn(CallId)) {
    let mut failing = false;
    loop {
        let over = matches!(stopped.recv_timeout(WITHIN), Err(RecvTimeoutError::Disconnected));
        let Unsynced { files, afterwards } =
            dirty.lock().map(|mut dirty| std::mem::take(&mut *dirty)).unwrap_or_default();
        let wrote = files.iter().any(Option::is_some);
        if let Some(error) = files.iter().flatten().find_map(|file| file.sync_data().err()) {
            failing = true;
            tracing::error!(%error, "the journal cannot be synced to disk");
            state.raise(Alarm::Journal, Source::Syncing, error.to_string());
        } else if failing && wrote {
            failing = false;
            state.clear(Alarm::Journal, Source::Syncing);
        }
        if failing {
            // In front of what came meanwhile.
            if let Ok(mut dirty) = dirty.lock() {
                let meanwhile = std::mem::replace(&mut dirty.afterwards, afterwards);
                dirty.afterwards.extend(meanwhile);
            }
        } else {
            for one in afterwards {
                match one {
                    Afterwards::Archived(call) => on_archived(call),
                    Afterwards::Tell(tell) => tell(),
                }
            }
        }
        if over {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_promised_is_told_after_the_sync_and_not_while_it_fails() {
        let dir = tempfile::tempdir().unwrap();
        let good = Arc::new(File::create(dir.path().join("journal")).unwrap());
        // Nothing can be synced to the end of a pipe.
        let (_reader, writer) = std::io::pipe().unwrap();
        let bad = Arc::new(File::from(std::os::fd::OwnedFd::from(writer)));
        let state = Arc::new(OutboxState::default());
        let mut sync = SyncThread::spawn(Arc::clone(&state), |_| {}).unwrap();
        let (told, news) = sync_channel(8);
        let tell = |what: &'static str| {
            let told = told.clone();
            std::iter::once(Afterwards::Tell(Box::new(move || told.send(what).unwrap())))
        };
        sync.wrote([None, Some(bad)], tell("first"));
        while state.take_alarms().is_empty() {
            std::thread::yield_now();
        }
        sync.wrote([None, None], tell("second"));
        assert!(news.try_recv().is_err(), "the disk has refused");
        sync.wrote([Some(Arc::clone(&good)), Some(good)], tell("third"));
        let all: Vec<_> = news.iter().take(3).collect();
        assert_eq!(all, ["first", "second", "third"]);
        sync.stop();
    }
}
