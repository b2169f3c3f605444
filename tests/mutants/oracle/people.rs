//! Who wants a person gets one, and so does who does nothing or presses what nobody offered.

use hotline::ids::Key;

use super::caller::{Caller, Deed, Ending};
use super::walk::{Hearsay, Point, told_keys};
use super::world::{Asked, World};
use super::{Fault, Subject};

/// Most things that may happen by themselves before a silent caller is with somebody.
const PATIENCE: usize = 80;
/// Most keys that nobody offered before a caller is with somebody.
const FUMBLES: usize = 24;
/// More digits than any step takes.
const MOST_DIGITS: usize = 33;

/// Callers who try to get a person, and what was asked of the world meanwhile.
pub struct Probes<'s> {
    subject: &'s Subject,
    world: &'s World,
    pub asked: Vec<Asked>,
    pub heard: Hearsay,
}

/// Every way that ended in a queue must have ended where people are.
pub fn no_queue_without_people(
    subject: &Subject,
    world: &World,
    endings: &[(Vec<Deed>, Ending, bool)],
) -> Vec<Fault> {
    let nobody = endings.iter().find_map(|(deeds, ending, _)| match ending {
        Ending::Queue(queue) if !world.is_rostered(subject, queue) => Some((deeds, queue)),
        _ => None,
    });
    let told = |(deeds, queue)| {
        format!("{deeds:?} leads to the queue `{queue}`, where nobody is, {}", world.shown())
    };
    nobody.map(|nobody| Fault::error("CBA-10b", told(nobody))).into_iter().collect()
}

impl<'s> Probes<'s> {
    pub fn new(subject: &'s Subject, world: &'s World) -> Probes<'s> {
        Probes { subject, world, asked: Vec::new(), heard: Hearsay::default() }
    }

    /// Everybody at this point who should get a person and does not.
    pub fn at(&mut self, point: &Point) -> Vec<Fault> {
        let tried = match point.is_stuck {
            true => vec![Err("nothing happens any more".to_owned())],
            false => vec![self.asks(point), self.waits(point), self.fumbles(point)],
        };
        let told = |what| format!("{what}: {}, {}", point.shown(), self.world.shown());
        let tried = tried.into_iter().filter_map(Result::err);
        let mut faults: Vec<Fault> = tried.map(|what| Fault::error("CBA-10b", told(what))).collect();
        let perhaps = point.matter.as_ref().is_some_and(|prompt| self.subject.nodes.is_perhaps(prompt));
        if perhaps && let Err(what) = self.until_the_end(&mut self.caller(point)) {
            faults.push(Fault { sure: false, ..Fault::error("CBA-10b", told(what)) });
        }
        // Digits may be for a message, and a pause may be their end; nobody is hung up on for it.
        if let Some((what, sure)) = self.stops_typing(point) {
            faults.push(Fault { sure, ..Fault::error("CBA-10b", told(what)) });
        }
        faults
    }

    fn caller(&self, point: &Point) -> Caller<'s> {
        Caller::repeats(self.subject, self.world, &point.deeds)
    }

    /// Does nothing more.
    fn until_the_end(&mut self, caller: &mut Caller<'_>) -> Result<(), String> {
        for _ in 0..PATIENCE {
            if caller.ending.is_some() || caller.is_stuck() {
                break;
            }
            caller.does(Deed::Nothing);
        }
        self.heard.take(&caller.heard);
        for asked in &caller.asked {
            if !self.asked.contains(asked) {
                self.asked.push(asked.clone());
            }
        }
        reaches_person(self.subject, self.world, caller.ending.as_ref())
    }

    /// One key, then nothing.
    fn asks(&mut self, point: &Point) -> Result<(), String> {
        let key = if point.is_collecting { Key::Star } else { Key::Digit(0) };
        let mut caller = self.caller(point);
        caller.does(Deed::Press(key));
        if point.is_collecting && caller.is_collecting() && caller.typed > 0 {
            // Where it is the point of an amount, once more.
            caller.does(Deed::Press(key));
        }
        self.until_the_end(&mut caller).map_err(|what| format!("key {key} for a person {what}"))
    }

    /// Nothing at all.
    fn waits(&mut self, point: &Point) -> Result<(), String> {
        let mut caller = self.caller(point);
        let reached = self.until_the_end(&mut caller).map_err(|what| format!("silence {what}"));
        if is_asked_for(self.subject, point) { Ok(()) } else { reached }
    }

    /// The same key over and over that nobody offered.
    fn fumbles(&mut self, point: &Point) -> Result<(), String> {
        let told = told_keys(point.heard.as_ref());
        let key = match (point.is_collecting, point.plays(|prompt| prompt == "system.menu.person")) {
            (true, _) => Some(Key::Pound),
            (false, true) => (1..=9).map(Key::Digit).find(|key| !told.contains(key)),
            (false, false) => None,
        };
        let Some(key) = key.filter(|_| !is_asked_for(self.subject, point)) else { return Ok(()) };
        let mut caller = self.caller(point);
        for _ in 0..FUMBLES {
            if caller.ending.is_some() {
                break;
            }
            if caller.is_collecting() && caller.is_playing {
                caller.does(Deed::Nothing);
            }
            caller.does(Deed::Press(key));
        }
        self.until_the_end(&mut caller).map_err(|what| format!("wrong keys {what}"))
    }

    /// Some digits, then nothing.
    fn stops_typing(&mut self, point: &Point) -> Option<(String, bool)> {
        let fresh = point.is_collecting && !point.plays(|prompt| prompt == "system.bad_input");
        if !fresh || point.typed > 0 || is_asked_for(self.subject, point) {
            return None;
        }
        for count in 1..=MOST_DIGITS {
            let mut caller = self.caller(point);
            let before = caller.heard.len();
            let digits = caller.fitting().bytes().cycle().take(count);
            for digit in digits {
                caller.does(Deed::Press(Key::Digit(digit - b'0')));
            }
            // Taken with the last digit: what follows was asked for by it.
            if !caller.is_collecting() || caller.heard.len() > before || caller.ending.is_some() {
                break;
            }
            if let Err(what) = self.until_the_end(&mut caller) {
                let sure = caller.ending == Some(Ending::HungUp) || caller.ending.is_none();
                return Some((format!("silence after {count} digits {what}"), sure));
            }
        }
        None
    }
}

