//! Hard but valid messages, broken ones, and arbitrary bytes. After the ideas of RFC 4475 and 5118,
//! in our own words.

use proptest::prelude::*;

use super::field::{Essentials, NameAddr, Via};
use super::message::*;
use super::multipart::session;
use super::name::{HeaderName, Method};
use super::text::*;
use super::uri::*;
use super::write::Writer;

/// Every line ends CRLF; the margin is cut off.
fn crlf(text: &str) -> Vec<u8> {
    text.lines()
        .map(|line| format!("{}\r\n", line.strip_prefix("  ").unwrap_or(line)))
        .collect::<String>()
        .into()
}

fn parse(bytes: &[u8]) -> Message<'_> {
    match Message::parse(bytes) {
        Ok(message) => message,
        Err(no) => panic!("{no}"),
    }
}

const TORTURE: &str = "INVITE sip:95588;ext=1@[2001:db8::10]:5070;transport=udp SIP/2.0
  TO :
   sip:95588@[2001:db8::10] ;   tag    = 1918181833n
  f   : \"J Rosenberg \\\\\\\"\"       <sip:jdr%6Fsen@example.com>
    ;
    tag = 98asjd8
  MaX-fOrWaRdS: 0068
  i: sdfsd(07x1)%@%{z}
  cseq: 0009
    INVITE
  v: SIP  / 2.0
   /UDP
      192.0.2.2;branch=z9hG4bK390skdjuw, SIP/2.0/TCP [2001:db8::9:1]:5061
   ;branch = z9hG4bKnext
  Subject:
  NewFangledHeader:   new value
   continued, with \"a comma, quoted\"
  UnknownHeaderWithUnusualValue: ;;,,;;,;
  m: \"Quoted, <string>\" <sip:jdrosen@[::1]:5062;x=y?h=v>;newparam=a;q=0.33,
   tel:+1-555-0100 ; q=1
  Route: <sip:one.example;lr>, <sip:two.example;lr>
  l: 0

";

#[test]
fn a_hard_but_valid_message_is_understood() {
    let bytes = crlf(TORTURE);
    let message = parse(&bytes);
    assert_eq!(message.flaw, None);
    let Start::Request { method, uri, .. } = message.start else { panic!("a response") };
    assert_eq!(Method::of(method), Method::Invite);
    let uri = Uri::parse(uri).unwrap();
    assert_eq!((uri.user().as_ref(), uri.host, uri.port), ("95588", "2001:db8::10", Some(5070)));
    assert_eq!(uri.address(), Some("[2001:db8::10]:5070".parse().unwrap()));
    let essentials = Essentials::of(&message).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(essentials.to.tag(), Some("1918181833n"));
    assert_eq!(essentials.from.tag(), Some("98asjd8"));
    assert_eq!(essentials.from.user(), "jdrosen", "escapes are resolved");
    assert_eq!(essentials.call_id, "sdfsd(07x1)%@%{z}");
    assert_eq!((essentials.cseq, essentials.cseq_method), (9, "INVITE"));
    assert_eq!((essentials.via.transport, essentials.via.host), ("UDP", "192.0.2.2"));
    assert_eq!((essentials.via.branch(), essentials.vias), ("z9hG4bK390skdjuw", 2));
    let second = Via::parse(message.list(HeaderName::Via).nth(1).unwrap()).unwrap();
    assert_eq!((second.host, second.port, second.branch()), ("2001:db8::9:1", Some(5061), "z9hG4bKnext"));
    assert_eq!(message.text(HeaderName::Subject), Some(""));
    let unknown = message.other("newfangledheader");
    assert_eq!(unknown, Some("new value continued, with \"a comma, quoted\""));
    assert_eq!(message.other("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    let contacts: Vec<NameAddr<'_>> = message.list(HeaderName::Contact).filter_map(NameAddr::parse).collect();
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].display, "\"Quoted, <string>\"");
    assert_eq!(contacts[0].params.get("Q"), Some("0.33"));
    assert_eq!(Uri::parse(contacts[0].uri).unwrap().host, "::1");
    assert_eq!(Uri::parse(contacts[1].uri).unwrap().user(), "+15550100");
    assert_eq!(message.list(HeaderName::Route).count(), 2);
}

#[test]
fn line_ends_and_blank_lines_are_forgiven() {
    let text = "\r\n\r\nOPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/UDP b\nl: 2\n\nxyz";
    let message = parse(text.as_bytes());
    assert_eq!((message.flaw, message.body), (None, &b"xy"[..]));
}

