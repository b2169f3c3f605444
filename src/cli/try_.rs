//! `hotline try`: a caller's visit as text, from given keys or from the keyboard.

mod scene;

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::args::{Format, TryArgs};
use crate::cli::check::{CLEAN, UNREADABLE};
use crate::cli::{drafts, findings, output};
use crate::config::finding::Tongue;
use crate::io::control::FindingsFound;
use crate::io::versions::Drafts;
use crate::menu::Program;
use crate::menu::transcript::{Deed, Scene, Telling, parse_deeds, transcript};
use scene::Stage;

/// What is tried; the rest has defaults.
#[derive(Clone, Debug, Default)]
pub struct Try<'a> {
    /// Keys and waits, e.g. `1 2 0`, `123456#`, `!0` (at once), `-` (silence), `.` (listen).
    /// Without: asked for line by line.
    pub keys: Option<&'a str>,
    pub language: Option<&'a str>,
    /// Dialled number; the first entry if not given.
    pub entry: Option<&'a str>,
    /// When the call arrives, by the clocks of the calendar: `2026-10-01 03:00`. Without: everything
    /// is open.
    pub at: Option<&'a str>,
    /// A number, or a list the caller stands on: `known`, `vip`, `blocked`, `elderly`.
    pub callers: Vec<&'a str>,
    /// Plans in force.
    pub plans: Vec<&'a str>,
    /// More of the world around, as scripts say it: `lookup bank /balance balance=12.50`.
    pub given: Vec<&'a str>,
    /// In which what is wrong with the menus is told.
    pub tongue: Tongue,
}

pub fn command(config: Option<&Path>, args: &TryArgs) -> anyhow::Result<ExitCode> {
    let drafts = drafts::find(args.dir.as_deref(), config)?;
    let wanted = Try {
        keys: args.keys.as_deref(),
        language: args.language.as_deref(),
        entry: args.entry.as_deref(),
        at: args.at.as_deref(),
        callers: args.callers.iter().map(String::as_str).collect(),
        plans: args.plans.iter().map(String::as_str).collect(),
        given: args.given.iter().map(String::as_str).collect(),
        tongue: findings::tongue(args.lang),
    };
    output::print(|out| run(&drafts, &wanted, &mut io::stdin().lock(), out))
}

/// `input` is read only without keys.
pub fn run(
    drafts: &Drafts,
    wanted: &Try<'_>,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let loaded = match drafts::load(drafts, None) {
        Ok(loaded) => loaded,
        Err(found) => return findings::print_in(wanted.tongue, &found, Format::Text, out),
    };
    let compiled = loaded.compile();
    let Some(program) = compiled.program else {
        return findings::print_in(wanted.tongue, &FindingsFound::new(&compiled.findings), Format::Text, out);
    };
    let program = Arc::new(program);
    let stage = Stage::new(&program, &loaded.around);
    let (scene, deeds) = match stage.scene(wanted).and_then(|scene| Ok((scene, deeds(wanted.keys)?))) {
        Ok(both) => both,
        Err(wrong) => {
            writeln!(out, "{wrong}")?;
            return Ok(UNREADABLE);
        }
    };
    if let Some(words) = wanted.at.and_then(|at| stage.moment(at).ok()) {
        writeln!(out, "{:<13} {words}", "at")?;
    }
    match deeds {
        Some(deeds) => write!(out, "{}", transcript(&program, scene, &deeds))?,
        None => interactive(&program, &stage, scene, input, out)?,
    }
    Ok(CLEAN)
}

fn deeds(keys: Option<&str>) -> Result<Option<Vec<Deed>>, String> {
    keys.map(|keys| parse_deeds(keys).map_err(|error| error.to_string())).transpose()
}

const HELP: &str = "\
Keys and Enter: heard to the end, then pressed, as in 1 or 6222021234567890128#
!KEY presses at once; - is silence; Enter alone listens on; Ctrl-D hangs up.
given: … changes the world around, as in given: closed branches, given: plan storm,
given: lookup bank /balance balance=12.50, given: lookup bank /balance failed";

fn interactive(
    program: &Arc<Program>,
    stage: &Stage<'_>,
    scene: Scene,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "Keys and Enter; !KEY presses at once, - is silence, Enter listens on, Ctrl-D hangs up, ? helps."
    )?;
    let mut telling = Telling::start(Arc::clone(program), scene);
    let mut line = String::new();
    loop {
        write!(out, "{}", telling.take())?;
        if telling.has_ended() {
            return Ok(());
        }
        write!(out, "> ")?;
        out.flush()?;
        line.clear();
        if input.read_line(&mut line)? == 0 {
            writeln!(out, "\nhung up")?;
            return Ok(());
        }
        let typed = line.trim();
        if typed == "?" {
            writeln!(out, "{HELP}")?;
        } else if let Some(given) = typed.strip_prefix("given:") {
            if let Err(wrong) = stage.given(telling.world(), given.trim()) {
                writeln!(out, "{wrong}")?;
            }
        } else {
            match parse_deeds(typed) {
                Ok(deeds) if deeds.is_empty() => telling.deed(Deed::Listen),
                Ok(deeds) => deeds.into_iter().for_each(|deed| telling.deed(deed)),
                Err(error) => writeln!(out, "{error}")?,
            }
        }
    }
}
