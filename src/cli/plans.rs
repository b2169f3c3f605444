//! `hotline plans`: emergency plans listed, started, stopped (CBA-24).

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::args::{Format, PlansCommand};
use crate::cli::{output, publish, remote};
use crate::config::plans::PlanConfig;
use crate::config::server::ServerConfig;
use crate::ids::PlanId;
use crate::io::control::{ControlRequest, FindingsFound};
use crate::io::versions::Versions;

pub async fn run(config: &ServerConfig, command: PlansCommand) -> anyhow::Result<ExitCode> {
    let (request, done) = match command {
        PlansCommand::List(args) => return list(config, args.format).await,
        PlansCommand::Start { plan, signed } => {
            let (by, reason) = publish::signed(signed);
            let done = format!("`{plan}` is in force");
            (ControlRequest::StartPlan { plan: PlanId::new(plan), by, reason }, done)
        }
        PlansCommand::Stop { plan, signed } => {
            let (by, reason) = publish::signed(signed);
            let done = format!("`{plan}` is no more in force");
            (ControlRequest::StopPlan { plan: PlanId::new(plan), by, reason }, done)
        }
    };
    let answer = remote::ask(config, &request).await?;
    match answer.get("proposed").is_some() {
        true => output::line("noted; it comes in force when another person starts it too, with their name")?,
        false => output::line(&done)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(config: &ServerConfig, format: Format) -> anyhow::Result<ExitCode> {
    let plans = match remote::ask_if_running(config, &ControlRequest::Plans).await? {
        Some(plans) => plans,
        None => declared(config)?,
    };
    match format {
        Format::Json => output::json(&plans)?,
        Format::Text => {
            let rows: Vec<_> = plans.as_array().into_iter().flatten().map(row).collect();
            output::write(&output::table(&["plan", "kind", "number", "state", "by", "reason"], &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Without a server: what the version in force declares. Nothing is in force that nobody hears.
fn declared(config: &ServerConfig) -> anyhow::Result<Value> {
    if !config.storage.directory.exists() {
        return Ok(json!([]));
    }
    let versions = Versions::open(&config.storage.directory)?;
    let Some(latest) = versions.latest() else { return Ok(json!([])) };
    let published = versions.load(latest).map_err(FindingsFound::new)?;
    let plan = |plan: &PlanConfig| {
        json!({
            "plan": plan.name,
            "declared": true,
            "kind": plan.kind,
            "number": plan.number,
            "two_persons": plan.two_persons,
        })
    };
    Ok(published.plans.iter().map(plan).collect())
}

fn row(plan: &Value) -> Vec<String> {
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.replace('_', " "),
        Some(Value::Number(number)) => number.to_string(),
        _ => "-".to_owned(),
    };
    let there = |key: &str| plan.get(key).filter(|value| !value.is_null());
    let run = there("in_force").or_else(|| there("proposed"));
    vec![
        plan.get("plan").and_then(Value::as_str).unwrap_or("-").to_owned(),
        text(plan.get("kind")),
        text(plan.get("number")),
        state(plan, there("in_force").is_some(), there("proposed").is_some()),
        run.and_then(|run| run.get("by")).and_then(Value::as_str).unwrap_or("-").to_owned(),
        run.and_then(|run| run.get("reason")).and_then(Value::as_str).unwrap_or("-").to_owned(),
    ]
}

fn state(plan: &Value, in_force: bool, proposed: bool) -> String {
    let until = plan.get("in_force").and_then(|run| run.get("until"));
    let ends = until.and_then(Value::as_i64).and_then(|at| Timestamp::from_millisecond(at).ok());
    match (in_force, ends, proposed) {
        (true, Some(ends), _) => format!("in force until {}", ends.strftime("%Y-%m-%d %H:%M UTC")),
        (true, None, _) => "in force".to_owned(),
        (false, _, true) => "proposed".to_owned(),
        (false, _, false) => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_told_with_who_and_why() {
        let surge = json!({
            "plan": "surge", "kind": "surge", "number": 1,
            "in_force": { "since": 0, "by": "Li", "reason": "queue of 80", "until": 1_760_000_000_000_i64 }, "proposed": null,
        });
        assert_eq!(
            row(&surge),
            ["surge", "surge", "1", "in force until 2025-10-09 08:53 UTC", "Li", "queue of 80"]
        );
        let flood = json!({
            "plan": "flood", "kind": "system_failure", "number": null, "in_force": null,
            "proposed": { "since": 0, "by": "Li", "reason": "rain" },
        });
        assert_eq!(row(&flood), ["flood", "system failure", "-", "proposed", "Li", "rain"]);
    }

    #[tokio::test]
    async fn without_a_server_plans_are_listed_and_none_is_started() {
        let dir = tempfile::tempdir().unwrap();
        let config = ServerConfig::for_tests(dir.path());
        assert_eq!(declared(&config).unwrap(), json!([]));
        let signed = crate::cli::args::SignedArgs { by: None, reason: Some("x".to_owned()) };
        let start = PlansCommand::Start { plan: "surge".to_owned(), signed };
        let error = run(&config, start).await.unwrap_err();
        assert!(error.to_string().contains("no server is running"), "{error}");
    }
}
