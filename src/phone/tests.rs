//! Phones against phones, and against peers of a few lines, over loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsip::prelude::*;
use tokio::net::UdpSocket;

use super::signal::tone;
use super::*;
use crate::ids::Key;
use crate::media::command::Codec;

const SOON: Duration = Duration::from_secs(10);

async fn phone() -> Phone {
    Phone::bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

fn says(hz: f64) -> CallOptions {
    CallOptions { send: Signal::tone(hz), ..CallOptions::default() }
}

/// A caller and an agent who talk: 440 Hz one way, 620 Hz the other.
async fn connected(options: CallOptions, answer: AnswerOptions) -> (Phone, Phone, Call, Call) {
    let (caller, agent) = (phone().await, phone().await);
    let (placed, answered) = tokio::join!(caller.call(agent.address(), "1001", options), async {
        agent.incoming().await.unwrap().answer(answer).await
    });
    let (placed, answered) = (placed.unwrap(), answered.unwrap());
    (caller, agent, placed, answered)
}

#[tokio::test]
async fn both_hear_each_other_and_either_hangs_up() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let options = CallOptions { codecs: vec![codec], ..says(440.0) };
        let answer = AnswerOptions { send: Signal::tone(620.0), ..AnswerOptions::default() };
        let (_caller, _agent, near, far) = connected(options, answer).await;
        near.wait_tone(0, 620.0, 0.5, SOON).await.unwrap();
        far.wait_tone(0, 440.0, 0.5, SOON).await.unwrap();
        let (mine, theirs) = match codec {
            Codec::Pcmu => (near.hang_up().await, far.ended().await),
            Codec::Pcma => (near.ended_after(&far).await, far.ended().await),
        };
        match codec {
            Codec::Pcmu => assert_eq!((mine, theirs), (Ending::ByUs, Ending::ByPeer)),
            Codec::Pcma => assert_eq!((mine, theirs), (Ending::ByPeer, Ending::ByUs)),
        }
        assert!(near.stats().received > 20 && near.stats().lost == 0, "{:?}", near.stats());
    }
}

impl Call {
    async fn ended_after(&self, other: &Call) -> Ending {
        other.hang_up().await;
        self.ended().await
    }
}

#[tokio::test]
async fn a_prompt_is_recognised_and_another_is_not() {
    let glide = |from: f64, to: f64| -> Arc<[i16]> {
        let steps = 20;
        (0..steps)
            .flat_map(|n| tone(from + (to - from) * f64::from(n) / f64::from(steps), 0.2, 0.1))
            .collect()
    };
    let (played, other) = (glide(300.0, 1_500.0), glide(2_000.0, 900.0));
    let answer = AnswerOptions { send: Signal::Samples(played.clone()), ..AnswerOptions::default() };
    let (_caller, _agent, near, _far) = connected(CallOptions::default(), answer).await;
    let found = near.wait_heard(&played, SOON).await.unwrap();
    assert!(found.offset < 8_000, "{found:?}");
    let missed = near.wait_heard(&other, Duration::ZERO).await.unwrap_err();
    assert!(missed.best.score < 0.5, "{missed:?}");
}

#[tokio::test]
async fn a_prompt_at_the_very_end_of_a_call_is_recognised_at_once() {
    let prompt: Arc<[i16]> = tone(700.0, 0.2, 0.5).into();
    let (_caller, _agent, near, far) = connected(CallOptions::default(), AnswerOptions::default()).await;
    let mark = near.heard_length();
    far.say(Signal::Samples(prompt.clone())).await;
    near.wait_tone(mark, 700.0, 0.45, SOON).await.unwrap();
    far.hang_up().await;
    let patient = Duration::from_secs(3_600);
    tokio::time::timeout(SOON, near.wait_heard(&prompt, patient)).await.unwrap().unwrap();
}

#[tokio::test]
async fn keys_are_events_tones_or_info_and_survive_losses() {
    let options = CallOptions { loss: 0.05, seed: 3, ..CallOptions::default() };
    let (_caller, _agent, near, far) = connected(options, AnswerOptions::default()).await;
    for key in Key::ALL {
        near.press(key).await;
    }
    let mark = far.heard_length();
    near.press_as(Key::Digit(5), KeyStyle::Tones).await;
    near.press_as(Key::Digit(6), KeyStyle::Info).await;
    near.say(Signal::tone(900.0)).await;
    far.wait_tone(mark, 900.0, 0.2, SOON).await.unwrap();
    assert_eq!(far.stats().keys_received, 12, "each key once, and only events");
    assert!(decode_keys(&far.heard_from(mark.saturating_sub(800))).iter().any(|k| k.key == Key::Digit(5)));
    assert!(far.stats().lost > 0, "packets were lost on purpose");
}

