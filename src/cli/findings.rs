//! Findings as people read them: what, where, the line with the place underlined, what to do; in the
//! language of the system.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::args::{Format, Lang};
use crate::cli::check::{FINDINGS, UNREADABLE};
use crate::cli::output;
use crate::cli::output::width;
use crate::config::finding::{Severity, Tongue, chinese};
use crate::io::control::{FindingLine, FindingsFound};

/// The language asked for, else that of the system, by the order that POSIX gives the variables.
pub fn tongue(asked: Option<Lang>) -> Tongue {
    match asked {
        Some(Lang::En) => Tongue::English,
        Some(Lang::Zh) => Tongue::Chinese,
        None => {
            let set = |name| std::env::var(name).ok().filter(|locale| !locale.is_empty());
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
            locale.map_or(Tongue::English, |locale| Tongue::of_locale(&locale))
        }
    }
}

/// All of them; the exit code that goes with them.
pub fn print(found: &FindingsFound, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    print_in(Tongue::English, found, format, out)
}

/// As [`print`], in a language.
pub fn print_in(
    tongue: Tongue,
    found: &FindingsFound,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<u8> {
    match format {
        Format::Json => writeln!(out, "{:#}", json!({ "findings": json(&found.0) }))?,
        Format::Text => write!(out, "{}", written_in(tongue, &found.0))?,
    }
    Ok(if found.unreadable() { UNREADABLE } else { FINDINGS })
}

/// For programs: as the server tells them, with the Chinese words beside the English ones.
pub fn json(findings: &[FindingLine]) -> Vec<Value> {
    let both = |finding: &FindingLine| {
        let mut value = serde_json::to_value(finding).unwrap_or_default();
        value["message_zh"] = chinese(&finding.message).into();
        value["help_zh"] = chinese(&finding.help).into();
        value
    };
    findings.iter().map(both).collect()
}

/// Findings that ended a command are its output; any other error stays one.
pub fn or_error(error: anyhow::Error, tongue: Tongue, format: Format) -> anyhow::Result<ExitCode> {
    let found = error.downcast::<FindingsFound>()?;
    let found = FindingsFound(without_followers(found.0));
    output::print(|out| print_in(tongue, &found, format, out))
}

/// Of a file that is not TOML only the first finding: the others follow from it.
pub fn without_followers(findings: Vec<FindingLine>) -> Vec<FindingLine> {
    const SYNTAX: &str = "toml-syntax";
    let broken: BTreeSet<String> = findings
        .iter()
        .filter(|finding| finding.rule == SYNTAX)
        .map(|finding| finding.file.clone())
        .collect();
    let mut told = BTreeSet::new();
    let mut all = findings;
    all.retain(|finding| {
        !broken.contains(&finding.file) || (finding.rule == SYNTAX && told.insert(finding.file.clone()))
    });
    all
}

/// All of them with their places underlined, and how many there are; nothing if there are none.
pub fn written(findings: &[FindingLine]) -> String {
    written_in(Tongue::English, findings)
}

/// As [`written`], in a language.
pub fn written_in(tongue: Tongue, findings: &[FindingLine]) -> String {
    let mut text = String::new();
    for finding in findings {
        // Of sound nothing can be shown.
        let has_place = !finding.span.is_empty();
        let source = has_place.then(|| std::fs::read_to_string(&finding.file).unwrap_or_default());
        one(tongue, &mut text, finding, source.as_deref());
        text.push('\n');
    }
    if !findings.is_empty() {
        let _ = writeln!(text, "{}", tongue.say(&counted(findings)));
    }
    text
}

/// `1 error, 2 warnings`.
pub fn counted(findings: &[FindingLine]) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{}, {}", plural(errors, "error"), plural(findings.len() - errors, "warning"))
}

fn one(tongue: Tongue, text: &mut String, finding: &FindingLine, source: Option<&str>) {
    let severity = tongue.say(finding.severity.word());
    let FindingLine { rule, file, line, column, .. } = finding;
    let (message, help) = (tongue.say(&finding.message), tongue.say(&finding.help));
    let _ = writeln!(text, "{severity}[{rule}] {file}:{line}:{column}: {message}");
    if let Some((before, marked, whole)) =
        source.and_then(|source| excerpt(source, finding.span.start, finding.span.end))
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

    fn finding(file: &str, span: std::ops::Range<usize>) -> FindingLine {
        FindingLine {
            rule: "unknown-key".to_owned(),
            source: String::new(),
            severity: Severity::Error,
            file: file.to_owned(),
            span,
            line: 2,
            column: 15,
            message: "`kye` is nothing that a choice has".to_owned(),
            help: "Did you mean `key`?".to_owned(),
        }
    }

    #[test]
    fn the_place_is_underlined_also_after_chinese_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("main.toml");
        let source = "[menu]\ntext = \"挂失\", kye = 1\n";
        std::fs::write(&path, source).unwrap();
        let start = source.find("kye").unwrap();
        let finding = finding(&path.display().to_string(), start..start + 3);
        let text = written(std::slice::from_ref(&finding));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("error[unknown-key]"));
        assert_eq!(lines[2], "2 | text = \"挂失\", kye = 1");
        assert_eq!(lines[3], format!("  | {}^^^", " ".repeat(15)));
        assert_eq!(lines[4], "  = Did you mean `key`?");
        assert_eq!(lines[6], "1 error, 0 warnings");
        let text = written_in(Tongue::Chinese, &[finding]);
        assert!(text.contains("错误[unknown-key]") && text.contains("选项没有 `kye` 这一项"), "{text}");
        assert!(text.contains("是否应为 `key`？") && text.contains("1 个错误，0 个警告"), "{text}");
    }

    #[test]
    fn sound_is_not_shown_as_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("beep.wav");
        std::fs::write(&path, "RIFF\u{7}").unwrap();
        let text = written(&[finding(&path.display().to_string(), 0..0)]);
        assert!(!text.contains("RIFF") && !text.contains('^'), "{text}");
    }

    #[test]
    fn what_follows_from_a_broken_file_is_left_out() {
        let of = |rule: &str, file: &str| FindingLine { rule: rule.to_owned(), ..finding(file, 0..0) };
        let found =
            vec![of("no-queue", "a"), of("toml-syntax", "a"), of("toml-syntax", "a"), of("unknown-key", "b")];
        let left: Vec<String> =
            without_followers(found).into_iter().map(|f| format!("{} {}", f.rule, f.file)).collect();
        assert_eq!(left, ["toml-syntax a", "unknown-key b"]);
    }
}
