//! Digest authentication (RFC 7616, RFC 8760): SHA-256 and MD5, qop=auth, nonces that expire and count.

use std::collections::BTreeMap;
use std::time::Duration;

use md5::{Digest as _, Md5};
use ring::hmac;

use super::grammar::text::{split_outside, unquoted};
use crate::now::Mono;

/// Hash algorithms offered, best first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    Sha256,
    Md5,
}

impl Algorithm {
    /// Name in header fields.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Md5 => "MD5",
        }
    }

    /// Whether a telephone of this User-Agent may be shown a challenge with this algorithm. A telephone
    /// passes over those it does not know (RFC 8760 §2.4), but baresip before 3 gives up at the first one.
    pub fn is_bearable(self, user_agent: &str) -> bool {
        let gives_up = ["baresip v0.", "baresip v1.", "baresip v2."];
        self == Algorithm::Md5 || !gives_up.iter().any(|name| user_agent.starts_with(name))
    }

    fn of(name: &str) -> Option<Algorithm> {
        [Algorithm::Sha256, Algorithm::Md5].into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }

    /// Hex of the hash of the parts joined by ':'.
    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Algorithm::Sha256 => hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes())),
            Algorithm::Md5 => hex::encode(Md5::digest(text.as_bytes())),
        }
    }
}

/// What the database keeps instead of a password: `H(user ":" realm ":" password)` in hex.
pub fn ha1(algorithm: Algorithm, user: &str, realm: &str, password: &str) -> String {
    algorithm.hash(&[user, realm, password])
}

/// An Authorization field of scheme Digest. Has no `Debug`: it proves who somebody is.
pub struct Credentials<'a> {
    pub username: &'a str,
    pub realm: &'a str,
    pub nonce: &'a str,
    pub uri: &'a str,
    pub algorithm: Algorithm,
    response: &'a str,
    cnonce: &'a str,
    nonce_count: &'a str,
}

impl<'a> Credentials<'a> {
    /// None for another scheme, another algorithm, or anything but qop=auth.
    pub fn parse(value: &'a str) -> Option<Credentials<'a>> {
        let (scheme, fields) = value.trim().split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let get = |wanted: &str| {
            split_outside(fields, b',').find_map(|field| {
                let (name, value) = field.split_once('=')?;
                name.trim().eq_ignore_ascii_case(wanted).then(|| unquoted(value.trim()))
            })
        };
        get("qop").filter(|qop| qop.eq_ignore_ascii_case("auth"))?;
        Some(Credentials {
            username: get("username")?,
            realm: get("realm")?,
            nonce: get("nonce")?,
            uri: get("uri")?,
            algorithm: Algorithm::of(get("algorithm").unwrap_or("MD5"))?,
            response: get("response")?,
            cnonce: get("cnonce")?,
            nonce_count: get("nc")?,
        })
    }

    /// Nonce count, hex of 8 digits.
    pub fn count(&self) -> Option<u32> {
        u32::from_str_radix(self.nonce_count, 16).ok().filter(|_| self.nonce_count.len() == 8)
    }

    /// Whether whoever made the response knows the password behind `ha1`.
    pub fn proves(&self, ha1: &str, method: &str) -> bool {
        let ha2 = self.algorithm.hash(&[method, self.uri]);
        let expected = self.algorithm.hash(&[ha1, self.nonce, self.nonce_count, self.cnonce, "auth", &ha2]);
        same(expected.as_bytes(), self.response.to_ascii_lowercase().as_bytes())
    }
}

/// Equality in a time that does not tell where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (x, y)| differences | (x ^ y)) == 0
}

/// Whether a nonce may be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    Fresh,
    /// Expired, of another boot, or its count was used before: ask again with stale=true.
    Stale,
}

/// Makes nonces that prove their own origin, so that a challenge costs no memory; only nonces that
/// were used with success are remembered, for their count.
pub struct Nonces {
    key: hmac::Key,
    made: u64,
    lifetime: Duration,
    /// Highest count seen, by (time made, number).
    used: BTreeMap<(u64, u64), u32>,
    /// Nonces up to this one were forgotten, so they count as expired.
    forgotten: Option<(u64, u64)>,
    capacity: usize,
}

/// Bytes of the time, the number, and the proof in a nonce.
const TIME: usize = 8;
const NUMBER: usize = 8;
const PROOF: usize = 16;

