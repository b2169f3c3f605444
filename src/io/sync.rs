//! Group commit: whatever was written is made durable within 50 ms, by a thread of its own.

use std::fs::File;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::outbox::OutboxState;
use crate::event::Alarm;

const WITHIN: Duration = Duration::from_millis(50);

type Files = Arc<Mutex<[Option<Arc<File>>; 2]>>;

/// The thread that calls fdatasync.
pub struct SyncThread {
    dirty: Files,
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SyncThread {
    pub fn spawn(state: Arc<OutboxState>) -> std::io::Result<SyncThread> {
        let dirty = Files::default();
        let (stop, stopped) = sync_channel(1);
        let files = Arc::clone(&dirty);
        let thread =
            std::thread::Builder::new().name("sync".into()).spawn(move || run(&files, &stopped, &state))?;
        Ok(SyncThread { dirty, stop: Some(stop), thread: Some(thread) })
    }

    /// These files have new bytes.
    pub fn wrote(&self, files: [Option<Arc<File>>; 2]) {
        if let Ok(mut dirty) = self.dirty.lock() {
            *dirty = files;
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

fn run(dirty: &Files, stopped: &Receiver<()>, state: &OutboxState) {
    let mut failing = false;
    loop {
        let over = matches!(stopped.recv_timeout(WITHIN), Err(RecvTimeoutError::Disconnected));
        let files = dirty.lock().map(|mut files| std::mem::take(&mut *files)).unwrap_or_default();
        let wrote = files.iter().any(Option::is_some);
        let failed = files.iter().flatten().find_map(|file| file.sync_data().err());
        match failed {
            Some(error) => {
                failing = true;
                tracing::error!(%error, "the journal cannot be synced to disk");
                state.raise(Alarm::Journal, error.to_string());
            }
            None if failing && wrote => {
                failing = false;
                state.clear(Alarm::Journal);
            }
            None => {}
        }
        if over {
            return;
        }
    }
}