#[test]
fn bytes_that_are_not_utf8_are_kept_for_the_answer() {
    let bytes = b"OPTIONS sip:a@b SIP/2.0\r\nFrom: \"\xD6\xD0\" <sip:a@b>\r\n ;tag=1\r\nX: \xff\r\n\r\n";
    let message = parse(bytes);
    let from = message.first(HeaderName::From).unwrap();
    assert_eq!(from.raw(), b"\"\xD6\xD0\" <sip:a@b> ;tag=1");
    assert_eq!(NameAddr::parse(from.value()).unwrap().tag(), Some("1"));
}

#[test]
fn what_is_no_message_is_refused() {
    let head = "OPTIONS sip:a@b SIP/2.0\r\n";
    let many = format!("{head}{}\r\n", "X: y\r\n".repeat(MAX_HEADERS + 1));
    let cases: [(&str, NoMessage); 9] = [
        ("", NoMessage::Truncated),
        ("OPTIONS sip:a@b SIP/2.0", NoMessage::Truncated),
        ("OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n", NoMessage::Truncated),
        ("GET / HTTP/1.1\r\n\r\n", NoMessage::StartLine),
        ("SIP/2.0 099 x\r\n\r\n", NoMessage::StartLine),
        ("SIP/2.0 4294967301 better\r\n\r\n", NoMessage::StartLine),
        ("SIP/3.0 200 OK\r\n\r\n", NoMessage::StartLine),
        ("{}[] sip:a@b SIP/2.0\r\n\r\n", NoMessage::StartLine),
        (&many, NoMessage::TooManyHeaders),
    ];
    for (text, expected) in cases {
        assert_eq!(Message::parse(text.as_bytes()).err(), Some(expected), "{}", &text[..text.len().min(40)]);
    }
    assert_eq!(Message::parse(&vec![b'x'; MAX_MESSAGE + 1]).err(), Some(NoMessage::TooLong));
}

