//! `hotline callers`: import and list of the callers that operations know.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::args::{CallersCommand, Format, ImportArgs};
use crate::cli::{agents, output, remote};
use crate::config::server::ServerConfig;
use crate::ids::Language;
use crate::io::control::ControlRequest;
use crate::io::people::CallerRecord;

pub async fn run(config: &ServerConfig, command: CallersCommand) -> anyhow::Result<ExitCode> {
    match command {
        CallersCommand::Import(args) => import(config, args).await,
        CallersCommand::List { numbers, format } => {
            let callers = agents::people(config).await?.callers().await?;
            let numbers = if numbers { Numbers::Shown } else { Numbers::Hidden };
            match format.format {
                Format::Json => {
                    let rows: Vec<Value> = callers.iter().map(|caller| as_json(caller, numbers)).collect();
                    output::json(&rows)?;
                }
                Format::Text => {
                    let rows: Vec<_> = callers.iter().map(|caller| as_row(caller, numbers)).collect();
                    output::write(&output::table(&["number", "name", "lists", "language"], &rows))?;
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn import(config: &ServerConfig, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let csv = remote::read_csv(&args.file)?;
    let mode = args.mode();
    let request = ControlRequest::ImportCallers { file: args.file.display().to_string(), csv, mode };
    let value = remote::ask(config, &request).await?;
    output::line(&remote::imported("callers", &value))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether whoever looks wants to see who the callers are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Hidden,
    Shown,
}

/// The number, or its last four digits.
fn number(caller: &CallerRecord, numbers: Numbers) -> String {
    let number = caller.number.reveal();
    match numbers {
        Numbers::Shown => number.clone(),
        Numbers::Hidden => format!("…{}", &number[number.len().saturating_sub(4)..]),
    }
}

fn name(caller: &CallerRecord, numbers: Numbers) -> Option<String> {
    let name = caller.name.as_ref().map(|name| name.reveal().clone());
    name.filter(|_| numbers == Numbers::Shown)
}

fn as_json(caller: &CallerRecord, numbers: Numbers) -> Value {
    json!({
        "number": number(caller, numbers),
        "name": name(caller, numbers),
        "lists": caller.lists,
        "language": caller.language,
    })
}

fn as_row(caller: &CallerRecord, numbers: Numbers) -> Vec<String> {
    let or_dash = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or("-".to_owned());
    vec![
        number(caller, numbers),
        or_dash(name(caller, numbers)),
        or_dash(Some(caller.lists())),
        or_dash(caller.language.as_ref().map(Language::to_string)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealed::Redacted;

    #[test]
    fn numbers_and_names_are_shown_only_when_asked_for() {
        let caller = CallerRecord {
            number: Redacted("13800138000".to_owned()),
            name: Some(Redacted("Wang Fang".to_owned())),
            lists: [crate::menu::api::CallerList::Vip].into(),
            language: None,
        };
        assert_eq!(as_row(&caller, Numbers::Hidden), ["…8000", "-", "vip", "-"]);
        assert_eq!(as_row(&caller, Numbers::Shown), ["13800138000", "Wang Fang", "vip", "-"]);
        assert_eq!(as_json(&caller, Numbers::Hidden)["lists"], json!(["vip"]));
        assert_eq!(as_json(&caller, Numbers::Hidden)["name"], Value::Null);
    }
}