/// What a key led to and need not end at a person: a farewell, another number, a callback, a survey,
/// a complaint.
fn is_asked_for(subject: &Subject, point: &Point) -> bool {
    // By a key alone: whom the hour or an answer of the bank sends away has not asked for it.
    let farewell = point.was_chosen && point.plays(|prompt| prompt == "system.goodbye");
    let asked = |prompt: &str| {
        let ways = ["system.callback", "system.transfer_out", "system.survey.thanks"];
        ways.iter().any(|way| prompt.starts_with(way))
    };
    let matter = point.matter.as_ref().is_some_and(|prompt| subject.nodes.is_asked_for(prompt));
    farewell || point.plays(asked) || matter
}

/// A staffed queue; a message or a callback only where nobody is rostered.
fn reaches_person(subject: &Subject, world: &World, ending: Option<&Ending>) -> Result<(), String> {
    match ending {
        Some(Ending::Queue(queue)) if world.is_rostered(subject, queue) => Ok(()),
        Some(Ending::Queue(queue)) => Err(format!("leads to `{queue}`, where nobody is")),
        Some(Ending::Message(_) | Ending::Callback(_)) if world.is_without_people(subject) => Ok(()),
        Some(Ending::Message(_)) => Err("leads to a message".to_owned()),
        Some(Ending::Callback(_)) => Err("leads to a callback".to_owned()),
        Some(Ending::Transfer(number)) => Err(format!("leads to the number {number}")),
        Some(Ending::HungUp) => Err("ends in a hang-up".to_owned()),
        None => Err("leads nowhere".to_owned()),
    }
}
