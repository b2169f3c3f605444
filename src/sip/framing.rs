//! Messages out of a TCP stream: by Content-Length (RFC 3261 §18.3), with keep-alive pings (RFC 5626 §4.4.1).

use super::grammar::message::MAX_MESSAGE;
use super::grammar::name::HeaderName;

/// Longest start line and header together.
pub const MAX_HEAD: usize = 32 * 1024;

/// What the stream held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    /// One whole message.
    Message(Vec<u8>),
    /// A double CRLF: send [`PONG`] back.
    Ping,
}

/// The answer to a ping.
pub const PONG: &[u8] = b"\r\n";

/// The stream cannot be followed any more: close the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrameError {
    #[error("its header is too long")]
    HeadTooLong,
    #[error("it is longer than a message may be")]
    TooLong,
    #[error("no Content-Length says where it ends")]
    NoContentLength,
    #[error("its Content-Length is no number")]
    BadContentLength,
}

/// Collects the bytes of one connection; holds at most one message and what was fed last.
pub struct Framer {
    buffer: Vec<u8>,
    /// Longest message.
    limit: usize,
    /// Everything before this has been handed out.
    start: usize,
    /// No end of header begins before this.
    searched: usize,
}

impl Default for Framer {
    fn default() -> Self {
        Framer::new(MAX_MESSAGE)
    }
}

impl Framer {
    /// `limit`: the longest message, at most [`MAX_MESSAGE`] bytes.
    pub fn new(limit: usize) -> Framer {
        Framer { buffer: Vec::new(), limit: limit.min(MAX_MESSAGE), start: 0, searched: 0 }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched = self.searched.saturating_sub(self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame; none until more is fed. Call until none after each feed.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            let rest = &self.buffer[self.start..];
            if rest.starts_with(b"\r\n\r\n") {
                self.start += 4;
                return Ok(Some(Frame::Ping));
            }
            match rest {
                // Perhaps half a ping.
                [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return Ok(None),
                [b'\r' | b'\n', ..] => self.start += 1,
                _ => break,
            }
        }
        self.searched = self.searched.max(self.start);
        let Some(head) = self.head_end() else {
            self.searched = self.buffer.len().saturating_sub(3).max(self.start);
            let too_long = self.buffer.len() - self.start > MAX_HEAD.min(self.limit);
            return if too_long { Err(FrameError::HeadTooLong) } else { Ok(None) };
        };
        if head - self.start > MAX_HEAD {
            return Err(FrameError::HeadTooLong);
        }
        let body = content_length(&self.buffer[self.start..head])?;
        let end = head.saturating_add(body);
        if end - self.start > self.limit {
            return Err(FrameError::TooLong);
        }
        let Some(message) = self.buffer.get(self.start..end) else { return Ok(None) };
        let message = message.to_vec();
        self.start = end;
        self.searched = end;
        Ok(Some(Frame::Message(message)))
    }

    /// Offset behind the empty line.
    fn head_end(&self) -> Option<usize> {
        let unsearched = self.buffer.get(self.searched..)?;
        unsearched.windows(4).position(|window| window == b"\r\n\r\n").map(|at| self.searched + at + 4)
    }
}

fn content_length(head: &[u8]) -> Result<usize, FrameError> {
    for line in head.split(|b| *b == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let Ok(name) = std::str::from_utf8(&line[..colon]) else { continue };
        if HeaderName::of(name.trim_end()) == HeaderName::ContentLength {
            let value = std::str::from_utf8(&line[colon + 1..]).map_err(|_| FrameError::BadContentLength)?;
            return value.trim().parse().map_err(|_| FrameError::BadContentLength);
        }
    }
    Err(FrameError::NoContentLength)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"OPTIONS sip:a@b SIP/2.0\r\nl : 4\r\n\r\nbody";

    fn frames(chunks: &[&[u8]]) -> Result<Vec<Frame>, FrameError> {
        let mut framer = Framer::default();
        let mut frames = Vec::new();
        for chunk in chunks {
            framer.feed(chunk);
            while let Some(frame) = framer.next_frame()? {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    #[test]
    fn messages_come_out_whole_however_the_stream_is_cut() {
        let stream = [MESSAGE, b"\r\n\r\n", MESSAGE, b"\r\n", MESSAGE].concat();
        let whole = Frame::Message(MESSAGE.to_vec());
        let expected = vec![whole.clone(), Frame::Ping, whole.clone(), whole];
        for size in 1..stream.len() {
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            assert_eq!(frames(&chunks).unwrap(), expected, "chunks of {size}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_an_error() {
        assert_eq!(frames(&[b"A b C\r\n\r\n"]), Err(FrameError::NoContentLength));
        assert_eq!(frames(&[b"A b C\r\nContent-Length: x\r\n\r\n"]), Err(FrameError::BadContentLength));
        assert_eq!(frames(&[b"A b C\r\nContent-Length: -1\r\n\r\n"]), Err(FrameError::BadContentLength));
        assert_eq!(frames(&[b"A b C\r\nl: 99999999\r\n\r\n"]), Err(FrameError::TooLong));
        assert_eq!(frames(&[&vec![b'x'; MAX_HEAD + 1]]), Err(FrameError::HeadTooLong));
    }
}
