//! Requests and responses as the phone makes them, with `rsip`'s types.

use std::net::SocketAddr;

use rsip::headers::ToTypedHeader;
use rsip::prelude::*;
use rsip::{Header, Headers, Method, Request, Response, Uri};

/// Who the phone is to a registrar or proxy.
#[derive(Clone)]
pub struct Auth {
    pub user: String,
    pub password: String,
    /// Answer only MD5 challenges, as old phones do.
    pub md5_only: bool,
}

impl Auth {
    pub fn new(user: &str, password: &str) -> Auth {
        Auth { user: user.to_owned(), password: password.to_owned(), md5_only: false }
    }
}

/// What the phone can be asked (RFC 3261 §20.5).
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE";
const AGENT: &str = "hotline-phone";

/// A fresh token for branches, tags and Call-IDs.
pub(super) fn token() -> String {
    rsip::param::Branch::default().value().trim_start_matches("z9hG4bK-rsip-").to_owned()
}

/// 64 bits that differ from phone to phone and call to call.
pub(super) fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

pub(super) fn via(local: SocketAddr, branch: &str) -> String {
    format!("SIP/2.0/UDP {local};rport;branch=z9hG4bK{branch}")
}

/// The state of a dialog that requests need (RFC 3261 §12); also of a registration.
#[derive(Clone)]
pub(super) struct Dialog {
    pub call_id: String,
    /// Our address with tag: From of our requests, To of our responses.
    pub local: String,
    /// The peer's address, with tag once known.
    pub remote: String,
    pub contact: String,
    /// Request-URI: the peer's contact.
    pub target: Uri,
    pub routes: Vec<String>,
    pub cseq: u32,
    /// Where requests are sent.
    pub hop: SocketAddr,
    /// Our own SIP address.
    pub here: SocketAddr,
}

impl Dialog {
    /// The next request of this dialog.
    pub fn request(&mut self, method: Method) -> Request {
        self.cseq += 1;
        self.with_seq(method, self.cseq)
    }

    /// A request with a given CSeq: ACK of the INVITE with it.
    pub fn with_seq(&self, method: Method, seq: u32) -> Request {
        let mut headers: Vec<Header> = vec![
            rsip::headers::Via::new(via(self.here, &token())).into(),
            rsip::headers::From::new(self.local.clone()).into(),
            rsip::headers::To::new(self.remote.clone()).into(),
            rsip::headers::CallId::new(self.call_id.clone()).into(),
            rsip::headers::CSeq::new(format!("{seq} {method}")).into(),
            rsip::headers::Contact::new(self.contact.clone()).into(),
            rsip::headers::MaxForwards::new("70").into(),
            rsip::headers::UserAgent::new(AGENT).into(),
            rsip::headers::Allow::new(ALLOW).into(),
        ];
        headers.extend(self.routes.iter().map(|r| Header::Route(rsip::headers::Route::new(r.clone()))));
        Request {
            method,
            uri: self.target.clone(),
            version: rsip::Version::V2,
            headers: headers.into(),
            body: vec![],
        }
    }

    /// Takes target and route set from a message that makes a dialog. `reverse` for the caller's
    /// side, whose Record-Route comes in the other order (RFC 3261 §12.1.2).
    pub fn learn(&mut self, headers: &Headers, order: RouteOrder) {
        if let Some(target) = contact(headers) {
            if let (rsip::Host::IpAddr(ip), port) = (target.host().clone(), target.port()) {
                self.hop = SocketAddr::new(ip, port.map_or(5060, |p| *p.value()));
            }
            self.target = target;
        }
        let mut routes: Vec<String> = headers
            .iter()
            .filter_map(|h| if let Header::RecordRoute(r) = h { Some(r.value().to_owned()) } else { None })
            .collect();
        if order == RouteOrder::Caller {
            routes.reverse();
        }
        if let Some(first) = routes.first().and_then(|r| address_in(r)) {
            self.hop = first;
        }
        self.routes = routes;
    }
}

