//! `hotline publish`: by the running server, or on files where none runs.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::args::{Format, PublishArgs, SignedArgs};
use crate::cli::check::CLEAN;
use crate::cli::{findings, output, remote, user};
use crate::config::finding::Finding;
use crate::config::server::ServerConfig;
use crate::ids::ConfigVersion;
use crate::io::clock::Clock;
use crate::io::control::{ControlRequest, FindingsFound, PublicationLine};
use crate::io::versions::{Drafts, Publication, Signature, Versions};

/// What became of a publication or rollback.
pub type Outcome = Result<PublicationLine, FindingsFound>;

pub async fn run(config: &ServerConfig, args: PublishArgs) -> anyhow::Result<ExitCode> {
    let (by, reason) = signed(args.signed);
    let confirmed = args.confirm.map(ConfigVersion);
    let request = match confirmed {
        Some(version) => ControlRequest::Confirm { version, by: by.clone(), reason: reason.clone() },
        None => ControlRequest::Publish { by: by.clone(), reason: reason.clone() },
    };
    let outcome = match by_server(config, &request).await? {
        Some(outcome) => outcome,
        None => {
            let signed = Signature { by: &by, reason: &reason, at: Clock::start().now().wall };
            let versions = Versions::open(&config.storage.directory)?;
            outcome(match (confirmed, config.publishing.two_persons) {
                (Some(version), _) => versions.confirm(version, signed),
                (None, true) => versions.propose(&Drafts::of(config), signed),
                (None, false) => versions.publish(&Drafts::of(config), signed),
            })
        }
    };
    output::print(|out| print(&outcome, args.format.format, out))
}

/// Name and reason; without a reason the publication is refused.
pub fn signed(args: SignedArgs) -> (String, String) {
    (args.by.unwrap_or_else(user), args.reason.unwrap_or_default())
}

/// What the running server did, if one runs.
pub async fn by_server(config: &ServerConfig, request: &ControlRequest) -> anyhow::Result<Option<Outcome>> {
    match remote::ask_if_running(config, request).await {
        Ok(value) => Ok(value.map(serde_json::from_value).transpose()?.map(Ok)),
        Err(error) => Ok(Some(Err(error.downcast::<FindingsFound>()?))),
    }
}

/// In the form that a server tells it.
pub fn outcome(result: Result<Publication, Vec<Finding>>) -> Outcome {
    result.as_ref().map(PublicationLine::from).map_err(FindingsFound::new)
}

pub fn print(outcome: &Outcome, format: Format, out: &mut dyn Write) -> io::Result<u8> {
    let publication = match outcome {
        Ok(publication) => publication,
        Err(found) => {
            let code = findings::print(found, format, out)?;
            if format == Format::Text {
                writeln!(out, "Nothing was published; the version in force stays.")?;
            }
            return Ok(code);
        }
    };
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, publication)?;
        return writeln!(out).map(|()| CLEAN);
    }
    let PublicationLine { version, new, proposed, by, reason, difference, warnings, .. } = publication;
    write!(out, "{}", findings::written(warnings))?;
    difference.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    if *proposed {
        writeln!(out, "Version {} proposed by {by}: {reason}", version.0)?;
        writeln!(
            out,
            "Another person puts it in force: hotline publish --confirm {} --by NAME --reason TEXT",
            version.0
        )?;
        return Ok(CLEAN);
    }
    match new {
        true => writeln!(out, "Version {} published by {by}: {reason}", version.0)?,
        false => writeln!(out, "Nothing changed; version {} stays in force.", version.0)?,
    }
    Ok(CLEAN)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cli::check::FINDINGS;
    use crate::cli::{prompts, versions as list};
    use crate::now::Wall;

    fn sample() -> Drafts {
        Drafts::in_directory(Path::new(env!("CARGO_MANIFEST_DIR")), "95599", "main")
    }

    fn told(run: impl FnOnce(&mut dyn Write) -> io::Result<u8>) -> (u8, String) {
        let mut out = Vec::new();
        let code = run(&mut out).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn operations_are_told_what_became_of_their_publication() {
        let dir = tempfile::tempdir().unwrap();
        let versions = Versions::open(dir.path()).unwrap();
        let signed = Signature { by: "Li", reason: "first", at: Wall(1_760_000_000_000) };
        let tell = |result| told(|out| print(&outcome(result), Format::Text, out));
        let publish = |drafts: &Drafts| tell(versions.publish(drafts, signed));

        let (code, text) = publish(&sample());
        assert!(code == CLEAN && text.contains("Version 1 published by Li: first"), "{text}");
        let (code, text) = publish(&sample());
        assert!(code == CLEAN && text.contains("Nothing changed; version 1 stays in force"), "{text}");
        assert_eq!(versions.previous(), None);

        let menus = dir.path().join("menus");
        std::fs::create_dir(&menus).unwrap();
        for entry in std::fs::read_dir(sample().places.menus).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, menus.join(from.file_name().unwrap())).unwrap();
        }
        let main = std::fs::read_to_string(menus.join("main.toml")).unwrap();
        std::fs::write(menus.join("main.toml"), main.replace("greeting =", "greting =")).unwrap();
        let mut drafts = sample();
        drafts.places.menus.clone_from(&menus);
        let (code, text) = publish(&drafts);
        assert!(code == FINDINGS && text.contains("main.toml:") && text.contains("greting"), "{text}");
        assert!(text.contains("Nothing was published"), "{text}");

        std::fs::write(menus.join("main.toml"), main.replace("first_digit = 5", "first_digit = 4")).unwrap();
        let (code, text) = publish(&drafts);
        assert!(code == CLEAN && text.contains("`first_digit = 5` became `first_digit = 4`"), "{text}");
        let (code, text) = tell(versions.rollback(versions.previous().unwrap(), signed));
        assert!(code == CLEAN && text.contains("Version 3 published"), "{text}");
        let (_, text) = told(|out| list::list(versions.list().unwrap(), Format::Text, out));
        assert!(text.starts_with("3  2025-10-09 08:53:20 UTC  Li: first  (in force)"), "{text}");
        let (_, json) = told(|out| list::list(versions.list().unwrap(), Format::Json, out));
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
