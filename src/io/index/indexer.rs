//! Keeps the index up with the journal, in a task of its own, without holding up anybody: what
//! does not fit into its queue it reads from the journal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Index, IndexError};
use crate::event::Event;
use crate::ids::Seq;

/// Batches that may wait.
const QUEUE: usize = 256;
/// Batches taken together into one transaction.
const TOGETHER: usize = 64;
/// Rest between transactions: a call's events of this time cost one row write.
const PACE: Duration = Duration::from_millis(200);
/// Wait after a failure.
const RETRY: Duration = Duration::from_secs(1);

/// How far the index is, and whether the database fails.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IndexerStatus {
    pub as_of: Seq,
    pub failing: Option<String>,
}

/// Handle of the task. Dropping it (and every clone of its sender) lets the task finish.
#[derive(Debug)]
pub struct Indexer {
    batches: mpsc::Sender<Arc<[Event]>>,
    offered: Arc<AtomicU64>,
    status: watch::Receiver<IndexerStatus>,
    task: JoinHandle<()>,
}

impl Indexer {
    /// Starts the task; it first catches up with the journal. Call within a tokio runtime.
    pub fn spawn(index: Index, journal: &Path) -> Indexer {
        let (batches, queue) = mpsc::channel(QUEUE);
        let (publish, status) = watch::channel(IndexerStatus::default());
        let offered = Arc::new(AtomicU64::new(0));
        let worker =
            Worker { index, journal: journal.to_owned(), queue, offered: Arc::clone(&offered), publish };
        Indexer { batches, offered, status, task: tokio::spawn(worker.run()) }
    }

    /// Gives events that stand in the journal already; never waits. What does not fit is read
    /// from the journal later.
    pub fn offer(&self, batch: Arc<[Event]>) {
        if let Some(last) = batch.last() {
            self.offered.fetch_max(last.seq.0, Ordering::Release);
        }
        // A full or closed queue is no loss: the task compares with `offered` when it is empty.
        let _ = self.batches.try_send(batch);
    }

    pub fn status(&self) -> watch::Receiver<IndexerStatus> {
        self.status.clone()
    }

    /// Lets the task apply what it has and waits for its end.
    pub async fn finish(self) {
        drop(self.batches);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the indexer ended badly; the index catches up at the next start");
        }
    }
}

struct Worker {
    index: Index,
    journal: PathBuf,
    queue: mpsc::Receiver<Arc<[Event]>>,
    offered: Arc<AtomicU64>,
    publish: watch::Sender<IndexerStatus>,
}

impl Worker {
    async fn run(mut self) {
        let mut behind = true;
        let mut closed = false;
        loop {
            let caught_up = behind;
            let result = match caught_up {
                true => self.index.catch_up(&self.journal).await,
                false => self.next(&mut closed).await,
            };
            match result {
                Ok(as_of) => {
                    self.publish.send_replace(IndexerStatus { as_of, failing: None });
                    let all = as_of.0 >= self.offered.load(Ordering::Acquire);
                    behind = self.queue.is_empty() && !all;
                    // What even the journal does not have is not waited for.
                    if closed && (!behind || caught_up) {
                        return self.index.close().await;
                    }
                    if !closed {
                        tokio::time::sleep(PACE).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the index cannot be written; trying again");
                    let failing = Some(error.to_string());
                    self.publish.send_modify(|status| status.failing = failing);
                    behind = true;
                    closed |= self.queue.is_closed() && self.queue.is_empty();
                    if closed {
                        return;
                    }
                    tokio::time::sleep(RETRY).await;
                    while self.queue.try_recv().is_ok() {}
                }
            }
        }
    }

    /// Applies what waits, all of it in one transaction.
    async fn next(&mut self, closed: &mut bool) -> Result<Seq, IndexError> {
        let mut batches = Vec::with_capacity(TOGETHER);
        let known = self.publish.borrow().as_of;
        if self.queue.recv_many(&mut batches, TOGETHER).await == 0 {
            *closed = true;
            return Ok(known);
        }
        let mut next = known.0 + 1;
        let mut events = Vec::new();
        for event in batches.iter().flat_map(|batch| batch.iter()) {
            if event.seq.0 > next {
                // A batch did not fit: the journal has it.
                return self.index.catch_up(&self.journal).await;
            }
            if event.seq.0 == next {
                events.push(event.clone());
                next += 1;
            }
        }
        self.index.apply(&events).await
    }
}
