//! What an engine is told once: identity, addresses, limits, seeds.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ids::{BootId, EntryId, NodeId};
use crate::media::command::Codec;
use crate::sealed::Hasher;
use crate::sip::api::StackConfig;

#[derive(Clone, Debug)]
pub struct Settings {
    pub node: NodeId,
    pub boot: BootId,
    /// Makes call keys, SSRCs and port choices; from the system's generator in a real server.
    pub seed: [u8; 32],
    pub version: String,
    pub stack: StackConfig,
    pub media: MediaSettings,
    /// Calls at once; the next one gets 503.
    pub max_calls: usize,
    pub exempt_entries: BTreeSet<EntryId>,
    /// Ways to other numbers, tried in this order.
    pub trunks: Vec<SocketAddr>,
    pub people: PeopleSettings,
}

/// What is remembered of callers beyond their calls.
#[derive(Clone, Debug)]
pub struct PeopleSettings {
    /// With the key of the key table's hashes of numbers: the same in every boot.
    pub hasher: Hasher,
    pub lock: LockSettings,
}

/// When an identity is locked (CBA-32).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LockSettings {
    /// Wrong attempts, over all calls,
    pub attempts: u8,
    /// within this time
    pub within: Duration,
    /// lock the identity for this long.
    pub locked: Duration,
}

impl Default for LockSettings {
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3_600);
        LockSettings { attempts: 5, within: day, locked: day }
    }
}

#[derive(Clone, Debug)]
pub struct MediaSettings {
    /// Address in our session descriptions.
    pub address: IpAddr,
    pub ports: RangeInclusive<u16>,
    /// In order of preference.
    pub codecs: Vec<Codec>,
    pub workers: u8,
}

impl Settings {
    /// A number from the seed, another for each `stream`.
    pub(super) fn seed_u64(&self, stream: u64) -> u64 {
        let first: [u8; 8] = std::array::from_fn(|i| self.seed[i]);
        u64::from_be_bytes(first) ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// How long a media worker may take to open sockets before the call is given up.
pub(super) const MEDIA_PATIENCE: Duration = Duration::from_secs(3);

/// How long a promise may take to reach the disk before the caller is put through to a person instead.
pub(super) const PROMISE_PATIENCE: Duration = Duration::from_secs(3);

/// How long another number is rung.
pub(super) const TRANSFER_RINGS: Duration = Duration::from_secs(30);

/// How long it may take to close them and to write what it still has of the recording.
pub(super) const CLOSING_PATIENCE: Duration = Duration::from_secs(30);