/// Whose Record-Route list it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteOrder {
    Caller,
    Called,
}

fn address_in(route: &str) -> Option<SocketAddr> {
    let uri = route.split_once("sip:")?.1;
    let host = uri.split(['>', ';', ',']).next()?;
    host.parse().ok().or_else(|| host.parse().ok().map(|ip| SocketAddr::new(ip, 5060)))
}

/// URI of the first Contact.
pub(super) fn contact(headers: &Headers) -> Option<Uri> {
    headers.iter().find_map(|h| match h {
        Header::Contact(c) => c.clone().typed().ok().map(|c| c.uri),
        // The compact name, which rsip does not know.
        Header::Other(name, value) if name == "m" => {
            rsip::headers::Contact::new(value.clone()).typed().ok().map(|c| c.uri)
        }
        _ => None,
    })
}

/// Puts a body of `kind` into a message, with its length.
pub(super) fn set_body(headers: &mut Headers, body: &mut Vec<u8>, kind: &str, text: String) {
    headers.push(rsip::headers::ContentType::new(kind).into());
    *body = text.into_bytes();
    set_length(headers, body.len());
}

fn set_length(headers: &mut Headers, length: usize) {
    headers.retain(|h| !matches!(h, Header::ContentLength(_)));
    headers.push(rsip::headers::ContentLength::new(length.to_string()).into());
}

/// The bytes of a request, its Content-Length set.
pub(super) fn request_bytes(mut request: Request) -> Vec<u8> {
    set_length(&mut request.headers, request.body.len());
    request.into()
}

/// The bytes of a response, its Content-Length set.
pub(super) fn response_bytes(mut response: Response) -> Vec<u8> {
    set_length(&mut response.headers, response.body.len());
    response.into()
}

/// A response to `request` (RFC 3261 §8.2.6): Via, From, To, Call-ID, CSeq copied.
pub(super) fn respond(request: &Request, code: u16, local_tag: Option<&str>) -> Response {
    let mut headers = Headers::default();
    for header in request.headers.iter() {
        match header {
            Header::To(to) => {
                let tagged = to.value().contains(";tag=");
                match local_tag {
                    Some(tag) if !tagged => {
                        headers.push(rsip::headers::To::new(format!("{};tag={tag}", to.value())).into());
                    }
                    _ => headers.push(header.clone()),
                }
            }
            Header::Via(_)
            | Header::From(_)
            | Header::CallId(_)
            | Header::CSeq(_)
            | Header::RecordRoute(_) => {
                headers.push(header.clone());
            }
            _ => {}
        }
    }
    headers.push(rsip::headers::Server::new(AGENT).into());
    headers.push(rsip::headers::Allow::new(ALLOW).into());
    Response { status_code: code.into(), version: rsip::Version::V2, headers, body: vec![] }
}

/// `branch|method`, which names a transaction (RFC 3261 §17.1.3).
pub(super) fn transaction_key(headers: &impl HeadersExt) -> Option<String> {
    let branch = headers.transaction_id().ok()??;
    let method = headers.cseq_header().ok()?.typed().ok()?.method;
    Some(format!("{}|{method}", branch.value()))
}

/// CSeq number.
pub(super) fn seq_of(headers: &impl HeadersExt) -> u32 {
    headers.cseq_header().ok().and_then(|c| c.typed().ok()).map_or(0, |c| c.seq)
}

/// Call-ID.
pub(super) fn call_id_of(headers: &impl HeadersExt) -> Option<String> {
    headers.call_id_header().ok().map(|c| c.value().to_owned())
}

/// Whether To carries a tag: the message belongs to a dialog.
pub(super) fn has_to_tag(request: &Request) -> bool {
    request.to_header().is_ok_and(|to| to.value().contains(";tag="))
}

/// User part of the address in From or To.
pub(super) fn user_of(address: &str) -> String {
    let uri = address.split_once("sip:").map_or(address, |(_, rest)| rest);
    uri.split(['@', '>', ';']).next().unwrap_or_default().to_owned()
}
