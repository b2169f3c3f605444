//! Who wants a person gets one, and so does who does nothing or presses what nobody offered.

use hotline::ids::Key;

use super::caller::{Caller, Deed, Ending};
use super::walk::{Point, Walk, told_keys};
use super::{Fault, Subject, World};

/// Most things that may happen by themselves before a silent caller is with somebody.
const PATIENCE: usize = 80;
/// Most keys that nobody offered before a caller is with somebody.
const FUMBLES: usize = 24;
/// More digits than any step takes.
const MOST_DIGITS: usize = 33;

pub fn faults(subject: &Subject, world: &World, walk: &Walk) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut report = |id, point: &Point, what: String| {
        if faults.len() < 8 {
            faults.push(Fault::error(id, format!("{what}: {}", point.shown())));
        }
    };
    for point in &walk.points {
        if point.is_stuck {
            report("CBA-10b", point, "nothing happens any more".to_owned());
            continue;
        }
        if let Err(what) = asks(subject, world, point) {
            report("CBA-10b", point, what);
        }
        if let Err(what) = waits(subject, world, point) {
            report("CBA-10b", point, what);
        }
        if let Err(what) = fumbles(subject, world, point) {
            report("CBA-10b", point, what);
        }
        if let Err(what) = stops_typing(subject, world, point) {
            report("CBA-10b", point, what);
        }
    }
    for (deeds, ending) in &walk.endings {
        if let Ending::Queue(queue) = ending
            && !subject.staff.is_rostered(queue, &world.class)
        {
            let what = format!("{deeds:?} leads to the queue `{queue}`, where nobody is");
            faults.push(Fault::error("CBA-10b", what));
        }
    }
    faults
}

/// One key, then nothing.
fn asks(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    let key = if point.is_collecting { Key::Star } else { Key::Digit(0) };
    let mut caller = Caller::repeats(subject, world, &point.deeds);
    caller.does(Deed::Press(key));
    until_the_end(&mut caller);
    reaches_person(subject, world, caller.ending.as_ref())
        .map_err(|what| format!("key {key} for a person {what}"))
}

/// Nothing at all.
fn waits(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    if said_farewell(point) {
        return Ok(());
    }
    let mut caller = Caller::repeats(subject, world, &point.deeds);
    until_the_end(&mut caller);
    reaches_person(subject, world, caller.ending.as_ref()).map_err(|what| format!("silence {what}"))
}

/// The same key over and over that nobody offered.
fn fumbles(subject: &Subject, world: &World, point: &Point) -> Result<(), String> {
    let told = told_keys(point.heard.as_ref());
    let in_menu = point.heard.as_ref().is_some_and(|h| h.prompts.iter().any(|p| p.0 == "system.menu.person"));
    let key = match (point.is_collecting, in_menu) {
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
    let begins = point.is_collecting && matches!(point.deeds.last(), Some(Deed::Press(Key::Digit(_))));
    if !begins || point.typed > 0 {
        return Ok(());
    }
    for count in 1..=MOST_DIGITS {
        let mut caller = Caller::repeats(subject, world, &point.deeds);
        for _ in 0..count {
            caller.does(Deed::Press(Key::Digit(1)));
        }
        let taken = !caller.is_collecting() || caller.typed() < count;
        until_the_end(&mut caller);
        if caller.ending == Some(Ending::HungUp) {
            return Err(format!("silence after {count} digits ends in a hang-up"));
        }
        if taken {
            break;
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

/// A farewell that a key led to: the caller asked for it.
fn said_farewell(point: &Point) -> bool {
    let plays = |name: &str| point.heard.as_ref().is_some_and(|h| h.prompts.iter().any(|p| p.0 == name));
    plays("system.goodbye") && !matches!(point.deeds.last(), None | Some(Deed::Nothing))
}

/// A staffed queue; a message or a callback only where nobody is rostered.
pub fn reaches_person(subject: &Subject, world: &World, ending: Option<&Ending>) -> Result<(), String> {
    let staffed = |queue| subject.staff.is_rostered(queue, &world.class);
    match ending {
        Some(Ending::Queue(queue)) if staffed(queue) => Ok(()),
        Some(Ending::Queue(queue)) => Err(format!("leads to `{queue}`, where nobody is")),
        Some(Ending::Message(Some(queue)) | Ending::Callback(queue)) if !staffed(queue) => Ok(()),
        Some(Ending::Message(_)) => Err("leads to a message".to_owned()),
        Some(Ending::Callback(_)) => Err("leads to a callback".to_owned()),
        Some(Ending::Transfer(number)) => Err(format!("leads to the number {number}")),
        Some(Ending::HungUp) => Err("ends in a hang-up".to_owned()),
        None => Err("leads nowhere".to_owned()),
    }
}
