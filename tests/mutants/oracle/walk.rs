//! Points: every place that differs to the ear of a caller, with a way to get there.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use hotline::ids::{Key, Language};

use super::caller::{Caller, Deed, Ending, Heard};
use super::world::{Asked, World};
use super::{Fault, Subject};

/// A place in a visit where a caller can do something.
pub struct Point {
    /// How to get there.
    pub deeds: Vec<Deed>,
    pub menu: String,
    pub language: Language,
    pub is_collecting: bool,
    pub typed: usize,
    /// What plays there, or was played last.
    pub heard: Option<Heard>,
    /// The last of it that is not said by the hotline itself.
    pub matter: Option<String>,
    pub is_stuck: bool,
    /// Menus gone through.
    pub menus: Vec<String>,
    /// The last deed was a key, and it was answered without asking the world anything.
    pub was_chosen: bool,
}

impl Point {
    /// For people who read what was found.
    pub fn shown(&self) -> String {
        let deed = |deed: &Deed| match deed {
            Deed::Nothing => "-".to_owned(),
            Deed::Press(key) => key.to_string(),
            Deed::Digits => "digits".to_owned(),
        };
        let deeds: Vec<String> = self.deeds.iter().map(deed).collect();
        format!("{} ({}) after [{}]", self.menu, self.language, deeds.join(" "))
    }

    pub fn plays(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.heard.iter().flat_map(|heard| &heard.prompts).any(|prompt| wanted(&prompt.0))
    }
}

/// What was heard, each once; of what was heard before a key and after, the former.
#[derive(Default)]
pub struct Hearsay {
    pub all: Vec<Heard>,
    known: HashSet<(String, Language, Vec<String>)>,
}

impl Hearsay {
    pub fn take(&mut self, heard: &[Heard]) {
        for heard in heard {
            let prompts: Vec<String> = heard.prompts.iter().map(|prompt| prompt.0.clone()).collect();
            if self.known.insert((heard.menu.clone(), heard.language.clone(), prompts)) {
                self.all.push(heard.clone());
            }
        }
    }
}

/// What a walk found in one world.
#[derive(Default)]
pub struct Walk {
    pub points: Vec<Point>,
    /// Everything that was heard anywhere.
    pub heard: Hearsay,
    /// Ways that ended, with how, and whether the last key alone led there.
    pub endings: Vec<(Vec<Deed>, Ending, bool)>,
    /// All ways that were tried, shorter ones first, with what was asked on them.
    pub ways: Vec<(Vec<Deed>, Vec<Asked>)>,
    pub seen: HashSet<Sight>,
}

/// What a caller at a point can tell of it.
pub type Sight = (String, Language, Option<Vec<String>>, [bool; 4], [usize; 2]);

/// Menus above one another.
const DEEPEST: usize = 3;

/// Goes on from every point it has not seen, nearest first, beginning with these ways.
pub fn walk(
    subject: &Subject,
    world: &World,
    (roots, seen): (Vec<Vec<Deed>>, HashSet<Sight>),
    most: usize,
) -> Walk {
    let mut walk = Walk { seen, ..Walk::default() };
    // Where it begins something is answered otherwise, which nobody can see yet.
    let begun: HashSet<Vec<Deed>> = roots.iter().cloned().collect();
    let mut ways: VecDeque<Vec<Deed>> = roots.into();
    while let Some(deeds) = ways.pop_front() {
        let caller = Caller::repeats(subject, world, &deeds);
        walk.heard.take(&caller.heard);
        walk.ways.push((deeds.clone(), caller.asked.clone()));
        if let Some(ending) = caller.ending {
            walk.endings.push((deeds, ending, caller.was_chosen));
            continue;
        }
        let new = walk.seen.insert(sight(&caller)) || begun.contains(&deeds);
        if !new || walk.points.len() >= most {
            continue;
        }
        for deed in deeds_at(&caller) {
            let mut longer = deeds.clone();
            longer.push(deed);
            ways.push_back(longer);
        }
        walk.points.push(point(&caller, deeds));
    }
    walk
}

impl Walk {
    /// Menus that are more steps away than callers bear, on the shortest way.
    pub fn too_deep(&self) -> Vec<Fault> {
        let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
        for point in &self.points {
            let depth = point.menus.iter().collect::<BTreeSet<_>>().len();
            let least = depths.entry(&point.menu).or_insert(depth);
            *least = depth.min(*least);
        }
        let deep = depths.into_iter().filter(|(_, depth)| *depth > DEEPEST);
        deep.map(|(menu, _)| Fault::error("CBA-10a", format!("menu {menu} is too deep"))).collect()
    }
}

fn sight(caller: &Caller<'_>) -> Sight {
    let prompts = |heard: &Heard| heard.prompts.iter().map(|prompt| prompt.0.clone()).collect();
    let flags = [caller.is_playing, caller.is_collecting(), caller.is_stuck(), caller.is_pending()];
    // Asked for the same digits again, for another purpose.
    let again = caller.heard.iter().rev().map_while(|heard| {
        (caller.is_collecting() && Some(&heard.prompts) == caller.last_heard().map(|last| &last.prompts))
            .then_some(())
    });
    let counts = [caller.typed.min(1), again.count().min(3)];
    (caller.menu(), caller.language(), caller.last_heard().map(prompts), flags, counts)
}

fn point(caller: &Caller<'_>, deeds: Vec<Deed>) -> Point {
    Point {
        deeds,
        menu: caller.menu(),
        language: caller.language(),
        is_collecting: caller.is_collecting(),
        typed: caller.typed,
        heard: caller.last_heard().cloned(),
        matter: matter(caller),
        is_stuck: caller.is_stuck(),
        menus: caller.menus.clone(),
        was_chosen: caller.was_chosen,
    }
}

fn matter(caller: &Caller<'_>) -> Option<String> {
    let prompts = caller.heard.iter().rev().flat_map(|heard| heard.prompts.iter().rev());
    let mut own = prompts.filter(|prompt| !prompt.0.starts_with("system.") && !prompt.0.starts_with("say."));
    own.next().map(|prompt| prompt.0.clone())
}

/// What a caller may do here: the keys that were told, one that was not, `*`, `#`, digits, nothing.
fn deeds_at(caller: &Caller<'_>) -> Vec<Deed> {
    let mut deeds = vec![Deed::Nothing];
    if caller.is_collecting() {
        deeds.extend([Deed::Digits, Deed::Press(Key::Digit(1)), Deed::Press(Key::Pound)]);
        return deeds;
    }
    let told = told_keys(caller.last_heard());
    let wrong = (1..=9).map(Key::Digit).find(|key| !told.contains(key));
    deeds.extend(told.into_iter().chain(wrong).map(Deed::Press));
    deeds.extend([Deed::Press(Key::Star), Deed::Press(Key::Pound)]);
    deeds
}

/// Keys of the choices that play, by the names of their prompts (`MENU.choice.KEY`), or those that
/// answer what is read back.
pub fn told_keys(heard: Option<&Heard>) -> Vec<Key> {
    let prompts = || heard.into_iter().flat_map(|heard| &heard.prompts);
    let keys = prompts().filter_map(|prompt| prompt.0.split_once(".choice.")?.1.chars().next());
    let keys: Vec<Key> = keys.filter_map(Key::from_char).collect();
    if keys.is_empty() { vec![Key::Digit(1), Key::Digit(2)] } else { keys }
}
