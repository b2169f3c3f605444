//! `hotline calls`: the index for people and programs, and everything that happened in one call.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::json;

use super::args::{CallsCommand, CallsListArgs, Format};
use super::output;
use super::records::{NumberOpener, Numbers, Storage, describe, length};
use crate::config::server::ServerConfig;
use crate::event::Event;
use crate::ids::CallId;
use crate::io::index::{self, Filter};
use crate::io::journal;
use crate::now::Wall;
use crate::record::day::timestamp;
use crate::record::row::{CallRow, RecordingState, Services};
use crate::sealed::Redacted;

pub async fn run(config: &ServerConfig, command: CallsCommand) -> anyhow::Result<ExitCode> {
    let storage = Storage::of(config);
    let mut out = Vec::new();
    match command {
        CallsCommand::List(args) => {
            let format = args.format.format;
            list(&storage, &query(args)?, format, &mut out).await?;
        }
        CallsCommand::Show { call, format } => {
            show(&storage, call, Numbers::Sealed, format.format, &mut out).await?;
        }
    }
    output::write(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::SUCCESS)
}

fn query(args: CallsListArgs) -> anyhow::Result<ListQuery> {
    let filter = Filter {
        from: args.from.as_deref().map(time).transpose()?,
        to: args.to.as_deref().map(time).transpose()?,
        entry: args.entry.as_deref().map(Into::into),
        queue: args.queue.as_deref().map(Into::into),
        agent: args.agent.as_deref().map(Into::into),
        outcome: args.outcome.as_deref().map(index::outcome).transpose()?,
        callbacks: false,
        calls: None,
        after: None,
        limit: args.limit,
    };
    let numbers = if args.numbers { Numbers::Opened } else { Numbers::Sealed };
    Ok(ListQuery { filter, number: args.number.map(Redacted), numbers })
}

/// A time with its offset, or as clocks show it here: `2026-03-01T08:00`, `2026-03-01`.
pub fn time(text: &str) -> anyhow::Result<Wall> {
    let at = text.parse::<Timestamp>().or_else(|_| {
        let local: DateTime = text.parse()?;
        local.to_zoned(TimeZone::system()).map(|zoned| zoned.timestamp())
    });
    let at = at.map_err(|_| anyhow::anyhow!("`{text}` is no time like 2026-03-01T08:00"))?;
    Ok(Wall(at.as_millisecond()))
}

/// Which calls to list, and how.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    pub filter: Filter,
    /// Only calls from this number.
    pub number: Option<Redacted<String>>,
    pub numbers: Numbers,
}

/// Prints the calls that pass, newest first.
pub async fn list(
    storage: &Storage,
    query: &ListQuery,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut filter = query.filter.clone();
    if let Some(number) = &query.number {
        filter.calls = Some(storage.open_keys()?.find(number.reveal())?);
    }
    let index = storage.open_index().await?;
    let rows = index.list(&filter).await?;
    let mut opener = NumberOpener::new(storage, query.numbers)?;
    if format == Format::Text {
        writeln!(
            out,
            "{:<12} {:<24} {:<14} {:<8} {:<20} {:<6} {:<16} {:<12} {:<11} {:>7}  RECORDING",
            "CALL", "ARRIVED", "CALLER", "ENTRY", "MENUS", "KEYS", "QUEUES", "AGENTS", "OUTCOME", "LENGTH"
        )?;
    }
    for row in &rows {
        let caller = opener.caller(row)?;
        match format {
            Format::Json => writeln!(out, "{}", to_json(row, &caller)?)?,
            Format::Text => write_line(row, &caller, out)?,
        }
    }
    index.close().await;
    Ok(())
}

fn join<T: ToString>(items: impl IntoIterator<Item = T>, between: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { "-".to_owned() } else { items.join(between) }
}

fn outcome(row: &CallRow) -> String {
    let word = row.outcome.and_then(|outcome| serde_json::to_value(outcome).ok());
    word.as_ref().and_then(|word| word.as_str()).unwrap_or("under way").to_owned()
}

fn recording(row: &CallRow) -> String {
    match &row.recording {
        RecordingState::None => "-".to_owned(),
        RecordingState::Expected => "(not archived yet)".to_owned(),
        RecordingState::Archived(archived) => archived.file.clone(),
        RecordingState::Failed(reason) => format!("FAILED: {reason}"),
    }
}

fn write_line(row: &CallRow, caller: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<12} {:<24} {:<14} {:<8} {:<20} {:<6} {:<16} {:<12} {:<11} {:>7}  {}",
        row.call.to_string(),
        timestamp(row.arrived_at),
        caller,
        join(&row.entry, ""),
        join(&row.menu_path, ">"),
        if row.keys.is_empty() { "-" } else { &row.keys },
        join(row.visits.iter().map(|visit| &visit.queue), ">"),
        join(&row.agents, ","),
        outcome(row),
        length(row.duration_ms),
        recording(row),
    )
}

