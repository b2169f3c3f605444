//! `hotline status` and `hotline drain`.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::{output, remote};
use crate::config::server::ServerConfig;
use crate::io::control::ControlRequest;

pub async fn status(config: &ServerConfig, format: Format) -> anyhow::Result<ExitCode> {
    let status = remote::ask(config, &ControlRequest::Status).await?;
    let queues = remote::ask(config, &ControlRequest::Queues).await?;
    match format {
        Format::Json => output::json(&json!({ "status": status, "queues": queues }))?,
        Format::Text => output::write(&format!("{}\n{}", server(&status), waiting(&queues)))?,
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn drain(config: &ServerConfig) -> anyhow::Result<ExitCode> {
    remote::ask(config, &ControlRequest::Drain).await?;
    let deadline = config.limits.drain_deadline.as_secs();
    output::line(&format!("no new calls from now on; the running ones have {deadline} s to end"))?;
    Ok(ExitCode::SUCCESS)
}

fn server(status: &Value) -> String {
    let number = |key: &str| status.get(key).and_then(Value::as_u64).unwrap_or(0);
    let draining = status.get("draining").and_then(Value::as_bool).unwrap_or(false);
    let alarms: Vec<&str> = status
        .get("alarms")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let version = match number("config_version") {
        0 => "nothing: run `hotline publish`".to_owned(),
        n => format!("version {n}"),
    };
    let lines = [
        ("calls", number("calls").to_string()),
        ("new calls", (if draining { "refused, draining" } else { "taken" }).to_owned()),
        ("published", version),
        ("journal", format!("event {}", number("journal_seq"))),
        ("alarms", if alarms.is_empty() { "none".to_owned() } else { alarms.join(", ") }),
    ];
    lines.map(|(name, value)| format!("{name:<10} {value}\n")).concat()
}

fn waiting(queues: &Value) -> String {
    let seconds = |queue: &Value, key: &str| {
        queue.get(key).and_then(Value::as_f64).map_or("-".to_owned(), |seconds| format!("{seconds:.0} s"))
    };
    let rows: Vec<Vec<String>> = queues
        .as_array()
        .into_iter()
        .flatten()
        .map(|queue| {
            let name = queue.get("queue").and_then(Value::as_str).unwrap_or("-");
            let waiting = queue.get("waiting").and_then(Value::as_u64).unwrap_or(0);
            let (oldest, estimate) = (seconds(queue, "oldest_wait_s"), seconds(queue, "estimated_wait_s"));
            vec![name.to_owned(), waiting.to_string(), oldest, estimate]
        })
        .collect();
    output::table(&["queue", "waiting", "longest", "estimate"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_reads_at_a_glance() {
        let status = json!({
            "calls": 2, "draining": true, "config_version": 0, "journal_seq": 9, "alarms": ["index"]
        });
        let text = server(&status);
        assert!(
            text.contains("new calls  refused, draining\n") && text.contains("alarms     index\n"),
            "{text}"
        );
        assert!(text.contains("nothing: run `hotline publish`"));
        let queues =
            json!([{ "queue": "general", "waiting": 3, "oldest_wait_s": 12.4, "estimated_wait_s": null }]);
        let wanted = "queue    waiting  longest  estimate\ngeneral  3        12 s     -\n";
        assert_eq!(waiting(&queues), wanted);
    }
}
