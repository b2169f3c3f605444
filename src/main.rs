//! The entry: everything else is in the library.

use std::io::IsTerminal;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let unless_told = |_| EnvFilter::new(hotline::cli::logged());
    let filter = EnvFilter::try_from_env("HOTLINE_LOG").unwrap_or_else(unless_told);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    if let Err(error) = hotline::io::crypto::install() {
        tracing::error!(%error, "not started");
        return ExitCode::FAILURE;
    }
    hotline::cli::main()
}
