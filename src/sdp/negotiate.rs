//! Offer and answer (RFC 3264): one audio stream, G.711, telephone-event where the peer knows it.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use super::parse::{Direction, Media, parse};
use crate::media::command::{Codec, Negotiated};

/// Payload type of telephone-event in our offers; in answers the peer's number is taken.
const DTMF: u8 = 101;

/// Our side of a session.
#[derive(Clone, Copy, Debug)]
pub struct Local<'a> {
    pub addr: IpAddr,
    /// Where we receive RTP; RTCP one higher.
    pub port: u16,
    /// Same for all descriptions of one session; `version` rises with each (RFC 3264 §8).
    pub session_id: u64,
    pub version: u64,
    /// Best first.
    pub codecs: &'a [Codec],
}

/// Why there is no session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// 400: not readable, or no address to send to.
    #[error("the session description is malformed")]
    BadOffer,
    /// 488
    #[error("no audio over plain RTP in a codec spoken here")]
    NoCommonCodec,
}

/// Answers an offer; also says what was settled on.
pub fn answer(offer: &[u8], local: Local<'_>) -> Result<(Vec<u8>, Negotiated), NoAnswer> {
    let text = String::from_utf8_lossy(offer);
    let streams = parse(&text).map_err(|_| NoAnswer::BadOffer)?;
    if streams.is_empty() {
        return Err(NoAnswer::BadOffer);
    }
    let taken = streams.iter().enumerate().find_map(|(at, stream)| {
        let (codec, payload_type) = local.codecs.iter().find_map(|codec| offered(stream, *codec))?;
        Some((at, stream, codec, payload_type))
    });
    let (taken, stream, codec, payload_type) = taken.ok_or(NoAnswer::NoCommonCodec)?;
    let negotiated = settle(stream, codec, payload_type)?;
    let mut text = head(&local);
    for (at, stream) in streams.iter().enumerate() {
        if at == taken {
            let direction = Direction::from_parts(negotiated.peer_receives, negotiated.peer_sends);
            audio(&mut text, local.port, &[(payload_type, codec)], negotiated.dtmf, direction);
        } else {
            refuse(&mut text, stream);
        }
    }
    Ok((text.into_bytes(), negotiated))
}

/// Offers all our codecs and telephone-event.
pub fn offer(local: Local<'_>) -> Vec<u8> {
    let mut text = head(&local);
    let codecs: Vec<(u8, Codec)> = local.codecs.iter().map(|codec| (codec.payload_type(), *codec)).collect();
    audio(&mut text, local.port, &codecs, Some(DTMF), Direction::SendRecv);
    text.into_bytes()
}

/// Reads the answer to an offer of `codecs` made by [`offer`]; the peer's first choice counts.
pub fn accept(answer: &[u8], codecs: &[Codec]) -> Result<Negotiated, NoAnswer> {
    let text = String::from_utf8_lossy(answer);
    let streams = parse(&text).map_err(|_| NoAnswer::BadOffer)?;
    let stream = streams.first().ok_or(NoAnswer::BadOffer)?;
    let chosen = stream.formats.iter().find_map(|format| {
        codecs
            .iter()
            .find_map(|codec| offered(stream, *codec).filter(|(_, number)| number.to_string() == *format))
    });
    let (codec, payload_type) = chosen.ok_or(NoAnswer::NoCommonCodec)?;
    settle(stream, codec, payload_type)
}

/// Payload type under which a usable stream offers a codec.
fn offered(stream: &Media<'_>, codec: Codec) -> Option<(Codec, u8)> {
    let usable =
        stream.kind == "audio" && stream.protocol.eq_ignore_ascii_case("RTP/AVP") && stream.port != 0;
    let number = numbered(stream, codec.name()).filter(|_| usable)?;
    Some((codec, number))
}

/// Payload type of an 8,000 Hz, one channel encoding.
fn numbered(stream: &Media<'_>, name: &str) -> Option<u8> {
    stream.formats.iter().find_map(|format| {
        let mut parts = stream.encoding(format)?.split('/').map(str::trim);
        let matches = parts.next()?.eq_ignore_ascii_case(name)
            && parts.next()? == "8000"
            && matches!(parts.next(), None | Some("1"));
        format.parse().ok().filter(|number| matches && *number < 128)
    })
}

fn settle(stream: &Media<'_>, codec: Codec, payload_type: u8) -> Result<Negotiated, NoAnswer> {
    let address = stream.address.ok_or(NoAnswer::BadOffer)?;
    Ok(Negotiated {
        remote: SocketAddr::new(address, stream.port),
        codec,
        payload_type,
        dtmf: numbered(stream, "telephone-event"),
        // The unspecified address is how RFC 2543 put somebody on hold (RFC 3264 §8.4).
        peer_receives: stream.direction.receives() && !address.is_unspecified(),
        peer_sends: stream.direction.sends(),
    })
}

fn head(local: &Local<'_>) -> String {
    let family = if local.addr.is_ipv4() { "IP4" } else { "IP6" };
    let Local { addr, session_id, version, .. } = local;
    format!(
        "v=0\r\no=hotline {session_id} {version} IN {family} {addr}\r\ns=-\r\nc=IN {family} {addr}\r\nt=0 0\r\n"
    )
}

fn audio(text: &mut String, port: u16, codecs: &[(u8, Codec)], dtmf: Option<u8>, direction: Direction) {
    // Writing to a String cannot fail.
    let _ = write!(text, "m=audio {port} RTP/AVP");
    for number in codecs.iter().map(|(number, _)| *number).chain(dtmf) {
        let _ = write!(text, " {number}");
    }
    text.push_str("\r\n");
    for (number, codec) in codecs {
        let _ = write!(text, "a=rtpmap:{number} {}/8000\r\n", codec.name());
    }
    if let Some(number) = dtmf {
        let _ = write!(text, "a=rtpmap:{number} telephone-event/8000\r\na=fmtp:{number} 0-15\r\n");
    }
    let _ = write!(text, "a=ptime:20\r\na={}\r\n", direction.name());
}

/// Port 0 (RFC 3264 §6); the formats are repeated, as the line must have some.
fn refuse(text: &mut String, stream: &Media<'_>) {
    let _ = write!(text, "m={} 0 {}", stream.kind, stream.protocol);
    for format in &stream.formats {
        let _ = write!(text, " {format}");
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests;
