//! What an engine is told once: identity, addresses, limits, seeds.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ids::{BootId, EntryId, NodeId};
use crate::media::command::Codec;
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

/// How long it may take to close them and to write what it still has of the recording.
pub(super) const CLOSING_PATIENCE: Duration = Duration::from_secs(30);
