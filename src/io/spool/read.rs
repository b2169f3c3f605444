//! Reading spools: a call's entries by their places, or everything after a crash.
//!
//! A torn last block is the end of a segment. A block that does not decrypt is skipped and
//! counted; the sound it held is missing, the rest of the call is not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::segment::{
    self, BLOCK_HEADER, BlockHeader, HEADER, Header, MAX_BLOCK, SegmentCipher, SegmentName,
};
use crate::ids::{CallId, WorkerId};
use crate::io::secrets::SecretKey;
use crate::media::command::SpoolRef;
use crate::now::{Mono, Wall};
use crate::record::block::{self, Item};
use crate::record::spool::Entry;

/// Where the blocks of a call are: worker, segment, offsets; the boot is the call's own.
pub type Places = Vec<(WorkerId, SpoolRef)>;

/// A spool cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error("spool {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("spool {path} was encrypted under another master key; restore the one it was made with")]
    OtherKey { path: PathBuf },
    #[error("spool {path} has no readable header")]
    NoHeader { path: PathBuf },
}

/// How a reading went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadReport {
    /// The entry that ends the call was there.
    pub complete: bool,
    /// Blocks that did not decrypt.
    pub damaged: u32,
    /// Times of the first and the last entry.
    pub extent: Option<(Mono, Mono)>,
    /// Wall time of the first entry.
    pub began: Option<Wall>,
}

