//! `hotline recordings`: what is in the archive, and whether it is what was put there.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use serde_json::json;

use super::args::{Format, RecordingsCommand};
use super::check::{CLEAN, FINDINGS};
use super::output;
use super::records::{Storage, length};
use crate::config::server::ServerConfig;
use crate::event::EventKind;
use crate::ids::{CallId, Seq};
use crate::io::index::Filter;
use crate::io::{finaliser, journal};
use crate::record::day::timestamp;
use crate::record::row::{Archived, CallRow, RecordingState};

pub async fn run(config: &ServerConfig, command: RecordingsCommand) -> anyhow::Result<ExitCode> {
    let storage = Storage::of(config);
    let mut out = Vec::new();
    let mut verdict = Verdict::Sound;
    match command {
        RecordingsCommand::List(args) => {
            list(&storage, &Filter::default(), args.format, &mut out).await?;
        }
        RecordingsCommand::Verify(args) => verdict = verify(&storage, args.format, &mut out).await?,
        RecordingsCommand::Export { call, output } => {
            let to = output.unwrap_or_else(|| PathBuf::from(format!("{call}.wav")));
            export(&storage, call, &to).await?;
            writeln!(out, "{}", to.display())?;
        }
    }
    let code = if verdict == Verdict::Sound { CLEAN } else { FINDINGS };
    output::print(|stdout| stdout.write_all(&out).map(|()| code))
}

/// Copies the recording of a call, if it is what was archived. No file is overwritten.
pub async fn export(storage: &Storage, call: CallId, to: &Path) -> anyhow::Result<()> {
    let index = storage.open_index().await?;
    let row = index.get(call).await?;
    index.close().await;
    let row = row.with_context(|| format!("no call {call} in the index"))?;
    let archived = match row.recording {
        RecordingState::Archived(archived) => archived,
        RecordingState::None => bail!("call {call} was not recorded"),
        RecordingState::Expected => bail!("the recording of call {call} is not archived yet"),
        RecordingState::Failed(reason) => bail!("the recording of call {call} failed: {reason}"),
    };
    let from = storage.recordings.join(&archived.file);
    let hash = finaliser::hash_file(&from).with_context(|| format!("reading {}", from.display()))?;
    ensure!(hash == archived.sha256, "{} was altered: its SHA-256 is not the journal's", from.display());
    let mut source = fs::File::open(&from).with_context(|| format!("reading {}", from.display()))?;
    let mut target = fs::File::create_new(to).with_context(|| format!("writing {}", to.display()))?;
    std::io::copy(&mut source, &mut target).with_context(|| format!("writing {}", to.display()))?;
    Ok(())
}

/// Prints the recordings of the calls that pass, newest first.
pub async fn list(
    storage: &Storage,
    filter: &Filter,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let index = storage.open_index().await?;
    for row in index.list(filter).await? {
        let (state, archived) = match &row.recording {
            RecordingState::None => continue,
            RecordingState::Expected => ("not archived yet".to_owned(), None),
            RecordingState::Archived(archived) => ("archived".to_owned(), Some(archived)),
            RecordingState::Failed(reason) => (format!("FAILED: {reason}"), None),
        };
        match format {
            Format::Json => {
                let line = json!({ "call": row.call, "state": state, "recording": archived });
                writeln!(out, "{line}")?;
            }
            Format::Text => {
                let file = archived.map_or(state.as_str(), |archived| archived.file.as_str());
                let ms = archived.map_or(0, |archived| archived.length_ms);
                let at = timestamp(row.answered_at.unwrap_or(row.arrived_at));
                writeln!(out, "{:<12} {at}  {:>7}  {file}", row.call.to_string(), length(ms))?;
            }
        }
    }
    index.close().await;
    Ok(())
}

/// Whether everything was as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Sound,
    Problems(usize),
}

/// Something in the archive or the index that is not as the journal says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Discrepancy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    pub what: String,
}

