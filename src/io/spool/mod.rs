//! The spool: the sound of running calls, encrypted, one append-only segment a media worker.
//!
//! Entries of each call gather in memory and are written as one block a call, all blocks with one
//! write, each 100 ms; a helper thread syncs each second. So a killed server loses at most the
//! last interval, and a worker never waits for the disk's own pace.

mod directory;
mod read;
mod segment;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub use directory::SpoolDirectory;
pub use read::{Places, ReadReport, SpoolError, SpoolReader, places_of, scan};
pub use segment::SegmentName;

use super::append::AppendFile;
use super::crypto;
use crate::ids::{BootId, CallId, NodeId, WorkerId};
use crate::media::command::SpoolRef;
use crate::now::{Mono, Now};
use crate::record::block::{self, Packet};
use crate::record::spool::Entry;
use segment::{Header, SegmentCipher};

const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
const SEGMENT_AGE: Duration = Duration::from_secs(600);
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// What a call may hold in memory while the disk refuses: about 10 s of two legs.
const PENDING_LIMIT: usize = 192 * 1024;

/// A call's entries on their way to the disk.
#[derive(Debug, Default)]
struct Pending {
    bytes: Vec<u8>,
    written: Vec<SpoolRef>,
    last: Mono,
    /// Ended, but its last block could not be written yet.
    ended: bool,
}

struct Segment {
    name: SegmentName,
    file: AppendFile,
    cipher: SegmentCipher,
    counter: u64,
    begun: Mono,
}

/// Writes the spool of one media worker.
pub struct SpoolWriter {
    directory: Arc<SpoolDirectory>,
    node: NodeId,
    base: Now,
    segment: Segment,
    calls: BTreeMap<CallId, Pending>,
    /// Bytes of the write under way; kept to be used again.
    out: Vec<u8>,
    /// Blocks of the write under way: call and offset within `out`.
    blocks: Vec<(CallId, usize)>,
    syncer: Syncer,
    synced: Mono,
    dropped: u64,
}

impl SpoolWriter {
    /// Begins a segment for this worker.
    pub fn open(
        directory: Arc<SpoolDirectory>,
        worker: WorkerId,
        node: NodeId,
        boot: BootId,
        now: Now,
    ) -> io::Result<SpoolWriter> {
        let syncer = Syncer::start(worker)?;
        let name = SegmentName { worker, boot, n: 0 };
        let segment = begin(&directory, node, name, now)?;
        let mut writer = SpoolWriter {
            directory,
            node,
            base: now,
            segment,
            calls: BTreeMap::new(),
            out: Vec::new(),
            blocks: Vec::new(),
            syncer,
            synced: now.mono,
            dropped: 0,
        };
        writer.sync_new_segment()?;
        Ok(writer)
    }

    /// Takes an entry. A call begins with its first [`Entry::LegOpened`]; entries of calls that
    /// did not begin or have ended are not kept. [`Entry::CallEnded`] names no call and is written
    /// by [`SpoolWriter::end_call`].
    pub fn push(&mut self, entry: &Entry) {
        let leg = match entry {
            Entry::LegOpened { leg, at } => {
                let pending = self.calls.entry(leg.call).or_default();
                pending.last = pending.last.max(*at);
                *leg
            }
            Entry::Received { leg, .. }
            | Entry::Sent { leg, .. }
            | Entry::Masked { leg, .. }
            | Entry::LegClosed { leg, .. } => *leg,
            Entry::CallEnded { .. } => return,
        };
        let Some(pending) = self.calls.get_mut(&leg.call) else { return };
        pending.last = pending.last.max(block::at_of(entry));
        block::encode(&mut pending.bytes, entry);
        self.dropped += pending.bound(leg.call);
    }

    /// [`Entry::Received`] without building one: called for every packet of every call.
    pub fn push_received(&mut self, packet: &Packet<'_>) {
        let call = packet.leg.call;
        let Some(pending) = self.calls.get_mut(&call) else { return };
        pending.last = pending.last.max(packet.at);
        block::encode_packet(&mut pending.bytes, packet);
        self.dropped += pending.bound(call);
    }

    /// Writes what gathered, all of it with one write. After an error nothing of it is on disk and
    /// all of it (up to the bound of memory) goes with the next flush.
    pub fn flush(&mut self, now: Mono) -> io::Result<()> {
        self.rotate_if_due(now);
        self.out.clear();
        self.blocks.clear();
        let segment = &mut self.segment;
        for (call, pending) in self.calls.iter().filter(|(_, pending)| !pending.bytes.is_empty()) {
            self.blocks.push((*call, self.out.len()));
            segment.counter += 1;
            segment.cipher.seal(*call, segment.counter, &pending.bytes, &mut self.out)?;
        }
        self.write_blocks()?;
        self.calls.retain(|_, pending| !pending.ended || !pending.bytes.is_empty());
        self.sync_if_due(now);
        self.syncer.result()
    }

    /// Writes the call's last block and forgets the call. Where that write fails, the block goes
    /// with a later flush and is missing among the places returned: a reader that misses the
    /// entry that ends the call looks for it.
    pub fn end_call(&mut self, call: CallId) -> Vec<SpoolRef> {
        let Some(pending) = self.calls.get_mut(&call) else { return Vec::new() };
        if pending.ended {
            return Vec::new();
        }
        block::encode(&mut pending.bytes, &Entry::CallEnded { at: pending.last });
        pending.ended = true;
        self.out.clear();
        self.blocks.clear();
        self.blocks.push((call, 0));
        self.segment.counter += 1;
        let sealed = self.segment.cipher.seal(call, self.segment.counter, &pending.bytes, &mut self.out);
        let written = sealed.and_then(|()| self.write_blocks());
        let Some(pending) = self.calls.get_mut(&call) else { return Vec::new() };
        let places = std::mem::take(&mut pending.written);
        if written.is_ok() {
            self.calls.remove(&call);
        }
        places
    }

