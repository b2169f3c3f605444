//! `hotline callbacks`: to whom a callback was promised (HB-callback), out of the index.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use super::args::{CallbacksArgs, Format};
use super::calls::time;
use super::output;
use super::records::{NumberOpener, Numbers, Storage};
use crate::config::server::ServerConfig;
use crate::io::index::Filter;
use crate::record::day::timestamp;

pub async fn run(config: &ServerConfig, args: CallbacksArgs) -> anyhow::Result<ExitCode> {
    let filter = Filter {
        from: args.from.as_deref().map(time).transpose()?,
        to: args.to.as_deref().map(time).transpose()?,
        callbacks: true,
        limit: args.limit,
        ..Filter::default()
    };
    let numbers = if args.numbers { Numbers::Opened } else { Numbers::Sealed };
    let mut out = Vec::new();
    list(&Storage::of(config), &filter, (numbers, args.format.format), &mut out).await?;
    output::write(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the callbacks that pass, newest call first.
pub async fn list(
    storage: &Storage,
    filter: &Filter,
    (numbers, format): (Numbers, Format),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let index = storage.open_index().await?;
    let rows = index.list(filter).await?;
    index.close().await;
    let mut opener = NumberOpener::new(storage, numbers)?;
    if format == Format::Text {
        writeln!(out, "{:<12} {:<24} {:<16} NUMBER", "CALL", "PROMISED", "QUEUE")?;
    }
    for row in rows {
        let Some(callback) = row.services.callback else { continue };
        let number = opener.open(row.call, Some(&callback.number))?;
        let promised = timestamp(callback.promised_at);
        match format {
            Format::Text => {
                writeln!(out, "{:<12} {promised:<24} {:<16} {number}", row.call.to_string(), callback.queue)?;
            }
            Format::Json => {
                let line = json!({
                    "call": row.call, "promised_at": promised, "queue": callback.queue, "number": number,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
