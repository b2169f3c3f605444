//! Registrations from the wire.

use super::bench::*;
use crate::ids::{DeviceId, FlowId};
use crate::sip::api::*;
use crate::sip::digest::{Algorithm, ha1};

/// A telephone that registers as `user`.
struct Phone {
    user: &'static str,
    password: &'static str,
    algorithm: Algorithm,
    cseq: u32,
    count: u32,
    nonce: String,
}

impl Phone {
    fn new(user: &'static str) -> Phone {
        Phone {
            user,
            password: "open sesame",
            algorithm: Algorithm::Sha256,
            cseq: 0,
            count: 0,
            nonce: String::new(),
        }
    }

    /// A REGISTER with `headers` (whole lines), with credentials once there is a nonce.
    fn register(&mut self, headers: &str) -> String {
        self.cseq += 1;
        self.count += 1;
        let credentials = if self.nonce.is_empty() { String::new() } else { self.credentials() };
        let (user, cseq) = (self.user, self.cseq);
        format!(
            "REGISTER sip:192.0.2.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP {PEER};branch=z9hG4bKr{user}{cseq}\r\n\
             From: <sip:{user}@192.0.2.1>;tag=f\r\n\
             To: <sip:{user}@192.0.2.1>\r\n\
             Call-ID: reg-{user}\r\n\
             CSeq: {cseq} REGISTER\r\n\
             {credentials}{headers}Content-Length: 0\r\n\r\n"
        )
    }

    fn credentials(&self) -> String {
        let Phone { user, nonce, algorithm, .. } = self;
        let hash = |text: String| match algorithm {
            Algorithm::Sha256 => {
                hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
            }
            Algorithm::Md5 => hex::encode(<md5::Md5 as md5::Digest>::digest(text.as_bytes())),
        };
        let a1 = ha1(*algorithm, user, "bank", self.password);
        let a2 = hash("REGISTER:sip:192.0.2.1".to_owned());
        let count = format!("{:08x}", self.count);
        let proof = hash(format!("{a1}:{nonce}:{count}:cn:auth:{a2}"));
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"bank\", nonce=\"{nonce}\", uri=\"sip:192.0.2.1\", \
             response=\"{proof}\", algorithm={}, cnonce=\"cn\", qop=auth, nc={count}\r\n",
            algorithm.name()
        )
    }

    fn take_nonce(&mut self, challenge: &str) {
        self.nonce = challenge.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.count = 0;
    }

    /// Registers with what it takes; returns the last answer.
    fn sign_on(&mut self, bench: &mut Bench, headers: &str) -> String {
        let answer = bench.ask(&self.register(headers));
        if code(&answer) != 401 {
            return answer;
        }
        self.take_nonce(&answer);
        bench.ask(&self.register(headers))
    }
}

const HERE: &str = "Contact: <sip:1001@198.51.100.7:5070>\r\n";

fn device(id: &str) -> DeviceId {
    DeviceId::new(id)
}

#[test]
fn a_telephone_registers_is_called_and_expires() {
    for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
        let mut bench = Bench::new();
        let mut phone = Phone { algorithm, ..Phone::new("1001") };
        let challenge = bench.ask(&phone.register(HERE));
        assert_eq!(code(&challenge), 401);
        let offers: Vec<&str> = challenge.lines().filter(|line| line.starts_with("WWW-")).collect();
        assert!(offers[0].contains("algorithm=SHA-256") && offers[1].contains("algorithm=MD5"));
        phone.take_nonce(&challenge);
        let ok = bench.ask(&phone.register(HERE));
        assert_eq!(code(&ok), 200);
        assert_eq!(header(&ok, "Contact"), "<sip:1001@198.51.100.7:5070>;expires=600;q=1.000");
        assert_eq!(bench.take_events(), [SipEvent::Registered { device: device("1001") }]);
        assert_eq!(code(&phone.sign_on(&mut bench, HERE)), 200, "a refresh with the next count");
        assert!(bench.take_events().is_empty(), "still registered");
        let target = Target::Device(device("1001"));
        let outgoing = Outgoing {
            target,
            from_user: crate::sealed::Redacted(String::new()),
            from_display: String::new(),
            sdp: vec![],
            headers: vec![],
        };
        bench.act(|stack, now| stack.invite(now, outgoing));
        assert!(bench.lines()[0].starts_with("INVITE sip:1001@198.51.100.7:5070 "));
        bench.advance(600_001);
        assert!(bench.take_events().contains(&SipEvent::Unregistered { device: device("1001") }));
        assert_eq!(bench.stack.counts().2, 0);
        bench.finish();
    }
}

