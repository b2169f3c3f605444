//! `hotline versions` and `hotline rollback`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;

use crate::cli::args::{Format, FormatArgs, RollbackArgs};
use crate::cli::check::CLEAN;
use crate::cli::{output, publish};
use crate::config::server::ServerConfig;
use crate::ids::ConfigVersion;
use crate::io::clock::Clock;
use crate::io::control::ControlRequest;
use crate::io::versions::{Signature, VersionInfo, Versions};
use crate::now::Wall;

pub fn command(config: &ServerConfig, args: FormatArgs) -> anyhow::Result<ExitCode> {
    // Looking makes no directory: it would belong to whoever looked.
    let all = match config.storage.directory.exists() {
        true => Versions::open(&config.storage.directory)?.list()?,
        false => Vec::new(),
    };
    output::print(|out| list(all, args.format, out))
}

/// All versions, newest first: who, when, why, what changed.
pub fn list(mut all: Vec<VersionInfo>, format: Format, out: &mut dyn Write) -> io::Result<u8> {
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
    let current = match (info.current, info.proposed) {
        (true, _) => "  (in force)",
        (false, true) => "  (proposed)",
        (false, false) => "",
    };
    writeln!(out, "{}  {}  {}: {}{current}", meta.version.0, moment(meta.at), meta.by, meta.reason)?;
    if let Some(confirmed) = &info.confirmed {
        writeln!(out, "    confirmed {}  {}: {}", moment(confirmed.at), confirmed.by, confirmed.reason)?;
    }
    meta.difference.iter().try_for_each(|line| writeln!(out, "    {line}"))
}

fn moment(at: Wall) -> String {
    let time = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `hotline rollback`: by the running server, or on files where none runs.
pub async fn rollback(config: &ServerConfig, args: RollbackArgs) -> anyhow::Result<ExitCode> {
    let (by, reason) = publish::signed(args.signed);
    let version = args.version.map(ConfigVersion);
    let request = ControlRequest::Rollback { version, by: by.clone(), reason: reason.clone() };
    let outcome = match publish::by_server(config, &request).await? {
        Some(outcome) => outcome,
        None => {
            let versions = Versions::open(&config.storage.directory)?;
            let to = version.or_else(|| versions.previous());
            let to = to.context("there is no version before the one in force")?;
            let signed = Signature { by: &by, reason: &reason, at: Clock::start().now().wall };
            publish::outcome(versions.rollback(to, signed))
        }
    };
    output::print(|out| publish::print(&outcome, args.format.format, out))
}
