//! The command line: a file a subcommand. Arguments stand in `args.rs`.
//!
//! Exit codes: 0 done, 1 not done or findings, 2 unreadable files or wrong usage.

pub mod agents;
pub mod args;
pub mod callbacks;
pub mod callers;
pub mod calls;
pub mod check;
pub mod demo;
pub mod devices;
pub mod diff;
pub mod drafts;
mod entries;
pub mod explain;
pub mod findings;
pub mod output;
pub mod plans;
mod pressed;
pub mod prompts;
pub mod publish;
pub mod recordings;
pub mod records;
pub mod remote;
pub mod schema;
pub mod show;
pub mod status;
pub mod try_;
pub mod versions;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use crate::config::server::ServerConfig;
use crate::io::control::FindingsFound;
use crate::io::server::{self, Publishing};
use args::{Cli, Command};

/// Where the configuration stands unless `--config` says otherwise.
pub const DEFAULT_CONFIG: &str = "ops/hotline.toml";

/// Reads the arguments, does it, tells what went wrong.
pub fn main() -> ExitCode {
    match dispatch(Cli::parse()) {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

/// What is logged unless `HOTLINE_LOG` says otherwise.
pub fn logged() -> &'static str {
    match Cli::try_parse().map(|cli| cli.command) {
        Ok(Command::Demo(_)) => demo::LOGGED,
        Ok(_) | Err(_) => "info,sqlx=warn",
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config.as_deref();
    match cli.command {
        Command::Check(args) => check::command(config, &args),
        Command::Show(args) => show::command(config, &args),
        Command::Schema(args) => schema::command(args),
        Command::Diff(args) => diff::command(config, &args),
        Command::Try(args) => try_::command(config, &args),
        Command::Publish(args) => block_on(publish::run(&load_config(config)?, args)),
        Command::Rollback(args) => block_on(versions::rollback(&load_config(config)?, args)),
        Command::Versions(args) => versions::command(&load_config(config)?, args),
        Command::Calls(args) => block_on(calls::run(&load_config(config)?, args)),
        Command::Callbacks(args) => block_on(callbacks::run(&load_config(config)?, args)),
        Command::Recordings(args) => block_on(recordings::run(&load_config(config)?, args)),
        Command::Callers(args) => block_on(callers::run(&load_config(config)?, args)),
        Command::Plans(args) => block_on(plans::run(&load_config(config)?, args)),
        Command::Prompts(args) => prompts::run(&load_config(config)?, &args),
        Command::Agents(args) => block_on(agents::run(&load_config(config)?, args)),
        Command::Devices(args) => block_on(devices::run(&load_config(config)?, args)),
        Command::Status(args) => block_on(status::status(&load_config(config)?, args.format)),
        Command::Drain => block_on(status::drain(&load_config(config)?)),
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve(&load_config(config)?, args.watch),
    }
}

/// The configuration, its warnings logged.
pub fn load_config(path: Option<&Path>) -> anyhow::Result<ServerConfig> {
    let path = path.map_or_else(|| PathBuf::from(DEFAULT_CONFIG), Path::to_owned);
    let config = ServerConfig::load(Some(&path)).map_err(FindingsFound::new)?;
    for warning in &config.warnings {
        let place = format!("{}:{}", warning.file, warning.line);
        tracing::warn!(place, help = warning.help, "{}", warning.message);
    }
    Ok(config)
}

fn serve(config: &ServerConfig, watch: bool) -> anyhow::Result<ExitCode> {
    let publishing = if watch { Publishing::Watch } else { Publishing::OnRequest };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.context("the program's threads cannot be started")?;
    runtime.block_on(server::run(config.clone(), publishing))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a short command; a server makes a runtime of its own.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("the program's threads cannot be started")?.block_on(work)
}

/// Who stands behind a change unless it is said.
pub fn user() -> String {
    let named = |variable| std::env::var(variable).ok().filter(|name| !name.trim().is_empty());
    let by_number =
        || std::fs::metadata("/proc/self").map_or(String::new(), |me| format!("uid {}", me.uid()));
    named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(by_number)
}

fn report(error: &anyhow::Error) -> ExitCode {
    let Some(found) = error.downcast_ref::<FindingsFound>() else {
        eprintln!("hotline: {error:#}");
        return ExitCode::from(check::FINDINGS);
    };
    eprint!("{}", findings::written_in(findings::tongue(None), &found.0));
    if error.to_string() != found.to_string() {
        eprintln!("hotline: {error}");
    }
    ExitCode::from(if found.unreadable() { check::UNREADABLE } else { check::FINDINGS })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
        for line in [
            "serve --config x.toml --watch",
            "publish --by Wang --reason cards",
            "rollback 3 --by Wang --reason wrong",
            "versions --format json",
            "demo",
            "check menus",
            "check --explain no-advert --lang zh",
            "check --pressed keys.csv --format json",
            "show menus --as mermaid",
            "show --as json",
            "diff",
            "diff 3 drafts --format json",
            "diff old/menus new --max-seconds 25 --no-lost-paths",
            "try --at 2026-10-01 --caller vip --caller 13800000000 --plan surge --given lookup",
            "schema menu",
            "schema system",
            "try --keys 1#0 --language en-US",
            "calls list --queue card-loss --limit 10",
            "calls show 1-7-42",
            "recordings export 1-7-42",
            "recordings verify",
            "agents import a.csv --replace",
            "agents export",
            "agents list --format json",
            "agents sign-in 1001 desk1 --secret-stdin",
            "agents not-ready 1001 lunch",
            "devices import d.csv",
            "prompts build --remove-stale",
            "prompts approve zh-CN/main.greeting --by Wang",
            "calls list --number 1 --numbers",
            "callers import c.csv --replace",
            "callers list --numbers --format json",
            "plans list",
            "plans start surge --by Wang --reason queue",
            "plans stop surge --by Wang --reason over",
            "publish --confirm 5 --by Zhao --reason seen",
            "status --config x.toml",
            "drain",
        ] {
            Cli::try_parse_from(["hotline"].into_iter().chain(line.split(' '))).unwrap();
        }
        for line in ["", "dance", "calls show", "calls show x", "agents sign-in 1001", "show --as png"] {
            assert!(
                Cli::try_parse_from(["hotline"].into_iter().chain(line.split_whitespace())).is_err(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_wrong_configuration_ends_with_findings() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hotline.toml");
        std::fs::write(&path, "[sip]\nlistn = 1\n").unwrap();
        let error = load_config(Some(&path)).unwrap_err();
        let found = error.downcast_ref::<FindingsFound>().unwrap();
        assert!(!found.unreadable());
        assert!(findings::written(&found.0).contains("Did you mean `listen`?"));
        let error = load_config(Some(Path::new("/nonexistent"))).unwrap_err();
        assert!(error.downcast_ref::<FindingsFound>().unwrap().unreadable());
    }
}