#[test]
fn a_telephone_that_gives_up_at_an_unknown_algorithm_is_not_shown_one() {
    for (user_agent, offers) in [("baresip v1.0.0 (x86_64/linux)", 1), ("baresip v3.1.0", 2), ("Desk 4", 2)] {
        let mut bench = Bench::new();
        let mut phone = Phone { algorithm: Algorithm::Md5, ..Phone::new("1001") };
        let headers = format!("User-Agent: {user_agent}\r\n{HERE}");
        let challenge = bench.ask(&phone.register(&headers));
        let shown = challenge.lines().filter(|line| line.starts_with("WWW-Authenticate:")).count();
        assert_eq!(shown, offers, "{user_agent}");
        phone.take_nonce(&challenge);
        assert_eq!(code(&bench.ask(&phone.register(&headers))), 200);
    }
}

#[test]
fn nobody_registers_without_the_password() {
    for mut phone in
        [Phone { password: "wrong", ..Phone::new("1001") }, Phone::new("nobody"), Phone::new("desk")]
    {
        let mut bench = Bench::new();
        assert_eq!(code(&phone.sign_on(&mut bench, HERE)), 403, "{}", phone.user);
        assert!(bench.take_events().is_empty());
        assert_eq!(bench.stack.counts().2, 0);
    }
    // With somebody else's password for somebody else's address.
    let mut bench = Bench::new();
    let mut phone = Phone::new("1002");
    let challenge = bench.ask(&phone.register(HERE));
    phone.take_nonce(&challenge);
    let other = phone.register(HERE).replace("To: <sip:1002@", "To: <sip:1001@");
    assert_eq!(code(&bench.ask(&other)), 403);
}

#[test]
fn nonces_expire_and_their_counts_serve_once() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("1001");
    assert_eq!(code(&phone.sign_on(&mut bench, HERE)), 200);
    phone.count -= 1;
    let replayed = bench.ask(&phone.register(HERE));
    assert_eq!(code(&replayed), 401);
    assert!(replayed.contains("stale=true"));
    phone.take_nonce(&replayed);
    assert_eq!(code(&bench.ask(&phone.register(HERE))), 200);
    bench.advance(301_000);
    let expired = bench.ask(&phone.register(HERE));
    assert!(code(&expired) == 401 && expired.contains("stale=true"));
    phone.nonce = "made up".to_owned();
    assert!(bench.ask(&phone.register(HERE)).contains("stale=true"), "of an earlier boot");
    phone.password = "wrong";
    assert_eq!(
        code(&bench.ask(&phone.register(HERE))),
        403,
        "staleness is told to those who know the password"
    );
}

#[test]
fn expiry_has_bounds() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("1001");
    let brief = phone.sign_on(&mut bench, "Contact: <sip:1001@198.51.100.7:5070>;expires=10\r\n");
    assert_eq!((code(&brief), header(&brief, "Min-Expires")), (423, "60"));
    let long = phone.sign_on(&mut bench, "Contact: <sip:1001@198.51.100.7:5070>\r\nExpires: 99999\r\n");
    assert!(header(&long, "Contact").contains("expires=3600"));
    let gone = phone.sign_on(&mut bench, "Contact: <sip:1001@198.51.100.7:5070>;expires=0\r\n");
    assert!(code(&gone) == 200 && !has_header(&gone, "Contact"));
    assert_eq!(bench.take_events().last(), Some(&SipEvent::Unregistered { device: device("1001") }));
}

#[test]
fn several_contacts_are_kept_and_removed_at_once() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("1001");
    let both = "Contact: <sip:1001@198.51.100.7:5070>;q=0.3, <sip:1001@198.51.100.7:5072>;q=0.75\r\n";
    let ok = phone.sign_on(&mut bench, both);
    assert_eq!(ok.lines().filter(|line| line.starts_with("Contact: ")).count(), 2);
    let way = bench.stack.registrar.locate(&device("1001")).unwrap();
    assert_eq!(way.contact, "sip:1001@198.51.100.7:5072", "the preferred one");
    assert_eq!(code(&phone.sign_on(&mut bench, "Contact: *\r\nExpires: 60\r\n")), 400);
    assert_eq!(code(&phone.sign_on(&mut bench, "Contact: *, <sip:x@y>\r\nExpires: 0\r\n")), 400);
    assert_eq!(code(&phone.sign_on(&mut bench, "Contact: <mailto:a@b>\r\n")), 416);
    assert_eq!(bench.stack.counts().2, 2, "nothing of that was applied");
    let query = phone.sign_on(&mut bench, "");
    assert_eq!(query.lines().filter(|line| line.starts_with("Contact: ")).count(), 2);
    bench.advance(40_000);
    phone.cseq = 1;
    let old = phone.register(HERE).replace("z9hG4bK", "z9hG4bKold");
    assert_eq!(code(&bench.ask(&old)), 500, "an older request does not win");
    phone.cseq = 50;
    assert_eq!(code(&phone.sign_on(&mut bench, "Contact: *\r\nExpires: 0\r\n")), 200);
    assert_eq!(bench.stack.counts().2, 0);
}

