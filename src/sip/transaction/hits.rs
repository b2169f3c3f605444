//! Which arms of the transition tables have been taken: what a simulation reports.

use std::collections::BTreeSet;

use super::{Arm, invite_client, invite_server, non_invite_client, non_invite_server};

/// Records arms cheaply: a name is stored the first time only.
#[derive(Clone, Default, Debug)]
pub struct Hits {
    /// A bit an arm, a word a machine.
    seen: [u64; 4],
    names: BTreeSet<&'static str>,
}

impl Hits {
    pub(super) fn record<A: Arm>(&mut self, arm: A) {
        let bit = 1 << arm.index();
        let seen = &mut self.seen[A::MACHINE];
        if *seen & bit == 0 {
            *seen |= bit;
            self.names.insert(arm.name());
        }
    }

    pub fn names(&self) -> &BTreeSet<&'static str> {
        &self.names
    }
}

const TABLES: [&[&str]; 4] = [
    invite_client::Transition::NAMES,
    invite_server::Transition::NAMES,
    non_invite_client::Transition::NAMES,
    non_invite_server::Transition::NAMES,
];

const COUNT: usize = TABLES[0].len() + TABLES[1].len() + TABLES[2].len() + TABLES[3].len();

const NAMES: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let (mut table, mut filled) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            names[filled] = TABLES[table][row];
            filled += 1;
            row += 1;
        }
        table += 1;
    }
    names
};

/// Every arm of the four tables, by name.
pub fn all() -> &'static [&'static str] {
    &NAMES
}
