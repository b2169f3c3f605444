//! Findings about entries, put where the entries stand: menus know no configuration file.

use std::path::Path;

use toml::de::DeTable;

use crate::config::finding::place as line_and_column;
use crate::io::control::FindingLine;
use crate::menu::standard::ENTRIES;

/// Gives them the file, and the place of the entry in it.
pub fn place(findings: &mut [FindingLine], config: &Path) {
    let about_entries = |finding: &&mut FindingLine| finding.file == ENTRIES;
    let mut found = findings.iter_mut().filter(about_entries).peekable();
    if found.peek().is_none() {
        return;
    }
    let Ok(text) = std::fs::read_to_string(config) else { return };
    for finding in found {
        finding.file = config.display().to_string();
        // The entry is the first name in the message.
        let entry = finding.message.split('`').nth(1).unwrap_or_default();
        if let Some(span) = span_of(&text, entry) {
            (finding.line, finding.column) = line_and_column(&text, span.start);
            finding.span = span;
        }
    }
}

fn span_of(text: &str, entry: &str) -> Option<std::ops::Range<usize>> {
    let (root, _) = DeTable::parse_recoverable(text);
    let sip = root.get_ref().get("sip")?.get_ref().as_table()?;
    let entries = sip.get("entries")?.get_ref().as_table()?;
    Some(entries.get(entry)?.span())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::finding::Severity;

    #[test]
    fn an_entry_without_menu_is_pointed_at_in_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("hotline.toml");
        std::fs::write(&config, "[sip]\nentries = { \"95599\" = \"mian\" }\n").unwrap();
        let mut findings = [FindingLine {
            rule: "unknown-target".to_owned(),
            source: String::new(),
            severity: Severity::Error,
            file: ENTRIES.to_owned(),
            span: 0..0,
            line: 1,
            column: 1,
            message: "entry `95599` has the main menu `mian`, and there is no such menu".to_owned(),
            help: String::new(),
        }];
        place(&mut findings, &config);
        assert_eq!(findings[0].file, config.display().to_string());
        assert_eq!((findings[0].line, findings[0].column), (2, 23));
    }
}
