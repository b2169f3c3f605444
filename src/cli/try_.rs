//! `hotline try`: a caller's visit as text, from given keys or from the keyboard.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use crate::cli::check::{self, CLEAN, FINDINGS, UNREADABLE};
use crate::cli::drafts;
use crate::ids::{EntryId, Language};
use crate::menu::transcript::{Deed, Telling, parse_deeds, transcript};
use crate::menu::{Program, compile};

/// What is tried; the rest has defaults.
#[derive(Clone, Debug, Default)]
pub struct Try<'a> {
    pub ops: Option<&'a Path>,
    /// Keys and waits, e.g. `1 2 0`, `123456#`, `!0` (at once), `-` (silence), `.` (listen).
    /// Without: asked for line by line.
    pub keys: Option<&'a str>,
    pub language: Option<&'a str>,
    /// Dialled number; the first entry if not given.
    pub entry: Option<&'a str>,
}

/// `input` is read only without keys.
pub fn run(dir: &Path, wanted: &Try<'_>, input: &mut dyn BufRead, out: &mut dyn Write) -> i32 {
    match visit(dir, wanted, input, out) {
        Ok(code) => code,
        Err(_) => UNREADABLE,
    }
}

fn visit(dir: &Path, wanted: &Try<'_>, input: &mut dyn BufRead, out: &mut dyn Write) -> std::io::Result<i32> {
    let sources = match drafts::load(dir, wanted.ops, None) {
        Ok(sources) => sources,
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(UNREADABLE);
        }
    };
    let compiled = compile(&sources);
    let Some(program) = compiled.program else {
        check::print_findings(&sources.files, &compiled.findings, out)?;
        return Ok(FINDINGS);
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
) -> std::io::Result<Option<(EntryId, Option<Language>)>> {
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
) -> std::io::Result<()> {
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
