//! `hotline demo`: the sample hotline on loopback, three callers and two agents over real SIP and RTP.
//!
//! A play ([`play`]) against a real server, then an examination ([`examine`], [`balance`]) of all that
//! it kept. Exit code 0 only if everything that is told is true.

mod balance;
mod examine;
mod figures;
mod play;
mod progress;
mod report;
mod script;
mod stage;
mod story;
mod voices;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::cli::args::{DemoArgs, Format};
use crate::cli::output;
use crate::config::server::ServerConfig;
use crate::event::Event;
use crate::io::index::{Filter, Index};
use crate::io::journal;
use crate::io::keys::KeyTable;
use crate::io::secrets::Secrets;
use crate::io::server::{Publishing, Server};
use crate::record::row::CallRow;
use examine::{Evidence, examine};
use figures::Figures;
use play::{Scene, Visit};
use progress::Progress;
use report::{CallReport, JournalReport, Places, Report};
use script::ACTS;
use stage::Stage;
use voices::Voices;

/// Warnings of a first start (new keys) would stand between the steps.
pub const LOGGED: &str =
    "warn,hotline::io::secrets=error,hotline::io::secret_files=error,hotline::io::people=error,sqlx=error";

pub fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.context("the program's threads cannot be started")?.block_on(perform(args))
}

async fn perform(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::start();
    let stage = Stage::build(args.keep.as_deref())?;
    let kept = || format!("the demo broke off; what it kept is in {}", stage.directory.display());
    let report = play_and_examine(&stage, progress).await.with_context(kept)?;
    match args.format.format {
        Format::Json => output::json(&report)?,
        Format::Text => output::write(&report.text())?,
    }
    Ok(if report.all_true() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn play_and_examine(stage: &Stage, progress: Progress) -> anyhow::Result<Report> {
    let voices = Arc::new(Voices::load(&stage.config.directories.prompts)?);
    let server = Server::start(stage.config.clone(), Publishing::Watch).await?;
    let addresses = server.addresses();
    progress.step("hotline", &format!("takes calls at {}, version 1 of the sample", addresses.sip));
    let scene = Scene {
        config: stage.config.clone(),
        sip: addresses.sip,
        voices: Arc::clone(&voices),
        progress,
        agents_csv: stage.agents_csv(),
    };
    let played = async {
        let visits = play::all(&scene).await?;
        Ok::<_, anyhow::Error>((visits, figures::settled(addresses.management).await?))
    };
    let played = played.await;
    progress.step("hotline", "drains and stops");
    server.drain();
    server.wait().await?;
    let (visits, figures) = played?;
    progress.step("hotline", "has stopped; comparing what was heard with what was kept");
    let metrics = stage.directory.join("metrics.txt");
    std::fs::write(&metrics, &figures.text).context("keeping the figures")?;
    let records = Records::load(&stage.config).await?;
    let calls = examine_all(visits, &records, &voices)?;
    let places = Places {
        directory: stage.directory.display().to_string(),
        configuration: stage.configuration().display().to_string(),
        metrics: metrics.display().to_string(),
    };
    conclude(calls, &records, &figures, (places, progress.seconds()))
}

/// What the hotline kept of all calls.
struct Records {
    config: ServerConfig,
    keys: KeyTable,
    rows: Vec<CallRow>,
    index_as_of: u64,
    events: Vec<Event>,
}

impl Records {
    async fn load(config: &ServerConfig) -> anyhow::Result<Records> {
        let secrets = Secrets::open(&config.secrets)?;
        let keys = KeyTable::open_read_only(&secrets).context("the key table cannot be read")?;
        let index = Index::open_read_only(&config.storage.index).await?;
        let rows = index.list(&Filter::default()).await?;
        let index_as_of = index.as_of().await?.0;
        index.close().await;
        let events = journal::read_all(&config.storage.journal())?.collect::<Result<Vec<_>, _>>()?;
        Ok(Records { config: config.clone(), keys, rows, index_as_of, events })
    }

    /// Row and events of the call that came from `number`.
    fn evidence<'e>(
        &self,
        act: &'e script::Act,
        visit: Visit,
        archive: &'e Path,
        voices: &'e Voices,
    ) -> anyhow::Result<Evidence<'e>> {
        let found = self.keys.find(act.number)?;
        let row = self.rows.iter().find(|row| found.contains(&row.call));
        let row = row.with_context(|| format!("the call of {} is not in the index", act.title))?.clone();
        let events = self.events.iter().filter(|event| event.call == Some(row.call)).cloned().collect();
        Ok(Evidence { act, visit, found, row, events, archive, voices })
    }
}

/// Listens to the calls side by side.
fn examine_all(
    visits: [Visit; 3],
    records: &Records,
    voices: &Arc<Voices>,
) -> anyhow::Result<Vec<CallReport>> {
    let archive = records.config.storage.archive.clone();
    std::thread::scope(|scope| {
        let listening: Vec<_> = ACTS
            .iter()
            .zip(visits)
            .map(|(act, visit)| {
                let evidence = records.evidence(act, visit, &archive, voices);
                scope.spawn(move || examine(evidence?))
            })
            .collect();
        let joined =
            listening.into_iter().map(|one| one.join().map_err(|_| anyhow!("a comparison broke off"))?);
        joined.collect()
    })
}

fn conclude(
    calls: Vec<CallReport>,
    records: &Records,
    figures: &Figures,
    (places, seconds): (Places, f64),
) -> anyhow::Result<Report> {
    let verified = journal::verify(&records.config.storage.journal())?;
    let last_seq = verified.last_seq.map_or(0, |seq| seq.0);
    let journal = JournalReport {
        events: verified.events,
        intact: verified.is_sound() && verified.torn_bytes == 0,
        chain: verified.chain,
        last_seq,
        index_as_of: records.index_as_of,
    };
    let figures = balance::balance(figures, &records.rows);
    let mut checks = 0;
    let mut failed = Vec::new();
    let mut count = |holds: bool, what: String| {
        checks += 1;
        if !holds {
            failed.push(what);
        }
    };
    for call in &calls {
        call.checks
            .iter()
            .for_each(|check| count(check.holds, format!("call {}: {}", call.call, check.what)));
    }
    for figure in figures.iter().filter(|figure| figure.expected.is_some()) {
        let told = format!("{} is {:?}, not {:?}", figure.sample, figure.value, figure.expected);
        count(figure.holds(), told);
    }
    count(journal.intact, format!("the journal is not intact: {:?}", verified.problems));
    count(journal.events == records.events.len() as u64, "not every event can be read".to_owned());
    count(journal.index_as_of == last_seq, format!("the index knows {} of {last_seq}", journal.index_as_of));
    let changes = stage::CHANGES.iter().map(|(queue, change)| format!("{queue}: {change}")).collect();
    Ok(Report { calls, figures, journal, places, changes, checks, failed, seconds })
}
