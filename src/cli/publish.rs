//! `hotline publish` on files, for a machine without a running server; with one, the control socket
//! carries the same request.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::cli::check::{CLEAN, FINDINGS, Format, print_findings};
use crate::config::finding::Finding;
use crate::io::versions::{Drafts, Publication, Signature, Versions};

/// Publishes the drafts and tells what changed, or why nothing was published.
pub fn run(
    versions: &Versions,
    drafts: &Drafts,
    signed: Signature,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<i32> {
    print(&versions.publish(drafts, signed), format, out)
}

/// The outcome of a publication or rollback.
pub fn print(
    outcome: &Result<Publication, Vec<Finding>>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<i32> {
    let publication = match outcome {
        Ok(publication) => publication,
        Err(findings) => {
            show(findings, format, out)?;
            if format == Format::Text {
                writeln!(out, "Nothing was published; the version in force stays.")?;
            }
            return Ok(FINDINGS);
        }
    };
    let published = &publication.published;
    if format == Format::Json {
        let answer = serde_json::json!({
            "version": published.version,
            "new": publication.is_new,
            "digest": published.digest,
            "difference": publication.difference,
            "findings": publication.warnings,
        });
        return writeln!(out, "{answer:#}").map(|()| CLEAN);
    }
    show(&publication.warnings, format, out)?;
    publication.difference.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    let n = published.version.0;
    match publication.is_new {
        true => writeln!(out, "Version {n} published by {}: {}", published.by, published.reason)?,
        false => writeln!(out, "Nothing changed; version {n} stays in force.")?,
    }
    Ok(CLEAN)
}

/// Findings as `hotline check` prints them, with the texts they point into.
pub fn show(findings: &[Finding], format: Format, out: &mut dyn Write) -> io::Result<()> {
    if format == Format::Json {
        return writeln!(out, "{:#}", serde_json::json!({ "findings": findings }));
    }
    let named: BTreeSet<&str> =
        findings.iter().filter(|f| !f.span.is_empty()).map(|f| f.file.as_str()).collect();
    let text = |path: &str| std::fs::read_to_string(path).ok().map(|text| (path.to_owned(), text));
    let files: Vec<(String, String)> = named.into_iter().filter_map(text).collect();
    print_findings(&files, findings, out)
}
