//! A call's row to columns and back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::IndexError;
use crate::ids::{AgentId, CallId, ConfigVersion, EntryId, Language, MenuId, Seq};
use crate::now::Wall;
use crate::record::row::{Archived, CallRow, RecordingState, Services};
use crate::sealed::Sealed;

const UPSERT: &str = "INSERT INTO calls (call, entry, caller, arrived_ms, answered_ms, ended_ms, \
     language, menu_path, keys, requested_ms, queues, visits, agents, talked_ms, outcome, refusal, \
     ended_by, duration_ms, message_ms, recording, recording_error, file, sha256, length_ms, \
     missing_ms, masked_ms, drill, config_version, first_seq, last_seq, is_open, services, \
     callback_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
     $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) \
     ON CONFLICT (call) DO UPDATE SET entry = excluded.entry, caller = excluded.caller, \
     arrived_ms = excluded.arrived_ms, answered_ms = excluded.answered_ms, \
     ended_ms = excluded.ended_ms, language = excluded.language, menu_path = excluded.menu_path, \
     keys = excluded.keys, requested_ms = excluded.requested_ms, queues = excluded.queues, \
     visits = excluded.visits, agents = excluded.agents, talked_ms = excluded.talked_ms, \
     outcome = excluded.outcome, refusal = excluded.refusal, ended_by = excluded.ended_by, \
     duration_ms = excluded.duration_ms, message_ms = excluded.message_ms, \
     recording = excluded.recording, recording_error = excluded.recording_error, \
     file = excluded.file, sha256 = excluded.sha256, length_ms = excluded.length_ms, \
     missing_ms = excluded.missing_ms, masked_ms = excluded.masked_ms, drill = excluded.drill, \
     config_version = excluded.config_version, first_seq = excluded.first_seq, \
     last_seq = excluded.last_seq, is_open = excluded.is_open, \
     services = excluded.services, callback_ms = excluded.callback_ms";

/// A name without bars: agents come from other people's files.
fn escape(name: &str) -> String {
    name.replace('%', "%25").replace('|', "%7C")
}

fn unescape(name: &str) -> String {
    name.replace("%7C", "|").replace("%25", "%")
}

/// Names between bars: `|a|b|`, or nothing.
fn bars<T: ToString>(names: impl Iterator<Item = T>) -> String {
    let mut out = String::new();
    for name in names {
        if out.is_empty() {
            out.push('|');
        }
        out.push_str(&escape(&name.to_string()));
        out.push('|');
    }
    out
}

fn unbar(text: &str) -> impl Iterator<Item = String> {
    text.split('|').filter(|name| !name.is_empty()).map(unescape)
}

/// Pattern that finds a name between bars; `\` escapes.
pub(super) fn listed(name: &str) -> String {
    let mut pattern = String::from("%|");
    for c in escape(name).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "|%"
}

