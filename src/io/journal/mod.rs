//! The journal: every event, in daily segments of chained JSON lines under `var/journal/`.
//!
//! One server writes (file lock). An append is one write; another thread syncs through
//! [`Journal::sync_handle`]. A start reads the newest snapshot and the events after it. A last
//! line that was cut short is set aside and reported, and is no tampering; anything else that
//! does not verify is an error that names file and line.

mod line;
mod read;
mod segment;
mod snapshot;
mod verify;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use line::Chain;
pub use read::{Events, last_seq, read_all, read_from};
pub use snapshot::write as write_snapshot;
pub use verify::{Problem, Report, verify};

use crate::event::{Event, SCHEMA};
use crate::ids::{BootId, NodeId, Seq};
use crate::io::append::{self, AppendFile};
use crate::record::day::Day;
use line::Payload;
use segment::{Head, Listing, Reader, Segment, Step, file_name};

/// A segment is not continued beyond this.
const SEGMENT_LIMIT: u64 = 256 * 1024 * 1024;

/// The journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("journal {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("another server (process {pid}) writes the journal {directory}; stop it first")]
    Locked { directory: PathBuf, pid: String },
    #[error("journal {file}, line {line}: {why}; restore it from a backup or ask `recordings verify`")]
    Broken { file: String, line: u64, why: &'static str },
    #[error("journal {file}, line {line}: written by a newer version (schema {schema}); upgrade the server")]
    Newer { file: String, line: u64, schema: u16 },
}

impl JournalError {
    fn io(path: &Path, source: io::Error) -> Self {
        JournalError::Io { path: path.to_owned(), source }
    }
}

/// A last line that was cut short when the server stopped; kept beside the segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TornTail {
    /// Name of the segment.
    pub file: String,
    pub bytes: u64,
}

/// What was found when the journal was opened.
#[derive(Debug)]
pub struct Opened {
    /// Number of this start of the server.
    pub boot: BootId,
    pub next_seq: Seq,
    pub snapshot: Option<(Seq, Vec<u8>)>,
    /// The events after the snapshot.
    pub tail: Events,
    pub torn: Option<TornTail>,
}

/// Writer of the journal; holds the lock.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    node: NodeId,
    boot: BootId,
    next: Seq,
    chain: Chain,
    /// Day and file being written; none before the first event.
    current: Option<(Option<Day>, AppendFile)>,
    buffer: Vec<u8>,
    segment_limit: u64,
    _lock: File,
}

impl Journal {
    pub fn open(directory: &Path, node: NodeId) -> Result<(Journal, Opened), JournalError> {
        let io = |e| JournalError::io(directory, e);
        std::fs::create_dir_all(directory).map_err(io)?;
        let lock = lock(directory)?;
        let listing = segment::list(directory)?;
        let mut torn = set_aside_headless(&listing)?;
        let mut segments = listing.segments;
        let (end, last_torn) = find_end(directory, &mut segments)?;
        torn = last_torn.or(torn);
        let last = Seq(end.next.0 - 1);
        let snapshot = snapshot::newest(directory, last).map_err(io)?;
        let from = snapshot.as_ref().map_or(Seq(1), |(seq, _)| Seq(seq.0 + 1));
        let known = segments.iter().map(|s| s.head.boot).max().unwrap_or_default().max(end.boot);
        let boot = next_boot(directory, known).map_err(io)?;
        let current = match segments.last() {
            Some(segment) => {
                let file = AppendFile::open(&segment.path, end.good)
                    .map_err(|e| JournalError::io(&segment.path, e))?;
                Some((day_in_name(&segment.name()), file))
            }
            None => None,
        };
        let journal = Journal {
            directory: directory.to_owned(),
            node,
            boot,
            next: end.next,
            chain: end.chain,
            current,
            buffer: Vec::new(),
            segment_limit: SEGMENT_LIMIT,
            _lock: lock,
        };
        let tail = read_from(directory, from)?;
        Ok((journal, Opened { boot, next_seq: end.next, snapshot, tail, torn }))
    }

