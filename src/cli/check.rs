//! `hotline check`: findings with the place underlined, then the proof and the way to a person.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::cli::args::{CheckArgs, Format};
use crate::cli::output::width;
use crate::cli::{DEFAULT_CONFIG, drafts, entries, explain, findings, output, pressed, prompts};
use crate::config::finding::{Finding, Tongue};
use crate::io::control::{FindingLine, FindingsFound};
use crate::io::versions::Drafts;
use crate::menu::prove::Proof;
use crate::menu::{ManifestView, Statistics};

/// Exit codes.
pub const CLEAN: u8 = 0;
pub const FINDINGS: u8 = 1;
pub const UNREADABLE: u8 = 2;

/// How a check is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub format: Format,
    pub tongue: Tongue,
    /// The server's configuration, which gives entries their menus.
    pub config: Option<PathBuf>,
    /// How often each key was pressed.
    pub statistics: Option<Statistics>,
}

pub fn command(config: Option<&Path>, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let (format, tongue) = (args.format.format, findings::tongue(args.lang));
    if let Some(rule) = &args.explain {
        return explained(rule, tongue);
    }
    let found = |error| findings::or_error(error, tongue, format);
    let drafts = match drafts::find(args.dir.as_deref(), config) {
        Ok(drafts) => drafts,
        Err(error) => return found(error),
    };
    let statistics = match args.pressed.as_deref().map(pressed::read).transpose() {
        Ok(statistics) => statistics,
        Err(findings) => return found(FindingsFound::new(findings).into()),
    };
    let beside = args.dir.as_deref().map_or_else(|| DEFAULT_CONFIG.into(), drafts::config_beside);
    let config = Some(config.map_or(beside, Path::to_owned));
    let manifest = prompts::manifest_view(&drafts);
    let asked = Asked { format, tongue, config, statistics };
    output::print(|out| run_asked(&drafts, manifest, &asked, out))
}

fn explained(rule: &str, tongue: Tongue) -> anyhow::Result<ExitCode> {
    output::print(|out| match explain::explain(rule, tongue) {
        Ok(text) => write!(out, "{text}").map(|()| CLEAN),
        Err(unknown) => writeln!(out, "{unknown}").map(|()| UNREADABLE),
    })
}

/// Checks menus and queues, and the recordings as far as they are known.
pub fn run(
    drafts: &Drafts,
    manifest: Option<ManifestView>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<u8> {
    run_asked(drafts, manifest, &Asked { format, ..Asked::default() }, out)
}

/// As [`run`], with all that can be asked for.
pub fn run_asked(
    drafts: &Drafts,
    manifest: Option<ManifestView>,
    asked: &Asked,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let tongue = asked.tongue;
    let loaded = match drafts::load(drafts, manifest) {
        Ok(loaded) => loaded,
        Err(found) => return findings::print_in(tongue, &found, asked.format, out),
    };
    let mut loaded = loaded;
    let broken = |finding: &Finding| finding.rule == "toml-syntax";
    let around_broken = loaded.around.findings.iter().any(broken);
    if around_broken {
        // What stands in a broken file is not known, so menus are not held against it.
        loaded.sources.views.queues = None;
    }
    let mut compiled = loaded.compile_counted(asked.statistics.as_ref());
    if around_broken {
        compiled.proof = None;
    }
    let mut found = FindingsFound::new(&compiled.findings).0;
    if let Some(config) = &asked.config {
        entries::place(&mut found, config);
    }
    let found = findings::without_followers(found);
    let missing_year = loaded.missing_year();
    match asked.format {
        Format::Text => {
            write!(out, "{}", findings::written_in(tongue, &found))?;
            match &compiled.proof {
                Some(proof) => print_proof(tongue, proof, out)?,
                None => writeln!(out, "{}", tongue.say("Nothing is proved until the files can be read."))?,
            }
            if found.is_empty() {
                let clean = format!("{} files, no findings.", loaded.sources.files.len());
                writeln!(out, "{}", tongue.say(&clean))?;
            }
            if let Some(year) = missing_year {
                let calendar = drafts.places.calendar.display();
                writeln!(out, "warning: {calendar} lacks the announced list of holidays of {year} (CBA-8)")?;
            }
        }
        Format::Json => print_json(&found, compiled.proof.as_ref(), missing_year, out)?,
    }
    Ok(if found.is_empty() { CLEAN } else { FINDINGS })
}

fn print_proof(tongue: Tongue, proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let heading = ["menu", "keys", "listening", "silent", "person"].map(|word| tongue.say(word));
    let mut rows = vec![heading];
    rows.extend(proof.menus.iter().map(|row| {
        let entry = tongue.say(&format!("entry {}", row.entry));
        [
            row.menu.to_string(),
            row.keys.clone(),
            tongue.say(&format!("{:.0} s", row.listening.as_secs_f64())),
            tongue.say(&format!("{:.0} s", row.silent.as_secs_f64())),
            format!("{} ({entry})", row.person),
        ]
    }));
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(widest);
    for row in &rows {
        let blank = |column: usize| " ".repeat(widths[column].saturating_sub(width(&row[column])));
        let [menu, keys, listening, silent, person] = row;
        write!(out, "{menu}{}  {keys}{}  ", blank(0), blank(1))?;
        writeln!(out, "{}{listening}  {}{silent}  {person}", blank(2), blank(3))?;
    }
    let seconds = "(seconds from the answer to standing in the queue of people)";
    writeln!(out, "{}\n", tongue.say(seconds))?;
    if !proof.holds() {
        return writeln!(out, "{}", tongue.say("Not proved: see the findings above."));
    }
    let proved = format!(
        "Proved over {} states and {} transitions in {} situations of calendar and plans: a person is \
         at most {} key away from anywhere; who presses nothing stands in a queue after at most {:.0} s.",
        proof.states,
        proof.transitions,
        proof.situations,
        proof.worst_keys,
        proof.worst_silence.as_secs_f64(),
    );
    let slowest = format!("Slowest: {}, then silence.", proof.worst_path.join(", "));
    writeln!(out, "{}\n{}", tongue.say(&proved), tongue.say(&slowest))
}

#[derive(Serialize)]
struct Row<'p> {
    entry: &'p str,
    menu: &'p str,
    keys: &'p str,
    listening_s: f64,
    silent_s: f64,
    person: &'p str,
}

fn print_json(
    findings: &[FindingLine],
    proof: Option<&Proof>,
    missing_year: Option<i16>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let row = |row: &'_ crate::menu::prove::MenuRow| {
        serde_json::to_value(Row {
            entry: row.entry.as_str(),
            menu: row.menu.as_str(),
            keys: &row.keys,
            listening_s: row.listening.as_secs_f64(),
            silent_s: row.silent.as_secs_f64(),
            person: row.person.as_str(),
        })
        .unwrap_or_default()
    };
    let proof = proof.map(|proof| {
        serde_json::json!({
            "holds": proof.holds(),
            "states": proof.states,
            "transitions": proof.transitions,
            "situations": proof.situations,
            "differing_situations": proof.differing,
            "silent_from_answer_s": proof.silent_from_answer.as_secs_f64(),
            "worst_keys": proof.worst_keys,
            "worst_silence_s": proof.worst_silence.as_secs_f64(),
            "worst_path": proof.worst_path,
            "menus": proof.menus.iter().map(row).collect::<Vec<_>>(),
        })
    });
    let json = serde_json::json!({
        "findings": findings::json(findings),
        "proof": proof,
        "missing_year": missing_year,
    });
    writeln!(out, "{json:#}")
}
