//! Callers: each has a plan and hangs up when they please.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::describe::{Sound, describe};
use super::network::{below, between};
use super::services::service;
use crate::ids::{DeviceId, Key};
use crate::now::{Mono, Now};
use crate::sealed::Redacted;
use crate::sip::api::{DeviceAccount, DeviceKind, DialogId, Outgoing, SipEvent, Target};
use crate::sip::stack::Stack;

/// What a caller does next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Deed {
    Dial(Line),
    Press(Key),
    HangUp,
}

/// How a caller comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Line {
    Udp,
    Tcp,
    /// A number nobody has, over UDP,
    WrongNumber,
    /// and over TCP.
    WrongNumberTcp,
    /// A telephone that speaks no codec of ours, or describes itself in no known way.
    Foreign(Sound),
}

/// What a caller did that others notice.
pub(super) enum Done {
    Nothing,
    Pressed(u32, Key),
    /// No sound comes from here any more.
    HungUp(SocketAddr),
}

pub(super) struct Callers {
    pub stack: Stack,
    at: SocketAddr,
    /// Number of the caller, by dialog.
    dialogs: BTreeMap<DialogId, u32>,
    open: BTreeMap<u32, DialogId>,
    deeds: BTreeMap<(Mono, u32, Deed), ()>,
    pub answered: u64,
    pub refused: u64,
}

/// Where a caller hears; so callers can be told apart by it.
fn ear(at: SocketAddr, n: u32) -> SocketAddr {
    SocketAddr::new(at.ip(), u16::try_from(10_000 + n % 25_000 * 2).unwrap_or(10_000))
}

impl Callers {
    pub fn new(mut stack: Stack, at: SocketAddr, hotline: SocketAddr) -> Self {
        let trunk = |id, number| DeviceAccount {
            id: DeviceId::new(id),
            kind: DeviceKind::Static { contact: format!("sip:{number}@{hotline};transport=tcp") },
        };
        stack.set_devices(vec![trunk("trunk", "95599"), trunk("wrong", "95598")]);
        let (dialogs, open, deeds) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Callers { stack, at, dialogs, open, deeds, answered: 0, refused: 0 }
    }

    /// All callers of the day, with their plans.
    pub fn plan(&mut self, rng: &mut ChaCha20Rng, calls: u32, over: Duration) {
        let over = u32::try_from(over.as_millis()).unwrap_or(u32::MAX);
        for n in 0..calls {
            let dial = Mono(0) + between(rng, 0, over);
            let line = match below(rng, 40) {
                0 => Line::WrongNumber,
                1 => Line::Foreign(Sound::Unreadable),
                2 => Line::Foreign(Sound::NoCommonCodec),
                3 | 4 => Line::WrongNumberTcp,
                5..=14 => Line::Tcp,
                _ => Line::Udp,
            };
            self.deeds.insert((dial, n, Deed::Dial(line)), ());
            self.plan_visit(rng, n, dial);
        }
    }

    fn plan_visit(&mut self, rng: &mut ChaCha20Rng, n: u32, dial: Mono) {
        let mut at = dial + between(rng, 200, 6_000);
        match below(rng, 18) {
            // Gives up within moments, often before the answer.
            0 => at = dial + between(rng, 0, 300),
            // Says and keys nothing at all.
            1 => at = dial + between(rng, 60_000, 200_000),
            2..=5 => {
                self.deeds.insert((at, n, Deed::Press(Key::Digit(0))), ());
                for _ in 0..below(rng, 3) {
                    let ask = at + between(rng, 3_000, 60_000);
                    self.deeds.insert((ask, n, Deed::Press(Key::Digit(0))), ());
                }
                at += between(rng, 100, 120_000);
            }
            6 | 7 => {
                self.deeds.insert((at, n, Deed::Press(Key::Digit(0))), ());
                at += between(rng, 3_000, 20_000);
                self.deeds.insert((at, n, Deed::Press(Key::Star)), ());
                at += between(rng, 1_000, 60_000);
                let key = [Key::Pound, Key::Star, Key::Digit(0), Key::Digit(5)][below(rng, 4) as usize];
                self.deeds.insert((at, n, Deed::Press(key)), ());
                at += between(rng, 1_000, 9_000);
            }
            // Waits for an agent as long as it takes, or speaks until the message is full.
            8 => {
                self.deeds.insert((at, n, Deed::Press(Key::Digit(0))), ());
                if below(rng, 2) == 0 {
                    self.deeds.insert((at + Duration::from_secs(4), n, Deed::Press(Key::Star)), ());
                }
                at += between(rng, 250_000, 900_000);
            }
            9..=15 => at = self.plan_service(rng, n, at),
            _ => {
                for _ in 0..below(rng, 12) {
                    let key = Key::ALL[below(rng, 12) as usize];
                    self.deeds.insert((at, n, Deed::Press(key)), ());
                    at += between(rng, 50, 9_000);
                }
                at += between(rng, 10, 60_000);
            }
        }
        self.deeds.insert((at, n, Deed::HangUp), ());
    }

