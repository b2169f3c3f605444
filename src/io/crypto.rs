//! The one provider of cryptography (`ring`), and the randomness of the system.
//!
//! `main` calls [`install`] before anything else, so that a machine without randomness is refused
//! at the start and not in the middle of a call.

use ring::rand::{SecureRandom, SystemRandom};

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes; keys cannot be made (is /dev/urandom there?)")]
pub struct NoRandomness;

impl From<NoRandomness> for std::io::Error {
    fn from(error: NoRandomness) -> Self {
        std::io::Error::other(error)
    }
}

/// Proves that the provider works on this machine.
pub fn install() -> Result<(), NoRandomness> {
    random::<32>().map(drop)
}

/// Bytes nobody can foretell.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// SHA-256 in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}

/// Equality in a time that does not depend on where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_needs_every_byte_and_the_length() {
        assert!(same(b"abc", b"abc"));
        for other in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(!same(b"abc", other));
        }
        assert_ne!(random::<16>().unwrap(), random::<16>().unwrap());
        assert!(sha256_hex(b"").starts_with("e3b0c442"));
    }
}
