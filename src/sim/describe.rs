//! Session descriptions of simulated telephones.

use std::net::SocketAddr;

/// What a telephone says of its sound.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sound {
    /// Speaks and hears.
    Both,
    /// Speaks another flavour of G.711 and knows no telephone-events.
    Plain,
    /// Has put the other side on hold.
    Hold,
    NoCommonCodec,
    Unreadable,
}

/// The description of a telephone that hears at `ear`.
pub(super) fn describe(ear: SocketAddr, sound: Sound) -> Vec<u8> {
    if sound == Sound::Unreadable {
        return b"v=0\r\nm=audio nonsense\r\n".to_vec();
    }
    let (ip, port) = (ear.ip(), ear.port());
    let (formats, lines) = match sound {
        Sound::NoCommonCodec => ("18", "a=rtpmap:18 G729/8000\r\n"),
        Sound::Plain => ("8", "a=rtpmap:8 PCMA/8000\r\n"),
        Sound::Both | Sound::Hold | Sound::Unreadable => {
            ("0 101", "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n")
        }
    };
    let direction = if sound == Sound::Hold { "sendonly" } else { "sendrecv" };
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {formats}\r\n{lines}a={direction}\r\n"
    )
    .into_bytes()
}
