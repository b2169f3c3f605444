//! Cuts the byte stream of a connection into SIP messages: what [`SipTcp`](super::sip_tcp::SipTcp)
//! wants, done by the stack's own [`Framer`].

use crate::sip::framing::{Frame, FrameError, Framer};

/// Messages completed by some bytes.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Framed {
    pub messages: Vec<Vec<u8>>,
    /// Keep-alives (double CRLF, RFC 5626 §4.4.1); each is to be answered with one CRLF.
    pub pings: usize,
}

/// One for each connection. After an error the connection must be closed.
pub trait Framing: Send + 'static {
    fn push(&mut self, bytes: &[u8]) -> Result<Framed, FrameError>;
}

impl Framing for Framer {
    fn push(&mut self, bytes: &[u8]) -> Result<Framed, FrameError> {
        self.feed(bytes);
        let mut framed = Framed::default();
        while let Some(frame) = self.next_frame()? {
            match frame {
                Frame::Message(message) => framed.messages.push(message),
                Frame::Ping => framed.pings += 1,
            }
        }
        Ok(framed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"\r\nOPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n\
        SIP/2.0 200 OK\r\nl : 0\r\n\r\n\r\n\r\n";

    #[test]
    fn messages_are_the_same_however_the_stream_is_cut() {
        let mut whole = Framer::new(1000);
        let all = whole.push(STREAM).unwrap();
        assert_eq!(all.messages.len(), 2);
        assert!(all.messages[0].ends_with(b"abc"));
        assert_eq!(all.pings, 2);
        let mut one_by_one = Framer::new(1000);
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
        let push = |bytes: &[u8]| Framer::new(64).push(bytes).unwrap_err();
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\n\r\n"), FrameError::NoContentLength);
        assert_eq!(push(b"OPTIONS sip:a SIP/2.0\r\nl: 99\r\n\r\n"), FrameError::TooLong);
        assert_eq!(push(&[b'x'; 65]), FrameError::HeadTooLong);
    }

    proptest::proptest! {
        #[test]
        fn no_stream_makes_framing_panic(chunks in proptest::collection::vec("[\r\nl:0-9 a]{0,20}", 0..50)) {
            let mut framing = Framer::new(64);
            for chunk in chunks {
                if framing.push(chunk.as_bytes()).is_err() { break; }
            }
        }
    }
}
