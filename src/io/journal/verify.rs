//! Auditing the journal: every fault, not only the first.

use std::path::Path;

use serde::Serialize;

use super::JournalError;
use super::read::parse;
use super::segment::{self, Reader, Segment, Step, file_name};
use crate::ids::Seq;

/// A place where the journal is not what was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    pub file: String,
    /// From 1.
    pub line: u64,
    pub what: String,
}

/// What an audit of the journal found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Report {
    pub segments: usize,
    pub events: u64,
    pub first_seq: Option<Seq>,
    pub last_seq: Option<Seq>,
    /// Chain value after the last event: whoever noted it earlier can compare.
    pub chain: String,
    /// Bytes of a last line that was cut short, which is no tampering.
    pub torn_bytes: u64,
    pub problems: Vec<Problem>,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, file: &str, line: u64, what: impl Into<String>) {
        self.problems.push(Problem { file: file.to_owned(), line, what: what.into() });
    }
}

/// Checks every line of every segment and how they follow each other.
pub fn verify(directory: &Path) -> Result<Report, JournalError> {
    let mut report = Report::default();
    let mut segments = Vec::new();
    for path in jsonl_files(directory)? {
        match Reader::open(&path)?.head() {
            Ok(Some((head, prev_chain))) => segments.push(Segment { path, head, prev_chain }),
            Ok(None) => {
                report.torn_bytes += std::fs::metadata(&path).map_or(0, |m| m.len());
            }
            Err(JournalError::Broken { file, line, why }) => report.problem(&file, line, why),
            Err(other) => return Err(other),
        }
    }
    segments.sort_by_key(|s| (s.head.first_seq, s.head.boot));
    report.segments = segments.len();
    let mut expected = None;
    let count = segments.len();
    for (i, segment) in segments.iter().enumerate() {
        let name = segment.name();
        match expected {
            Some((chain, _)) if chain != segment.prev_chain => {
                report.problem(&name, 1, "does not continue the segment before");
            }
            Some((_, next)) if next != segment.head.first_seq => {
                report.problem(&name, 1, "event numbers do not continue those of the segment before");
            }
            None if segment.head.first_seq > Seq(1) => {
                report.problem(&name, 1, "the segments before are missing");
            }
            Some(_) | None => {}
        }
        expected = Some(verify_segment(&mut report, segment, i + 1 == count)?);
    }
    if let Some((chain, _)) = expected {
        report.chain = chain.to_string();
    }
    Ok(report)
}

fn jsonl_files(directory: &Path) -> Result<Vec<std::path::PathBuf>, JournalError> {
    let mut files = Vec::new();
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        Err(e) => return Err(JournalError::io(directory, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| JournalError::io(directory, e))?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn verify_segment(
    report: &mut Report,
    segment: &segment::Segment,
    is_last: bool,
) -> Result<(super::Chain, Seq), JournalError> {
    let name = file_name(&segment.path);
    let mut reader = Reader::open(&segment.path)?;
    reader.head()?;
    let mut next = segment.head.first_seq;
    loop {
        match reader.step()? {
            Step::Event => {
                match parse(reader.json()) {
                    Ok(event) if event.seq == next => {}
                    Ok(event) => {
                        report.problem(&name, reader.line(), format!("number {} out of order", event.seq.0));
                        next = event.seq;
                    }
                    Err(e) => report.problem(&name, reader.line(), format!("not an event: {e:?}")),
                }
                report.events += 1;
                report.first_seq.get_or_insert(next);
                report.last_seq = Some(next);
                next = Seq(next.0 + 1);
            }
            Step::Broken { why } => {
                report.problem(&name, reader.line(), why);
                next = Seq(next.0 + 1);
            }
            Step::Torn { bytes } if is_last => {
                report.torn_bytes += bytes;
                return Ok((reader.chain(), next));
            }
            Step::Torn { .. } => {
                report.problem(&name, reader.line(), "cut short although a later segment exists");
                return Ok((reader.chain(), next));
            }
            Step::End => return Ok((reader.chain(), next)),
        }
    }
}