/// The word of a unit variant, as in the journal.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) async fn upsert(connection: &mut SqliteConnection, row: &CallRow) -> Result<(), IndexError> {
    let (state, error, archived) = match &row.recording {
        RecordingState::None => ("none", None, None),
        RecordingState::Expected => ("expected", None, None),
        RecordingState::Archived(archived) => ("archived", None, Some(archived)),
        RecordingState::Failed(reason) => ("failed", Some(reason.as_str()), None),
    };
    let visits = serde_json::to_string(&row.visits).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let services = serde_json::to_string(&row.services).map_err(|e| sqlx::Error::Encode(e.into()))?;
    sqlx::query(UPSERT)
        .bind(row.call.to_string())
        .bind(row.entry.as_ref().map(EntryId::as_str))
        .bind(row.caller.as_ref().map(Sealed::to_hex))
        .bind(row.arrived_at.0)
        .bind(row.answered_at.map(|at| at.0))
        .bind(row.ended_at.map(|at| at.0))
        .bind(row.language.as_ref().map(Language::as_str))
        .bind(bars(row.menu_path.iter()))
        .bind(row.keys.as_str())
        .bind(row.requested_ms.map(number))
        .bind(bars(row.visits.iter().map(|visit| &visit.queue)))
        .bind(visits)
        .bind(bars(row.agents.iter()))
        .bind(number(row.talked_ms))
        .bind(row.outcome.as_ref().map(word))
        .bind(row.refusal.as_ref().map(word))
        .bind(row.ended_by.as_ref().map(word))
        .bind(number(row.duration_ms))
        .bind(row.message_ms.map(number))
        .bind(state)
        .bind(error)
        .bind(archived.map(|a| a.file.as_str()))
        .bind(archived.map(|a| a.sha256.as_str()))
        .bind(archived.map(|a| number(a.length_ms)))
        .bind(archived.map(|a| number(a.missing_ms)))
        .bind(archived.map(|a| number(a.masked_ms)))
        .bind(i64::from(row.drill))
        .bind(i64::from(row.config_version.0))
        .bind(number(row.first_seq.0))
        .bind(number(row.last_seq.0))
        .bind(i64::from(!row.is_closed()))
        .bind(services)
        .bind(row.services.callback.as_ref().map(|callback| callback.promised_at.0))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn select(
    connection: &mut SqliteConnection,
    call: CallId,
) -> Result<Option<CallRow>, IndexError> {
    let row = sqlx::query("SELECT * FROM calls WHERE call = $1")
        .bind(call.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn select_open(connection: &mut SqliteConnection) -> Result<Vec<CallRow>, IndexError> {
    let rows =
        sqlx::query("SELECT * FROM calls WHERE is_open = 1 ORDER BY first_seq").fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// Columns of one row, with errors that name the call.
struct Columns<'a> {
    row: &'a SqliteRow,
    call: String,
}

impl Columns<'_> {
    fn bad(&self, column: &'static str) -> IndexError {
        IndexError::Row { call: self.call.clone(), column }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, IndexError> {
        self.row.try_get(column).map_err(|_| self.bad(column))
    }

    fn needed(&self, column: &'static str) -> Result<String, IndexError> {
        self.text(column)?.ok_or_else(|| self.bad(column))
    }

    fn signed(&self, column: &'static str) -> Result<Option<i64>, IndexError> {
        self.row.try_get(column).map_err(|_| self.bad(column))
    }

    fn wall(&self, column: &'static str) -> Result<Option<Wall>, IndexError> {
        Ok(self.signed(column)?.map(Wall))
    }

    fn count(&self, column: &'static str) -> Result<Option<u64>, IndexError> {
        self.signed(column)?.map(|n| u64::try_from(n).map_err(|_| self.bad(column))).transpose()
    }

    fn needed_count(&self, column: &'static str) -> Result<u64, IndexError> {
        self.count(column)?.ok_or_else(|| self.bad(column))
    }

    fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, IndexError> {
        let word = self.text(column)?.map(serde_json::Value::String);
        word.map(|word| serde_json::from_value(word).map_err(|_| self.bad(column))).transpose()
    }

    /// None of them in an index that this version has not opened to write yet.
    fn services(&self) -> Result<Services, IndexError> {
        let text: Option<String> = self.row.try_get("services").ok();
        text.map_or(Ok(Services::default()), |text| serde_json::from_str(&text))
            .map_err(|_| self.bad("services"))
    }

    fn recording(&self) -> Result<RecordingState, IndexError> {
        match self.needed("recording")?.as_str() {
            "none" => Ok(RecordingState::None),
            "expected" => Ok(RecordingState::Expected),
            "failed" => Ok(RecordingState::Failed(self.needed("recording_error")?)),
            "archived" => Ok(RecordingState::Archived(Archived {
                file: self.needed("file")?,
                sha256: self.needed("sha256")?,
                length_ms: self.needed_count("length_ms")?,
                missing_ms: self.needed_count("missing_ms")?,
                masked_ms: self.needed_count("masked_ms")?,
            })),
            _ => Err(self.bad("recording")),
        }
    }
}

pub(super) fn read(row: &SqliteRow) -> Result<CallRow, IndexError> {
    let call: String = row.try_get("call")?;
    let columns = Columns { row, call };
    let sealed = |hex: String| Sealed::from_hex(&hex).map_err(|_| columns.bad("caller"));
    let version = columns.needed_count("config_version")?;
    Ok(CallRow {
        call: columns.call.parse().map_err(|_| columns.bad("call"))?,
        entry: columns.text("entry")?.map(EntryId::new),
        caller: columns.text("caller")?.map(sealed).transpose()?,
        arrived_at: columns.wall("arrived_ms")?.ok_or_else(|| columns.bad("arrived_ms"))?,
        answered_at: columns.wall("answered_ms")?,
        ended_at: columns.wall("ended_ms")?,
        language: columns.text("language")?.map(Language::new),
        menu_path: unbar(&columns.needed("menu_path")?).map(MenuId::new).collect(),
        keys: columns.needed("keys")?,
        requested_ms: columns.count("requested_ms")?,
        visits: serde_json::from_str(&columns.needed("visits")?).map_err(|_| columns.bad("visits"))?,
        agents: unbar(&columns.needed("agents")?).map(AgentId::new).collect(),
        talked_ms: columns.needed_count("talked_ms")?,
        outcome: columns.word("outcome")?,
        refusal: columns.word("refusal")?,
        ended_by: columns.word("ended_by")?,
        duration_ms: columns.needed_count("duration_ms")?,
        message_ms: columns.count("message_ms")?,
        services: columns.services()?,
        recording: columns.recording()?,
        drill: columns.needed_count("drill")? != 0,
        config_version: ConfigVersion(u32::try_from(version).map_err(|_| columns.bad("config_version"))?),
        first_seq: Seq(columns.needed_count("first_seq")?),
        last_seq: Seq(columns.needed_count("last_seq")?),
    })
}
