//! Findings as people read them: what, where, the line with the place underlined, what to do.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::Format;
use crate::cli::check::{FINDINGS, UNREADABLE};
use crate::cli::output;
use crate::cli::output::width;
use crate::config::finding::Severity;
use crate::io::control::{FindingLine, FindingsFound};

/// All of them; the exit code that goes with them.
pub fn print(found: &FindingsFound, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    match format {
        Format::Json => writeln!(out, "{:#}", json!({ "findings": found.0 }))?,
        Format::Text => write!(out, "{}", written(&found.0))?,
    }
    Ok(if found.unreadable() { UNREADABLE } else { FINDINGS })
}

/// Findings that ended a command are its output; any other error stays one.
pub fn or_error(error: anyhow::Error, format: Format) -> anyhow::Result<ExitCode> {
    let found = error.downcast::<FindingsFound>()?;
    output::print(|out| print(&found, format, out))
}

/// All of them with their places underlined, and how many there are; nothing if there are none.
pub fn written(findings: &[FindingLine]) -> String {
    let mut text = String::new();
    for finding in findings {
        let source = std::fs::read_to_string(&finding.file).unwrap_or_default();
        one(&mut text, finding, &source);
        text.push('\n');
    }
    if !findings.is_empty() {
        let _ = writeln!(text, "{}", counted(findings));
    }
    text
}

/// `1 error, 2 warnings`.
pub fn counted(findings: &[FindingLine]) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{}, {}", plural(errors, "error"), plural(findings.len() - errors, "warning"))
}

fn one(text: &mut String, finding: &FindingLine, source: &str) {
    let severity = match finding.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let FindingLine { rule, file, line, column, message, help, .. } = finding;
    let _ = writeln!(text, "{severity}[{rule}] {file}:{line}:{column}: {message}");
    if !finding.span.is_empty()
        && let Some((before, marked, whole)) = excerpt(source, finding.span.start, finding.span.end)
    {
        let margin = " ".repeat(line.to_string().len());
        let blank = " ".repeat(width(before));
        let _ = writeln!(text, "{margin} |\n{line} | {whole}");
        let _ = writeln!(text, "{margin} | {blank}{}", "^".repeat(width(marked).max(1)));
    }
    let requirement =
        if finding.source.is_empty() { String::new() } else { format!(" ({})", finding.source) };
    let _ = writeln!(text, "  = {help}{requirement}");
}

/// The line of `start`: its part before, the marked part, the whole line.
fn excerpt(source: &str, start: usize, end: usize) -> Option<(&str, &str, &str)> {
    let begin = source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let stop = source.get(start..)?.find('\n').map_or(source.len(), |at| start + at);
    let marked = source.get(start..end.min(stop))?;
    Some((source.get(begin..start)?, marked, source.get(begin..stop)?.trim_end_matches('\r')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_underlined_also_after_chinese_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("main.toml");
        let source = "[menu]\ntext = \"挂失\", kye = 1\n";
        std::fs::write(&path, source).unwrap();
        let start = source.find("kye").unwrap();
        let finding = FindingLine {
            rule: "unknown-key".to_owned(),
            source: String::new(),
            severity: Severity::Error,
            file: path.display().to_string(),
            span: start..start + 3,
            line: 2,
            column: 15,
            message: "there is no key `kye`".to_owned(),
            help: "Did you mean `key`?".to_owned(),
        };
        let text = written(&[finding]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("error[unknown-key]"));
        assert_eq!(lines[2], "2 | text = \"挂失\", kye = 1");
        assert_eq!(lines[3], format!("  | {}^^^", " ".repeat(15)));
        assert_eq!(lines[4], "  = Did you mean `key`?");
        assert_eq!(lines[6], "1 error, 0 warnings");
    }
}
