//! The index of calls as the API sees it.

use std::path::Path;

use serde_json::{Value, json};

use crate::event::Actor;
use crate::ids::{AgentId, CallId, EntryId, QueueId};
use crate::io::gate::BoxFuture;
use crate::io::http::{CallFilter, Records, RecordsError};
use crate::io::index::{Filter, Index, IndexError, outcome};
use crate::now::Wall;
use crate::record::row::CallRow;

/// Rows of a page if nothing is said, and at most.
const PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1_000;

pub(super) struct IndexRecords {
    index: Index,
}

impl IndexRecords {
    pub async fn open(path: &Path) -> Result<IndexRecords, IndexError> {
        Ok(IndexRecords { index: Index::open_read_only(path).await? })
    }

    async fn filter(&self, asked: CallFilter) -> Result<Filter, RecordsError> {
        let after = match asked.after {
            None => None,
            Some(text) => {
                let call: CallId = text.parse().map_err(bad)?;
                let row = self.index.get(call).await.map_err(unavailable)?;
                let row = row.ok_or_else(|| bad(format!("no call {call}; start at the first page")))?;
                Some((row.arrived_at, call))
            }
        };
        Ok(Filter {
            from: asked.from.as_deref().map(time).transpose()?,
            to: asked.to.as_deref().map(time).transpose()?,
            entry: asked.entry.map(EntryId::new),
            queue: asked.queue.map(QueueId::new),
            agent: asked.agent.map(AgentId::new),
            outcome: asked.outcome.as_deref().map(outcome).transpose().map_err(bad)?,
            callbacks: false,
            calls: None,
            after,
            limit: asked.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE),
        })
    }
}

fn bad(error: impl ToString) -> RecordsError {
    RecordsError::BadFilter(error.to_string())
}

fn unavailable(error: IndexError) -> RecordsError {
    RecordsError::Unavailable(error.to_string())
}

fn time(text: &str) -> Result<Wall, RecordsError> {
    let at: jiff::Timestamp =
        text.parse().map_err(|_| bad(format!("`{text}` is no time like 2026-03-01T08:00:00+08:00")))?;
    Ok(Wall(at.as_millisecond()))
}

fn shown(row: &CallRow) -> Result<Value, RecordsError> {
    serde_json::to_value(row).map_err(|error| RecordsError::Unavailable(error.to_string()))
}

impl Records for IndexRecords {
    fn list(&self, filter: CallFilter, _actor: Actor) -> BoxFuture<'_, Result<Value, RecordsError>> {
        Box::pin(async move {
            let filter = self.filter(filter).await?;
            let rows = self.index.list(&filter).await.map_err(unavailable)?;
            rows.iter().map(shown).collect()
        })
    }

    fn callbacks(&self, filter: CallFilter, _actor: Actor) -> BoxFuture<'_, Result<Value, RecordsError>> {
        Box::pin(async move {
            let filter = Filter { callbacks: true, ..self.filter(filter).await? };
            let rows = self.index.list(&filter).await.map_err(unavailable)?;
            let promised = rows.iter().filter_map(|row| Some((row, row.services.callback.as_ref()?)));
            let shown = promised.map(|(row, callback)| {
                json!({
                    "call": row.call,
                    "entry": row.entry,
                    "queue": callback.queue,
                    "promised_at": callback.promised_at,
                    "number": callback.number,
                })
            });
            Ok(shown.collect())
        })
    }

    fn get(&self, call: CallId, _actor: Actor) -> BoxFuture<'_, Result<Option<Value>, RecordsError>> {
        Box::pin(async move {
            let row = self.index.get(call).await.map_err(unavailable)?;
            row.as_ref().map(shown).transpose()
        })
    }
}
