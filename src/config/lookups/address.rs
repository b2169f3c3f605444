//! Where a service is asked: over TLS, or on this very machine.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Longest path that a menu may add.
const LONGEST_PATH: usize = 256;

/// An `https` address; `http` only where nothing leaves the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address(Url);

/// Host and port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Authority {
    /// As in a URL: lower case, IPv6 in brackets.
    pub host: String,
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let url = Url::parse(text).map_err(|error| format!("this is no web address: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a user or password stands in the address".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("`?` and `#` cannot stand in it: what is asked goes in the body".to_owned());
        }
        match (url.scheme(), is_loopback(&url)) {
            ("https", _) | ("http", true) if url.host().is_some() => Ok(Address(url)),
            ("http", false) => {
                Err("http would carry callers' data unencrypted through the network".to_owned())
            }
            (other, _) => Err(format!("`{other}` is not https")),
        }
    }
}

impl Address {
    pub fn url(&self) -> &Url {
        &self.0
    }

    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    pub fn authority(&self) -> Authority {
        Authority {
            host: self.0.host_str().unwrap_or_default().to_owned(),
            port: self.0.port_or_known_default().unwrap_or(443),
        }
    }

    /// This address with `path` added; `None` if the path could lead elsewhere.
    ///
    /// Fields of a question belong in its body, so a path has no query, and nothing in it is escaped.
    pub fn with_path(&self, path: &str) -> Option<Url> {
        if path.is_empty() {
            return Some(self.0.clone());
        }
        let is_plain = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        };
        let rest = path.strip_prefix('/').filter(|_| path.len() <= LONGEST_PATH)?;
        if !rest.split('/').all(is_plain) {
            return None;
        }
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        Some(url)
    }
}

impl FromStr for Authority {
    type Err = String;

    /// `host` (port 443) or `host:port`.
    fn from_str(text: &str) -> Result<Authority, String> {
        let wrong = || format!("`{text}` is no host name, and no host with a port");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let url = Url::parse(&format!("https://{text}")).ok().filter(|_| text.chars().all(plain));
        let url = url.ok_or_else(wrong)?;
        let host = url.host_str().ok_or_else(wrong)?.to_owned();
        Ok(Authority { host, port: url.port().unwrap_or(443) })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            443 => f.write_str(&self.host),
            port => write!(f, "{}:{port}", self.host),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_encrypted_or_stays_here_is_an_address() {
        for right in [
            "https://core.bank.example/hotline",
            "https://192.0.2.1:8443",
            "http://127.0.0.1:1",
            "http://[::1]:2/x",
            "http://localhost/",
        ] {
            assert!(right.parse::<Address>().is_ok(), "{right}");
        }
        for wrong in [
            "http://core.bank.example/",
            "http://localhost.bank.example/",
            "https://user:pass@core.bank.example/",
            "https://core.bank.example/?a=1",
            "https://core.bank.example/#a",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "core.bank.example",
            "",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_stays_below_the_address() {
        let address: Address = "https://core.bank.example/hotline/".parse().unwrap();
        let url = |path| address.with_path(path).map(String::from);
        assert_eq!(url("").as_deref(), Some("https://core.bank.example/hotline/"));
        assert_eq!(
            url("/cards/block-1.v2").as_deref(),
            Some("https://core.bank.example/hotline/cards/block-1.v2")
        );
        for wrong in [
            "cards",
            "//evil.example/x",
            "/../admin",
            "/a/./b",
            "/a//b",
            "/a/",
            "/%2e%2e/x",
            "/a?b=1",
            "/a#b",
            "/a\\b",
            "/卡",
        ] {
            assert_eq!(url(wrong), None, "{wrong}");
        }
        assert_eq!(url(&format!("/{}", "x".repeat(300))), None);
    }

    #[test]
    fn a_host_without_port_means_the_port_of_https() {
        let authority = |text: &str| text.parse::<Authority>().map(|a| (a.host, a.port));
        assert_eq!(authority("Core.Bank.example"), Ok(("core.bank.example".to_owned(), 443)));
        assert_eq!(authority("core.bank.example:8443"), Ok(("core.bank.example".to_owned(), 8443)));
        assert_eq!(authority("[::1]:80"), Ok(("[::1]".to_owned(), 80)));
        for wrong in ["", "a/b", "https://a", "a b", "u@a", "*.bank.example"] {
            assert!(authority(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_leaves_the_host_or_the_folder(path in "[/a-z.%\\\\@:?#é ]{0,12}") {
            let address: Address = "https://core.bank.example/hotline".parse().unwrap();
            if let Some(url) = address.with_path(&path) {
                proptest::prop_assert_eq!(url.host_str(), Some("core.bank.example"));
                proptest::prop_assert!(url.path() == "/hotline" || url.path().starts_with("/hotline/"));
                proptest::prop_assert_eq!(url.path(), format!("/hotline{path}"));
            }
        }
    }
}
