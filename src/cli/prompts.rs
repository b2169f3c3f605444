//! `hotline prompts`: list, check, build, approve. Works on files only, with or without a server.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::args::{Format, PromptsBuildArgs, PromptsCommand};
use crate::cli::check::{CLEAN, FINDINGS, UNREADABLE};
use crate::cli::{findings, output, user};
use crate::config::finding::Finding;
use crate::config::server::ServerConfig;
use crate::ids::PromptHash;
use crate::io::clock::Clock;
use crate::io::control::FindingsFound;
use crate::io::prompts::build::{self, BuildError, Built, Order, Stale};
use crate::io::prompts::inspect::{Inspection, Prompt, State, Strictness, Wanted, inspect};
use crate::io::prompts::manifest::FILE;
use crate::io::prompts::synthesise::Synthesiser;
use crate::io::versions::{Drafts, assembled};
use crate::menu::ManifestView;
use crate::menu::api::PromptName;
use crate::now::Wall;

/// What `prompts build` and `prompts approve` are given.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    pub synthesiser: &'a Synthesiser,
    pub by: &'a str,
    pub at: Wall,
    pub stale: Stale,
}

pub fn run(config: &ServerConfig, command: &PromptsCommand) -> anyhow::Result<ExitCode> {
    let drafts = Drafts::of(config);
    match command {
        PromptsCommand::List(args) => output::print(|out| list(&drafts, args.format, out)),
        PromptsCommand::Check(args) => output::print(|out| check(&drafts, args.format, out)),
        PromptsCommand::Build(args) => build_command(&drafts, args),
        PromptsCommand::Approve { prompt, by } => {
            let prompt = prompt.split_once('/').context("name the prompt as LANGUAGE/NAME")?;
            let by = by.clone().unwrap_or_else(user);
            let nobody_speaks = Synthesiser::default();
            let options = options(&nobody_speaks, &by, Stale::Keep);
            output::print(|out| approve(&drafts, &options, prompt, out))
        }
    }
}

fn build_command(drafts: &Drafts, args: &PromptsBuildArgs) -> anyhow::Result<ExitCode> {
    let synthesiser = match &args.voice {
        Some(command) => Synthesiser::from_words(command)?,
        None => Synthesiser::default(),
    };
    let by = args.by.clone().unwrap_or_else(user);
    let stale = if args.remove_stale { Stale::Remove } else { Stale::Keep };
    let options = options(&synthesiser, &by, stale);
    output::print(|out| build(drafts, &options, args.format.format, out))
}

fn options<'a>(synthesiser: &'a Synthesiser, by: &'a str, stale: Stale) -> Options<'a> {
    Options { synthesiser, by, at: Clock::start().now().wall, stale }
}

fn show(findings: &[Finding], format: Format, out: &mut dyn Write) -> io::Result<u8> {
    findings::print(&FindingsFound::new(findings), format, out)
}

fn look(drafts: &Drafts) -> Result<Inspection, Vec<Finding>> {
    let manifest = drafts.prompts.join(FILE);
    inspect(&drafts.prompts, &assembled(drafts)?.wanted).map_err(|e| vec![e.finding(&manifest)])
}

/// What `hotline check` may say about recordings; `None` while the menus themselves are broken.
pub fn manifest_view(drafts: &Drafts) -> Option<ManifestView> {
    let assembled = assembled(drafts).ok()?;
    let inspection = inspect(&drafts.prompts, &assembled.wanted).ok()?;
    let hold = assembled.queues.into_iter().map(|queue| PromptName(queue.hold_audio)).collect();
    Some(ManifestView { hold, ..inspection.view() })
}

/// Every prompt with its state, its length and what it says.
pub fn list(drafts: &Drafts, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    let inspection = match look(drafts) {
        Ok(inspection) => inspection,
        Err(findings) => return show(&findings, format, out),
    };
    if format == Format::Json {
        let rows: Vec<_> = inspection.prompts.iter().map(row).collect();
        serde_json::to_writer_pretty(&mut *out, &rows)?;
        return writeln!(out).map(|()| CLEAN);
    }
    let mut current = 0;
    for prompt in &inspection.prompts {
        current += usize::from(prompt.state == State::Current);
        let row = row(prompt);
        let (state, seconds) = (word(prompt.state), row.seconds);
        writeln!(out, "{state:<10}  {seconds:>5.1} s  {:<6}  {:<32}  {}", row.language, row.name, row.text)?;
    }
    writeln!(out, "{current} of {} current", inspection.prompts.len())?;
    Ok(CLEAN)
}

