//! The state of every fold as one document, from which a start goes on.
//!
//! A snapshot spares work and holds no truth: one that this program cannot use is passed over and
//! the folds are made from the whole journal.

use serde::{Deserialize, Serialize};

use super::{Engine, Folds, Memory, OpenCalls, Output, People, Plans};
use crate::ids::Seq;
use crate::sip::registrar::Binding;
use crate::stats::Stats;

/// Raised with every change of what a fold keeps: an older snapshot knows nothing of it, and its
/// events would be missing.
const VERSION: u16 = 3;

#[derive(Serialize)]
struct Written<'a> {
    version: u16,
    stats: &'a Stats,
    open: &'a OpenCalls,
    plans: &'a Plans,
    people: &'a People,
    bindings: Vec<Binding>,
}

impl<'a> Written<'a> {
    fn of(version: u16, folds: &'a Folds, bindings: Vec<Binding>) -> Self {
        let Folds { stats, open, plans, people } = folds;
        Written { version, stats, open, plans, people, bindings }
    }
}

#[derive(Deserialize)]
struct Version {
    version: u16,
}

#[derive(Deserialize)]
struct Read {
    stats: Stats,
    open: OpenCalls,
    plans: Plans,
    people: People,
    bindings: Vec<Binding>,
}

impl Memory {
    /// What a snapshot taken after event `seq` holds; `None` if it is of another version.
    pub fn from_snapshot(seq: Seq, bytes: &[u8]) -> Option<Memory> {
        let Version { version } = serde_json::from_slice(bytes).ok()?;
        if version != VERSION {
            return None;
        }
        let Read { stats, open, plans, people, bindings } = serde_json::from_slice(bytes).ok()?;
        let folds = Folds { stats, open, plans, people };
        let fits = folds.stats.as_of_seq == seq && folds.open.as_of_seq == seq;
        fits.then_some(Memory { seq, folds, bindings })
    }
}

impl Engine {
    pub(super) fn take_snapshot(&mut self) {
        self.folds.people.forget_old(self.journal.now.wall, self.settings.people.lock);
        match serde_json::to_vec(&Written::of(VERSION, &self.folds, self.stack.bindings())) {
            Ok(bytes) => self.outputs.push_back(Output::Snapshot { seq: self.journal.seq, bytes }),
            Err(error) => debug_assert!(false, "folds always serialise: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: &str = r#"{"version":3,"stats":{"as_of_seq":0,"calls":{"open":{},"ended":{},"refused":{},"messages":0},
"menus":{"visits":{},"choices":{},"errors":{},"to_agent_request":{"bounds_s":[1,2,3,5,8,10,15,20,30,45,60,90,120,180],
"counts":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"sum_ms":0}},"queues":{"by_name":{}},
"services":{"complaints":0,"answers":{},"satisfaction":{"five_minutes":[],"thirty_minutes":[],"day":[]},
"lookups":{},"verifications":{},"transfers":{}},
"agents":{"now":{},"spent_ms":{},"handled":{},"sign_ins_refused":0},
"recordings":{"archived":0,"failed":0,"missing_ms":0,"masked_ms":0,"open":{}},
"server":{"version":"","starts":0,"config_version":0,"published":0,"refused":0,"alarms":[],"plans":{}}},
"open":{"calls":{},"config_version":0,"as_of_seq":0,"seats":{},"newest":null},
"plans":{"in_force":{},"proposed":{}},"people":{"calls":{},"languages":{},"tries":{},"callbacks":{}},"bindings":[]}"#;

    fn written(version: u16, memory: &Memory) -> Vec<u8> {
        serde_json::to_vec(&Written::of(version, &memory.folds, memory.bindings.clone())).unwrap()
    }

    #[test]
    fn a_snapshot_of_another_version_or_another_event_is_passed_over() {
        let mut memory = Memory { seq: Seq(7), ..Memory::default() };
        memory.folds.stats.as_of_seq = Seq(7);
        memory.folds.open.as_of_seq = Seq(7);
        let bytes = written(VERSION, &memory);
        assert_eq!(Memory::from_snapshot(Seq(7), &bytes).unwrap().folds.stats, memory.folds.stats);
        assert!(Memory::from_snapshot(Seq(8), &bytes).is_none());
        assert!(Memory::from_snapshot(Seq(7), &written(VERSION + 1, &memory)).is_none());
        for other in [&b""[..], b"null", b"[{},{},[]]", b"{\"version\":1}"] {
            assert!(Memory::from_snapshot(Seq(7), other).is_none());
        }
    }

    #[test]
    fn a_change_of_the_folds_asks_for_another_version() {
        let shape = String::from_utf8(written(VERSION, &Memory::default())).unwrap();
        assert_eq!(shape, SHAPE.replace('\n', ""), "raise VERSION, then take this as the shape");
    }
}
