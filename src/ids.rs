//! Identities. Newtypes, so that a queue is never taken for an agent.
//!
//! Ids made by a server carry its node and boot, so they are unique across nodes and restarts.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One server process among several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub u16);

/// How often this node's storage has been opened by a server: grows by one each start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootId(pub u32);

/// Number of an event in the journal; starts at 1, no gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// Number of a published snapshot of menus, queues and prompts; 0 = none yet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigVersion(pub u32);

/// A media worker of this process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub u8);

/// One caller's visit, from INVITE to the end. Written `NODE-BOOT-N`, e.g. `1-7-42`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    pub node: NodeId,
    pub boot: BootId,
    pub n: u32,
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.node.0, self.boot.0, self.n)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not `NODE-BOOT-N`.
#[derive(Debug, thiserror::Error)]
#[error("a call id looks like 1-7-42 (node-boot-number), not `{0}`")]
pub struct BadCallId(pub String);

impl FromStr for CallId {
    type Err = BadCallId;
    fn from_str(s: &str) -> Result<Self, BadCallId> {
        let bad = || BadCallId(s.to_owned());
        let mut parts = s.split('-');
        let mut next = || parts.next().ok_or_else(bad);
        let (node, boot, n) = (next()?, next()?, next()?);
        let id = CallId {
            node: NodeId(node.parse().map_err(|_| bad())?),
            boot: BootId(boot.parse().map_err(|_| bad())?),
            n: n.parse().map_err(|_| bad())?,
        };
        if parts.next().is_some() {
            return Err(bad());
        }
        Ok(id)
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One media leg of a call: 0 is the caller, agents and consultations follow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct LegId {
    pub call: CallId,
    pub n: u16,
}

impl LegId {
    pub const CALLER: u16 = 0;

    pub fn caller(call: CallId) -> Self {
        LegId { call, n: Self::CALLER }
    }

    pub fn is_caller(self) -> bool {
        self.n == Self::CALLER
    }
}

macro_rules! name_ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn new(name: impl AsRef<str>) -> Self { Self(Arc::from(name.as_ref())) }
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl From<&str> for $name { fn from(name: &str) -> Self { Self::new(name) } }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&*self.0, f) }
        }
    )* };
}

name_ids! {
    /// Work number of a person who answers calls (said to the caller, HB-id).
    AgentId
    /// A telephone: SIP user that registers, or a static contact.
    DeviceId
    /// A queue, named in `ops/queues.toml`.
    QueueId
    /// A menu: name of its file without `.toml`.
    MenuId
    /// A dialled number that leads to a main menu.
    EntryId
    /// BCP 47 tag, e.g. `zh-CN`.
    Language
    /// A skill named by queues and agents.
    Skill
    /// An emergency plan of `ops/plans.toml`.
    PlanId
}

/// SHA-256 of a prompt's WAV file: what was heard can be proved later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptHash(pub [u8; 32]);

impl fmt::Display for PromptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PromptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))
    }
}

impl Serialize for PromptHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PromptHash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&text, &mut hash).map_err(serde::de::Error::custom)?;
        Ok(PromptHash(hash))
    }
}

/// How a message came in and how its answer goes back (RFC 3261 §18, RFC 5626 "flow").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum FlowId {
    /// UDP: the pair of our listening socket and this remote address.
    Udp { remote: SocketAddr },
    /// A TCP connection (later TLS, WebSocket), numbered by the shell; gone when it closes.
    Connection { id: u64, remote: SocketAddr },
}

impl FlowId {
    pub fn remote(self) -> SocketAddr {
        match self {
            FlowId::Udp { remote } | FlowId::Connection { remote, .. } => remote,
        }
    }

    pub fn is_reliable(self) -> bool {
        matches!(self, FlowId::Connection { .. })
    }
}

/// A key of a telephone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Digit(u8),
    Star,
    Pound,
}

impl Key {
    /// Every key, in the order of RFC 4733 event codes 0–11.
    pub const ALL: [Key; 12] = [
        Key::Digit(0),
        Key::Digit(1),
        Key::Digit(2),
        Key::Digit(3),
        Key::Digit(4),
        Key::Digit(5),
        Key::Digit(6),
        Key::Digit(7),
        Key::Digit(8),
        Key::Digit(9),
        Key::Star,
        Key::Pound,
    ];

    /// RFC 4733 event code; A–D (12–15) and flash are no keys of a caller's telephone.
    pub fn from_event_code(code: u8) -> Option<Key> {
        Key::ALL.get(usize::from(code)).copied()
    }

    pub fn event_code(self) -> u8 {
        match self {
            Key::Digit(d) => d,
            Key::Star => 10,
            Key::Pound => 11,
        }
    }

    pub fn from_char(c: char) -> Option<Key> {
        match c {
            '0'..='9' => Some(Key::Digit(c as u8 - b'0')),
            '*' => Some(Key::Star),
            '#' => Some(Key::Pound),
            _ => None,
        }
    }

    pub fn as_char(self) -> char {
        match self {
            Key::Digit(d) => char::from(b'0' + d),
            Key::Star => '*',
            Key::Pound => '#',
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
    }
}

/// Keys callers press may be secrets: only [`fmt::Display`], asked for by name, shows them.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_char(self.as_char())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let c = char::deserialize(d)?;
        Key::from_char(c).ok_or_else(|| serde::de::Error::custom("a telephone key is one of 0-9, * or #"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_ids_read_back_what_they_print() {
        let id = CallId { node: NodeId(1), boot: BootId(7), n: 42 };
        assert_eq!(id.to_string().parse::<CallId>().unwrap(), id);
        for bad in ["", "1", "1-2", "1-2-3-4", "x-1-2"] {
            assert!(bad.parse::<CallId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_match_rfc_4733_event_codes() {
        for (code, key) in Key::ALL.iter().enumerate() {
            assert_eq!(usize::from(key.event_code()), code);
            assert_eq!(Key::from_char(key.as_char()), Some(*key));
        }
        assert_eq!(Key::from_event_code(12), None);
        assert_eq!(format!("{:?}", Key::Digit(7)), "Key", "Debug must not show what was pressed");
    }
}