impl Nonces {
    pub fn new(key: &[u8; 32], lifetime: Duration, capacity: usize) -> Nonces {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        Nonces { key, made: 0, lifetime, used: BTreeMap::new(), forgotten: None, capacity: capacity.max(1) }
    }

    pub fn make(&mut self, now: Mono) -> String {
        self.made += 1;
        let stamp = [now.0.to_be_bytes(), self.made.to_be_bytes()].concat();
        let proof = hmac::sign(&self.key, &stamp);
        hex::encode([&stamp, &proof.as_ref()[..PROOF]].concat())
    }

    /// Takes note of one use of a nonce whose response was right.
    pub fn use_once(&mut self, now: Mono, nonce: &str, count: u32) -> Freshness {
        let Some(id) = self.read(nonce) else { return Freshness::Stale };
        let expired = now.since(Mono(id.0)) > self.lifetime;
        if expired || self.forgotten.is_some_and(|forgotten| id <= forgotten) {
            return Freshness::Stale;
        }
        let last = self.used.entry(id).or_insert(0);
        if count <= *last {
            return Freshness::Stale;
        }
        *last = count;
        while let Some((&oldest, _)) = self.used.first_key_value()
            && (self.used.len() > self.capacity || now.since(Mono(oldest.0)) > self.lifetime)
        {
            self.used.remove(&oldest);
            self.forgotten = Some(oldest);
        }
        Freshness::Fresh
    }

    /// Time and number of a nonce made here.
    fn read(&self, nonce: &str) -> Option<(u64, u64)> {
        let mut bytes = [0; TIME + NUMBER + PROOF];
        hex::decode_to_slice(nonce, &mut bytes).ok()?;
        let (stamp, proof) = bytes.split_at(TIME + NUMBER);
        let expected = hmac::sign(&self.key, stamp);
        if !same(&expected.as_ref()[..PROOF], proof) {
            return None;
        }
        let (time, number) = stamp.split_at(TIME);
        Some((u64::from_be_bytes(time.try_into().ok()?), u64::from_be_bytes(number.try_into().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked examples of RFC 7616 §3.9.1.
    #[test]
    fn the_examples_of_the_rfc_come_out() {
        let field = |algorithm: &str, response: &str| {
            format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
                 algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\""
            )
        };
        for (algorithm, response) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let secret = ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
            let right = field(algorithm.name(), response);
            let credentials = Credentials::parse(&right).unwrap();
            assert!(credentials.proves(&secret, "GET"));
            assert!(!credentials.proves(&secret, "REGISTER"));
            assert_eq!(credentials.count(), Some(1));
        }
    }

    #[test]
    fn only_digest_with_qop_auth_is_read() {
        assert!(Credentials::parse("Basic QWxhZGRpbg==").is_none());
        assert!(Credentials::parse("Digest username=\"a\", realm=\"r\"").is_none());
        assert!(Credentials::parse("").is_none());
    }

    #[test]
    fn a_nonce_serves_rising_counts_until_it_expires() {
        let mut nonces = Nonces::new(&[1; 32], Duration::from_secs(60), 10);
        let nonce = nonces.make(Mono::from_millis(1000));
        let at = |ms| Mono::from_millis(ms);
        assert_eq!(nonces.use_once(at(2000), &nonce, 1), Freshness::Fresh);
        assert_eq!(nonces.use_once(at(2000), &nonce, 1), Freshness::Stale, "replay");
        assert_eq!(nonces.use_once(at(2000), &nonce, 3), Freshness::Fresh);
        assert_eq!(nonces.use_once(at(2000), &nonce, 2), Freshness::Stale, "older count");
        assert_eq!(nonces.use_once(at(61_001), &nonce, 4), Freshness::Stale, "expired");
        let foreign = Nonces::new(&[2; 32], Duration::from_secs(60), 10).make(at(2000));
        assert_eq!(nonces.use_once(at(2000), &foreign, 1), Freshness::Stale, "of another boot");
    }

    #[test]
    fn a_forgotten_nonce_cannot_be_replayed() {
        let mut nonces = Nonces::new(&[1; 32], Duration::from_secs(60), 2);
        let made: Vec<String> = (0..4).map(|_| nonces.make(Mono(0))).collect();
        for nonce in &made {
            assert_eq!(nonces.use_once(Mono(1), nonce, 1), Freshness::Fresh);
        }
        for nonce in &made {
            assert_eq!(nonces.use_once(Mono(1), nonce, 1), Freshness::Stale);
        }
    }
}
