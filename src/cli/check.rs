//! `hotline check`: findings with the place underlined, then the proof and the way to a person.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use crate::cli::args::{CheckArgs, Format};
use crate::cli::{drafts, findings, output, prompts};
use crate::io::control::{FindingLine, FindingsFound};
use crate::io::versions::Drafts;
use crate::menu::ManifestView;
use crate::menu::prove::Proof;

/// Exit codes.
pub const CLEAN: u8 = 0;
pub const FINDINGS: u8 = 1;
pub const UNREADABLE: u8 = 2;

pub fn command(config: Option<&Path>, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let format = args.format.format;
    let drafts = match drafts::find(args.dir.as_deref(), config) {
        Ok(drafts) => drafts,
        Err(error) => return findings::or_error(error, format),
    };
    let manifest = prompts::manifest_view(&drafts);
    output::print(|out| run(&drafts, manifest, format, out))
}

/// Checks menus and queues, and the recordings as far as they are known.
pub fn run(
    drafts: &Drafts,
    manifest: Option<ManifestView>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let loaded = match drafts::load(drafts, manifest) {
        Ok(loaded) => loaded,
        Err(found) => return findings::print(&found, format, out),
    };
    let compiled = loaded.compile();
    let found = FindingsFound::new(&compiled.findings).0;
    let missing_year = loaded.missing_year();
    match format {
        Format::Text => {
            write!(out, "{}", findings::written(&found))?;
            if let Some(proof) = &compiled.proof {
                print_proof(proof, out)?;
            }
            if found.is_empty() {
                writeln!(out, "{} files, no findings.", loaded.sources.files.len())?;
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

fn print_proof(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let menu_width =
        proof.menus.iter().map(|row| row.menu.as_str().chars().count()).max().unwrap_or(0).max(4);
    let keys_width = proof.menus.iter().map(|row| row.keys.chars().count()).max().unwrap_or(0).max(4);
    writeln!(
        out,
        "{:<menu_width$}  {:<keys_width$}  {:>9}  {:>6}  person",
        "menu", "keys", "listening", "silent"
    )?;
    for row in &proof.menus {
        writeln!(
            out,
            "{:<menu_width$}  {:<keys_width$}  {:>7.0} s  {:>4.0} s  {} (entry {})",
            row.menu,
            row.keys,
            row.listening.as_secs_f64(),
            row.silent.as_secs_f64(),
            row.person,
            row.entry,
        )?;
    }
    writeln!(out, "(seconds from the answer to standing in the queue of people)\n")?;
    if proof.holds() {
        writeln!(
            out,
            "Proved over {} states and {} transitions: a person is at most {} key away from anywhere; \
             who presses nothing stands in a queue after at most {:.0} s.",
            proof.states,
            proof.transitions,
            proof.worst_keys,
            proof.worst_silence.as_secs_f64(),
        )?;
        writeln!(out, "Slowest: {}, then silence.", proof.worst_path.join(", "))?;
    } else {
        writeln!(out, "Not proved: see the findings above.")?;
    }
    Ok(())
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
            "worst_keys": proof.worst_keys,
            "worst_silence_s": proof.worst_silence.as_secs_f64(),
            "worst_path": proof.worst_path,
            "menus": proof.menus.iter().map(row).collect::<Vec<_>>(),
        })
    });
    let json = serde_json::json!({ "findings": findings, "proof": proof, "missing_year": missing_year });
    writeln!(out, "{json:#}")
}