    /// Whoever knows the menus keys in all that a service wants, and loses patience now and then.
    fn plan_service(&mut self, rng: &mut ChaCha20Rng, n: u32, begin: Mono) -> Mono {
        let mut at = begin;
        for (least, most, keys) in service(rng) {
            at += between(rng, least, most);
            for key in keys.chars().filter_map(Key::from_char) {
                self.deeds.insert((at, n, Deed::Press(key)), ());
                at += between(rng, 80, 300);
            }
        }
        at + between(rng, 10, 40_000)
    }

    pub fn next(&self) -> Option<Mono> {
        let deed = self.deeds.keys().next().map(|(at, _, _)| *at);
        [deed, self.stack.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what is due; none when nothing is.
    pub fn act(&mut self, now: Now, hotline: SocketAddr) -> Option<Done> {
        let (&(at, n, deed), ()) = self.deeds.iter().next()?;
        if at > now.mono {
            return None;
        }
        self.deeds.remove(&(at, n, deed));
        Some(match deed {
            Deed::Dial(line) => {
                self.dial(now, hotline, (n, line));
                Done::Nothing
            }
            Deed::HangUp => match self.open.remove(&n) {
                Some(dialog) => {
                    self.stack.bye(now, dialog);
                    Done::HungUp(ear(self.at, n))
                }
                None => Done::Nothing,
            },
            Deed::Press(key) if self.open.contains_key(&n) => Done::Pressed(n, key),
            Deed::Press(_) => Done::Nothing,
        })
    }

    fn dial(&mut self, now: Now, hotline: SocketAddr, (n, line): (u32, Line)) {
        let number = |number: &str| Redacted(number.to_owned());
        let target = match line {
            Line::Tcp => Target::Device(DeviceId::new("trunk")),
            Line::WrongNumberTcp => Target::Device(DeviceId::new("wrong")),
            Line::WrongNumber => Target::Gateway { number: number("95598"), gateway: hotline },
            Line::Udp | Line::Foreign(_) => Target::Gateway { number: number("95599"), gateway: hotline },
        };
        let sound = if let Line::Foreign(sound) = line { sound } else { Sound::Both };
        let outgoing = Outgoing {
            target,
            from_user: Redacted(format!("1380000{n:04}")),
            from_display: String::new(),
            sdp: describe(ear(self.at, n), sound),
            headers: vec![("X-Sim-Caller", n.to_string())],
        };
        let dialog = self.stack.invite(now, outgoing);
        self.dialogs.insert(dialog, n);
        self.open.insert(n, dialog);
    }

    pub fn on_event(&mut self, event: &SipEvent) {
        let gone = match event {
            SipEvent::Answered { .. } => {
                self.answered += 1;
                None
            }
            SipEvent::Failed { dialog, .. } => {
                self.refused += 1;
                Some(dialog)
            }
            SipEvent::Ended { dialog } => Some(dialog),
            _ => None,
        };
        if let Some(n) = gone.and_then(|dialog| self.dialogs.remove(dialog)) {
            self.open.remove(&n);
        }
    }
}
