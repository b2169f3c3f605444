//! One line of the journal: a JSON object with the payload and the chain value after it.
//!
//! `{"event":{…},"chain":"HEX"}` where HEX is SHA-256 of the 32 bytes of the chain value before
//! and the bytes of the payload as they stand in the line. A segment's first line is
//! `{"segment":{…},"chain":"HEX"}`, chained in the same way.

use std::fmt;

use ring::digest::{Context, SHA256};
use serde::Serialize;

/// Value of the hash chain after some line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Chain([u8; 32]);

impl Chain {
    /// Before the first line of the first segment.
    pub const GENESIS: Chain = Chain([0; 32]);

    #[must_use]
    pub fn after(self, payload: &[u8]) -> Chain {
        let mut context = Context::new(&SHA256);
        context.update(&self.0);
        context.update(payload);
        let mut value = [0; 32];
        value.copy_from_slice(context.finish().as_ref());
        Chain(value)
    }

    pub fn from_hex(text: &[u8]) -> Option<Chain> {
        let mut value = [0; 32];
        hex::decode_to_slice(text, &mut value).ok()?;
        Some(Chain(value))
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))
    }
}

/// What a line carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Payload {
    Segment,
    Event,
}

impl Payload {
    fn opening(self) -> &'static [u8] {
        match self {
            Payload::Segment => b"{\"segment\":",
            Payload::Event => b"{\"event\":",
        }
    }
}

const CHAIN_OPENING: &[u8] = b",\"chain\":\"";
const CHAIN_CLOSING: &[u8] = b"\"}";
const HEX_LENGTH: usize = 64;
const TRAILER: usize = CHAIN_OPENING.len() + HEX_LENGTH + CHAIN_CLOSING.len();

/// Appends the line of `value` to `buffer` and returns the chain value after it.
pub fn write(
    buffer: &mut Vec<u8>,
    payload: Payload,
    chain: Chain,
    value: &impl Serialize,
) -> serde_json::Result<Chain> {
    buffer.extend_from_slice(payload.opening());
    let start = buffer.len();
    serde_json::to_writer(&mut *buffer, value)?;
    let chain = chain.after(&buffer[start..]);
    buffer.extend_from_slice(CHAIN_OPENING);
    let end = buffer.len();
    buffer.resize(end + HEX_LENGTH, 0);
    hex::encode_to_slice(chain.0, &mut buffer[end..])
        .map_err(<serde_json::Error as serde::ser::Error>::custom)?;
    buffer.extend_from_slice(CHAIN_CLOSING);
    buffer.push(b'\n');
    Ok(chain)
}

/// A line taken apart, its form checked and its chain value not yet.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub payload: Payload,
    pub json: &'a [u8],
    pub chain: Chain,
}

/// Takes a line apart; `line` is without its line feed.
pub fn split(line: &[u8]) -> Option<Line<'_>> {
    let payload = [Payload::Event, Payload::Segment].into_iter().find(|p| line.starts_with(p.opening()))?;
    let json_end = line.len().checked_sub(TRAILER)?;
    let json = line.get(payload.opening().len()..json_end)?;
    let trailer = line.get(json_end..)?;
    let hex = trailer.strip_prefix(CHAIN_OPENING)?.strip_suffix(CHAIN_CLOSING)?;
    Some(Line { payload, json, chain: Chain::from_hex(hex)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_and_comes_apart_again() {
        let mut buffer = Vec::new();
        let chain = write(&mut buffer, Payload::Event, Chain::GENESIS, &[1, 2]).unwrap();
        let text = String::from_utf8(buffer.clone()).unwrap();
        assert_eq!(text, format!("{{\"event\":[1,2],\"chain\":\"{chain}\"}}\n"));
        let line = split(&buffer[..buffer.len() - 1]).unwrap();
        assert_eq!((line.payload, line.json, line.chain), (Payload::Event, &b"[1,2]"[..], chain));
        assert_eq!(Chain::GENESIS.after(b"[1,2]"), chain);
    }

    #[test]
    fn other_bytes_are_no_line() {
        for bad in [&b""[..], b"{", b"{\"event\":", b"{\"event\":1}", &[0; 200]] {
            assert!(split(bad).is_none());
        }
    }
}
