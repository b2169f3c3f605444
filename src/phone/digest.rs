//! Digest authentication, the client's side (RFC 3261 §22, RFC 7616, RFC 8760).
//!
//! `rsip` knows digests, but writes `SHA256` where the registry says `SHA-256`, so the header is
//! made here.

use md5::{Digest as _, Md5};

use super::message::Auth;

/// One challenge of a 401 or 407.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    qop_auth: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    fn hex(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex::encode(Md5::digest(text.as_bytes())),
            Algorithm::Sha256 => hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes())),
        }
    }
}

impl Challenge {
    /// Reads the value of a WWW-Authenticate or Proxy-Authenticate header.
    pub fn parse(value: &str) -> Option<Challenge> {
        let (scheme, rest) = value.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let params = parameters(rest);
        let get = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let algorithm = match get("algorithm").map(|a| a.to_ascii_uppercase()).as_deref() {
            None | Some("MD5") => Algorithm::Md5,
            Some("SHA-256") => Algorithm::Sha256,
            Some(_) => return None,
        };
        let qop_auth = get("qop").is_some_and(|q| q.split(',').any(|q| q.trim() == "auth"));
        Some(Challenge {
            realm: get("realm")?,
            nonce: get("nonce")?,
            opaque: get("opaque"),
            algorithm,
            qop_auth,
        })
    }

    /// The challenge to answer: the strongest that `auth` allows.
    pub fn choose(challenges: Vec<Challenge>, auth: &Auth) -> Option<Challenge> {
        let allowed = |c: &Challenge| !auth.md5_only || c.algorithm == Algorithm::Md5;
        challenges.into_iter().filter(allowed).max_by_key(|c| c.algorithm)
    }

    /// Value of the (Proxy-)Authorization header for `method` on `uri`.
    pub fn answer(&self, auth: &Auth, method: &str, uri: &str, cnonce: &str) -> String {
        let hash = |text: String| self.algorithm.hex(&text);
        let ha1 = hash(format!("{}:{}:{}", auth.user, self.realm, auth.password));
        let ha2 = hash(format!("{method}:{uri}"));
        let response = if self.qop_auth {
            hash(format!("{ha1}:{}:00000001:{cnonce}:auth:{ha2}", self.nonce))
        } else {
            hash(format!("{ha1}:{}:{ha2}", self.nonce))
        };
        let mut value = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\", algorithm={}",
            auth.user,
            self.realm,
            self.nonce,
            self.algorithm.name()
        );
        if self.qop_auth {
            value.push_str(&format!(", qop=auth, nc=00000001, cnonce=\"{cnonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            value.push_str(&format!(", opaque=\"{opaque}\""));
        }
        value
    }
}

/// `name=value` pairs, commas inside quotes kept.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut quoted = false;
    for part in text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    }) {
        if let Some((name, value)) = part.split_once('=') {
            pairs.push((name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned()));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mufasa() -> Auth {
        Auth { user: "Mufasa".into(), password: "Circle of Life".into(), md5_only: false }
    }

    /// RFC 7616 §3.9.1, both algorithms.
    #[test]
    fn the_examples_of_the_rfc() {
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let challenge = |algorithm: &str| {
            Challenge::parse(&format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            ))
            .unwrap()
        };
        let md5 = challenge("MD5").answer(&mufasa(), "GET", "/dir/index.html", cnonce);
        assert!(md5.contains("8ca523f5e9506fed4657c9700eebdbec"), "{md5}");
        let sha = challenge("SHA-256").answer(&mufasa(), "GET", "/dir/index.html", cnonce);
        assert!(sha.contains("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"), "{sha}");
    }

    #[test]
    fn the_strongest_challenge_is_answered_unless_told_otherwise() {
        let both = || {
            ["Digest realm=\"a\", nonce=\"1\"", "Digest realm=\"a\", nonce=\"2\", algorithm=SHA-256"]
                .iter()
                .filter_map(|text| Challenge::parse(text))
                .collect::<Vec<_>>()
        };
        assert!(Challenge::choose(both(), &mufasa()).unwrap().algorithm == Algorithm::Sha256);
        let old = Auth { md5_only: true, ..mufasa() };
        assert!(Challenge::choose(both(), &old).unwrap().algorithm == Algorithm::Md5);
        assert!(Challenge::parse("Basic realm=\"a\"").is_none());
    }
}
