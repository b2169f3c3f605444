//! Finding the session description in a body (RFC 3261 §7.4, RFC 5621 §3).

use super::message::Message;
use super::name::HeaderName;
use super::text::Params;

pub const SDP: &str = "application/sdp";

/// Media type of the body, lower case, and its parameters.
pub fn content_type<'m>(message: &'m Message<'_>) -> Option<(String, Params<'m>)> {
    let value = message.text(HeaderName::ContentType)?;
    let (kind, params) = value.split_at(value.find(';').unwrap_or(value.len()));
    Some((kind.trim().to_ascii_lowercase(), Params(params)))
}

/// The body is of a kind nobody here reads: 415.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsupported;

/// The session description of a message; empty if it has no body.
pub fn session<'m>(message: &'m Message<'_>) -> Result<&'m [u8], Unsupported> {
    if message.body.trim_ascii().is_empty() {
        return Ok(b"");
    }
    let plain = message
        .text(HeaderName::ContentEncoding)
        .is_none_or(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"));
    let (kind, params) = content_type(message).ok_or(Unsupported)?;
    match kind.as_str() {
        SDP if plain => Ok(message.body),
        "multipart/mixed" | "multipart/alternative" | "multipart/related" if plain => params
            .get("boundary")
            .filter(|boundary| !boundary.is_empty())
            .and_then(|boundary| part(message.body, boundary))
            .ok_or(Unsupported),
        _ => Err(Unsupported),
    }
}

/// The first part of type application/sdp.
fn part<'m>(body: &'m [u8], boundary: &str) -> Option<&'m [u8]> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut rest = &body[find(body, &delimiter)? + delimiter.len()..];
    while !rest.starts_with(b"--") {
        let end = find(rest, &delimiter).unwrap_or(rest.len());
        let section = &rest[..end];
        if let Some((head, content)) = head_and_content(section)
            && String::from_utf8_lossy(head).to_ascii_lowercase().contains(SDP)
        {
            return Some(content);
        }
        rest = rest.get(end + delimiter.len()..)?;
    }
    None
}

fn head_and_content(section: &[u8]) -> Option<(&[u8], &[u8])> {
    let (at, gap) = match find(section, b"\r\n\r\n") {
        Some(at) => (at, 4),
        None => (find(section, b"\n\n")?, 2),
    };
    Some((&section[..at], section[at + gap..].strip_suffix(b"\r\n").unwrap_or(&section[at + gap..])))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
