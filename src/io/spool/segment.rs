//! The form of a spool segment: a header in clear, then encrypted blocks of entries.
//!
//! Header and block headers carry a CRC-32 against torn writes; the ciphertext is authenticated
//! together with both, so that a block can be moved neither within a segment nor to another.

use std::fmt;
use std::io;
use std::str::FromStr;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::ids::{BootId, CallId, NodeId, WorkerId};
use crate::io::secrets::SecretKey;
use crate::now::{Mono, Now, Wall};

const MAGIC: &[u8; 8] = b"HLSPOOL\n";
const VERSION: u16 = 1;
pub const HEADER: usize = 85;
pub const BLOCK_HEADER: usize = 26;
pub const TAG: usize = 16;
/// No block is larger; a length beyond it is not one.
pub const MAX_BLOCK: usize = 4 * 1024 * 1024;

/// Which segment: written `w0-b7-3.spool`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SegmentName {
    pub worker: WorkerId,
    pub boot: BootId,
    pub n: u32,
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "w{}-b{}-{}.spool", self.worker.0, self.boot.0, self.n)
    }
}

impl FromStr for SegmentName {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let mut parts = s.strip_suffix(".spool").ok_or(())?.splitn(3, '-');
        let worker = parts.next().and_then(|p| p.strip_prefix('w')).and_then(|p| p.parse().ok());
        let boot = parts.next().and_then(|p| p.strip_prefix('b')).and_then(|p| p.parse().ok());
        let n = parts.next().and_then(|p| p.parse().ok());
        Ok(SegmentName {
            worker: WorkerId(worker.ok_or(())?),
            boot: BootId(boot.ok_or(())?),
            n: n.ok_or(())?,
        })
    }
}

/// First bytes of a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// Names the spool key without telling it.
    pub key_id: [u8; 8],
    pub name: SegmentName,
    pub node: NodeId,
    /// Makes the segment's key its own.
    pub salt: [u8; 32],
    /// The same instant on both clocks, to date the entries after a crash.
    pub base: Now,
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER] {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&self.key_id);
        bytes.push(self.name.worker.0);
        bytes.extend_from_slice(&self.node.0.to_be_bytes());
        bytes.extend_from_slice(&self.name.boot.0.to_be_bytes());
        bytes.extend_from_slice(&self.name.n.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.base.wall.0.to_be_bytes());
        bytes.extend_from_slice(&self.base.mono.0.to_be_bytes());
        bytes.extend_from_slice(&[0; 4]);
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        let mut out = [0; HEADER];
        out.copy_from_slice(&bytes);
        out
    }

    /// `None` if the bytes are no header, or one torn.
    pub fn decode(bytes: &[u8]) -> Option<Header> {
        let bytes: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
        let crc = u32::from_be_bytes(bytes[81..].try_into().ok()?);
        if &bytes[..8] != MAGIC
            || bytes[8..10] != VERSION.to_be_bytes()
            || crc != crc32fast::hash(&bytes[..81])
        {
            return None;
        }
        let name = SegmentName {
            worker: WorkerId(bytes[18]),
            boot: BootId(u32::from_be_bytes(bytes[21..25].try_into().ok()?)),
            n: u32::from_be_bytes(bytes[25..29].try_into().ok()?),
        };
        let wall = Wall(i64::from_be_bytes(bytes[61..69].try_into().ok()?));
        let mono = Mono(u64::from_be_bytes(bytes[69..77].try_into().ok()?));
        Some(Header {
            key_id: bytes[10..18].try_into().ok()?,
            name,
            node: NodeId(u16::from_be_bytes(bytes[19..21].try_into().ok()?)),
            salt: bytes[29..61].try_into().ok()?,
            base: Now { mono, wall },
        })
    }

    /// The wall time of an instant of this boot.
    pub fn wall_of(&self, at: Mono) -> Wall {
        let ms = |d: std::time::Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        let base = self.base;
        Wall(base.wall.0.saturating_add(ms(at.since(base.mono))).saturating_sub(ms(base.mono.since(at))))
    }
}

/// Short name of a spool key.
pub fn key_id(key: &SecretKey) -> [u8; 8] {
    let mut id = [0; 8];
    id.copy_from_slice(&key.derive(b"", b"key id").bytes()[..8]);
    id
}

/// Head of a block, in clear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockHeader {
    /// Bytes of ciphertext and tag after this header.
    pub length: u32,
    pub call: CallId,
    /// Nonce of the block: grows within a segment and is never used twice, not even for a block
    /// whose write failed.
    pub counter: u64,
}

