//! Agents' telephones: some answer, some reject, some ring on, some hang up.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;

use super::network::{below, between};
use crate::now::{Mono, Now};
use crate::sip::api::{DialogId, Reply, SipEvent};
use crate::sip::stack::Stack;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Deed {
    Ring,
    Answer,
    Reject,
    HangUp,
}

pub(super) struct Staff {
    pub stack: Stack,
    deeds: BTreeMap<(Mono, DialogId, Deed), ()>,
    pub offers: u64,
}

impl Staff {
    pub fn new(stack: Stack) -> Self {
        Staff { stack, deeds: BTreeMap::new(), offers: 0 }
    }

    pub fn next(&self) -> Option<Mono> {
        let deed = self.deeds.keys().next().map(|(at, _, _)| *at);
        [deed, self.stack.poll_timeout()].into_iter().flatten().min()
    }

    pub fn on_event(&mut self, now: Mono, rng: &mut ChaCha20Rng, event: &SipEvent) {
        match event {
            SipEvent::Invite { dialog, .. } => {
                self.offers += 1;
                let mut at = now + between(rng, 10, 100);
                self.deeds.insert((at, *dialog, Deed::Ring), ());
                at += between(rng, 500, 9_000);
                match below(rng, 20) {
                    0 => {
                        self.deeds.insert((at, *dialog, Deed::Reject), ());
                    }
                    // Nobody is there: it rings until the hotline gives up.
                    1 | 2 => {}
                    // Picks up just when the hotline gives up.
                    3 => {
                        let late = now + between(rng, 14_900, 15_100);
                        self.deeds.insert((late, *dialog, Deed::Answer), ());
                    }
                    _ => {
                        self.deeds.insert((at, *dialog, Deed::Answer), ());
                        at += between(rng, 1_000, 90_000);
                        self.deeds.insert((at, *dialog, Deed::HangUp), ());
                    }
                }
            }
            SipEvent::Cancelled { dialog } | SipEvent::Ended { dialog } => {
                self.deeds.retain(|(_, of, _), ()| of != dialog);
            }
            _ => {}
        }
    }

    /// Does what is due; false when nothing is.
    pub fn act(&mut self, now: Now, sdp: &[u8]) -> bool {
        let Some((&(at, dialog, deed), ())) = self.deeds.iter().next() else { return false };
        if at > now.mono {
            return false;
        }
        self.deeds.remove(&(at, dialog, deed));
        let reply = |code, sdp: &[u8]| Reply { code, sdp: sdp.to_vec(), ..Reply::default() };
        match deed {
            Deed::Ring => self.stack.respond(now, dialog, reply(180, &[])),
            Deed::Answer => self.stack.respond(now, dialog, reply(200, sdp)),
            Deed::Reject => self.stack.respond(now, dialog, reply(486, &[])),
            Deed::HangUp => self.stack.bye(now, dialog),
        }
        true
    }
}
