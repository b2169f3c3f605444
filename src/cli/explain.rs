//! `hotline check --explain RULE`: what a rule wants and why, kept and broken. All of them together
//! are `docs/rules.md`.

use std::fmt::Write as _;

use crate::config::finding::Tongue;
use crate::menu::report::did_you_mean;
use crate::menu::standard::packs::{PACKS, Pack};
use crate::menu::standard::rules;
use crate::menu::standard::told::{Examples, RuleKind, Told};

/// What every rule is asked for by.
pub const ALL: &str = "all";

/// Findings about other files and about publishing: id, requirement, why.
const OTHERS: &[(&str, &str, &str)] = &[
    ("toml-syntax", "", "The file is not TOML, so nothing in it can be trusted."),
    ("wrong-type", "", "The value is of the wrong kind."),
    ("out-of-range", "", "The value is out of bounds."),
    ("bad-duration", "", "Times are written with their unit, so that nobody mistakes minutes for seconds."),
    ("bad-name", "", "Names stand in files, metrics and reports, so they are kept simple."),
    ("no-queue", "CBA-6", "Without a queue nobody could ever reach a person."),
    ("unknown-strategy", "", "A strategy that is misspelt would silently not apply."),
    ("overflow-circle", "CBA-10b", "Callers who overflow in a circle never reach anybody."),
    ("ring-time", "HB-ring", "An agent answers within three rings, or the call goes on to another one."),
    ("position-told", "HB-hold", "Who waits without a word hangs up."),
    ("config-value", "", "The server cannot work with this value."),
    ("config-unreadable", "", "Without its configuration the server does not know what to do."),
    ("public-address-missing", "", "Telephones must know an address that the server can be reached under."),
    ("few-media-ports", "", "A call without ports for its sound cannot be answered."),
    ("ephemeral-media-ports", "", "Another program may hold a port when a call needs it."),
    ("same-listener", "CBA-35d", "What answers without login must not share a port with what needs one."),
    ("not-recorded", "CBA-35a", "Every call is recorded; an exception is said aloud at every start."),
    ("unknown-entry", "", "An entry that is misspelt would silently not apply."),
    ("file-unreadable", "", "A file that is needed cannot be read."),
    ("manifest-unreadable", "CBA-10d", "Without its manifest no recording is known to be approved."),
    ("audio-unreadable", "CBA-10d", "Sound that cannot be played is silence for the caller."),
    ("recording-stale", "CBA-10d", "A recording that nothing uses is forgotten work, or a forgotten text."),
    ("storage-unwritable", "", "What cannot be stored is not put in force."),
    ("publish-unsigned", "HB-trace", "Who changes what callers hear says so, and why."),
    ("version-altered", "HB-trace", "What was published must be what runs."),
    ("people-row", "CBA-35c", "Each line of agents or devices is imported whole, or none is."),
    ("pressed-unreadable", "CBA-10a", "The counts of keys cannot be read."),
];

/// The text for one rule, or for all; in error, what to say instead.
pub fn explain(asked: &str, tongue: Tongue) -> Result<String, String> {
    if asked == ALL {
        return Ok(all(tongue));
    }
    if let Some(told) = rules().find(|told| told.rule.id == asked) {
        return Ok(one(told, tongue));
    }
    if let Some(other) = OTHERS.iter().find(|(id, ..)| *id == asked) {
        return Ok(other_one(other, tongue));
    }
    let ids = rules().map(|told| told.rule.id).chain(OTHERS.iter().map(|(id, ..)| *id));
    let known: Vec<&str> = ids.collect();
    let (message, help) = (format!("there is no rule `{asked}`"), did_you_mean(asked, known));
    Err(format!("{}\n{}", tongue.say(&message), tongue.say(&help)))
}

fn pack_of(told: &Told) -> Option<&'static Pack> {
    PACKS.into_iter().find(|pack| pack.rules.iter().any(|rule| rule.rule.id == told.rule.id))
}

