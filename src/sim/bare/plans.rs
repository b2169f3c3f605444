//! What bare telephones are up to, as callers and at agents' desks.

use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::dialog::{Over, Secret, Talk};
use super::{Acks, Bare, Manner, Step};
use crate::now::Mono;
use crate::sim::describe::Sound;
use crate::sim::network::{Arrival, below, between};

/// Milliseconds after the one before, at least and at most; and what then.
type Script = Vec<(u32, u32, Step)>;

/// Whom they ring.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Numbers {
    pub hotline: SocketAddr,
    /// A telephone inside the bank that others ring directly.
    pub colleague: SocketAddr,
}

const GARBAGE: [&[u8]; 6] = [
    b"INVITE sip:95599@127.0.0.1 SIP/2.0\r\n\r\n",
    b"\x00\xff\xfe\x80",
    b"BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.6;branch=z9hG4bKg\r\nCSeq: x BYE\r\n\r\n",
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKnone\r\nFrom: <sip:a@b>;tag=1\r\n\
      To: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n",
    b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: hotline\r\n\r\n",
];

impl Bare {
    /// `n` callers with bare telephones, each at a port of its own.
    pub fn plan_callers(
        &mut self,
        rng: &mut ChaCha20Rng,
        (home, n): (SocketAddr, u32),
        over: Duration,
        numbers: Numbers,
    ) {
        let over = u32::try_from(over.as_millis()).unwrap_or(u32::MAX);
        for k in 0..n {
            let at = SocketAddr::new(home.ip(), u16::try_from(10_000 + k % 50_000).unwrap_or(10_000));
            let begin = Mono(0) + between(rng, 0, over);
            if k % 17 == 12 {
                self.plan_gateway(rng, at, begin, numbers.colleague);
                continue;
            }
            let peer = if k % 17 == 11 { numbers.colleague } else { numbers.hotline };
            let number = if k % 17 == 8 { "95598" } else { "95599" };
            let (over, acks, script) = visit(rng, k % 17);
            let manner =
                [Manner::AtOnce, Manner::Hesitating, Manner::Stuck, Manner::Breaking][below(rng, 4) as usize];
            let user = format!("1390000{k:04}");
            let talk = Talk::begin(at, over, (&user, number), peer, k);
            let who = self.join(talk, acks, manner);
            self.plan_script(rng, begin, who, script);
        }
    }

    fn plan_script(&mut self, rng: &mut ChaCha20Rng, begin: Mono, who: usize, script: Script) {
        let mut at = begin;
        for (least, most, step) in script {
            at += between(rng, least, most);
            self.plan(at, who, step);
        }
    }

    /// A gateway with two calls to a colleague, whose only connection breaks while it waits for an answer.
    fn plan_gateway(&mut self, rng: &mut ChaCha20Rng, at: SocketAddr, begin: Mono, colleague: SocketAddr) {
        for n in 0..2 {
            let n = u32::from(at.port()) * 10 + n;
            let talk = Talk::begin(at, Over::Tcp, ("gateway", "1"), colleague, n);
            let who = self.join(talk, Acks::Properly, Manner::AtOnce);
            let script = vec![
                (0, 300, Step::Invite(Some(Sound::Both))),
                (2_500, 4_000, Step::Update(Sound::Both)),
                (20, 2_500, Step::Close),
                (0, 1, Step::Vanish),
            ];
            self.plan_script(rng, begin, who, script);
        }
    }

