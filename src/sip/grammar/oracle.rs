//! What `rsip`, an independent implementation, writes is read here as it was meant.

use proptest::prelude::*;

use super::field::{Essentials, NameAddr};
use super::message::{Message, Start};
use super::name::HeaderName;
use super::uri::{Scheme, Uri};

#[derive(Clone, Debug)]
struct Parts {
    method: rsip::Method,
    user: String,
    host: String,
    port: Option<u16>,
    display: Option<String>,
    tag: String,
    branch: String,
    call_id: String,
    cseq: u32,
    other: (String, String),
    body: Vec<u8>,
}

fn method() -> impl Strategy<Value = rsip::Method> {
    prop::sample::select(vec![
        rsip::Method::Invite,
        rsip::Method::Ack,
        rsip::Method::Bye,
        rsip::Method::Cancel,
        rsip::Method::Options,
        rsip::Method::Register,
        rsip::Method::Info,
        rsip::Method::Update,
        rsip::Method::Subscribe,
        rsip::Method::Refer,
    ])
}

fn parts() -> impl Strategy<Value = Parts> {
    let host = prop_oneof!["[a-z][a-z0-9-]{0,10}[a-z0-9](\\.[a-z]{2,5}){0,2}", "192\\.0\\.2\\.[1-9]"];
    let address = ("[A-Za-z0-9_.!~*'()&=+$,-]{1,12}", host, proptest::option::of(1..=65_535u16));
    let names = (proptest::option::of("[A-Za-z0-9 .-]{1,12}"), "[a-z0-9.!%*_+~-]{1,16}", "[A-Za-z0-9]{1,16}");
    let rest = ("[a-zA-Z0-9.@-]{1,30}", 0..(1u32 << 31), "X-[A-Za-z0-9-]{1,10}", "[!-~][ -~]{0,40}");
    // `rsip` writes text bodies only.
    let body = "[\\PC\r\n]{0,60}".prop_map(String::into_bytes);
    (method(), address, names, rest, body).prop_map(
        |(method, (user, host, port), (display, tag, branch), (call_id, cseq, name, value), body)| Parts {
            method,
            user,
            host,
            port,
            display,
            tag,
            branch,
            call_id,
            cseq,
            other: (name, value.trim().to_owned()),
            body,
        },
    )
}

fn host_with_port(parts: &Parts) -> rsip::HostWithPort {
    let host = match parts.host.parse() {
        Ok(ip) => rsip::Host::IpAddr(ip),
        Err(_) => rsip::Host::Domain(parts.host.clone().into()),
    };
    rsip::HostWithPort { host, port: parts.port.map(Into::into) }
}

fn headers(parts: &Parts, uri: &rsip::Uri) -> rsip::Headers {
    let mut headers = rsip::Headers::default();
    let branch = rsip::Param::Branch(rsip::param::Branch::new(format!("z9hG4bK{}", parts.branch)));
    let sent_by = rsip::Uri { host_with_port: host_with_port(parts), ..Default::default() };
    let (version, transport) = (rsip::Version::V2, rsip::Transport::Udp);
    headers.push(rsip::typed::Via { version, transport, uri: sent_by, params: vec![branch] }.into());
    let tag = rsip::Param::Tag(rsip::param::Tag::new(parts.tag.clone()));
    let display_name = parts.display.clone();
    headers.push(rsip::typed::From { display_name, uri: uri.clone(), params: vec![tag] }.into());
    headers.push(rsip::typed::To { display_name: None, uri: uri.clone(), params: vec![] }.into());
    headers.push(rsip::headers::CallId::from(parts.call_id.clone()).into());
    headers.push(rsip::typed::CSeq { seq: parts.cseq, method: parts.method }.into());
    headers.push(rsip::typed::Contact { display_name: None, uri: uri.clone(), params: vec![] }.into());
    headers.push(rsip::Header::Other(parts.other.0.clone(), parts.other.1.clone()));
    headers.push(rsip::headers::ContentLength::from(parts.body.len() as u32).into());
    headers
}

fn check_common(message: &Message<'_>, parts: &Parts) {
    assert_eq!(message.flaw, None);
    let essentials = Essentials::of(message).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(essentials.via.branch(), format!("z9hG4bK{}", parts.branch));
    assert_eq!((essentials.via.host, essentials.via.port), (parts.host.as_str(), parts.port));
    assert_eq!(essentials.from.tag(), Some(parts.tag.as_str()));
    let display = super::text::unquoted(essentials.from.display).trim();
    assert_eq!(display, parts.display.as_deref().unwrap_or("").trim());
    assert_eq!(essentials.from.user(), parts.user);
    assert_eq!(essentials.to.tag(), None);
    assert_eq!(essentials.call_id, parts.call_id);
    assert_eq!(essentials.cseq, parts.cseq);
    assert_eq!(essentials.cseq_method, parts.method.to_string());
    assert_eq!(message.other(&parts.other.0), Some(parts.other.1.as_str()));
    assert_eq!(message.body, parts.body);
}

proptest! {
    #[test]
    fn requests_of_rsip_are_read_as_meant(parts in parts()) {
        let uri = rsip::Uri {
            scheme: Some(rsip::Scheme::Sip),
            auth: Some((parts.user.clone(), Option::<String>::None).into()),
            host_with_port: host_with_port(&parts),
            ..Default::default()
        };
        let request = rsip::Request {
            method: parts.method,
            uri: uri.clone(),
            version: rsip::Version::V2,
            headers: headers(&parts, &uri),
            body: parts.body.clone(),
        };
        let bytes: Vec<u8> = rsip::SipMessage::from(request).into();
        let message = Message::parse(&bytes).unwrap();
        let Start::Request { method, uri: text, version } = message.start else { panic!("a response") };
        prop_assert_eq!(method, parts.method.to_string());
        prop_assert_eq!(version, "SIP/2.0");
        let read = Uri::parse(text).unwrap();
        prop_assert_eq!(read.scheme, Scheme::Sip);
        prop_assert_eq!(read.user().into_owned(), parts.user.clone());
        prop_assert_eq!((read.host, read.port), (parts.host.as_str(), parts.port));
        let contact = message.list(HeaderName::Contact).next().and_then(NameAddr::parse).unwrap();
        prop_assert_eq!(contact.uri, text);
        check_common(&message, &parts);
    }

    #[test]
    fn responses_of_rsip_are_read_as_meant(parts in parts(), code in 100u16..700) {
        let uri = rsip::Uri {
            scheme: Some(rsip::Scheme::Sip),
            auth: Some((parts.user.clone(), Option::<String>::None).into()),
            host_with_port: host_with_port(&parts),
            ..Default::default()
        };
        let response = rsip::Response {
            status_code: code.into(),
            version: rsip::Version::V2,
            headers: headers(&parts, &uri),
            body: parts.body.clone(),
        };
        let bytes: Vec<u8> = rsip::SipMessage::from(response).into();
        let message = Message::parse(&bytes).unwrap();
        let Start::Response { code: read, .. } = message.start else { panic!("a request") };
        prop_assert_eq!(read, code);
        check_common(&message, &parts);
    }
}
