//! How callers are led, in every situation. It does not depend on what is said, so that mutants
//! that differ in words only are walked once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use super::caller::Heard;
use super::people;
use super::walk::walk;
use super::world::worlds;
use super::{Fault, Subject};

/// What callers came to.
pub struct Behaviour {
    pub faults: Vec<Fault>,
    /// Everything that is heard in the usual situation, each once.
    pub heard: Vec<Heard>,
}

/// Behaviours already walked, by structure.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, Arc<Behaviour>>>);

/// Most points looked at in the usual situation, and in the others.
const USUAL: usize = 600;
const OTHERS: usize = 150;

impl Memory {
    pub fn of(&self, subject: &Subject) -> Arc<Behaviour> {
        let key =
            format!("{}\n{:?}\n{:?}", subject.nodes.structure, subject.sources.views, subject.sources.mains);
        if let Some(known) = self.0.lock().expect("nobody panics with it").get(&key) {
            return Arc::clone(known);
        }
        let behaviour = Arc::new(Behaviour::of(subject));
        self.0.lock().expect("nobody panics with it").insert(key, Arc::clone(&behaviour));
        behaviour
    }
}

impl Behaviour {
    /// The usual situation first, then every one in which something asked is answered differently.
    fn of(subject: &Subject) -> Behaviour {
        let mut behaviour = Behaviour { faults: Vec::new(), heard: Vec::new() };
        let mut asked = Vec::new();
        let mut walked: BTreeSet<String> = BTreeSet::new();
        for (number, world) in worlds(subject).iter().enumerate() {
            let same = |world: &super::world::World| world.answers_to(&asked, subject);
            if number > 0 && walked.contains(&same(world)) {
                continue;
            }
            let walk = walk(subject, world, if number == 0 { USUAL } else { OTHERS });
            behaviour.faults.extend(people::faults(subject, world, &walk));
            for question in walk.asked {
                if !asked.contains(&question) {
                    asked.push(question);
                }
            }
            walked.insert(world.answers_to(&asked, subject));
            if number == 0 {
                behaviour.heard = walk.heard;
                behaviour.faults.extend(walk.faults);
            }
        }
        behaviour
    }
}
