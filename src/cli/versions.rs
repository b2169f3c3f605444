//! `hotline versions` and `hotline rollback` on files.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::cli::check::{CLEAN, FINDINGS, Format};
use crate::cli::publish;
use crate::config::finding::Finding;
use crate::ids::ConfigVersion;
use crate::io::versions::{Signature, VersionInfo, Versions};
use crate::now::Wall;

/// All versions, newest first: who, when, why, what changed.
pub fn list(versions: &Versions, format: Format, out: &mut dyn Write) -> io::Result<i32> {
    let mut all = versions.list()?;
    all.reverse();
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, &all)?;
        return writeln!(out).map(|()| CLEAN);
    }
    if all.is_empty() {
        writeln!(out, "nothing is published yet; run `hotline publish --by NAME --reason TEXT`")?;
    }
    all.iter().try_for_each(|info| print(info, out))?;
    Ok(CLEAN)
}

fn print(info: &VersionInfo, out: &mut dyn Write) -> io::Result<()> {
    let meta = &info.meta;
    let current = if info.current { "  (in force)" } else { "" };
    writeln!(out, "{}  {}  {}: {}{current}", meta.version.0, moment(meta.at), meta.by, meta.reason)?;
    meta.difference.iter().try_for_each(|line| writeln!(out, "    {line}"))
}

fn moment(at: Wall) -> String {
    let time = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Puts `to` in force again, or the version before the one in force.
pub fn rollback(
    versions: &Versions,
    to: Option<ConfigVersion>,
    signed: Signature,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<i32> {
    let Some(to) = to.or_else(|| versions.previous()) else {
        writeln!(out, "there is no version before the one in force")?;
        return Ok(FINDINGS);
    };
    let outcome: Result<_, Vec<Finding>> = versions.rollback(to, signed);
    publish::print(&outcome, format, out)
}