/// The row with the caller as shown in place of the ciphertext.
fn to_json(row: &CallRow, caller: &str) -> serde_json::Result<serde_json::Value> {
    let mut value = serde_json::to_value(row)?;
    value["caller"] = json!(caller);
    Ok(value)
}

/// Prints one call: its row, and its events from the journal with the reasons of routing.
pub async fn show(
    storage: &Storage,
    call: CallId,
    numbers: Numbers,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let index = storage.open_index().await?;
    let Some(row) = index.get(call).await? else {
        bail!("no call {call} in the index; `hotline calls list` shows those there are");
    };
    index.close().await;
    let caller = NumberOpener::new(storage, numbers)?.caller(&row)?;
    let events = events_of(storage, &row)?;
    if format == Format::Json {
        let events: Vec<String> = events.iter().map(describe).collect::<anyhow::Result<_>>()?;
        writeln!(out, "{}", json!({ "row": to_json(&row, &caller)?, "events": events }))?;
        return Ok(());
    }
    write_row(&row, &caller, out)?;
    writeln!(out)?;
    for event in &events {
        let since = event.mono.since(events.first().map_or(event.mono, |first| first.mono));
        writeln!(out, "{:>9.3} s  {}", since.as_secs_f64(), describe(event)?)?;
    }
    Ok(())
}

fn write_row(row: &CallRow, caller: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "call       {}", row.call)?;
    writeln!(out, "caller     {caller}")?;
    writeln!(out, "entry      {}", join(&row.entry, ""))?;
    writeln!(out, "arrived    {}", timestamp(row.arrived_at))?;
    writeln!(out, "answered   {}", row.answered_at.map_or("-".to_owned(), timestamp))?;
    writeln!(out, "ended      {}", row.ended_at.map_or("-".to_owned(), timestamp))?;
    writeln!(out, "language   {}", join(&row.language, ""))?;
    writeln!(out, "menus      {}", join(&row.menu_path, " > "))?;
    writeln!(out, "keys       {}", row.keys)?;
    for visit in &row.visits {
        let waited = visit.waited_ms.map_or("waiting".to_owned(), |ms| format!("waited {}", length(ms)));
        let left = visit.left.as_ref().and_then(|left| serde_json::to_string(left).ok()).unwrap_or_default();
        writeln!(out, "queue      {}: {waited} {left}", visit.queue)?;
    }
    writeln!(out, "agents     {}", join(&row.agents, ", "))?;
    write_services(&row.services, out)?;
    writeln!(out, "outcome    {}", outcome(row))?;
    writeln!(out, "length     {}", length(row.duration_ms))?;
    writeln!(out, "recording  {}", recording(row))?;
    if let RecordingState::Archived(archived) = &row.recording {
        writeln!(out, "sha256     {}", archived.sha256)?;
        writeln!(out, "missing    {} ms, masked {} ms", archived.missing_ms, archived.masked_ms)?;
    }
    Ok(())
}

fn write_services(services: &Services, out: &mut impl Write) -> std::io::Result<()> {
    if let Some(level) = &services.verified {
        writeln!(out, "verified   {level}")?;
    }
    if services.elderly {
        writeln!(out, "care       elderly")?;
    }
    if let Some(callback) = &services.callback {
        writeln!(out, "callback   {}, promised {}", callback.queue, timestamp(callback.promised_at))?;
    }
    if let Some(complaint) = &services.complaint {
        writeln!(out, "complaint  {}.{}, {}", complaint.menu, complaint.node, length(complaint.length_ms))?;
    }
    for answer in &services.survey {
        writeln!(out, "survey     {}: {}", answer.question, answer.key)?;
    }
    if let Some(end) = services.transfer.and_then(|end| serde_json::to_value(end).ok()) {
        writeln!(out, "transfer   {}", end.as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// The call's events, from the part of the journal its row names.
fn events_of(storage: &Storage, row: &CallRow) -> anyhow::Result<Vec<Event>> {
    let mut events = Vec::new();
    for event in journal::read_from(&storage.journal, row.first_seq)? {
        let event = event.context("the journal cannot be read; see `hotline recordings verify`")?;
        if event.seq > row.last_seq {
            break;
        }
        if event.call == Some(row.call) {
            events.push(event);
        }
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_offset() {
        assert_eq!(time("1970-01-01T08:00+08:00").unwrap(), Wall(0));
        assert_eq!(time("1970-01-02T00:00Z").unwrap(), Wall(86_400_000));
        let day = time("2026-03-01").unwrap();
        assert_eq!(time("2026-03-01T08:00").unwrap().0 - day.0, 8 * 3_600_000);
        assert!(time("yesterday").is_err());
    }
}
