//! Asking the running server over its control socket.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::config::server::ServerConfig;
use crate::io::control::{Client, ClientError, ControlReply, ControlRequest, FindingsFound};

/// Asks and waits; what the server refuses is an error in its own words.
pub async fn ask(config: &ServerConfig, request: &ControlRequest) -> anyhow::Result<Value> {
    let mut client = Client::connect(&config.storage.control_socket()).await?;
    match client.ask(request).await? {
        ControlReply::Done(value) => Ok(value),
        ControlReply::Refused(why) => Err(anyhow::anyhow!(why)),
        ControlReply::Findings(findings) => Err(FindingsFound(findings).into()),
    }
}

/// As `ask`, but no server is no error.
pub async fn ask_if_running(
    config: &ServerConfig,
    request: &ControlRequest,
) -> anyhow::Result<Option<Value>> {
    match ask(config, request).await {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.downcast_ref(), Some(ClientError::NotRunning(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A CSV file as text.
pub fn read_csv(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{} is not UTF-8; save it as \"CSV UTF-8\"", path.display()))
}

/// What an import did, for people.
pub fn imported(what: &str, value: &Value) -> String {
    let count = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(0);
    format!("{} {what} imported, {} removed", count("written"), count("removed"))
}
