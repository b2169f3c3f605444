//! Segments of the journal: one file a day (more when it grows large or the server restarts a
//! day's file), read line by line with the chain checked.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::JournalError;
use super::line::{self, Chain, Payload};
use crate::ids::{BootId, NodeId, Seq};

/// First line of a segment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    pub schema: u16,
    pub node: NodeId,
    pub boot: BootId,
    pub first_seq: Seq,
    /// Chain value after the last line of the segment before.
    pub prev_chain: String,
}

/// A segment whose first line is sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    pub path: PathBuf,
    pub head: Head,
    pub prev_chain: Chain,
}

impl Segment {
    pub fn name(&self) -> String {
        file_name(&self.path)
    }
}

pub fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The segments of a journal, in the order of their events.
#[derive(Debug, Default)]
pub struct Listing {
    pub segments: Vec<Segment>,
    /// Files without even one whole line: a segment whose creation was cut short.
    pub headless: Vec<PathBuf>,
}

/// Lists the segments under `directory`; none if it does not exist.
pub fn list(directory: &Path) -> Result<Listing, JournalError> {
    let mut listing = Listing::default();
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(listing),
        Err(e) => return Err(JournalError::io(directory, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| JournalError::io(directory, e))?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            match Reader::open(&path)?.head()? {
                Some((head, prev_chain)) => listing.segments.push(Segment { path, head, prev_chain }),
                None => listing.headless.push(path),
            }
        }
    }
    listing.segments.sort_by(|a, b| {
        let key = |s: &Segment| (s.head.first_seq, s.head.boot);
        key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
    });
    Ok(listing)
}

/// What stands at the reader's place.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// A sound line; its payload is [`Reader::json`].
    Event,
    End,
    /// The last line is incomplete or unsound, and nothing follows.
    Torn {
        bytes: u64,
    },
    /// A line in the middle does not verify; reading may go on from the chain value it claims.
    Broken {
        why: &'static str,
    },
}

/// Reads one segment and checks its chain.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    buffer: Vec<u8>,
    json: std::ops::Range<usize>,
    line: u64,
    good: u64,
    chain: Chain,
}

impl Reader {
    pub fn open(path: &Path) -> Result<Reader, JournalError> {
        let file = File::open(path).map_err(|e| JournalError::io(path, e))?;
        Ok(Reader {
            path: path.to_owned(),
            file: BufReader::with_capacity(64 * 1024, file),
            buffer: Vec::new(),
            json: 0..0,
            line: 0,
            good: 0,
            chain: Chain::GENESIS,
        })
    }

    /// Reads the first line, checking it against the chain value it names; `None` if the file
    /// ends within it.
    pub fn head(&mut self) -> Result<Option<(Head, Chain)>, JournalError> {
        let length = self.next_line()?;
        if self.buffer.last() != Some(&b'\n') {
            return Ok(None);
        }
        let broken = |why| JournalError::Broken { file: file_name(&self.path), line: 1, why };
        let text = &self.buffer[..self.buffer.len() - 1];
        let line = line::split(text)
            .filter(|l| l.payload == Payload::Segment)
            .ok_or_else(|| broken("not the first line of a segment"))?;
        let head: Head = serde_json::from_slice(line.json).map_err(|_| broken("unreadable head"))?;
        let prev = Chain::from_hex(head.prev_chain.as_bytes()).ok_or_else(|| broken("unreadable head"))?;
        if prev.after(line.json) != line.chain {
            return Err(broken("the head does not match its checksum"));
        }
        if head.schema > crate::event::SCHEMA {
            return Err(JournalError::Newer { file: file_name(&self.path), line: 1, schema: head.schema });
        }
        self.chain = line.chain;
        self.good = length;
        Ok(Some((head, prev)))
    }

    fn next_line(&mut self) -> Result<u64, JournalError> {
        self.buffer.clear();
        self.line += 1;
        let read = self.file.read_until(b'\n', &mut self.buffer);
        read.map(|n| n as u64).map_err(|e| JournalError::io(&self.path, e))
    }

    /// The next line of events.
    pub fn step(&mut self) -> Result<Step, JournalError> {
        let length = self.next_line()?;
        if length == 0 {
            return Ok(Step::End);
        }
        let why = match self.check() {
            Ok((json, chain)) => {
                (self.json, self.chain) = (json, chain);
                self.good += length;
                return Ok(Step::Event);
            }
            Err(why) => why,
        };
        let rest = self.file.fill_buf().map_err(|e| JournalError::io(&self.path, e))?;
        if rest.is_empty() {
            return Ok(Step::Torn { bytes: length });
        }
        // Whoever looks for every fault (verify) goes on from the value the line claims.
        if let Some(line) = self.buffer.strip_suffix(b"\n").and_then(line::split) {
            self.chain = line.chain;
        }
        self.good += length;
        Ok(Step::Broken { why })
    }

    fn check(&self) -> Result<(std::ops::Range<usize>, Chain), &'static str> {
        let text = self.buffer.strip_suffix(b"\n").ok_or("the line has no end")?;
        let line = line::split(text).ok_or("not a line of the journal")?;
        if line.payload != Payload::Event {
            return Err("a segment head in the middle");
        }
        let chain = self.chain.after(line.json);
        if chain != line.chain {
            return Err("the chain does not match: the line or the one before was altered");
        }
        let start = b"{\"event\":".len();
        Ok((start..start + line.json.len(), chain))
    }

    /// Payload of the line last read.
    pub fn json(&self) -> &[u8] {
        self.buffer.get(self.json.clone()).unwrap_or_default()
    }

    /// Number of the line last read, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Length of the file up to the last sound line.
    pub fn good(&self) -> u64 {
        self.good
    }

    pub fn chain(&self) -> Chain {
        self.chain
    }
}
