//! The tables of keys: each key is read, with the bounds it has there.

use super::sources;
use crate::ids::Language;
use crate::menu::draft::{MenuDraft, SystemDraft};
use crate::menu::parse::keys::{self, Key, Need, Shape, Table};
use crate::menu::parse::{menu, system};
use crate::menu::report::Report;

/// Every table with the way to it, as it is written before the keys.
fn tables() -> Vec<(String, &'static Table)> {
    fn below(path: &str, table: &'static Table, all: &mut Vec<(String, &'static Table)>) {
        all.push((path.to_owned(), table));
        for key in table.keys {
            let name = key.name;
            match &key.shape {
                Shape::One(table) => below(&format!("{path}.{name}"), table, all),
                Shape::Named(table) => below(&format!("{path}.{name}.some"), table, all),
                Shape::Rows(table) => below(&format!("{path}.{name}[]"), table, all),
                _ => {}
            }
        }
    }
    let mut all = Vec::new();
    below("", &keys::MENU, &mut all);
    below("system", &keys::SYSTEM, &mut all);
    all
}

/// A file with one line in that table.
fn file(path: &str, line: &str) -> (bool, String) {
    let (is_system, path) = match path.strip_prefix("system") {
        Some(path) => (true, path),
        None => (false, path),
    };
    let mut heading = String::new();
    let mut text = String::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        if !heading.is_empty() {
            heading.push('.');
        }
        match part.strip_suffix("[]") {
            Some(name) => {
                heading.push_str(name);
                text = format!("{text}[[{heading}]]\n");
            }
            None => {
                heading.push_str(part);
                text = format!("{text}[{heading}]\n");
            }
        }
    }
    // A heading that only others go on from is not written twice.
    let last = text.lines().last().unwrap_or_default().to_owned();
    let opened = text.lines().filter(|heading| heading.starts_with("[[") || *heading == last);
    (is_system, opened.chain([line]).collect::<Vec<_>>().join("\n"))
}

fn findings(path: &str, line: &str) -> Vec<(&'static str, String)> {
    let (is_system, text) = file(path, line);
    let files = [("x.toml".to_owned(), text.clone())];
    let mut report = Report::new(&files);
    if is_system {
        let _: (Vec<Language>, SystemDraft) = system(0, &text, &mut report);
    } else {
        let _: MenuDraft = menu(0, "x", &text, &mut report);
    }
    let findings = report.into_findings();
    assert!(findings.iter().all(|f| f.rule != "syntax"), "{text}: {findings:#?}");
    findings.into_iter().map(|f| (f.rule, f.message)).collect()
}

/// Something that no key takes.
const NONSENSE: &str = "1979-05-27T07:32:00Z";

fn right(key: &Key) -> Option<String> {
    Some(match &key.shape {
        Shape::Text { example } => format!("\"{example}\""),
        Shape::Word(words) => format!("\"{}\"", words.last()?),
        Shape::Flag => "true".to_owned(),
        Shape::Count { least, most } | Shape::Seconds { least, most } => ((least + most) / 2).to_string(),
        Shape::Span => "\"1 h 30 min\"".to_owned(),
        Shape::Date => "\"2026-05-01\"".to_owned(),
        Shape::Phone => "\"*\"".to_owned(),
        Shape::Speech => "{ zh-CN = \"您好\" }".to_owned(),
        Shape::List { example, .. } => format!("[\"{example}\"]"),
        Shape::Target => "\"person\"".to_owned(),
        Shape::Languages => "\"en-US\"".to_owned(),
        Shape::SystemTexts | Shape::One(_) | Shape::Named(_) | Shape::Rows(_) => return None,
    })
}

#[test]
fn every_key_is_read() {
    for (path, table) in tables() {
        for key in table.keys {
            let line = format!("{} = {NONSENSE}", key.name);
            let found = findings(&path, &line);
            let about = |(rule, message): &(&str, String)| {
                *rule == "wrong-value" && message.contains(&format!("`{}`", key.name))
            };
            assert!(found.iter().any(about), "{path}: {line}: {found:?}");
        }
    }
}

#[test]
fn every_key_takes_what_it_says() {
    for (path, table) in tables() {
        for key in table.keys {
            let Some(value) = right(key) else { continue };
            let found = findings(&path, &format!("{} = {value}", key.name));
            assert!(found.iter().all(|(rule, _)| *rule == "missing-value"), "{path}.{}: {found:?}", key.name);
        }
    }
}

#[test]
fn bounds_hold() {
    for (path, table) in tables() {
        for key in table.keys {
            let (Shape::Count { least, most } | Shape::Seconds { least, most }) = &key.shape else {
                continue;
            };
            for (number, fits) in [
                (i64::from(*least), true),
                (i64::from(*most), true),
                (i64::from(*least) - 1, false),
                (i64::from(*most) + 1, false),
            ] {
                let found = findings(&path, &format!("{} = {number}", key.name));
                let wrong = found.iter().any(|(rule, _)| *rule == "wrong-value");
                assert_eq!(wrong, !fits, "{path}: {} = {number}: {found:?}", key.name);
            }
        }
    }
}

#[test]
fn what_is_needed_is_missed() {
    for (path, table) in tables() {
        let found = findings(&path, "");
        for key in table.keys {
            let missed = found.iter().any(|(rule, message)| {
                *rule == "missing-value" && message.contains(&format!("has no `{}`", key.name))
            });
            assert!(missed || key.need == Need::Optional, "{path}.{}: {found:?}", key.name);
        }
        let (_, message) =
            findings(&path, "nonsense = 1").into_iter().find(|(rule, _)| *rule == "unknown-key").unwrap();
        assert!(message.contains(table.what), "{message}");
    }
}

#[test]
fn the_language_is_told_key_by_key() {
    let manual = include_str!("../../../../docs/menus.md");
    for (path, table) in tables() {
        for key in table.keys {
            let name = key.name;
            let told = [format!("`{name}`"), format!("[{name}"), format!(".{name}]"), format!("{{ {name} =")];
            assert!(told.iter().any(|told| manual.contains(told)), "docs/menus.md: {path}.{}", key.name);
        }
    }
    for word in keys::WORDS {
        assert!(manual.contains(&format!("`\"{word}\"`")), "docs/menus.md: {word}");
    }
    for name in keys::system_texts().filter(|name| !name.starts_with("system.digit.")) {
        assert!(manual.contains(name), "docs/menus.md: {name}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn no_text_panics_the_parser(
        file in 0usize..5,
        at in 0usize..6_000,
        cut in 0usize..60,
        insert in "(\\[|\\]|\\{|\\}|=|\"|'|#|\n|\\.| |[a-z0-9]|when|leads_to|\\{balance:amount\\}|-1|99999999999999999999){0,6}",
    ) {
        let mut sources = sources();
        let text = &mut sources.files[file].1;
        let floor = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let (begin, end) = (floor(text, at), floor(text, at + cut));
        text.replace_range(begin..end, &insert);
        for finding in crate::menu::compile(&sources).findings {
            proptest::prop_assert!(!finding.message.is_empty() && !finding.help.is_empty());
        }
    }

    #[test]
    fn any_text_at_all_is_answered(text in "\\PC{0,200}") {
        let files = [("x.toml".to_owned(), text.clone())];
        let mut report = Report::new(&files);
        menu(0, "x", &text, &mut report);
        system(0, &text, &mut report);
    }
}
