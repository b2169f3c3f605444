//! A session description as read: what offer and answer need, the rest passed over.

use std::net::IpAddr;

/// Most media lines of a description; more is not meant for a telephone.
const MAX_MEDIA: usize = 32;
/// Most attribute lines kept of one stream.
const MAX_ATTRIBUTES: usize = 200;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn of(attribute: &str) -> Option<Direction> {
        match attribute {
            "sendrecv" => Some(Direction::SendRecv),
            "sendonly" => Some(Direction::SendOnly),
            "recvonly" => Some(Direction::RecvOnly),
            "inactive" => Some(Direction::Inactive),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// Whoever said it sends.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whoever said it receives.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    pub fn from_parts(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }
}

/// One `m=` line with what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Media<'a> {
    pub kind: &'a str,
    pub port: u16,
    pub protocol: &'a str,
    /// Formats as written: payload types, for RTP.
    pub formats: Vec<&'a str>,
    /// Of the stream, else of the session.
    pub address: Option<IpAddr>,
    pub direction: Direction,
    /// `rtpmap` attributes: payload type and encoding, e.g. `0` and `PCMU/8000`.
    pub maps: Vec<(&'a str, &'a str)>,
}

impl<'a> Media<'a> {
    /// Encoding of a format by its `rtpmap`, else by the static table (RFC 3551 §6).
    pub fn encoding(&self, format: &str) -> Option<&'a str> {
        let mapped = self.maps.iter().find(|(number, _)| *number == format).map(|(_, encoding)| *encoding);
        mapped.or(match format {
            "0" => Some("PCMU/8000"),
            "8" => Some("PCMA/8000"),
            _ => None,
        })
    }
}

/// The bytes are no session description.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// The streams of a description, in its order.
pub fn parse(text: &str) -> Result<Vec<Media<'_>>, Malformed> {
    let mut media: Vec<Media<'_>> = Vec::new();
    let mut session_address = None;
    let mut session_direction = Direction::SendRecv;
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    if lines.next().is_none_or(|line| line.trim() != "v=0") {
        return Err(Malformed);
    }
    for line in lines {
        let Some((kind, value)) = line.split_once('=') else { continue };
        let full = media.len() == MAX_MEDIA;
        match (kind, media.last_mut()) {
            ("m", _) if full => return Err(Malformed),
            ("m", _) => media.push(media_line(value, session_address, session_direction)?),
            ("c", None) => session_address = connection(value),
            ("c", Some(stream)) => stream.address = connection(value),
            ("a", None) => session_direction = Direction::of(value).unwrap_or(session_direction),
            ("a", Some(stream)) => attribute(stream, value),
            (_, _) => {}
        }
    }
    Ok(media)
}

fn media_line(value: &str, address: Option<IpAddr>, direction: Direction) -> Result<Media<'_>, Malformed> {
    let mut words = value.split_ascii_whitespace();
    let mut word = || words.next().ok_or(Malformed);
    let (kind, port, protocol) = (word()?, word()?, word()?);
    // `port/count`: a count is for layered codings only.
    let port = port.split('/').next().and_then(|port| port.parse().ok()).ok_or(Malformed)?;
    let formats = words.collect();
    Ok(Media { kind, port, protocol, formats, address, direction, maps: Vec::new() })
}

/// `IN IP4 192.0.2.1` or `IN IP6 2001:db8::1`, with or without the ttl of a group. Names are not resolved.
fn connection(value: &str) -> Option<IpAddr> {
    let address = value.split_ascii_whitespace().nth(2)?;
    address.split('/').next()?.parse().ok()
}

fn attribute<'a>(stream: &mut Media<'a>, value: &'a str) {
    if let Some(direction) = Direction::of(value) {
        stream.direction = direction;
    } else if let Some((number, encoding)) =
        value.strip_prefix("rtpmap:").and_then(|map| map.trim().split_once([' ', '\t']))
        && stream.maps.len() < MAX_ATTRIBUTES
    {
        stream.maps.push((number, encoding.trim()));
    }
}
