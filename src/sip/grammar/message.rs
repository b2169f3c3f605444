//! A whole message: start line, header fields in order, body. Bounded in size and number of fields.

use std::borrow::Cow;

use super::name::HeaderName;
use super::text::{is_token, split_outside};

/// Longest message read: the largest UDP datagram.
pub const MAX_MESSAGE: usize = 65_535;
/// Most header fields of one message.
pub const MAX_HEADERS: usize = 200;

/// Why bytes are no SIP message at all; such bytes can only be dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoMessage {
    #[error("longer than {MAX_MESSAGE} bytes")]
    TooLong,
    #[error("start line is neither a request's nor a response's")]
    StartLine,
    #[error("more than {MAX_HEADERS} header fields")]
    TooManyHeaders,
    #[error("ends before the empty line behind the header")]
    Truncated,
}

impl NoMessage {
    /// Label of the counter of rejected messages.
    pub fn label(self) -> &'static str {
        match self {
            NoMessage::TooLong => "too_long",
            NoMessage::StartLine => "start_line",
            NoMessage::TooManyHeaders => "too_many_headers",
            NoMessage::Truncated => "truncated",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start<'a> {
    Request { method: &'a str, uri: &'a str, version: &'a str },
    Response { code: u16, reason: &'a str },
}

/// One field line, unfolded. The name is kept as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Header<'a> {
    pub name: HeaderName,
    pub written: &'a str,
    value: Cow<'a, str>,
    /// The value's bytes where they are not UTF-8, so that they are echoed unaltered.
    raw: Option<Box<[u8]>>,
}

impl Header<'_> {
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value as received, for echoing.
    pub fn raw(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.value.as_bytes())
    }
}

/// A message as read. Holds callers' numbers, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Message<'a> {
    pub start: Start<'a>,
    pub headers: Vec<Header<'a>>,
    pub body: &'a [u8],
    /// First thing wrong with it that still lets it be answered (400).
    pub flaw: Option<&'static str>,
}

impl<'a> Message<'a> {
    /// Reads one message (a datagram, or a framed piece of a stream).
    pub fn parse(bytes: &'a [u8]) -> Result<Message<'a>, NoMessage> {
        if bytes.len() > MAX_MESSAGE {
            return Err(NoMessage::TooLong);
        }
        let blank = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let mut lines = Lines { rest: &bytes[blank..] };
        let first = lines.next_line().ok_or(NoMessage::Truncated)?;
        let first = std::str::from_utf8(first).map_err(|_| NoMessage::StartLine)?;
        let (start, mut flaw) = start_line(first)?;
        let mut headers: Vec<Header<'a>> = Vec::with_capacity(24);
        loop {
            let line = lines.next_line().ok_or(NoMessage::Truncated)?;
            if line.is_empty() {
                break;
            }
            if matches!(line[0], b' ' | b'\t') {
                match headers.last_mut() {
                    Some(header) => unfold(header, line),
                    None => flaw = flaw.or(Some("Folding")),
                }
                continue;
            }
            if headers.len() == MAX_HEADERS {
                return Err(NoMessage::TooManyHeaders);
            }
            match header_line(line) {
                Some(header) => headers.push(header),
                None => flaw = flaw.or(Some("Header line")),
            }
        }
        let mut message = Message { start, headers, body: lines.rest, flaw };
        message.flaw = message.flaw.or_else(|| message.repeated()).or_else(|| message.cut_body());
        Ok(message)
    }

    fn repeated(&self) -> Option<&'static str> {
        let mut seen = 0u64;
        for header in self.headers.iter().filter(|header| header.name.is_single()) {
            let bit = 1u64 << (header.name as u32);
            if seen & bit != 0 {
                return Some("Repeated header");
            }
            seen |= bit;
        }
        None
    }

    /// Cuts the body to Content-Length (RFC 3261 §18.3).
    fn cut_body(&mut self) -> Option<&'static str> {
        let length = self.text(HeaderName::ContentLength)?;
        match length.parse::<usize>() {
            Ok(length) if length <= self.body.len() => {
                self.body = &self.body[..length];
                None
            }
            _ => Some("Content-Length"),
        }
    }

    pub fn all(&self, name: HeaderName) -> impl Iterator<Item = &Header<'a>> {
        self.headers.iter().filter(move |header| header.name == name)
    }

    pub fn first(&self, name: HeaderName) -> Option<&Header<'a>> {
        self.headers.iter().find(|header| header.name == name)
    }

    /// Value of the first field of that name.
    pub fn text(&self, name: HeaderName) -> Option<&str> {
        self.first(name).map(Header::value)
    }

    /// Elements of all fields of that name, comma lists taken apart.
    pub fn list(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.all(name).flat_map(|header| split_outside(header.value(), b','))
    }

    /// Value of the first field written with this name, for fields without a [`HeaderName`].
    pub fn other(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.written.eq_ignore_ascii_case(name)).map(Header::value)
    }
}

struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    /// The next line without its end (CRLF, or LF alone); none if it has no end.
    fn next_line(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|b| *b == b'\n')?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

fn start_line(line: &str) -> Result<(Start<'_>, Option<&'static str>), NoMessage> {
    let (first, rest) = line.trim_end().split_once(' ').ok_or(NoMessage::StartLine)?;
    if first.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("SIP/")) {
        let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let code: u16 = code.parse().map_err(|_| NoMessage::StartLine)?;
        if !first.eq_ignore_ascii_case("SIP/2.0") || !(100..700).contains(&code) {
            return Err(NoMessage::StartLine);
        }
        return Ok((Start::Response { code, reason }, None));
    }
    let (uri, version) = rest.rsplit_once(' ').ok_or(NoMessage::StartLine)?;
    if !is_token(first) || version.get(..4).is_none_or(|head| !head.eq_ignore_ascii_case("SIP/")) {
        return Err(NoMessage::StartLine);
    }
    let spaced = uri.is_empty() || uri.contains(|c: char| c.is_whitespace() || c == '<' || c == '>');
    let flaw = spaced.then_some("Request-URI");
    Ok((Start::Request { method: first, uri: uri.trim(), version }, flaw))
}

fn header_line(line: &[u8]) -> Option<Header<'_>> {
    let colon = line.iter().position(|b| *b == b':')?;
    let written = std::str::from_utf8(&line[..colon]).ok()?.trim_end();
    if !is_token(written) {
        return None;
    }
    let bytes = line[colon + 1..].trim_ascii();
    let value = String::from_utf8_lossy(bytes);
    let raw = matches!(value, Cow::Owned(_)).then(|| Box::from(bytes));
    Some(Header { name: HeaderName::of(written), written, value, raw })
}

/// Appends a folded line: the line end and the white space around it count as one space.
fn unfold(header: &mut Header<'_>, line: &[u8]) {
    let more = line.trim_ascii();
    let text = String::from_utf8_lossy(more);
    if header.raw.is_some() || matches!(text, Cow::Owned(_)) {
        header.raw = Some([header.raw(), b" ", more].concat().into_boxed_slice());
    }
    let value = header.value.to_mut();
    if !value.is_empty() && !text.is_empty() {
        value.push(' ');
    }
    value.push_str(&text);
}