    /// A desk whose telephone registers and whose agent signs in by star codes.
    pub fn plan_desk(
        &mut self,
        rng: &mut ChaCha20Rng,
        at: SocketAddr,
        (device, work): (&str, &str),
        hotline: SocketAddr,
    ) {
        let secret = |password: &str| Secret {
            user: device.to_owned(),
            realm: "hotline".to_owned(),
            password: password.to_owned(),
        };
        for (n, (second, password)) in
            [(1, "wrong"), (3, "right"), (4, "right"), (200, "right")].into_iter().enumerate()
        {
            let n = u32::from(at.port()) * 100 + n as u32;
            let who = self.join(
                Talk::begin(at, Over::Udp, (device, device), hotline, n),
                Acks::Properly,
                Manner::AtOnce,
            );
            let step = Step::Register { secret: secret(password), expires: 900 };
            self.plan(Mono(0) + Duration::from_secs(second), who, step);
        }
        let codes = [
            (6, format!("*81*{work}*guess")),
            (12, format!("*81*{work}*{work}")),
            (20, format!("*81*{work}*{work}")),
            (150, "*84*lunch".to_owned()),
            (170, "*83".to_owned()),
            (300, "*82".to_owned()),
            (310, "*99".to_owned()),
            (320, format!("*81*{work}*{work}")),
            (400, "*84".to_owned()),
            (430, "*83".to_owned()),
        ];
        for (n, (second, code)) in codes.into_iter().enumerate() {
            let n = u32::from(at.port()) * 100 + 50 + n as u32;
            let who = self.join(
                Talk::begin(at, Over::Udp, (device, &code), hotline, n),
                Acks::Properly,
                Manner::AtOnce,
            );
            let begin = Mono(0) + Duration::from_secs(second) + between(rng, 0, 900);
            self.plan_script(
                rng,
                begin,
                who,
                vec![(0, 1, Step::Invite(Some(Sound::Both))), (30_000, 40_000, Step::Bye)],
            );
        }
    }

    /// A desk's telephone rings.
    pub(super) fn rung(&mut self, now: Mono, rng: &mut ChaCha20Rng, arrival: &Arrival, invite: &[u8]) {
        let over = if arrival.flow.is_reliable() { Over::Tcp } else { Over::Udp };
        let n = u32::try_from(self.parties.len()).unwrap_or(u32::MAX);
        let Some(talk) = Talk::of_invite(arrival.to, over, arrival.flow, invite, 1_000_000 + n) else {
            return;
        };
        let manner =
            [Manner::AtOnce, Manner::Hesitating, Manner::Stuck, Manner::Breaking][below(rng, 4) as usize];
        let who = self.join(talk, Acks::Properly, manner);
        let script = taking(rng);
        self.plan_script(rng, now, who, script);
    }
}

/// How a caller with a bare telephone behaves.
fn visit(rng: &mut ChaCha20Rng, kind: u32) -> (Over, Acks, Script) {
    use Sound::*;
    let call = Step::Invite(Some(Both));
    let simple = |acks, script| (Over::Udp, acks, script);
    match kind {
        0 => simple(Acks::Answering(Both), vec![(0, 1, Step::Invite(None)), (3_000, 50_000, Step::Bye)]),
        1 => {
            simple(Acks::Answering(Unreadable), vec![(0, 1, Step::Invite(None)), (20_000, 30_000, Step::Bye)])
        }
        2 => simple(Acks::Never, vec![(0, 1, call), (20_000, 60_000, Step::Bye)]),
        3 => simple(Acks::WithItsOwnBranch, vec![(0, 1, call), (3_000, 9_000, Step::Bye)]),
        4 => simple(
            Acks::Properly,
            vec![
                (0, 1, Step::Options),
                (500, 900, Step::Invite(Some(Plain))),
                (2_500, 5_000, Step::Info('0')),
                (500, 900, Step::Options),
                (3_000, 30_000, Step::Info('*')),
                (9_000, 30_000, Step::Info('#')),
                (900, 9_000, Step::Bye),
            ],
        ),
        5 => simple(Acks::Properly, offers(call)),
        6 => simple(
            Acks::Properly,
            vec![
                (0, 1, Step::Invite(Some(Plain))),
                (2_000, 4_000, Step::Info('0')),
                (100, 40_000, Step::Vanish),
            ],
        ),
        7 => simple(
            Acks::Properly,
            (0..5).map(|_| (10, 500, Step::Garble(GARBAGE[below(rng, 6) as usize]))).collect(),
        ),
        8 => simple(Acks::Never, vec![(0, 1, call)]),
        9 => (Over::Tcp, Acks::Properly, vec![(0, 1, call), (1, 2_000, Step::Close), (1, 20_000, Step::Bye)]),
        10 => simple(
            Acks::Properly,
            vec![
                (0, 1, call),
                (1, 30, Step::Again),
                (1, 900, Step::Again),
                (3_000, 9_000, Step::Bye),
                (1, 900, Step::Again),
            ],
        ),
        _ => longer_visit(kind, call),
    }
}

