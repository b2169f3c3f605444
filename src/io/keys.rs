//! The key table: the key of each call, wrapped, apart from journal and index.
//!
//! Records of fixed size, so that one can be overwritten: destroying a key erases everything
//! sealed under it, wherever it was copied to (CBA-35e). Beside each key stands a keyed hash of
//! the caller's number, by which calls are found, and which is gone with it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use super::append::AppendFile;
use super::crypto::random;
use super::secrets::{KEY_TABLE, Purpose, Secrets};
use crate::ids::{BootId, CallId, NodeId};
use crate::sealed::CallKey;

/// Bytes of a record: version, call, nonce, wrapped key and tag, hash of the number, padding, CRC-32.
const RECORD: usize = 128;
const VERSION: u8 = 1;
const CALL: std::ops::Range<usize> = 2..12;
const NONCE: std::ops::Range<usize> = 12..12 + NONCE_LEN;
const WRAPPED: std::ops::Range<usize> = 24..56;
const TAG: std::ops::Range<usize> = 56..72;
const NUMBER: std::ops::Range<usize> = 72..104;
const CRC: std::ops::Range<usize> = 124..128;
/// Records read at once while scanning.
const CHUNK: usize = 512;

type Record = [u8; RECORD];

enum Storage {
    Writer(AppendFile),
    Reader(File, u64),
}

/// The opened table.
pub struct KeyTable {
    storage: Storage,
    wrapping: LessSafeKey,
    number: hmac::Key,
    /// Call → offset; made at the first look-up, since a running server rarely needs one.
    offsets: Option<BTreeMap<CallId, u64>>,
}

impl std::fmt::Debug for KeyTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyTable")
    }
}

impl KeyTable {
    /// For the server: a torn last record is cut off.
    pub fn open(secrets: &Secrets) -> io::Result<KeyTable> {
        let path = secrets.directory().join(KEY_TABLE);
        let length = whole_records(&path)?;
        Ok(Self::new(secrets, Storage::Writer(AppendFile::open(&path, length)?)))
    }

    /// For the command line: writes nothing.
    pub fn open_read_only(secrets: &Secrets) -> io::Result<KeyTable> {
        let path = secrets.directory().join(KEY_TABLE);
        let length = whole_records(&path)?;
        Ok(Self::new(secrets, Storage::Reader(File::open(&path)?, length)))
    }

    fn new(secrets: &Secrets, storage: Storage) -> KeyTable {
        let wrapping = UnboundKey::new(&AES_256_GCM, secrets.key(Purpose::KeyTable).bytes())
            .expect("32 bytes make an AES-256 key");
        KeyTable {
            storage,
            wrapping: LessSafeKey::new(wrapping),
            number: hmac::Key::new(hmac::HMAC_SHA256, secrets.key(Purpose::NumberHash).bytes()),
            offsets: None,
        }
    }

    /// Stores the keys of new calls, all or none, with one write. Sync [`KeyTable::sync_handle`]
    /// before a sealed value of these calls is synced anywhere.
    pub fn append(&mut self, calls: &[(CallKey, Option<&str>)]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(calls.len() * RECORD);
        for (key, number) in calls {
            bytes.extend_from_slice(&self.record(key, *number)?);
        }
        let Storage::Writer(file) = &mut self.storage else { return Err(read_only()) };
        let mut at = file.append(&bytes)?;
        if let Some(offsets) = &mut self.offsets {
            for (key, _) in calls {
                offsets.insert(key.call, at);
                at += RECORD as u64;
            }
        }
        Ok(())
    }

    /// For another thread to sync; `None` if opened to read.
    pub fn sync_handle(&self) -> Option<Arc<File>> {
        match &self.storage {
            Storage::Writer(file) => Some(file.handle()),
            Storage::Reader(..) => None,
        }
    }

