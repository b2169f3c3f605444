//! Header fields with structure: addresses, Via, CSeq, and the fields every message must have.

use super::message::Message;
use super::name::HeaderName;
use super::text::{Params, find_outside, is_token};
use super::uri::{Uri, host_and_port};

/// `"Display" <uri>;params` or `uri;params` (RFC 3261 §20.10).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NameAddr<'a> {
    pub display: &'a str,
    pub uri: &'a str,
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    pub fn parse(text: &'a str) -> Option<NameAddr<'a>> {
        let text = text.trim();
        if let Some(open) = find_outside(text, b'<') {
            let (uri, params) = text[open + 1..].split_once('>')?;
            let display = text[..open].trim();
            return Some(NameAddr { display, uri: uri.trim(), params: Params(params) });
        }
        if text.is_empty() || text.contains('"') {
            return None;
        }
        // Without brackets everything behind ';' belongs to the field, not to the URI (§20).
        let (uri, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        Some(NameAddr { display: "", uri: uri.trim_end(), params: Params(params) })
    }

    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// User part of the URI, empty if there is none.
    pub fn user(&self) -> String {
        Uri::parse(self.uri).map(|uri| uri.user().into_owned()).unwrap_or_default()
    }
}

/// One hop of Via (RFC 3261 §20.42).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    pub transport: &'a str,
    pub host: &'a str,
    pub port: Option<u16>,
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    pub fn parse(text: &'a str) -> Option<Via<'a>> {
        let (name, rest) = text.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        if !name.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
            return None;
        }
        let (transport, sent_by) = rest.trim_start().split_once([' ', '\t'])?;
        if !is_token(transport) {
            return None;
        }
        let (sent_by, params) = sent_by.split_at(sent_by.find(';').unwrap_or(sent_by.len()));
        let (host, port) = host_and_port(sent_by)?;
        Some(Via { transport, host, port, params: Params(params) })
    }

    pub fn branch(&self) -> &'a str {
        self.params.get("branch").unwrap_or("")
    }
}

/// What every message must carry (RFC 3261 §8.1.1); Max-Forwards is forgiven.
pub struct Essentials<'m> {
    pub via: Via<'m>,
    /// Number of Via elements; one means the sender itself is the neighbour.
    pub vias: usize,
    pub from: NameAddr<'m>,
    pub to: NameAddr<'m>,
    pub call_id: &'m str,
    pub cseq: u32,
    pub cseq_method: &'m str,
}

impl<'m> Essentials<'m> {
    /// The fields, or the name of the first that is missing or malformed.
    pub fn of(message: &'m Message<'_>) -> Result<Essentials<'m>, &'static str> {
        let mut vias = message.list(HeaderName::Via);
        let via = vias.next().and_then(Via::parse).ok_or("Via")?;
        let from = message.text(HeaderName::From).and_then(NameAddr::parse).ok_or("From")?;
        let to = message.text(HeaderName::To).and_then(NameAddr::parse).ok_or("To")?;
        let call_id = message.text(HeaderName::CallId).filter(|id| !id.is_empty()).ok_or("Call-ID")?;
        let (number, cseq_method) =
            message.text(HeaderName::CSeq).and_then(|cseq| cseq.split_once([' ', '\t'])).ok_or("CSeq")?;
        let cseq = number.parse().ok().filter(|n| *n < (1 << 31)).ok_or("CSeq")?;
        let cseq_method = cseq_method.trim();
        Ok(Essentials { via, vias: 1 + vias.count(), from, to, call_id, cseq, cseq_method })
    }

    pub fn from_tag(&self) -> &'m str {
        self.from.tag().unwrap_or("")
    }
}
