//! The index: one row a call in a database, to find calls by.
//!
//! A fold of the journal, written in one transaction with the number of the last event it knows.
//! So it can lag, fail, be deleted and rebuilt, and nothing is lost.

mod columns;
mod indexer;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{QueryBuilder, Sqlite};

pub use indexer::{Indexer, IndexerStatus};

use super::journal::{self, JournalError};
use crate::event::{Event, Outcome};
use crate::ids::{AgentId, CallId, EntryId, QueueId, Seq};
use crate::now::Wall;
use crate::record::row::{CallRow, Rows};

/// Events applied in one transaction while catching up.
const BATCH: usize = 2_000;

/// The index cannot be read or written; the journal has everything, so trying again is enough.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("index: {0}")]
    Database(#[from] sqlx::Error),
    #[error("index: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("index: row of call {call} is unreadable ({column}); rebuild the index")]
    Row { call: String, column: &'static str },
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Which calls to list; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Arrived at or after.
    pub from: Option<Wall>,
    /// Arrived before.
    pub to: Option<Wall>,
    pub entry: Option<EntryId>,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub outcome: Option<Outcome>,
    /// Only those to whom a callback was promised.
    pub callbacks: bool,
    /// Only these (found by the caller's number in the key table).
    pub calls: Option<Vec<CallId>>,
    /// Only those that came before this one in the list: the next page.
    pub after: Option<(Wall, CallId)>,
    /// At most so many; 0 means all.
    pub limit: u32,
}

/// A word for no outcome.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is no outcome; try agent, self_service, abandoned, message, callback, complaint or refused")]
pub struct NoOutcome(String);

/// An outcome by its name.
pub fn outcome(word: &str) -> Result<Outcome, NoOutcome> {
    serde_json::from_value(word.into()).map_err(|_| NoOutcome(word.to_owned()))
}

/// An opened index.
#[derive(Debug)]
pub struct Index {
    pool: SqlitePool,
    /// Rows of calls under way; reloaded after a failed transaction.
    rows: Option<Rows>,
}

impl Index {
    /// Opens the database, makes it if it is missing, brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Index, IndexError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // After a power cut the last rows may be gone; the journal has them.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Index { pool, rows: None })
    }

    /// For the command line while a server may be writing.
    pub async fn open_read_only(path: &Path) -> Result<Index, IndexError> {
        let options =
            SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Index { pool, rows: None })
    }

    /// The last event the index knows.
    pub async fn as_of(&self) -> Result<Seq, IndexError> {
        let mut connection = self.pool.acquire().await?;
        as_of(&mut connection).await
    }

    /// Applies events and remembers the last, all in one transaction. Known events change nothing.
    /// After an error the index is as before.
    pub async fn apply(&mut self, batch: &[Event]) -> Result<Seq, IndexError> {
        let result = self.try_apply(batch).await;
        if result.is_err() {
            self.rows = None;
        }
        result
    }

    async fn try_apply(&mut self, batch: &[Event]) -> Result<Seq, IndexError> {
        let mut transaction = self.pool.begin().await?;
        let mut rows = match self.rows.take() {
            Some(rows) => rows,
            None => {
                let open = columns::select_open(&mut transaction).await?;
                Rows::restore(open, as_of(&mut transaction).await?)
            }
        };
        for event in batch {
            if let Some(call) = rows.missing(event)
                && let Some(row) = columns::select(&mut transaction, call).await?
            {
                rows.insert(row);
            }
            rows.apply(event);
        }
        for row in rows.drain_changed() {
            columns::upsert(&mut transaction, &row).await?;
        }
        set_as_of(&mut transaction, rows.as_of()).await?;
        transaction.commit().await?;
        let as_of = rows.as_of();
        self.rows = Some(rows);
        Ok(as_of)
    }

    /// Applies what the journal has beyond the index. An index ahead of its journal (a power cut
    /// took the journal's last events) is built anew.
    pub async fn catch_up(&mut self, journal: &Path) -> Result<Seq, IndexError> {
        let mut known = self.as_of().await?;
        let directory = journal.to_owned();
        if known > blocking(move || journal::last_seq(&directory)).await? {
            tracing::warn!("the index knows events the journal has not; building it anew");
            self.clear().await?;
            known = Seq(0);
        }
        let directory = journal.to_owned();
        let mut events = blocking(move || journal::read_from(&directory, Seq(known.0 + 1))).await?;
        loop {
            let batch;
            (events, batch) = blocking(move || {
                let batch = events.by_ref().take(BATCH).collect::<Result<Vec<Event>, _>>()?;
                Ok((events, batch))
            })
            .await?;
            if batch.is_empty() {
                return Ok(known);
            }
            known = self.apply(&batch).await?;
        }
    }

    /// Throws the index away and builds it from the journal.
    pub async fn rebuild(&mut self, journal: &Path) -> Result<Seq, IndexError> {
        self.clear().await?;
        self.catch_up(journal).await
    }

    async fn clear(&mut self) -> Result<(), IndexError> {
        self.rows = None;
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM calls").execute(&mut *transaction).await?;
        set_as_of(&mut transaction, Seq(0)).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub async fn get(&self, call: CallId) -> Result<Option<CallRow>, IndexError> {
        let mut connection = self.pool.acquire().await?;
        columns::select(&mut connection, call).await
    }

    /// Rows of calls under way or whose recording is still expected, by call.
    pub async fn open_rows(&self) -> Result<Vec<CallRow>, IndexError> {
        let mut connection = self.pool.acquire().await?;
        columns::select_open(&mut connection).await
    }

    /// The calls that pass the filter, newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<CallRow>, IndexError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM calls WHERE 1 = 1");
        narrow(&mut query, filter);
        query.push(" ORDER BY arrived_ms DESC, call DESC");
        if filter.limit > 0 {
            query.push(" LIMIT ").push_bind(i64::from(filter.limit));
        }
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(columns::read).collect()
    }

    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Reads files where it holds up no other task.
