//! `hotline agents`: import, export, list, sign in and out, ready and not ready.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli::args::{AgentsCommand, Format, ImportArgs};
use crate::cli::{output, remote};
use crate::config::server::ServerConfig;
use crate::ids::AgentId;
use crate::io::control::ControlRequest;
use crate::io::people::{AgentRecord, People};

pub async fn run(config: &ServerConfig, command: AgentsCommand) -> anyhow::Result<ExitCode> {
    let id = |agent: String| AgentId::from(agent.as_str());
    let request = match command {
        AgentsCommand::Import(args) => return import(config, args).await,
        AgentsCommand::Export => {
            output::write(&people(config).await?.export_agents().await?)?;
            return Ok(ExitCode::SUCCESS);
        }
        AgentsCommand::List(args) => return list(config, args.format).await,
        AgentsCommand::SignIn { agent, device, secret_stdin } => {
            let secret = if secret_stdin { Some(read_secret()?) } else { None };
            ControlRequest::SignIn { agent: id(agent), device: device.as_str().into(), secret }
        }
        AgentsCommand::SignOut { agent } => ControlRequest::SignOut { agent: id(agent) },
        AgentsCommand::Ready { agent } => ControlRequest::Ready { agent: id(agent) },
        AgentsCommand::NotReady { agent, reason } => ControlRequest::NotReady { agent: id(agent), reason },
    };
    remote::ask(config, &request).await?;
    output::line("done")?;
    Ok(ExitCode::SUCCESS)
}

/// The database beside or without a running server; only reading.
pub async fn people(config: &ServerConfig) -> anyhow::Result<People> {
    let database = config.storage.people();
    anyhow::ensure!(
        database.exists(),
        "{} is not there yet: start the server once and import agents and devices",
        database.display()
    );
    Ok(People::open(&database, &config.secrets, &config.sip.realm).await?)
}

async fn import(config: &ServerConfig, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let csv = remote::read_csv(&args.file)?;
    let mode = args.mode();
    let request = ControlRequest::ImportAgents { file: args.file.display().to_string(), csv, mode };
    let value = remote::ask(config, &request).await?;
    output::line(&remote::imported("agents", &value))?;
    Ok(ExitCode::SUCCESS)
}

fn read_secret() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading the secret from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn list(config: &ServerConfig, format: Format) -> anyhow::Result<ExitCode> {
    let agents = people(config).await?.agents().await?;
    let views = remote::ask_if_running(config, &ControlRequest::Agents).await?;
    let views: BTreeMap<String, Value> = views
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|view| Some((view.get("agent")?.as_str()?.to_owned(), view.clone())))
        .collect();
    let rows = agents.iter().map(|(id, agent)| (id, agent, views.get(id.as_str())));
    match format {
        Format::Json => output::json(&rows.map(as_json).collect::<Vec<_>>())?,
        Format::Text => {
            let heading = ["agent", "name", "skills", "queues", "languages", "state", "telephone"];
            output::write(&output::table(&heading, &rows.map(as_row).collect::<Vec<_>>()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json((id, agent, view): (&AgentId, &AgentRecord, Option<&Value>)) -> Value {
    let AgentRecord { name, profile, announce } = agent;
    json!({
        "agent": id,
        "name": name.reveal(),
        "skills": profile.skills,
        "queues": profile.queues,
        "languages": profile.languages,
        "announce": announce,
        "state": view.and_then(|view| view.get("state")),
        "device": view.and_then(|view| view.get("device")),
    })
}

fn as_row((id, agent, view): (&AgentId, &AgentRecord, Option<&Value>)) -> Vec<String> {
    let AgentRecord { name, profile, .. } = agent;
    let skills = profile.skills.iter().map(|(skill, level)| format!("{skill}={level}"));
    let device = view.and_then(|view| view.get("device")).and_then(Value::as_str);
    vec![
        id.to_string(),
        name.reveal().clone(),
        skills.collect::<Vec<_>>().join(" "),
        profile.queues.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        profile.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        view.and_then(|view| view.get("state")).map_or("-".to_owned(), state),
        device.unwrap_or("-").to_owned(),
    ]
}

/// `ready`, `not ready (lunch)`.
fn state(value: &Value) -> String {
    let reason = value.get("not_ready").and_then(|state| state.get("reason")).and_then(Value::as_str);
    match (value.as_str(), reason) {
        (Some(name), _) => name.replace('_', " "),
        (None, Some(reason)) => format!("not ready ({reason})"),
        (None, None) => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::AgentState;

    #[test]
    fn states_read_like_words() {
        let shown = |value: AgentState| state(&serde_json::to_value(value).unwrap());
        assert_eq!(shown(AgentState::WrapUp), "wrap up");
        assert_eq!(shown(AgentState::NotReady { reason: "lunch".to_owned() }), "not ready (lunch)");
    }

    #[tokio::test]
    async fn without_a_server_lists_are_shown_and_changes_refused() {
        let dir = tempfile::tempdir().unwrap();
        let config = ServerConfig::for_tests(dir.path());
        let error = run(&config, AgentsCommand::Export).await.unwrap_err();
        assert!(error.to_string().contains("import agents and devices"));
        People::open(&config.storage.people(), &config.secrets, "hotline").await.unwrap();
        run(&config, AgentsCommand::List(crate::cli::args::FormatArgs { format: Format::Json }))
            .await
            .unwrap();
        let error = run(&config, AgentsCommand::Ready { agent: "1001".to_owned() }).await.unwrap_err();
        assert!(error.to_string().contains("no server is running"), "{error}");
    }
}