/// Names of the segments in a directory, in order.
pub fn segments(directory: &Path) -> io::Result<Vec<SegmentName>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        if let Some(name) = entry?.file_name().to_str().and_then(|n| n.parse().ok()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A whole segment with a header this version cannot read: of another version, or damaged. One that
/// is shorter was being created when the server stopped, and holds nothing.
pub fn is_unreadable(directory: &Path, name: SegmentName) -> io::Result<bool> {
    let mut window = Window::new(File::open(directory.join(name.to_string()))?);
    let header = window.get(0, HEADER)?;
    Ok(header.len() == HEADER && Header::decode(header).is_none())
}

/// Every call of every segment, with the places of its blocks. Needs no key.
pub fn scan(directory: &Path) -> io::Result<BTreeMap<CallId, Places>> {
    let mut calls: BTreeMap<CallId, Places> = BTreeMap::new();
    for name in segments(directory)? {
        scan_segment(directory, name, &mut calls)?;
    }
    Ok(calls)
}

/// The places of one call, found by walking all segments of its boot.
pub fn places_of(directory: &Path, call: CallId) -> io::Result<Places> {
    let mut calls = BTreeMap::new();
    for name in segments(directory)?.into_iter().filter(|name| name.boot == call.boot) {
        scan_segment(directory, name, &mut calls)?;
    }
    Ok(calls.remove(&call).unwrap_or_default())
}

fn scan_segment(directory: &Path, name: SegmentName, calls: &mut BTreeMap<CallId, Places>) -> io::Result<()> {
    let file = File::open(directory.join(name.to_string()))?;
    let length = file.metadata()?.len();
    let mut window = Window::new(file);
    if Header::decode(window.get(0, HEADER)?).is_none() {
        return Ok(());
    }
    let mut at = HEADER as u64;
    while let Some(block) = BlockHeader::decode(window.get(at, BLOCK_HEADER)?) {
        let end = at + BLOCK_HEADER as u64 + u64::from(block.length);
        if end > length {
            break;
        }
        if block.call.boot != name.boot {
            at = end;
            continue;
        }
        let places = calls.entry(block.call).or_default();
        match places.last_mut() {
            Some((worker, place)) if *worker == name.worker && place.segment == name.n => {
                place.offsets.push(at);
            }
            Some(_) | None => {
                places.push((name.worker, SpoolRef { segment: name.n, offsets: vec![at] }));
            }
        }
        at = end;
    }
    Ok(())
}

/// Bytes of a file, some ahead of those asked for: neighbouring blocks then cost one read.
struct Window {
    file: File,
    start: u64,
    bytes: Vec<u8>,
    /// Least that is read at once.
    ahead: usize,
}

/// Where blocks stand close together.
const READ_AHEAD: usize = 64 * 1024;
/// Blocks no further apart than this are read together.
const CLOSE: u64 = 16 * 1024;

impl Window {
    fn new(file: File) -> Self {
        Window { file, start: 0, bytes: Vec::new(), ahead: READ_AHEAD }
    }

    /// Prepares for the block at `at`: with the next one close by both are read at once, else no
    /// more than blocks of this call usually are, for what lies between belongs to other calls.
    fn expect(&mut self, at: u64, next: Option<u64>, usual: usize) {
        let close = next.is_some_and(|next| next.saturating_sub(at) <= CLOSE);
        self.ahead = if close { READ_AHEAD } else { usual };
    }

    /// Up to `n` bytes from `at`; fewer only at the end of the file.
    fn get(&mut self, at: u64, n: usize) -> io::Result<&mut [u8]> {
        let have = self.start + self.bytes.len() as u64;
        if at < self.start || at + n as u64 > have {
            self.fill(at, n.max(self.ahead))?;
        }
        let from = usize::try_from(at - self.start).unwrap_or(usize::MAX).min(self.bytes.len());
        let to = from.saturating_add(n).min(self.bytes.len());
        Ok(&mut self.bytes[from..to])
    }

    fn fill(&mut self, at: u64, n: usize) -> io::Result<()> {
        self.start = at;
        self.bytes.resize(n, 0);
        let mut filled = 0;
        while filled < n {
            match self.file.read_at(&mut self.bytes[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.bytes.truncate(filled);
        Ok(())
    }
}

/// Decrypts spools.
#[derive(Clone, Debug)]
pub struct SpoolReader {
    directory: PathBuf,
    key: SecretKey,
}

impl SpoolReader {
    pub fn new(directory: &Path, key: SecretKey) -> Self {
        SpoolReader { directory: directory.to_owned(), key }
    }

    /// Gives every entry of a call to `visit`, in the order they were written.
    pub fn visit(
        &self,
        call: CallId,
        places: &Places,
        mut visit: impl FnMut(Item<'_>),
    ) -> Result<ReadReport, SpoolError> {
        let mut report = ReadReport::default();
        for (worker, place) in places {
            let name = SegmentName { worker: *worker, boot: call.boot, n: place.segment };
            let path = self.directory.join(name.to_string());
            let io = |source| SpoolError::Io { path: path.clone(), source };
            let mut window = Window::new(File::open(&path).map_err(io)?);
            let header = Header::decode(window.get(0, HEADER).map_err(io)?)
                .ok_or_else(|| SpoolError::NoHeader { path: path.clone() })?;
            if header.key_id != segment::key_id(&self.key) {
                return Err(SpoolError::OtherKey { path });
            }
            let cipher = SegmentCipher::new(&self.key, &header);
            let mut usual = 1_024;
            for (i, offset) in place.offsets.iter().enumerate() {
                window.expect(*offset, place.offsets.get(i + 1).copied(), usual);
                let Some((block, plain)) = read_block(&mut window, *offset, &cipher).map_err(io)? else {
                    report.damaged += 1;
                    continue;
                };
                if block.call != call {
                    report.damaged += 1;
                    continue;
                }
                usual = BLOCK_HEADER + block.length as usize;
                for item in block::decode(call, plain) {
                    let Ok(item) = item else {
                        report.damaged += 1;
                        break;
                    };
                    report.note(&item, &header);
                    visit(item);
                }
            }
        }
        Ok(report)
    }

    /// Every entry of a call; for tests and tools, [`SpoolReader::visit`] needs no copies.
    pub fn read_call(&self, call: CallId, places: &Places) -> Result<Vec<Entry>, SpoolError> {
        let mut entries = Vec::new();
        self.visit(call, places, |item| entries.push(item.to_entry()))?;
        Ok(entries)
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl ReadReport {
    /// From the first entry to the last.
    pub fn length(&self) -> std::time::Duration {
        self.extent.map(|(first, last)| last.since(first)).unwrap_or_default()
    }

    fn note(&mut self, item: &Item<'_>, header: &Header) {
        let at = item.at();
        if self.began.is_none() {
            self.began = Some(header.wall_of(at));
        }
        self.extent = Some(match self.extent {
            None => (at, at),
            Some((first, last)) => (first.min(at), last.max(at)),
        });
        if matches!(item, Item::Other(Entry::CallEnded { .. })) {
            self.complete = true;
        }
    }
}

fn read_block<'a>(
    window: &'a mut Window,
    at: u64,
    cipher: &SegmentCipher,
) -> io::Result<Option<(BlockHeader, &'a [u8])>> {
    let Some(header) = BlockHeader::decode(window.get(at, BLOCK_HEADER)?) else { return Ok(None) };
    let length = (header.length as usize).min(MAX_BLOCK);
    let sealed = window.get(at + BLOCK_HEADER as u64, length)?;
    if sealed.len() != length {
        return Ok(None);
    }
    Ok(cipher.open(header, sealed).map(|plain| (header, plain)))
}
