//! Secrets of agents (argon2) and digest credentials of devices (HA1, sealed at rest).

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use md5::{Digest, Md5};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::ids::DeviceId;
use crate::io::crypto;
use crate::sealed::Redacted;

/// Verified in place of an unknown agent's hash, so that both take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aG90bGluZWhvdGxpbmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A secret cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[error("a secret cannot be hashed: {0}")]
pub struct CannotHash(String);

/// Argon2id as a PHC string; takes long on purpose.
pub fn hash(secret: &Redacted<String>) -> Result<String, CannotHash> {
    let hashed = Argon2::default().hash_password(secret.reveal().as_bytes());
    hashed.map(|phc| phc.to_string()).map_err(|error| CannotHash(error.to_string()))
}

/// Hashes on every processor; in the order given.
pub fn hash_all(secrets: &[Redacted<String>]) -> Result<Vec<String>, CannotHash> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = secrets.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = secrets
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().map(hash).collect::<Result<Vec<_>, _>>()))
            .collect();
        let mut hashes = Vec::with_capacity(secrets.len());
        for worker in workers {
            hashes.extend(worker.join().map_err(|_| CannotHash("a thread panicked".to_owned()))??);
        }
        Ok(hashes)
    })
}

/// Takes as long whether the agent is known or not.
pub fn verify(stored: Option<&str>, secret: &Redacted<String>) -> bool {
    let right =
        Argon2::default().verify_password(secret.reveal().as_bytes(), stored.unwrap_or(NOBODY)).is_ok();
    right && stored.is_some()
}

/// HA1 = H(user ":" realm ":" password), hex: SHA-256 and MD5 (RFC 7616 §3.4.2).
pub fn ha1(device: &DeviceId, realm: &str, password: &Redacted<String>) -> [Redacted<String>; 2] {
    let text = format!("{device}:{realm}:{}", password.reveal());
    [Redacted(crypto::sha256_hex(text.as_bytes())), Redacted(hex::encode(Md5::digest(text.as_bytes())))]
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(
        UnboundKey::new(&AES_256_GCM, key).expect("a 32-byte key always makes an AES-256 cipher"),
    )
}

fn associated(device: &DeviceId, algorithm: &str) -> String {
    format!("hotline ha1 1|{device}|{algorithm}")
}

/// Nonce and ciphertext in hex, bound to device and algorithm.
pub fn seal(
    key: &[u8; 32],
    device: &DeviceId,
    algorithm: &str,
    ha1: &Redacted<String>,
) -> Result<String, crypto::NoRandomness> {
    seal_as(key, &associated(device, algorithm), ha1)
}

/// Nonce and ciphertext in hex, bound to `what` it is.
pub fn seal_as(key: &[u8; 32], what: &str, plain: &Redacted<String>) -> Result<String, crypto::NoRandomness> {
    let nonce: [u8; NONCE_LEN] = crypto::random()?;
    let mut body = plain.reveal().as_bytes().to_vec();
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(what.as_bytes()), &mut body)
        .expect("a short text is far below the limit of AES-GCM");
    Ok(hex::encode([&nonce[..], &body].concat()))
}

/// `None` if the key is another one or the text was altered.
pub fn open(key: &[u8; 32], device: &DeviceId, algorithm: &str, sealed: &str) -> Option<Redacted<String>> {
    open_as(key, &associated(device, algorithm), sealed)
}

/// `None` if the key is another one, or it was sealed as something else, or altered.
pub fn open_as(key: &[u8; 32], what: &str, sealed: &str) -> Option<Redacted<String>> {
    let bytes = hex::decode(sealed).ok()?;
    let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    let plain = cipher(key).open_in_place(nonce, Aad::from(what.as_bytes()), &mut body).ok()?;
    String::from_utf8(plain.to_vec()).ok().map(Redacted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ha1_follows_rfc_7616() {
        // Section 3.9.1 gives no HA1; these are H("Mufasa:http-auth@example.org:Circle of Life").
        let password = Redacted("Circle of Life".to_owned());
        let [sha256, md5] = ha1(&"Mufasa".into(), "http-auth@example.org", &password);
        assert_eq!(sha256.reveal(), "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232");
        assert_eq!(md5.reveal(), "3d78807defe7de2157e2b0b6573a855f");
    }

    #[test]
    fn credentials_open_for_their_device_algorithm_and_key_only() {
        let ha1 = Redacted("abc".to_owned());
        let sealed = seal(&[7; 32], &"desk1".into(), "MD5", &ha1).unwrap();
        assert_eq!(open(&[7; 32], &"desk1".into(), "MD5", &sealed), Some(ha1));
        assert_eq!(open(&[8; 32], &"desk1".into(), "MD5", &sealed), None);
        assert_eq!(open(&[7; 32], &"desk2".into(), "MD5", &sealed), None);
        assert_eq!(open(&[7; 32], &"desk1".into(), "SHA-256", &sealed), None);
        assert_eq!(open(&[7; 32], &"desk1".into(), "MD5", "00"), None);
    }

    #[test]
    fn a_secret_verifies_against_its_hash_only() {
        let hashes = hash_all(&[Redacted("4711".to_owned()), Redacted("4712".to_owned())]).unwrap();
        assert!(verify(Some(&hashes[0]), &Redacted("4711".to_owned())));
        assert!(!verify(Some(&hashes[1]), &Redacted("4711".to_owned())));
        assert!(!verify(None, &Redacted("4711".to_owned())));
        assert!(!verify(Some("rubbish"), &Redacted("4711".to_owned())));
    }
}
