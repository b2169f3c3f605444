//! Who wants a person gets one, and so does who does nothing or presses what nobody offered.

use hotline::ids::Key;

use super::caller::{Caller, Deed, Ending};
use super::walk::{Point, Walk, told_keys};
use super::world::World;
use super::{Fault, Subject};

/// Most things that may happen by themselves before a silent caller is with somebody.
const PATIENCE: usize = 80;
/// Most keys that nobody offered before a caller is with somebody.
const FUMBLES: usize = 24;
/// More digits than any step takes.
const MOST_DIGITS: usize = 33;
/// Faults of a kind are alike: a few will do.
const ENOUGH: usize = 4;

pub fn faults(subject: &Subject, world: &World, walk: &Walk) -> Vec<Fault> {
    let mut faults = Vec::new();
    for point in &walk.points {
        let tried = match point.is_stuck {
            true => vec![Err("nothing happens any more".to_owned())],
            false => vec![
                asks(subject, world, point),
                waits(subject, world, point),
                fumbles(subject, world, point),
                stops_typing(subject, world, point),
            ],
        };
        for what in tried.into_iter().filter_map(Result::err) {
            let what = format!("{what}: {}, {}", point.shown(), world.shown());
            // In an hour or a plan when others get one: a hole in the calendar.
            let id = "CBA-10b";
            faults.push(Fault::error(id, what));
        }
        if faults.len() >= ENOUGH {
            break;
        }
    }
    for (deeds, ending) in &walk.endings {
        if let Ending::Queue(queue) = ending
            && !world.is_rostered(subject, queue)
        {
            let what = format!("{deeds:?} leads to the queue `{queue}`, where nobody is, {}", world.shown());
            faults.push(Fault::error("CBA-10b", what));
            break;
        }
    }
    faults
}

/// One key, then nothing.
fn asks(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    let key = if point.is_collecting { Key::Star } else { Key::Digit(0) };
    let mut caller = Caller::repeats(subject, world, &point.deeds);
    caller.does(Deed::Press(key));
    if point.is_collecting && caller.is_collecting() && caller.typed > 0 {
        // Where it is the point of an amount, once more.
        caller.does(Deed::Press(key));
    }
    until_the_end(&mut caller);
    reaches_person(subject, world, caller.ending.as_ref())
        .map_err(|what| format!("key {key} for a person {what}"))
}

/// Nothing at all.
fn waits(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    if is_asked_for(subject, point) {
        return Ok(());
    }
    let mut caller = Caller::repeats(subject, world, &point.deeds);
    until_the_end(&mut caller);
    reaches_person(subject, world, caller.ending.as_ref()).map_err(|what| format!("silence {what}"))
}

/// The same key over and over that nobody offered.
fn fumbles(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    if is_asked_for(subject, point) {
        return Ok(());
    }
    let told = told_keys(point.heard.as_ref());
    let key = match (point.is_collecting, point.plays(|prompt| prompt == "system.menu.person")) {
        (true, _) => Key::Pound,
        (false, true) => match (1..=9).map(Key::Digit).find(|key| !told.contains(key)) {
            Some(key) => key,
            None => return Ok(()),
        },
        (false, false) => return Ok(()),
    };
    let mut caller = Caller::repeats(subject, world, &point.deeds);
    for _ in 0..FUMBLES {
        if caller.ending.is_some() {
            break;
        }
        if caller.is_collecting() && caller.is_playing {
            caller.does(Deed::Nothing);
        }
        caller.does(Deed::Press(key));
    }
    until_the_end(&mut caller);
    reaches_person(subject, world, caller.ending.as_ref()).map_err(|what| format!("wrong keys {what}"))
}

/// Some digits, then nothing. A message may be what the digits were for; a hang-up is not.
fn stops_typing(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    let fresh = point.is_collecting && !point.plays(|prompt| prompt == "system.bad_input");
    if !fresh || point.typed > 0 || is_asked_for(subject, point) {
        return Ok(());
    }
    for count in 1..=MOST_DIGITS {
        let mut caller = Caller::repeats(subject, world, &point.deeds);
        let before = caller.heard.len();
        let digits = caller.fitting().bytes().cycle().take(count);
        for digit in digits {
            caller.does(Deed::Press(Key::Digit(digit - b'0')));
        }
        // Taken with the last digit: what follows was asked for by it.
        if !caller.is_collecting() || caller.heard.len() > before || caller.ending.is_some() {
            break;
        }
        until_the_end(&mut caller);
        if caller.ending == Some(Ending::HungUp) {
            return Err(format!("silence after {count} digits ends in a hang-up"));
        }
    }
    Ok(())
}

fn until_the_end(caller: &mut Caller<'_>) {
    for _ in 0..PATIENCE {
        if caller.ending.is_some() || caller.is_stuck() {
            return;
        }
        caller.does(Deed::Nothing);
    }
}

/// What a key led to and need not end at a person: a farewell, another number, a callback, a survey,
/// a complaint.
fn is_asked_for(subject: &Subject, point: &Point) -> bool {
    let by_key = !matches!(point.deeds.last(), None | Some(Deed::Nothing));
    let farewell = point.plays(|prompt| prompt == "system.goodbye");
    let asked = |prompt: &str| {
        let ways = ["system.callback", "system.transfer_out", "system.survey.thanks"];
        ways.iter().any(|way| prompt.starts_with(way))
    };
    let matter = point.matter.as_ref().is_some_and(|prompt| subject.nodes.is_asked_for(prompt));
    (farewell && by_key) || point.plays(asked) || matter
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
