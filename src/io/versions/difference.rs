//! What changes for callers from one snapshot to the next, in lines for a person.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::content::Content;
use super::slowly::SLOW;
use crate::io::prompts::manifest::Recording;

/// Most lines of a difference; the rest is counted.
const MAX_LINES: usize = 200;

/// One line a change; empty if nothing changed.
pub fn difference(old: &Content, new: &Content) -> Vec<String> {
    let mut lines = Vec::new();
    each(&old.mains, &new.mains, |entry, change| {
        lines.push(match change {
            Change::Added(menu) => format!("entry {entry}: new, leads to menu `{menu}`"),
            Change::Removed(menu) => format!("entry {entry}: gone (led to menu `{menu}`)"),
            Change::Changed(old, new) => format!("entry {entry}: leads to menu `{new}` instead of `{old}`"),
        });
    });
    each(&old.menus, &new.menus, |file, change| lines.push(file_change(&format!("menus/{file}"), change)));
    if old.queues != new.queues {
        lines.push(file_change("queues.toml", Change::Changed(&old.queues, &new.queues)));
    }
    for (file, old, new) in
        [("calendar.toml", &old.calendar, &new.calendar), ("plans.toml", &old.plans, &new.plans)]
    {
        let (old, new) = (old.iter().map(|text| (file, text)), new.iter().map(|text| (file, text)));
        each(&old.collect(), &new.collect(), |file, change| match change {
            Change::Added(text) => lines.push(file_change(file, Change::Added(*text))),
            Change::Removed(text) => lines.push(file_change(file, Change::Removed(*text))),
            Change::Changed(old, new) => lines.push(file_change(file, Change::Changed(*old, *new))),
        });
    }
    each(&old.manifest.recordings, &new.manifest.recordings, |(language, name), change| {
        // Slow variants follow from what is spoken.
        if language.ends_with(SLOW) {
            return;
        }
        lines.push(prompt_change(&format!("prompt {name} in {language}"), &change));
    });
    let more = lines.len().saturating_sub(MAX_LINES);
    lines.truncate(MAX_LINES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

enum Change<'a, T> {
    Added(&'a T),
    Removed(&'a T),
    Changed(&'a T, &'a T),
}

fn each<'a, K: Ord, T: PartialEq>(
    old: &'a BTreeMap<K, T>,
    new: &'a BTreeMap<K, T>,
    mut tell: impl FnMut(&K, Change<'a, T>),
) {
    let keys: BTreeSet<&K> = old.keys().chain(new.keys()).collect();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (None, Some(added)) => tell(key, Change::Added(added)),
            (Some(removed), None) => tell(key, Change::Removed(removed)),
            (Some(old), Some(new)) if old != new => tell(key, Change::Changed(old, new)),
            _ => {}
        }
    }
}

fn file_change(file: &str, change: Change<String>) -> String {
    match change {
        Change::Added(text) => format!("{file}: new, {} lines", text.lines().count()),
        Change::Removed(_) => format!("{file}: gone"),
        Change::Changed(old, new) => {
            let (gone, come) = (only_in(old, new), only_in(new, old));
            match (gone.as_slice(), come.as_slice()) {
                ([], []) => format!("{file}: lines in another order, or spaces"),
                ([old], [new]) => format!("{file}: `{}` became `{}`", shown(old), shown(new)),
                ([], [new]) => format!("{file}: added `{}`", shown(new)),
                ([old], []) => format!("{file}: removed `{}`", shown(old)),
                (gone, come) => {
                    format!("{file}: {} lines removed, {} lines added", gone.len(), come.len())
                }
            }
        }
    }
}

/// Lines of one text that the other does not have, as often.
fn only_in<'a>(text: &'a str, other: &'a str) -> Vec<&'a str> {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines(other) {
        *others.entry(line).or_default() += 1;
    }
    let mut is_new = |line: &&'a str| match others.get_mut(*line) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    };
    lines(text).filter(|line| is_new(line)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn shown(line: &str) -> String {
    match line.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn prompt_change(what: &impl Display, change: &Change<Recording>) -> String {
    match change {
        Change::Added(new) if new.text.is_empty() => format!("{what}: new ({})", new.kind),
        Change::Added(new) => format!("{what}: new, says “{}”", shown(&new.text)),
        Change::Removed(_) => format!("{what}: gone"),
        Change::Changed(old, new) if old.text != new.text => {
            format!("{what}: says “{}” instead of “{}”", shown(&new.text), shown(&old.text))
        }
        Change::Changed(old, new) if old.sha256 != new.sha256 => {
            format!("{what}: another recording of the same text, approved by {}", new.approver)
        }
        Change::Changed(..) => format!("{what}: its entry in the manifest changed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PromptHash;

    fn content(menu: &str, text: &str, hash: u8) -> Content {
        let mut content = Content { queues: "[general]\n".into(), ..Content::default() };
        content.menus.insert("main.toml".into(), menu.into());
        content.mains.insert("95599".into(), "main".into());
        content.manifest.insert(Recording {
            language: "en-US".into(),
            name: "main.greeting".into(),
            sha256: PromptHash([hash; 32]),
            kind: "prompt".into(),
            text: text.into(),
            origin: "recorded".into(),
            approver: "Li".into(),
            date: "2026-01-01".into(),
        });
        content
    }

    #[test]
    fn equal_snapshots_have_no_difference() {
        assert!(difference(&content("a = 1", "hi", 1), &content("a = 1", "hi", 1)).is_empty());
    }

    #[test]
    fn changes_are_told_in_words() {
        let old = content("a = 1\n# old remark\nb = 2", "Hello", 1);
        let mut new = content("a = 1\n# new remark\nb = 3", "Welcome", 2);
        new.menus.insert("loans.toml".into(), "x = 1\ny = 2".into());
        new.mains = [("95599".into(), "loans".into()), ("95533".into(), "main".into())].into();
        let told = difference(&old, &new);
        let expected = [
            "entry 95533: new, leads to menu `main`",
            "entry 95599: leads to menu `loans` instead of `main`",
            "menus/loans.toml: new, 2 lines",
            "menus/main.toml: `b = 2` became `b = 3`",
            "prompt main.greeting in en-US: says “Welcome” instead of “Hello”",
        ];
        assert_eq!(told, expected);
        assert_eq!(
            difference(&content("", "hi", 1), &content("", "hi", 2)),
            ["prompt main.greeting in en-US: another recording of the same text, approved by Li"]
        );
    }

    #[test]
    fn a_difference_is_bounded() {
        let mut new = content("", "hi", 1);
        for n in 0..500 {
            new.menus.insert(format!("m{n}.toml"), String::new());
        }
        let told = difference(&content("", "hi", 1), &new);
        assert_eq!((told.len(), told[MAX_LINES].as_str()), (MAX_LINES + 1, "and 300 more"));
    }
}