/// The same for those who stay.
fn longer_visit(kind: u32, call: Step) -> (Over, Acks, Script) {
    use Sound::*;
    let simple = |script| (Over::Udp, Acks::Properly, script);
    match kind {
        // Rings a colleague, who thinks about new offers.
        11 => simple(vec![
            (0, 1, call),
            (2_500, 3_500, Step::Update(Both)),
            (50, 190, Step::Again),
            (500, 900, Step::Again),
            (1_500, 2_500, Step::Again),
            (5_000, 30_000, Step::Bye),
        ]),
        13 => simple(vec![
            (0, 1, Step::Invite(Some(Plain))),
            (2_500, 5_000, Step::Info('0')),
            (400_000, 500_000, Step::Bye),
        ]),
        14 => (
            Over::Tcp,
            Acks::Properly,
            vec![
                (0, 1, Step::Invite(Some(Plain))),
                (2_500, 5_000, Step::Info('0')),
                (400_000, 500_000, Step::Bye),
            ],
        ),
        15 => simple(vec![(0, 1, call), (5, 1_500, Step::Cancel), (3_000, 9_000, Step::Bye)]),
        _ => simple(vec![(0, 1, Step::Invite(Some(Plain))), (2_000, 90_000, Step::Vanish)]),
    }
}

/// A caller whose telephone offers this and that.
fn offers(call: Step) -> Script {
    use Sound::*;
    let bad = if matches!(call, Step::Invite(_)) { Unreadable } else { Hold };
    vec![
        (0, 1, call),
        (2_000, 3_000, Step::ReInvite(Hold)),
        (1_000, 4_000, Step::ReInvite(Both)),
        (500, 2_000, Step::ReInvite(Plain)),
        (500, 2_000, Step::ReInvite(NoCommonCodec)),
        (500, 2_000, Step::Update(Hold)),
        (500, 2_000, Step::Update(Both)),
        (500, 2_000, Step::Update(bad)),
        (10, 30, Step::ReInvite(Both)),
        (10, 30, Step::ReInvite(Hold)),
        (900, 9_000, Step::Bye),
    ]
}

/// What the agent at a bare telephone does when it rings.
fn taking(rng: &mut ChaCha20Rng) -> Script {
    use Sound::*;
    let ring = (10, 100, Step::Reply(180, None));
    let answer = |sound| (500, 6_000, Step::Reply(200, Some(sound)));
    match below(rng, 14) {
        // Sent on to another number, before anything else is said.
        0 => vec![(1, 50, Step::Reply(302, None))],
        1 => vec![(1, 50, Step::Reply(486, None))],
        2 => vec![ring, answer(Unreadable)],
        3 => vec![ring, (100, 9_000, Step::Vanish)],
        4 => vec![(0, 1, Step::Vanish)],
        5 => vec![ring, answer(Both), (100, 30_000, Step::Vanish)],
        // Repeats its answer long after it was acknowledged.
        6 => vec![ring, answer(Both), (100, 900, Step::Again), (5_000, 40_000, Step::Bye)],
        // Hangs up while the caller still hears the work number.
        7 => vec![ring, answer(Both), (100, 900, Step::Bye)],
        8 => vec![ring, answer(Both), (7_000, 9_000, Step::ReInvite(Hold)), (100, 20_000, Step::Bye)],
        9 => vec![ring, answer(Both), (7_000, 9_000, Step::ReInvite(Hold)), (100, 20_000, Step::Vanish)],
        10 => vec![ring, (14_000, 40_000, Step::Reply(200, Some(Both)))],
        _ => vec![
            ring,
            answer(Both),
            (7_000, 9_000, Step::ReInvite(Hold)),
            (1_000, 9_000, Step::ReInvite(Both)),
            (1_000, 9_000, Step::Update(Hold)),
            (1_000, 9_000, Step::Update(Plain)),
            (1_000, 90_000, Step::Bye),
        ],
    }
}