    /// Writes and syncs everything; the last thing done with a spool.
    pub fn finish(&mut self, now: Mono) -> io::Result<()> {
        self.flush(now)?;
        self.segment.file.handle().sync_data()
    }

    /// Entries given up because the disk refused them too long.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn write_blocks(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let start = self.segment.file.append(&self.out)?;
        for (call, offset) in &self.blocks {
            let Some(pending) = self.calls.get_mut(call) else { continue };
            pending.bytes.clear();
            let offset = start + *offset as u64;
            match pending.written.last_mut() {
                Some(place) if place.segment == self.segment.name.n => place.offsets.push(offset),
                Some(_) | None => {
                    pending.written.push(SpoolRef { segment: self.segment.name.n, offsets: vec![offset] });
                    self.directory.used(self.segment.name, *call);
                }
            }
        }
        Ok(())
    }

    /// A full or old segment is followed by another. If that fails, the old one serves on: its
    /// limits are a convenience, its calls are not.
    fn rotate_if_due(&mut self, now: Mono) {
        let old = now.since(self.segment.begun) >= SEGMENT_AGE && self.segment.counter > 0;
        if self.segment.file.len() < SEGMENT_BYTES && !old {
            return;
        }
        let name = SegmentName { n: self.segment.name.n + 1, ..self.segment.name };
        let wall = self.base.wall + now.since(self.base.mono);
        match begin(&self.directory, self.node, name, Now { mono: now, wall }) {
            Ok(segment) => {
                self.syncer.want(self.segment.file.handle());
                let before = std::mem::replace(&mut self.segment, segment);
                self.directory.closed(before.name);
                if let Err(error) = self.sync_new_segment() {
                    tracing::warn!(%error, "the spool directory cannot be synced");
                }
            }
            Err(error) => {
                tracing::warn!(%error, segment = %name, "no new spool segment; going on with the old")
            }
        }
    }

    fn sync_new_segment(&mut self) -> io::Result<()> {
        self.syncer.want(Arc::new(File::open(self.directory.path())?));
        Ok(())
    }

    fn sync_if_due(&mut self, now: Mono) {
        if now.since(self.synced) >= SYNC_EVERY {
            self.syncer.want(self.segment.file.handle());
            if self.syncer.send() {
                self.synced = now;
            }
        }
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        self.directory.closed(self.segment.name);
    }
}

impl Pending {
    fn bound(&mut self, call: CallId) -> u64 {
        if self.bytes.len() <= PENDING_LIMIT {
            return 0;
        }
        let dropped = block::drop_oldest(call, &mut self.bytes, PENDING_LIMIT - PENDING_LIMIT / 10);
        if self.bytes.len() > 2 * PENDING_LIMIT {
            self.bytes.clear();
        }
        dropped
    }
}

fn begin(directory: &SpoolDirectory, node: NodeId, name: SegmentName, base: Now) -> io::Result<Segment> {
    let key_id = segment::key_id(directory.key());
    let header = Header { key_id, name, node, salt: crypto::random()?, base };
    let path = directory.path().join(name.to_string());
    let mut file = AppendFile::create(&path)?;
    if let Err(error) = file.append(&header.encode()) {
        // An empty file of that name would refuse the next attempt.
        let _ = std::fs::remove_file(&path);
        return Err(error);
    }
    directory.begun(name);
    let cipher = SegmentCipher::new(directory.key(), &header);
    Ok(Segment { name, file, cipher, counter: 0, begun: base.mono })
}

/// The thread that waits for the disk.
struct Syncer {
    files: Option<SyncSender<Vec<Arc<File>>>>,
    waiting: Vec<Arc<File>>,
    failed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    fn start(worker: WorkerId) -> io::Result<Syncer> {
        let (files, work) = sync_channel::<Vec<Arc<File>>>(1);
        let failed = Arc::new(AtomicBool::new(false));
        let result = Arc::clone(&failed);
        let thread =
            std::thread::Builder::new().name(format!("spool-sync-{}", worker.0)).spawn(move || {
                for files in work {
                    let any_failed = files.iter().any(|file| file.sync_data().is_err());
                    result.store(any_failed, Ordering::Relaxed);
                }
            })?;
        Ok(Syncer { files: Some(files), waiting: Vec::new(), failed, thread: Some(thread) })
    }

    fn want(&mut self, file: Arc<File>) {
        if !self.waiting.iter().any(|waiting| Arc::ptr_eq(waiting, &file)) {
            self.waiting.push(file);
        }
    }

    /// False while the disk is still busy with the last request; what is wanted waits.
    fn send(&mut self) -> bool {
        let Some(files) = &self.files else { return false };
        match files.try_send(std::mem::take(&mut self.waiting)) {
            Ok(()) => true,
            Err(TrySendError::Full(waiting) | TrySendError::Disconnected(waiting)) => {
                self.waiting = waiting;
                false
            }
        }
    }

    fn result(&self) -> io::Result<()> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk did not take what was written to the spool"));
        }
        Ok(())
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.files = None;
        if let Some(thread) = self.thread.take() {
            // Nothing can be done about a helper that panicked; the process is ending.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
