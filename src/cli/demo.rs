//! `hotline demo`: the sample hotline on loopback, three callers and two agents over real SIP and RTP.

mod ear;
mod figures;
mod play;
mod progress;
mod stage;
mod voices;

use std::process::ExitCode;

use crate::cli::args::DemoArgs;
use crate::io::server::{Publishing, Server};
use play::Scene;
use progress::Progress;
use stage::Stage;
use voices::Voices;

pub fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(perform(args))
}

async fn perform(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::start();
    let stage = Stage::build(args.keep.as_deref())?;
    let voices = Voices::load(&stage.config.directories.prompts)?;
    let server = Server::start(stage.config.clone(), Publishing::Watch).await?;
    let addresses = server.addresses();
    progress.step("hotline", &format!("takes calls at {} with version 1 of the sample", addresses.sip));
    let agents_csv = stage.agents_csv();
    let scene = Scene { config: stage.config.clone(), sip: addresses.sip, voices, progress, agents_csv };
    let played = play::all(&scene).await;
    let figures = figures::settled(addresses.management).await?;
    std::fs::write(stage.directory.join("metrics.txt"), &figures.text)?;
    server.drain();
    server.wait().await?;
    played?;
    eprintln!("{}", stage.directory.display());
    Ok(ExitCode::SUCCESS)
}