async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, IndexError> {
    let done = tokio::task::spawn_blocking(read).await;
    Ok(done.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))??)
}

fn narrow(query: &mut QueryBuilder<Sqlite>, filter: &Filter) {
    if let Some(from) = filter.from {
        query.push(" AND arrived_ms >= ").push_bind(from.0);
    }
    if let Some(to) = filter.to {
        query.push(" AND arrived_ms < ").push_bind(to.0);
    }
    if let Some(entry) = &filter.entry {
        query.push(" AND entry = ").push_bind(entry.as_str().to_owned());
    }
    if let Some(queue) = &filter.queue {
        query.push(" AND queues LIKE ").push_bind(columns::listed(queue.as_str())).push(" ESCAPE '\\'");
    }
    if let Some(agent) = &filter.agent {
        query.push(" AND agents LIKE ").push_bind(columns::listed(agent.as_str())).push(" ESCAPE '\\'");
    }
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(columns::word(&outcome));
    }
    if filter.callbacks {
        query.push(" AND callback_ms IS NOT NULL");
    }
    if let Some((arrived, call)) = filter.after {
        query.push(" AND (arrived_ms < ").push_bind(arrived.0);
        query.push(" OR (arrived_ms = ").push_bind(arrived.0);
        query.push(" AND call < ").push_bind(call.to_string()).push("))");
    }
    if let Some(calls) = &filter.calls {
        query.push(" AND call IN (");
        let mut list = query.separated(", ");
        for call in calls {
            list.push_bind(call.to_string());
        }
        list.push_unseparated(")");
    }
}

async fn as_of(connection: &mut SqliteConnection) -> Result<Seq, IndexError> {
    let seq: i64 =
        sqlx::query_scalar("SELECT as_of_seq FROM meta WHERE id = 1").fetch_one(connection).await?;
    Ok(Seq(u64::try_from(seq).unwrap_or(0)))
}

async fn set_as_of(connection: &mut SqliteConnection, seq: Seq) -> Result<(), IndexError> {
    sqlx::query("UPDATE meta SET as_of_seq = $1 WHERE id = 1")
        .bind(i64::try_from(seq.0).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
