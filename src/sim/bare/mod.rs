//! Telephones without a SIP stack: they say, message by message, what a script tells them, and so
//! also what a good telephone never would.

mod dialog;
mod plans;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use dialog::Over;
use dialog::{SameBranch, Secret, Talk};
pub(super) use plans::Numbers;

use super::describe::{Sound, describe};
use super::network::{Arrival, What};
use crate::ids::FlowId;
use crate::now::Mono;
use crate::sip::grammar::message::{Message, Start};
use crate::sip::grammar::name::HeaderName;

/// What a bare telephone does next.
#[derive(Clone, Debug)]
enum Step {
    /// Begins the call; without a description the other side is to make the offer.
    Invite(Option<Sound>),
    ReInvite(Sound),
    Update(Sound),
    Info(char),
    Options,
    Bye,
    Cancel,
    Register {
        secret: Secret,
        expires: u32,
    },
    /// Answers the INVITE that came.
    Reply(u16, Option<Sound>),
    /// Answers another request that came.
    Answer(u16, Vec<u8>),
    /// The last message once more, byte for byte.
    Again,
    Garble(&'static [u8]),
    /// Neither hears nor says anything any more.
    Vanish,
    /// Closes its connections.
    Close,
}

/// How 2xx to our INVITE are acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Acks {
    Properly,
    WithItsOwnBranch,
    Never,
    /// With the answer to a late offer.
    Answering(Sound),
}

/// How requests are answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    AtOnce,
    /// 100, later once more, then the answer.
    Hesitating,
    /// 100 and nothing else.
    Stuck,
    /// 100, then the connection closes.
    Breaking,
}

struct Party {
    talk: Talk,
    acks: Acks,
    manner: Manner,
    /// The INVITE that came has its final answer.
    replied: bool,
    over: Standing,
    /// The request being thought about.
    thinking: Vec<u8>,
    registering: Option<(Secret, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Present,
    /// It has hung up, or the other side has.
    Over,
    Vanished,
}

/// What others are to do for a bare telephone.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Send {
        from: SocketAddr,
        flow: FlowId,
        bytes: Vec<u8>,
    },
    Dial {
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    },
    /// No sound comes from here any more.
    Silent(SocketAddr),
    Close(SocketAddr),
}

#[derive(Default)]
pub(super) struct Bare {
    parties: Vec<Party>,
    deeds: BTreeMap<(Mono, u64), (usize, Step)>,
    planned: u64,
    pub wishes: VecDeque<Wish>,
}

impl Bare {
    pub fn next(&self) -> Option<Mono> {
        self.deeds.keys().next().map(|(at, _)| *at)
    }

    fn plan(&mut self, at: Mono, who: usize, step: Step) {
        self.planned += 1;
        self.deeds.insert((at, self.planned), (who, step));
    }

    fn join(&mut self, talk: Talk, acks: Acks, manner: Manner) -> usize {
        let (replied, over, thinking) = (false, Standing::Present, Vec::new());
        self.parties.push(Party { talk, acks, manner, replied, over, thinking, registering: None });
        self.parties.len() - 1
    }

    /// Does everything that is due.
    pub fn act(&mut self, now: Mono) {
        while let Some((&key, _)) = self.deeds.first_key_value().filter(|((at, _), _)| *at <= now) {
            if let Some((who, step)) = self.deeds.remove(&key) {
                self.take(who, step);
            }
        }
    }

    fn take(&mut self, who: usize, step: Step) {
        let Some(party) = self.parties.get_mut(who) else { return };
        let silent = match party.over {
            Standing::Present => false,
            Standing::Over => !matches!(step, Step::Answer(..) | Step::Again),
            Standing::Vanished => true,
        };
        if silent {
            return;
        }
        let ear = party.talk.at;
        let sdp = |sound: Option<Sound>| sound.map_or(Vec::new(), |sound| describe(ear, sound));
        let session = "application/sdp";
        let bytes = match step {
            Step::Invite(sound) => party.talk.request("INVITE", (session, &sdp(sound))),
            Step::ReInvite(sound) => party.talk.request("INVITE", (session, &sdp(Some(sound)))),
            Step::Update(sound) => party.talk.request("UPDATE", (session, &sdp(Some(sound)))),
            Step::Info(key) => {
                let body = format!("Signal={key}\r\nDuration=160\r\n");
                party.talk.request("INFO", ("application/dtmf-relay", body.as_bytes()))
            }
            Step::Options => party.talk.request("OPTIONS", ("", b"")),
            Step::Bye => {
                party.over = Standing::Over;
                self.wishes.push_back(Wish::Silent(ear));
                party.talk.request("BYE", ("", b""))
            }
            Step::Cancel => party.talk.cancel(),
            Step::Register { secret, expires } => {
                party.registering = Some((secret.clone(), expires));
                party.talk.register(&secret, expires)
            }
            Step::Reply(..) if party.replied => return,
            Step::Reply(code, sound) => {
                party.replied = code >= 200;
                if code >= 300 {
                    party.over = Standing::Over;
                }
                party.talk.respond(code, &sdp(sound))
            }
            Step::Answer(code, request) => {
                if code >= 200 && request.starts_with(b"BYE") {
                    party.over = Standing::Over;
                }
                party.talk.answer(&request, code, b"")
            }
            Step::Again => party.talk.last.clone(),
            Step::Garble(bytes) => bytes.to_vec(),
            Step::Vanish => {
                party.over = Standing::Vanished;
                return self.wishes.push_back(Wish::Silent(ear));
            }
            Step::Close => return self.wishes.push_back(Wish::Close(ear)),
        };
        self.say(who, bytes);
    }

