//! Personal data at rest is sealed: encrypted under a key of its own call.
//!
//! The key lives in a key table apart from journal and index; destroying it erases the data
//! everywhere at once, while hash chains over the ciphertext still verify (CBA-35e).
//! What is in memory for use is [`Redacted`]: its `Debug` names the kind and never the value.

use std::fmt;
use std::marker::PhantomData;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{BootId, CallId};

/// What a sealed value is, bound into the ciphertext so that kinds cannot be swapped.
pub trait Personal {
    const KIND: &'static str;
}

macro_rules! personal_kinds { ($($(#[$doc:meta])* $name:ident = $kind:literal)*) => { $(
    $(#[$doc])*
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct $name;
    impl Personal for $name { const KIND: &'static str = $kind; }
)* } }

personal_kinds! {
    /// Number (SIP user) the caller rang from.
    CallerNumber = "caller number"
    /// Digits keyed in for a step that is not secret.
    KeyedDigits = "keyed digits"
    /// Keyed hash of who somebody said they are, in hex; counts wrong attempts and tells nothing else.
    IdentityHash = "identity hash"
    /// Free text about a person.
    Note = "note"
}

/// A value in use: readable by whoever holds it, shown by nothing.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Redacted<T>(pub T);

impl<T> Redacted<T> {
    /// The value itself; every call of this is a place to look at in a review.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

/// A keyed hash of something personal: the same for the same value, and useless without the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedHash([u8; 32]);

impl KeyedHash {
    pub fn from_hex(text: &str) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(KeyedHash(bytes))
    }

    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash")
    }
}

impl Serialize for KeyedHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for KeyedHash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::from_hex(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// Makes [`KeyedHash`]es (HMAC-SHA256). Its key outlives a boot, so that numbers and identities are
/// known again.
#[derive(Clone)]
pub struct Hasher(hmac::Key);

impl Hasher {
    pub fn new(key: &[u8; 32]) -> Self {
        Hasher(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Of a caller's number, as the key table stores it.
    pub fn number(&self, number: &str) -> KeyedHash {
        self.hash(number.as_bytes())
    }

    /// Of what a caller keyed in to say who they are; never that of a number.
    pub fn identity(&self, identity: &str) -> KeyedHash {
        self.hash(format!("identity {identity}").as_bytes())
    }

    fn hash(&self, bytes: &[u8]) -> KeyedHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, bytes).as_ref());
        KeyedHash(hash)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// The key under which everything personal of one call is sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct CallKey {
    pub call: CallId,
    pub bytes: [u8; 32],
}

impl fmt::Debug for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallKey({})", self.call)
    }
}

/// A text encrypted under the key of its call (AES-256-GCM; nonce in front, in hex when stored).
pub struct Sealed<K> {
    bytes: Vec<u8>,
    kind: PhantomData<K>,
}

/// The value cannot be read: erased (no key), or altered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("sealed {kind} cannot be opened: wrong key, or altered")]
pub struct CannotOpen {
    pub kind: &'static str,
}

/// Seals the values of one call; makes every nonce once (boot number and a counter).
#[derive(Clone)]
pub struct Sealer {
    key: CallKey,
    boot: BootId,
    next: u64,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", self.key.call)
    }
}

fn cipher(key: &CallKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &key.bytes).ok().map(LessSafeKey::new)
}

fn associated(call: CallId, kind: &str) -> Vec<u8> {
    format!("hotline sealed 1|{call}|{kind}").into_bytes()
}

impl Sealer {
    pub fn new(key: CallKey, boot: BootId) -> Self {
        Sealer { key, boot, next: 0 }
    }

    pub fn key(&self) -> &CallKey {
        &self.key
    }

    pub fn seal<K: Personal>(&mut self, plain: &str) -> Sealed<K> {
        let mut nonce = [0; NONCE_LEN];
        nonce[..4].copy_from_slice(&self.boot.0.to_be_bytes());
        nonce[4..].copy_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        let mut body = plain.as_bytes().to_vec();
        let aad = Aad::from(associated(self.key.call, K::KIND));
        let cipher = cipher(&self.key).expect("a 32-byte key always makes an AES-256 cipher");
        cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
            .expect("a short text is far below the limit of AES-GCM");
        Sealed { bytes: [&nonce[..], &body].concat(), kind: PhantomData }
    }
}

impl<K: Personal> Sealed<K> {
    /// The text, if `key` is the right one and nothing was altered.
    pub fn open(&self, key: &CallKey) -> Result<String, CannotOpen> {
        let fail = CannotOpen { kind: K::KIND };
        if self.bytes.len() < NONCE_LEN {
            return Err(fail);
        }
        let (nonce, body) = self.bytes.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fail.clone())?;
        let cipher = cipher(key).ok_or(fail.clone())?;
        let mut body = body.to_vec();
        let plain = cipher
            .open_in_place(nonce, Aad::from(associated(key.call, K::KIND)), &mut body)
            .map_err(|_| fail.clone())?;
        String::from_utf8(plain.to_vec()).map_err(|_| fail)
    }

    /// Hex of nonce and ciphertext, as journal and index store it.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.bytes)
    }

    pub fn from_hex(text: &str) -> Result<Self, hex::FromHexError> {
        Ok(Sealed { bytes: hex::decode(text)?, kind: PhantomData })
    }
}

impl Clone for CannotOpen {
    fn clone(&self) -> Self {
        CannotOpen { kind: self.kind }
    }
}

impl<K> Clone for Sealed<K> {
    fn clone(&self) -> Self {
        Sealed { bytes: self.bytes.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Sealed<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<K> Eq for Sealed<K> {}

impl<K: Personal> fmt::Debug for Sealed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", K::KIND)
    }
}

impl<K: Personal> Serialize for Sealed<K> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_hex())
    }
}

impl<'de, K: Personal> Deserialize<'de> for Sealed<K> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::from_hex(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::NodeId;

    fn key(n: u32, fill: u8) -> CallKey {
        CallKey { call: CallId { node: NodeId(1), boot: BootId(1), n }, bytes: [fill; 32] }
    }

    #[test]
    fn only_the_key_of_the_call_opens_it() {
        let mut sealer = Sealer::new(key(1, 7), BootId(1));
        let number: Sealed<CallerNumber> = sealer.seal("13800138000");
        assert_eq!(number.open(&key(1, 7)).unwrap(), "13800138000");
        assert!(number.open(&key(1, 8)).is_err(), "another key");
        assert!(number.open(&key(2, 7)).is_err(), "another call");
        let as_note = Sealed::<Note>::from_hex(&number.to_hex()).unwrap();
        assert!(as_note.open(&key(1, 7)).is_err(), "another kind");
        assert!(Sealed::<Note>::from_hex("00").unwrap().open(&key(1, 7)).is_err(), "too short");
    }

    #[test]
    fn debug_names_the_kind_and_nothing_else() {
        let mut sealer = Sealer::new(key(1, 7), BootId(1));
        let number: Sealed<CallerNumber> = sealer.seal("13800138000");
        assert_eq!(format!("{number:?}"), "Sealed(caller number)");
        assert_eq!(format!("{:?}", Redacted("13800138000".to_owned())), "(redacted)");
        assert!(!format!("{sealer:?}").contains('7'));
    }

    #[test]
    fn the_same_text_never_seals_to_the_same_bytes() {
        let mut sealer = Sealer::new(key(1, 7), BootId(1));
        assert_ne!(sealer.seal::<Note>("x").to_hex(), sealer.seal::<Note>("x").to_hex());
    }
}