#[tokio::test]
async fn hold_silences_one_side_until_resumed() {
    let answer = AnswerOptions { send: Signal::tone(620.0), ..AnswerOptions::default() };
    let (_caller, _agent, near, far) = connected(says(440.0), answer).await;
    near.wait_tone(0, 620.0, 0.2, SOON).await.unwrap();
    assert!(near.hold().await);
    let mark = far.heard_length();
    far.wait_tone(mark, 440.0, 0.3, SOON).await.unwrap();
    let mark = near.heard_length();
    assert!(near.resume().await);
    near.wait_tone(mark, 620.0, 0.2, SOON).await.unwrap();
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_code() {
    let (caller, agent) = (phone().await, phone().await);
    let (failed, ()) = tokio::join!(caller.call(agent.address(), "1001", CallOptions::default()), async {
        agent.incoming().await.unwrap().reject(486).await;
    });
    assert_eq!(failed.err().map(|f| f.code), Some(486));
}

#[tokio::test]
async fn giving_up_and_being_dropped_both_cancel() {
    let (caller, agent) = (phone().await, phone().await);
    let options = CallOptions { give_up_after: Some(Duration::from_millis(100)), ..CallOptions::default() };
    let (failed, cancelled) = tokio::join!(caller.call(agent.address(), "1001", options), async {
        let call = agent.incoming().await.unwrap();
        call.ring().await;
        call.cancelled().await
    });
    assert_eq!(failed.err().map(|f| f.code), Some(487));
    assert!(cancelled);

    let dropped = caller.call(agent.address(), "1001", CallOptions::default());
    let call = {
        tokio::select! {
            _ = dropped => panic!("answered by nobody"),
            call = agent.incoming() => call.unwrap(),
        }
    };
    call.ring().await;
    assert!(call.cancelled().await);
}

#[tokio::test]
async fn an_agent_who_rings_for_a_while_obeys_a_cancel() {
    let (caller, agent) = (phone().await, phone().await);
    let options = CallOptions { give_up_after: Some(Duration::from_millis(100)), ..CallOptions::default() };
    let patient = AnswerOptions { ring: Duration::from_secs(60), ..AnswerOptions::default() };
    let (failed, answered) = tokio::join!(caller.call(agent.address(), "1001", options), async {
        agent.incoming().await.unwrap().answer(patient).await
    });
    assert_eq!((failed.err().map(|f| f.code), answered.err().map(|f| f.code)), (Some(487), Some(487)));
}

#[tokio::test]
async fn options_is_answered_and_strangers_are_not_known() {
    let (asker, asked) = (phone().await, phone().await);
    assert_eq!(asker.options(asked.address(), "1001").await, Some(200));
    let raw = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let bye = format!(
        "BYE sip:x@{0} SIP/2.0\r\nVia: SIP/2.0/UDP {1};branch=z9hG4bKq;rport\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:c@d>;tag=2\r\nCall-ID: nobody\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n",
        asked.address(),
        raw.local_addr().unwrap()
    );
    for _ in 0..2 {
        raw.send_to(bye.as_bytes(), asked.address()).await.unwrap();
        assert!(receive(&raw).await.0.starts_with("SIP/2.0 481"));
    }
}

async fn receive(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 4_096];
    let (length, from) = tokio::time::timeout(SOON, socket.recv_from(&mut buffer)).await.unwrap().unwrap();
    (String::from_utf8_lossy(&buffer[..length]).into_owned(), from)
}

/// The next datagram that begins with `start`.
async fn expect(socket: &UdpSocket, start: &str) -> (String, SocketAddr) {
    loop {
        let got = receive(socket).await;
        if got.0.starts_with(start) {
            return got;
        }
    }
}