fn one(told: &Told, tongue: Tongue) -> String {
    let rule = told.rule;
    let kind = match told.kind {
        RuleKind::Hard => "hard rule",
        RuleKind::Default => "default rule",
    };
    let mut facts = vec![tongue.say(rule.severity.word()), tongue.say(kind)];
    facts.extend((!rule.source.is_empty()).then(|| rule.source.to_owned()));
    facts.extend(pack_of(told).map(|pack| tongue.say(&format!("by the pack {}", pack.id))));
    let mut text = format!("`{}` ({})\n\n{}\n", rule.id, facts.join(", "), tongue.say(rule.explanation));
    match told.examples {
        Examples::Pair { bad, good } => {
            for (heading, example) in [("Wrong:", bad), ("Right:", good)] {
                let heading = tongue.say(heading);
                let _ = write!(text, "\n{heading}\n\n```toml\n{example}```\n");
            }
        }
        Examples::None(why) => {
            let _ = writeln!(text, "\n{}", tongue.say(&format!("No file can break it. {why}")));
        }
    }
    text
}

fn other_one((id, source, why): &(&str, &str, &str), tongue: Tongue) -> String {
    let source = if source.is_empty() { String::new() } else { format!(" ({source})") };
    format!("`{id}`{source}\n\n{}\n", tongue.say(why))
}

const HEAD: &str = "# Rules that `hotline check` knows

A *hard* rule cannot be switched off. A finding of a *default* rule may be accepted in
`menus/system.toml`, by name and day:

```toml
[[accept]]
rule = \"many-options\"
by = \"Li Wei\"
on = \"2026-11-20\"
```

Warnings do not stop a publication; errors do. Rules of a pack apply where `menus/system.toml` names it,
`packs = [\"cn-banking\", \"pci\"]`; all others always do. An example shows only the keys that matter: the
rest of the file is as it should be. This page is what `hotline check --explain all` prints.
";

fn all(tongue: Tongue) -> String {
    let mut text = tongue.say(HEAD);
    text.push_str("\n## Packs\n\n");
    for pack in PACKS {
        let _ = writeln!(text, "- `{}`: {}", pack.id, tongue.say(pack.about));
        for (rule, severity) in pack.tightens {
            let _ = writeln!(text, "  - `{rule}`: {}", tongue.say(severity.word()));
        }
    }
    text.push_str("\n## Rules\n");
    for told in rules() {
        let _ = write!(text, "\n### {}", one(told, tongue));
    }
    text.push_str("\n## Findings in other files\n\n");
    for (id, source, why) in OTHERS {
        let source = if source.is_empty() { String::new() } else { format!(" ({source})") };
        let _ = writeln!(text, "- `{id}`{source}: {}", tongue.say(why));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::finding::chinese;

    /// `UPDATE_RULES=1 cargo nextest run explain` writes what is told now.
    #[test]
    fn docs_rules_md_tells_the_rules_as_they_are() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
        let told = explain(ALL, Tongue::English).unwrap();
        if std::env::var_os("UPDATE_RULES").is_some() {
            std::fs::write(&path, &told).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == told, "UPDATE_RULES=1 writes docs/rules.md anew");
    }

    #[test]
    fn every_rule_is_told_in_both_languages() {
        for told in rules() {
            let english = explain(told.rule.id, Tongue::English).unwrap();
            assert!(english.contains(told.rule.explanation));
            assert!(chinese(told.rule.explanation).is_some(), "{}", told.rule.explanation);
            if let Examples::None(why) = told.examples {
                assert!(chinese(why).is_some(), "{why}");
            }
        }
        for text in OTHERS.iter().map(|(_, _, why)| *why).chain(PACKS.map(|pack| pack.about)).chain([HEAD]) {
            assert!(chinese(text).is_some(), "{text}");
        }
    }

    #[test]
    fn unknown_rules_are_suggested() {
        let told = explain("duplicate-keys", Tongue::English).unwrap_err();
        assert!(told.contains("Did you mean `duplicate-key`?"), "{told}");
        assert!(explain("zzz", Tongue::Chinese).unwrap_err().contains("没有规则 `zzz`"));
    }
}