impl BlockHeader {
    pub fn encode(&self) -> [u8; BLOCK_HEADER] {
        let mut bytes = [0; BLOCK_HEADER];
        bytes[..4].copy_from_slice(&self.length.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.call.node.0.to_be_bytes());
        bytes[6..10].copy_from_slice(&self.call.boot.0.to_be_bytes());
        bytes[10..14].copy_from_slice(&self.call.n.to_be_bytes());
        bytes[14..22].copy_from_slice(&self.counter.to_be_bytes());
        let crc = crc32fast::hash(&bytes[..22]);
        bytes[22..].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Option<BlockHeader> {
        let bytes: &[u8; BLOCK_HEADER] = bytes.get(..BLOCK_HEADER)?.try_into().ok()?;
        let crc = u32::from_be_bytes(bytes[22..].try_into().ok()?);
        let length = u32::from_be_bytes(bytes[..4].try_into().ok()?);
        if crc != crc32fast::hash(&bytes[..22]) || !(TAG..=MAX_BLOCK).contains(&(length as usize)) {
            return None;
        }
        let call = CallId {
            node: NodeId(u16::from_be_bytes(bytes[4..6].try_into().ok()?)),
            boot: BootId(u32::from_be_bytes(bytes[6..10].try_into().ok()?)),
            n: u32::from_be_bytes(bytes[10..14].try_into().ok()?),
        };
        Some(BlockHeader { length, call, counter: u64::from_be_bytes(bytes[14..22].try_into().ok()?) })
    }
}

/// Encrypts and decrypts the blocks of one segment.
pub struct SegmentCipher(LessSafeKey);

impl fmt::Debug for SegmentCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentCipher")
    }
}

fn nonce(counter: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[4..].copy_from_slice(&counter.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

impl SegmentCipher {
    /// The segment's own key depends on its salt and on the whole header.
    pub fn new(key: &SecretKey, header: &Header) -> Self {
        let own = key.derive(&header.salt, &header.encode());
        let unbound = UnboundKey::new(&AES_256_GCM, own.bytes()).expect("32 bytes make an AES-256 key");
        SegmentCipher(LessSafeKey::new(unbound))
    }

    /// Appends the sealed block of `plain` to `out`.
    pub fn seal(&self, call: CallId, counter: u64, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let length = u32::try_from(plain.len() + TAG).map_err(|_| io::ErrorKind::InvalidInput)?;
        let header = BlockHeader { length, call, counter }.encode();
        out.extend_from_slice(&header);
        let start = out.len();
        out.extend_from_slice(plain);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce(counter), Aad::from(header), &mut out[start..])
            .map_err(|_| io::Error::other("encrypting a block failed"))?;
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Decrypts in place; `None` if the block was altered or torn.
    pub fn open<'a>(&self, header: BlockHeader, sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        let aad = Aad::from(header.encode());
        let plain = self.0.open_in_place(nonce(header.counter), aad, sealed).ok()?;
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            key_id: [1; 8],
            name: SegmentName { worker: WorkerId(3), boot: BootId(7), n: 42 },
            node: NodeId(2),
            salt: [9; 32],
            base: Now { mono: Mono(5_000_000_000), wall: Wall(1_000_000) },
        }
    }

    #[test]
    fn headers_read_back_and_names_parse() {
        assert_eq!(Header::decode(&header().encode()), Some(header()));
        assert_eq!(header().name.to_string().parse(), Ok(header().name));
        for bad in ["", "w1-b2.spool", "w1-b2-3", "x1-b2-3.spool", "w300-b2-3.spool"] {
            assert_eq!(bad.parse::<SegmentName>(), Err(()), "{bad}");
        }
        assert_eq!(header().wall_of(Mono(6_500_000_000)), Wall(1_001_500));
        assert_eq!(header().wall_of(Mono(4_000_000_000)), Wall(999_000));
        assert_eq!(Header::decode(&[0; HEADER]), None);
    }

    #[test]
    fn a_block_opens_only_where_it_was_sealed() {
        let key = SecretKey::new([4; 32]);
        let call = CallId { node: NodeId(2), boot: BootId(7), n: 1 };
        let cipher = SegmentCipher::new(&key, &header());
        let mut out = Vec::new();
        cipher.seal(call, 5, b"sound", &mut out).unwrap();
        let head = BlockHeader::decode(&out).unwrap();
        assert_eq!(cipher.open(head, &mut out.clone()[BLOCK_HEADER..]), Some(&b"sound"[..]));
        let moved = BlockHeader { counter: 6, ..head };
        assert_eq!(cipher.open(moved, &mut out.clone()[BLOCK_HEADER..]), None);
        let other = SegmentCipher::new(&key, &Header { node: NodeId(3), ..header() });
        assert_eq!(other.open(head, &mut out.clone()[BLOCK_HEADER..]), None);
        assert!(!out.windows(5).any(|w| w == b"sound"));
    }
}
