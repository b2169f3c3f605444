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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cli::check::CLEAN;
    use crate::cli::{prompts, versions as list};
    use crate::now::Wall;

    fn sample() -> Drafts {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Drafts {
            menus: root.join("menus"),
            prompts: root.join("prompts"),
            queues: root.join("ops/queues.toml"),
            mains: vec![("95599".into(), "main".into())],
        }
    }

    fn told(run: impl FnOnce(&mut dyn Write) -> io::Result<i32>) -> (i32, String) {
        let mut out = Vec::new();
        let code = run(&mut out).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn operations_are_told_what_became_of_their_publication() {
        let dir = tempfile::tempdir().unwrap();
        let versions = Versions::open(dir.path()).unwrap();
        let signed = Signature { by: "Li", reason: "first", at: Wall(1_760_000_000_000) };
        let publish = |drafts: &Drafts| told(|out| run(&versions, drafts, signed, Format::Text, out));
        let rollback = |out: &mut dyn Write| list::rollback(&versions, None, signed, Format::Text, out);

        let (code, text) = publish(&sample());
        assert!(code == CLEAN && text.contains("Version 1 published by Li: first"), "{text}");
        let (code, text) = publish(&sample());
        assert!(code == CLEAN && text.contains("Nothing changed; version 1 stays in force"), "{text}");
        let (code, text) = told(rollback);
        assert!(code == FINDINGS && text.contains("no version before"), "{text}");

        let menus = dir.path().join("menus");
        std::fs::create_dir(&menus).unwrap();
        for entry in std::fs::read_dir(sample().menus).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, menus.join(from.file_name().unwrap())).unwrap();
        }
        let main = std::fs::read_to_string(menus.join("main.toml")).unwrap();
        std::fs::write(menus.join("main.toml"), main.replace("greeting =", "greting =")).unwrap();
        let (code, text) = publish(&Drafts { menus: menus.clone(), ..sample() });
        assert!(code == FINDINGS && text.contains("main.toml:") && text.contains("greting"), "{text}");
        assert!(text.contains("Nothing was published"), "{text}");

        std::fs::write(menus.join("main.toml"), main.replace("first_digit = 5", "first_digit = 4")).unwrap();
        let (code, text) = publish(&Drafts { menus, ..sample() });
        assert!(code == CLEAN && text.contains("`first_digit = 5` became `first_digit = 4`"), "{text}");
        let (code, text) = told(rollback);
        assert!(code == CLEAN && text.contains("Version 3 published"), "{text}");
        let (_, text) = told(|out| list::list(&versions, Format::Text, out));
        assert!(text.starts_with("3  2025-10-09 08:53:20 UTC  Li: first  (in force)"), "{text}");
        let (_, json) = told(|out| list::list(&versions, Format::Json, out));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json[0]["version"], &json[0]["current"]), (&3.into(), &true.into()));
    }

    #[test]
    fn the_recordings_of_the_sample_are_listed_and_sound() {
        let (code, text) = told(|out| prompts::list(&sample(), Format::Text, out));
        assert!(code == CLEAN && text.contains("您好，欢迎致电示范银行。"), "{text}");
        let (code, text) = told(|out| prompts::check(&sample(), Format::Text, out));
        assert!(code == CLEAN, "{text}");
        assert!(!prompts::manifest_view(&sample()).unwrap().recordings.is_empty());
    }
}
