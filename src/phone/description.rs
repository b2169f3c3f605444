//! Session descriptions as the phone writes and reads them (RFC 8866, RFC 3264): one audio stream,
//! G.711 and telephone-event.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use crate::media::command::Codec;

/// Payload type the phone offers for telephone-event (RFC 4733).
const DTMF: u8 = 101;

/// Which way sound may go, from the phone's side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    #[default]
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn word(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// What we answer to the peer's direction (RFC 3264 §6.1).
    fn answered(self) -> Direction {
        match self {
            Direction::SendRecv => Direction::SendRecv,
            Direction::SendOnly => Direction::RecvOnly,
            Direction::RecvOnly => Direction::SendOnly,
            Direction::Inactive => Direction::Inactive,
        }
    }

    /// Whether somebody with this direction sends.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether somebody with this direction listens.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }
}

/// What the peer's description says about its audio stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Peer {
    pub remote: SocketAddr,
    /// In the peer's order of preference.
    pub codecs: Vec<Codec>,
    pub dtmf: Option<u8>,
    pub direction: Direction,
}

/// Our side of a description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ours {
    pub local: SocketAddr,
    pub codecs: Vec<Codec>,
    pub dtmf: Option<u8>,
    pub direction: Direction,
    /// Grows with each new description of one session.
    pub version: u32,
}

impl Ours {
    pub fn offer(local: SocketAddr, codecs: &[Codec]) -> Ours {
        Ours { local, codecs: codecs.to_vec(), dtmf: Some(DTMF), direction: Direction::SendRecv, version: 1 }
    }

    /// Our answer to `peer`'s offer; `None` without a common codec.
    pub fn answer(&self, peer: &Peer) -> Option<Ours> {
        let codec = *peer.codecs.iter().find(|c| self.codecs.contains(c))?;
        Some(Ours {
            local: self.local,
            codecs: vec![codec],
            dtmf: peer.dtmf,
            direction: peer.direction.answered(),
            version: self.version + 1,
        })
    }

    pub fn write(&self) -> String {
        let (ip, port) = (self.local.ip(), self.local.port());
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        let mut types: Vec<String> = self.codecs.iter().map(|c| c.payload_type().to_string()).collect();
        types.extend(self.dtmf.map(|pt| pt.to_string()));
        let mut text = format!(
            "v=0\r\no=phone {port} {} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {}\r\n",
            self.version,
            types.join(" ")
        );
        for codec in &self.codecs {
            let _ = write!(text, "a=rtpmap:{} {}/8000\r\n", codec.payload_type(), codec.name());
        }
        if let Some(pt) = self.dtmf {
            let _ = write!(text, "a=rtpmap:{pt} telephone-event/8000\r\na=fmtp:{pt} 0-16\r\n");
        }
        let _ = write!(text, "a=ptime:20\r\na={}\r\n", self.direction.word());
        text
    }
}

impl Peer {
    /// The first audio stream of a description; `None` if there is none we could use.
    pub fn parse(body: &[u8]) -> Option<Peer> {
        let text = std::str::from_utf8(body).ok()?;
        let mut address: Option<IpAddr> = None;
        let mut stream: Option<(u16, Vec<u8>)> = None;
        let mut maps: Vec<(u8, String)> = Vec::new();
        let mut direction = Direction::SendRecv;
        for line in text.lines() {
            let Some((kind, value)) = line.trim_end().split_once('=') else { continue };
            match kind {
                "m" if stream.is_some() => break,
                "m" => stream = Some(parse_media(value)?),
                "c" => address = value.split_whitespace().nth(2).and_then(|a| a.parse().ok()),
                "a" => match value.split_once(':') {
                    Some(("rtpmap", map)) => maps.extend(parse_map(map)),
                    _ => direction = parse_direction(value).unwrap_or(direction),
                },
                _ => {}
            }
        }
        let (port, types) = stream?;
        let named = |pt: u8| maps.iter().find(|(p, _)| *p == pt).map(|(_, name)| name.as_str());
        let codecs: Vec<Codec> = types.iter().filter_map(|pt| codec_of(*pt, named(*pt))).collect();
        let dtmf = types.iter().copied().find(|pt| named(*pt) == Some("TELEPHONE-EVENT/8000"));
        (!codecs.is_empty()).then_some(Peer {
            remote: SocketAddr::new(address?, port),
            codecs,
            dtmf,
            direction,
        })
    }
}

fn parse_media(value: &str) -> Option<(u16, Vec<u8>)> {
    let mut words = value.split_whitespace();
    let (kind, port) = (words.next()?, words.next()?.parse().ok()?);
    let profile = words.next()?;
    (kind == "audio" && profile == "RTP/AVP").then(|| (port, words.filter_map(|w| w.parse().ok()).collect()))
}

fn parse_map(map: &str) -> Option<(u8, String)> {
    let (pt, name) = map.split_once(' ')?;
    Some((pt.parse().ok()?, name.trim().to_ascii_uppercase()))
}

fn parse_direction(value: &str) -> Option<Direction> {
    Some(match value {
        "sendrecv" => Direction::SendRecv,
        "sendonly" => Direction::SendOnly,
        "recvonly" => Direction::RecvOnly,
        "inactive" => Direction::Inactive,
        _ => return None,
    })
}

fn codec_of(pt: u8, name: Option<&str>) -> Option<Codec> {
    match (pt, name) {
        (0, None | Some("PCMU/8000" | "PCMU/8000/1")) => Some(Codec::Pcmu),
        (8, None | Some("PCMA/8000" | "PCMA/8000/1")) => Some(Codec::Pcma),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_write_we_read() {
        let local: SocketAddr = "127.0.0.2:40000".parse().unwrap();
        let ours = Ours::offer(local, &[Codec::Pcma, Codec::Pcmu]);
        let peer = Peer::parse(ours.write().as_bytes()).unwrap();
        assert_eq!(peer.remote, local);
        assert_eq!(peer.codecs, [Codec::Pcma, Codec::Pcmu]);
        assert_eq!(peer.dtmf, Some(101));
        assert_eq!(peer.direction, Direction::SendRecv);
    }

    #[test]
    fn an_answer_keeps_the_peers_choices() {
        let offer = "v=0\r\no=x 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n\
                     m=audio 5000 RTP/AVP 9 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=sendonly\r\n";
        let peer = Peer::parse(offer.as_bytes()).unwrap();
        let ours = Ours::offer("127.0.0.2:40000".parse().unwrap(), &[Codec::Pcmu, Codec::Pcma]);
        let answer = ours.answer(&peer).unwrap();
        assert_eq!((answer.codecs, answer.dtmf), (vec![Codec::Pcma], Some(96)));
        assert_eq!(answer.direction, Direction::RecvOnly, "we listen to one who only sends");
        assert!(Ours::offer(ours.local, &[]).answer(&peer).is_none(), "no common codec");
        assert!(Peer::parse(b"v=0\r\nm=video 1 RTP/AVP 96\r\n").is_none());
    }
}
