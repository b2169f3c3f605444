//! Cuts a byte stream into SIP messages (RFC 3261 §18.3): an interface, and a framer that knows no
//! more of SIP than `Content-Length`.

/// Keep-alive of the other side (RFC 5626 §4.4.1); also the end of a header.
const PING: &[u8] = b"\r\n\r\n";

/// Messages completed by some bytes.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Framed {
    pub messages: Vec<Vec<u8>>,
    /// Keep-alives (double CRLF, RFC 5626 §4.4.1); each is to be answered with one CRLF.
    pub pings: usize,
}

/// The stream cannot be cut any more: the connection must be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stream holds no SIP message: {0}")]
pub struct Unframeable(pub &'static str);

/// One for each connection.
pub trait Framing: Send + 'static {
    fn push(&mut self, bytes: &[u8]) -> Result<Framed, Unframeable>;
}

/// Frames by `Content-Length`; a message longer than the limit ends the connection.
pub struct LengthFraming {
    buffer: Vec<u8>,
    limit: usize,
}

impl LengthFraming {
    pub fn new(limit: usize) -> Self {
        LengthFraming { buffer: Vec::new(), limit }
    }

    /// Length of the message at the front, once its header is complete.
    fn message_length(&self) -> Result<Option<usize>, Unframeable> {
        let Some(header) = find(&self.buffer, PING) else {
            return if self.buffer.len() > self.limit {
                Err(Unframeable("header too long"))
            } else {
                Ok(None)
            };
        };
        let body = content_length(&self.buffer[..header]).ok_or(Unframeable("no usable Content-Length"))?;
        match header.checked_add(4).and_then(|start| start.checked_add(body)) {
            Some(length) if length <= self.limit => Ok(Some(length)),
            _ => Err(Unframeable("message too long")),
        }
    }
}

impl Framing for LengthFraming {
    fn push(&mut self, bytes: &[u8]) -> Result<Framed, Unframeable> {
        self.buffer.extend_from_slice(bytes);
        let mut framed = Framed::default();
        loop {
            if self.buffer.starts_with(PING) {
                self.buffer.drain(..PING.len());
                framed.pings += 1;
            } else if PING.starts_with(&self.buffer) {
                return Ok(framed);
            } else if self.buffer.starts_with(b"\r\n") {
                // A pong, or a line end too many before a message (RFC 3261 §7.5).
                self.buffer.drain(..2);
            } else {
                match self.message_length()? {
                    Some(length) if length <= self.buffer.len() => {
                        framed.messages.push(self.buffer.drain(..length).collect());
                    }
                    _ => return Ok(framed),
                }
            }
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Value of `Content-Length` or its compact form `l`; it must be there over a stream.
fn content_length(header: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(header);
    text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        let is_length = name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l");
        is_length.then(|| value.trim().parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"\r\nOPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n\
        SIP/2.0 200 OK\r\nl : 0\r\n\r\n\r\n\r\n";

    #[test]
    fn messages_are_the_same_however_the_stream_is_cut() {
        let mut whole = LengthFraming::new(1000);
        let all = whole.push(STREAM).unwrap();
        assert_eq!(all.messages.len(), 2);
        assert!(all.messages[0].ends_with(b"abc"));
        assert_eq!(all.pings, 2);
        let mut one_by_one = LengthFraming::new(1000);
        let mut sum = Framed::default();
        for byte in STREAM {
            let framed = one_by_one.push(&[*byte]).unwrap();
            sum.messages.extend(framed.messages);
            sum.pings += framed.pings;
        }
        assert_eq!(sum, all);
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        let push = |bytes: &[u8]| LengthFraming::new(64).push(bytes).unwrap_err().0;
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\n\r\n"), "no usable Content-Length");
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\nl: x\r\n\r\n"), "no usable Content-Length");
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\nl: 99\r\n\r\n"), "message too long");
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\nl: 18446744073709551615\r\n\r\n"), "message too long");
        assert_eq!(push(&[b'x'; 65]), "header too long");
    }

    proptest::proptest! {
        #[test]
        fn no_stream_makes_framing_panic_or_grow(chunks in proptest::collection::vec("[\r\nl:0-9 a]{0,20}", 0..50)) {
            let mut framing = LengthFraming::new(64);
            for chunk in chunks {
                if framing.push(chunk.as_bytes()).is_err() { break; }
                assert!(framing.buffer.len() <= 64 + 20);
            }
        }
    }
}
