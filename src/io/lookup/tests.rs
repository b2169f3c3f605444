//! Real servers on loopback that are slow, fail and lie: nothing of it stops the hotline (CBA-25).

mod bank;
mod behaviour;
mod confidential;
mod lies;
mod mutual_tls;

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::config::server::ServerConfig;
use crate::io::secrets;
use crate::sealed::Redacted;

/// Settings as somebody would write them under `[lookups.bank]`.
fn settings(url: &str, keys: &str) -> Lookups {
    let text = format!("[lookups.bank]\nurl = \"{url}\"\n{keys}\n");
    ServerConfig::from_text(&text, Path::new("hotline.toml")).unwrap().lookups
}

/// A secrets directory with these files.
fn secrets(files: &[(&str, &str)]) -> (TempDir, Secrets) {
    let dir = tempfile::tempdir().unwrap();
    let opened = Secrets::open_or_create(&dir.path().join("secrets")).unwrap();
    for (name, content) in files {
        secrets::write_new(&opened.directory().join(name), content.as_bytes()).unwrap();
    }
    (dir, opened)
}

fn client(url: &str, keys: &str) -> LookupClient {
    LookupClient::new(&settings(url, keys), &secrets(&[]).1).unwrap()
}

fn question(path: &str, fields: &[(&str, &str)]) -> Question {
    let field = |(name, value): &(&str, &str)| ((*name).to_owned(), Redacted((*value).to_owned()));
    Question { service: "bank".to_owned(), path: path.to_owned(), fields: fields.iter().map(field).collect() }
}

fn answer(fields: &[(&str, &str)]) -> Answer {
    let field = |(name, value): &(&str, &str)| ((*name).to_owned(), Redacted((*value).to_owned()));
    Answer { fields: fields.iter().map(field).collect::<BTreeMap<_, _>>() }
}

/// The value of a series in the metrics; 0 if it is not there.
fn metric(client: &LookupClient, series: &str) -> f64 {
    let text = client.metrics().render();
    let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    value.map_or(0.0, |value| value.parse().unwrap())
}
