//! `hotline diff`: what changes for callers, usable as a gate before publishing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::{DiffArgs, Format};
use crate::cli::check::UNREADABLE;
use crate::cli::{drafts, findings, load_config, output};
use crate::config::finding::Tongue;
use crate::ids::ConfigVersion;
use crate::io::control::FindingsFound;
use crate::io::prompts::manifest::{FILE, Manifest};
use crate::io::versions::{Drafts, Seen, Versions, broken};
use crate::menu::diff::{Difference, Gate};

/// Exit codes, beside [`UNREADABLE`] for what cannot be compared.
pub const UNCHANGED: u8 = 0;
pub const CHANGED: u8 = 1;

/// What stands on one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    InForce,
    Version(ConfigVersion),
    /// As configured.
    Drafts,
    /// Drafts around a directory of menus.
    Directory(PathBuf),
}

impl Which {
    /// A number is a version, all else a directory; `current` and `drafts` are words.
    pub fn parse(text: &str) -> Which {
        match text {
            "current" => Which::InForce,
            "drafts" => Which::Drafts,
            _ => match text.parse() {
                Ok(version) => Which::Version(ConfigVersion(version)),
                Err(_) => Which::Directory(PathBuf::from(text)),
            },
        }
    }

    fn name(&self) -> String {
        match self {
            Which::InForce => "the version in force".to_owned(),
            Which::Version(version) => format!("version {}", version.0),
            Which::Drafts => "the drafts".to_owned(),
            Which::Directory(directory) => directory.display().to_string(),
        }
    }
}

pub fn command(config: Option<&Path>, args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let old = args.old.as_deref().map_or(Which::InForce, Which::parse);
    let new = args.new.as_deref().map_or(Which::Drafts, Which::parse);
    let gate = Gate { max_seconds: args.max_seconds, no_lost_paths: args.no_lost_paths };
    let wanted = Wanted { gate, format: args.format.format, tongue: findings::tongue(args.lang) };
    output::print(|out| run(config, (&old, &new), &wanted, out))
}

/// What is asked of the change, and how it is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub gate: Gate,
    pub format: Format,
    /// In which findings are told that forbid to compare.
    pub tongue: Tongue,
}

/// Compares and prints.
pub fn run(
    config: Option<&Path>,
    (old, new): (&Which, &Which),
    wanted: &Wanted,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let Wanted { gate, format, tongue } = wanted;
    let mut sides = Vec::new();
    for which in [old, new] {
        match read(which, config) {
            Ok(seen) => sides.push(seen),
            Err(found) => {
                if *format == Format::Text {
                    writeln!(out, "{} cannot be compared:", which.name())?;
                }
                findings::print_in(*tongue, &found, *format, out)?;
                return Ok(UNREADABLE);
            }
        }
    }
    let [before, after] = sides.as_slice() else { return Ok(UNREADABLE) };
    let difference = before.difference(after);
    let breaches = gate.breaches(&difference, after.proof());
    match format {
        Format::Text => print(&difference, &breaches, gate, out)?,
        Format::Json => {
            let told = json!({
                "old": old.name(),
                "new": new.name(),
                "changed": !difference.is_empty(),
                "difference": difference,
                "breaches": breaches,
            });
            writeln!(out, "{told:#}")?;
        }
    }
    let stopped = if gate.is_set() { !breaches.is_empty() } else { !difference.is_empty() };
    Ok(if stopped { CHANGED } else { UNCHANGED })
}

fn print(difference: &Difference, breaches: &[String], gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    difference.lines().iter().try_for_each(|line| writeln!(out, "{line}"))?;
    match difference.is_empty() {
        true => writeln!(out, "Nothing changes for callers.")?,
        false => writeln!(out, "\nChanged: {}.", difference.summary())?,
    }
    if gate.is_set() {
        match breaches {
            [] => writeln!(out, "The gate is open.")?,
            breaches => {
                writeln!(out, "Stopped at the gate:")?;
                breaches.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
            }
        }
    }
    Ok(())
}

fn read(which: &Which, config: Option<&Path>) -> Result<Seen, FindingsFound> {
    let configured = || load_config(config).map_err(found);
    match which {
        Which::Drafts => of_drafts(&Drafts::of(&configured()?)),
        Which::Directory(directory) => of_drafts(&drafts::around(&menus_of(directory), config)?),
        Which::Version(version) => of_version(&configured()?.storage.directory, Some(*version)),
        Which::InForce => of_version(&configured()?.storage.directory, None),
    }
}

/// Menus may stand in `menus` of the directory that is named.
fn menus_of(directory: &Path) -> PathBuf {
    let below = directory.join("menus");
    if below.is_dir() { below } else { directory.to_owned() }
}

fn of_drafts(drafts: &Drafts) -> Result<Seen, FindingsFound> {
    let loaded = drafts::load(drafts, None)?;
    let manifest = Manifest::read(&drafts.prompts.join(FILE)).unwrap_or_default();
    Seen::new(&loaded.around, loaded.compile(), &manifest).map_err(FindingsFound::new)
}

/// `None`: the one in force. Looking makes no directory.
fn of_version(storage: &Path, version: Option<ConfigVersion>) -> Result<Seen, FindingsFound> {
    let none = || FindingsFound::new([broken(&storage.join("versions"), "nothing is published yet")]);
    if !storage.join("versions").is_dir() {
        return Err(none());
    }
    let unreadable = |error: io::Error| FindingsFound::new([broken(storage, &error.to_string())]);
    let versions = Versions::open(storage).map_err(unreadable)?;
    let version = version.or_else(|| versions.latest()).ok_or_else(none)?;
    versions.seen(version).map_err(FindingsFound::new)
}

/// Findings of the configuration, or an error as one.
fn found(error: anyhow::Error) -> FindingsFound {
    let message = error.to_string();
    error.downcast().unwrap_or_else(|_| FindingsFound::new([broken(Path::new("hotline.toml"), &message)]))
}
