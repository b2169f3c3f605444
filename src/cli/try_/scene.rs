//! Who calls, when, and what the world around is like: from the words of whoever tries, with what is
//! wrong in them told so that it can be mended.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::cli::try_::Try;
use crate::config::calendar::Calendar;
use crate::config::plans::PlanConfig;
use crate::ids::{EntryId, Language};
use crate::io::versions::Around;
use crate::menu::Program;
use crate::menu::outline::Outline;
use crate::menu::report::did_you_mean;
use crate::menu::transcript::{Scene, World};
use crate::now::Wall;

/// Lists that callers stand on.
const LISTS: [&str; 4] = ["known", "vip", "blocked", "elderly"];

/// What the words are held against.
pub struct Stage<'a> {
    program: &'a Program,
    around: &'a Around,
    schedules: BTreeSet<String>,
    plans: BTreeSet<String>,
    queues: BTreeSet<String>,
    /// `SERVICE PATH` of look-ups and verifications.
    asked: BTreeSet<String>,
}

impl<'a> Stage<'a> {
    pub fn new(program: &'a Program, around: &'a Around) -> Stage<'a> {
        let outline = Outline::new(program, &Default::default());
        let names = |all: &[crate::menu::outline::Named]| all.iter().map(|one| one.name.clone()).collect();
        let mut schedules: BTreeSet<String> = names(&outline.schedules);
        let calendar = around.calendar.as_deref();
        schedules.extend(calendar.into_iter().flat_map(Calendar::schedules).map(str::to_owned));
        let facts = outline.places.iter().flat_map(|(_, about)| &about.facts);
        Stage {
            program,
            around,
            schedules,
            plans: names(&outline.plans),
            queues: names(&outline.queues),
            asked: facts.filter(|fact| fact.what == "asks").map(|fact| fact.value.clone()).collect(),
        }
    }

    /// As wanted, or what is wrong.
    pub fn scene(&self, wanted: &Try<'_>) -> Result<Scene, String> {
        let mut world = World::default();
        for plan in &self.around.plans {
            for (language, text) in plan.texts() {
                world.says(language, PlanConfig::prompt(&plan.name), text);
            }
        }
        if let Some(at) = wanted.at {
            self.set_time(&mut world, at)?;
        }
        for caller in &wanted.callers {
            let given = match LISTS.contains(caller) {
                true => format!("caller {caller}"),
                false if is_number(caller) => format!("number {caller}"),
                false => {
                    let help = did_you_mean(caller, LISTS);
                    return Err(format!(
                        "--caller takes a telephone number, or known, vip, blocked or elderly. {help}"
                    ));
                }
            };
            self.given(&mut world, &given)?;
        }
        for plan in &wanted.plans {
            self.given(&mut world, &format!("plan {plan}"))?;
        }
        for given in &wanted.given {
            self.given(&mut world, given)?;
        }
        Ok(Scene { entry: Some(self.entry(wanted.entry)?), language: self.language(wanted.language)?, world })
    }

    /// One thing more about the world; names in it must be names of this hotline.
    pub fn given(&self, world: &mut World, text: &str) -> Result<(), String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["closed" | "open", names @ ..] => self.all_known("schedule", names, &self.schedules)?,
            ["plan", names @ ..] => self.all_known("plan", names, &self.plans)?,
            ["waiting" | "estimate" | "ready", queue, ..] => {
                self.all_known("queue", &[*queue], &self.queues)?
            }
            ["lookup", service, path, ..] => {
                let asked = format!("{service} {path}");
                self.all_known("look-up or verification", &[asked.as_str()], &self.asked)?;
            }
            _ => {}
        }
        world.given(text).map_err(|error| error.to_string())
    }

    fn all_known(&self, what: &str, names: &[&str], known: &BTreeSet<String>) -> Result<(), String> {
        match names.iter().find(|name| !known.contains(**name)) {
            None => Ok(()),
            Some(name) => {
                let help = did_you_mean(name, known.iter().map(String::as_str));
                Err(format!("these menus know no {what} `{name}`. {help}"))
            }
        }
    }

    /// The moment in words: `Thursday 1 October 2026 03:00 (国庆节); open: day`.
    pub fn moment(&self, at: &str) -> Result<String, String> {
        let (calendar, at) = self.time(at)?;
        let class = calendar.class_at(at);
        let open: Vec<&str> = class.open.iter().map(String::as_str).collect();
        let open = if open.is_empty() { "nothing".to_owned() } else { open.join(", ") };
        Ok(format!("{}; open: {open}", class.example))
    }

    fn set_time(&self, world: &mut World, at: &str) -> Result<(), String> {
        let (calendar, at) = self.time(at)?;
        let class = calendar.class_at(at);
        let mut givens: Vec<String> =
            self.schedules.difference(&class.open).map(|name| format!("closed {name}")).collect();
        givens.extend(class.holiday.then(|| "holiday".to_owned()));
        givens.iter().try_for_each(|given| world.given(given).map_err(|error| error.to_string()))
    }

    /// By the clocks of the calendar, unless the time says which clocks.
    fn time(&self, at: &str) -> Result<(&'a Calendar, Wall), String> {
        let Some(calendar) = self.around.calendar.as_deref() else {
            return Err(
                "there is no ops/calendar.toml to say what is open at a time: leave --at out".to_owned()
            );
        };
        let wrong = || format!("`{at}` is no time like \"2026-10-01 03:00\"");
        if let Ok(at) = at.parse::<Timestamp>() {
            return Ok((calendar, Wall(at.as_millisecond())));
        }
        let local: DateTime =
            at.parse().or_else(|_| at.parse::<civil::Date>().map(DateTime::from)).map_err(|_| wrong())?;
        let zone = TimeZone::get(calendar.time_zone()).map_err(|_| wrong())?;
        let at = zone.to_timestamp(local).map_err(|_| wrong())?;
        Ok((calendar, Wall(at.as_millisecond())))
    }

    fn entry(&self, wanted: Option<&str>) -> Result<EntryId, String> {
        let known: Vec<&EntryId> = self.program.mains().map(|(entry, _)| entry).collect();
        let found = known.iter().find(|entry| wanted.is_none_or(|wanted| entry.as_str() == wanted));
        found.map(|entry| (*entry).clone()).ok_or_else(|| {
            let known: Vec<&str> = known.iter().map(|entry| entry.as_str()).collect();
            let wanted = wanted.unwrap_or_default();
            format!("`{wanted}` is no dialled number of this hotline; it has {}", known.join(", "))
        })
    }

    fn language(&self, wanted: Option<&str>) -> Result<Option<Language>, String> {
        let Some(wanted) = wanted.map(Language::new) else { return Ok(None) };
        let known = self.program.languages();
        if known.contains(&wanted) {
            return Ok(Some(wanted));
        }
        let known: Vec<&str> = known.iter().map(Language::as_str).collect();
        Err(format!("the hotline does not speak {wanted}; it speaks {}", known.join(", ")))
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
