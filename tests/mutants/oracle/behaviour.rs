//! How callers are led, in every situation. It does not depend on what is said, so that mutants
//! that differ in words only are walked once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::caller::{Deed, Ending, Heard};
use super::people::{Probes, no_queue_without_people};
use super::walk::{Hearsay, Sight, Walk, walk};
use super::world::{Asked, World, worlds};
use super::{Fault, Subject};

/// What callers came to.
pub struct Behaviour {
    pub faults: Vec<Fault>,
    /// Everything that is heard anywhere, each once.
    pub heard: Vec<Heard>,
}

/// Behaviours already walked, by structure.
#[derive(Default)]
pub struct Memory {
    known: Mutex<HashMap<String, Arc<Behaviour>>>,
    care: Care,
}

/// How far callers go on in an unusual situation.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Care {
    /// To where all sounds as usual: enough where one thing was changed.
    #[default]
    Brisk,
    /// To the end, everywhere.
    Thorough,
}

/// Most points looked at in a situation.
const MOST: usize = 600;
/// Faults of a kind are alike: a few will do.
const ENOUGH: usize = 4;

impl Memory {
    pub fn thorough() -> Memory {
        Memory { care: Care::Thorough, ..Memory::default() }
    }

    pub fn of(&self, subject: &Subject) -> Arc<Behaviour> {
        let around = (&subject.sources.views, &subject.sources.mains);
        let key = format!("{}\n{around:?}", subject.nodes.structure);
        if let Some(known) = self.known.lock().expect("nobody panics with it").get(&key) {
            return Arc::clone(known);
        }
        let behaviour = Arc::new(Behaviour::of(subject, self.care));
        self.known.lock().expect("nobody panics with it").insert(key, Arc::clone(&behaviour));
        behaviour
    }
}

impl Behaviour {
    fn of(subject: &Subject, care: Care) -> Behaviour {
        let mut behaviour = Behaviour { faults: Vec::new(), heard: Vec::new() };
        let mut heard = Hearsay::default();
        // Each entry has a usual situation of its own; the others differ from it.
        let mut usual: Option<Usual> = None;
        let mut known: Vec<Vec<Asked>> = Vec::new();
        for world in worlds(subject, care) {
            match &usual {
                Some(usual) if usual.world.entry == world.entry => {
                    let differs = usual.differs(subject, &world);
                    // Yes or no: two that differ alike from the usual are alike.
                    let is_plain = world.system == usual.world.system && world.queues[0] == world.queues[1];
                    if differs.is_empty() || (is_plain && known.contains(&differs)) {
                        continue;
                    }
                    known.push(differs.clone());
                    behaviour.faults.extend(usual.otherwise(subject, &world, (&differs, &mut heard), care));
                }
                _ => {
                    let (faults, found) = Usual::of(subject, world, &mut heard);
                    behaviour.faults.extend(faults);
                    known.clear();
                    usual = Some(found);
                }
            }
            if behaviour.faults.len() >= 4 * ENOUGH {
                break;
            }
        }
        behaviour.heard = heard.all;
        behaviour
    }
}

/// Led to a message, a callback or a number by a key and an answer: chosen, or in place of a person? Who asks
/// for it by key alone chose it; here either is right.
fn perhaps_sent_away(subject: &Subject, world: &World, walk: &Walk) -> Vec<Fault> {
    let instead = |ending: &Ending| matches!(ending, Ending::Message(_) | Ending::Callback(_));
    let messages = walk.endings.iter().any(|(_, ending, was_chosen)| instead(ending) && !was_chosen);
    let numbers = |prompt: &str| prompt == "system.transfer_out";
    let numbers = walk.points.iter().any(|point| !point.was_chosen && point.plays(numbers));
    let what = format!("a message or a number that was not chosen by key alone, {}", world.shown());
    let fault = ((messages && !world.is_without_people(subject)) || numbers)
        .then(|| Fault { sure: false, ..Fault::error("CBA-8", what) });
    fault.into_iter().collect()
}

/// The usual situation of an entry, with what was asked of it on every way.
struct Usual {
    world: World,
    walk: Walk,
    /// By point: what was asked when a caller there tried to get a person.
    probed: Vec<Vec<Asked>>,
}

impl Usual {
    fn of(subject: &Subject, world: World, heard: &mut Hearsay) -> (Vec<Fault>, Usual) {
        let walk = walk(subject, &world, (vec![Vec::new()], HashSet::new()), MOST);
        heard.take(&walk.heard.all);
        let mut faults = walk.too_deep();
        faults.extend(perhaps_sent_away(subject, &world, &walk));
        faults.extend(no_queue_without_people(subject, &world, &walk.endings));
        let mut probed = Vec::new();
        for point in &walk.points {
            let mut probes = Probes::new(subject, &world);
            let found = probes.at(point);
            if faults.len() < ENOUGH {
                faults.extend(found);
            }
            heard.take(&probes.heard.all);
            probed.push(probes.asked);
        }
        (faults, Usual { world, walk, probed })
    }

    /// What the other situation answers differently, of all that is asked anywhere here.
    fn differs(&self, subject: &Subject, other: &World) -> Vec<Asked> {
        let all = self.walk.ways.iter().flat_map(|(_, asked)| asked).chain(self.probed.iter().flatten());
        let mut differs: Vec<Asked> = Vec::new();
        for asked in all {
            if !differs.contains(asked) && !self.world.agrees(other, asked) {
                differs.push(asked.clone());
            }
        }
        if !self.world.agrees(other, &Asked::Language) {
            differs.push(Asked::Language);
        }
        // Whether a message may stand in for a person is asked of nobody and matters to all.
        if self.world.is_without_people(subject) != other.is_without_people(subject) {
            differs.push(Asked::People);
        }
        differs
    }

    /// Callers go other ways only from where something is answered differently.
    fn otherwise(
        &self,
        subject: &Subject,
        world: &World,
        (differs, heard): (&[Asked], &mut Hearsay),
        care: Care,
    ) -> Vec<Fault> {
        let touched = |asked: &[Asked]| asked.iter().any(|asked| differs.contains(asked));
        let mut roots: Vec<Vec<Deed>> = Vec::new();
        for (deeds, asked) in &self.walk.ways {
            if touched(asked) && !roots.iter().any(|root| deeds.starts_with(root)) {
                roots.push(deeds.clone());
            }
        }
        if differs.contains(&Asked::Language) {
            roots = vec![Vec::new()];
        }
        let below = |deeds: &[Deed]| roots.iter().any(|root| deeds.starts_with(root));
        let seen: HashSet<Sight> = match care {
            Care::Brisk => self.walk.seen.clone(),
            Care::Thorough => HashSet::new(),
        };
        let walk = walk(subject, world, (roots.clone(), seen), MOST);
        heard.take(&walk.heard.all);
        let mut faults: Vec<Fault> = no_queue_without_people(subject, world, &walk.endings);
        faults.extend(perhaps_sent_away(subject, world, &walk));
        let people = differs.contains(&Asked::People);
        let again = self.walk.points.iter().zip(&self.probed);
        let again = again.filter(|(point, asked)| (people || touched(asked)) && !below(&point.deeds));
        for point in walk.points.iter().chain(again.map(|(point, _)| point)) {
            let mut probes = Probes::new(subject, world);
            faults.extend(probes.at(point));
            heard.take(&probes.heard.all);
            if faults.len() >= ENOUGH {
                break;
            }
        }
        faults
    }
}
