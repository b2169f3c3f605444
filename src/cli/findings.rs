//! Findings as people read them: what, where, the line with the place underlined, what to do.

use std::fmt::Write;

use crate::cli::output::width;
use crate::config::finding::Finding;
use crate::io::control::FindingLine;

/// Ends a command: something is wrong with files.
#[derive(Debug, thiserror::Error)]
#[error("{} findings", .0.len())]
pub struct FindingsFound(pub Vec<FindingLine>);

impl FindingsFound {
    pub fn new(findings: impl AsRef<[Finding]>) -> Self {
        FindingsFound(findings.as_ref().iter().map(FindingLine::from).collect())
    }

    /// A file could not be read at all.
    pub fn unreadable(&self) -> bool {
        self.0.iter().any(|finding| finding.rule.ends_with("-unreadable"))
    }
}

/// All of them, and how many there are.
pub fn written(findings: &[FindingLine]) -> String {
    let mut text = String::new();
    for finding in findings {
        let source = std::fs::read_to_string(&finding.file).unwrap_or_default();
        one(&mut text, finding, &source);
        text.push('\n');
    }
    let warnings = findings.iter().filter(|finding| finding.warning).count();
    let errors = findings.len() - warnings;
    let _ = writeln!(text, "{errors} errors, {warnings} warnings");
    text
}

fn one(text: &mut String, finding: &FindingLine, source: &str) {
    let severity = if finding.warning { "warning" } else { "error" };
    let FindingLine { rule, file, line, column, message, help, .. } = finding;
    let _ = writeln!(text, "{severity}[{rule}] {file}:{line}:{column}: {message}");
    if finding.start < finding.end
        && let Some((before, marked, whole)) = excerpt(source, finding.start, finding.end)
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
            warning: false,
            file: path.display().to_string(),
            start,
            end: start + 3,
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
        assert_eq!(lines[6], "1 errors, 0 warnings");
    }
}