    fn record(&self, key: &CallKey, number: Option<&str>) -> io::Result<Record> {
        let mut record = [0; RECORD];
        record[0] = VERSION;
        record[1] = u8::from(number.is_some());
        record[CALL].copy_from_slice(&call_bytes(key.call));
        let nonce: [u8; NONCE_LEN] = random()?;
        record[NONCE].copy_from_slice(&nonce);
        record[WRAPPED].copy_from_slice(&key.bytes);
        let tag = self
            .wrapping
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                associated(key.call),
                &mut record[WRAPPED],
            )
            .map_err(|_| io::Error::other("wrapping a key failed"))?;
        record[TAG].copy_from_slice(tag.as_ref());
        if let Some(number) = number {
            record[NUMBER].copy_from_slice(self.hash(number).as_ref());
        }
        let crc = crc32fast::hash(&record[..CRC.start]);
        record[CRC].copy_from_slice(&crc.to_be_bytes());
        Ok(record)
    }

    fn hash(&self, number: &str) -> hmac::Tag {
        hmac::sign(&self.number, number.as_bytes())
    }

    /// The key of a call; `None` if it was never stored, was destroyed, or is damaged.
    pub fn get(&mut self, call: CallId) -> io::Result<Option<CallKey>> {
        let Some(at) = self.offset(call)? else { return Ok(None) };
        let mut record = [0; RECORD];
        self.read(&mut record, at)?;
        Ok(self.unwrap(call, &record))
    }

    fn unwrap(&self, call: CallId, record: &Record) -> Option<CallKey> {
        if call_of(record)? != call {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(&record[NONCE]).ok()?;
        let mut wrapped = record[WRAPPED.start..TAG.end].to_vec();
        let plain = self.wrapping.open_in_place(nonce, associated(call), &mut wrapped).ok()?;
        Some(CallKey { call, bytes: plain.try_into().ok()? })
    }

    /// Calls that came from this number, oldest first.
    pub fn find(&self, number: &str) -> io::Result<Vec<CallId>> {
        let hash = self.hash(number);
        let mut found = Vec::new();
        self.scan(|_, call, record| {
            if record[1] == 1 && record[NUMBER] == *hash.as_ref() {
                found.push(call);
            }
        })?;
        Ok(found)
    }

    /// Erases the key of a call for ever: the record is zeros on the disk when this returns. Does
    /// nothing if there is none.
    pub fn destroy(&mut self, call: CallId) -> io::Result<()> {
        let Some(at) = self.offset(call)? else { return Ok(()) };
        let Storage::Writer(file) = &mut self.storage else { return Err(read_only()) };
        file.overwrite(at, &[0; RECORD])?;
        if let Some(offsets) = &mut self.offsets {
            offsets.remove(&call);
        }
        Ok(())
    }

    fn offset(&mut self, call: CallId) -> io::Result<Option<u64>> {
        if self.offsets.is_none() {
            let mut offsets = BTreeMap::new();
            self.scan(|at, call, _| {
                offsets.insert(call, at);
            })?;
            self.offsets = Some(offsets);
        }
        Ok(self.offsets.as_ref().and_then(|offsets| offsets.get(&call).copied()))
    }

    /// Every sound record: its offset, call and bytes. Erased and damaged ones are passed over.
    fn scan(&self, mut visit: impl FnMut(u64, CallId, &Record)) -> io::Result<()> {
        let length = self.length();
        let mut chunk = vec![0; CHUNK * RECORD];
        let mut at = 0;
        while at < length {
            let size = usize::try_from(length - at).unwrap_or(usize::MAX).min(chunk.len());
            self.read(&mut chunk[..size], at)?;
            for (i, record) in chunk[..size].as_chunks::<RECORD>().0.iter().enumerate() {
                if let Some(call) = call_of(record) {
                    visit(at + (i * RECORD) as u64, call, record);
                }
            }
            at += size as u64;
        }
        Ok(())
    }

    fn length(&self) -> u64 {
        match &self.storage {
            Storage::Writer(file) => file.len(),
            Storage::Reader(_, length) => *length,
        }
    }

    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        match &self.storage {
            Storage::Writer(file) => file.handle().read_exact_at(bytes, at),
            Storage::Reader(file, _) => file.read_exact_at(bytes, at),
        }
    }
}

fn whole_records(path: &Path) -> io::Result<u64> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len() / RECORD as u64 * RECORD as u64),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(e),
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "the key table was opened to read")
}

fn call_bytes(call: CallId) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&call.node.0.to_be_bytes());
    bytes[2..6].copy_from_slice(&call.boot.0.to_be_bytes());
    bytes[6..].copy_from_slice(&call.n.to_be_bytes());
    bytes
}

fn associated(call: CallId) -> Aad<[u8; 10]> {
    Aad::from(call_bytes(call))
}

