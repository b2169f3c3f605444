//! Writing messages: every line ends CRLF, no value can smuggle in a line of its own.

use std::net::SocketAddr;

/// A message being written.
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub fn request(method: &str, uri: &str) -> Writer {
        let mut writer = Writer { bytes: Vec::with_capacity(1024) };
        writer.clean(method.as_bytes());
        writer.bytes.push(b' ');
        writer.clean(uri.as_bytes());
        writer.bytes.extend_from_slice(b" SIP/2.0\r\n");
        writer
    }

    /// An empty `reason` stands for the usual phrase.
    pub fn response(code: u16, reason: &str) -> Writer {
        let mut writer = Writer { bytes: Vec::with_capacity(1024) };
        let reason = if reason.is_empty() { phrase(code) } else { reason };
        writer.bytes.extend_from_slice(b"SIP/2.0 ");
        writer.bytes.extend_from_slice(code.to_string().as_bytes());
        writer.bytes.push(b' ');
        writer.clean(reason.as_bytes());
        writer.bytes.extend_from_slice(b"\r\n");
        writer
    }

    pub fn header(&mut self, name: &str, value: &str) -> &mut Writer {
        self.header_parts(name, &[value.as_bytes()])
    }

    /// A field whose value is put together from pieces, as received or our own.
    pub fn header_parts(&mut self, name: &str, parts: &[&[u8]]) -> &mut Writer {
        self.clean(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        for part in parts {
            self.clean(part);
        }
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// Lines written before by a [`Writer`], ends included.
    pub fn lines(&mut self, lines: &[u8]) -> &mut Writer {
        self.bytes.extend_from_slice(lines);
        self
    }

    /// The message, ended by its body; an empty body has no type.
    pub fn body(mut self, content_type: &str, body: &[u8]) -> Vec<u8> {
        if !body.is_empty() {
            self.header("Content-Type", content_type);
        }
        self.header("Content-Length", &body.len().to_string());
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(body);
        self.bytes
    }

    pub fn end(self) -> Vec<u8> {
        self.body("", b"")
    }

    fn clean(&mut self, text: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text);
        for byte in &mut self.bytes[from..] {
            if *byte < b' ' || *byte == 0x7f {
                *byte = b' ';
            }
        }
    }
}

/// `host:port` of a URI or Via, IPv6 in brackets.
pub fn host_port(address: SocketAddr) -> String {
    address.to_string()
}

/// The usual reason phrase (RFC 3261 §21).
pub fn phrase(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200..=299 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        423 => "Interval Too Brief",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        600 => "Busy Everywhere",
        603 => "Decline",
        _ => class(code),
    }
}

/// For a code without a phrase of its own.
fn class(code: u16) -> &'static str {
    match code / 100 {
        1 => "Progress",
        3 => "Redirection",
        4 => "Request Failure",
        5 => "Server Failure",
        _ => "Global Failure",
    }
}
