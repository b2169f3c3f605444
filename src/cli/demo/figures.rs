//! What the management listener tells: `/metrics`, asked and read as Prometheus does.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

/// Patience for one answer.
const ANSWER: Duration = Duration::from_secs(5);
/// Patience for the last recording.
const ARCHIVED: Duration = Duration::from_secs(20);
/// A page longer than this is none.
const LONGEST: u64 = 4 << 20;

/// The samples of one page.
pub struct Figures {
    pub text: String,
    samples: Vec<Sample>,
}

struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Figures {
    /// Reads the text format (Prometheus exposition format 0.0.4).
    fn parse(text: String) -> Figures {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.filter_map(sample).collect();
        Figures { text, samples }
    }

    /// The sample with these labels; others it may have are not looked at.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |sample: &&Sample| {
            let labelled =
                |(label, value): &(&str, &str)| sample.labels.get(*label).is_some_and(|v| v == value);
            sample.name == name && labels.iter().all(labelled)
        };
        self.samples.iter().find(fits).map(|sample| sample.value)
    }
}

fn sample(line: &str) -> Option<Sample> {
    let (head, value) = line.trim().rsplit_once(' ')?;
    let (name, labels) = match head.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}')?),
        None => (head, ""),
    };
    let mut pairs = BTreeMap::new();
    let mut rest = labels;
    while let Some((label, after)) = rest.split_once("=\"") {
        // No label of ours holds an escaped quote.
        let (text, after) = after.split_once('"')?;
        pairs.insert(label.trim_start_matches(',').to_owned(), text.to_owned());
        rest = after;
    }
    Some(Sample { name: name.to_owned(), labels: pairs, value: value.parse().ok()? })
}

/// `GET /metrics` over HTTP.
pub async fn fetch(management: SocketAddr) -> anyhow::Result<Figures> {
    let page = timeout(ANSWER, get(management, "/metrics")).await.context("/metrics did not answer")??;
    Ok(Figures::parse(page))
}

async fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await.context("the management listener is gone")?;
    // HTTP/1.0: the answer ends with the connection and is never chunked (RFC 9112 §6.3).
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer without a body")?;
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.split(' ').nth(1) == Some("200"), "{path} answers {status}");
    Ok(body.to_owned())
}

/// The figures once every call has ended and every recording lies in the archive.
pub async fn settled(management: SocketAddr) -> anyhow::Result<Figures> {
    let wait = async {
        let mut again = interval(Duration::from_millis(100));
        loop {
            again.tick().await;
            let figures = fetch(management).await?;
            let left = |name| figures.get(name, &[]) != Some(0.0);
            if !left("hotline_calls_active") && !left("hotline_recording_queue") {
                return Ok(figures);
            }
        }
    };
    timeout(ARCHIVED, wait).await.context("not every recording was archived in time")?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_by_name_and_labels() {
        let page =
            "# HELP a b\n# TYPE a counter\na 3\nb{q=\"x\",w=\"day\"} 0.5\nb{q=\"y\",w=\"day\"} NaN\nbad\n";
        let figures = Figures::parse(page.to_owned());
        assert_eq!(figures.get("a", &[]), Some(3.0));
        assert_eq!(figures.get("b", &[("q", "x")]), Some(0.5));
        assert!(figures.get("b", &[("q", "y")]).unwrap().is_nan());
        assert_eq!(figures.get("b", &[("q", "z")]), None);
    }
}
