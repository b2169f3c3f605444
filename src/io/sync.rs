//! Group commit: whatever was written is made durable within 50 ms, by a thread of its own.

use std::fs::File;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::outbox::OutboxState;
use crate::event::Alarm;
use crate::ids::CallId;

const WITHIN: Duration = Duration::from_millis(50);

/// Files with new bytes, in the order in which they must reach the disk, and what to do then.
#[derive(Default)]
struct Unsynced {
    files: [Option<Arc<File>>; 2],
    archived: Vec<CallId>,
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
    pub fn wrote(&self, files: [Option<Arc<File>>; 2], archived: impl Iterator<Item = CallId>) {
        if let Ok(mut dirty) = self.dirty.lock() {
            dirty.files = files;
            dirty.archived.extend(archived);
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
        let Unsynced { files, archived } =
            dirty.lock().map(|mut dirty| std::mem::take(&mut *dirty)).unwrap_or_default();
        let wrote = files.iter().any(Option::is_some);
        let failed = files.iter().flatten().find_map(|file| file.sync_data().err());
        match failed {
            Some(error) => {
                failing = true;
                tracing::error!(%error, "the journal cannot be synced to disk");
                state.raise(Alarm::Journal, error.to_string());
                if let Ok(mut dirty) = dirty.lock() {
                    dirty.archived.extend(archived);
                }
            }
            None => {
                archived.into_iter().for_each(on_archived);
                if failing && wrote {
                    failing = false;
                    state.clear(Alarm::Journal);
                }
            }
        }
        if over {
            return;
        }
    }
}