/// The call of a record whose checksum is right.
fn call_of(record: &Record) -> Option<CallId> {
    let crc = u32::from_be_bytes(record[CRC].try_into().ok()?);
    if record[0] != VERSION || crc != crc32fast::hash(&record[..CRC.start]) {
        return None;
    }
    Some(CallId {
        node: NodeId(u16::from_be_bytes(record[2..4].try_into().ok()?)),
        boot: BootId(u32::from_be_bytes(record[4..8].try_into().ok()?)),
        n: u32::from_be_bytes(record[8..12].try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::append::full_disk;

    fn key(n: u32) -> CallKey {
        let call = CallId { node: NodeId(1), boot: BootId(3), n };
        CallKey { call, bytes: [u8::try_from(n % 251).unwrap(); 32] }
    }

    fn secrets(dir: &tempfile::TempDir) -> Secrets {
        Secrets::open_or_create(dir.path()).unwrap()
    }

    #[test]
    fn keys_are_found_by_call_and_by_number_until_destroyed() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = secrets(&dir);
        let mut table = KeyTable::open(&secrets).unwrap();
        table
            .append(&[(key(1), Some("13800138000")), (key(2), None), (key(3), Some("13800138000"))])
            .unwrap();
        assert_eq!(table.get(key(2).call).unwrap(), Some(key(2)));
        table.append(&[(key(4), Some("110"))]).unwrap();
        assert_eq!(table.get(key(4).call).unwrap(), Some(key(4)), "known although appended after the scan");
        assert_eq!(table.find("13800138000").unwrap(), [key(1).call, key(3).call]);
        assert!(table.find("").unwrap().is_empty(), "no number is not an empty number");

        table.destroy(key(1).call).unwrap();
        let raw = std::fs::read(dir.path().join(KEY_TABLE)).unwrap();
        assert_eq!(raw[..RECORD], [0; RECORD], "nothing of it is left");
        assert!(!raw.windows(11).any(|w| w == b"13800138000"), "numbers are not stored");

        let mut reader = KeyTable::open_read_only(&secrets).unwrap();
        assert_eq!(reader.get(key(1).call).unwrap(), None);
        assert_eq!(reader.get(key(3).call).unwrap(), Some(key(3)));
        assert_eq!(reader.find("13800138000").unwrap(), [key(3).call]);
        assert!(reader.append(&[(key(9), None)]).is_err());
        assert!(reader.destroy(key(3).call).is_err());
    }

    #[test]
    fn a_torn_record_is_cut_and_a_damaged_one_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = secrets(&dir);
        let path = dir.path().join(KEY_TABLE);
        for torn in 1..RECORD {
            let _ = std::fs::remove_file(&path);
            let mut table = KeyTable::open(&secrets).unwrap();
            table.append(&[(key(1), None), (key(2), None)]).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..RECORD + torn]).unwrap();
            let mut table = KeyTable::open(&secrets).unwrap();
            table.append(&[(key(3), None)]).unwrap();
            assert_eq!(table.get(key(1).call).unwrap(), Some(key(1)));
            assert_eq!(table.get(key(2).call).unwrap(), None);
            assert_eq!(table.get(key(3).call).unwrap(), Some(key(3)));
        }
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[30] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let mut table = KeyTable::open(&secrets).unwrap();
        assert_eq!(table.get(key(1).call).unwrap(), None);
        assert_eq!(table.get(key(3).call).unwrap(), Some(key(3)));
    }

    #[test]
    fn a_full_disk_leaves_the_table_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = secrets(&dir);
        let mut table = KeyTable::open(&secrets).unwrap();
        table.append(&[(key(1), None)]).unwrap();
        full_disk::set_room(Some(RECORD + 5));
        assert!(table.append(&[(key(2), None), (key(3), None)]).is_err());
        full_disk::set_room(None);
        assert_eq!(std::fs::metadata(dir.path().join(KEY_TABLE)).unwrap().len(), RECORD as u64);
        table.append(&[(key(2), None)]).unwrap();
        assert_eq!(table.get(key(2).call).unwrap(), Some(key(2)));
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut table = KeyTable::open(&secrets(&one)).unwrap();
        table.append(&[(key(1), Some("1"))]).unwrap();
        let wrong = Secrets::open_or_create(other.path()).unwrap();
        std::fs::copy(one.path().join(KEY_TABLE), other.path().join(KEY_TABLE)).unwrap();
        let mut table = KeyTable::open(&wrong).unwrap();
        assert_eq!(table.get(key(1).call).unwrap(), None);
        assert!(table.find("1").unwrap().is_empty());
    }
}