#[test]
fn what_is_wrong_but_answerable_is_marked() {
    let flaw = |text: &str| parse(text.as_bytes()).flaw;
    assert_eq!(flaw("OPTIONS <sip:a@b> SIP/2.0\r\n\r\n"), Some("Request-URI"));
    assert_eq!(flaw("OPTIONS sip:a@b ; lr SIP/2.0\r\n\r\n"), Some("Request-URI"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\nno colon here\r\n\r\n"), Some("Header line"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\n folded\r\n\r\n"), Some("Folding"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\ni: 1\r\nCall-ID: 2\r\n\r\n"), Some("Repeated header"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\nl: 5\r\n\r\nabc"), Some("Content-Length"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\nl: \r\n\r\n"), Some("Content-Length"));
    assert_eq!(flaw("OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nVia: y\r\n\r\n"), None);
}

#[test]
fn uris_are_taken_apart() {
    let parts = |text| Uri::parse(text).map(|uri| (uri.user().into_owned(), uri.host.to_owned(), uri.port));
    let ok = |user: &str, host: &str, port| Ok((user.to_owned(), host.to_owned(), port));
    assert_eq!(parts("sip:example.com"), ok("", "example.com", None));
    assert_eq!(parts("SIP:user:secret@Example.com:65535"), ok("user", "Example.com", Some(65_535)));
    assert_eq!(parts("sip:null-%00-null@example.com"), ok("null-\0-null", "example.com", None));
    assert_eq!(parts("sip:user;par=u%40x@example.com"), ok("user", "example.com", None));
    assert_eq!(parts("sip:a?b/c@example.com;maddr=x?h=v"), ok("a?b/c", "example.com", None));
    assert_eq!(parts("sips:%E4%BD%A0@example.com"), ok("你", "example.com", None));
    assert_eq!(parts("sip:50%@example.com"), ok("50%", "example.com", None));
    assert_eq!(parts("tel:+86-10-88(00).1;ext=2"), ok("+861088001", "", None));
    assert_eq!(parts("sip:[::1]"), ok("", "::1", None));
    for bad in [
        "",
        "sip",
        "sip:",
        "sip:@",
        "sip:a@",
        "sip:a@b:x",
        "sip:a@b:70000",
        "sip:a@[::1",
        "sip:a@::1",
        "sip:a b@c",
        "sip:a@b c",
        "tel:",
    ] {
        assert_eq!(parts(bad), Err(BadUri::Malformed), "{bad}");
    }
    assert_eq!(parts("http://example.com"), Err(BadUri::Scheme));
    assert_eq!(parts("nobodyKnowsThisScheme:totallyopaquecontent"), Err(BadUri::Scheme));
}

#[test]
fn addresses_are_taken_apart() {
    let parse = |text| NameAddr::parse(text).map(|a| (a.display, a.uri, a.tag()));
    assert_eq!(parse("sip:a@b;tag=1"), Some(("", "sip:a@b", Some("1"))));
    assert_eq!(parse("<sip:a@b;tag=no>"), Some(("", "sip:a@b;tag=no", None)));
    assert_eq!(parse("caller<sip:a@b>;tag=1"), Some(("caller", "sip:a@b", Some("1"))));
    assert_eq!(
        parse("\"a > b; c\\\" d\" <sip:a@b> ; x = \"y;tag=z\" ; tag=1"),
        Some(("\"a > b; c\\\" d\"", "sip:a@b", Some("1")))
    );
    for bad in ["", "<sip:a@b", "\"open <sip:a@b>", "\"only quoted\""] {
        assert!(parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn a_session_is_found_in_parts() {
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
    let message =
        |kind: &str, body: &str| format!("INVITE sip:a@b SIP/2.0\r\nc: {kind}\r\n\r\n{body}").into_bytes();
    let parts = format!(
        "preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Type: application/SDP\r\n\r\n{sdp}\r\n--b1--\r\n"
    );
    for (kind, body, expected) in [
        ("application/sdp", sdp, Ok(sdp)),
        ("Application/SDP; charset=utf-8", sdp, Ok(sdp)),
        ("multipart/mixed;boundary=\"b1\"", &parts, Ok(sdp)),
        ("multipart/mixed", &parts, Err(())),
        ("multipart/mixed;boundary=b2", &parts, Err(())),
        ("text/plain", "x", Err(())),
        ("text/plain", "", Ok("")),
    ] {
        let bytes = message(kind, body);
        let found =
            session(&parse(&bytes)).map_err(|_| ()).map(|sdp| String::from_utf8_lossy(sdp).into_owned());
        assert_eq!(found, expected.map(str::to_owned), "{kind}");
    }
}

#[test]
fn nothing_written_can_smuggle_in_a_line() {
    let mut writer = Writer::request("INVITE", "sip:a@b\r\nEvil: 1");
    writer.header("X", "a\r\nEvil: 2\0").header("Y\r\nEvil", "3");
    let bytes = writer.end();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().all(|line| !line.starts_with("Evil")), "{text}");
    assert_eq!(escape_user("1 3@8;x\r"), "1%203%408%3Bx%0D");
    assert_eq!(quote("a\"b\\c\nd"), "\"a\\\"b\\\\c d\"");
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(message) = Message::parse(&bytes) {
            let _ = Essentials::of(&message);
            let _ = session(&message);
        }
    }

    /// Pieces of the torture message, put together anyhow.
    #[test]
    fn damaged_messages_are_read_or_refused(cuts in proptest::collection::vec((0usize..900, any::<u8>()), 0..8)) {
        let mut bytes = crlf(TORTURE);
        for (at, byte) in cuts {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(message) = Message::parse(&bytes) {
            let _ = Essentials::of(&message);
            let _ = session(&message);
            for contact in message.list(HeaderName::Contact) {
                let _ = NameAddr::parse(contact).map(|contact| Uri::parse(contact.uri).map(|uri| uri.identity()));
            }
        }
    }

    #[test]
    fn arbitrary_text_is_taken_apart_without_harm(text in "\\PC{0,60}") {
        let _ = Uri::parse(&text).map(|uri| (uri.user().into_owned(), uri.address()));
        let _ = NameAddr::parse(&text).map(|address| address.params.iter().count());
        let _ = Via::parse(&format!("SIP/2.0/{text}"));
        let _ = crate::sip::digest::Credentials::parse(&format!("Digest {text}"));
        let _ = unescape(&text);
    }

    #[test]
    fn users_survive_escaping(user in "\\PC{0,20}") {
        prop_assert_eq!(unescape(&escape_user(&user)).into_owned(), user);
    }

    #[test]
    fn what_is_written_is_read_back(
        headers in proptest::collection::vec(("X-[a-zA-Z]{1,8}", "[!-~]([ -~]{0,30}[!-~])?"), 0..10),
        body in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut writer = Writer::request("FOO", "sip:a@b");
        for (name, value) in &headers {
            writer.header(name, value);
        }
        let bytes = writer.body("a/b", &body);
        let message = Message::parse(&bytes).unwrap();
        prop_assert_eq!(message.flaw, None);
        prop_assert_eq!(message.body, &body[..]);
        for (read, (name, value)) in message.headers.iter().zip(&headers) {
            prop_assert_eq!((read.written, read.value()), (name.as_str(), value.as_str()));
        }
    }
}