    /// Writes the events, all of them or none, with one write. They are on their way to the disk
    /// when this returns and safe when [`Journal::sync_handle`] was synced after it.
    pub fn append(&mut self, events: &[Event]) -> io::Result<()> {
        let Some(first) = events.first() else { return Ok(()) };
        let day = Day::of(first.wall);
        let rotate = match &self.current {
            None => true,
            Some((of, file)) => *of != Some(day) || file.len() >= self.segment_limit,
        };
        self.buffer.clear();
        let mut chain = self.chain;
        if rotate {
            let head = Head {
                schema: SCHEMA,
                node: self.node,
                boot: self.boot,
                first_seq: self.next,
                prev_chain: chain.to_string(),
            };
            chain = line::write(&mut self.buffer, Payload::Segment, chain, &head)?;
        }
        let mut next = self.next;
        for event in events {
            if event.seq != next {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "event numbers must not jump"));
            }
            next = Seq(next.0 + 1);
            chain = line::write(&mut self.buffer, Payload::Event, chain, event)?;
        }
        match &mut self.current {
            Some((_, file)) if !rotate => {
                file.append(&self.buffer)?;
            }
            Some(_) | None => self.begin_segment(day)?,
        }
        (self.next, self.chain) = (next, chain);
        Ok(())
    }

    /// Writes the buffer as a new segment. The old one is safe on disk before, so that a segment
    /// followed by another one is never torn.
    fn begin_segment(&mut self, day: Day) -> io::Result<()> {
        if let Some((_, old)) = &self.current {
            old.handle().sync_data()?;
        }
        let (path, mut file) = self.create_segment(day)?;
        let written = file.append(&self.buffer).and_then(|_| append::sync_directory(&self.directory));
        if let Err(error) = written {
            std::fs::remove_file(path)?;
            return Err(error);
        }
        self.current = Some((Some(day), file));
        Ok(())
    }

    fn create_segment(&self, day: Day) -> io::Result<(PathBuf, AppendFile)> {
        let mut n = 1_u32;
        loop {
            let path = self.directory.join(format!("{day}.{n}.jsonl"));
            match AppendFile::create(&path) {
                Ok(file) => return Ok((path, file)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < u32::MAX => n += 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// For another thread to `sync_data` what was appended so far; take it anew after each append,
    /// because a new day begins a new file. `None` before the first event.
    pub fn sync_handle(&self) -> Option<Arc<File>> {
        self.current.as_ref().map(|(_, file)| file.handle())
    }

    /// Stores the state of the folds after event `seq`, once those events are safe on disk.
    pub fn write_snapshot(&self, seq: Seq, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = self.sync_handle() {
            file.sync_data()?;
        }
        snapshot::write(&self.directory, seq, bytes)
    }

    pub fn next_seq(&self) -> Seq {
        self.next
    }

    pub fn boot(&self) -> BootId {
        self.boot
    }

    /// Chain value after the last event.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    /// Smaller segments than in production, for tests.
    pub fn set_segment_limit(&mut self, bytes: u64) {
        self.segment_limit = bytes;
    }
}

fn lock(directory: &Path) -> Result<File, JournalError> {
    let path = directory.join("lock");
    let io = |e| JournalError::io(&path, e);
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let known = file.read_to_string(&mut pid).is_ok() && !pid.trim().is_empty();
            let pid = if known { pid.trim().to_owned() } else { "unknown".to_owned() };
            return Err(JournalError::Locked { directory: directory.to_owned(), pid });
        }
        Err(std::fs::TryLockError::Error(e)) => return Err(io(e)),
    }
    file.set_len(0).map_err(io)?;
    writeln!(file, "{}", std::process::id()).map_err(io)?;
    Ok(file)
}

/// Number of this start: one more than any known. Stored apart too, so that it grows even if the
/// server stops before its first event.
fn next_boot(directory: &Path, known: BootId) -> io::Result<BootId> {
    let path = directory.join("boot");
    let stored = match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().unwrap_or(0),
        Err(e) if e.kind() == io::ErrorKind::NotFound => 0,
        Err(e) => return Err(e),
    };
    let boot = BootId(known.0.max(stored).saturating_add(1));
    append::replace_file(&path, &[format!("{}\n", boot.0).as_bytes()])?;
    Ok(boot)
}