/// Compares journal, index and archive; works without a server and writes nothing.
pub async fn verify(storage: &Storage, format: Format, out: &mut impl Write) -> anyhow::Result<Verdict> {
    let chain = journal::verify(&storage.journal)?;
    let mut found = Vec::new();
    let index = storage.open_index().await?;
    let as_of = index.as_of().await?;
    let rows = index.list(&Filter::default()).await?;
    index.close().await;
    let truth = archived_by_journal(storage);
    compare_index(&rows, &truth, as_of, &mut found);
    let files = check_files(storage, &truth, &mut found)?;
    let problems = chain.problems.len() + found.len();
    match format {
        Format::Json => {
            let line = json!({
                "journal": chain, "recordings": truth.len(), "files": files, "problems": found,
            });
            writeln!(out, "{line}")?;
        }
        Format::Text => {
            for problem in &chain.problems {
                writeln!(out, "journal {}, line {}: {}", problem.file, problem.line, problem.what)?;
            }
            for problem in &found {
                let call = problem.call.map(|call| format!("call {call}: ")).unwrap_or_default();
                let file = problem.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
                writeln!(out, "{call}{file}{}", problem.what)?;
            }
            writeln!(
                out,
                "{} events in {} segments, {} calls, {} recordings, {files} files: {}",
                chain.events,
                chain.segments,
                rows.len(),
                truth.len(),
                if problems == 0 { "all sound".to_owned() } else { format!("{problems} problems") },
            )?;
        }
    }
    Ok(if problems == 0 { Verdict::Sound } else { Verdict::Problems(problems) })
}

/// What the journal says was archived, with the number of the event, up to its first fault (which
/// is reported elsewhere).
fn archived_by_journal(storage: &Storage) -> BTreeMap<CallId, (Archived, Seq)> {
    let mut truth = BTreeMap::new();
    for event in journal::read_all(&storage.journal).into_iter().flatten().map_while(Result::ok) {
        if let (Some(call), EventKind::RecordingArchived { file, sha256, length_ms, missing_ms, masked_ms }) =
            (event.call, event.kind)
        {
            truth.insert(call, (Archived { file, sha256, length_ms, missing_ms, masked_ms }, event.seq));
        }
    }
    truth
}

fn compare_index(
    rows: &[CallRow],
    truth: &BTreeMap<CallId, (Archived, Seq)>,
    as_of: Seq,
    found: &mut Vec<Discrepancy>,
) {
    let mut report = |call, what: &str| {
        found.push(Discrepancy { call: Some(call), file: None, what: what.to_owned() });
    };
    let by_call: BTreeMap<CallId, &CallRow> = rows.iter().map(|row| (row.call, row)).collect();
    for (call, (archived, seq)) in truth {
        match by_call.get(call).map(|row| &row.recording) {
            _ if *seq > as_of => {}
            Some(RecordingState::Archived(row)) if row == archived => {}
            Some(_) => report(*call, "the index tells another recording than the journal; rebuild it"),
            None => report(*call, "is not in the index; rebuild it"),
        }
    }
    for row in rows {
        if matches!(row.recording, RecordingState::Archived(_)) && !truth.contains_key(&row.call) {
            report(row.call, "the index tells a recording the journal does not know");
        }
    }
}

/// Each archived file must be there with its hash, and no other; gives how many files there are.
fn check_files(
    storage: &Storage,
    truth: &BTreeMap<CallId, (Archived, Seq)>,
    found: &mut Vec<Discrepancy>,
) -> anyhow::Result<usize> {
    let mut files = Vec::new();
    walk(&storage.recordings, "", 0, &mut files)?;
    let mut expected: BTreeMap<&str, CallId> = BTreeMap::new();
    for (call, (archived, _)) in truth {
        expected.insert(archived.file.as_str(), *call);
        let what = match finaliser::hash_file(&storage.recordings.join(&archived.file)) {
            Ok(hash) if hash == archived.sha256 => continue,
            Ok(_) => "was altered: its SHA-256 is not the journal's".to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "is missing".to_owned(),
            Err(error) => format!("cannot be read: {error}"),
        };
        found.push(Discrepancy { call: Some(*call), file: Some(archived.file.clone()), what });
    }
    for file in &files {
        if !expected.contains_key(file.as_str()) {
            let what = "belongs to no call of the journal".to_owned();
            found.push(Discrepancy { call: None, file: Some(file.clone()), what });
        }
    }
    Ok(files.len())
}

/// Every `.wav` below, as paths relative to the archive; no deeper than its layout.
fn walk(directory: &Path, relative: &str, depth: u32, files: &mut Vec<String>) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
        if entry.file_type()?.is_dir() {
            if depth < 4 {
                walk(&entry.path(), &path, depth + 1, files)?;
            }
        } else if name.ends_with(".wav") {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests;
