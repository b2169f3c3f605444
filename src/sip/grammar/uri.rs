//! SIP and telephone URIs (RFC 3261 §19.1, RFC 3966), with IPv6 hosts.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use super::text::{Params, unescape};

pub const DEFAULT_PORT: u16 = 5060;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Sip,
    Sips,
    Tel,
}

/// Parts as written; the host without the brackets of IPv6.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Uri<'a> {
    pub scheme: Scheme,
    user: Option<&'a str>,
    pub host: &'a str,
    pub port: Option<u16>,
    pub params: Params<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadUri {
    /// Answered with 416.
    #[error("scheme is not sip, sips or tel")]
    Scheme,
    #[error("malformed URI")]
    Malformed,
}

impl<'a> Uri<'a> {
    pub fn parse(text: &'a str) -> Result<Uri<'a>, BadUri> {
        if text.bytes().any(|b| b <= b' ' || b == 0x7f || b == b'<' || b == b'>' || b == b'"') {
            return Err(BadUri::Malformed);
        }
        let (scheme, rest) = text.split_once(':').ok_or(BadUri::Malformed)?;
        let scheme = match scheme {
            s if s.eq_ignore_ascii_case("sip") => Scheme::Sip,
            s if s.eq_ignore_ascii_case("sips") => Scheme::Sips,
            s if s.eq_ignore_ascii_case("tel") => return Uri::tel(rest),
            _ => return Err(BadUri::Scheme),
        };
        // A user part may hold ';' and '?', but no bare '@'.
        let (user, rest) = match rest.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo.split(':').next().unwrap_or("")), rest),
            None => (None, rest),
        };
        let (rest, _headers) = rest.split_once('?').unwrap_or((rest, ""));
        let (host_port, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = host_and_port(host_port).ok_or(BadUri::Malformed)?;
        Ok(Uri { scheme, user, host, port, params: Params(params) })
    }

    fn tel(rest: &'a str) -> Result<Uri<'a>, BadUri> {
        let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        if number.is_empty() {
            return Err(BadUri::Malformed);
        }
        Ok(Uri { scheme: Scheme::Tel, user: Some(number), host: "", port: None, params: Params(params) })
    }

    /// The user part without its parameters, unescaped; of a telephone number without separators.
    pub fn user(&self) -> Cow<'a, str> {
        let user = self.user.unwrap_or("");
        match self.scheme {
            Scheme::Tel => Cow::Owned(user.replace(['-', '.', '(', ')'], "")),
            Scheme::Sip | Scheme::Sips => unescape(user.split(';').next().unwrap_or("")),
        }
    }

    /// Where to send; none for a host name, as nothing here resolves names.
    pub fn address(&self) -> Option<SocketAddr> {
        let ip: IpAddr = self.host.parse().ok()?;
        Some(SocketAddr::new(ip, self.port.unwrap_or(DEFAULT_PORT)))
    }

    pub fn wants_tcp(&self) -> bool {
        self.params.get("transport").is_some_and(|t| t.eq_ignore_ascii_case("tcp"))
    }

    /// What makes two contacts the same (a subset of RFC 3261 §19.1.4 that errs towards equal).
    pub fn identity(&self) -> (String, String, u16) {
        let port = self.port.unwrap_or(DEFAULT_PORT);
        (self.user().into_owned(), self.host.to_ascii_lowercase(), port)
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`; white space around the colon is let pass (RFC 3261 §20.42).
pub fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let text = text.trim();
    let (host, rest) = if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, rest)
    } else {
        text.split_at(text.find(':').unwrap_or(text.len()))
    };
    let host = host.trim_end();
    if !host.contains(':') && !is_host_name(host) {
        return None;
    }
    let rest = rest.trim();
    if rest.is_empty() {
        return Some((host, None));
    }
    let port = rest.strip_prefix(':')?.trim().parse().ok()?;
    Some((host, Some(port)))
}

fn is_host_name(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}