/// Where writing goes on.
struct End {
    next: Seq,
    chain: Chain,
    good: u64,
    boot: BootId,
}

/// Walks the last segment to its end and cuts a torn tail off. A segment left without an event is
/// dropped, so that no two begin with the same number.
fn find_end(directory: &Path, segments: &mut Vec<Segment>) -> Result<(End, Option<TornTail>), JournalError> {
    let mut torn = None;
    while let Some(segment) = segments.last() {
        let mut reader = Reader::open(&segment.path)?;
        reader.head()?;
        let mut next = segment.head.first_seq;
        let mut last = Vec::new();
        let cut = loop {
            match reader.step()? {
                Step::Event => {
                    next = Seq(next.0 + 1);
                    last.clear();
                    last.extend_from_slice(reader.json());
                }
                Step::End => break 0,
                Step::Torn { bytes } => break bytes,
                Step::Broken { why } => {
                    return Err(JournalError::Broken { file: segment.name(), line: reader.line(), why });
                }
            }
        };
        let empty = next == segment.head.first_seq;
        if cut > 0 || empty {
            let from = if empty { 0 } else { reader.good() };
            torn = Some(set_aside(&segment.path, from)?);
        }
        if empty {
            segments.pop();
            append::sync_directory(directory).map_err(|e| JournalError::io(directory, e))?;
            continue;
        }
        let file = segment.name();
        let line = next.0 - segment.head.first_seq.0 + 1;
        let boot = match read::parse(&last) {
            Ok(event) => event.boot,
            Err(read::ParseError::Newer(schema)) => return Err(JournalError::Newer { file, line, schema }),
            Err(read::ParseError::Unreadable) => {
                return Err(JournalError::Broken { file, line, why: "not an event" });
            }
        };
        let end = End { next, chain: reader.chain(), good: reader.good(), boot };
        return Ok((end, torn));
    }
    Ok((End { next: Seq(1), chain: Chain::GENESIS, good: 0, boot: BootId(0) }, torn))
}

/// Copies what lies behind `from` beside the segment (`NAME.torn`) and cuts it off; a segment of
/// which nothing remains is removed.
fn set_aside(path: &Path, from: u64) -> Result<TornTail, JournalError> {
    let io = |e| JournalError::io(path, e);
    let bytes = std::fs::read(path).map_err(io)?;
    let tail = bytes.get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default();
    // The copy is for a curious person; a full disk must not keep the server from starting.
    if let Err(error) = keep_copy(path, tail) {
        tracing::warn!(file = %path.display(), %error, "the torn end of the journal was not kept");
    }
    if from == 0 {
        std::fs::remove_file(path).map_err(io)?;
    } else {
        let file = File::options().write(true).open(path).map_err(io)?;
        file.set_len(from).map_err(io)?;
        file.sync_all().map_err(io)?;
    }
    Ok(TornTail { file: file_name(path), bytes: tail.len() as u64 })
}

fn keep_copy(path: &Path, tail: &[u8]) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".torn");
    File::options().create(true).append(true).open(aside)?.write_all(tail)
}

/// A segment that holds less than its first line was being created when the server stopped.
fn set_aside_headless(listing: &Listing) -> Result<Option<TornTail>, JournalError> {
    match &listing.headless[..] {
        [] => Ok(None),
        [one] => set_aside(one, 0).map(Some),
        [one, ..] => Err(JournalError::Broken {
            file: file_name(one),
            line: 1,
            why: "several segments have no first line; only the newest can be cut short",
        }),
    }
}

/// The day a segment's name begins with; a segment named otherwise is not continued.
fn day_in_name(name: &str) -> Option<Day> {
    let mut parts = name.split('.').next()?.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Some(Day { year, month, day })
}

#[cfg(test)]
mod tests;
