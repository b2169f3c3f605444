//! Telephones of agents and of others who are rung: some answer, some reject, some ring on, some hang up.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use rand_chacha::ChaCha20Rng;

use super::describe::{Sound, describe};
use super::network::{below, between};
use crate::now::{Mono, Now};
use crate::sip::api::{DialogId, Reply, SipEvent};
use crate::sip::stack::Stack;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Deed {
    Ring,
    Answer,
    Reject,
    /// The trunk, not the number, says no.
    Break,
    /// A new offer is being thought about: 100, later the answer.
    Ponder,
    Agree,
    HangUp,
}

/// Who sits at these telephones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    Agents,
    /// Somebody in the bank who is rung by other telephones, never by the hotline.
    Colleague,
    /// People at other numbers, behind a trunk that is out of order at times.
    Outside,
}

pub(super) struct Staff {
    pub stack: Stack,
    pub at: SocketAddr,
    who: Who,
    deeds: BTreeMap<(Mono, DialogId, Deed), ()>,
}

impl Staff {
    pub fn new(stack: Stack, at: SocketAddr, who: Who) -> Self {
        Staff { stack, at, who, deeds: BTreeMap::new() }
    }

    pub fn next(&self) -> Option<Mono> {
        let deed = self.deeds.keys().next().map(|(at, _, _)| *at);
        [deed, self.stack.poll_timeout()].into_iter().flatten().min()
    }

    pub fn on_event(&mut self, now: Mono, rng: &mut ChaCha20Rng, event: &SipEvent) {
        match event {
            SipEvent::Invite { dialog, .. } => match self.who {
                Who::Agents => self.plan_call(now, rng, *dialog),
                Who::Outside => self.plan_outside(now, rng, *dialog),
                Who::Colleague => {
                    self.do_at(now + between(rng, 10, 300), *dialog, Deed::Ring);
                    self.do_at(now + between(rng, 400, 1_500), *dialog, Deed::Answer);
                    self.do_at(now + between(rng, 4_000, 30_000), *dialog, Deed::HangUp);
                }
            },
            SipEvent::Reoffer { dialog, .. } => {
                self.do_at(now + between(rng, 200, 1_500), *dialog, Deed::Ponder);
                // Says so once more, to whoever has become impatient.
                self.do_at(now + between(rng, 1_500, 3_000), *dialog, Deed::Ponder);
                self.do_at(now + between(rng, 1_000, 5_000), *dialog, Deed::Agree);
            }
            SipEvent::Cancelled { dialog } | SipEvent::Ended { dialog } => {
                self.deeds.retain(|(_, of, _), ()| of != dialog);
            }
            _ => {}
        }
    }

    fn plan_call(&mut self, now: Mono, rng: &mut ChaCha20Rng, dialog: DialogId) {
        let mut at = now + between(rng, 10, 100);
        self.do_at(at, dialog, Deed::Ring);
        at += between(rng, 500, 9_000);
        match below(rng, 20) {
            0 => self.do_at(at, dialog, Deed::Reject),
            // Nobody is there: it rings until the hotline gives up.
            1 | 2 => {}
            // Picks up just when the hotline gives up.
            3 => self.do_at(now + between(rng, 14_900, 15_100), dialog, Deed::Answer),
            _ => {
                self.do_at(at, dialog, Deed::Answer);
                at += between(rng, 500, 90_000);
                self.do_at(at, dialog, Deed::HangUp);
            }
        }
    }

    fn plan_outside(&mut self, now: Mono, rng: &mut ChaCha20Rng, dialog: DialogId) {
        let mut at = now + between(rng, 10, 100);
        match below(rng, 8) {
            0 => self.do_at(at, dialog, Deed::Break),
            1 | 2 => self.do_at(at, dialog, Deed::Reject),
            // Rings until the hotline gives up.
            3 => self.do_at(at, dialog, Deed::Ring),
            _ => {
                self.do_at(at, dialog, Deed::Ring);
                at += between(rng, 500, 20_000);
                self.do_at(at, dialog, Deed::Answer);
                at += between(rng, 500, 60_000);
                self.do_at(at, dialog, Deed::HangUp);
            }
        }
    }

    fn do_at(&mut self, at: Mono, dialog: DialogId, deed: Deed) {
        self.deeds.insert((at, dialog, deed), ());
    }

    /// Does what is due; false when nothing is.
    pub fn act(&mut self, now: Now) -> bool {
        let Some((&(at, dialog, deed), ())) = self.deeds.iter().next() else { return false };
        if at > now.mono {
            return false;
        }
        self.deeds.remove(&(at, dialog, deed));
        let port = u16::try_from(10_000 + dialog.0 % 25_000 * 2).unwrap_or(10_000);
        let sdp = describe(SocketAddr::new(self.at.ip(), port), Sound::Both);
        let reply = |code, sdp: Vec<u8>| Reply { code, sdp, ..Reply::default() };
        match deed {
            Deed::Ring => self.stack.respond(now, dialog, reply(180, Vec::new())),
            Deed::Answer | Deed::Agree => self.stack.respond(now, dialog, reply(200, sdp)),
            Deed::Reject => self.stack.respond(now, dialog, reply(486, Vec::new())),
            Deed::Break => self.stack.respond(now, dialog, reply(503, Vec::new())),
            Deed::Ponder => self.stack.respond(now, dialog, reply(100, Vec::new())),
            Deed::HangUp => self.stack.bye(now, dialog),
        }
        true
    }
}
