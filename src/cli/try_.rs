//! `hotline try`: a caller's visit as text, from given keys or from the keyboard.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::args::{Format, TryArgs};
use crate::cli::check::{CLEAN, UNREADABLE};
use crate::cli::{calls, drafts, findings, output};
use crate::ids::{EntryId, Language};
use crate::io::control::FindingsFound;
use crate::io::versions::Drafts;
use crate::menu::Program;
use crate::menu::transcript::{Deed, Telling, parse_deeds, transcript};

/// What is tried; the rest has defaults.
#[derive(Clone, Debug, Default)]
pub struct Try<'a> {
    /// Keys and waits, e.g. `1 2 0`, `123456#`, `!0` (at once), `-` (silence), `.` (listen).
    /// Without: asked for line by line.
    pub keys: Option<&'a str>,
    pub language: Option<&'a str>,
    /// Dialled number; the first entry if not given.
    pub entry: Option<&'a str>,
}

pub fn command(config: Option<&Path>, args: &TryArgs) -> anyhow::Result<ExitCode> {
    // Menus know no hours: when a call arrives is only held against the form of a time.
    args.at.as_deref().map(calls::time).transpose()?;
    let drafts = drafts::find(args.dir.as_deref(), config)?;
    let wanted =
        Try { keys: args.keys.as_deref(), language: args.language.as_deref(), entry: args.entry.as_deref() };
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
        Err(found) => return findings::print(&found, Format::Text, out),
    };
    let compiled = loaded.compile();
    let Some(program) = compiled.program else {
        return findings::print(&FindingsFound::new(&compiled.findings), Format::Text, out);
    };
    let program = Arc::new(program);
    let Some((entry, language)) = resolve(&program, wanted, out)? else { return Ok(UNREADABLE) };
    let Some(keys) = wanted.keys else {
        interactive(&program, &entry, language, input, out)?;
        return Ok(CLEAN);
    };
    match parse_deeds(keys) {
        Ok(deeds) => {
            write!(out, "{}", transcript(&program, &entry, language, &deeds))?;
            Ok(CLEAN)
        }
        Err(error) => {
            writeln!(out, "{error}")?;
            Ok(UNREADABLE)
        }
    }
}

fn resolve(
    program: &Program,
    wanted: &Try<'_>,
    out: &mut dyn Write,
) -> io::Result<Option<(EntryId, Option<Language>)>> {
    let entry = match wanted.entry {
        Some(entry) => program.mains().find(|(known, _)| known.as_str() == entry),
        None => program.mains().next(),
    };
    let Some((entry, _)) = entry else {
        let known: Vec<&str> = program.mains().map(|(entry, _)| entry.as_str()).collect();
        writeln!(out, "no such entry; known: {}", known.join(", "))?;
        return Ok(None);
    };
    let language = wanted.language.map(Language::new);
    if let Some(language) = &language
        && !program.languages().contains(language)
    {
        let known: Vec<&str> = program.languages().iter().map(Language::as_str).collect();
        writeln!(out, "the hotline does not speak {language}; it speaks: {}", known.join(", "))?;
        return Ok(None);
    }
    Ok(Some((entry.clone(), language)))
}

fn interactive(
    program: &Arc<Program>,
    entry: &EntryId,
    language: Option<Language>,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "Keys and Enter; !KEY presses at once, - is silence, Enter listens on, Ctrl-D hangs up.")?;
    let mut telling = Telling::start(Arc::clone(program), entry, language);
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
        match parse_deeds(&line) {
            Ok(deeds) if deeds.is_empty() => telling.deed(Deed::Listen),
            Ok(deeds) => deeds.into_iter().for_each(|deed| telling.deed(deed)),
            Err(error) => writeln!(out, "{error}")?,
        }
    }
}
