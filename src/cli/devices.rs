//! `hotline devices`: import and export of telephones.

use std::process::ExitCode;

use crate::cli::args::DevicesCommand;
use crate::cli::{agents, output, remote};
use crate::config::server::ServerConfig;
use crate::io::control::ControlRequest;

pub async fn run(config: &ServerConfig, command: DevicesCommand) -> anyhow::Result<ExitCode> {
    match command {
        DevicesCommand::Export => output::write(&agents::people(config).await?.export_devices().await?)?,
        DevicesCommand::Import(args) => {
            let csv = remote::read_csv(&args.file)?;
            let mode = args.mode();
            let request = ControlRequest::ImportDevices { file: args.file.display().to_string(), csv, mode };
            let value = remote::ask(config, &request).await?;
            output::line(&remote::imported("telephones", &value))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