#[derive(serde::Serialize)]
struct Row<'a> {
    language: &'a str,
    name: &'a str,
    state: State,
    kind: &'a str,
    text: &'a str,
    seconds: f64,
    sha256: Option<PromptHash>,
    approver: &'a str,
}

fn row(prompt: &Prompt) -> Row<'_> {
    let wanted = prompt.wanted.as_ref();
    Row {
        language: &prompt.language,
        name: &prompt.name,
        state: prompt.state,
        kind: wanted.map_or("", |w| w.kind.as_str()),
        text: wanted.map_or("", |w| w.text.as_str()),
        seconds: prompt.length.as_secs_f64(),
        sha256: prompt.file,
        approver: prompt.recording.as_ref().map_or("", |r| r.approver.as_str()),
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Current => "current",
        State::Missing => "missing",
        State::Outdated => "outdated",
        State::Unapproved => "unapproved",
        State::Unreadable => "unreadable",
        State::Stale => "stale",
    }
}

/// What would stop a publication because of its sound.
pub fn check(drafts: &Drafts, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    let findings = match look(drafts) {
        Ok(inspection) => inspection.findings(Strictness::Publish),
        Err(findings) => findings,
    };
    match (findings.is_empty(), format) {
        (true, Format::Text) => writeln!(out, "every prompt has its approved recording").map(|()| CLEAN),
        (true, Format::Json) => show(&[], format, out).map(|_| CLEAN),
        (false, _) => show(&findings, format, out),
    }
}

/// Speaks what has no recording.
pub fn build(drafts: &Drafts, options: &Options, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    let assembled = match assembled(drafts) {
        Ok(assembled) => assembled,
        Err(findings) => return show(&findings, format, out),
    };
    let built = match build::build(&order(drafts, &assembled.wanted, options)) {
        Ok(built) => built,
        Err(error) => return failed(&error, out),
    };
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &built)?;
            writeln!(out)?;
        }
        Format::Text => tell(&built, out)?,
    }
    Ok(if built.left_alone.is_empty() { CLEAN } else { FINDINGS })
}

fn tell(built: &Built, out: &mut dyn Write) -> io::Result<()> {
    let groups = [
        ("made", &built.made),
        ("removed", &built.removed),
        ("stale", &built.stale),
        ("left alone", &built.left_alone),
    ];
    for (what, names) in groups {
        names.iter().try_for_each(|name| writeln!(out, "{what:<10}  {name}"))?;
    }
    writeln!(out, "{} made, {} kept", built.made.len(), built.kept)?;
    match built.left_alone.is_empty() {
        true => Ok(()),
        false => writeln!(out, "see `hotline prompts check` for what was left alone"),
    }
}

/// Enters one recording, as it is, in the manifest.
pub fn approve(
    drafts: &Drafts,
    options: &Options,
    (language, name): (&str, &str),
    out: &mut dyn Write,
) -> io::Result<u8> {
    let assembled = match assembled(drafts) {
        Ok(assembled) => assembled,
        Err(findings) => return show(&findings, Format::Text, out),
    };
    match build::approve(&order(drafts, &assembled.wanted, options), language, name) {
        Ok(recording) => {
            writeln!(out, "{language}/{name} approved by {}: “{}”", recording.approver, recording.text)?;
            Ok(CLEAN)
        }
        Err(error) => failed(&error, out),
    }
}

fn order<'a>(drafts: &'a Drafts, wanted: &'a [Wanted], options: &'a Options<'a>) -> Order<'a> {
    Order {
        directory: &drafts.prompts,
        wanted,
        synthesiser: options.synthesiser,
        by: options.by,
        at: options.at,
        stale: options.stale,
    }
}

fn failed(error: &BuildError, out: &mut dyn Write) -> io::Result<u8> {
    writeln!(out, "{error}").map(|()| UNREADABLE)
}
