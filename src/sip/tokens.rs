//! Tags, branches and Call-IDs: unguessable, and the same again for the same seed.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ring::hmac;

/// Starts every branch of RFC 3261 (§8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

pub struct Tokens {
    random: ChaCha12Rng,
    key: hmac::Key,
    nonce_key: [u8; 32],
}

impl Tokens {
    pub fn new(seed: [u8; 32]) -> Tokens {
        let mut random = ChaCha12Rng::from_seed(seed);
        let mut keys = [[0; 32]; 2];
        for key in &mut keys {
            random.fill_bytes(key);
        }
        Tokens { random, key: hmac::Key::new(hmac::HMAC_SHA256, &keys[0]), nonce_key: keys[1] }
    }

    /// Key of the digest nonces.
    pub fn nonce_key(&self) -> &[u8; 32] {
        &self.nonce_key
    }

    /// 64 bits in hex.
    pub fn tag(&mut self) -> String {
        format!("{:016x}", self.random.next_u64())
    }

    pub fn branch(&mut self) -> String {
        format!("{MAGIC_COOKIE}{:016x}", self.random.next_u64())
    }

    pub fn call_id(&mut self) -> String {
        format!("{:016x}{:016x}", self.random.next_u64(), self.random.next_u64())
    }

    /// A number up to and including `most`.
    pub fn up_to(&mut self, most: u32) -> u32 {
        self.random.next_u32() % (most + 1)
    }

    /// The same tag for the same request, for answers that keep no state (RFC 3261 §8.2.7).
    pub fn stateless_tag(&self, request: &[u8]) -> String {
        hex::encode(&hmac::sign(&self.key, request).as_ref()[..8])
    }
}
