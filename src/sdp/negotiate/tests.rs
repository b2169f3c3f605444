//! Offers as telephones write them, and what becomes of them.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

const BOTH: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

fn local() -> Local<'static> {
    Local {
        addr: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        port: 40_000,
        session_id: 7,
        version: 1,
        codecs: &BOTH,
    }
}

fn lines(text: &str) -> Vec<u8> {
    text.lines().map(|line| format!("{}\r\n", line.trim())).collect::<String>().into_bytes()
}

fn body(answer: &[u8]) -> Vec<String> {
    String::from_utf8(answer.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn an_ordinary_offer_is_answered_in_our_preferred_codec() {
    let offer = lines(
        "v=0\no=- 1 1 IN IP4 198.51.100.7\ns=x\nc=IN IP4 198.51.100.7\nt=0 0\n\
         m=audio 5004 RTP/AVP 0 8 96\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\n\
         a=rtpmap:96 telephone-event/8000\na=fmtp:96 0-16",
    );
    let (text, negotiated) = answer(&offer, local()).unwrap();
    assert_eq!(
        negotiated,
        Negotiated {
            remote: "198.51.100.7:5004".parse().unwrap(),
            codec: Codec::Pcma,
            payload_type: 8,
            dtmf: Some(96),
            peer_receives: true,
            peer_sends: true,
        }
    );
    assert_eq!(
        body(&text),
        [
            "v=0",
            "o=hotline 7 1 IN IP4 192.0.2.1",
            "s=-",
            "c=IN IP4 192.0.2.1",
            "t=0 0",
            "m=audio 40000 RTP/AVP 8 96",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:96 telephone-event/8000",
            "a=fmtp:96 0-15",
            "a=ptime:20",
            "a=sendrecv",
        ]
    );
}

#[test]
fn a_poor_offer_is_still_read() {
    let offer = b"v=0\nm=audio 5004/1 RTP/AVP 0\nc=IN IP4 198.51.100.7/127\nz\nq=?\na=ptime:30\n";
    let (text, negotiated) = answer(offer, local()).unwrap();
    assert_eq!((negotiated.codec, negotiated.dtmf), (Codec::Pcmu, None));
    assert!(!String::from_utf8(text).unwrap().contains("telephone-event"), "not offered, so not answered");
}

#[test]
fn other_streams_are_rejected_in_their_places() {
    let offer = lines(
        "v=0\no=- 1 1 IN IP4 198.51.100.7\ns=x\nc=IN IP4 198.51.100.7\nt=0 0\n\
         m=video 6000 RTP/AVP 31 34\nm=audio 5002 RTP/SAVP 0\nm=audio 5004 RTP/AVPF 0\n\
         m=audio 5006 RTP/AVP 0\nm=audio 5008 RTP/AVP 8\nm=image 9 udptl t38",
    );
    let (text, negotiated) = answer(&offer, local()).unwrap();
    assert_eq!(negotiated.remote.port(), 5006);
    let media: Vec<String> = body(&text).into_iter().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        media,
        [
            "m=video 0 RTP/AVP 31 34",
            "m=audio 0 RTP/SAVP 0",
            "m=audio 0 RTP/AVPF 0",
            "m=audio 40000 RTP/AVP 0",
            "m=audio 0 RTP/AVP 8",
            "m=image 0 udptl t38",
        ]
    );
}

#[test]
fn hold_is_understood_in_all_its_spellings() {
    for (session, stream, receives, sends, ours) in [
        ("198.51.100.7", "a=sendonly", false, true, "a=recvonly"),
        ("198.51.100.7", "a=recvonly", true, false, "a=sendonly"),
        ("198.51.100.7", "a=inactive", false, false, "a=inactive"),
        ("198.51.100.7", "a=sendrecv", true, true, "a=sendrecv"),
        ("0.0.0.0", "a=sendrecv", false, true, "a=recvonly"),
        ("0.0.0.0", "c=IN IP4 198.51.100.9", true, true, "a=sendrecv"),
    ] {
        let offer = format!("v=0\r\nc=IN IP4 {session}\r\nm=audio 4000 RTP/AVP 8\r\n{stream}\r\n");
        let (text, negotiated) = answer(offer.as_bytes(), local()).unwrap();
        assert_eq!(
            (negotiated.peer_receives, negotiated.peer_sends),
            (receives, sends),
            "{session} {stream}"
        );
        assert!(body(&text).iter().any(|line| line == ours), "{session} {stream}");
    }
    let offer = b"v=0\r\nc=IN IP4 198.51.100.7\r\na=inactive\r\nm=audio 4000 RTP/AVP 8\r\n";
    assert!(!answer(offer, local()).unwrap().1.peer_sends, "the session's direction counts too");
}

#[test]
fn without_common_ground_there_is_no_answer() {
    let no_codec = [
        "v=0\nc=IN IP4 198.51.100.7\nm=audio 4000 RTP/AVP 9 18",
        "v=0\nc=IN IP4 198.51.100.7\nm=audio 0 RTP/AVP 0",
        "v=0\nc=IN IP4 198.51.100.7\nm=video 4000 RTP/AVP 0",
        "v=0\nc=IN IP4 198.51.100.7\nm=audio 4000 RTP/AVP 0\na=rtpmap:0 L16/44100",
    ];
    for offer in no_codec {
        assert_eq!(answer(offer.as_bytes(), local()), Err(NoAnswer::NoCommonCodec), "{offer}");
    }
    let bad = [
        "",
        "v=1\n",
        "hello",
        "v=0\ns=nothing",
        "v=0\nm=audio 4000 RTP/AVP 0",
        "v=0\nc=IN IP4 phone.example\nm=audio 4000 RTP/AVP 0",
        "v=0\nc=IN IP4 198.51.100.7\nm=audio 99999 RTP/AVP 0",
    ];
    for offer in bad {
        assert_eq!(answer(offer.as_bytes(), local()), Err(NoAnswer::BadOffer), "{offer}");
    }
}

#[test]
fn six_is_spoken_as_well_as_four() {
    let addr = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let offer = b"v=0\r\nc=IN IP6 2001:db8::7\r\nm=audio 4000 RTP/AVP 0\r\n";
    let (text, negotiated) = answer(offer, Local { addr, ..local() }).unwrap();
    assert_eq!(negotiated.remote, "[2001:db8::7]:4000".parse().unwrap());
    assert!(body(&text).contains(&"c=IN IP6 ::1".to_owned()));
}

#[test]
fn our_offer_is_answered_and_accepted_alike() {
    let (text, theirs) = answer(&offer(local()), Local { codecs: &[Codec::Pcmu], ..local() }).unwrap();
    assert_eq!((theirs.codec, theirs.dtmf), (Codec::Pcmu, Some(DTMF)));
    let ours = accept(&text, &BOTH).unwrap();
    assert_eq!((ours.codec, ours.payload_type, ours.dtmf), (Codec::Pcmu, 0, Some(DTMF)));
    let refused = b"v=0\r\nc=IN IP4 198.51.100.7\r\nm=audio 0 RTP/AVP 0\r\n";
    assert_eq!(accept(refused, &BOTH), Err(NoAnswer::NoCommonCodec));
    assert_eq!(accept(b"v=0\r\n", &BOTH), Err(NoAnswer::BadOffer));
}

proptest! {
    #[test]
    fn any_bytes_are_answered_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = answer(&bytes, local());
        let _ = accept(&bytes, &BOTH);
    }

    #[test]
    fn any_lines_keep_the_number_of_streams(
        streams in proptest::collection::vec("(audio|video) [0-9]{1,4} RTP/S?AVP( [0-9]{1,3}){1,4}", 0..6),
        noise in "[a-z]=[ -~]{0,20}",
    ) {
        let media: String = streams.iter().map(|stream| format!("m={stream}\r\n{noise}\r\n")).collect();
        let offer = format!("v=0\r\nc=IN IP4 198.51.100.7\r\n{noise}\r\n{media}");
        if let Ok((text, _)) = answer(offer.as_bytes(), local()) {
            let media = body(&text).iter().filter(|line| line.starts_with("m=")).count();
            let noise = if noise.starts_with("m=") { streams.len() + 1 } else { 0 };
            prop_assert_eq!(media, streams.len() + noise);
        }
    }
}
