//! `hotline check`: findings with the place underlined, then the proof and the way to a person.

use std::io::Write;
use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity as Level};
use serde::Serialize;

use crate::cli::drafts;
use crate::config::finding::{Finding, Severity};
use crate::menu::prove::Proof;
use crate::menu::{Compiled, ManifestView, Sources, compile};

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    #[default]
    Text,
    Json,
}

pub const CLEAN: i32 = 0;
pub const FINDINGS: i32 = 1;
pub const UNREADABLE: i32 = 2;

/// Checks the menus of `dir`; recordings are not looked at.
pub fn run(dir: &Path, ops: Option<&Path>, format: Format, out: &mut dyn Write) -> i32 {
    run_with(dir, ops, None, format, out)
}

/// As [`run`], with what is known of the recordings.
pub fn run_with(
    dir: &Path,
    ops: Option<&Path>,
    manifest: Option<ManifestView>,
    format: Format,
    out: &mut dyn Write,
) -> i32 {
    let sources = match drafts::load(dir, ops, manifest) {
        Ok(sources) => sources,
        Err(error) => {
            let _ = match format {
                Format::Text => writeln!(out, "{error}"),
                Format::Json => writeln!(out, "{}", serde_json::json!({ "error": error.to_string() })),
            };
            return UNREADABLE;
        }
    };
    let compiled = compile(&sources);
    let printed = match format {
        Format::Text => print_text(&sources, &compiled, out),
        Format::Json => print_json(&compiled, out),
    };
    match printed {
        Ok(()) if compiled.findings.is_empty() => CLEAN,
        Ok(()) => FINDINGS,
        Err(_) => UNREADABLE,
    }
}

fn print_text(sources: &Sources, compiled: &Compiled, out: &mut dyn Write) -> std::io::Result<()> {
    print_findings(&sources.files, &compiled.findings, out)?;
    if let Some(proof) = &compiled.proof {
        print_proof(proof, out)?;
    }
    let errors = compiled.findings.iter().filter(|f| f.severity == Severity::Error).count();
    let warnings = compiled.findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => writeln!(out, "{} files, no findings.", sources.files.len()),
        _ => writeln!(out, "{} files, {errors} errors, {warnings} warnings.", sources.files.len()),
    }
}

/// Every finding with the place underlined; also for what `publish` refuses.
pub fn print_findings(
    files: &[(String, String)],
    findings: &[Finding],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .with_context_lines(1);
    for finding in findings {
        let text = files.iter().find(|(path, _)| *path == finding.file).map(|(_, text)| text.as_str());
        let mut rendered = String::new();
        let shown =
            Shown { finding, source: text.map(|text| NamedSource::new(&finding.file, text.to_owned())) };
        if handler.render_report(&mut rendered, &shown).is_err() {
            rendered = finding.message.clone();
        }
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Finding { file, line, column, rule, source, .. } = finding;
        let source = if source.is_empty() { String::new() } else { format!(" ({source})") };
        writeln!(out, "{file}:{line}:{column}: {level} {rule}{source}\n{}\n", rendered.trim_end())?;
    }
    Ok(())
}

fn print_proof(proof: &Proof, out: &mut dyn Write) -> std::io::Result<()> {
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

fn print_json(compiled: &Compiled, out: &mut dyn Write) -> std::io::Result<()> {
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
    let proof = compiled.proof.as_ref().map(|proof| {
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
    let json = serde_json::json!({ "findings": compiled.findings, "proof": proof });
    writeln!(out, "{json:#}")
}

/// A finding in the form that is drawn.
#[derive(Debug)]
struct Shown<'f> {
    finding: &'f Finding,
    source: Option<NamedSource<String>>,
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.finding.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Level> {
        Some(match self.finding.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(&self.finding.help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        let source = self.source.as_ref()?;
        (!self.finding.span.is_empty()).then_some(source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref().filter(|_| !self.finding.span.is_empty())?;
        let label = LabeledSpan::new_with_span(None, self.finding.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}