    fn say(&mut self, who: usize, bytes: Vec<u8>) {
        let Some(Party { talk, .. }) = self.parties.get(who) else { return };
        let (from, to) = (talk.at, talk.peer);
        self.wishes.push_back(match (talk.over, talk.flow) {
            (Over::Udp, _) => Wish::Send { from, flow: FlowId::Udp { remote: to }, bytes },
            (Over::Tcp, Some(flow)) => Wish::Send { from, flow, bytes },
            (Over::Tcp, None) => Wish::Dial { from, to, bytes },
        });
    }

    /// A message came to one of these telephones, or a connection of theirs closed.
    pub fn hear(&mut self, now: Mono, rng: &mut ChaCha20Rng, arrival: &Arrival) {
        let What::Message(bytes) = &arrival.what else {
            let of_host = self.parties.iter_mut().filter(|party| party.talk.at == arrival.to);
            of_host.for_each(|party| party.talk.flow = None);
            return;
        };
        let Ok(message) = Message::parse(bytes) else { return };
        let call_id = message.text(HeaderName::CallId).unwrap_or("");
        let known =
            self.parties.iter().rposition(|p| p.talk.names.call_id == call_id && p.talk.at == arrival.to);
        let Some(who) = known else {
            if bytes.starts_with(b"INVITE") {
                self.rung(now, rng, arrival, bytes);
            }
            return;
        };
        if self.parties[who].over == Standing::Vanished {
            return;
        }
        if arrival.flow.is_reliable() {
            self.parties[who].talk.flow = Some(arrival.flow);
        }
        match message.start {
            Start::Request { method, .. } => self.asked(now, who, method, bytes),
            Start::Response { code, .. } => self.answered(who, code, &message),
        }
    }

    fn answered(&mut self, who: usize, code: u16, message: &Message<'_>) {
        let party = &mut self.parties[who];
        let cseq = message.text(HeaderName::CSeq).unwrap_or("");
        let ack = if cseq.ends_with("INVITE") {
            match (code, party.acks) {
                (..=199, _) => return,
                (_, Acks::Never) => {
                    party.talk.learn(message);
                    return;
                }
                (200..=299, acks) => {
                    party.talk.learn(message);
                    match acks {
                        Acks::Answering(sound) => {
                            let sdp = describe(party.talk.at, sound);
                            party.talk.ack(SameBranch::No, &sdp)
                        }
                        Acks::WithItsOwnBranch => party.talk.ack(SameBranch::Yes, b""),
                        Acks::Properly | Acks::Never => party.talk.ack(SameBranch::No, b""),
                    }
                }
                (300.., _) => party.talk.ack_failure(message),
            }
        } else if cseq.ends_with("REGISTER") && code == 401 {
            let Some((secret, expires)) = party.registering.take() else { return };
            party.talk.take_nonce(message);
            party.talk.register(&secret, expires)
        } else {
            return;
        };
        self.say(who, ack);
    }

    fn asked(&mut self, now: Mono, who: usize, method: &str, request: &[u8]) {
        let party = &mut self.parties[who];
        match method {
            "ACK" | "INVITE" => return,
            "CANCEL" => {
                let ok = party.talk.answer(request, 200, b"");
                let gone = (!party.replied).then(|| party.talk.respond(487, b""));
                party.replied = true;
                party.over = Standing::Over;
                self.say(who, ok);
                if let Some(gone) = gone {
                    self.say(who, gone);
                }
                return;
            }
            _ => {}
        }
        if party.over == Standing::Over {
            let code = if party.thinking == request { 200 } else { 481 };
            let reply = party.talk.answer(request, code, b"");
            return self.say(who, reply);
        }
        if party.thinking == request && party.manner != Manner::AtOnce {
            return;
        }
        party.thinking = request.to_vec();
        let soon = |ms| now + Duration::from_millis(ms);
        let manner = party.manner;
        if method == "BYE" {
            let ear = party.talk.at;
            self.wishes.push_back(Wish::Silent(ear));
        }
        let again = |code| Step::Answer(code, request.to_vec());
        match manner {
            Manner::AtOnce => self.plan(now, who, again(200)),
            Manner::Hesitating => {
                self.plan(now, who, again(100));
                self.plan(soon(900), who, again(100));
                self.plan(soon(6_000), who, again(200));
            }
            Manner::Stuck => self.plan(now, who, again(100)),
            Manner::Breaking => {
                self.plan(now, who, again(100));
                self.plan(soon(200), who, Step::Close);
            }
        }
    }
}
