//! All deadlines of the stack in one ordered set; each owner stands in it once, with its least one.

use std::collections::BTreeSet;

use super::api::DialogId;
use crate::now::Mono;

/// Whose timer it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Owner {
    Server(u64),
    Client(u64),
    Dialog(DialogId),
}

#[derive(Default)]
pub struct Deadlines {
    set: BTreeSet<(Mono, Owner)>,
}

impl Deadlines {
    /// Replaces the owner's deadline; `scheduled` is where the owner remembers it.
    pub fn move_to(&mut self, owner: Owner, scheduled: &mut Option<Mono>, next: Option<Mono>) {
        if *scheduled == next {
            return;
        }
        if let Some(old) = *scheduled {
            self.set.remove(&(old, owner));
        }
        if let Some(next) = next {
            self.set.insert((next, owner));
        }
        *scheduled = next;
    }

    pub fn first(&self) -> Option<Mono> {
        self.set.first().map(|(at, _)| *at)
    }

    /// The first owner that is due, if any.
    pub fn due(&self, now: Mono) -> Option<Owner> {
        self.set.first().filter(|(at, _)| *at <= now).map(|(_, owner)| *owner)
    }

    /// Forgets the first entry: its owner did not move it.
    pub fn drop_first(&mut self) {
        self.set.pop_first();
    }

    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }
}