#[test]
fn bindings_are_bounded() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("1001");
    let contacts: String =
        (0..11).map(|n| format!("Contact: <sip:1001@198.51.100.7:{}>\r\n", 6000 + n)).collect();
    let full = phone.sign_on(&mut bench, &contacts);
    assert_eq!((code(&full), header(&full, "Retry-After")), (503, "7"));
    assert_eq!(bench.stack.counts().2, 0);
}

#[test]
fn a_closed_connection_takes_its_bindings_along() {
    let mut bench = Bench::new();
    bench.flow = tcp(7, "198.51.100.7:41000");
    let mut phone = Phone::new("1001");
    assert_eq!(code(&phone.sign_on(&mut bench, HERE)), 200);
    let way = bench.stack.registrar.locate(&device("1001")).unwrap();
    assert_eq!(way.hop, crate::sip::wire::Hop::Flow(bench.flow));
    let flow = bench.flow;
    bench.take_events();
    bench.act(|stack, now| stack.flow_closed(now, flow));
    assert_eq!(bench.take_events(), [SipEvent::Unregistered { device: device("1001") }]);
}

#[test]
fn devices_behind_one_flow_are_told_apart_by_from() {
    let mut bench = Bench::new();
    Phone::new("1001").sign_on(&mut bench, HERE);
    let who = |bench: &mut Bench, from: &str, remote: &str| -> Option<DeviceId> {
        bench.flow = udp(remote);
        let invite = Peer::new(&format!("{from}{remote}")).request(
            "INVITE",
            &format!("{from}{}", remote.len()),
            "",
            "v=0",
        );
        bench.take_events();
        bench.receive(&invite.replace("sip:13800138000@198.51.100.7", &format!("sip:{from}@192.0.2.1")));
        match bench.take_events().as_slice() {
            [SipEvent::Invite { device, .. }] => device.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(who(&mut bench, "anybody", PEER), Some(device("1001")), "alone on its flow");
    assert_eq!(who(&mut bench, "1001", "203.0.113.9:5070"), None, "a claim from elsewhere");
    bench.flow = udp(PEER);
    Phone::new("1002").sign_on(&mut bench, "Contact: <sip:1002@198.51.100.7:5070>\r\n");
    assert_eq!(who(&mut bench, "1002", PEER), Some(device("1002")));
    assert_eq!(who(&mut bench, "stranger", PEER), None);
}

#[test]
fn bindings_survive_a_restart() {
    let mut bench = Bench::new();
    let mut phone = Phone::new("1001");
    phone.sign_on(&mut bench, HERE);
    bench.flow = tcp(3, "198.51.100.7:42000");
    Phone::new("1002").sign_on(&mut bench, "Contact: <sip:1002@198.51.100.7:5070>\r\n");
    let stored = serde_json::to_string(&bench.stack.bindings()).unwrap();
    let mut later = Bench::with(config("192.0.2.1:5060", 2));
    later.now = bench.now + std::time::Duration::from_secs(100);
    let bindings = serde_json::from_str(&stored).unwrap();
    later.act(|stack, now| stack.restore_bindings(now, bindings));
    assert_eq!(
        later.take_events(),
        [SipEvent::Registered { device: device("1001") }],
        "not the connection's"
    );
    later.advance(499_000);
    assert!(later.take_events().is_empty());
    later.advance(2_000);
    assert_eq!(later.take_events(), [SipEvent::Unregistered { device: device("1001") }]);
}

#[test]
fn a_device_taken_out_of_the_directory_is_gone() {
    let mut bench = Bench::new();
    Phone::new("1001").sign_on(&mut bench, HERE);
    bench.take_events();
    bench.act(|stack, _| stack.set_devices(vec![registering("1002", "x")]));
    assert_eq!(bench.take_events(), [SipEvent::Unregistered { device: device("1001") }]);
}

#[test]
fn a_phone_behind_a_translator_is_called_over_its_flow() {
    let mut bench = Bench::new();
    bench.flow = udp("203.0.113.5:31234");
    Phone::new("1001").sign_on(&mut bench, HERE);
    let way = bench.stack.registrar.locate(&device("1001")).unwrap();
    assert_eq!(way.hop.remote(), address("203.0.113.5:31234"));
    assert!(matches!(way.hop, crate::sip::wire::Hop::Flow(FlowId::Udp { .. })));
}
