//! Callers: each has a plan and hangs up when they please.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use super::network::{below, between};
use crate::ids::Key;
use crate::now::{Mono, Now};
use crate::sealed::Redacted;
use crate::sip::api::{DialogId, Outgoing, SipEvent, Target};
use crate::sip::stack::Stack;

/// What a caller does next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Deed {
    Dial,
    Press(Key),
    HangUp,
}

pub(super) struct Callers {
    pub stack: Stack,
    /// Number of the caller, by dialog.
    dialogs: BTreeMap<DialogId, u32>,
    open: BTreeMap<u32, DialogId>,
    deeds: BTreeMap<(Mono, u32, Deed), ()>,
    pub answered: u64,
    pub refused: u64,
    pub hung_up_on: u64,
}

impl Callers {
    pub fn new(stack: Stack) -> Self {
        Callers {
            stack,
            dialogs: BTreeMap::new(),
            open: BTreeMap::new(),
            deeds: BTreeMap::new(),
            answered: 0,
            refused: 0,
            hung_up_on: 0,
        }
    }

    /// All callers of the day, with their plans.
    pub fn plan(&mut self, rng: &mut ChaCha20Rng, calls: u32, over: Duration) {
        let over = u32::try_from(over.as_millis()).unwrap_or(u32::MAX);
        for n in 0..calls {
            let dial = Mono(0) + between(rng, 0, over);
            self.deeds.insert((dial, n, Deed::Dial), ());
            let mut at = dial + between(rng, 200, 6_000);
            match below(rng, 10) {
                // Gives up within moments, often before the answer.
                0 => at = dial + between(rng, 0, 300),
                // Says and keys nothing at all.
                1 => at = dial + between(rng, 60_000, 200_000),
                2..=5 => {
                    self.deeds.insert((at, n, Deed::Press(Key::Digit(0))), ());
                    at += between(rng, 100, 120_000);
                }
                6 => {
                    self.deeds.insert((at, n, Deed::Press(Key::Digit(0))), ());
                    at += between(rng, 3_000, 20_000);
                    self.deeds.insert((at, n, Deed::Press(Key::Star)), ());
                    at += between(rng, 5_000, 60_000);
                    self.deeds.insert((at, n, Deed::Press(Key::Pound)), ());
                    at += between(rng, 1_000, 9_000);
                }
                _ => {
                    for _ in 0..below(rng, 12) {
                        let key = Key::ALL[usize::try_from(below(rng, 12)).unwrap_or(0)];
                        self.deeds.insert((at, n, Deed::Press(key)), ());
                        at += between(rng, 50, 9_000);
                    }
                    at += between(rng, 10, 60_000);
                }
            }
            self.deeds.insert((at, n, Deed::HangUp), ());
        }
    }

    pub fn next(&self) -> Option<Mono> {
        let deed = self.deeds.keys().next().map(|(at, _, _)| *at);
        [deed, self.stack.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what is due; keys pressed come back with the caller's number.
    pub fn act(&mut self, now: Now, hotline: std::net::SocketAddr, sdp: &[u8]) -> Option<(u32, Key)> {
        let (&(at, n, deed), ()) = self.deeds.iter().next()?;
        if at > now.mono {
            return None;
        }
        self.deeds.remove(&(at, n, deed));
        match deed {
            Deed::Dial => {
                let number = Redacted("95599".to_owned());
                let dialog = self.stack.invite(
                    now,
                    Outgoing {
                        target: Target::Gateway { number, gateway: hotline },
                        from_user: Redacted(format!("1380000{n:04}")),
                        from_display: String::new(),
                        sdp: sdp.to_vec(),
                        headers: vec![("X-Sim-Caller", n.to_string())],
                    },
                );
                self.dialogs.insert(dialog, n);
                self.open.insert(n, dialog);
            }
            Deed::HangUp => {
                if let Some(dialog) = self.open.remove(&n) {
                    self.stack.bye(now, dialog);
                }
            }
            Deed::Press(key) => return self.open.contains_key(&n).then_some((n, key)),
        }
        Some((u32::MAX, Key::Pound))
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
            SipEvent::Ended { dialog } => {
                self.hung_up_on += 1;
                Some(dialog)
            }
            _ => None,
        };
        if let Some(n) = gone.and_then(|dialog| self.dialogs.remove(dialog)) {
            self.open.remove(&n);
        }
    }
}