/// Response to `request` with its identifying headers.
fn answer(request: &str, status: &str, more: &str) -> String {
    let keep = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let copied: Vec<&str> = request.lines().filter(|l| keep.iter().any(|k| l.starts_with(k))).collect();
    format!("SIP/2.0 {status}\r\n{}\r\n{more}", copied.join("\r\n"))
}

#[tokio::test]
async fn an_invite_is_repeated_and_so_is_the_ack() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let caller = phone().await;
    let script = async {
        let first = receive(&server).await.0;
        let (again, from) = receive(&server).await;
        assert_eq!(first, again, "the same datagram");
        let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
        let more = format!("Contact: <sip:x@{address}>\r\nContent-Type: application/sdp\r\n\r\n{sdp}");
        for _ in 0..2 {
            server.send_to(answer(&again, "200 OK", &more).as_bytes(), from).await.unwrap();
            expect(&server, "ACK sip:x@").await;
        }
        let (bye, from) = expect(&server, "BYE").await;
        server.send_to(answer(&bye, "200 OK", "\r\n").as_bytes(), from).await.unwrap();
    };
    let ((), ending) = tokio::join!(script, async {
        caller.call(address, "95500", CallOptions::default()).await.unwrap().hang_up().await
    });
    assert_eq!(ending, Ending::ByUs);
}

#[tokio::test]
async fn overload_says_when_to_try_again() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let caller = phone().await;
    let script = async {
        let (invite, from) = receive(&server).await;
        let busy = answer(&invite, "503 Service Unavailable", "Retry-After: 5\r\n\r\n");
        server.send_to(busy.as_bytes(), from).await.unwrap();
        assert!(receive(&server).await.0.starts_with("ACK "));
    };
    let address = server.local_addr().unwrap();
    let ((), failed) = tokio::join!(script, caller.call(address, "95500", CallOptions::default()));
    let failed = failed.err().unwrap();
    assert_eq!((failed.code, failed.retry_after), (503, Some(5)));
}

/// A registrar that challenges once and checks the answer with `rsip`'s own digest.
async fn challenge_once(
    server: &UdpSocket,
    challenges: &str,
    algorithm: rsip::headers::auth::Algorithm,
) -> bool {
    let (register, from) = receive(server).await;
    server
        .send_to(answer(&register, "401 Unauthorized", &format!("{challenges}\r\n")).as_bytes(), from)
        .await
        .unwrap();
    let (register, from) = receive(server).await;
    let request = rsip::Request::try_from(register.as_str()).unwrap();
    let value = request.authorization_header().unwrap().value().to_owned();
    let part = |name: &str| {
        let rest = value.split_once(&format!("{name}=")).unwrap().1;
        rest.trim_start_matches('"').split(['"', ',']).next().unwrap().to_owned()
    };
    let qop = rsip::headers::auth::AuthQop::Auth { cnonce: part("cnonce"), nc: 1 };
    let expected = rsip::services::DigestGenerator {
        username: "1001",
        password: "secret",
        nonce: "n1",
        uri: &request.uri,
        realm: "hotline",
        method: &rsip::Method::Register,
        qop: Some(&qop),
        algorithm,
    };
    let good = expected.verify(&part("response")) && value.contains("qop=auth, nc=00000001");
    let verdict = if good { "200 OK" } else { "403 Forbidden" };
    server.send_to(answer(&register, verdict, "\r\n").as_bytes(), from).await.unwrap();
    good
}

#[tokio::test]
async fn registers_with_the_strongest_digest_and_with_the_old_one() {
    use rsip::headers::auth::Algorithm;
    let both = "WWW-Authenticate: Digest realm=\"hotline\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\r\n\
                WWW-Authenticate: Digest realm=\"hotline\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\r\n";
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let device = phone().await;
    let strong = Auth::new("1001", "secret");
    for (auth, algorithm) in
        [(strong.clone(), Algorithm::Sha256), (Auth { md5_only: true, ..strong.clone() }, Algorithm::Md5)]
    {
        let (good, registered) =
            tokio::join!(challenge_once(&server, both, algorithm), device.register_as(address, auth));
        assert!(good);
        drop(registered.unwrap());
    }
    let wrong = Auth::new("1001", "guess");
    let (good, refused) =
        tokio::join!(challenge_once(&server, both, Algorithm::Sha256), device.register_as(address, wrong));
    assert!(!good);
    assert_eq!(refused.err().map(|f| f.code), Some(403));
}
